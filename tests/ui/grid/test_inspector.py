from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea
from pytestqt.qtbot import QtBot

from assetman.core.assets import AssetState
from assetman.core.changes import Changes
from assetman.core.queries import Hit
from assetman.engine.protocol import Details
from assetman.ui.bridge import EngineBridge
from assetman.ui.grid import Inspector, Question
from assetman.ui.grid.facts import date_text, fact_rows, folder_text, place_text
from assetman.ui.grid.inspector import EMPTY
from tests.ui.fake_engine import FakeEngine
from tests.ui.grid.conftest import click, named, painted


def facts_shown(inspector: Inspector) -> dict[str, str]:
    rows = inspector.facts._rows
    return {name.text(): value.text() for name, value in rows if name.isVisibleTo(inspector)}


def filled(inspector: Inspector) -> Callable[[], bool]:
    return lambda: inspector.strip.isVisible() and painted(inspector.strip)


def test_it_says_what_to_do_when_nothing_is_selected(qtbot: QtBot, inspector: Inspector) -> None:
    inspector.show_selection([], {})
    assert inspector.place.text() == EMPTY
    assert not inspector.picture.isVisible()


def test_one_asset_is_shown_in_full(qtbot: QtBot, inspector: Inspector, engine: FakeEngine) -> None:
    bay = named(engine, "blue bay.png")
    inspector.show_selection([bay], {})
    qtbot.waitUntil(lambda: inspector.title.text() == "blue bay.png")
    assert inspector.place.text() == "Photos / Coast"
    shown = facts_shown(inspector)
    assert shown["Dimensions"] == "320 × 480"
    assert shown["Camera"] == "Assetman Painter"
    assert not inspector.why.isVisible()
    qtbot.waitUntil(lambda: inspector.picture._image is not None)


def test_reasons_are_bars_with_names(
    qtbot: QtBot, inspector: Inspector, engine: FakeEngine
) -> None:
    barn = named(engine, "red barn.jpg")
    hit = Hit(barn, 0.8, reasons={"not “people”": -0.1, "words": 0.6, "frog.jpg": 0.3})
    inspector.show_selection([barn], {barn: hit})
    qtbot.waitUntil(lambda: inspector.why.isVisible())
    rows = inspector.reasons.rows()
    names = ["words, 0.60", "frog.jpg, 0.30", "not “people”, −0.10"]
    assert [row.accessibleName() for row in rows] == names
    assert inspector.total.text() == "0.80"
    assert inspector.because.text() == "Why this matches"


def test_several_are_summed_up(qtbot: QtBot, inspector: Inspector, engine: FakeEngine) -> None:
    ids = sorted(engine.rows)
    for asset_id in ids:
        row = engine.rows[asset_id]
        row.asset = replace(row.asset, size=2_000_000)
    inspector.show_selection(ids, {})
    qtbot.waitUntil(lambda: inspector.title.text() == "5 selected · 10 MB")
    assert inspector.place.text() == "5 pictures"
    assert not inspector.picture.isVisible()


def test_more_like_this_follows_the_selection(
    qtbot: QtBot, inspector: Inspector, engine: FakeEngine
) -> None:
    barn, hills = named(engine, "red barn.jpg"), named(engine, "green hills.jpg")
    inspector.show_selection([barn], {})
    qtbot.waitUntil(filled(inspector))
    assert barn not in inspector.strip.ids()
    inspector.show_selection([hills], {})
    qtbot.waitUntil(lambda: hills not in inspector.strip.ids() and filled(inspector)())
    assert barn in inspector.strip.ids()


def test_a_selection_in_a_hurry_is_not_asked_about(
    qtbot: QtBot, inspector: Inspector, engine: FakeEngine, many: list[int]
) -> None:
    for asset_id in many[:50]:
        inspector.show_selection([asset_id], {})
    qtbot.waitUntil(filled(inspector))
    searches = [argument for verb, argument in engine.calls if verb == "search"]
    assert len(searches) == 1
    assert [argument for verb, argument in engine.calls if verb == "details"] == [many[49]]


