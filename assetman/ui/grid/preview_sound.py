"""A sound in the inspector: its waveform beneath the cover, if it has one."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu, QWidget

from assetman.core.queries import Hit
from assetman.engine.protocol import Card
from assetman.ui.bridge import EngineBridge
from assetman.ui.grid.asset_actions import similar_to, similar_to_moment
from assetman.ui.listening.audition import is_sound
from assetman.ui.listening.listening import Listening
from assetman.ui.listening.sound_player import SoundPlayer


class PreviewSound(QObject):
    """Shows a small player while a sound is selected; all else has none."""

    asked = Signal(object)  # Question
    large_wanted = Signal(int, float)  # asset id, seconds

    def __init__(self, bridge: EngineBridge, listening: Listening, host: QWidget) -> None:
        super().__init__(host)
        self.player = SoundPlayer(bridge, listening, host, host, compact=True)
        self.player.hide()
        self.player.bar.more.show()
        self.player.bar.more.clicked.connect(self._open_menu)
        self.player.similar_wanted.connect(self._ask)
        self._menu: QMenu | None = None
        for widget in (self.player, self.player.wave, *self.player.bar.buttons()):
            widget.installEventFilter(self)

    @property
    def here(self) -> bool:
        """Tell whether a sound is shown."""
        return self.player.asset is not None

    def show_card(self, card: Card, hit: Hit | None) -> None:
        """Look at what a card shows."""
        if not is_sound(card):
            self.leave()
            return
        self.player.show_sound(card, hit)
        self.player.show()

    def leave(self) -> None:
        """There is no sound here; what is heard goes on."""
        if self.here:
            self.player.leave()
        self.player.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the keys of a sound work while one of its controls has the keyboard."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            pressing = watched is not self.player.wave and event.key() == Qt.Key.Key_Space
            return not pressing and self.player.take_key(event)
        return False

    def _ask(self, start: float, end: float | None) -> None:
        if self.player.asset is not None:
            asset_id = self.player.asset.id
            marked = similar_to_moment(asset_id, start, end)
            self.asked.emit(marked if end is not None else similar_to([asset_id]))

    def _open_menu(self) -> None:
        player = self.player
        menu = QMenu(player)
        for title, end in (
            ("Mark where it begins\tI", -1),
            ("Mark where it ends\tO", 1),
            ("Clear the marks\tX", 0),
        ):
            menu.addAction(title).triggered.connect(lambda _=False, end=end: player.mark(end))
        menu.addSeparator()
        matched = menu.addAction("Match loudness")
        matched.setCheckable(True)
        tuning = player.listening.tuning
        matched.setChecked(tuning.settings.matched)
        matched.toggled.connect(tuning.set_matched)
        menu.addAction("Show large").triggered.connect(self._show_large)
        player.offer(menu)
        menu.aboutToHide.connect(menu.deleteLater)
        self._menu = menu
        more = player.bar.more
        menu.popup(more.mapToGlobal(more.rect().bottomLeft()))

    def _show_large(self) -> None:
        if self.player.asset is not None:
            self.large_wanted.emit(self.player.asset.id, self.player.at)
