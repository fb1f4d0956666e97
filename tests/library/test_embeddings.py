from __future__ import annotations

import numpy as np
import pytest

from assetman.core.errors import WrongUse
from assetman.core.inputs import Modality
from assetman.core.spaces import Space
from assetman.library.embeddings import SpaceRole, StoredSpace

from .conftest import DIMENSION, Shelf, unit


def test_vectors_come_back_as_stored_in_half_precision(shelf: Shelf) -> None:
    segments = shelf.extract(shelf.file("a.mp4"), segments=3)
    vectors = unit(1, 2, 3)
    assert shelf.library.embeddings.add(shelf.space, segments, vectors).embedded == 3
    ids, read = shelf.library.embeddings.read(shelf.space, [segments[2], 999, segments[0]])
    assert ids.tolist() == [segments[2], segments[0]]
    assert read.dtype == np.float32
    np.testing.assert_array_equal(read, vectors[[2, 0]].astype(np.float16).astype(np.float32))


def test_nothing_asked_for_gives_arrays_of_no_rows(shelf: Shelf) -> None:
    ids, vectors = shelf.library.embeddings.read(shelf.space, [])
    assert (ids.shape, vectors.shape) == ((0,), (0, DIMENSION))
    assert shelf.library.embeddings.ids(shelf.space).dtype == np.int64
    assert list(shelf.library.embeddings.since(shelf.space, 0)) == []
    assert shelf.library.embeddings.last_sequence(shelf.space) == 0


def test_a_replaced_vector_comes_once_and_as_new(shelf: Shelf) -> None:
    embeddings = shelf.library.embeddings
    first, second = shelf.extract(shelf.file("a.mp4"), segments=2)
    embeddings.add(shelf.space, [first, second], unit(1, 2))
    seen = embeddings.last_sequence(shelf.space)
    embeddings.add(shelf.space, [first], unit(3))
    assert embeddings.count(shelf.space) == 2
    ((ids, vectors, sequence),) = embeddings.since(shelf.space, seen)
    assert ids.tolist() == [first]
    assert vectors.dtype == np.float16
    np.testing.assert_array_equal(vectors, unit(3).astype(np.float16))
    assert sequence == embeddings.last_sequence(shelf.space)
    everything = np.concatenate([ids for ids, _, _ in embeddings.since(shelf.space, 0)])
    assert sorted(everything.tolist()) == [first, second]


def test_a_sequence_of_the_journal_says_what_a_reader_has(shelf: Shelf) -> None:
    library = shelf.library
    segments = shelf.extract(shelf.file("a.mp4"), segments=2)
    with library.writing():
        shelf.embed(segments[:1])
        sequence = library.journal.sequence()
    assert list(library.embeddings.since(shelf.space, sequence)) == []
    shelf.embed(segments[1:])
    assert [ids.tolist() for ids, _, _ in library.embeddings.since(shelf.space, sequence)] == [
        segments[1:]
    ]


@pytest.mark.parametrize("batch", [1, 2, 3, 4, 100])
def test_a_reader_that_starts_again_from_any_batch_misses_nothing(shelf: Shelf, batch: int) -> None:
    embeddings = shelf.library.embeddings
    segments = shelf.extract(shelf.file("a.mp4"), segments=8)
    for part in (segments[:3], segments[3:4], segments[4:]):
        shelf.embed(part)
    batches = list(embeddings.since(shelf.space, 0, batch))
    assert [segment for ids, _, _ in batches for segment in ids.tolist()] == segments
    assert batches[-1][2] == embeddings.last_sequence(shelf.space)
    for end, (_, _, reached) in enumerate(batches, 1):
        had = {segment for ids, _, _ in batches[:end] for segment in ids.tolist()}
        rest = {i for ids, _, _ in embeddings.since(shelf.space, reached) for i in ids.tolist()}
        assert had | rest == set(segments)


def test_spaces_keep_their_vectors_apart(shelf: Shelf) -> None:
    library = shelf.library
    other, _ = library.spaces.ensure(Space("other", "2", 1, 2))
    segments = shelf.extract(shelf.file("a.jpg"))
    shelf.embed(segments)
    library.embeddings.add(other.id, segments, np.eye(2, dtype=np.float32)[:1])
    assert library.embeddings.read(other.id, segments)[1].tolist() == [[1.0, 0.0]]
    assert library.embeddings.count(shelf.space) == 1


