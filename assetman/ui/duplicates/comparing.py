"""Two pictures side by side, what differs between them lit."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from assetman.core.duplicates import Comparison
from assetman.core.errors import AssetmanError
from assetman.engine.protocol import EngineApi
from assetman.ui.bridge import EngineBridge
from assetman.ui.controls import button, label
from assetman.ui.duplicates.wording import differing_text
from assetman.ui.grid.labels import NameLabel
from assetman.ui.grid.pictures import read_image
from assetman.ui.theme import Text, theme

COMPARING = "Comparing the two…"
LIT, PLAIN = "Hide differences", "Show differences"


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison with its pictures decoded, all of one size."""

    first: QImage
    second: QImage
    lit: QImage
    share: float


class Pane(QWidget):
    """One of the two pictures, as large as there is room, and the light over it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._image, self._lit = QImage(), QImage()
        self.lit = True
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_image(self, image: QImage, lit: QImage) -> None:
        """Show a picture and what of it is lit."""
        self._image, self._lit = image, lit
        self.update()

    def light(self, lit: bool) -> None:
        """Light what differs, or show the picture alone."""
        self.lit = lit
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme().px(400), theme().px(320))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._image.isNull():
            return
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(0, 0, size.width(), size.height())
        place.moveLeft((self.width() - size.width()) / 2)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.fillRect(place, theme().ground)  # seen where the other shows nothing of it
            painter.drawImage(place, self._image)
            if self.lit:
                painter.drawImage(place, self._lit)


class CompareDialog(QDialog):
    """Lays one picture beside another that shows the same; a key lights what differs."""

    def __init__(
        self,
        bridge: EngineBridge,
        ids: tuple[int, int],
        names: tuple[str, str],
        parent: QWidget,
        film: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Compare")
        self._film = film
        self.panes = Pane(self), Pane(self)
        self.names = NameLabel(Text.TITLE, self), NameLabel(Text.TITLE, self)
        self.message = label(COMPARING, "secondary", self)
        self.message.setWordWrap(True)
        self.toggle: QPushButton = button(LIT, "", self)
        self.toggle.setToolTip("Space")
        self.done_button = button("Close", "", self)
        for title, name, verb in zip(self.names, names, ("Keep", "Other"), strict=True):
            title.setText(name)
            title.setAccessibleName(f"{verb}: {name}")
        for pane, name in zip(self.panes, names, strict=True):
            pane.setAccessibleName(name)
        self._lay_out()
        self.toggle.hide()
        self.toggle.clicked.connect(self.flip)
        self.done_button.clicked.connect(self.accept)
        QShortcut(QKeySequence("Space"), self).activated.connect(self.flip)

        def ask(api: EngineApi) -> Compared:
            return _decoded(api.compare_copies(*ids))

        bridge.call(self, ask).on_done(self._show).on_error(self.say_problem).start()
        self.setFocus()

    def flip(self) -> None:
        """Light what differs, or no longer."""
        if self.toggle.isHidden():
            return
        lit = not self.panes[0].lit
        for pane in self.panes:
            pane.light(lit)
        self.toggle.setText(LIT if lit else PLAIN)

    def say_problem(self, error: BaseException) -> None:
        """Say in this dialog why the two cannot be compared."""
        known = isinstance(error, AssetmanError)
        self.message.setText(str(error) if known else f"They cannot be compared: {error}")
        self.message.setProperty("role", "warning")
        self.message.style().polish(self.message)

    def _show(self, compared: Compared) -> None:
        self.panes[0].show_image(compared.first, compared.lit)
        self.panes[1].show_image(compared.second, compared.lit)
        self.message.setText(differing_text(compared.share, self._film))
        self.toggle.show()

    def _lay_out(self) -> None:
        px = theme().px
        sides = QHBoxLayout()
        sides.setSpacing(px(12))
        heads = ("To be kept", "The other")
        for head, name, pane in zip(heads, self.names, self.panes, strict=True):
            side = QVBoxLayout()
            side.setSpacing(px(4))
            side.addWidget(label(head, "secondary", self))
            side.addWidget(name)
            side.addSpacing(px(4))
            side.addWidget(pane, 1)
            sides.addLayout(side, 1)
        row = QHBoxLayout()
        row.setSpacing(px(12))
        row.addWidget(self.toggle)
        row.addWidget(self.message, 1)
        row.addWidget(self.done_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(20), px(16), px(20), px(16))
        layout.setSpacing(px(12))
        layout.addLayout(sides, 1)
        layout.addLayout(row)
        self.resize(px(920), px(520))


def _decoded(found: Comparison) -> Compared:
    """Decode the three pictures. Not for the painting thread."""
    first, second, lit = (read_image(path) for path in (found.first, found.second, found.lit))
    return Compared(first, second, lit, found.share)
