"""The real engine with the real built-in model: killed, it comes back and nothing is lost."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from assetman.core.errors import EnvironmentProblem
from assetman.core.progress import Phase, Progress
from assetman.core.queries import Example, Query
from assetman.engine.client import EngineClient, connect
from assetman.engine.endpoint import endpoints
from assetman.engine.protocol import EngineLost
from kit.pictures import paint

LIMIT = 100.0
PICTURES = 12

pytestmark = pytest.mark.timeout(300)


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < deadline, "what was waited for did not come"
        time.sleep(0.02)


def at_rest(client: EngineClient, run: int) -> bool:
    progress: Progress = client.progress()
    return progress.run >= run and progress.phase is Phase.IDLE


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for number in range(PICTURES):
        colour = ("red", "green", "blue")[number % 3]
        paint(tmp_path / "photos" / f"{colour} {number}.png", colour, number)
    return tmp_path / "photos"


def test_an_engine_killed_at_work_goes_on_where_it_was_and_does_nothing_twice(
    library: Path, photos: Path
) -> None:
    with connect(library) as client:
        root = client.add_root(str(photos))
        client.index([root.id])
        wait_for(lambda: client.status().segments)
        engine = psutil.Process(endpoints(library)[0].pid)
        workers = engine.children(recursive=True)
        os.kill(engine.pid, signal.SIGKILL)
        wait_for(lambda: client.lost)
        with pytest.raises(EngineLost):
            client.status()
        wait_for(lambda: not any(w.is_running() and w.status() != "zombie" for w in workers))

        client.reconnect()
        assert [known.path for known in client.roots()] == [root.path]
        run = client.index()
        wait_for(lambda: at_rest(client, run))
        status = client.status()
        assert status.assets == {"image": PICTURES}
        assert status.segments == PICTURES
        assert set(status.embeddings.values()) == {PICTURES}
        assert client.failures() == []
        assert client.check() == []
        like = Query(examples=(Example(path=str(photos / "red 0.png")),), limit=4, fold=False)
        found = client.cards(client.search(like).ids)
        assert sorted(card.asset.name.split()[0] for card in found) == ["red"] * 4
        last = psutil.Process(endpoints(library)[0].pid)
    last.wait(LIMIT)  # and it ends when nobody needs it any more
    assert endpoints(library) == []


def test_what_is_wrong_with_the_library_is_heard_through_the_engine(library: Path) -> None:
    (library / "settings.toml").write_text("colour = 'red'")
    with pytest.raises(EnvironmentProblem, match="there is no setting “colour”"):
        connect(library)
