"""What can be dropped where, said while something is dragged over the window."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from assetman.ui.controls import counted
from assetman.ui.pasting import Brought, Sorted
from assetman.ui.theme import Text, theme


class Target(StrEnum):
    """What a drop can mean."""

    SIMILAR = "Find similar"
    ADD = "Add to library"
    WORDS = "Search for this text"


NOTHING_TO_SEE = "These are not pictures, videos or sounds. Drop some of those, or a folder."


@dataclass(frozen=True)
class Offer:
    """The targets for what is being dragged, or why there is none."""

    targets: tuple[tuple[Target, str], ...] = ()  # with what it would take
    refusal: str = ""


def offer_for(held: Brought, found: Sorted | None, no_adding: str) -> Offer:
    """Say what can be done with a drag; `no_adding` says why folders cannot be added."""
    if held.data is not None:
        return Offer(((Target.SIMILAR, counted(1, "picture", "pictures")),))
    if held.paths:
        return Offer() if found is None else _offer_for_files(found, no_adding)
    if held.addresses:
        return Offer(refusal="That is only a link. Drag the picture itself: nothing is fetched.")
    if held.text.strip():
        return Offer(((Target.WORDS, held.text.strip()[:60]),))
    return Offer(refusal="There is no picture in that.")


def _offer_for_files(found: Sorted, no_adding: str) -> Offer:
    targets = []
    likes = [
        counted(len(paths), one, f"{one}s")
        for paths, one in (
            (found.pictures, "picture"),
            (found.videos, "video"),
            (found.sounds, "sound"),
        )
        if paths
    ]
    if likes:
        words = " and ".join(filter(None, (", ".join(likes[:-1]), likes[-1])))
        targets.append((Target.SIMILAR, words))
    if found.folders and not no_adding:
        targets.append((Target.ADD, counted(len(found.folders), "folder", "folders")))
    if targets:
        return Offer(tuple(targets))
    if found.folders:
        return Offer(refusal=no_adding)
    return Offer(refusal=NOTHING_TO_SEE)


class DropTargets(QWidget):
    """Lies over the window while something from elsewhere is dragged over it."""

    dropped = Signal(object)  # Target, or None if it fell before there was a choice
    entered = Signal()
    gone = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self.setAccessibleName("Drop targets")
        self.hide()
        self._offer = Offer()
        self._known = False
        self._under: Target | None = None
        self._place: QPointF | None = None  # where the drag is, while it is over the targets

    def show_offer(self, offer: Offer, known: bool) -> None:
        """Show the targets; while they are not known yet, only that something will be."""
        self._offer, self._known = offer, known
        names = ", ".join(target for target, _ in offer.targets) or offer.refusal
        self.setAccessibleDescription(names)
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
        self._under = None if self._place is None else self.target_at(self._place)
        self.raise_()
        self.show()
        self.update()

    @property
    def offer(self) -> Offer:
        return self._offer

    def target_at(self, place: QPointF) -> Target | None:
        """Give the target at a place: every place of the window belongs to one of them."""
        rects = self._rects()
        for (target, _), rect in zip(self._offer.targets, rects, strict=True):
            if place.x() <= rect.right() + theme().px(8) or rect is rects[-1]:
                return target
        return None

    def takes(self) -> bool:
        """Tell whether a drop would do anything."""
        return not self._known or bool(self._offer.targets)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.entered.emit()
        self._answer(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._answer(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._leave()

    def dropEvent(self, event: QDropEvent) -> None:
        self.drop_at(event)

    def drop_at(self, event: QDropEvent) -> None:
        """Take a drop, wherever in the window it fell."""
        if self.takes():
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.dropped.emit(self.target_at(event.position()))
        self._leave()

    def _leave(self) -> None:
        self._place = None
        self.hide()
        self.gone.emit()

    def _answer(self, event: QDragMoveEvent) -> None:
        self._place = event.position()
        under = self.target_at(self._place)
        if under != self._under:
            self._under = under
            self.update()
        if self.takes():
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
        else:
            event.setDropAction(Qt.DropAction.IgnoreAction)
            event.accept()  # so that leaving is told; the pointer shows that it is refused

    def _rects(self) -> list[QRectF]:
        px = theme().px
        count = len(self._offer.targets)
        gap = px(16)
        room = (self.width() - px(48) - gap * (count - 1)) / max(1, count)
        width, height = min(px(340), room), min(px(200), self.height() - px(48))
        left = (self.width() - width * count - gap * (count - 1)) / 2
        top = (self.height() - height) / 2
        return [QRectF(left + (width + gap) * place, top, width, height) for place in range(count)]

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = QColor(look.ground)
        veil.setAlphaF(0.8)
        painter.fillRect(self.rect(), veil)
        for (target, what), rect in zip(self._offer.targets, self._rects(), strict=True):
            lit = target is self._under
            pen = QPen(look.accent if lit else look.edge, 2)
            pen.setStyle(Qt.PenStyle.SolidLine if lit else Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.setBrush(look.tint if lit else look.panel)
            painter.drawRoundedRect(rect, 12, 12)
            self._write(painter, rect, str(target), what)
        if self._offer.refusal:
            self._refuse(painter, self._offer.refusal)

    def _refuse(self, painter: QPainter, why: str) -> None:
        look = theme()
        width = min(look.px(440), self.width() - look.px(48))
        plate = QRectF(0, 0, width, look.px(72))
        plate.moveCenter(QRectF(self.rect()).center())
        painter.setPen(QPen(look.line, 1))
        painter.setBrush(look.panel)
        painter.drawRoundedRect(plate, 12, 12)
        self._write(painter, plate, "", why)

    def _write(self, painter: QPainter, rect: QRectF, name: str, what: str) -> None:
        look = theme()
        line = look.px(22)
        middle = rect.center().y()
        centred = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
        room = rect.adjusted(look.px(16), 0, -look.px(16), 0)
        if name:
            painter.setFont(look.font(Text.TITLE))
            painter.setPen(look.text)
            painter.drawText(QRectF(room.left(), middle - line, room.width(), line), centred, name)
        painter.setFont(look.font(Text.BODY))
        painter.setPen(look.text if not name else look.secondary)
        below = QRectF(room.left(), middle + (2 if name else -line), room.width(), line * 2)
        if name:
            below.setHeight(line)
        painter.drawText(below, centred, what)
