"""The motion of a picture from its card to where it is seen large."""

from __future__ import annotations

from PySide6.QtCore import QEasingCurve, QPointF, QRectF, QSizeF, Qt, QVariantAnimation
from PySide6.QtWidgets import QWidget

from assetman.ui.theme import MOTION_MS, reduced_motion


class Arrival(QVariantAnimation):
    """Shows where a picture came from; a person who wants less motion sees none."""

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self._cell = QRectF()
        self.setDuration(MOTION_MS)
        self.setEasingCurve(QEasingCurve.Type.OutCubic)
        self.setStartValue(0.0)
        self.setEndValue(1.0)
        self.valueChanged.connect(lambda _: canvas.update())

    def begin(self, cell: QRectF) -> None:
        """Set out from a cell, given in the canvas' own coordinates."""
        self._cell = cell
        if not reduced_motion():
            self.start()

    def place(self, target: QRectF) -> QRectF:
        """Give where a picture that belongs at `target` is just now."""
        if self.state() is not QVariantAnimation.State.Running or target.isEmpty():
            return target
        size = target.size().scaled(self._cell.size(), Qt.AspectRatioMode.KeepAspectRatio)
        start = QRectF(QPointF(), size)
        start.moveCenter(self._cell.center())
        way = float(self.currentValue())
        corner = start.topLeft() + (target.topLeft() - start.topLeft()) * way
        grown = QSizeF(size) + (target.size() - size) * way
        return QRectF(corner, grown)
