"""Several assets at once: how large, of which kinds, how rated, with which tags."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from assetman.core.assets import Asset, Kind
from assetman.core.organising import RATINGS
from assetman.engine.protocol import EngineApi
from assetman.ui.bridge import EngineBridge
from assetman.ui.controller.organiser import Expected

SUMMED = 20_000  # assets that are looked at, at most
PAGE = 500


@dataclass(frozen=True, slots=True)
class Summary:
    """What some assets have in common, and where they differ."""

    size: int = 0  # bytes
    kinds: tuple[tuple[Kind, int], ...] = ()
    ratings: tuple[int, int] = (0, 0)  # the lowest and the highest
    tags: tuple[tuple[str, int], ...] = ()  # with how many bear it, most first

    def after(self, expected: Expected, count: int) -> Summary:
        """Say how it will be when something has been done to all of the assets."""
        gone = {name.casefold() for name in expected.untagged}
        tags = {name.casefold(): (name, n) for name, n in self.tags if name.casefold() not in gone}
        for name in expected.tagged:
            shown, _ = tags.get(name.casefold(), (name, 0))  # as it was typed first
            tags[name.casefold()] = (shown, count)
        ratings = self.ratings
        if expected.rating is not None:
            ratings = (expected.rating, expected.rating)
        return replace(self, ratings=ratings, tags=_sorted(tags.values()))


def sum_up(assets: Sequence[Asset]) -> Summary:
    """Sum assets up."""
    total = _Total()
    total.take(assets)
    return total.summary()


class Summing(QObject):
    """Sums up what is selected; only the newest selection is answered."""

    summed = Signal(object, object)  # asset ids, Summary
    failed = Signal(object, object)  # asset ids, the exception

    def __init__(self, bridge: EngineBridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._number = 0

    def ask(self, ids: tuple[int, ...]) -> None:
        """Sum these up, unless they are too many."""
        self._number += 1
        if not ids or len(ids) > SUMMED:
            return
        number = self._number
        job = self._bridge.call(self, lambda api: _sum(api, ids, lambda: number == self._number))
        job.on_done(lambda found: self._take(number, ids, found))
        job.on_error(lambda error: self._fail(number, ids, error)).start()

    def forget(self) -> None:
        """Drop what is on its way: it is no longer true."""
        self._number += 1

    def _take(self, number: int, ids: tuple[int, ...], found: Summary | None) -> None:
        if number == self._number and found is not None:
            self.summed.emit(ids, found)

    def _fail(self, number: int, ids: tuple[int, ...], error: BaseException) -> None:
        if number == self._number:
            self.failed.emit(ids, error)


class _Total:
    def __init__(self) -> None:
        self._size = 0
        self._kinds: Counter[Kind] = Counter()
        self._ratings: set[int] = set()
        self._tags: Counter[str] = Counter()

    def take(self, assets: Sequence[Asset]) -> None:
        for asset in assets:
            self._size += asset.size
            self._kinds[asset.kind] += 1
            self._ratings.add(asset.rating)
            self._tags.update(asset.tags)

    def summary(self) -> Summary:
        kinds = tuple((kind, self._kinds[kind]) for kind in Kind if self._kinds[kind])
        ratings = self._ratings or {RATINGS[0]}
        tags = _sorted(self._tags.items())
        return Summary(self._size, kinds, (min(ratings), max(ratings)), tags)


def _sorted(tags: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(tags, key=lambda tag: (-tag[1], tag[0].casefold())))


def _sum(api: EngineApi, ids: Sequence[int], wanted: Callable[[], bool]) -> Summary | None:
    total = _Total()
    for start in range(0, len(ids), PAGE):
        if not wanted():
            return None
        total.take([card.asset for card in api.cards(ids[start : start + PAGE])])
    return total.summary()
