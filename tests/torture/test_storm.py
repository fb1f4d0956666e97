"""A storm of changes while the library is at work: afterwards it is as if it were made anew.

A few storms of forty steps; `--dose 25` takes many, `--seed N` others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    precondition,
    rule,
    run_state_machine_as_test,
)
from torture.storm import Files, Mark

from assetman.core.assets import AssetState
from assetman.core.queries import Filters
from assetman.ingest.places import Place
from assetman.library.library import Library
from assetman.media.workers import DecodePool
from assetman.workspace import Workspace
from kit.bench import LIMITS, Bench
from kit.colours import publish

PATIENCE = 60.0  # seconds; far more than anything here takes
ANY = st.integers(0, 10_000)
Row = tuple[str, int, tuple[object, ...], bytes]


class Person:
    """A library in use, and the one who uses it."""

    def __init__(self, folder: Path, models: Path) -> None:
        self.workspace = Workspace.open(folder, models=models)
        self.workspace.use_model("colours")
        self.library = self.workspace.library
        self.collection, _ = self.library.collections.make("Kept")

    def root_of(self, path: Path) -> int:
        """Give the id of a root by its path."""
        return next(root.id for root in self.library.roots.all() if root.path == str(path))

    def finish(self) -> None:
        """Look through everything and wait until all is done."""
        pipeline = self.workspace.pipeline
        for _ in range(3):  # a run under way may have lost a root to what was done just now
            assert pipeline.wait(pipeline.start(), PATIENCE)
            if not (problem := pipeline.progress().problem).endswith("not connected any more."):
                break
        assert problem == ""

    def asset_at(self, path: Path) -> int | None:
        for asset in self.library.assets.get(self.library.assets.ids(Filters())):
            if asset.path == str(path):
                return asset.id
        return None

    def give(self, asset_id: int, mark: Mark) -> None:
        self.library.tags.tag([asset_id], [mark.tag])
        self.library.tags.rate([asset_id], mark.rating)
        self.library.collections.put(self.collection.id, [asset_id])

    def bearing(self, mark: Mark) -> list[int]:
        assets = self.library.assets
        tags = (mark.tag,)
        return assets.ids(Filters(tags=tags)) + assets.ids(Filters(tags=tags, missing=True))

    def check_index(self) -> None:
        space = self.library.spaces.active()
        assert space is not None
        store = self.workspace.store_of(space)
        ids = self.library.embeddings.ids(space.id)
        found, vectors = store.vectors_of(ids)
        assert len(store) == len(found) == len(ids)
        order, stored = self.library.embeddings.read(space.id, found.tolist())
        assert np.array_equal(order, found)
        assert np.allclose(vectors, stored, atol=2e-3)
        for asset in self.library.assets.get(self.library.assets.ids(Filters())):
            assert self.workspace.thumbnails.whole(asset.fingerprint)


def all_of(library: Library) -> dict[str, Row]:
    """Say all that matters of the files that are there."""
    rows: dict[str, Row] = {}
    space = library.spaces.active()
    assert space is not None
    for asset in library.assets.get(library.assets.ids(Filters())):
        segments = library.segments.of_asset(asset.id)
        ids, vectors = library.embeddings.read(space.id, [each.id for each in segments])
        assert len(ids) == len(segments)
        assert asset.state is AssetState.PRESENT
        drafts = tuple(each.draft for each in segments)
        rows[asset.path] = (asset.fingerprint, asset.size, drafts, vectors.tobytes())
    return rows


class Storm(RuleBasedStateMachine):
    """Every rule does something to the files or to the library, at any moment."""

    folders: Iterator[Path]  # a new one for each storm
    models: Path
    marked = 0  # marks that were looked for in all storms
    surveys = 0

    def __init__(self) -> None:
        super().__init__()
        self.folder = next(self.folders)
        self.files = Files(self.folder)
        self.files.start(3, 4)
        self.person = Person(self.folder / "library", self.models)
        for root in self.files.roots:
            self.person.library.roots.add(str(root))
        self.look()
        for _ in range(8):
            self.give(0)

    def teardown(self) -> None:
        try:
            for root in tuple(self.files.away):
                self.files.mount(root)
            for root in tuple(self.files.out):
                self.bring_back(root)
            self.look()
            assert self.person.library.failures.all() == []
            self.person.check_index()
            fresh = Bench(self.folder / "fresh")
            try:
                for root in self.files.roots:
                    fresh.add(root)
                fresh.index()
                assert all_of(self.person.library) == all_of(fresh.library)
            finally:
                fresh.close()
        finally:
            self.person.workspace.close()

    # -- files

    @rule(folder=ANY)
    def create(self, folder: int) -> None:
        self.files.create(_one(self.files.folders(), folder))

    @rule(number=ANY, folder=ANY, whole=st.booleans())
    def copy(self, number: int, folder: int, whole: bool) -> None:
        if files := self.files.here():
            self.files.copy(_one(files, number), _one(self.files.folders(), folder), whole)

    @rule(number=ANY, folder=ANY)
    def rename(self, number: int, folder: int) -> None:
        if files := self.files.here():
            target = self.files.free(_one(self.files.folders(), folder))
            self.files.rename(_one(files, number), target)

    @rule(number=ANY, folder=ANY)
    def move(self, number: int, folder: int) -> None:
        if files := self.files.here():
            path = _one(files, number)
            target = _one(self.files.folders(), folder) / path.name
            if not target.exists():
                self.files.rename(path, target)

    @rule(number=ANY, folder=ANY)
    def move_folder(self, number: int, folder: int) -> None:
        inner = [each for each in self.files.folders() if each not in self.files.roots]
        source = _one(inner, number) if inner else None
        parent = _one(self.files.folders(), folder)
        target = parent / f"d{next(self.files.numbers)}"
        if source is None:
            target.mkdir()
            for path in self.files.here()[:3]:
                self.files.rename(path, target / path.name)
        elif not parent.is_relative_to(source):
            self.files.move_folder(source, target)

    @rule(number=ANY, other=ANY)
    def swap(self, number: int, other: int) -> None:
        files = self.files.here()
        if len(files) > 1 and _one(files, number) != _one(files, other):
            self.files.swap(_one(files, number), _one(files, other))

    @rule(number=ANY, other=ANY)
    def replace(self, number: int, other: int) -> None:
        files = self.files.here()
        if len(files) > 3 and _one(files, number) != _one(files, other):
            self.files.replace(_one(files, number), _one(files, other))

    @rule(number=ANY, in_place=st.booleans())
    def edit(self, number: int, in_place: bool) -> None:
        if files := self.files.here():
            self.files.edit(_one(files, number), in_place)

    @rule(number=ANY)
    def delete(self, number: int) -> None:
        if files := self.files.here():
            self.files.delete(_one(files, number))

    @precondition(lambda self: self.files.thrown)
    @rule(number=ANY, folder=ANY)
    def restore(self, number: int, folder: int) -> None:
        self.files.restore(number, _one(self.files.folders(), folder))

    # -- roots

    @precondition(lambda self: len(self.files.mounted()) > 1)
    @rule(number=ANY, leave_empty=st.booleans())
    def unmount(self, number: int, leave_empty: bool) -> None:
        self.files.unmount(_one(self.files.mounted(), number), leave_empty)

    @precondition(lambda self: self.files.away)
    @rule(number=ANY)
    def mount(self, number: int) -> None:
        self.files.mount(_one(sorted(self.files.away), number))

    @precondition(lambda self: len(self.files.mounted()) > 1)
    @rule(number=ANY)
    def take_out(self, number: int) -> None:
        root = _one(self.files.mounted(), number)
        self.person.library.roots.remove(self.person.root_of(root))
        self.files.out.add(root)

    @precondition(lambda self: self.files.out)
    @rule(number=ANY)
    def bring_back_one(self, number: int) -> None:
        self.bring_back(_one(sorted(self.files.out), number))

    @rule(number=ANY)
    def relocate(self, number: int) -> None:
        root = _one(self.files.mounted(), number)
        root_id = self.person.root_of(root)
        self.person.library.roots.relocate(root_id, str(self.files.relocate(root)))

    # -- the library

    @rule(number=ANY)
    def give(self, number: int) -> None:
        """Tag, rate and collect a file that the library knows as it is."""
        settled = [path for path in self.files.here() if self.files.settled(path)]
        settled = [path for path in settled if path not in {m.path for m in self.files.marks}]
        if settled:
            path = _one(settled, number)
            asset_id = self.person.asset_at(path)
            if asset_id is None:  # a run that goes on has found its bytes elsewhere
                return
            (asset,) = self.person.library.assets.get([asset_id])
            if not asset.tags:  # a copy where its original lay is the original
                self.person.give(asset_id, self.files.mark(path))

    @rule()
    def start(self) -> None:
        self.person.workspace.pipeline.start()

    @rule(number=ANY, deep=st.booleans())
    def refresh(self, number: int, deep: bool) -> None:
        folder = _one(self.files.folders(), number)
        root = next(root for root in self.files.mounted() if folder.is_relative_to(root))
        inside = folder.relative_to(root).as_posix()
        place = Place(self.person.root_of(root), "" if inside == "." else inside, deep)
        self.person.workspace.pipeline.refresh([place])

    @rule()
    def stop(self) -> None:
        self.person.workspace.pipeline.stop()

    @rule()
    def look(self) -> None:
        """Let the library see all of it, and see where every mark is."""
        self.person.finish()
        type(self).surveys += 1
        assert self.person.library.check() == []
        for mark in self.files.marks:
            # What went while its root was out, to anywhere, is not missed before the root is back.
            out = self.files.out and (
                mark.path is None
                or not mark.certain
                or any(map(mark.path.is_relative_to, self.files.out))
            )
            if not out and not self.files.unseen(mark):
                self.find(mark)
        self.files.calm()

    # -- what must be

    def bring_back(self, root: Path) -> None:
        self.person.library.roots.add(str(root))
        self.files.out.discard(root)

    def find(self, mark: Mark) -> None:
        """See that a mark is borne by one asset, with all it came with, in the right place."""
        library = self.person.library
        bearing = self.person.bearing(mark)
        assert len(bearing) == 1, f"{mark} is borne by {bearing}"
        (asset,) = library.assets.get(bearing)
        collected = library.assets.ids(Filters(collections=(self.person.collection.id,)))
        gone = asset.state is AssetState.MISSING
        assert asset.rating == mark.rating
        assert gone or asset.id in collected
        type(self).marked += 1
        path = Path(asset.path)
        if mark.certain:
            where = None if gone else path
            allowed = {mark.path, mark.last} if mark.path is None else {mark.path}
            assert where in allowed, f"{mark} is at {where}"
        if not gone and path != mark.path and self.files.is_away(path):
            mark.certain = False  # the library learns what became of it when the root is back
            return
        mark.path = None if gone else path
        if not gone:
            mark.certain = True
            mark.last = path
            if path.exists() and not self.files.is_away(path):
                mark.bytes = mark.seen = path.read_bytes()
                if mark.inode != path.stat().st_ino:
                    mark.inode = -1  # born after its asset: proves nothing any more


def _one(items: list[Path], number: int) -> Path:
    return items[number % len(items)]


@pytest.fixture
def settings(dose: float) -> hypothesis.settings:
    return hypothesis.settings(
        max_examples=max(1, round(3 * dose)),
        stateful_step_count=40,
        deadline=None,
        database=None,
        derandomize=False,
        phases=[hypothesis.Phase.generate],  # threads at work: to shrink would take for ever
        suppress_health_check=list(hypothesis.HealthCheck),
    )


class Shared(DecodePool):
    """Decoders that every storm uses: starting them takes longer than a storm."""

    def close(self) -> None:
        pass


@pytest.fixture
def decoders(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    pool = Shared(2, LIMITS, 64)
    monkeypatch.setattr("assetman.workspace.DecodePool", lambda *arguments: pool)
    yield
    DecodePool.close(pool)


@pytest.mark.usefixtures("decoders")
def test_whatever_happens_to_the_files_the_library_ends_as_if_made_anew_and_no_mark_is_lost(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    settings: hypothesis.settings,
    seed: int,
) -> None:
    monkeypatch.syspath_prepend(str(publish(tmp_path / "site")))
    Storm.folders = (tmp_path / f"storm{number}" for number in range(1_000_000))
    Storm.models = tmp_path / "models"
    Storm.marked = Storm.surveys = 0
    make: Callable[[], Storm] = hypothesis.seed(seed)(lambda: Storm())
    run_state_machine_as_test(make, settings=settings)
    print(f"{Storm.marked} marks looked for in {Storm.surveys} surveys")
