"""A catalogue that goes bad while it is used: the engine ends, and the next one mends it."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from assetman.core.errors import AssetmanError
from assetman.core.progress import Phase
from assetman.core.queries import Query
from assetman.engine.client import EngineClient, connect
from assetman.engine.endpoint import endpoints
from kit.pictures import paint
from kit.terminal import Run

PAGE = 8192
LIMIT = 60.0
Wait = Callable[[Callable[[], object]], None]

pytestmark = pytest.mark.timeout(180)


def end(client: EngineClient, library: Path) -> None:
    engine = psutil.Process(endpoints(library)[0].pid)
    client.close()
    engine.terminate()
    engine.wait(LIMIT)


@pytest.fixture
def filled(library: Path, tmp_path: Path, wait_for: Wait) -> Path:
    """A library with everything in it tagged."""
    for number in range(40):
        paint(tmp_path / "photos" / f"{number}.png", "red", number)
    client = connect(library)
    client.use_model("colours")
    client.add_root(str(tmp_path / "photos"))
    run = client.index()
    wait_for(lambda: client.progress().run >= run and client.progress().phase is Phase.IDLE)
    client.tag(list(client.search(Query()).ids), ["mine"])
    end(client, library)
    return library


def damage(library: Path) -> None:
    """Overwrite every third page beyond those of the folders, as a dying disk does."""
    chance = random.Random(1)
    with (library / "library.sqlite").open("r+b") as file:
        pages = file.seek(0, 2) // PAGE
        assert pages > 12
        for page in range(7, pages, 3):
            file.seek(page * PAGE)
            file.write(chance.randbytes(PAGE))


@pytest.mark.logs("the engine|a bug|damaged")
def test_damage_met_at_work_ends_the_engine_and_the_next_one_has_it_mended(
    filled: Path, assetman: Run, wait_for: Wait
) -> None:
    with connect(filled, again=True) as client:
        back = threading.Event()
        client.on_back(back.set)
        first = psutil.Process(endpoints(filled)[0].pid)
        assert len(client.search(Query()).ids) == 40
        damage(filled)
        with suppress(AssetmanError):
            assert client.check() != []
        first.wait(LIMIT)
        assert back.wait(LIMIT)
        assert "damaged" in (filled / "engine.log").read_text()
        status = client.status()
        assert "damaged" in status.notices[0]
        assert len(client.roots()) == 1
        assert client.check() == []
        said = assetman("tags")
        assert status.notices[0] in said.err
        run = client.index()
        wait_for(lambda: client.progress().run >= run and client.progress().phase is Phase.IDLE)
        assert sum(client.status().assets.values()) == 40
        assert len(client.search(Query("red", limit=None, fold=False)).hits) == 40
        assert assetman("status", "--dismiss").status == 0
        assert status.notices[0] not in assetman("tags").err
        engine = psutil.Process(endpoints(filled)[0].pid)
    engine.terminate()
    engine.wait(LIMIT)
