"""A library that is watched, as the engine watches it: nobody asks for a run."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from assetman.core.progress import Phase
from assetman.core.queries import Query
from assetman.core.watching import WatchMode
from assetman.engine.service import EngineService
from kit.pictures import paint

PATIENCE = 60.0


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def found(service: EngineService) -> set[str]:
    cards = service.cards(service.search(Query("red", fold=False)).ids)
    return {card.asset.name for card in cards if card.thumbnail}


def test_a_watched_library_follows_its_folders_without_being_asked(
    service: EngineService, photos: Path
) -> None:
    everything = {path.name for path in photos.iterdir()}
    service.watch()
    root = service.add_root(str(photos))
    until(lambda: found(service) == everything)
    (watch,) = service.status().watches
    assert (watch.root_id, watch.mode, watch.reason) == (root.id, WatchMode.SYSTEM, "")
    paint(photos / "new" / "scarlet.png", "red", seed=9)
    until(lambda: found(service) == everything | {"scarlet.png"})
    os.replace(photos / "new" / "scarlet.png", photos / "ruby.png")
    until(lambda: found(service) == everything | {"ruby.png"})
    service.remove_root(root.id)
    until(lambda: service.status().watches == ())
    assert found(service) == set()
    paint(photos / "meanwhile.png", "red", seed=10)
    service.undo()
    until(lambda: found(service) == everything | {"ruby.png", "meanwhile.png"})
    assert service.status().missing == 0


def test_a_root_that_leaves_and_returns_is_told_to_the_window(
    service: EngineService, photos: Path
) -> None:
    service.watch()
    service.add_root(str(photos))
    until(lambda: len(found(service)) == 6)
    away = photos.with_name("away")
    photos.rename(away)
    until(lambda: not service.roots()[0].online)
    until(lambda: service.status().watches[0].mode is WatchMode.AWAY)
    assert service.status().watches[0].reason
    assert len(found(service)) == 6  # searchable, with thumbnails
    away.rename(photos)
    until(lambda: service.roots()[0].online)
    until(lambda: service.status().watches[0].mode is WatchMode.SYSTEM)


def test_a_paused_library_notes_what_happens_and_follows_when_it_goes_on(
    service: EngineService, photos: Path
) -> None:
    service.watch()
    service.add_root(str(photos))
    until(lambda: len(found(service)) == 6)
    until(lambda: service.progress().phase is Phase.IDLE)
    service.pause()
    paint(photos / "ruby.png", "red", seed=12)
    until(lambda: service.progress().phase is Phase.PAUSED)
    assert "ruby.png" not in found(service)
    service.resume()
    until(lambda: "ruby.png" in found(service))
