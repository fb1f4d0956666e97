"""Sounds and soundtracks through the whole engine: one list, moments, passages, the command."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from assetman.cli.console import Console
from assetman.cli.main import run
from assetman.core.assets import PassageKind, SegmentKind
from assetman.core.moments import Moment
from assetman.core.queries import Query, Results
from assetman.engine.codec import decode, encode
from assetman.engine.service import EngineService
from kit.colours import COLOURS
from kit.films import Scene, make_film
from kit.pictures import paint
from kit.service import index, of_both_senses
from kit.sounds import joined, tone, write_sound
from kit.tones import TONES


@pytest.fixture(scope="module")
def things(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("things")
    for colour in ("red", "blue"):
        paint(folder / f"{colour}.png", colour)
    for name, pitch in TONES.items():
        write_sound(folder / f"{name}.wav", tone(pitch, 2), tags={"title": f"A {name} alone"})
    scenes = [Scene(np.full((90, 120, 3), COLOURS[c], np.uint8), 12.0) for c in ("red", "blue")]
    sound = joined(tone(TONES["hum"], 12), tone(TONES["whistle"], 12))
    make_film(folder / "film.mkv", scenes, size=(120, 90), rate=4, sound=sound)
    return folder


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, things: Path) -> Iterator[EngineService]:
    with of_both_senses(tmp_path_factory) as made:
        index(made, things)
        yield made
        made.close()


def test_pictures_sounds_and_moments_answer_one_question(
    service: EngineService, things: Path
) -> None:
    results = service.search(Query("blue whistle"))
    assert decode(encode(results, Results), Results) == results
    cards = {card.asset.id: card.asset.name for card in service.cards(results.ids)}
    found = [cards[hit.asset_id] for hit in results.hits]
    # The names of two say half of it, no name says a word of the film, which shows and sounds all.
    assert set(found[:3]) == {"blue.png", "whistle.wav", "film.mkv"}
    best = results.hits[found.index("film.mkv")]
    assert best.start is not None
    assert best.start >= 10
    assert any(name.endswith("of that moment") for name in best.reasons)
    assert results.searchable == results.total == 6


def test_the_moments_of_a_film_are_what_is_seen_and_what_is_heard(
    service: EngineService, things: Path
) -> None:
    film = service.asset_at(str(things / "film.mkv"))
    assert film is not None
    query = Query("whistle")
    moments = service.moments(film, query)
    assert decode(encode(moments, list[Moment]), list[Moment]) == moments
    heard = [moment for moment in moments if moment.kind is SegmentKind.WINDOW]
    seen = [moment for moment in moments if moment.kind is SegmentKind.SHOT]
    assert moments == seen + heard
    assert [moment.start for moment in heard] == [0.0, 5.0, 10.0, 15.0]
    assert all(moment.picture in {each.picture for each in seen} for moment in heard)
    (hit,) = [hit for hit in service.search(query).hits if hit.asset_id == film]
    best = max(moments, key=lambda moment: moment.score or 0.0)
    assert (best.segment_id, best.score) == (hit.segment_id, pytest.approx(hit.score, abs=1e-6))
    ids = [moment.segment_id for moment in moments]
    unscored = [(each.segment_id, each.picture) for each in service.frames(ids)]
    assert unscored == [(each.segment_id, each.picture) for each in moments]


def test_the_moments_and_passages_of_a_sound(service: EngineService, things: Path) -> None:
    hum = service.asset_at(str(things / "hum.wav"))
    assert hum is not None
    (window,) = service.moments(hum, Query("hum"))
    assert (window.kind, window.picture) == (SegmentKind.WINDOW, None)
    assert (window.start, window.end) == (0.0, pytest.approx(2.0, abs=0.01))
    kinds = {passage.kind for passage in service.passages(hum)}
    assert kinds == {PassageKind.DESCRIPTION}
    (hit,) = [hit for hit in service.search(Query("alone hum")).hits if hit.asset_id == hum]
    assert hit.reasons["written"] > 0


def test_the_command_says_when_it_is_heard(service: EngineService, things: Path) -> None:
    def said(*argv: str) -> str:
        out = io.StringIO()
        console = Console(out, io.StringIO(), io.BytesIO())
        folder = service._workspace.folder
        assert run(["--library", str(folder), *argv], console, lambda _: Lent(service)) == 0
        return out.getvalue()

    class Lent:
        """The same engine, which a command does not close."""

        def __init__(self, engine: EngineService) -> None:
            self._engine = engine

        def __getattr__(self, name: str) -> object:
            return getattr(self._engine, name)

        def close(self) -> None:
            pass

    lines = said("search", "whistle", "type:video").splitlines()
    assert len(lines) == 1
    assert "film.mkv  heard at 0:1" in lines[0]
    (hit,) = json.loads(said("search", "hum", "type:sound", "--limit", "1", "--json"))["hits"]
    assert (hit["path"], hit["start"]) == (str(things / "hum.wav"), 0.0)
    film = str(things / "film.mkv")
    marked = said("similar", film, "--from", "0:15", "--to", "0:20", "--type", "audio")
    assert "whistle.wav" in marked.splitlines()[0]
    assert "hum.wav" in said("similar", film, "--from", "3", "--type", "audio").splitlines()[0]
