import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetman.core.assets import Asset, AssetState, Box, Failure, Kind, Root
from assetman.core.changes import Changes
from assetman.core.duplicates import Likeness, Stack
from assetman.core.errors import (
    AssetmanError,
    BadInput,
    Cancelled,
    EnvironmentProblem,
    LibraryBusy,
    WrongUse,
)
from assetman.core.mistakes import Mistake
from assetman.core.organising import Collection, History, Step, Tag
from assetman.core.progress import Counts, Pace, Phase, Progress
from assetman.core.queries import Aspect, Example, Filters, FolderFilter, Hit, Query, Results, Sort
from assetman.core.searches import SmartSearch
from assetman.core.watching import Watch, WatchMode
from assetman.engine import codec
from assetman.engine.codec import VERBS, EngineFault
from assetman.engine.protocol import Card, Details, EngineLost, Event, Status

ids = st.integers(1, 2**53)
paths = st.binary(max_size=20).map(os.fsdecode)
texts = st.one_of(st.text(max_size=20), paths)
reals = st.floats(allow_nan=False)
maybe = st.none
boxes = st.builds(Box, *[st.floats(0, 0.5)] * 2, *[st.floats(0.01, 0.5)] * 2)
examples = st.one_of(
    st.builds(Example, asset_id=ids, path=st.none(), box=maybe() | boxes, weight=reals),
    st.builds(Example, asset_id=st.none(), path=paths, box=maybe() | boxes, weight=reals),
    st.builds(Example, collection_id=ids, by=st.sampled_from(Aspect), weight=reals),
)
filters = st.builds(
    Filters,
    kinds=st.lists(st.sampled_from(Kind)).map(tuple),
    folders=st.lists(st.builds(FolderFilter, ids, paths), max_size=2).map(tuple),
    tags=st.lists(texts, max_size=2).map(tuple),
    not_tags=st.lists(texts, max_size=2).map(tuple),
    ratings=st.none() | st.tuples(st.integers(0, 5), st.integers(0, 5)),
    collections=st.lists(ids, max_size=2).map(tuple),
    missing=st.booleans(),
)
id_tuples = st.lists(ids, max_size=5).map(tuple)
queries = st.builds(
    Query,
    texts,
    st.lists(examples, max_size=3).map(tuple),
    filters,
    id_tuples,
    st.sampled_from(Sort),
    st.booleans(),
    maybe() | ids,
    st.booleans(),
)
stacks = st.builds(Stack, id_tuples, maybe() | st.sampled_from(Likeness))
hits = st.builds(
    Hit, ids, reals, maybe() | ids, maybe() | reals, maybe() | reals, maybe() | ids,
    maybe() | boxes, st.dictionaries(texts, reals, max_size=2), maybe() | st.booleans(),
    stack=maybe() | stacks,
)  # fmt: skip
results = st.builds(
    Results, queries, st.lists(hits, max_size=3).map(tuple), id_tuples, ids, ids, ids, reals,
    maybe() | st.booleans(), st.lists(texts, max_size=2).map(tuple),
    st.lists(st.builds(Mistake, ids, ids, texts), max_size=2).map(tuple),
)  # fmt: skip
id_sets = st.frozensets(ids, max_size=5)
flags = st.booleans()
changes = st.builds(Changes, id_sets, id_sets, id_sets, flags, flags, flags, ids, *[flags] * 3)
progresses = st.builds(
    Progress,
    run=ids,
    phase=st.sampled_from(Phase),
    label=texts,
    rate=maybe() | reals,
    counts=st.builds(Counts, ids, ids, ids),
    problem=texts,
    gentle=flags,
)
assets = st.builds(
    Asset, ids, ids, paths, st.sampled_from(Kind), st.sampled_from(AssetState), ids, reals,
    maybe() | reals, maybe() | ids, maybe() | ids, texts, st.integers(0, 5),
    st.lists(texts, max_size=3).map(tuple), maybe() | reals,
)  # fmt: skip
cards = st.builds(Card, assets, maybe() | paths, maybe() | texts)
facts = st.dictionaries(texts, st.one_of(texts, ids, reals), max_size=3)
details = st.builds(
    Details, cards, paths, texts, paths, facts, st.lists(paths, max_size=2).map(tuple)
)
failures = st.builds(Failure, ids, ids, paths, texts, texts, texts, reals, flags)
steps = st.builds(Step, ids, reals, texts)
statuses = st.builds(
    Status,
    library=paths,
    assets=st.dictionaries(texts, ids, max_size=2),
    roots=st.lists(st.builds(Root, ids, paths, flags, ids), max_size=2).map(tuple),
    ignored=ids,
    watches=st.lists(
        st.builds(Watch, ids, st.sampled_from(WatchMode), maybe() | reals, texts), max_size=2
    ).map(tuple),
    pace=st.sampled_from(Pace),
    notices=st.lists(texts, max_size=2).map(tuple),
)
answers = {
    "search": results,
    "cards": st.lists(cards, max_size=3),
    "details": details,
    "failures": st.lists(failures, max_size=3),
    "status": statuses,
    "progress": progresses,
    "asset_at": maybe() | ids,
    "tags": st.lists(st.builds(Tag, texts, ids), max_size=3),
    "collections": st.lists(st.builds(Collection, ids, texts, ids), max_size=3),
    "make_collection": st.builds(Collection, ids, texts, ids),
    "smart_searches": st.lists(
        st.builds(SmartSearch, ids, texts, queries, maybe() | ids), max_size=1
    ),
    "search_history": st.lists(queries, max_size=1),
    "history": st.builds(History, maybe() | steps, maybe() | steps),
    "undo": maybe() | steps,
    "relocate_root": st.builds(Root, ids, paths, flags, ids),
}


