"""The cards of assets, fetched when somebody looks at them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from assetman.core.errors import EnvironmentProblem
from assetman.engine.protocol import Card
from assetman.ui.bridge import EngineBridge
from assetman.ui.controller.organiser import Expected, Organiser
from assetman.ui.jobs import report

KEPT = 4000  # cards, each well below a kilobyte
PAGE = 200  # cards asked for at once


class CardStore(QObject):
    """Keeps the cards seen last and fetches those that are wanted, one page at a time.

    Only the newest wish counts: what was scrolled past before its page was asked for is never
    fetched.
    """

    arrived = Signal(list)  # asset ids whose card is new, or known not to exist
    altered = Signal(list)  # asset ids whose files hold something else than before

    def __init__(self, bridge: EngineBridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._cards: OrderedDict[int, Card] = OrderedDict()
        self._stale: set[int] = set()
        self._doubted: set[int] = set()  # said to be stale since the last page was asked for
        self._gone: set[int] = set()
        self._wanted: tuple[int, ...] = ()
        self._asking = False
        bridge.back.connect(self._ask)

    def get(self, asset_id: int) -> Card | None:
        """Give a card if it is here; asks nobody."""
        card = self._cards.get(asset_id)
        if card is not None:
            self._cards.move_to_end(asset_id)
        return card

    def gone(self, asset_id: int) -> bool:
        """Say whether the engine knows no such asset any more."""
        return asset_id in self._gone

    def want(self, asset_ids: Sequence[int]) -> None:
        """Say which cards are looked at now, instead of those wanted before."""
        self._wanted = tuple(asset_ids)
        self._ask()

    def mark_stale(self, asset_ids: Iterable[int]) -> None:
        """Fetch these anew when they are next wanted; until then the old cards serve."""
        for asset_id in asset_ids:
            self._gone.discard(asset_id)
            if asset_id in self._cards:
                self._stale.add(asset_id)
                self._doubted.add(asset_id)

    def follow(self, organiser: Organiser) -> None:
        """Show at once what is being done to assets, and what they are if it fails."""
        organiser.expected.connect(self._expect)
        organiser.mistaken.connect(self._mistaken)

    def mark_gone(self, asset_ids: Iterable[int]) -> None:
        """Note assets that are no longer in the library."""
        self._gone.update(asset_ids)

    def meet_again(self, asset_ids: Sequence[int]) -> None:
        """Fetch those anew that were gone: an answer names them, so they are there, or missing."""
        if self._gone:
            self.mark_stale(self._gone.intersection(asset_ids))

    @Slot(object)
    def _expect(self, expected: Expected) -> None:
        """Show what an act will have made of cards, before the engine has done it."""
        shown = [asset_id for asset_id in self._cards if asset_id in expected.asset_ids]
        for asset_id in shown:
            card = self._cards[asset_id]
            self._cards[asset_id] = replace(card, asset=expected.of(card.asset))
        if shown:
            self.arrived.emit(shown)

    @Slot(object)
    def _mistaken(self, expected: Expected) -> None:
        self.mark_stale(expected.asset_ids)
        self._ask()

    def _ask(self) -> None:
        if self._asking:
            return
        lacking = tuple(filter(self._lacks, self._wanted))[:PAGE]
        if not lacking:
            return
        self._asking = True
        self._doubted.clear()
        job = self._bridge.call(self, lambda api: api.cards(lacking))
        job.on_done(lambda cards: self._take(lacking, cards)).on_error(self._failed).start()

    def _lacks(self, asset_id: int) -> bool:
        if asset_id in self._gone:
            return False
        return asset_id in self._stale or asset_id not in self._cards

    def _take(self, asked: Sequence[int], cards: Sequence[Card]) -> None:
        self._asking = False
        altered = [card.asset.id for card in cards if self._differs(card)]
        for card in cards:
            self._cards[card.asset.id] = card
            self._cards.move_to_end(card.asset.id)
        self._stale.difference_update(set(asked) - self._doubted)
        self._gone.update(set(asked).difference(card.asset.id for card in cards))
        while len(self._cards) > KEPT:
            dropped, _ = self._cards.popitem(last=False)
            self._stale.discard(dropped)
        if altered:
            self.altered.emit(altered)
        self.arrived.emit(list(asked))
        self._ask()

    def _differs(self, card: Card) -> bool:
        before = self._cards.get(card.asset.id)
        return before is not None and _file(before) != _file(card)

    def _failed(self, error: BaseException) -> None:
        # A dead engine comes back by itself and the window says so; the wish stands till then.
        self._asking = False
        if not isinstance(error, EnvironmentProblem):
            self._wanted = ()
            report(self, error)


def _file(card: Card) -> tuple[str, int, float]:
    """Tell what a file holds from what it held: what the person added is no part of it."""
    asset = card.asset
    return asset.fingerprint, asset.size, asset.modified
