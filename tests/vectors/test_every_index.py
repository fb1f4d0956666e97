"""One contract for every index; what compares everything is the oracle of the others."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from vectors.drawing import drawn, nearest, recall

from assetman.vectors.exact import ExactIndex
from assetman.vectors.folders import DamagedFiles
from assetman.vectors.hnsw import HnswlibIndex, UsearchIndex
from assetman.vectors.index import VectorIndex

KINDS: dict[str, type[ExactIndex] | type[HnswlibIndex] | type[UsearchIndex]] = {
    "exact": ExactIndex,
    "hnswlib": HnswlibIndex,
    "usearch": UsearchIndex,
}
D = 32
ALMOST = 2e-3  # float16 keeps a cosine to about a thousandth


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> type[VectorIndex]:
    if request.param == "hnswlib":
        pytest.importorskip("hnswlib", reason="hnswlib is compiled only where a compiler is")
    return KINDS[request.param]


def filled(kind: type[VectorIndex], count: int, seed: int = 0) -> VectorIndex:
    index = kind(D)
    index.add(np.arange(count), drawn(count, seed=seed))
    return index


def test_an_empty_index_answers_with_nobody(kind: type[VectorIndex]) -> None:
    index = kind(D)
    answer = index.search(drawn(3), 10)
    assert len(index) == 0
    assert answer.ids.shape == answer.similarities.shape == (3, 0)
    assert index.search(drawn(3), 10, allowed=np.array([4, 5])).ids.shape == (3, 0)
    index.remove(np.array([1, 2, 3]))
    index.add(np.empty(0, np.int64), np.empty((0, D), np.float32))
    assert len(index) == 0


def test_no_questions_get_no_answers(kind: type[VectorIndex]) -> None:
    assert filled(kind, 10).search(np.empty((0, D), np.float32), 5).ids.shape[0] == 0
    assert filled(kind, 10).search(drawn(2), 0).ids.shape == (2, 0)


def test_the_nearest_are_found_best_first(kind: type[VectorIndex]) -> None:
    vectors, queries = drawn(3000), drawn(40, seed=1)
    index = kind(D)
    index.add(np.arange(3000) * 7 + 5, vectors)
    answer = index.search(queries, 50)
    assert answer.ids.dtype == np.int64
    assert answer.similarities.dtype == np.float32
    assert recall(answer.ids, nearest(queries, np.arange(3000) * 7 + 5, vectors, 50)) >= 0.99
    assert (np.diff(answer.similarities, axis=1) <= 0).all()
    right = np.einsum("md,mkd->mk", queries, vectors[(answer.ids - 5) // 7])
    assert np.abs(answer.similarities - right).max() < ALMOST


def test_a_vector_is_its_own_nearest(kind: type[VectorIndex]) -> None:
    index = filled(kind, 500)
    answer = index.search(drawn(500), 1)
    assert (answer.ids[:, 0] == np.arange(500)).mean() > 0.99
    assert np.abs(answer.similarities - 1).max() < ALMOST


def test_asking_for_more_than_there_are_gives_all_there_are(kind: type[VectorIndex]) -> None:
    index = filled(kind, 300)
    answer = index.search(drawn(5, seed=2), 1000)
    assert answer.ids.shape == (5, 300)
    assert (np.sort(answer.ids, axis=1) == np.arange(300)).all()


def test_asking_for_all_of_many_still_gives_each_once(kind: type[VectorIndex]) -> None:
    index = filled(kind, 3000)
    index.remove(np.arange(0, 3000, 3))
    answer = index.search(drawn(2, seed=2), 3000)
    assert answer.ids.shape == (2, 2000)
    assert all(len(np.unique(row)) == 2000 for row in answer.ids)


def test_an_id_added_again_has_its_new_vector_only(kind: type[VectorIndex]) -> None:
    index = filled(kind, 1500)
    for seed in (3, 4):
        index.add(np.arange(1500), drawn(1500, seed=seed))
    assert len(index) == 1500
    queries = drawn(30, seed=9)
    right = nearest(queries, np.arange(1500), drawn(1500, seed=4), 20)
    assert recall(index.search(queries, 20).ids, right) >= 0.99


def test_removed_ids_are_never_found_and_the_others_are(kind: type[VectorIndex]) -> None:
    index = filled(kind, 2000)
    index.remove(np.concatenate([np.arange(0, 2000, 2), [99_999]]))
    left = np.arange(1, 2000, 2)
    assert len(index) == 1000
    queries = drawn(30, seed=9)
    answer = index.search(queries, 40)
    assert (answer.ids % 2 == 1).all()
    assert recall(answer.ids, nearest(queries, left, drawn(2000)[left], 40)) >= 0.99


def test_everything_can_be_removed_and_come_back(kind: type[VectorIndex]) -> None:
    index = filled(kind, 400)
    for _ in range(3):
        index.remove(np.arange(400))
        assert len(index) == 0
        assert index.search(drawn(2), 5).ids.shape == (2, 0)
        index.add(np.arange(400), drawn(400))
    queries = drawn(20, seed=9)
    right = nearest(queries, np.arange(400), drawn(400), 20)
    assert recall(index.search(queries, 20).ids, right) >= 0.99


def test_of_equal_ids_in_one_batch_the_last_counts(kind: type[VectorIndex]) -> None:
    vectors = drawn(4)
    index = kind(D)
    index.add(np.array([8, 2, 8, 8]), vectors)
    assert len(index) == 2
    assert index.search(vectors[3:], 1).ids.tolist() == [[8]]
    assert index.search(vectors[3:], 1).similarities[0, 0] > 1 - ALMOST


def test_only_allowed_ids_are_found(kind: type[VectorIndex]) -> None:
    index = filled(kind, 2000)
    queries = drawn(20, seed=9)
    for allowed in (np.arange(0, 2000, 100), np.arange(500, 900), np.arange(2000)[::-1]):
        right = nearest(queries, np.sort(allowed), drawn(2000)[np.sort(allowed)], 15)
        answer = index.search(queries, 15, allowed=allowed)
        assert np.isin(answer.ids, allowed).all()
        assert recall(answer.ids, right) >= 0.99


def test_allowed_ids_that_are_unknown_or_repeated_do_no_harm(kind: type[VectorIndex]) -> None:
    index = filled(kind, 100)
    index.remove(np.array([7]))
    answer = index.search(drawn(1), 10, allowed=np.array([5, 5, 7, 60, 4000]))
    assert sorted(answer.ids[0].tolist()) == [5, 60]
    assert index.search(drawn(1), 10, allowed=np.empty(0, np.int64)).ids.shape == (1, 0)


def test_more_allowed_ids_than_the_limit_are_refused(kind: type[VectorIndex]) -> None:
    index = filled(kind, 10)
    limit = index.restriction_limit
    if limit is None:
        assert index.search(drawn(1), 10, allowed=np.arange(1_000_000)).ids.shape == (1, 10)
    else:
        assert index.search(drawn(1), 10, allowed=np.arange(limit)).ids.shape == (1, 10)
        with pytest.raises(ValueError, match="more than"):
            index.search(drawn(1), 10, allowed=np.arange(limit + 1))


@pytest.mark.parametrize(
    "vectors",
    [
        np.zeros((3, D + 1), np.float32),
        np.zeros((3, D, 1), np.float32),
        np.zeros(D, np.float32),
        np.zeros((2, D), np.float32),
        np.full((3, D), np.nan, np.float32),
        np.full((3, D), np.inf),
        np.full((3, D), "a"),
        np.full((3, D), 1j),
    ],
)
def test_vectors_that_cannot_be_compared_are_refused(
    kind: type[VectorIndex], vectors: np.ndarray
) -> None:
    index = filled(kind, 5)
    with pytest.raises(ValueError, match=r"vector"):
        index.add(np.arange(3), vectors)
    if vectors.shape != (2, D):
        with pytest.raises(ValueError, match=r"vector"):
            index.search(vectors, 1)
    assert len(index) == 5


@pytest.mark.parametrize("ids", [np.array([-1]), np.array([0.5]), np.array([[1]])])
def test_ids_that_are_not_whole_numbers_are_refused(
    kind: type[VectorIndex], ids: np.ndarray
) -> None:
    with pytest.raises(ValueError, match="ids"):
        kind(D).add(ids, drawn(1))


def test_a_count_below_nothing_is_refused(kind: type[VectorIndex]) -> None:
    with pytest.raises(ValueError, match="neighbours"):
        filled(kind, 5).search(drawn(1), -1)


@pytest.mark.parametrize("form", ["float64", "float16", "reversed", "columns", "long", "readonly"])
def test_vectors_come_in_any_form(kind: type[VectorIndex], form: str) -> None:
    vectors = drawn(300)
    given: np.ndarray = {
        "float64": vectors.astype(np.float64),
        "float16": vectors.astype(np.float16),
        "reversed": np.ascontiguousarray(vectors[::-1])[::-1],
        "columns": np.asfortranarray(vectors),
        "long": vectors * np.float32(1e30),
        "readonly": vectors.copy(),
    }[form]
    given.flags.writeable = form != "readonly"
    index = kind(D)
    index.add(np.arange(300, dtype=np.int32), given)
    answer = index.search(given[:50], 5)
    assert recall(answer.ids, nearest(vectors[:50], np.arange(300), vectors, 5)) >= 0.98
    assert np.abs(answer.similarities[:, 0] - 1).max() < ALMOST


def test_a_zero_vector_is_like_nothing_and_breaks_nothing(kind: type[VectorIndex]) -> None:
    index = filled(kind, 50)
    index.add(np.array([50]), np.zeros((1, D), np.float32))
    answer = index.search(drawn(1), 51)
    assert answer.similarities[answer.ids == 50].tolist() == pytest.approx([0], abs=ALMOST)
    assert np.abs(index.search(np.zeros((1, D)), 5).similarities).max() < ALMOST


@pytest.mark.parametrize("dimension", [1, 2, 3, 7, 384, 1152])
def test_every_dimension_will_do(kind: type[VectorIndex], dimension: int) -> None:
    index = kind(dimension)
    vectors = drawn(200, dimension)
    index.add(np.arange(200), vectors)
    answer = index.search(vectors[:5], 1)
    assert answer.similarities.min() > 1 - ALMOST


def test_a_saved_index_comes_back_with_its_sequence(
    kind: type[VectorIndex], tmp_path: Path
) -> None:
    index = filled(kind, 2500)
    index.remove(np.arange(100))
    index.add(np.arange(50), drawn(50, seed=5))
    index.save(tmp_path / "index", 41)
    again, sequence = kind.load(tmp_path / "index")
    assert (sequence, again.dimension, len(again)) == (41, D, 2450)
    queries = drawn(20, seed=9)
    assert recall(again.search(queries, 30).ids, index.search(queries, 30).ids) >= 0.99
    again.add(np.arange(90_000, 92_000), drawn(2000, seed=6))
    again.remove(np.arange(60))
    assert len(again) == 4400
    again.save(tmp_path / "index", 42)
    assert kind.load(tmp_path / "index")[1] == 42


def test_an_empty_index_is_saved_and_comes_back(kind: type[VectorIndex], tmp_path: Path) -> None:
    kind(D).save(tmp_path / "index", 0)
    again, _ = kind.load(tmp_path / "index")
    again.add(np.array([1]), drawn(1))
    assert again.search(drawn(1), 1).ids.tolist() == [[1]]


@pytest.mark.parametrize("name", ["Bücher 書", os.fsdecode(b"caf\xe9"), "with space"])
def test_a_folder_may_have_any_name(kind: type[VectorIndex], tmp_path: Path, name: str) -> None:
    try:
        (tmp_path / name).mkdir()
    except (OSError, UnicodeEncodeError):
        pytest.skip("this file system has no such names")
    filled(kind, 30).save(tmp_path / name / "index", 1)
    assert len(kind.load(tmp_path / name / "index")[0]) == 30


def test_damaged_files_are_noticed(kind: type[VectorIndex], tmp_path: Path) -> None:
    path = tmp_path / "index"
    index = filled(kind, 200)
    index.save(path, 1)
    for file in sorted(path.iterdir()):
        whole = file.read_bytes()
        for damaged in (whole[:-1], whole[: len(whole) // 2], b"", _flipped(whole)):
            file.write_bytes(damaged)
            with pytest.raises(DamagedFiles):
                kind.load(path)
        file.unlink()
        with pytest.raises(DamagedFiles):
            kind.load(path)
        file.write_bytes(whole)
    assert len(kind.load(path)[0]) == 200
    with pytest.raises(DamagedFiles):
        kind.load(tmp_path / "nowhere")


def _flipped(whole: bytes) -> bytes:
    middle = len(whole) // 2
    return whole[:middle] + bytes([whole[middle] ^ 0x10]) + whole[middle + 1 :]


def test_the_files_of_another_index_are_not_taken(kind: type[VectorIndex], tmp_path: Path) -> None:
    other = UsearchIndex if kind is not UsearchIndex else ExactIndex
    filled(other, 10).save(tmp_path / "index", 1)
    with pytest.raises(DamagedFiles):
        kind.load(tmp_path / "index")


def test_adds_removals_and_searches_go_on_side_by_side(kind: type[VectorIndex]) -> None:
    index = filled(kind, 500)
    wrong: list[object] = []
    done = threading.Event()

    def ask() -> None:
        queries = drawn(3, seed=1)
        try:
            while not done.is_set():
                for count in (1, 20, 200):
                    answer = index.search(queries, count)
                    if answer.ids.shape != (3, count) or (answer.ids < 0).any():
                        wrong.append(answer)
                index.search(queries, 5, allowed=np.arange(0, 500, 5))
        except Exception as error:
            wrong.append(error)

    askers = [threading.Thread(target=ask) for _ in range(2)]
    for asker in askers:
        asker.start()
    try:
        for start in range(1000, 2000, 250):
            index.add(np.arange(start, start + 250), drawn(250, seed=start))
            index.remove(np.arange(start, start + 100))
            index.add(np.arange(100), drawn(100, seed=start))
    finally:
        done.set()
        for asker in askers:
            asker.join()
    assert wrong == []
    assert len(index) == 500 + 4 * 150


@given(
    vectors=st.lists(
        st.lists(
            st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=4, max_size=4
        ),
        min_size=1,
        max_size=12,
    )
)
def test_any_finite_vectors_are_compared_by_their_direction(vectors: list[list[float]]) -> None:
    given_vectors = np.array(vectors)
    lengths = np.linalg.norm(given_vectors / (np.abs(given_vectors).max() or 1), axis=1)
    index = ExactIndex(4)
    index.add(np.arange(len(vectors)), given_vectors)
    answer = index.search(given_vectors, 1)
    assert np.isfinite(answer.similarities).all()
    clear = lengths > 1e-3
    assert (answer.similarities[clear, 0] > 1 - 5e-3).all()


class AnyHistory(RuleBasedStateMachine):
    """Whatever was added, replaced and removed: an index holds exactly what is left."""

    kind: type[VectorIndex]

    def __init__(self) -> None:
        super().__init__()
        self.index = self.kind(8)
        self.truth: dict[int, int] = {}
        self.pool = drawn(400, 8, seed=3)

    @rule(ids=st.lists(st.integers(0, 40), max_size=25), first=st.integers(0, 375))
    def add(self, ids: list[int], first: int) -> None:
        places = range(first, first + len(ids))
        self.index.add(np.array(ids, np.int64), self.pool[list(places)])
        self.truth.update(zip(ids, places, strict=True))

    @rule(ids=st.sets(st.integers(0, 45), max_size=20))
    def remove(self, ids: set[int]) -> None:
        self.index.remove(np.array(sorted(ids), np.int64))
        for each in ids:
            self.truth.pop(each, None)

    @rule(allowed=st.sets(st.integers(0, 45)), count=st.integers(1, 50))
    def search_among(self, allowed: set[int], count: int) -> None:
        answer = self.index.search(self.pool[:2], count, np.array(sorted(allowed), np.int64))
        there = allowed & set(self.truth)
        for row in answer.ids:
            found = [each for each in row.tolist() if each >= 0]
            assert len(found) == len(set(found)) == min(count, len(there))
            assert set(found) <= there

    @invariant()
    def everything_left_is_found_with_its_own_vector(self) -> None:
        assert len(self.index) == len(self.truth)
        answer = self.index.search(self.pool[:1], 100)
        assert sorted(answer.ids[0].tolist()) == sorted(self.truth)
        for each, similarity in zip(answer.ids[0], answer.similarities[0], strict=True):
            right = float(self.pool[0] @ self.pool[self.truth[int(each)]])
            assert abs(similarity - right) < ALMOST


def _history(kind: type[VectorIndex]) -> type:
    machine = type(f"AnyHistoryOf{kind.__name__}", (AnyHistory,), {"kind": kind})
    case: type = machine.TestCase
    case.settings = settings(max_examples=25, stateful_step_count=20)
    return case


TestHistoryOfExact = _history(ExactIndex)
TestHistoryOfUsearch = _history(UsearchIndex)


@pytest.mark.usefixtures("needs_hnswlib")
class TestHistoryOfHnswlib(_history(HnswlibIndex)):  # type: ignore[misc]
    pass


@pytest.fixture
def needs_hnswlib() -> None:
    pytest.importorskip("hnswlib", reason="hnswlib is compiled only where a compiler is")
