"""Filters as SQL against the same filters in Python."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetman.core.assets import Kind, Passage, PassageKind, Probe, SoundFacts
from assetman.core.inputs import Modality
from assetman.core.queries import Filters, FolderFilter, Sort
from assetman.core.spaces import Space
from assetman.library.library import Library
from assetman.library.values import name_key

from .conftest import DIMENSION, ROOT, Shelf, stat

# Little to choose from, so that folders meet; bytes around "/" show whether bounds are right.
PARTS = ["a", "b", "a.", "a0", "a/b", "A", "a%", "ä"]
if os.name != "nt":
    PARTS += [os.fsdecode(b"a\xff"), "a\n", "a\\b"]
paths = st.lists(st.sampled_from(PARTS), max_size=3).map("/".join)


@dataclass(frozen=True)
class File:
    root: int
    path: str
    kind: Kind
    mtime: int
    size: int
    missing: bool
    rating: int
    tags: frozenset[str]
    collections: frozenset[int]
    said: tuple[str, ...]
    duration: float | None
    sound: SoundFacts


WORDS = ["one", "Ones", "öne", "two,", "2"]
TAGS = ["sea", "Sky", "ßtraße"]
files = st.builds(
    File,
    st.integers(0, 2),
    st.tuples(paths, st.sampled_from(["1.jpg", "2.jpg", "10.jpg"])).map(
        lambda pair: "/".join(part for part in pair if part)
    ),
    st.sampled_from(Kind),
    st.integers(0, 3),
    st.integers(0, 3),
    st.booleans(),
    st.integers(0, 5),
    st.frozensets(st.sampled_from(TAGS)),
    st.frozensets(st.integers(0, 1)),
    st.lists(st.lists(st.sampled_from(WORDS), max_size=3).map(" ".join), max_size=2).map(tuple),
    st.none() | st.integers(0, 3).map(float),
    st.builds(
        SoundFacts,
        rate=st.sampled_from([None, 8000, 44100]),
        loudness=st.sampled_from([None, -70.0, -14.0]),
        bpm=st.sampled_from([None, 0.0, 120.0]),
        key=st.sampled_from([None, "", "C", "F#m"]),
    ),
)
some_tags = st.lists(st.sampled_from([*TAGS, "SEA", "sky ", "SSTRASSE", "none"]), max_size=2)
some_words = st.lists(
    st.sampled_from(["one", "ONE 2", "o", "two one", "twó", "2", "ones", "none", "…"]), max_size=2
)
filters = st.builds(
    Filters,
    kinds=st.lists(st.sampled_from(Kind), max_size=2).map(tuple),
    folders=st.lists(st.builds(FolderFilter, st.integers(0, 3), paths), max_size=2).map(tuple),
    tags=some_tags.map(tuple),
    not_tags=some_tags.map(tuple),
    ratings=st.none() | st.tuples(st.integers(0, 6), st.integers(-1, 5)),
    collections=st.lists(st.integers(0, 2), max_size=2).map(tuple),
    said=some_words.map(tuple),
    not_said=some_words.map(tuple),
    missing=st.booleans(),
)


def tokens(text: str) -> list[str]:
    """Take a text apart as the index of words does; enough for the words above."""
    plain = unicodedata.normalize("NFD", text.casefold())
    return re.findall("[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c)))


def says(file: File, phrase: str) -> bool:
    """Say whether a passage of a file has the words in a row, the last of them maybe begun."""
    *whole, begun = tokens(phrase) or [""]
    for said in map(tokens, file.said):
        for at in range(len(said) - len(whole)):
            if said[at:][: len(whole)] == whole and said[at + len(whole)].startswith(begun):
                return bool(begun)
    return False


def passes(file: File, wanted: Filters) -> bool:
    """Say what the SQL has to say."""
    if file.missing != wanted.missing or (wanted.kinds and file.kind not in wanted.kinds):
        return False
    tags = {tag.casefold() for tag in file.tags}
    if not {tag.strip().casefold() for tag in wanted.tags} <= tags:
        return False
    if {tag.strip().casefold() for tag in wanted.not_tags} & tags:
        return False
    if wanted.ratings and not wanted.ratings[0] <= file.rating <= wanted.ratings[1]:
        return False
    if wanted.collections and not set(wanted.collections) & file.collections:
        return False
    if not all(says(file, phrase) for phrase in wanted.said):
        return False
    if any(says(file, phrase) for phrase in wanted.not_said):
        return False
    folder = file.path.rpartition("/")[0]
    return not wanted.folders or any(
        each.root_id == file.root
        and (not each.path or folder == each.path or folder.startswith(each.path + "/"))
        for each in wanted.folders
    )


# What each order is by; None where a file has nothing to be sorted by, and so comes last.
KEYS: dict[Sort, Callable[[File], object]] = {
    Sort.RELEVANCE: lambda file: file.mtime,
    Sort.DATE: lambda file: file.mtime,
    Sort.NAME: lambda file: name_key(file.path.rpartition("/")[2]),
    Sort.SIZE: lambda file: file.size,
    Sort.DURATION: lambda file: file.duration,
    Sort.LOUDNESS: lambda file: file.sound.loudness,
    Sort.BPM: lambda file: file.sound.bpm,
    Sort.KEY: lambda file: file.sound.key,
    Sort.RATE: lambda file: file.sound.rate,
    Sort.RATING: lambda file: file.rating or None,
}


def in_order(files: dict[int, File], sort: Sort, descending: bool) -> list[int]:
    """Give the ids of files as a list of them has to run."""
    if sort is Sort.KIND:
        by_name = in_order(files, Sort.NAME, False)
        return sorted(by_name, key=lambda asset: files[asset].kind, reverse=descending)
    key = KEYS[sort]
    having = {asset: file for asset, file in files.items() if key(file) is not None}
    ordered = sorted(having, key=lambda asset: (key(files[asset]), asset), reverse=descending)
    lacking = files.keys() - having.keys()
    return ordered + sorted(lacking, key=lambda each: (files[each].mtime, each), reverse=True)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """One library for all examples; each undoes what it writes."""
    with Library.open(tmp_path_factory.mktemp("filters") / "library") as library:
        yield Shelf(library)


def organise(library: Library, stored: dict[int, File]) -> list[int]:
    """Give assets their ratings, tags and collections; give the ids of the collections."""
    for asset, file in stored.items():
        library.tags.rate([asset], file.rating)
        library.tags.tag([asset], sorted(file.tags))
    return [
        library.collections.make(
            f"box {i}", [asset for asset, file in stored.items() if i in file.collections]
        )[0].id
        for i in (0, 1)
    ]


class Undone(Exception):
    """Ends a transaction without a trace."""


@given(
    files=st.lists(files, max_size=15, unique_by=lambda file: (file.root, file.path)),
    wanted=filters,
)
def test_sql_and_python_agree_on_what_passes_and_in_which_order(
    shared: Shelf, files: list[File], wanted: Filters
) -> None:
    library = shared.library
    with pytest.raises(Undone), library.writing():  # noqa: PT012
        roots = [shared.root, *(library.roots.add(f"{ROOT}{i}")[0].id for i in (1, 2))]
        # What lies in a removed root passes no filter.
        removed, _ = library.roots.add(f"{ROOT}3")
        hidden = shared.done("hidden.jpg", root=removed.id)
        library.tags.tag([hidden], TAGS)
        library.tags.rate([hidden], 5)
        stored = {}
        for file in files:
            content = shared.content(file.kind)
            given_stat = stat(file.mtime, file.size)
            asset, _ = library.assets.add(roots[file.root], file.path, given_stat, content)
            library.passages.replace(
                content, [Passage(PassageKind.SUBTITLE, said, 0, 1) for said in file.said]
            )
            stored[asset] = file
        heard, _ = library.spaces.ensure(Space("heard", "1", 1, DIMENSION), Modality.SOUND)
        of_kind = {Kind.AUDIO: [heard.id], Kind.VIDEO: [shared.space, heard.id]}
        embedded: dict[int, set[int]] = {}
        for asset, file in stored.items():
            spaces = of_kind.get(file.kind, [shared.space])
            spaces = spaces[: file.size] if file.size < 3 else spaces[1:]
            embedded[asset] = set(spaces)
            *seen, window = shared.extract(asset, min(len(spaces), 1), windows=1)
            for space in spaces:
                shared.embed([window] if space == heard.id else seen, space)
        for asset, file in stored.items():
            content = library.contents.of_asset(asset).id
            probe = Probe(file.kind, duration=file.duration, sound=file.sound)
            library.contents.set_probe(content, probe)
        library.assets.mark_missing([asset for asset, file in stored.items() if file.missing])
        boxes = organise(library, stored)
        in_library = replace(
            wanted,
            folders=tuple(
                FolderFilter(dict(enumerate(roots)).get(each.root_id, 999), each.path)
                for each in wanted.folders
            ),
            collections=tuple(dict(enumerate(boxes)).get(each, 999) for each in wanted.collections),
        )
        library.roots.remove(removed.id)
        expected = {asset for asset, file in stored.items() if passes(file, wanted)}
        for sort in Sort:
            for descending in (False, True):
                passing = {asset: stored[asset] for asset in expected}
                order = in_order(passing, sort, descending)
                assert library.assets.ids(in_library, sort, descending) == order
        assert library.assets.count(in_library) == len(expected)
        for asked in ([shared.space], [heard.id], [shared.space, heard.id], []):
            searchable = {asset for asset in expected if embedded[asset].intersection(asked)}
            assert library.assets.count_searchable(in_library, asked) == len(searchable)
        matching = library.segments.matching(in_library)
        owners = library.segments.owners(matching, in_library)
        assert set(owners.asset_ids.tolist()) == expected
        raise Undone
