"""The line above the grid: what was found, where, and how sure that is."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from assetman.core.queries import Results
from assetman.ui.controller.state import SearchState
from assetman.ui.controls import button, counted, label
from assetman.ui.grid.grid_layout import MARGIN
from assetman.ui.nearest import nothing_matches
from assetman.ui.theme import appearance, theme


class ResultLine(QWidget):
    """One sentence at the left; what can be done about it at the right."""

    everywhere_wanted = Signal()
    news_wanted = Signal()
    forget_wanted = Signal()
    mistake_wanted = Signal()  # the person wants to see where the mistake is

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sentence = label("", "strong", self)
        self.sentence.setTextFormat(Qt.TextFormat.RichText)
        self.sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.note = label("", "warning", self)
        self.mistake = button("", "quiet", self)
        self.mistake.setProperty("tone", "warning")
        self.everywhere = button("Search everywhere", "", self)
        self.forget = button("", "", self)
        self.news = button("", "quiet", self)
        self.news.setProperty("tone", "accent")
        self._text = ("", "")
        self._working = False
        self._selected = 0
        self._kept_days = 30.0
        self._said: tuple[SearchState, Results, Results] | None = None
        self._layout = QHBoxLayout(self)
        self._layout.addWidget(self.sentence, 1)
        for part in (self.note, self.mistake, self.everywhere, self.forget, self.news):
            self._layout.addWidget(part)
            part.hide()
        self.everywhere.clicked.connect(self.everywhere_wanted)
        self.forget.clicked.connect(self.forget_wanted)
        self.mistake.clicked.connect(self.mistake_wanted)
        self.news.clicked.connect(self.news_wanted)
        appearance().changed.connect(self._restyle)
        self._restyle()

    def set_working(self, working: bool) -> None:
        """Know whether more is still becoming searchable."""
        if working != self._working:
            self._working = working
            if self._said is not None:
                self._say(*self._said)

    def set_selected(self, count: int) -> None:
        """Know how many assets are selected: they can be forgotten if they are missing."""
        self._selected = count
        self._offer_forget()

    def set_kept(self, days: float) -> None:
        """Know for how many days missing files are kept."""
        if days != self._kept_days:
            self._kept_days = days
            if self._said is not None:
                self._say(*self._said)

    def show_results(self, state: SearchState, results: Results) -> None:
        """Say what was found."""
        self.news.hide()
        self._say(state, results, results)
        self.everywhere.setVisible(bool(results.elsewhere) and not results.ids)
        self.note.setText(" ".join(results.notes))
        self.note.setToolTip(self.note.text())
        self.note.setVisible(bool(results.notes))
        wrong = len(results.mistakes)
        self.mistake.setText(
            "Part of it was not understood"
            if wrong == 1
            else f"{wrong} parts of it were not understood"
        )
        self.mistake.setToolTip("\n".join(each.message for each in results.mistakes))
        self.mistake.setAccessibleDescription(self.mistake.toolTip())
        self.mistake.setVisible(bool(wrong))

    def show_news(self, state: SearchState, fresh: Results, shown: Results, count: int) -> None:
        """Offer results that came since, without moving those on screen."""
        self._say(state, shown, fresh)
        one, many = ("new match", "new matches") if state.asks else ("new asset", "new assets")
        self.news.setText(f"{counted(count, one, many)} ↻" if count else "Show as it is now ↻")
        self.news.setAccessibleName(f"Show {self.news.text().removesuffix(' ↻')}")
        self.news.show()

    def show_working(self) -> None:
        """Say that an answer takes its time."""
        self._said = None
        self._text = ("Searching…", "")
        self._write()

    def show_nothing(self) -> None:
        """Say nothing."""
        self._said = None
        self._text = ("", "")
        self._write()
        for part in (self.note, self.mistake, self.everywhere, self.forget, self.news):
            part.hide()

    def text(self) -> str:
        """Give the sentence as plain text."""
        return " ".join(part for part in self._text if part)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._write()

    def _say(self, state: SearchState, shown: Results, fresh: Results) -> None:
        self._said = (state, shown, fresh)
        self._text = sentence_for(state, shown, fresh, self._working)
        if state.missing and shown.ids and not state.asks:
            self._text = missing_text(len(shown.ids), self._kept_days)
        self._offer_forget()
        self._write()

    def _offer_forget(self) -> None:
        state, shown = self._said[:2] if self._said is not None else (None, None)
        offered = state is not None and shown is not None and state.missing and bool(shown.ids)
        self.forget.setVisible(offered)
        if offered and shown is not None:
            which = f"{self._selected:,} selected" if self._selected else f"all {len(shown.ids):,}"
            self.forget.setText(f"Forget {which}…")

    def _write(self) -> None:
        look = theme()
        head, rest = self._text
        metrics = self.sentence.fontMetrics()
        head = metrics.elidedText(head, Qt.TextElideMode.ElideRight, max(0, self.sentence.width()))
        room = self.sentence.width() - metrics.horizontalAdvance(head + " ")
        rest = metrics.elidedText(rest, Qt.TextElideMode.ElideRight, max(0, room))
        self.sentence.setText(
            f'<span style="color:{look.text.name()}">{_escape(head)}</span> '
            f'<span style="color:{look.secondary.name()}">{_escape(rest)}</span>'
        )
        self.sentence.setAccessibleName(self.text())
        self.sentence.setToolTip(self.text() if "…" in head + rest else "")

    def _restyle(self) -> None:
        px = theme().px
        self._layout.setContentsMargins(MARGIN, px(8), px(14), 0)
        self._layout.setSpacing(px(10))
        self.setFixedHeight(px(32))
        self._write()


def sentence_for(
    state: SearchState, shown: Results, fresh: Results, working: bool
) -> tuple[str, str]:
    """Say what is shown: the head of the sentence and its rest.

    `fresh` knows the present counts, `shown` is what the grid shows. Only while there is work is
    anything searchable "so far": what could not be read never will be, and is said elsewhere.
    """
    where = f"in {state.where}" if state.where else ""
    if not state.asks:
        head = counted(len(shown.listed), "asset", "assets")
        return head, where
    if shown.listed:
        return counted(len(shown.listed), "asset", "assets"), where
    count = len(shown.hits)
    if not count and fresh.elsewhere:
        head = f"0 in {state.where}" if state.where else "0 with these filters"
        return f"{head}, {fresh.elsewhere:,} elsewhere", ""
    if not count:
        return "Nothing found", where
    parts = []
    if working and fresh.searchable < fresh.total:
        parts.append(f"{fresh.searchable:,} of {fresh.total:,} searchable so far")
    parts.append(f"{shown.seconds:.{2 if shown.seconds >= 0.01 else 3}f} s")
    if shown.confident is False:
        return nothing_matches(state), " · ".join(["", *parts]).lstrip()
    closest = shown.confident is None
    head = f"Closest {count:,}" if closest else counted(shown.good, "good match", "good matches")
    return head, f"{where} · ".lstrip() + " · ".join(parts)


def missing_text(count: int, days: float) -> tuple[str, str]:
    """Say how many files are gone, for how long they are kept, and that they may come back."""
    kept = f"kept for {days:g} {'day' if days == 1 else 'days'}"
    back = "comes back whole when its file does"
    head = counted(count, "missing file", "missing files")
    return head, f"{kept} · {'it' if count == 1 else 'each'} {back}"


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
