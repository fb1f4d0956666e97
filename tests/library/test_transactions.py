from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assetman.core.errors import WrongUse
from assetman.library.library import Library

from .conftest import ROOT, Shelf


def test_an_exception_undoes_the_whole_transaction(shelf: Shelf) -> None:
    library = shelf.library
    with pytest.raises(WrongUse), library.writing():  # noqa: PT012
        shelf.done("a.jpg")
        library.roots.get(99)
    assert library.assets.ids() == []
    assert library.contents.keys() == set()
    assert shelf.pending() == []


def test_an_inner_transaction_that_fails_is_undone_alone(shelf: Shelf) -> None:
    library = shelf.library
    with library.writing():
        kept = shelf.file("kept.jpg")
        with pytest.raises(WrongUse), library.writing():  # noqa: PT012
            shelf.file("undone.jpg")
            library.roots.get(99)
        also = shelf.file("also.jpg")
    assert sorted(library.assets.ids()) == [kept, also]


def test_other_threads_see_a_transaction_when_it_is_committed_and_at_once(shelf: Shelf) -> None:
    library = shelf.library
    with ThreadPoolExecutor(1) as other:

        def count() -> int:
            return other.submit(library.assets.count).result()

        assert count() == 0
        with library.writing():
            shelf.file("a.jpg")
            assert library.assets.count() == 1, "the writer sees its own"
            assert count() == 0
        assert count() == 1
        shelf.file("b.jpg")
        assert count() == 2


def test_many_threads_write_and_read_beside_each_other(shelf: Shelf) -> None:
    library = shelf.library

    def work(number: int) -> None:
        for i in range(5):
            asset = shelf.done(f"{number}/{i}.jpg")
            assert library.assets.get([asset])
            assert asset in library.assets.ids()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    assert library.assets.count() == 30
    assert shelf.pending() == []
    assert library.check() == []


def test_a_second_writer_waits_for_the_first(shelf: Shelf) -> None:
    library = shelf.library
    started, order = threading.Event(), []

    def second() -> None:
        started.set()
        shelf.file("b.jpg")
        order.append("second")

    with ThreadPoolExecutor(1) as pool:
        with library.writing():
            waiting = pool.submit(second)
            assert started.wait(10)
            shelf.file("a.jpg")
            order.append("first")
        waiting.result(10)
    assert order == ["first", "second"]


def test_a_closed_library_says_so_and_may_be_closed_again(library: Library) -> None:
    library.close()
    library.close()
    for use in (library.roots.all, lambda: library.roots.add(ROOT)):
        with pytest.raises(RuntimeError, match="closed"):
            use()


def test_closing_leaves_one_file_and_nothing_open(folder: Path) -> None:
    import psutil

    with Library.open(folder) as library:
        shelf = Shelf(library)
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(lambda i: shelf.done(f"{i}.jpg"), range(9)))
    assert [path.name for path in folder.iterdir()] == ["library.sqlite"]
    mine = [file.path for file in psutil.Process().open_files()]
    assert not [path for path in mine if path.startswith(str(folder))]


DYING = """
import os, signal, sys
from pathlib import Path
from assetman.core.assets import Kind
from assetman.library.assets import FileStat
from assetman.library.library import Library

library = Library.open(Path(sys.argv[1]))
root, _ = library.roots.add(sys.argv[2])

def add(path):
    with library.writing():
        content, _ = library.contents.add(path, 10, True, Kind.IMAGE)
        library.assets.add(root.id, path, FileStat(10, 1, 1, 1), content)

for i in range(20):
    add(f"kept {i}.jpg")
with library.writing():
    for i in range(int(sys.argv[3])):
        add(f"lost {i}.jpg")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
@pytest.mark.parametrize("unfinished", [1, 3000], ids=["small", "beyond the cache"])
def test_a_process_killed_within_a_transaction_leaves_what_was_committed(
    folder: Path, unfinished: int
) -> None:
    command = [sys.executable, "-c", DYING, str(folder), ROOT, str(unfinished)]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], timeout=60, check=False)
    assert done.returncode == -9
    with Library.open(folder) as library:
        paths = set(library.assets.known(library.roots.all()[0].id))
        assert paths == {f"kept {i}.jpg" for i in range(20)}
        assert library.contents.count_pending([])[0] == 20
        assert library.check() == []
        Shelf(library).done("after.jpg")
