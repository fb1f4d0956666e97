"""Any acts of the person's among any writes of the engine's: undone, and done again."""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from assetman.core.changes import Changes
from assetman.core.errors import WrongUse
from assetman.core.queries import Query
from assetman.library.library import Library

from .conftest import ROOT, SECOND, Shelf, stat

numbers = st.integers(0, 7)
several = st.lists(numbers, min_size=1, max_size=4)
names = st.sampled_from(["sea", "Sea", "sky", "SKY", "tree"])
FOLDERS = [
    os.path.dirname(ROOT),
    ROOT,
    os.path.join(ROOT, "sub"),
    os.path.join(ROOT, "sub", "deep"),
    ROOT + "2",
]
folders = st.sampled_from(FOLDERS)


@cache
def empty() -> bytes:
    """Give the catalogue of a new library; making one waits for the disk."""
    with tempfile.TemporaryDirectory() as folder:
        Library.open(Path(folder, "library")).close()
        return Path(folder, "library", "library.sqlite").read_bytes()


@dataclass(frozen=True)
class Organised:
    """All that is the person's, of assets in removed roots too."""

    assets: dict[int, tuple[int, frozenset[str]]]  # rating and tags
    collections: dict[int, tuple[str, frozenset[int]]]
    roots: dict[int, str]
    ignored: dict[int, bool]  # failures
    searches: dict[int, tuple[str, str]]  # name and question

    def of(self, assets: set[int], failures: set[int]) -> Organised:
        """Leave out what is no longer there, and give what is new nothing."""
        bare: tuple[int, frozenset[str]] = (0, frozenset())
        return Organised(
            {each: self.assets.get(each, bare) for each in assets},
            {key: (name, ids & assets) for key, (name, ids) in self.collections.items()},
            self.roots,
            {each: ignored for each, ignored in self.ignored.items() if each in failures},
            self.searches,
        )


