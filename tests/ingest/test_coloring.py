"""The colours of files: known as soon as they are read, and of old libraries afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from assetman.core.changes import Changes
from assetman.core.conditions import Key, Test
from assetman.core.errors import Cancelled
from assetman.core.progress import CancelToken
from assetman.ingest.coloring import ColorPass
from assetman.ingest.speech import Turn
from kit.bench import Bench
from kit.colours import COLOURS
from kit.pictures import paint

RED, BLUE = (f"#{bytes(COLOURS[name]).hex()}" for name in ("red", "blue"))


def colored(bench: Bench, color: str) -> set[str]:
    ids = bench.library.assets.ids(Test(Key.COLOR, color))
    return {asset.name for asset in bench.library.assets.get(ids)}


def as_before_colors_were_known(bench: Bench) -> None:
    database = bench.library._database
    with database.writing():
        database.execute("DELETE FROM colors")
        database.execute("UPDATE contents SET colored = 0")


def look(bench: Bench, token: CancelToken | None = None) -> list[Changes]:
    told: list[Changes] = []
    token = token or CancelToken()
    turn = Turn(token, CancelToken.check, lambda: False, tuple)
    ColorPass(bench.library, bench.thumbnails, told.append).run(turn)
    return told


@pytest.fixture
def painted(bench: Bench, photos: Path) -> Bench:
    paint(photos / "red.png", "red")
    paint(photos / "blue.png", "blue")
    bench.add(photos)
    bench.index()
    return bench


def test_a_picture_is_found_by_its_colour_when_it_was_read(painted: Bench) -> None:
    assert colored(painted, RED) == {"red.png"}
    assert colored(painted, BLUE) == {"blue.png"}
    assert colored(painted, "#ffff00") == set()
    assert look(painted) == []


def test_an_old_library_gets_its_colours_from_its_thumbnails(painted: Bench, photos: Path) -> None:
    as_before_colors_were_known(painted)
    (photos / "red.png").unlink()  # its drive may be away
    (told,) = look(painted)
    assert len(told.assets_changed) == 2
    assert colored(painted, RED) == {"red.png"}
    assert look(painted) == []


def test_what_was_stopped_is_gone_on_with_and_a_lost_thumbnail_holds_up_nothing(
    painted: Bench,
) -> None:
    as_before_colors_were_known(painted)
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        look(painted, token)
    red = painted.assets()["red.png"]
    painted.thumbnails.path_of(red.fingerprint).unlink()
    look(painted)
    assert colored(painted, BLUE) == {"blue.png"}
    assert colored(painted, RED) == set()
