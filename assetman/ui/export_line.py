"""What is being saved just now, in the status bar: its name, how far it is, a way to stop it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from assetman.core.assets import display
from assetman.core.exports import Export
from assetman.ui.controls import GlyphButton, label
from assetman.ui.glyphs import draw_cross
from assetman.ui.theme import appearance, theme

_NAME, _BAR = 220, 80  # pixels


class ExportLine(QWidget):
    """Shows the newest of what is being saved, and how many more there are."""

    cancel_wanted = Signal(int)  # its number

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number = 0
        self.words = label("", "secondary", self)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName("Saved so far")
        self.cancel = GlyphButton(draw_cross, "Stop saving", self, 8)
        self._layout = QHBoxLayout(self)
        for part in (self.words, self.bar, self.cancel):
            self._layout.addWidget(part)
        self.cancel.clicked.connect(lambda: self.cancel_wanted.emit(self._number))
        appearance().changed.connect(self._restyle)
        self._restyle()
        self.hide()

    def show_exports(self, running: Mapping[int, Export]) -> None:
        """Say what is being saved; nothing hides the line."""
        self.setVisible(bool(running))
        if not running:
            return
        export = running[max(running)]
        self._number = export.number
        name = display(export.target.replace("\\", "/").rpartition("/")[2])
        more = f" and {len(running) - 1} more" if len(running) > 1 else ""
        room = theme().px(_NAME)
        elided = self.words.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, room)
        self.words.setText(f"Saving {elided}{more}")
        self.words.setAccessibleName(f"Saving {name}{more}")
        self.words.setToolTip(name)
        self.bar.setValue(round(1000 * export.share))
        self.bar.setAccessibleDescription(f"{round(100 * export.share)} percent")
        self.cancel.rename(f"Stop saving {name}")

    def _restyle(self) -> None:
        px = theme().px
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(px(8))
        self.bar.setFixedWidth(px(_BAR))