def over_the_wire(message: codec.Json) -> codec.Json:
    return codec.unpack(codec.pack(message))


@pytest.mark.parametrize("name", sorted(answers))
@given(data=st.data())
def test_an_answer_comes_back_as_it_was(name: str, data: st.DataObject) -> None:
    answer = data.draw(answers[name])
    kind = VERBS[name].result
    sent = over_the_wire({"result": codec.encode(answer, kind)})
    assert codec.decode(sent["result"], kind) == answer


@given(queries)
def test_a_question_comes_through_as_it_was_asked(query: Query) -> None:
    verb = VERBS["search"]
    sent = over_the_wire({"with": verb.encode_arguments((query,), {})})
    assert verb.decode_arguments(sent["with"]) == {"query": query}


@given(st.one_of(changes, progresses))
def test_an_event_comes_through_as_it_was(event: Event) -> None:
    assert codec.decode_event(over_the_wire(codec.encode_event(event))) == event


@pytest.mark.parametrize(
    "kind", [BadInput, WrongUse, EnvironmentProblem, LibraryBusy, Cancelled, EngineLost]
)
def test_an_error_keeps_its_kind_and_its_message(kind: type[AssetmanError]) -> None:
    error = codec.decode_error(over_the_wire(codec.encode_error(kind("Because\udc80."))))
    assert type(error) is kind
    assert str(error) == "Because\udc80."


def test_a_kind_of_error_nobody_here_knows_counts_as_what_it_stems_from() -> None:
    class TooDark(BadInput):
        pass

    assert type(codec.decode_error(codec.encode_error(TooDark("x")))) is BadInput


def test_anything_else_is_a_bug_and_brings_its_traceback() -> None:
    try:
        {}["gone"]
    except KeyError as error:
        sent = over_the_wire(codec.encode_error(error))
    bug = codec.decode_error(sent)
    assert isinstance(bug, EngineFault)
    assert "gone" in str(bug)
    assert "test_codec.py" in bug.trace


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("search", {"query": {"text": 3}}),
        ("search", {"query": {"text": "x", "examples": [{}]}}),
        ("search", {"query": {"filters": {"kinds": ["zebra"]}}}),
        ("search", {"query": {"limit": "3"}}),
        ("search", {"query": {"colour": "red"}}),
        ("search", {"query": 7}),
        ("search", {"question": {}}),
        ("search", {}),
        ("search", []),
        ("cards", {"asset_ids": [1, "2"]}),
        ("cards", {"asset_ids": "12"}),
        ("cards", {"asset_ids": [True]}),
        ("preview", {"asset_id": 1, "side": 2.5}),
        ("add_root", {"path": None}),
        ("rate", {"asset_ids": [1], "rating": "3"}),
        ("tag", {"asset_ids": [1], "names": "word"}),
        ("set_pace", {"pace": "breakneck"}),
        ("search", {"query": {"filters": {"ratings": [3]}}}),
    ],
)
def test_arguments_that_do_not_fit_are_wrong_use(name: str, arguments: object) -> None:
    with pytest.raises(WrongUse):
        VERBS[name].decode_arguments(arguments)


@pytest.mark.parametrize("frame", [b"", b"{", b"[]", b"7", b"\xff\xfe", b"[" * 100_000])
def test_a_frame_that_is_no_json_object_is_wrong_use(frame: bytes) -> None:
    with pytest.raises(WrongUse):
        codec.unpack(frame)


def test_every_verb_of_the_engine_is_known_but_those_each_side_does_itself() -> None:
    assert {"status", "search", "index", "preview", "use_model"} <= VERBS.keys()
    assert not {"subscribe", "close"} & VERBS.keys()
