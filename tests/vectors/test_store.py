"""The store: always at one with the catalogue, whatever became of its files."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from vectors.catalogue import PaperCatalogue
from vectors.drawing import drawn, nearest, recall

from assetman.vectors.exact import ExactIndex
from assetman.vectors.store import VectorStore

D = 32
Opener = Callable[[], VectorStore]


@pytest.fixture
def catalogue() -> PaperCatalogue:
    paper = PaperCatalogue()
    paper.store(np.arange(1, 2001), drawn(2000))
    return paper


@pytest.fixture
def opened(tmp_path: Path, catalogue: PaperCatalogue) -> Iterator[Opener]:
    """Open stores over the same folder, one after the other."""
    stores: list[VectorStore] = []

    def open_store() -> VectorStore:
        for store in stores:
            store.close()
        stores.append(VectorStore(tmp_path / "vectors" / "space", D, catalogue))
        return stores[-1]

    yield open_store
    for store in stores:
        store.close()


def agrees(store: VectorStore, catalogue: PaperCatalogue) -> bool:
    """Tell whether a store holds what the catalogue holds, bit for bit."""
    ids, vectors = catalogue.vectors()
    held, held_vectors = store.vectors_of(ids)
    return (
        len(store) == len(ids)
        and np.array_equal(held, ids)
        and np.array_equal(held_vectors.astype(np.float16), vectors)
    )


def folders(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "vectors" / "space").iterdir())


def newest(tmp_path: Path) -> Path:
    return tmp_path / "vectors" / "space" / folders(tmp_path)[-1]


def test_a_sample_is_by_chance_and_the_same_every_time(
    opened: Opener, catalogue: PaperCatalogue
) -> None:
    store = opened()
    sample = store.sample(200)
    assert sample.shape == (200, D)
    assert np.array_equal(sample, store.sample(200))
    assert np.array_equal(sample, opened().sample(200)), "after another start"
    rows = {row.tobytes(): place for place, row in enumerate(store_rows(catalogue))}
    places = [rows[row.tobytes()] for row in sample]
    assert 700 < np.mean(places) < 1300
    catalogue.store(np.arange(2001, 2101), drawn(100, seed=9))
    catalogue.delete(np.arange(1, 51))
    later = {row.tobytes() for row in opened().sample(200)}
    assert sum(row.tobytes() in later for row in sample) > 170, "few of it change"
    assert len(opened().sample(9999)) == 2050


def store_rows(catalogue: PaperCatalogue) -> np.ndarray:
    _, vectors = catalogue.vectors()
    return vectors.astype(np.float32)


def test_what_is_left_out_makes_room_for_the_next_nearest(
    opened: Opener, catalogue: PaperCatalogue
) -> None:
    store = opened()
    (query,) = queries = drawn(1, seed=3)
    ranked = store.search(queries, 200).ids[0]
    some = np.sort(ranked[::2])
    assert store.search(queries, 50, without=ranked[:100]).ids[0].tolist() == list(ranked[100:150])
    among = store.search(queries, 50, some, without=ranked[:100]).ids[0]
    assert among.tolist() == list(ranked[100::2][:50])
    everything = catalogue.ids()
    assert store.search(query[None], 5, without=everything).ids.size == 0
    assert store.search(queries, 3, without=[10**9]).ids[0].tolist() == list(ranked[:3])


def test_the_first_search_answers_from_the_catalogue_alone(opened: Opener) -> None:
    queries = drawn(20, seed=1)
    answer = opened().search(queries, 30)
    right = nearest(queries, np.arange(1, 2001), drawn(2000), 30)
    assert recall(answer.ids, right) > 0.99


def test_an_empty_catalogue_has_an_empty_store(tmp_path: Path) -> None:
    store = VectorStore(tmp_path / "vectors", D, PaperCatalogue())
    assert store.catch_up() == 0
    assert len(store) == 0
    assert store.search(drawn(2), 5).ids.shape == (2, 0)
    assert store.vectors_of([3])[1].shape == (0, D)
    store.save()
    store.close()


def test_a_second_start_reads_the_files_and_hardly_the_catalogue(
    opened: Opener, catalogue: PaperCatalogue
) -> None:
    opened().catch_up()
    catalogue.read = 0
    store = opened()
    assert store.catch_up() == 0
    assert agrees(store, catalogue)
    assert catalogue.read <= 1000  # two samples, to know that the files are of this catalogue


def test_what_is_published_is_found_at_once(opened: Opener, catalogue: PaperCatalogue) -> None:
    store = opened()
    store.catch_up()
    new = drawn(10, seed=5)
    store.publish(np.arange(5000, 5010), new, catalogue.store(np.arange(5000, 5010), new))
    assert store.search(new, 1).ids[:, 0].tolist() == list(range(5000, 5010))
    assert agrees(store, catalogue)
    assert store.catch_up() == 0


def test_what_is_removed_is_found_no_more(opened: Opener, catalogue: PaperCatalogue) -> None:
    store = opened()
    catalogue.delete([7, 8])
    store.remove([7, 8, 123_456])
    assert agrees(store, catalogue)
    assert not np.isin([7, 8], store.search(drawn(2000)[6:8], 2000).ids).any()


def test_a_crash_between_storing_and_publishing_loses_nothing(
    opened: Opener, catalogue: PaperCatalogue
) -> None:
    opened().save()
    catalogue.store(np.arange(3000, 3100), drawn(100, seed=2))
    catalogue.store([5, 6], drawn(2, seed=3))
    catalogue.delete(np.arange(100, 200))
    store = opened()
    assert store.catch_up() == 100 + 2 + 100
    assert agrees(store, catalogue)


def test_a_batch_published_out_of_turn_before_a_crash_is_repaired(
    opened: Opener, catalogue: PaperCatalogue
) -> None:
    store = opened()
    store.catch_up()
    catalogue.store([3000], drawn(1, seed=2))  # and its publishing never came
    many = drawn(300, seed=3)
    store.publish(np.arange(4000, 4300), many, catalogue.store(np.arange(4000, 4300), many))
    store.save()
    store = opened()
    store.catch_up()
    assert agrees(store, catalogue)


def test_the_folder_may_vanish_at_any_moment(
    opened: Opener, catalogue: PaperCatalogue, tmp_path: Path
) -> None:
    store = opened()
    store.catch_up()
    shutil.rmtree(tmp_path / "vectors")
    assert agrees(store, catalogue)
    more = drawn(2000, seed=8)
    store.publish(np.arange(9000, 11_000), more, catalogue.store(np.arange(9000, 11_000), more))
    store.save()
    assert folders(tmp_path)
    shutil.rmtree(tmp_path / "vectors")
    store = opened()
    assert store.search(more[:1], 1).ids.tolist() == [[9000]]
    assert agrees(store, catalogue)
    assert folders(tmp_path)


@pytest.mark.parametrize("damage", ["cut", "flipped", "emptied", "gone", "nonsense", "a file"])
@pytest.mark.parametrize("name", ["vectors.npy", "ids.npy", "digests.npy", "manifest.json"])
def test_damaged_files_are_made_again_unasked(
    opened: Opener, catalogue: PaperCatalogue, tmp_path: Path, name: str, damage: str
) -> None:
    opened().catch_up()
    file = newest(tmp_path) / name
    whole = file.read_bytes()
    if damage == "a file":
        shutil.rmtree(file.parent)
        file.parent.write_bytes(b"")
    elif damage == "gone":
        file.unlink()
    else:
        middle = len(whole) // 2
        file.write_bytes(
            {
                "cut": whole[:-2],
                "flipped": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
                "emptied": b"",
                "nonsense": b"[[]]",
            }[damage]
        )
    store = opened()
    assert store.catch_up() == 2000 or name == "manifest.json"
    assert agrees(store, catalogue)
    assert opened().catch_up() == 0
    assert store.problem is None


def test_a_manifest_that_lies_about_numbers_is_not_believed(
    opened: Opener, catalogue: PaperCatalogue, tmp_path: Path
) -> None:
    for fact, lie in (("sequence", "x"), ("count", 3), ("dimension", 31), ("sequence", None)):
        opened().catch_up()
        file = newest(tmp_path) / "manifest.json"
        manifest = json.loads(file.read_text())
        manifest["facts"][fact] = lie
        file.write_text(json.dumps(manifest))
        assert agrees(opened(), catalogue)


def test_files_of_another_library_are_not_trusted(
    opened: Opener, catalogue: PaperCatalogue, tmp_path: Path
) -> None:
    opened().catch_up()
    other = PaperCatalogue()
    other.store(np.arange(1, 2001), drawn(2000, seed=77))
    store = VectorStore(tmp_path / "vectors" / "space", D, other)
    store.catch_up()
    assert agrees(store, other)
    store.close()


def test_files_made_under_another_token_are_not_trusted(
    catalogue: PaperCatalogue, tmp_path: Path
) -> None:
    for token in ("one", "two"):
        store = VectorStore(tmp_path / "vectors", D, catalogue, token)
        assert store.catch_up() == 2000
        store.close()


def test_an_older_catalogue_put_back_is_followed(
    opened: Opener, catalogue: PaperCatalogue, tmp_path: Path
) -> None:
    catalogue.store(np.arange(1, 501), drawn(500, seed=4))
    opened().catch_up()
    older = PaperCatalogue()
    older.store(np.arange(1, 2001), drawn(2000))
    store = VectorStore(tmp_path / "vectors" / "space", D, older)
    store.catch_up()
    assert agrees(store, older)
    store.close()


def test_a_half_written_folder_is_cleared_away(opened: Opener, tmp_path: Path) -> None:
    aside = tmp_path / "vectors" / "space" / "rows-00000009.123.tmp"
    aside.mkdir(parents=True)
    (aside / "vectors.npy").write_bytes(b"half")
    opened().catch_up()
    assert folders(tmp_path) == ["rows-00000001"]


def test_old_folders_go_when_a_new_one_is_there(opened: Opener, tmp_path: Path) -> None:
    store = opened()
    for start in range(10_000, 13_000, 1000):
        store.publish(np.arange(start, start + 1000), drawn(1000, seed=start), 0)
        store.save()
    assert folders(tmp_path) == ["rows-00000004"]


def test_saving_what_hardly_changed_writes_nothing(opened: Opener, tmp_path: Path) -> None:
    store = opened()
    store.catch_up()
    before = folders(tmp_path)
    store.publish([70_000], drawn(1, seed=1), 9999)
    store.save()
    store.save()
    assert folders(tmp_path) == before


def test_a_vector_that_is_not_a_number_is_left_out_and_asked_for_once(
    opened: Opener, catalogue: PaperCatalogue
) -> None:
    catalogue.store([4000], np.full((1, D), np.nan))
    store = opened()
    store.catch_up()
    assert len(store) == 2000
    catalogue.read = 0
    assert store.catch_up() == 0
    assert catalogue.read == 0


def test_a_path_that_cannot_be_written_leaves_the_answers_alone(
    catalogue: PaperCatalogue, tmp_path: Path
) -> None:
    (tmp_path / "vectors").write_text("a file where the folder should be")
    store = VectorStore(tmp_path / "vectors" / "space", D, catalogue)
    store.catch_up()
    assert agrees(store, catalogue)
    assert store.problem is not None
    store.save()
    store.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limit on the size of files to set")
def test_a_full_disk_leaves_the_answers_alone_and_is_told(
    opened: Opener, catalogue: PaperCatalogue, tmp_path: Path
) -> None:
    store = opened()
    store.catch_up()
    there = folders(tmp_path)
    with _files_no_larger_than(20_000):
        more = drawn(2000, seed=8)
        store.publish(np.arange(9000, 11_000), more, catalogue.store(np.arange(9000, 11_000), more))
        store.save()
        assert store.problem is not None
        assert agrees(store, catalogue)
        assert folders(tmp_path) == there
    store.save()
    assert store.problem is None
    assert folders(tmp_path) == ["rows-00000003"]
    assert agrees(opened(), catalogue)


@contextlib.contextmanager
def _files_no_larger_than(size: int) -> Iterator[None]:
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_allowed_ids_of_any_number_are_searched_rightly(opened: Opener) -> None:
    store = opened()
    queries, draw = drawn(5, seed=1), np.random.default_rng(0)
    for count in (0, 1, 3, 50, 399, 401, 1500, 2000):
        allowed = np.sort(draw.choice(np.arange(1, 2001), count, replace=False))
        right = nearest(queries, allowed, drawn(2000)[allowed - 1], 20)
        answer = store.search(queries, 20, allowed=allowed)
        assert answer.ids.shape == (5, min(count, 20))
        assert recall(answer.ids, right) > 0.98


def test_searches_see_whole_writes_only(opened: Opener) -> None:
    store = opened()
    store.catch_up()
    wrong: list[object] = []
    done = threading.Event()

    def ask() -> None:
        try:
            while not done.is_set():
                answer = store.search(drawn(2, seed=1), 3000)
                if len(np.unique(answer.ids[0])) != answer.ids.shape[1] or len(answer.ids[0]) % 50:
                    wrong.append(answer.ids.shape)
        except Exception as error:
            wrong.append(error)

    asker = threading.Thread(target=ask)
    asker.start()
    for start in range(3000, 5000, 50):
        store.publish(np.arange(start, start + 50), drawn(50, seed=start), start)
        store.publish(np.arange(50, 100), drawn(50, seed=start), start)
        if start % 500 == 0:
            store.save()
    done.set()
    asker.join()
    assert wrong == []


def test_a_closed_store_says_so(opened: Opener) -> None:
    store = opened()
    store.close()
    store.close()
    with pytest.raises(RuntimeError, match="closed"):
        store.search(drawn(1), 1)


def test_vectors_are_given_in_the_order_asked(opened: Opener) -> None:
    ids, vectors = opened().vectors_of(np.array([9, 3, 700_000, 5]))
    assert ids.tolist() == [9, 3, 5]
    assert np.abs(vectors - drawn(2000)[[8, 2, 4]]).max() < 1e-3


@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["store", "publish", "delete", "remove", "catch_up", "save", "crash"]),
            st.integers(1, 60),
            st.integers(1, 30),
        ),
        max_size=25,
    )
)
def test_any_history_ends_at_one_with_the_catalogue(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, int]]
) -> None:
    folder = tmp_path_factory.mktemp("vectors")
    catalogue = PaperCatalogue()
    store = VectorStore(folder, 8, catalogue)
    for number, (step, first, count) in enumerate(steps):
        ids = np.arange(first, first + count)
        if step in ("store", "publish"):
            vectors = drawn(count, 8, seed=number)
            sequence = catalogue.store(ids, vectors)
            if step == "publish":
                store.catch_up()  # as batches come in order
                store.publish(ids, vectors, sequence)
        elif step in ("delete", "remove"):
            catalogue.delete(ids)
            if step == "remove":
                store.remove(ids)
        elif step == "catch_up":
            store.catch_up()
        elif step == "save":
            store.save()
        else:
            store.close()
            store = VectorStore(folder, 8, catalogue)
    store.catch_up()
    ids, vectors = catalogue.vectors()
    truth = ExactIndex(8)
    if len(ids):
        assert agrees(store, catalogue)
        truth.add(ids, vectors)
    queries = drawn(3, 8, seed=1)
    assert store.search(queries, 20).ids.tolist() == truth.search(queries, 20).ids.tolist()
    store.close()
