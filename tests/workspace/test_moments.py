"""The moments of a film, as a window asks the engine for them."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from assetman.core.errors import WrongUse
from assetman.core.moments import Moment
from assetman.core.queries import Query
from assetman.engine.codec import decode, encode
from assetman.engine.service import EngineService
from kit.colours import COLOURS
from tests.kit.films import Film, Scene, make_film

PATIENCE = 60.0
SCENES = ("red", "green", "blue", "yellow")


def view(colour: str, seed: int) -> np.ndarray:
    """Make a picture of a colour in which something is to be seen."""
    blocks = np.random.default_rng(seed).integers(-60, 60, (6, 8, 1)).repeat(20, 0).repeat(20, 1)
    return np.clip(blocks + np.array(COLOURS[colour]), 0, 255).astype(np.uint8)


@pytest.fixture
def reel(photos: Path) -> Film:
    scenes = [Scene(view(colour, seed), 2.0) for seed, colour in enumerate(SCENES)]
    return make_film(photos / "reel.mp4", scenes, size=(160, 120), rate=8, gop=8, rotation=90)


@pytest.fixture
def film(service: EngineService, photos: Path, reel: Film) -> int:
    """The film, indexed with the pictures beside it."""
    run = service.index([service.add_root(str(photos)).id])
    assert service._workspace.pipeline.wait(run, PATIENCE)
    assert service.failures() == []
    asset = service.asset_at(str(reel.path))
    assert asset is not None
    return asset


def colour_of(moment: Moment) -> str:
    """Name the colour that the picture of a moment has most of."""
    picture = moment.picture
    assert picture is not None
    with Image.open(picture.path) as sheet:
        right, bottom = picture.left + picture.width, picture.top + picture.height
        assert right <= sheet.width
        assert bottom <= sheet.height
        part = sheet.convert("RGB").crop((picture.left, picture.top, right, bottom))
    mean = np.asarray(part, float).mean(axis=(0, 1))
    return min(SCENES, key=lambda name: float(np.abs(mean - COLOURS[name]).sum()))


def test_moments_come_in_order_with_their_pictures(
    service: EngineService, film: int, reel: Film, photos: Path
) -> None:
    moments = service.moments(film)
    assert [colour_of(moment) for moment in moments] == list(SCENES)
    assert [moment.at for moment in moments] == sorted(moment.at for moment in moments)
    for moment, span in zip(moments, reel.spans, strict=True):
        assert span.start <= moment.at < span.end
        assert moment.start == pytest.approx(span.start, abs=0.3)
        assert moment.score is None
    picture = moments[0].picture
    assert picture is not None
    width, height = reel.size
    assert picture.width / picture.height == pytest.approx(width / height, abs=0.02)
    ids = [moment.segment_id for moment in moments]
    assert service.frames([ids[2], 99_999, ids[0]]) == [moments[2], moments[0]]
    still = service.asset_at(str(photos / "red.png"))
    assert still is not None
    assert service.moments(still) == []
    with pytest.raises(WrongUse):
        service.moments(99_999)


def test_with_a_question_moments_have_scores_and_the_best_is_the_hits(
    service: EngineService, film: int
) -> None:
    query = Query("green")
    (hit,) = [hit for hit in service.search(query).hits if hit.asset_id == film]
    moments = service.moments(film, query)
    best = max(moments, key=lambda moment: moment.score or 0.0)
    assert best.segment_id == hit.segment_id
    assert best.score == pytest.approx(hit.score, abs=1e-6)
    assert colour_of(best) == "green"
    assert decode(encode(moments, list[Moment]), list[Moment]) == moments
    assert best.picture is not None
    os.truncate(best.picture.path, os.path.getsize(best.picture.path) // 2)
    damaged = [moment.picture for moment in service.moments(film)]
    assert damaged == [None] * len(moments), "a sheet that is not whole is not shown"


def test_a_film_has_a_card_and_counts_like_a_picture(service: EngineService, film: int) -> None:
    (card,) = service.cards([film])
    assert card.thumbnail is not None
    with Image.open(card.thumbnail) as thumbnail:
        assert max(thumbnail.size) > 100
    assert card.asset.duration == pytest.approx(8.0, abs=0.2)
    status = service.status()
    assert status.assets == {"image": 6, "video": 1}
    assert status.segments == 6 + len(SCENES)
    assert status.embeddings == {"colours-1-p1-4": 6 + len(SCENES)}
