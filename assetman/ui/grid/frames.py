"""Frames of videos: the best ones of an answer for its cards, all of one video when asked for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal

from assetman.core.assets import SegmentKind
from assetman.core.errors import EnvironmentProblem
from assetman.core.moments import Moment
from assetman.core.queries import Query
from assetman.ui.bridge import EngineBridge
from assetman.ui.jobs import Job, report
from assetman.ui.player.clip import Clip

KEPT = 4000  # frames of cards, each a fraction of a kilobyte
PAGE = 200  # frames asked for at once
FILMS = 24  # videos whose frames are all kept


class FrameStore(QObject):
    """Keeps the frames seen last and fetches those that are wanted, one page at a time.

    Only the newest wish counts, as for cards.
    """

    arrived = Signal(list)  # segment ids whose frame is new, or known not to exist

    def __init__(self, bridge: EngineBridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._kept: OrderedDict[int, Moment | None] = OrderedDict()  # None: there is none
        self._stale: set[int] = set()
        self._wanted: tuple[int, ...] = ()
        self._asking = False
        bridge.back.connect(self._ask)

    def get(self, segment_id: int) -> Moment | None:
        """Give a frame if it is here; asks nobody."""
        return self._kept.get(segment_id)

    def known(self, segment_id: int) -> bool:
        """Tell whether the engine has said what it knows of a frame."""
        return segment_id in self._kept

    def want(self, segment_ids: Sequence[int]) -> None:
        """Say which frames are looked at now, instead of those wanted before."""
        self._wanted = tuple(segment_ids)
        self._ask()

    def mark_stale(self, segment_ids: Iterable[int]) -> None:
        """Fetch these anew when they are next wanted; until then the old ones serve."""
        self._stale.update(self._kept.keys() & set(segment_ids))

    def _ask(self) -> None:
        if self._asking:
            return
        lacking = [i for i in self._wanted if i in self._stale or i not in self._kept][:PAGE]
        if not lacking:
            return
        self._asking = True
        self._stale.difference_update(lacking)
        job = self._bridge.call(self, lambda api: api.frames(lacking))
        job.on_done(partial(self._take, lacking)).on_error(self._failed).start()

    def _take(self, asked: Sequence[int], moments: Sequence[Moment]) -> None:
        self._asking = False
        found = {moment.segment_id: moment for moment in moments}
        for segment_id in asked:
            self._kept[segment_id] = found.get(segment_id)
            self._kept.move_to_end(segment_id)
        while len(self._kept) > KEPT:
            dropped, _ = self._kept.popitem(last=False)
            self._stale.discard(dropped)
        self.arrived.emit(list(asked))
        self._ask()

    def _failed(self, error: BaseException) -> None:
        # A dead engine comes back by itself and the window says so; the wish stands till then.
        self._asking = False
        if not isinstance(error, EnvironmentProblem):
            self._wanted = ()
            report(self, error)


class FilmStore(QObject):
    """Keeps all frames of the videos looked into last, with their scores for a question."""

    arrived = Signal(int)  # asset id

    def __init__(self, bridge: EngineBridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._kept: OrderedDict[tuple[int, Query | None], list[Moment]] = OrderedDict()
        self._asked: dict[tuple[int, Query | None], Job[list[Moment]]] = {}
        self._lasting: set[tuple[int, Query | None]] = set()  # somebody waits, whoever else left

    def get(self, asset_id: int, query: Query | None) -> list[Moment] | None:
        """Give the frames of a video if they are here; asks nobody."""
        return self._kept.get((asset_id, query))

    def any_of(self, asset_id: int) -> list[Moment] | None:
        """Give the frames of a video, whatever they were asked for with."""
        found = (kept for (asset, _), kept in self._kept.items() if asset == asset_id)
        return next(found, None)

    def want(self, asset_id: int, query: Query | None, *, lasting: bool = True) -> None:
        """Fetch the frames of a video; a wish that does not last can be taken back."""
        key = asset_id, query
        if lasting:
            self._lasting.add(key)
        if key in self._kept or key in self._asked:
            return
        job = self._bridge.call(self, lambda api: api.moments(asset_id, query))
        self._asked[key] = job
        job.on_done(partial(self._take, key)).on_error(partial(self._failed, key)).start()

    def cancel(self, asset_id: int, query: Query | None) -> None:
        """Take back a wish, unless somebody else has the same."""
        key = asset_id, query
        if key in self._asked and key not in self._lasting:
            self._asked.pop(key).cancel()

    def forget(self, asset_ids: Iterable[int]) -> None:
        """Fetch the frames of these videos anew when they are next wanted."""
        gone = set(asset_ids)
        for key in [key for key in self._kept if key[0] in gone]:
            del self._kept[key]

    def _take(self, key: tuple[int, Query | None], moments: list[Moment]) -> None:
        self._asked.pop(key, None)
        self._lasting.discard(key)
        self._kept[key] = [each for each in moments if each.kind is SegmentKind.SHOT]
        while len(self._kept) > FILMS:
            self._kept.popitem(last=False)
        self.arrived.emit(key[0])

    def _failed(self, key: tuple[int, Query | None], error: BaseException) -> None:
        self._asked.pop(key, None)
        self._lasting.discard(key)
        if isinstance(error, EnvironmentProblem):
            return  # the engine is away and the window says so
        self._kept[key] = []
        report(self, error)
        self.arrived.emit(key[0])


def best_of_shots(moments: Sequence[Moment]) -> list[Moment]:
    """Give one frame for each shot, in their order: the one that matches best, else the first."""
    shots: dict[tuple[float, float], Moment] = {}
    for moment in moments:
        key = moment.start, moment.end
        if key not in shots or (moment.score or 0.0) > (shots[key].score or 0.0):
            shots[key] = moment
    return sorted(shots.values(), key=lambda moment: (moment.start, moment.at))


def frame_at(moments: Sequence[Moment], share: float) -> Moment:
    """Give the frame at a share (0..1) of a video's frames, each taking the same room."""
    return moments[min(len(moments) - 1, max(0, int(share * len(moments))))]


def clip_of(asset_id: int, moment: Moment) -> Clip:
    """Give the shot of a frame as what can be played, asked about and saved."""
    return Clip(asset_id, moment.start, moment.end, moment.at)
