"""What the person adds to files: ratings, tags, collections. One act after the other."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from assetman.core.assets import Asset
from assetman.core.changes import Changes
from assetman.core.errors import AssetmanError
from assetman.core.organising import Collection, Tag
from assetman.core.queries import Filters, Query
from assetman.engine.protocol import EngineApi, EngineLost
from assetman.ui.bridge import EngineBridge
from assetman.ui.controls import counted
from assetman.ui.jobs import report

RENEW_MS = 250
AWAY = "The engine stopped before that was done. Try again in a moment."

Told = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Expected:
    """What an act will have made of assets, known before the engine has done it."""

    asset_ids: frozenset[int]
    rating: int | None = None
    tagged: tuple[str, ...] = ()
    untagged: tuple[str, ...] = ()

    def of(self, asset: Asset) -> Asset:
        """Give an asset as it will be."""
        gone = {name.casefold() for name in self.untagged}
        tags = {name.casefold(): name for name in (*self.tagged, *asset.tags)}
        kept = sorted((name for name in tags.values() if name.casefold() not in gone), key=_folded)
        rating = asset.rating if self.rating is None else self.rating
        return replace(asset, rating=rating, tags=tuple(kept))


@dataclass
class _Act:
    """One thing to be done, what is said of it, and what it is expected to change."""

    work: Callable[[EngineApi], object]
    sentence: str
    expected: Expected | None = None
    done: Callable[[], object] | None = None
    failed: Told | None = None


class Organiser(QObject):
    """Does what the person asks for with ratings, tags and collections, in the order asked.

    It knows the tags and collections there are. `acted` tells what was done, in the past;
    `expected` is told at once, so that nobody waits for the engine to see it, and `mistaken`
    when it did not come true.
    """

    renewed = Signal()  # the tags or the collections are others than they were
    acted = Signal(str)
    went_wrong = Signal(str)
    expected = Signal(object)  # Expected
    mistaken = Signal(object)  # Expected
    tags_wanted = Signal(object)  # asset ids: the person wants to type tags for them
    collection_wanted = Signal(object)  # asset ids: for a new collection
    taken_out = Signal(object)  # Collection that has fewer assets now

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.tags: list[Tag] = []
        self.collections: list[Collection] = []
        self.inside: Collection | None = None  # the one whose assets are shown, if it is one
        self._acts: deque[_Act] = deque()
        self._doing = False
        self._after: list[Callable[[], object]] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(RENEW_MS)
        self._timer.timeout.connect(self.renew)
        bridge.attached.connect(self.renew)
        bridge.back.connect(self.renew)
        bridge.changed.connect(self._changed)

    # -- files --------------------------------------------------------------------------

    def rate(self, asset_ids: Sequence[int], rating: int) -> None:
        """Rate files 0 (no rating) to 5."""
        ids = list(asset_ids)
        if not ids:
            self.went_wrong.emit("Select files first, then press 0 to 5 to rate them.")
            return
        files = counted(len(ids), "file", "files")
        said = f"Rated {files}: {counted(rating, 'star', 'stars')}"
        if not rating:
            said = f"Took the rating off {files}"
        expected = Expected(frozenset(ids), rating=rating)
        self._do(_Act(lambda api: api.rate(ids, rating), said, expected))

    def tag(
        self,
        asset_ids: Sequence[int],
        names: Sequence[str],
        done: Callable[[], object] | None = None,
        failed: Told | None = None,
    ) -> None:
        """Give files tags. `failed` takes the sentence, if somebody wants to show it himself."""
        ids, wanted = list(asset_ids), list(names)
        said = f"Tagged {counted(len(ids), 'file', 'files')} {quoted(wanted)}"
        expected = Expected(frozenset(ids), tagged=tuple(self._as_known(name) for name in wanted))
        self._do(_Act(lambda api: api.tag(ids, wanted), said, expected, done, failed))

    def untag(self, asset_ids: Sequence[int], names: Sequence[str]) -> None:
        """Take tags off files."""
        ids, wanted = list(asset_ids), list(names)
        said = f"Took {quoted(wanted)} off {counted(len(ids), 'file', 'files')}"
        expected = Expected(frozenset(ids), untagged=tuple(wanted))
        self._do(_Act(lambda api: api.untag(ids, wanted), said, expected))

    def collect(self, collection: Collection, asset_ids: Sequence[int], inside: bool) -> None:
        """Put files into a collection, or take them out."""
        ids, number = list(asset_ids), collection.id
        files = counted(len(ids), "file", "files")
        said = f"Added {files} to {quoted([collection.name])}"
        done = None
        if not inside:
            said = f"Took {files} out of {quoted([collection.name])}"
            done = partial(self.taken_out.emit, collection)
        self._do(_Act(lambda api: api.collect(number, ids, inside), said, None, done))

    # -- tags and collections themselves ------------------------------------------------

    def rename_tag(
        self, name: str, new_name: str, done: Callable[[], object], failed: Told
    ) -> None:
        """Give a tag another name."""
        said = f"Renamed the tag {quoted([name])} to {quoted([new_name])}"
        self._do(_Act(lambda api: api.rename_tag(name, new_name), said, None, done, failed))

    def drop_tag(self, name: str, done: Callable[[], object]) -> None:
        """Take a tag off all files."""

        def work(api: EngineApi) -> None:
            bear = api.search(Query(filters=Filters(tags=(name,)))).ids
            api.untag(bear, [name])

        self._do(_Act(work, f"Took {quoted([name])} off all files", None, done))

    def make_collection(
        self, name: str, asset_ids: Sequence[int], done: Callable[[], object], failed: Told
    ) -> None:
        """Make a collection of files."""
        ids = list(asset_ids)
        held = f" with {counted(len(ids), 'file', 'files')}" if ids else ""
        said = f"Made the collection {quoted([name])}{held}"
        self._do(_Act(lambda api: api.make_collection(name, ids), said, None, done, failed))

    def rename_collection(
        self, collection: Collection, name: str, done: Callable[[], object], failed: Told
    ) -> None:
        """Give a collection another name."""
        said = f"Renamed the collection {quoted([collection.name])} to {quoted([name])}"
        number = collection.id
        act = _Act(lambda api: api.rename_collection(number, name), said, None, done, failed)
        self._do(act)

    def delete_collection(self, collection: Collection, done: Callable[[], object]) -> None:
        """Delete a collection; its files stay."""
        said = f"Deleted the collection {quoted([collection.name])}; its files are still here"
        number = collection.id
        self._do(_Act(lambda api: api.delete_collection(number), said, None, done))

    def write(
        self,
        work: Callable[[EngineApi], object],
        said: str,
        done: Callable[[], object] | None = None,
        failed: Told | None = None,
    ) -> None:
        """Do another thing that the person asks for, when its turn has come."""
        self._do(_Act(work, said, None, done, failed))

    @Slot()
    def renew(self) -> None:
        """Ask which tags and collections there are."""
        job = self._bridge.call(self, lambda api: (api.tags(), api.collections()))
        # What cannot be told just now is asked again with the next change.
        job.on_done(self._take).on_error(lambda error: report_bug(self, error)).start()

    def when_idle(self, do: Callable[[], object]) -> None:
        """Do something once every act so far has been done."""
        self._after.append(do)
        self._next()

    # -- inside -------------------------------------------------------------------------

    def _do(self, act: _Act) -> None:
        self._acts.append(act)
        if act.expected is not None:
            self.expected.emit(act.expected)
        self._next()

    def _next(self) -> None:
        """Begin the next act: never two at once, or the last key pressed might not win."""
        if self._doing:
            return
        if not self._acts:
            after, self._after = self._after, []
            for do in after:
                do()
            return
        self._doing = True
        act = self._acts.popleft()
        job = self._bridge.call(self, act.work)
        job.on_done(lambda _: self._done(act)).on_error(lambda e: self._failed(act, e)).start()

    def _done(self, act: _Act) -> None:
        self._doing = False
        if act.done is not None:
            act.done()
        if act.expected is None or act.expected.rating is None:
            self.renew()  # names and counts at once; whoever else changes them is heard of later
        self.acted.emit(act.sentence)
        self._next()

    def _failed(self, act: _Act, error: BaseException) -> None:
        self._doing = False
        if act.expected is not None:
            self.mistaken.emit(act.expected)
        report_bug(self, error)
        if act.failed is not None:
            act.failed(_sentence(error))
        elif isinstance(error, AssetmanError):
            self.went_wrong.emit(_sentence(error))
        self._next()

    def _take(self, found: tuple[list[Tag], list[Collection]]) -> None:
        if found != (self.tags, self.collections):
            self.tags, self.collections = found
            self.renewed.emit()

    def _as_known(self, name: str) -> str:
        """Write a tag as it was typed first."""
        known = (tag.name for tag in self.tags)
        return next((other for other in known if _folded(other) == _folded(name)), name)

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        counted_anew = changes.assets_added or changes.assets_removed or changes.roots
        if (changes.organised or counted_anew) and not self._timer.isActive():
            self._timer.start()


def names_of(text: str) -> list[str]:
    """Take the tags out of what was typed: several are separated by commas."""
    names = {_folded(name): name for name in map(_plain, text.split(",")) if name}
    return list(names.values())


def quoted(names: Sequence[str]) -> str:
    """Name a few things: “coast”, “sea” and 3 more."""
    shown = ", ".join(f"“{name}”" for name in names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"


def report_bug(owner: QObject, error: BaseException) -> None:
    """Show an error that nobody foresaw; the others have sentences of their own."""
    if not isinstance(error, AssetmanError):
        report(owner, error)


def _sentence(error: BaseException) -> str:
    if isinstance(error, EngineLost):
        return AWAY
    return str(error) if isinstance(error, AssetmanError) else "That could not be done."


def _plain(name: str) -> str:
    return " ".join(name.split())


def _folded(name: str) -> str:
    return name.casefold()