def test_the_strip_asks_and_opens_like_the_grid(
    qtbot: QtBot, inspector: Inspector, engine: FakeEngine
) -> None:
    asked: list[Question] = []
    opened: list[tuple[list[int], int]] = []
    inspector.asked.connect(asked.append)
    inspector.opened.connect(lambda ids, current: opened.append((ids, current)))
    inspector.show_selection([named(engine, "red barn.jpg")], {})
    qtbot.waitUntil(filled(inspector))
    click(qtbot, inspector.strip, 1)
    qtbot.keyClick(inspector.strip, Qt.Key.Key_S)
    qtbot.keyClick(inspector.strip, Qt.Key.Key_Space)
    ids = inspector.strip.ids()
    assert asked[0].leave_out == (ids[1],)
    assert opened == [(ids, ids[1])]


def test_what_is_wrong_is_said(
    qtbot: QtBot, inspector: Inspector, engine: FakeEngine, pictures: Path
) -> None:
    (pictures / "broken.jpg").write_bytes(b"")
    engine.index()
    inspector.show_selection([named(engine, "broken.jpg")], {})
    qtbot.waitUntil(lambda: inspector.trouble.text() == "This is not a picture.")
    barn = named(engine, "red barn.jpg")
    engine.rows[barn].asset = replace(engine.rows[barn].asset, state=AssetState.OFFLINE)
    inspector.show_selection([barn], {})
    qtbot.waitUntil(lambda: inspector.trouble.text().startswith("Offline"))


def test_a_change_is_looked_up_again(
    qtbot: QtBot, inspector: Inspector, engine: FakeEngine, bridge: EngineBridge
) -> None:
    barn = named(engine, "red barn.jpg")
    inspector.show_selection([barn], {})
    qtbot.waitUntil(lambda: inspector.title.text() == "red barn.jpg")
    moved = engine.rows[barn].asset.path.replace("red barn", "old barn")
    engine.rows[barn].asset = replace(engine.rows[barn].asset, path=moved)
    bridge.changed.emit(Changes(assets_changed=frozenset([barn])))
    qtbot.waitUntil(lambda: inspector.title.text() == "old barn.jpg")


@pytest.mark.parametrize("height", [200, 600, 1400])
def test_nothing_is_clipped_at_any_height(
    qtbot: QtBot, inspector: Inspector, engine: FakeEngine, height: int
) -> None:
    barn = named(engine, "red barn.jpg")
    long = "/media/" + "a_name_without_any_space_" * 8 + ".jpg"
    engine.rows[barn].asset = replace(engine.rows[barn].asset, path=long)
    inspector.resize(316, height)
    inspector.show_selection([barn], {barn: Hit(barn, 0.8, reasons={"words": 0.8})})
    qtbot.waitUntil(filled(inspector))
    content = inspector.findChild(QScrollArea).widget()  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: content.height() >= content.layout().heightForWidth(content.width()))
    for part in (inspector.title, inspector.place, inspector.facts, inspector.strip):
        assert part.height() >= part.heightForWidth(part.width())
        assert part.mapTo(content, part.rect().bottomRight()).x() < content.width()
        assert content.width() <= inspector.width()


def test_facts_are_gathered_into_few_lines(engine: FakeEngine) -> None:
    plain = engine.details(named(engine, "red barn.jpg"))
    facts: dict[str, str | int | float] = {
        "format": "JPEG",
        "camera": "X-T5",
        "exposure": "1/250 s",
        "aperture": "f/8",
        "ISO": 160,
        "latitude": -33.856784,
        "longitude": 151.215297,
        "altitude": "12 m",
        "artist": "Someone",
    }
    asset = replace(plain.card.asset, taken=0.0)
    details = Details(
        replace(plain.card, asset=asset), "/p", "Photos", "a/b", facts, ("/copy.jpg",)
    )
    rows = dict(fact_rows(details))
    assert rows["Kind"] == "Picture · JPEG"
    assert rows["Exposure"] == "1/250 s · f/8 · ISO 160"
    assert rows["Place"] == "33.8568° S, 151.2153° E · 12 m"
    assert rows["Artist"] == "Someone"
    assert rows["Copies"] == "/copy.jpg"
    assert "Latitude" not in rows
    assert rows["Taken"].startswith("1 Jan 1970")
    assert folder_text(details) == "Photos / a / b"
    assert place_text({}) == ""
    assert date_text(0.0, of_camera=True) == rows["Taken"]
