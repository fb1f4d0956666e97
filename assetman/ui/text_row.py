"""Reading text in pictures: whether it is on, and a button that switches it."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from assetman.core.lettering import TextReading
from assetman.ui.bridge import EngineBridge
from assetman.ui.controls import button, counted, label
from assetman.ui.theme import theme

_ABOUT = (
    "Signs, screens, documents and titles in pictures and videos, read when all other work is "
    "done. What is read is found with text:“…” and in every search."
)


class TextRow(QWidget):
    """A title, what it is about, how far it is, and the button."""

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._on = False
        self.state = label("", "secondary", self)
        self.switch = button("Switch on", "", self)
        self.switch.setEnabled(False)
        self.switch.clicked.connect(self._press)
        about = label(_ABOUT, "secondary", self)
        about.setWordWrap(True)
        words = QVBoxLayout()
        words.setSpacing(theme().px(2))
        words.addWidget(label("Text in pictures", "heading", self))
        words.addWidget(about)
        words.addWidget(self.state)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, theme().px(8), 0)
        row.setSpacing(theme().px(16))
        row.addLayout(words, 1)
        row.addWidget(self.switch)

    def refresh(self) -> None:
        """Ask how it stands."""
        self._bridge.call(self, lambda api: api.text_reading()).on_done(self._show).start()

    def _show(self, reading: TextReading) -> None:
        self._on = reading.on
        files = counted(reading.read, "file", "files")
        found = f"found in {files}" if reading.read else ""
        going = f"on, {reading.pending:,} to go" if reading.pending else "on"
        said = ", ".join(filter(None, (going if reading.on else "off", found)))
        self.state.setText(said[:1].upper() + said[1:])
        self.switch.setText("Switch off" if reading.on else "Switch on")
        self.switch.setAccessibleName(f"{self.switch.text()}: text in pictures")
        self.switch.setEnabled(True)

    def _press(self) -> None:
        wanted = not self._on
        self.switch.setEnabled(False)
        job = self._bridge.call(self, lambda api: api.read_text(wanted))
        job.on_done(lambda _: self.refresh()).start()
