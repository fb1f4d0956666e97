"""Text in pictures and films: read when that is on, and found by its words."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from assetman.core.assets import Box, PassageKind
from assetman.core.conditions import Key, Test
from assetman.core.lettering import ReadLine
from assetman.core.queries import Query, Sense
from assetman.embedding import text_reader
from assetman.engine.service import EngineService
from assetman.ingest.lettering import blocks_of, unpadded
from kit.films import Scene, make_film

from .conftest import Open

PATIENCE = 100.0


@pytest.fixture(scope="module", autouse=True)
def loaded_once() -> Iterator[None]:
    """Let every library of this module read with the same real model, loaded once.

    On one core: threads of a model that wait for each other take more than such small pictures do.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_reader, "cores", lambda: 1)
        patch.setattr(text_reader, "_loaded", cache(text_reader._loaded))
        yield


def letter(path: Path, *lines: str, size: tuple[int, int] = (480, 240), left: int = 30) -> Path:
    """Paint a picture with lines of text in it."""
    picture = Image.new("RGB", size, "white")
    brush, font = ImageDraw.Draw(picture), ImageFont.load_default(36)
    for number, line in enumerate(lines):
        brush.text((left, 40 + 44 * number), line, fill="black", font=font)
    path.parent.mkdir(exist_ok=True)
    picture.save(path)
    return path


def work(service: EngineService, run: int) -> None:
    assert service._workspace.pipeline.wait(run, PATIENCE)
    assert service.progress().problem == ""


def add(service: EngineService, folder: Path) -> None:
    work(service, service.index([service.add_root(str(folder)).id]))


def with_text(service: EngineService, words: str) -> list[int]:
    return list(service._library.assets.ids(Test(Key.TEXT, words)))


def test_text_in_a_picture_is_read_when_that_is_on_and_found_where_it_stands(
    service: EngineService, tmp_path: Path
) -> None:
    sale = letter(tmp_path / "signs" / "a.png", "Summer Sale", "every Monday")
    letter(tmp_path / "signs" / "b.png", "Closed")
    Image.new("RGB", (300, 200), "green").save(tmp_path / "signs" / "c.png")
    add(service, sale.parent)
    assert service.text_reading().on is False
    assert with_text(service, "summer") == []
    assert "switched on" in service.search(Query("text:summer")).notes[0]
    work(service, service.read_text(True))
    reading = service.text_reading()
    assert (reading.on, reading.pending, reading.read) == (True, 0, 2)
    asset = service.asset_at(str(sale))
    assert asset is not None
    assert with_text(service, "sale every mon") == [asset]
    assert service.search(Query("text:summer")).ids == (asset,)
    (passage,) = service.passages(asset)
    assert passage.kind is PassageKind.TEXT
    assert passage.text.lower() == "summer sale\nevery monday"
    assert passage.box is not None
    assert (passage.box.left, passage.box.top) == pytest.approx((30 / 480, 46 / 240), abs=0.05)
    found = service._library.fulltext.of_words("monday")
    (quotation,) = service._library.fulltext.quotations("monday", found)[asset]
    assert quotation.box == passage.box
    (hit,) = (each for each in service.search(Query("monday")).hits if each.asset_id == asset)
    assert [each.box for each in hit.evidence if each.kind is Sense.TEXT] == [passage.box]

    before = service._library.journal.sequence()
    work(service, service.index())
    assert service._library.journal.sequence() == before, "nothing is read twice"
    work(service, service.read_text(False))
    assert with_text(service, "summer") == [asset], "what was read stays"


def test_what_was_not_stored_is_read_again_after_a_stop(open_service: Open, tmp_path: Path) -> None:
    sign = letter(tmp_path / "signs" / "a.png", "Summer Sale")
    first = open_service()
    first.use_model("colours")
    add(first, sign.parent)
    first.read_text(True)
    first.close()  # in the midst of it, or before
    second = open_service()
    assert second.text_reading().on
    work(second, second.index())
    assert with_text(second, "summer sale") == [second.asset_at(str(sign))]


def test_text_in_a_film_is_found_while_it_is_shown(service: EngineService, tmp_path: Path) -> None:
    card = letter(tmp_path / "card.png", "Chapter seven")
    scenes = [Scene("blue", 2), Scene(card, 2)]
    film = make_film(tmp_path / "films" / "a.mp4", scenes, size=(480, 240), rate=5)
    add(service, film.path.parent)
    work(service, service.read_text(True))
    asset = service.asset_at(str(film.path))
    assert asset is not None
    (passage,) = [p for p in service.passages(asset) if p.kind is PassageKind.TEXT]
    assert passage.text.lower() == "chapter seven"
    assert (passage.start, passage.end) == pytest.approx((2.0, 4.0), abs=0.5)
    (hit,) = service.search(Query('text:"chapter seven"')).hits
    assert (hit.asset_id, hit.start, hit.end) == (asset, passage.start, passage.end)


def test_lines_next_to_each_other_are_one_text() -> None:
    def line(text: str, left: float, top: float, height: float = 0.1) -> ReadLine:
        return ReadLine(text, Box(left, top, 0.3, height), 0.9)

    lines = [
        line("below", 0.1, 0.22),
        line("first", 0.1, 0.1),
        line("beside", 0.45, 0.11),
        line("far away", 0.1, 0.8),
        line("HUGE", 0.1, 0.33, 0.4),
    ]
    assert [text for text, _ in blocks_of(lines)] == ["first beside\nbelow", "HUGE", "far away"]
    assert blocks_of(lines)[0][1].left == pytest.approx(0.1)


@pytest.mark.parametrize("size", [(320, 160), (160, 320), (320, 320)])
def test_padding_is_cut_off_again(size: tuple[int, int]) -> None:
    width, height = size
    square = np.zeros((320, 320, 3), np.uint8)
    top, left = (320 - height) // 2, (320 - width) // 2
    square[top : top + height, left : left + width] = 255
    assert unpadded(square, 2 * width, 2 * height).shape == (height, width, 3)
    assert (unpadded(square, 2 * width, 2 * height) == 255).all()
