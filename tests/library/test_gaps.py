"""The list of what is to be done against its definition, after any writes."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from assetman.core.assets import Kind, Probe, SegmentKind
from assetman.core.inputs import Modality
from assetman.core.queries import Filters
from assetman.core.spaces import Space
from assetman.library.assets import Known
from assetman.library.library import Library

from .conftest import DIMENSION, ROOT, SECOND, Shelf, stat

numbers = st.integers(0, 5)
kinds = st.sampled_from([Kind.IMAGE, Kind.VIDEO, Kind.AUDIO])


class AnyWrites(RuleBasedStateMachine):
    """Writes in any order; whatever is pending follows from the other tables."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.library = Library.open(Path(self.folder.name, "library"))
        self.shelf = Shelf(self.library)
        self.failed: dict[tuple[int, str], int] = {}
        self.files = 0

    def teardown(self) -> None:
        assert self.library.check() == []
        self.library.close()
        self.folder.cleanup()

    def asset(self, number: int) -> int | None:
        found = self.library.assets.ids()
        return found[number % len(found)] if found else None

    @rule(mtime=numbers, kind=kinds)
    def add(self, mtime: int, kind: Kind) -> None:
        self.files += 1
        self.shelf.file(f"{self.files}.jpg", kind, mtime=mtime, root=self.root())

    @rule(number=numbers, mtime=numbers)
    def copy(self, number: int, mtime: int) -> None:
        if asset := self.asset(number):
            self.files += 1
            content = self.library.contents.of_asset(asset).id
            self.shelf.file(f"{self.files}.jpg", mtime=mtime, content=content, root=self.root())

    @rule(number=numbers, segments=st.integers(0, 2), windows=st.integers(0, 2))
    def extract(self, number: int, segments: int, windows: int) -> None:
        if asset := self.asset(number):
            self.shelf.extract(asset, segments, windows=windows)

    @rule(number=numbers, kind=kinds)
    def turn_out_to_be(self, number: int, kind: Kind) -> None:
        """Have a file be of another kind than its name says."""
        if asset := self.asset(number):
            content = self.library.contents.of_asset(asset)
            self.library.contents.set_probe(content.id, Probe(kind))

    @rule(number=numbers)
    def be_of_an_earlier_version(self, number: int) -> None:
        """Have a file be one that was looked at and never listened to."""
        if asset := self.asset(number):
            content = self.library.contents.of_asset(asset).id
            with self.library.writing():
                self.library._database.execute(
                    "UPDATE contents SET heard = 0 WHERE id = ?", (content,)
                )
                self.library.contents._gaps.touch([content])

    @rule(number=numbers, count=st.integers(1, 2), space=numbers)
    def embed(self, number: int, count: int, space: int) -> None:
        if asset := self.asset(number):
            spaces = self.library.spaces.all()
            chosen = spaces[space % len(spaces)]
            content = self.library.contents.of_asset(asset).id
            if found := self.of_modality(content, chosen.modality)[:count]:
                self.shelf.embed(found, chosen.id)

    @rule(number=numbers, mtime=numbers, new=st.booleans())
    def change(self, number: int, mtime: int, new: bool) -> None:
        if asset := self.asset(number):
            with self.library.writing():
                old = self.library.contents.of_asset(asset).id
                content = self.shelf.content() if new else old
                self.library.assets.change(asset, stat(mtime), content)

    @rule(number=numbers, mtime=numbers)
    def move(self, number: int, mtime: int) -> None:
        if asset := self.asset(number):
            self.files += 1
            self.library.assets.move(asset, self.root(), f"sub/{self.files}.jpg", stat(mtime))

    @rule(number=numbers, mtime=numbers)
    def fail(self, number: int, mtime: int) -> None:
        if asset := self.asset(number):
            known = self.known()[asset]
            self.library.failures.add(
                known.root_id, known.path, "extract", "bad input", "no", known.size, mtime * SECOND
            )

    @rule()
    def retry(self) -> None:
        self.library.failures.clear()

    @rule(number=numbers)
    def lose(self, number: int) -> None:
        if asset := self.asset(number):
            self.library.assets.mark_missing([asset])

    @rule()
    def find_again(self) -> None:
        for known in self.known().values():
            if known.missing:
                self.library.assets.touch(known.asset_id, stat(1))

    @rule(online=st.booleans())
    def unplug(self, online: bool) -> None:
        self.library.roots.set_online(self.root(), online)

    @rule(outer=st.booleans())
    def add_root(self, outer: bool) -> None:
        self.library.roots.add(str(Path(ROOT).parent) if outer else ROOT + "2")

    @rule()
    def remove_root(self) -> None:
        roots = self.library.roots.all()
        if len(roots) > 1:
            self.library.roots.remove(roots[0].id)

    @rule()
    def add_root_again(self) -> None:
        self.library.roots.add(ROOT)

    @rule(redo=st.booleans())
    def take_back(self, redo: bool) -> None:
        undo = self.library.undo
        if redo:
            undo.redo()
        elif len(self.library.roots.all()) > 1 or "Remove" in str(undo.history().undo):
            undo.undo()

    @rule()
    def purge(self) -> None:
        self.library.roots.purge(math.inf)

    @rule(number=numbers)
    def find_elsewhere(self, number: int) -> None:
        """Meet a file of a removed root under a root that is there."""
        hidden = self.library._database.rows(
            "SELECT a.id FROM assets a JOIN roots r ON r.id = a.root_id AND r.removed IS NOT NULL"
        )
        if hidden:
            self.files += 1
            (asset,) = hidden[number % len(hidden)]
            self.library.assets.move(asset, self.root(), f"found/{self.files}.jpg", stat(number))

    @rule(number=numbers, modality=st.sampled_from([Modality.IMAGE, Modality.SOUND]))
    def add_space(self, number: int, modality: Modality) -> None:
        self.library.spaces.ensure(Space(f"model {number}", "1", 1, DIMENSION), modality)

    @invariant()
    def what_is_pending_follows_from_the_rest(self) -> None:
        spaces = [stored.id for stored in self.library.spaces.all()]
        online = {root.id for root in self.library.roots.all() if root.online}
        failures = {
            root.id: self.library.failures.known(root.id) for root in self.library.roots.all()
        }
        expected: dict[int, tuple[int, ...]] = {}
        for known in self.known().values():
            failed = failures[known.root_id].get(known.path) == (known.size, known.mtime_ns)
            lacking = self.lacking(known.content_id, spaces)
            if lacking and known.root_id in online and not known.missing and not failed:
                expected[known.content_id] = lacking
        pending = self.library.contents.pending(spaces, 1000)
        assert {item.content_id: item.spaces for item in pending} == expected
        assert [item.mtime_ns for item in pending] == sorted(
            (item.mtime_ns for item in pending), reverse=True
        )
        assert self.library.contents.count_pending(spaces) == (len(expected), 10 * len(expected))
        for space in spaces:
            having = {
                known.asset_id
                for known in self.known().values()
                if not known.missing and len(self.embedded(known.content_id, space))
            }
            assert self.library.assets.count_searchable(Filters(), space) == len(having)

    def lacking(self, content_id: int, spaces: list[int]) -> tuple[int, ...]:
        content = self.library.contents.get(content_id)
        if not content.extracted:
            return tuple(spaces)
        return tuple(
            space
            for space in spaces
            if self.takes(space, content.kind)
            and (
                self.is_unheard(space, content_id)
                or len(self.embedded(content_id, space)) < len(self.of_space(content_id, space))
            )
        )

    def takes(self, space: int, kind: Kind) -> bool:
        """Say whether a space has embeddings of a kind of files."""
        heard = self.library.spaces.get(space).modality is Modality.SOUND
        return kind in ((Kind.AUDIO, Kind.VIDEO) if heard else set(Kind) - {Kind.AUDIO})

    def is_unheard(self, space: int, content_id: int) -> bool:
        heard = self.library.spaces.get(space).modality is Modality.SOUND
        return heard and not self.library._database.value(
            "SELECT heard FROM contents WHERE id = ?", (content_id,)
        )

    def of_modality(self, content_id: int, modality: Modality) -> list[int]:
        """List the segments of a content that are seen, or heard."""
        return [
            segment.id
            for segment in self.library.segments.of_content(content_id)
            if (segment.kind is SegmentKind.WINDOW) == (modality is Modality.SOUND)
        ]

    def of_space(self, content_id: int, space: int) -> list[int]:
        return self.of_modality(content_id, self.library.spaces.get(space).modality)

    def embedded(self, content_id: int, space: int) -> list[int]:
        if not self.takes(space, self.library.contents.get(content_id).kind):
            return []
        ids = self.of_space(content_id, space)
        found: list[int] = self.library.embeddings.read(space, ids)[0].tolist()
        return found

    def known(self) -> dict[int, Known]:
        return {
            known.asset_id: known
            for root in self.library.roots.all()
            for known in self.library.assets.known(root.id).values()
        }

    def root(self) -> int:
        return self.library.roots.all()[0].id


TestAnyWrites = AnyWrites.TestCase
TestAnyWrites.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