class AnyActs(RuleBasedStateMachine):
    """After an undo all is as before the act; after a redo as after it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.library = self.open()
        self.shelf = Shelf(self.library)
        self.files = 0
        self.before: list[Organised] = []  # each act that can be undone
        self.after: list[Organised] = []  # each act that can be redone, the next one last
        self.library.undo.trim(math.inf)  # the adding of the first root
        for _ in range(4):
            self.add()

    def open(self) -> Library:
        folder = Path(self.folder.name, "library")
        if not folder.exists():
            folder.mkdir()
            (folder / "library.sqlite").write_bytes(empty())
        library = Library.open(folder)
        assert library._database._writer is not None
        library._database._writer.execute("PRAGMA synchronous=OFF")  # no power fails here
        return library

    def teardown(self) -> None:
        while self.before:
            self.undo()
        assert self.library.undo.history().undo is None
        while self.after:
            self.redo()
        assert self.library.undo.history().redo is None
        assert self.library.check() == []
        self.library.close()
        self.folder.cleanup()

    def state(self) -> Organised:
        rows = self.library._database.rows
        tags: dict[int, set[str]] = {}
        for asset, name in rows(
            "SELECT asset_id, name FROM asset_tags JOIN tags ON tags.id = tag_id"
        ):
            tags.setdefault(asset, set()).add(name)
        members: dict[int, set[int]] = {}
        for key, asset in rows("SELECT collection_id, asset_id FROM collection_assets"):
            members.setdefault(key, set()).add(asset)
        return Organised(
            {
                asset: (rating, frozenset(tags.get(asset, ())))
                for asset, rating in rows("SELECT id, rating FROM assets")
            },
            {
                key: (name, frozenset(members.get(key, ())))
                for key, name in rows("SELECT id, name FROM collections")
            },
            {root.id: root.path for root in self.library.roots.all()},
            {key: bool(ignored) for key, ignored in rows("SELECT id, ignored FROM failures")},
            {each.id: (each.name, each.query.text) for each in self.library.searches.all()},
        )

    def act(self, do: Callable[[], object]) -> None:
        """Do something the person may do; what makes no sense just now is not done."""
        before, step = self.state(), self.library.undo.history().undo
        try:
            do()
        except WrongUse:
            assert self.state() == before
            assert self.library.undo.history().undo == step
            return
        if self.library.undo.history().undo != step:
            self.before.append(before)
            self.after.clear()
        else:
            assert self.state() == before

    def some(self, chosen: Sequence[int]) -> list[int]:
        ids = [asset for (asset,) in self.library._database.rows("SELECT id FROM assets")]
        return [ids[number % len(ids)] for number in chosen] if ids else [1]

    def root(self, number: int) -> int:
        roots = self.library.roots.all()
        return roots[number % len(roots)].id if roots else 99

    def path(self) -> str:
        self.files += 1
        return f"{['', 'sub/', 'sub/deep/', 'photos/', 'photos/sub/'][self.files % 5]}{self.files}"

    # The person

    @rule(chosen=several, rating=st.integers(0, 5))
    def rate(self, chosen: list[int], rating: int) -> None:
        self.act(lambda: self.library.tags.rate(self.some(chosen), rating))

    @rule(chosen=several, words=st.lists(names, min_size=1, max_size=2))
    def tag(self, chosen: list[int], words: list[str]) -> None:
        self.act(lambda: self.library.tags.tag(self.some(chosen), words))

    @rule(chosen=several, word=names)
    def untag(self, chosen: list[int], word: str) -> None:
        self.act(lambda: self.library.tags.untag(self.some(chosen), [word]))

    @rule(word=names, new=names)
    def rename_tag(self, word: str, new: str) -> None:
        self.act(lambda: self.library.tags.rename(word, new))

    @rule(name=names, chosen=several)
    def make(self, name: str, chosen: list[int]) -> None:
        self.act(lambda: self.library.collections.make(name, self.some(chosen)))

    @rule(number=numbers, name=names)
    def rename_collection(self, number: int, name: str) -> None:
        self.act(lambda: self.library.collections.rename(number, name))

    @rule(number=numbers)
    def delete(self, number: int) -> None:
        self.act(lambda: self.library.collections.delete(number))

    @rule(number=numbers, chosen=several, inside=st.booleans())
    def collect(self, number: int, chosen: list[int], inside: bool) -> None:
        collections = self.library.collections
        collect = collections.put if inside else collections.take_out
        self.act(lambda: collect(number, self.some(chosen)))

    @rule(name=names, text=names)
    def save_search(self, name: str, text: str) -> None:
        self.act(lambda: self.library.searches.save(name, Query(text)))

    @rule(number=numbers, text=names)
    def change_search(self, number: int, text: str) -> None:
        self.act(lambda: self.library.searches.change(number, Query(text)))

    @rule(number=numbers, name=names)
    def rename_search(self, number: int, name: str) -> None:
        self.act(lambda: self.library.searches.rename(number, name))

    @rule(number=numbers)
    def delete_search(self, number: int) -> None:
        self.act(lambda: self.library.searches.delete(number))

    @rule(folder=folders)
    def add_root(self, folder: str) -> None:
        self.act(lambda: self.library.roots.add(folder))

    @rule(number=numbers)
    def remove_root(self, number: int) -> None:
        self.act(lambda: self.library.roots.remove(self.root(number)))

    @rule(number=numbers, folder=folders)
    def relocate(self, number: int, folder: str) -> None:
        self.act(lambda: self.library.roots.relocate(self.root(number), folder))

    @rule(chosen=several, ignored=st.booleans())
    def ignore(self, chosen: list[int], ignored: bool) -> None:
        self.act(lambda: self.library.failures.ignore(chosen, ignored))

    @rule()
    def undo(self) -> None:
        now = self.state()
        step, _ = self.library.undo.undo()
        assert (step is None) == (not self.before)
        if step is not None:
            self.after.append(now)
            self.agree(self.before.pop())

    @rule()
    def redo(self) -> None:
        now = self.state()
        step, _ = self.library.undo.redo()
        assert (step is None) == (not self.after)
        if step is not None:
            self.before.append(now)
            self.agree(self.after.pop())

    def agree(self, expected: Organised) -> None:
        found = self.state()
        assets, failures = set(found.assets), set(found.ignored) & set(expected.ignored)
        assert found.of(assets, failures) == expected.of(assets, failures)

    @rule()
    def restart(self) -> None:
        self.library.close()
        self.library = self.shelf.library = self.open()

    # The engine

    def write(self, do: Callable[[], Changes]) -> None:
        """Write as the engine does; what came too late for its root is not written."""
        try:
            with self.library.writing():
                do()
        except WrongUse:
            return

    @rule()
    def add(self) -> None:
        assets, root = self.library.assets, self.root(self.files)
        self.write(lambda: assets.add(root, self.path(), stat(), self.shelf.content())[1])

    @rule(number=numbers)
    def change(self, number: int) -> None:
        (asset,) = self.some([number])
        self.write(lambda: self.library.assets.change(asset, stat(2), self.shelf.content()))

    @rule(number=numbers, to=numbers)
    def move(self, number: int, to: int) -> None:
        (asset,) = self.some([number])
        self.write(lambda: self.library.assets.move(asset, self.root(to), self.path(), stat(3)))

    @rule(chosen=several)
    def lose(self, chosen: list[int]) -> None:
        self.write(lambda: self.library.assets.mark_missing(self.some(chosen)))

    @rule(number=numbers)
    def find_again(self, number: int) -> None:
        (asset,) = self.some([number])
        self.write(lambda: self.library.assets.touch(asset, stat(4)))

    @rule(number=numbers, other=numbers)
    def place(self, number: int, other: int) -> None:
        found = self.library.assets.get(self.some([number, other]))
        if len({each.id for each in found}) == 2:
            one, there = found
            known = self.library.assets.known(there.root_id)
            (path,) = [row.path for row in known.values() if row.asset_id == there.id]
            whereabouts = self.library.whereabouts
            self.write(lambda: whereabouts.place(one.id, there.root_id, path, stat(5)))

    @rule(number=numbers)
    def forget(self, number: int) -> None:
        self.write(lambda: self.library.assets.forget(self.some([number])))

    @rule()
    def purge(self) -> None:
        self.write(lambda: self.library.roots.purge(math.inf))

    @rule(number=numbers, mtime=st.integers(1000, 1001))
    def fail(self, number: int, mtime: int) -> None:
        root = self.root(number)
        self.write(
            lambda: self.library.failures.add(
                root, f"sub/{number}", "extract", "bad input", "no", 10, mtime * SECOND
            )
        )

    @rule(online=st.booleans(), number=numbers)
    def unplug(self, online: bool, number: int) -> None:
        self.write(lambda: self.library.roots.set_online(self.root(number), online))

    @invariant()
    def what_is_removed_is_missing_and_roots_never_nest(self) -> None:
        rows = self.library._database.rows
        assert not rows(
            "SELECT a.id FROM assets a JOIN roots r ON r.id = a.root_id "
            "WHERE r.removed IS NOT NULL AND a.missing_since IS NULL"
        )
        paths = [root.path for root in self.library.roots.all()]
        assert not [
            (outer, inner)
            for outer in paths
            for inner in paths
            if outer != inner and inner.startswith(outer.rstrip(os.sep) + os.sep)
        ]
        assert len(set(paths)) == len(paths)


TestAnyActs = AnyActs.TestCase
TestAnyActs.settings = settings(
    max_examples=int(os.environ.get("ASSETMAN_EXAMPLES", "40")),
    stateful_step_count=40,
    deadline=None,
)
