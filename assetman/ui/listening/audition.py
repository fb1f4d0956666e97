"""Going from sound to sound with the arrows, each heard at once from the part that matches."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer

from assetman.core.assets import Kind
from assetman.core.queries import Hit
from assetman.engine.protocol import Card
from assetman.ui.bridge import EngineBridge
from assetman.ui.listening.listening import Listening
from assetman.ui.listening.outline import OutlineStore

REST_MS = 250  # that the pointer rests on a card before it is heard
KNOWN = 500  # cards that are kept


def is_sound(card: Card | None) -> bool:
    """Tell whether there is something to hear."""
    return card is not None and card.asset.kind is Kind.AUDIO and not card.failure


class Audition(QObject):
    """Lets what the person goes to be heard while they listen, and keeps its neighbours ready."""

    def __init__(self, bridge: EngineBridge, listening: Listening, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._listening = listening
        self.card_of: Callable[[int], Card | None] = lambda _: None  # of those on screen
        self.hit_of: Callable[[int], Hit | None] = lambda _: None
        self.neighbours: Callable[[int], Sequence[int]] = lambda _: ()  # the likeliest first
        self._cards: dict[int, Card] = {}  # of others
        self._here: int | None = None
        self._outlines = OutlineStore(self)
        self._outlines.arrived.connect(self._prepare)
        self._pointed: int | None = None
        self._by_pointer = False  # it is heard because the pointer rests on it
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._hear_pointed)
        self._ready = QTimer(self, singleShot=True, interval=0)
        self._ready.timeout.connect(self._prepare)
        listening.changed.connect(self._follow)

    def toggle(self, asset_id: int) -> None:
        """Listen to a sound, or be silent."""
        self._here = asset_id
        self._by_pointer = False
        card = self._card(asset_id)
        if card is None:
            self._fetch([asset_id], lambda: self.toggle(asset_id))
        elif is_sound(card):
            if self._listening.at(asset_id) is not None:  # heard, or paused a moment ago
                self._listening.toggle(card.asset, self._start(card))
            else:
                self._listening.hear(card.asset, self._start(card))

    def play(self, asset_id: int, start: float) -> None:
        """Listen to a sound from a time."""
        self._here = asset_id
        self._by_pointer = False
        card = self._card(asset_id)
        if card is None:
            self._fetch([asset_id], lambda: self.play(asset_id, start))
        elif is_sound(card):
            self._listening.hear(card.asset, start)

    def go_to(self, asset_ids: Sequence[int]) -> None:
        """Hear of what is selected now; while the person listens, it is heard."""
        here = asset_ids[0] if len(asset_ids) == 1 else None
        if here == self._here:
            return
        self._here = here
        if not self._listening.on or self._by_pointer:
            return
        card = self._card(here) if here is not None else None
        if here is not None and card is None:
            self._fetch([here], lambda: self._go_on(here))
        elif card is not None and is_sound(card):
            if not self._listening.is_playing(card.asset.id):
                self._listening.hear(card.asset, self._start(card))
        else:
            self._listening.rest()

    def point_at(self, asset_id: int | None) -> None:
        """Hear of what the pointer is over; where that is wished, it is heard."""
        if asset_id == self._pointed:
            return
        self._pointed = asset_id
        self._rest.stop()
        if self._by_pointer:
            self._by_pointer = False
            self._listening.silence()
        if asset_id is not None and self._listening.tuning.settings.hover:
            self._rest.start()

    # -- inside -------------------------------------------------------------------------

    def _go_on(self, asset_id: int) -> None:
        if self._here == asset_id and asset_id in self._cards:
            self._here = None
            self.go_to([asset_id])

    def _hear_pointed(self) -> None:
        card = self._card(self._pointed) if self._pointed is not None else None
        if card is not None and is_sound(card) and not self._listening.playing:
            self._listening.hear(card.asset, self._start(card))
            self._by_pointer = True

    def _follow(self) -> None:
        if not self._listening.on:
            self._by_pointer = False
        self._ready.start()

    def _prepare(self) -> None:
        """Have ready what the arrows lead to, and nothing while nobody listens."""
        if not self._listening.on or self._by_pointer or self._here is None:
            self._listening.prepare([])
            return
        around = list(self.neighbours(self._here))
        unknown = [each for each in around if self._card(each) is None]
        if unknown:
            self._fetch(unknown, self._ready.start)
        cards = [card for each in around if (card := self._card(each)) is not None]
        wishes = [(card.asset, self._start(card)) for card in cards if is_sound(card)]
        self._listening.prepare(wishes)

    def _start(self, card: Card) -> float:
        """Say where a sound is begun: where something is heard of the part that matches."""
        hit = self.hit_of(card.asset.id)
        if hit is None or hit.start is None:
            return 0.0
        outline = self._outlines.get(card.waveform)
        end = hit.start if hit.end is None else hit.end
        return outline.onset(hit.start, end) if outline is not None else hit.start

    def _card(self, asset_id: int) -> Card | None:
        return self.card_of(asset_id) or self._cards.get(asset_id)

    def _fetch(self, asset_ids: Sequence[int], then: Callable[[], object]) -> None:
        ids = list(asset_ids)

        def take(cards: list[Card]) -> None:
            if len(self._cards) > KNOWN:
                self._cards.clear()
            self._cards.update({card.asset.id: card for card in cards})
            if cards:  # one that is gone is not asked for again and again
                then()

        self._bridge.call(self, lambda api: api.cards(ids)).on_done(take).start()
