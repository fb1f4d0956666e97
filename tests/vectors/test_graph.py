"""The store's graph: built behind the answers, and never at their cost."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from vectors.catalogue import PaperCatalogue
from vectors.drawing import drawn, recall

from assetman.vectors.graph import Bounds
from assetman.vectors.hnsw import GraphIndex, HnswlibIndex, UsearchIndex
from assetman.vectors.store import VectorStore

D = 32
COUNT = 3000
SOON = 60.0  # seconds; a limit, not an expectation
# A graph for few vectors, so that a test sees what thousands of times as many would show.
SMALL = Bounds(graph_from=1000, gather=300, fresh=500, page_share=2)
Opener = Callable[[], VectorStore]


@pytest.fixture(params=[HnswlibIndex, UsearchIndex])
def kind(request: pytest.FixtureRequest) -> type[GraphIndex]:
    if request.param is HnswlibIndex:
        pytest.importorskip("hnswlib", reason="hnswlib is compiled only where a compiler is")
    chosen: type[GraphIndex] = request.param
    return chosen


@pytest.fixture
def catalogue() -> PaperCatalogue:
    paper = PaperCatalogue()
    paper.store(np.arange(COUNT), drawn(COUNT))
    return paper


@pytest.fixture
def opened(tmp_path: Path, catalogue: PaperCatalogue, kind: type[GraphIndex]) -> Iterator[Opener]:
    stores: list[VectorStore] = []

    def open_store() -> VectorStore:
        for store in stores:
            store.close()
        stores.append(VectorStore(tmp_path / "space", D, catalogue, graph=kind, bounds=SMALL))
        return stores[-1]

    yield open_store
    for store in stores:
        store.close()


def in_use(store: VectorStore) -> bool:
    """Tell whether the graph answers a plain question."""
    return store.graph_answers(drawn(1), 5)


def graphs(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "space").glob("graph-*"))


def agrees(store: VectorStore, count: int = 50) -> bool:
    queries = drawn(30, seed=1)
    right = store.search(queries, count, exact=True)
    answer = store.search(queries, count)
    close = np.abs(np.sort(answer.similarities) - np.sort(right.similarities)).max() < 0.05
    return recall(answer.ids, right.ids) >= 0.99 and bool(close)


def test_the_first_answer_is_exact_and_the_graph_follows(opened: Opener) -> None:
    store = opened()
    right = store.search(drawn(5, seed=1), 50, exact=True)
    assert (store.search(drawn(5, seed=1), 50).ids == right.ids).mean() > 0.99
    assert store.wait_until_ready(SOON)
    assert in_use(store)
    assert agrees(store)


def test_a_small_library_has_no_graph(tmp_path: Path, kind: type[GraphIndex]) -> None:
    paper = PaperCatalogue()
    paper.store(np.arange(900), drawn(900))
    store = VectorStore(tmp_path / "space", D, paper, graph=kind, bounds=SMALL)
    store.catch_up()
    assert store.wait_until_ready(SOON)
    assert not in_use(store)
    assert not graphs(tmp_path)
    store.close()


def test_a_saved_graph_is_used_again(opened: Opener, tmp_path: Path) -> None:
    assert opened().wait_until_ready(SOON)
    assert graphs(tmp_path) == ["graph-00000001"]
    store = opened()
    assert store.wait_until_ready(SOON)
    assert in_use(store)
    assert graphs(tmp_path) == ["graph-00000001"]  # nothing had to be built


def test_a_deleted_folder_comes_back_with_its_graph(opened: Opener, tmp_path: Path) -> None:
    assert opened().wait_until_ready(SOON)
    shutil.rmtree(tmp_path / "space")
    store = opened()
    assert agrees(store)
    assert store.wait_until_ready(SOON)
    assert in_use(store)
    assert graphs(tmp_path) == ["graph-00000001"]


@pytest.mark.parametrize("name", ["graph", "ids.npy", "manifest.json"])
def test_a_damaged_graph_is_built_anew(opened: Opener, tmp_path: Path, name: str) -> None:
    assert opened().wait_until_ready(SOON)
    file = tmp_path / "space" / graphs(tmp_path)[0] / name
    file.write_bytes(file.read_bytes()[:-3])
    store = opened()
    assert store.wait_until_ready(SOON)
    assert in_use(store)
    assert agrees(store)
    assert store.problem is None


def test_a_graph_of_other_vectors_is_brought_in_line(
    opened: Opener, catalogue: PaperCatalogue, tmp_path: Path
) -> None:
    assert opened().wait_until_ready(SOON)
    shutil.rmtree(next((tmp_path / "space").glob("rows-*")))
    catalogue.store(np.arange(1000), drawn(1000, seed=8))
    catalogue.delete(np.arange(2000, 2300))
    catalogue.store(np.arange(7000, 7100), drawn(100, seed=9))
    store = opened()
    assert agrees(store)
    assert store.wait_until_ready(SOON)
    assert in_use(store)
    assert agrees(store)


def test_what_the_graph_has_not_taken_in_is_found_all_the_same(
    opened: Opener, catalogue: PaperCatalogue
) -> None:
    store = opened()
    assert store.wait_until_ready(SOON)
    for start in range(10_000, 10_400, 20):
        new = drawn(20, seed=start)
        store.publish(
            np.arange(start, start + 20), new, catalogue.store(range(start, start + 20), new)
        )
        answer = store.search(new, 1)
        assert (answer.similarities > 0.99).all()
    assert store.wait_until_ready(SOON)
    assert in_use(store)
    assert agrees(store)


def test_replaced_and_removed_vectors_are_followed(
    opened: Opener, catalogue: PaperCatalogue
) -> None:
    store = opened()
    assert store.wait_until_ready(SOON)
    new = drawn(800, seed=6)
    store.publish(np.arange(800), new, catalogue.store(np.arange(800), new))
    catalogue.delete(np.arange(1500, 2000))
    store.remove(np.arange(1500, 2000))
    answer = store.search(drawn(20, seed=1), 100)
    assert not ((answer.ids >= 1500) & (answer.ids < 2000)).any()
    assert store.wait_until_ready(SOON)
    assert agrees(store)
    assert in_use(store)


def test_a_graph_of_mostly_removed_nodes_is_built_anew(
    opened: Opener, catalogue: PaperCatalogue
) -> None:
    store = opened()
    assert store.wait_until_ready(SOON)
    gone = np.arange(0, COUNT, 2)
    catalogue.delete(gone)
    store.remove(gone)
    assert store.wait_until_ready(SOON)
    assert in_use(store)
    assert agrees(store)


def test_filters_never_cost_recall(opened: Opener) -> None:
    store = opened()
    assert store.wait_until_ready(SOON)
    queries, draw = drawn(20, seed=1), np.random.default_rng(0)
    for share in (0.0005, 0.005, 0.05, 0.11, 0.2, 0.5, 0.9, 1.0):
        allowed = np.sort(draw.choice(COUNT, int(COUNT * share), replace=False))
        for count in (1, 50, 200):
            right = store.search(queries, count, allowed=allowed, exact=True)
            answer = store.search(queries, count, allowed=allowed)
            assert answer.ids.shape == right.ids.shape
            assert recall(answer.ids, right.ids) >= 0.99


def test_a_filter_that_hides_what_is_near_costs_no_recall(opened: Opener) -> None:
    store = opened()
    assert store.wait_until_ready(SOON)
    query = drawn(1, seed=1)
    order = store.search(query, COUNT, exact=True).ids[0]
    allowed = np.sort(order[COUNT // 2 :])  # the farther half only
    right = store.search(query, 50, allowed=allowed, exact=True)
    assert recall(store.search(query, 50, allowed=allowed).ids, right.ids) >= 0.99


def test_closing_does_not_wait_for_the_graph(opened: Opener, tmp_path: Path) -> None:
    store = opened()
    store.catch_up()
    store.close()
    assert not graphs(tmp_path)
    store = opened()
    assert agrees(store)


def test_a_disk_that_takes_no_graph_is_told_and_costs_nothing(
    catalogue: PaperCatalogue, tmp_path: Path, kind: type[GraphIndex]
) -> None:
    (tmp_path / "vectors").write_text("a file where the folder should be")
    store = VectorStore(tmp_path / "vectors" / "space", D, catalogue, graph=kind, bounds=SMALL)
    store.catch_up()
    assert store.wait_until_ready(SOON)
    assert in_use(store)
    assert agrees(store)
    assert store.problem is not None
    store.close()
