"""The line beneath a large picture: what it is, where in the list, how large; and what to do."""

from __future__ import annotations

from PySide6.QtCore import QLocale
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from assetman.ui.grid.labels import NameLabel
from assetman.ui.grid.wording import plain_tip
from assetman.ui.theme import Text, theme

TITLE = 80  # pixels that a name should have


class LargeBar(QWidget):
    """Caption at the left, verbs at the right."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._trouble = False
        self._picture = True
        self._subject = ""
        self.previous = _button("‹", "Previous", "Previous (←)")
        self.next = _button("›", "Next", "Next (→)")
        self.mark = _button("Mark a part", "Mark a part", "Mark a part of the picture (M)")
        self.mark.setCheckable(True)
        self.mark.toggled.connect(self._tint_mark)
        self.similar = _button("Find similar", "Find similar", "Find similar (S)")
        self.close_button = _button("Close", "Close", "Back to the results (Esc)")
        self.title = NameLabel(Text.BODY)
        self.place = QLabel()
        self.zoom = QLabel()
        self.rating = QLabel()
        for label in (self.place, self.zoom, self.rating):
            label.setProperty("role", "secondary")
        layout = self._line = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addWidget(self.previous)
        layout.addWidget(self.next)
        layout.addSpacing(4)
        layout.addWidget(self.title, 1)
        layout.addWidget(self.rating)
        layout.addWidget(self.place)
        layout.addSpacing(4)
        layout.addWidget(self.zoom)
        layout.addSpacing(8)
        layout.addWidget(self.mark)
        layout.addWidget(self.similar)
        layout.addWidget(self.close_button)

    def buttons(self) -> list[QPushButton]:
        """List the buttons that can be reached just now, in their order."""
        every = [self.previous, self.next, self.mark, self.similar, self.close_button]
        return [each for each in every if each.isEnabled() and each.isVisibleTo(self)]

    def set_caption(self, name: str, position: int, count: int) -> None:
        """Say what is looked at and where in the list it stands."""
        locale = QLocale()
        self.title.setText(name)
        self.title.setToolTip(plain_tip(name))
        self.place.setText(f"{locale.toString(position)} of {locale.toString(count)}")
        self.previous.setEnabled(position > 1)
        self.next.setEnabled(position < count)
        self._fit()

    def set_rating(self, rating: int) -> None:
        """Show the rating, where there is one."""
        self.rating.setText("★" * rating)
        self.rating.setAccessibleName(f"Rated {rating}" if rating else "")
        self.rating.setVisible(bool(rating))

    def set_zoom(self, scale: float) -> None:
        """Say how large: 100 % is one screen pixel for one of the picture's."""
        self.zoom.setText(f"{round(scale * 100)} %")

    def set_subject(self, subject: str, key: str = "S") -> None:
        """Say what the question will be about: “this part”, “this frame”; "" for the whole."""
        self._subject = subject
        name = f"Find similar to {subject}" if subject else "Find similar"
        self.similar.setAccessibleName(name)
        self.similar.setToolTip(f"{name} ({key})")
        self._fit()

    def set_mark_key(self, key: str) -> None:
        """Say which key begins to mark a part."""
        self.mark.setToolTip(f"Mark a part of the picture ({key})")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), look.panel)
            painter.fillRect(0, 0, self.width(), 1, look.line)

    def set_picture(self, picture: bool) -> None:
        """Offer what can be done with a picture, or nothing of it where there is none."""
        self._picture = picture
        self.mark.setVisible(picture)
        self._fit()

    def set_trouble(self, trouble: bool) -> None:
        """Offer nothing that a picture is needed for when there is none."""
        self._trouble = trouble
        self.mark.setEnabled(not trouble)
        self.similar.setEnabled(not trouble)
        self._fit()

    def _fit(self) -> None:
        """Say less where there is little room: shorter words first, then no numbers."""
        whole = f"Find similar to {self._subject}" if self._subject else "Find similar"
        for mark, similar, numbers in (
            ("Mark a part", whole, 2),
            ("Mark", "Find similar", 2),
            ("Mark", "Similar", 1),
            ("Mark", "Similar", 0),
        ):
            self.mark.setText(mark)
            self.similar.setText(similar)
            self.place.setVisible(numbers > 0)
            self.zoom.setVisible(numbers > 1 and self._picture and not self._trouble)
            if self._line.minimumSize().width() + TITLE <= self.width():
                break

    def _tint_mark(self, checked: bool) -> None:
        self.mark.setProperty("tone", "accent" if checked else "")
        self.mark.style().polish(self.mark)


def _button(text: str, name: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setAccessibleName(name)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    return button
