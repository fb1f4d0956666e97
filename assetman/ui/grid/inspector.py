"""Everything known about what is selected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from assetman.core.changes import Changes
from assetman.core.queries import Hit, Query
from assetman.engine.protocol import Card, Details
from assetman.ui.bridge import EngineBridge
from assetman.ui.controller.organiser import Expected, Organiser
from assetman.ui.controls import label
from assetman.ui.grid.evidence import EvidenceList, parts_of
from assetman.ui.grid.facts import fact_rows, folder_text, trouble_text
from assetman.ui.grid.found_words import boxes_of
from assetman.ui.grid.inspector_parts import FactsTable, Heading, PreviewPicture
from assetman.ui.grid.labels import WrappedLabel
from assetman.ui.grid.pictures import cell_image
from assetman.ui.grid.preview_sound import PreviewSound
from assetman.ui.grid.preview_video import PreviewVideo
from assetman.ui.grid.preview_words import PreviewWords
from assetman.ui.grid.similar_strip import OUTLINE, SimilarStrip
from assetman.ui.grid.stars import Stars
from assetman.ui.grid.summary import Summary, Summing, sum_up
from assetman.ui.grid.tag_editor import TagEditor
from assetman.ui.grid.wording import KINDS, card_name, count_text, plain_tip, score_text, size_text
from assetman.ui.jobs import Job
from assetman.ui.listening.listening import Listening
from assetman.ui.theme import Text

MATCHES, PERHAPS = "Why this matches", "Why this may match"
EMPTY = "Select something to see what is known about it."
STEADY_MS = 40  # how long a selection must hold before it is looked up
MANY, PATIENT_MS = 500, 1000  # so many change all the time while files are read: no hurry then
SIDE = 14  # pixels


class Inspector(QWidget):
    """Preview, name, rating, tags, facts, reasons, and what is like it."""

    asked = Signal(object)  # Question
    opened = Signal(list, int)  # asset ids to walk along, the one to begin with
    folder_asked = Signal(int)  # asset id
    said = Signal(str)  # one sentence for the person
    tag_chosen = Signal(str)  # everything with this tag is wanted
    left = Signal()  # the keyboard belongs to the grid again
    large_wanted = Signal(int, float)  # asset id, seconds to play from
    export_wanted = Signal(object)  # Clip
    sounded = Signal()  # a video begins to play

    def __init__(
        self,
        bridge: EngineBridge,
        organiser: Organiser,
        parent: QWidget | None = None,
        listening: Listening | None = None,
    ) -> None:
        super().__init__(parent)
        self.listening = listening or Listening(self)
        self.setObjectName("inspector")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Inspector")
        self._bridge = bridge
        self._ids: tuple[int, ...] = ()
        self._hits: Mapping[int, Hit] = {}
        self._several: tuple[tuple[int, ...], Summary] = ((), Summary())
        self._steady = QTimer(self)
        self._steady.setSingleShot(True)
        self._steady.setInterval(STEADY_MS)
        self._steady.timeout.connect(self._look_up)
        self.picture = PreviewPicture()
        self.video = PreviewVideo(bridge, self.picture, self)
        self.sound = PreviewSound(bridge, self.listening, self)
        self.words = PreviewWords(bridge, self.listening, self.video.player)
        self.title = WrappedLabel(Text.TITLE, lines=4)
        self.place = WrappedLabel(Text.SECONDARY, "secondary", lines=4)
        self.trouble = WrappedLabel(Text.SECONDARY, "warning")
        self.stars = Stars()
        self.mixed = WrappedLabel(Text.SECONDARY, "secondary")
        self.tags = TagEditor(organiser)
        self.facts = FactsTable()
        self.reasons = EvidenceList()
        self.reasons.moment_wanted.connect(
            lambda start: self.large_wanted.emit(next(iter(self._ids)), start)
        )
        self.because = Heading(MATCHES)
        self.total = label("", "secondary")
        self.total.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.why = _group(6, _line(self.because, self.total), self.reasons)
        self.strip = SimilarStrip(bridge, organiser, self)
        self.more = Heading("More like this")
        self._summing = Summing(bridge, self)
        self._summing.summed.connect(self._show_summary)
        self._summing.failed.connect(self._fail)
        bridge.changed.connect(self._renew)
        organiser.expected.connect(self._expect)
        organiser.mistaken.connect(lambda _: self._steady.start())
        self.stars.rated.connect(lambda rating: organiser.rate(self._ids, rating))
        self.tags.tag_chosen.connect(self.tag_chosen)
        self.tags.closed.connect(self.left)
        self._connect_strip()
        self._connect_video()
        self._lay_out()
        self._show_nothing()

    def show_selection(self, ids: Sequence[int], hits: Mapping[int, Hit]) -> None:
        """Show what is selected: one asset in full, several summed up."""
        self._hits = hits
        if tuple(ids) == self._ids:
            self._show_reasons()
            self._follow_hit()
            return
        self._ids = tuple(ids)
        self.video.let_go()  # at once, whatever comes
        if not ids:
            self._show_nothing()
        self._steady.start(STEADY_MS)

    def show_query(self, query: Query | None) -> None:
        """Light the moments of a video or a sound that match a question."""
        self.video.player.source.show_query(query)
        self.sound.player.source.show_query(query)

    def play(self, asset_id: int, start: float) -> None:
        """Play a video from a time, in the preview."""
        self.video.play(asset_id, start)

    def silence(self) -> bool:
        """Stop playing at once; True if something was."""
        watched = self.video.player.silence()
        return self.listening.silence() or watched

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # The scroll bar comes into the margin, so that nothing is laid out anew.
        self._content.setFixedWidth(max(80, self.width() - SIDE + OUTLINE))

    def _renew(self, changes: Changes) -> None:
        """Look the selection up again if something about it has changed."""
        changed = changes.assets_changed | changes.assets_removed
        if not changed.isdisjoint(self._ids):
            hurry = len(self._ids) <= MANY or changes.history
            self._steady.start(STEADY_MS if hurry else PATIENT_MS)

    def _connect_strip(self) -> None:
        self.strip.asked.connect(self.asked)
        self.strip.folder_asked.connect(self.folder_asked)
        self.strip.said.connect(self.said)
        self.strip.opened.connect(lambda asset: self.opened.emit(self.strip.ids(), asset))
        self.strip.filled.connect(self.more.setVisible)
        self.strip.filled.connect(self.strip.setVisible)

    def _connect_video(self) -> None:
        self._card: Card | None = None  # the one shown in full
        self.video.asked.connect(self.asked)
        self.video.large_wanted.connect(self.large_wanted)
        self.video.player.sounded.connect(self.sounded)
        self.video.player.export_wanted.connect(self.export_wanted)
        self.sound.asked.connect(self.asked)
        self.sound.large_wanted.connect(self.large_wanted)
        self.sound.player.export_wanted.connect(self.export_wanted)

    def _follow_hit(self) -> None:
        """Go to the moment that was found, or chosen."""
        if self._card is not None and self._ids == (self._card.asset.id,):
            hit = self._hits.get(self._card.asset.id)
            self.video.show_card(self._card, hit)
            self.sound.show_card(self._card, hit)
            if self.video.player.asset is None:  # a film frames words itself
                self.picture.found.show(boxes_of(hit))
            self.words.show_card(self._card)
            self.picture.setVisible(not self.sound.here or self._card.thumbnail is not None)

    def _lay_out(self) -> None:
        content = self._content = QWidget()
        column = QVBoxLayout(content)
        # The strip keeps room for the outlines of its pictures: these line up with all else.
        column.setContentsMargins(SIDE - OUTLINE, 16, 0, 16)
        column.setSpacing(0)
        head = _group(2, self.title, self.place, self.trouble)
        self.by_hand = _group(8, _line(self.stars, self.mixed), self.tags)
        preview = _group(0, self.picture, self.video.player, self.video.sentence, self.sound.player)
        upper = _group(16, preview, head, self.by_hand, self.words, self.facts, self.why, self.more)
        upper.setContentsMargins(OUTLINE, 0, OUTLINE, 0)
        column.addWidget(upper)
        column.addWidget(self.strip)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(content)
        content.setAutoFillBackground(False)
        scroll.viewport().setAutoFillBackground(False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)

    def _look_up(self) -> None:
        ids = self._ids
        self.strip.follow(ids)
        if len(ids) == 1:
            job = self._bridge.call(self, lambda api: api.details(ids[0]))
            job.on_done(partial(self._show_one, ids)).on_error(partial(self._fail, ids)).start()
        elif ids:
            if self._several[0] != ids:
                self._show_count(ids, None)
                self._show_by_hand(Summary())
            self._summing.ask(ids)

    def _show_nothing(self) -> None:
        for piece in (self.picture, self.place, self.trouble, self.facts, self.more, self.strip):
            piece.hide()
        self._show_no_moments()
        self.by_hand.hide()
        self.title.hide()
        self.place.setText(EMPTY)
        self.place.show()
        self._show_reasons()

    def _show_no_moments(self) -> None:
        self.video.leave()
        self.sound.leave()
        self.words.show_card(None)

    def _show_one(self, ids: tuple[int, ...], details: Details) -> None:
        if ids != self._ids:
            return
        card = details.card
        self._several = (ids, sum_up([card.asset]))
        self._show_by_hand(self._several[1])
        self.title.setText(card.asset.display_name)
        self.title.setToolTip(plain_tip(card.asset.display_name))
        self.place.setText(folder_text(details))
        self.trouble.setText(trouble_text(details))
        self.facts.show_rows(fact_rows(details))
        for piece in (self.picture, self.title, self.place, self.facts):
            piece.show()
        self.trouble.setVisible(bool(self.trouble.text()))
        self.picture.take_shape(card.asset.width, card.asset.height)
        self.picture.setAccessibleName(card_name(card, None, 1))
        self._card = card
        self._follow_hit()
        self._show_reasons()
        if card.thumbnail is None:
            self.picture.show_image(None, failed=card.failure is not None)
            return
        job = Job(self, partial(cell_image, card.thumbnail, self.picture.spec()))
        job.on_done(partial(self._show_image, ids))
        job.on_error(lambda error: self.picture.show_image(None)).start()

    def _show_image(self, ids: tuple[int, ...], image: QImage) -> None:
        if ids == self._ids:
            self.picture.show_image(image)

    def _show_count(self, ids: tuple[int, ...], summary: Summary | None) -> None:
        if ids != self._ids:
            return
        self._show_no_moments()
        for piece in (self.picture, self.trouble, self.facts):
            piece.hide()
        size = f" · {size_text(summary.size)}" if summary is not None else ""
        self.title.setText(f"{count_text(len(ids), 'selected', 'selected')}{size}")
        kinds = summary.kinds if summary is not None else ()
        words = [count_text(n, KINDS[kind], f"{KINDS[kind]}s") for kind, n in kinds]
        self.place.setText(" · ".join(words))
        self.title.show()
        self.place.setVisible(bool(words))
        self._show_reasons()

    def _show_summary(self, ids: tuple[int, ...], summary: Summary) -> None:
        if ids == self._ids:
            self._several = (ids, summary)
            self._show_count(ids, summary)
            self._show_by_hand(summary)

    def _show_by_hand(self, summary: Summary) -> None:
        """Show what the person added: the rating and the tags."""
        least, most = summary.ratings
        self.stars.show_ratings(least, most)
        self.mixed.setText(f"mixed, {least} to {most}" if least != most else "")
        self.tags.show_tags(self._ids, summary.tags)
        self.by_hand.show()

    def _expect(self, expected: Expected) -> None:
        """Show at once what is being done to the whole selection."""
        ids, summary = self._several
        if ids and ids == self._ids and expected.asset_ids.issuperset(ids):
            self._summing.forget()
            self._several = (ids, summary.after(expected, len(ids)))
            self._show_by_hand(self._several[1])

    def _show_reasons(self) -> None:
        hit = self._hits.get(self._ids[0]) if len(self._ids) == 1 else None
        parts = parts_of(hit)
        self.reasons.show_parts(parts)
        unsure = hit is not None and hit.confident is False
        self.because.setText(PERHAPS if unsure else MATCHES)
        self.total.setText(score_text(hit))
        self.total.setToolTip("The parts below add up to this.")
        self.why.setVisible(bool(parts))

    def _fail(self, ids: tuple[int, ...], error: BaseException) -> None:
        if ids == self._ids:
            self._show_nothing()
            self.place.setText(str(error))


def _line(first: QWidget, last: QWidget) -> QWidget:
    """Put two pieces beside each other, the second as wide as it likes."""
    line = QWidget()
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(first)
    row.addWidget(last, 1)
    return line


def _group(spacing: int, *pieces: QWidget) -> QWidget:
    """Put pieces beneath each other; what is hidden takes no room."""
    group = QWidget()
    column = QVBoxLayout(group)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(spacing)
    for piece in pieces:
        column.addWidget(piece)
    return group
