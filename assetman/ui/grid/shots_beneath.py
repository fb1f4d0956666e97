"""Opens and closes the strip of a video's shots beneath its card, and keeps it in its place."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QWidget

from assetman.core.moments import Moment
from assetman.core.queries import Query
from assetman.ui.grid.card_view import CardView
from assetman.ui.grid.frames import clip_of
from assetman.ui.grid.shot_strip import ShotStrip
from assetman.ui.grid.wording import is_film
from assetman.ui.player.clip import Clip


class ShotsBeneath(QObject):
    """Shows the shots of one video of a grid at a time."""

    chosen = Signal(int, object)  # asset id, Moment that is looked at; None: none any more
    played = Signal(int, float)  # asset id, seconds
    enlarged = Signal(int, float)  # asset id, seconds
    menu_wanted = Signal(int, object, QPoint)  # asset id, Moment, a point of the screen
    left_down = Signal(int)  # asset id: the keyboard goes to what lies beneath

    def __init__(self, grid: CardView) -> None:
        super().__init__(grid)
        self._grid = grid
        self._strip: ShotStrip | None = None
        self._asset: int | None = None
        self._shown: tuple[int, Query | None] | None = None
        self._awaits_focus = False
        self.query: Query | None = None  # what the grid answers; None in a plain list
        self.silence: Callable[[], bool] = lambda: False  # True if something was playing
        grid.films.arrived.connect(self._arrived)
        grid.laid_out.connect(self._place)
        grid.verticalScrollBar().valueChanged.connect(self._place)

    @property
    def asset(self) -> int | None:
        """The video whose shots are shown."""
        return self._asset

    @property
    def strip(self) -> ShotStrip | None:
        """The strip while there is one."""
        return self._strip if self._asset is not None else None

    def toggle(self, asset_id: int, *, focus: bool = False) -> None:
        """Show the shots of a video, or take them away; `focus` gives them the keyboard."""
        if asset_id == self._asset:
            self.close()
        else:
            self.open(asset_id, focus=focus)

    def open(self, asset_id: int, *, focus: bool = False) -> None:
        """Show the shots of a video beneath its row."""
        if not self._grid.shows_shots:
            return
        row = self._grid.assets.row_of(asset_id)
        card = self._grid.assets.card(row) if row >= 0 else None
        if row < 0 or (card is not None and not is_film(card)):
            return
        strip = self._strip or self._make()
        self._asset = self._grid.opened_shots = asset_id
        self._shown = None
        self._awaits_focus = focus
        name = card.asset.display_name if card is not None else "a video"
        strip.list.setAccessibleName(f"Shots of {name}")
        strip.show_waiting()
        self._grid.make_room(row, strip.sizeHint().height())
        self._place()
        strip.show()
        self._bring_into_sight(row)
        self.renew()

    def close(self) -> None:
        """Take the shots away; the keyboard goes back to the grid if it was there."""
        asset, self._asset = self._asset, None
        self._grid.opened_shots = None
        self._shown = None
        if self._strip is None or asset is None:
            return
        held = self._strip.isAncestorOf(self._grid.window().focusWidget() or self._grid)
        self._strip.hide()
        self._grid.make_room(-1, 0)
        if held:
            self._grid.setFocus(Qt.FocusReason.OtherFocusReason)
        self._grid.viewport().update()
        self.chosen.emit(asset, None)

    def step_back(self) -> None:
        """Undo one step: what plays falls silent, else the shots go."""
        if not self.silence():
            self.close()

    def renew(self) -> None:
        """Show the shots as they are now known, and ask for them if they are not."""
        if self._asset is None:
            return
        if self._grid.films.get(self._asset, self.query) is None:
            self._grid.films.want(self._asset, self.query)
        else:
            self._arrived(self._asset)

    def _make(self) -> ShotStrip:
        strip = self._strip = ShotStrip(self._grid.viewport())
        strip.closed.connect(self.close)
        strip.escaped.connect(self.step_back)
        strip.entered.connect(self._grid.forget_hover)
        shots = strip.list
        QWidget.setTabOrder(self._grid, shots)
        QWidget.setTabOrder(shots, strip.close_button)
        shots.chosen.connect(lambda row: self.chosen.emit(self._asset, self._shot(row)))
        shots.played.connect(lambda row: self.played.emit(self._asset, self._shot(row).start))
        shots.enlarged.connect(lambda row: self.enlarged.emit(self._asset, self._shot(row).start))
        shots.menu_wanted.connect(
            lambda row, at: self.menu_wanted.emit(self._asset, self._shot(row), at)
        )
        shots.left.connect(self._leave)
        return strip

    def clip_with_focus(self) -> Clip | None:
        """Give the shot that the keyboard is on, if it is in the strip."""
        strip = self.strip
        if strip is None or self._asset is None or not strip.list.hasFocus():
            return None
        row = strip.list.currentIndex().row()
        return clip_of(self._asset, self._shot(row)) if row >= 0 else None

    def _shot(self, row: int) -> Moment:
        assert self._strip is not None
        return self._strip.list.shots.shots[row]

    def _arrived(self, asset_id: int) -> None:
        strip = self.strip
        moments = self._grid.films.get(asset_id, self.query)
        if strip is None or asset_id != self._asset or moments is None:
            return
        before, self._shown = self._shown, (asset_id, self.query)
        hit = self._grid.assets.hits.get(asset_id)
        best = hit.segment_id if hit is not None else None
        if before == self._shown:  # the same again, perhaps grown: stay where the person is
            row = strip.list.currentIndex().row()
            best = self._shot(row).segment_id if row >= 0 else best
        strip.show_moments(moments, best)
        self._grid.make_room(self._grid.assets.row_of(asset_id), strip.sizeHint().height())
        self._place()
        if self._awaits_focus:
            self._awaits_focus = False
            strip.list.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _place(self) -> None:
        strip, grid = self.strip, self._grid
        if strip is None or self._asset is None:
            return
        row = grid.assets.row_of(self._asset)
        if row < 0:
            self.close()
            return
        if row != grid.grid.opened:
            grid.make_room(row, grid.grid.room)
            return  # which comes back here
        strip.place(grid.grid.beneath.translated(0, -grid.verticalOffset()))
        strip.point_at(grid.picture_rect(row).center().x() - strip.x())

    def _bring_into_sight(self, row: int) -> None:
        """Scroll as little as shows the strip, and its card too where both have room."""
        grid, bar = self._grid, self._grid.verticalScrollBar()
        room, card = grid.grid.beneath, grid.grid.cell(row)
        gap = grid.grid.gap
        if room.bottom() + gap > bar.value() + grid.viewport().height():
            bar.setValue(room.bottom() + gap - grid.viewport().height())
        if card.top() - gap < bar.value():
            bar.setValue(card.top() - gap)

    def _leave(self, up: bool) -> None:
        if up:
            self._grid.setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif self._asset is not None:
            self.left_down.emit(self._asset)