def test_vectors_that_do_not_fit_the_space_are_a_bug(shelf: Shelf) -> None:
    segments = shelf.extract(shelf.file("a.jpg"))
    for wrong in (np.ones((1, DIMENSION + 1)), np.ones((2, DIMENSION)), np.full((1, 4), np.nan)):
        with pytest.raises(ValueError, match="not"):
            shelf.library.embeddings.add(shelf.space, segments, wrong.astype(np.float32))
    with pytest.raises(WrongUse):
        shelf.library.embeddings.add(99, segments, unit(1))
    assert shelf.library.embeddings.count(shelf.space) == 0


def roles(shelf: Shelf) -> dict[str, SpaceRole]:
    return {stored.space.model: stored.role for stored in shelf.library.spaces.all()}


def added(shelf: Shelf, model: str) -> StoredSpace:
    return shelf.library.spaces.ensure(Space(model, "1", 1, DIMENSION))[0]


def test_the_first_space_chosen_answers_at_once_and_the_next_when_it_is_full(shelf: Shelf) -> None:
    spaces = shelf.library.spaces
    second = added(shelf, "second")
    assert spaces.active() is None
    assert spaces.choose(shelf.space).spaces
    active = spaces.active()
    assert active is not None
    assert active.id == shelf.space
    assert spaces.choose(second.id).spaces
    filling = spaces.filling()
    assert filling is not None
    assert filling.id == second.id
    assert spaces.switch().spaces
    assert roles(shelf) == {"first": SpaceRole.KEPT, "second": SpaceRole.ACTIVE}
    assert not spaces.switch(), "nothing is filling"


def test_choosing_the_active_space_calls_off_the_filling_of_another(shelf: Shelf) -> None:
    spaces = shelf.library.spaces
    second, third = added(shelf, "second"), added(shelf, "third")
    for space in (shelf.space, second.id, third.id):
        spaces.choose(space)
    assert roles(shelf)["second"] == SpaceRole.KEPT
    assert roles(shelf)["third"] == SpaceRole.FILLING
    assert spaces.choose(shelf.space).spaces
    assert roles(shelf) == {
        "first": SpaceRole.ACTIVE,
        "second": SpaceRole.KEPT,
        "third": SpaceRole.KEPT,
    }
    assert not spaces.choose(shelf.space)


def test_what_is_seen_and_what_is_heard_have_each_their_space(shelf: Shelf) -> None:
    spaces = shelf.library.spaces
    first, second = (
        spaces.ensure(Space(name, "1", 1, DIMENSION), Modality.SOUND)[0] for name in ("a", "b")
    )
    spaces.choose(shelf.space)
    spaces.choose(first.id)
    spaces.choose(second.id)
    named = [
        (each and each.space.model)
        for modality in (Modality.IMAGE, Modality.SOUND)
        for each in (spaces.active(modality), spaces.filling(modality))
    ]
    assert named == ["first", None, "a", "b"]
    assert not spaces.switch(), "nothing that is seen is being filled"
    assert spaces.switch(Modality.SOUND).spaces
    active, other = spaces.active(Modality.SOUND), spaces.active()
    assert active is not None
    assert other is not None
    assert (active.space.model, active.modality, other.space.model) == (
        "b",
        Modality.SOUND,
        "first",
    )
    assert spaces.get(first.id).role is SpaceRole.KEPT


def test_a_space_is_added_once(shelf: Shelf) -> None:
    again, changes = shelf.library.spaces.ensure(Space("first", "1", 1, DIMENSION))
    assert again.id == shelf.space
    assert not changes
    other, changes = shelf.library.spaces.ensure(
        Space("first", "2", 1, DIMENSION), role=SpaceRole.ACTIVE
    )
    assert changes.spaces
    assert other.role == SpaceRole.ACTIVE
    with pytest.raises(WrongUse):
        shelf.library.spaces.choose(99)
