"""What is being saved is heard through the wire, and finished when the last window has gone."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assetman.core.errors import WrongUse
from assetman.core.exports import Export, ExportForm, ExportState
from assetman.core.progress import Phase
from assetman.engine.client import EngineClient, connect
from assetman.engine.endpoint import endpoints
from assetman.engine.protocol import Event
from kit.paper_engine import LIMIT, paper_command

Open = Callable[..., EngineClient]


def film_of(client: EngineClient, folder: Path) -> int:
    """Index a video and give its asset."""
    folder.mkdir()
    (folder / "frog pond.mp4").write_bytes(b"video")
    run = client.index([client.add_root(str(folder)).id])
    wait_for(lambda: client.progress().run >= run and client.progress().phase is Phase.IDLE)
    found = client.asset_at(str(folder / "frog pond.mp4"))
    assert found is not None
    return found


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_events_of_an_export_come_through_the_wire(client: EngineClient, tmp_path: Path) -> None:
    film = film_of(client, tmp_path / "videos")
    news: queue.SimpleQueue[Event] = queue.SimpleQueue()
    client.subscribe(news.put)
    target = tmp_path / "clip.mp4"
    begun = client.export(film, 1.0, 2.5, str(target), ExportForm.EXACT)
    while True:
        event = news.get(timeout=LIMIT)
        if isinstance(event, Export) and event.state is not ExportState.RUNNING:
            break
    assert (event.number, event.state) == (begun.number, ExportState.DONE)
    assert target.read_text() == "frog pond.mp4 1.0 2.5 exact"
    with pytest.raises(WrongUse, match="exists already"):
        client.export(film, 1.0, 2.5, str(target), ExportForm.QUICK)
    with pytest.raises(WrongUse, match="no export 9"):
        client.cancel_export(9)


def test_an_engine_that_is_saving_outlives_its_last_window(
    open_client: Open, library: Path, tmp_path: Path
) -> None:
    client = open_client()
    film = film_of(client, tmp_path / "videos")
    target = tmp_path / "slow.mp4"
    client.export(film, 1.0, 2.5, str(target), ExportForm.QUICK)
    client.close()
    other = tmp_path / "other"
    connect(other, command=paper_command).close()
    wait_for(lambda: not endpoints(other))  # an engine without work has ended by now
    assert endpoints(library)
    (library / "go").touch()
    wait_for(lambda: not endpoints(library))
    assert target.read_text() == "frog pond.mp4 1.0 2.5 quick"
