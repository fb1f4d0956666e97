"""What stands above the nearest few when nothing matches: never nonsense as if it were a match."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from assetman.core.queries import Results
from assetman.ui.controller.state import ExampleChip, SearchState
from assetman.ui.controls import button, label
from assetman.ui.grid.grid_layout import MARGIN
from assetman.ui.theme import appearance, theme

FEW = 12  # results offered where none is a match
_LONGEST = 60  # characters of the question that are repeated


class NearestFew(QWidget):
    """Says what the results are that are no matches, and what can be done about it."""

    all_wanted = Signal()
    everywhere_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.note = label("", "secondary", self)
        self.note.setWordWrap(True)
        self.note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.everywhere = button("Search everywhere", "", self)
        self.all = button("", "", self)
        self._layout = QHBoxLayout(self)
        self._layout.addWidget(self.note, 1)
        for part in (self.everywhere, self.all):
            self._layout.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
        self.everywhere.clicked.connect(self.everywhere_wanted)
        self.all.clicked.connect(self.all_wanted)
        appearance().changed.connect(self._restyle)
        self._restyle()
        self.hide()

    def show_results(self, state: SearchState, results: Results) -> Results:
        """Say it where nothing matches; give the results to show, which are few then."""
        count = len(results.hits)
        none = results.confident is False and count > 0
        self.setVisible(none)
        if not none:
            return results
        nearest = f"These are the nearest {min(FEW, count)}; they are probably not it."
        self.note.setText(nearest if count > 1 else "This is the nearest there is.")
        self.everywhere.setVisible(state.filtered)
        self.all.setText(f"Show all {count:,}")
        self.all.setVisible(count > FEW)
        few = results.hits[:FEW]
        return Results(results.query, few, confident=False, seconds=results.seconds)

    def _restyle(self) -> None:
        px = theme().px
        self._layout.setContentsMargins(MARGIN, px(2), px(14), px(2))
        self._layout.setSpacing(px(8))


def nothing_matches(state: SearchState) -> str:
    """Say in the person's own words what was not found."""
    where = f"in {state.where}" if state.where else "here"
    words = " ".join(state.words.split())
    if len(words) > _LONGEST:
        words = f"{words[: _LONGEST - 1]}…"
    names = [chip.name for chip in state.chips if isinstance(chip, ExampleChip)]
    if words:
        return f"Nothing {where} matches “{words}”"
    like = names[0] if len(names) == 1 else "these"
    return f"Nothing {where} is really like {like}"
