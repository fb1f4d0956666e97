"""Why something matches: parts that add up, passages with their words underlined."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from assetman.core.queries import Evidence, Hit, Sense
from assetman.ui.grid import Inspector
from assetman.ui.grid.evidence import excerpt, parts_of
from tests.ui.fake_engine import FakeEngine
from tests.ui.grid.conftest import named

SEEN = Evidence("surf", 0.68, Sense.SEEN, "SigLIP 2 base", 7, 43.0, 46.0)
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
