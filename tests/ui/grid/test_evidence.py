"""Why something matches: parts that add up, passages with their words underlined."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from assetman.core.assets import Box
from assetman.core.queries import Evidence, Hit, Sense
from assetman.ui.grid import Inspector, LargeView
from assetman.ui.grid.evidence import excerpt, parts_of
from assetman.ui.grid.found_words import boxes_of
from assetman.ui.theme import theme
from tests.ui.fake_engine import FakeEngine
from tests.ui.grid.conftest import named

SEEN = Evidence("surf", 0.68, Sense.SEEN, "SigLIP 2 base", 7, 43.0, 46.0)
SIGN = Evidence("sale", 0.6, Sense.TEXT, text="sale", box=Box(0.25, 0.5, 0.5, 0.25))
NAMED = Evidence("Coast", 0.05, Sense.NAME, text="Coast film", words=((0, 5),))


def test_each_part_says_what_where_and_how_much() -> None:
    heard = Evidence("waves", 0.2, Sense.HEARD, "CLAP", 8, 42.0)
    against = Evidence("people", -0.1, Sense.SEEN)
    plain = Evidence("words", 0.3, Sense.SEEN)
    parts = parts_of(Hit(1, 0.83, evidence=(SEEN, heard, NAMED, against)))
    titles = ["picture at 0:43: surf", "sound at 0:42: waves", "name", "picture: people"]
    assert [part.title for part in parts] == titles
    assert parts_of(Hit(1, 0.3, evidence=(plain,)))[0].title == "picture"
    assert [part.number for part in parts] == ["0.68", "0.20", "0.05", "−0.10"]
    assert parts[0].tip == "Found by SigLIP 2 base"
    passage, words = parts[2].passage, parts[2].words
    assert [passage[start:end] for start, end in words] == ["Coast"]


def test_words_are_framed_where_they_stand_and_in_a_film_while_they_are_shown() -> None:
    shown = Evidence("sale", 0.4, Sense.TEXT, start=2.0, end=4.0, text="sale", box=Box(0, 0, 1, 1))
    hit = Hit(1, 0.9, evidence=(SEEN, SIGN, SIGN, shown))
    assert boxes_of(hit) == (SIGN.box,)
    assert boxes_of(hit, 3.0) == (shown.box,)
    assert boxes_of(hit, 5.0) == boxes_of(None) == ()


def test_found_words_are_framed_in_the_preview_and_in_the_large_view(
    qtbot: QtBot, inspector: Inspector, large: LargeView, engine: FakeEngine
) -> None:
    barn, bay = named(engine, "red barn.jpg"), named(engine, "blue bay.png")
    hits = {barn: Hit(barn, 0.9, evidence=(SIGN,))}

    def framed(widget: QWidget, picture: QRectF) -> bool:
        at = picture.topLeft() + QPointF(0.5 * picture.width(), 0.5 * picture.height() - 3)
        return widget.grab().toImage().pixelColor(at.toPoint()) == theme().accent

    inspector.show_selection([barn], hits)
    preview = inspector.picture
    qtbot.waitUntil(lambda: preview._image is not None)

    def shown_in_preview() -> QRectF:
        size = preview._image.deviceIndependentSize() if preview._image else QSizeF()
        picture = QRectF(QPointF(), size)
        picture.moveCenter(QRectF(preview.rect()).center())
        return picture

    assert framed(preview, shown_in_preview())
    large.show_hits(hits)
    large.show_assets([barn, bay], barn)
    qtbot.waitUntil(lambda: framed(large.canvas, large.canvas.picture_rect()))
    large.walk(1)
    assert large.canvas.found.boxes == ()
    inspector.show_selection([bay], hits)
    qtbot.waitUntil(lambda: preview.found.boxes == ())


def test_a_long_passage_is_cut_to_where_it_matches() -> None:
    text = "word " * 100 + "the red kite sits on a red post" + " word" * 100
    at = text.index("red kite")
    late = text.index("red post")
    shown, words = excerpt(text, ((at, at + 3), (at + 4, at + 8), (late, late + 3)))
    assert [shown[start:end] for start, end in words] == ["red", "kite", "red"]
    assert shown.startswith("…word")
    assert shown.endswith("…")
    assert len(shown) < 170
    assert excerpt("short\nand plain", ()) == ("short and plain", ())


def test_the_parts_are_shown_with_the_score_they_add_up_to(
    qtbot: QtBot, inspector: Inspector, engine: FakeEngine
) -> None:
    barn = named(engine, "red barn.jpg")
    hit = Hit(barn, 0.73, evidence=(SEEN, NAMED), confident=False)
    inspector.show_selection([barn], {barn: hit})
    qtbot.waitUntil(inspector.why.isVisible)
    assert inspector.because.text() == "Why this may match"
    assert inspector.total.text() == "0.73"
    spoken = [row.accessibleName() for row in inspector.reasons.rows()]
    assert spoken == ["picture at 0:43: surf, 0.68", "name, 0.05: Coast film"]
    assert inspector.grab().width() > 0
