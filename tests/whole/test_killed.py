"""An engine killed at any moment, and a power cut: the library opens and nothing is lost.

`ASSETMAN_KILLS=30 pytest tests/whole/test_killed.py` takes a larger dose; the moments are
drawn from `ASSETMAN_SEED`.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import psutil
import pytest

from assetman.core.assets import Box
from assetman.core.progress import Phase
from assetman.core.queries import Query
from assetman.engine.client import EngineClient, connect
from assetman.engine.endpoint import endpoints
from assetman.indexes import Source
from assetman.library.library import Library
from assetman.vectors.store import VectorStore
from kit.pictures import paint

KILLS = int(os.environ.get("ASSETMAN_KILLS", "2"))
SEED = int(os.environ.get("ASSETMAN_SEED", "1"))
PICTURES = 120
COLOURS = ("red", "green", "blue", "yellow", "cyan")

pytestmark = pytest.mark.timeout(120 + 60 * KILLS)
Wait = Callable[[Callable[[], object]], None]
Row = tuple[str, str, int, tuple[tuple[str, Box | None], ...], bytes]


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Pictures in folders, copies and a torn one among them."""
    folder = tmp_path / "pictures"
    for number in range(PICTURES):
        colour = COLOURS[number % len(COLOURS)]
        paint(folder / f"{number % 7}" / f"{colour} {number}.png", colour, number)
    for number in range(0, PICTURES, 10):
        shutil.copy(folder / f"{number % 7}" / f"red {number}.png", folder / f"copy {number}.png")
    (folder / "torn.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    return folder


def finish(client: EngineClient, wait_for: Wait) -> None:
    """Bring the library up to date, as a window does that has connected."""
    run = client.index()
    wait_for(lambda: client.progress().run >= run and client.progress().phase is Phase.IDLE)
    assert client.progress().problem == ""


def end(client: EngineClient, library: Path) -> None:
    """Leave the engine and see it end."""
    engine = psutil.Process(endpoints(library)[0].pid)
    client.close()
    engine.terminate()
    engine.wait(60)


def family(library: Path) -> list[psutil.Process]:
    engine = psutil.Process(endpoints(library)[0].pid)
    return [engine, *engine.children(recursive=True)]


def kill(processes: Sequence[psutil.Process]) -> None:
    for process in processes:
        if process.is_running():
            process.send_signal(signal.SIGKILL)
    psutil.wait_procs(processes, 20)


def catalogue(library: Path) -> list[Row]:
    """Say all that matters of a closed library, and hold its index against it."""
    held = Library.open(library)
    try:
        assert held.check() == []
        space = held.spaces.active()
        assert space is not None
        assert space.space.model == "colours"
        rows = []
        for asset in held.assets.get(held.assets.ids()):
            segments = held.segments.of_asset(asset.id)
            ids, vectors = held.embeddings.read(space.id, [each.id for each in segments])
            assert len(ids) == len(segments)
            drafts = tuple((each.kind.value, each.box) for each in segments)
            rows.append((asset.path, asset.fingerprint, asset.size, drafts, vectors.tobytes()))
        rows += [(each.path, each.message, 0, (), b"") for each in held.failures.all()]
        assert held.segments.count() == len({row[1] for row in rows if row[3]})
        source = Source(held.embeddings, space.id)
        store = VectorStore(library / "vectors" / space.space.key, space.space.dimension, source)
        store.catch_up()
        ids, vectors = store.vectors_of(source.ids())
        assert len(store) == len(ids) == held.segments.count()
        _, stored = held.embeddings.read(space.id, ids.tolist())
        assert np.allclose(vectors, stored, atol=2e-3)
        store.close()
        return sorted(rows)
    finally:
        held.close()


@pytest.fixture
def undisturbed(tmp_path: Path, pictures: Path, wait_for: Wait) -> list[Row]:
    """What a run gives that nobody disturbs."""
    calm = tmp_path / "calm"
    client = connect(calm)
    client.use_model("colours")
    client.add_root(str(pictures))
    finish(client, wait_for)
    end(client, calm)
    return catalogue(calm)


def test_killed_at_any_moment_it_goes_on_and_ends_as_if_nothing_had_been(
    library: Path, pictures: Path, undisturbed: list[Row], wait_for: Wait
) -> None:
    assert len(undisturbed) == PICTURES + PICTURES // 10 + 2  # the torn one, and its failure
    chance = random.Random(SEED)
    for time in range(KILLS):
        shutil.rmtree(library, ignore_errors=True)
        client = connect(library)
        client.use_model("colours")
        client.add_root(str(pictures))
        client.index()
        threading.Event().wait(chance.uniform(0, 1.2))
        seen = client.status().segments
        kill(family(library))
        client.close()
        held = Library.open(library)
        assert held.check() == [], f"kill {time}"
        assert held.segments.count() >= seen
        held.close()
        client = connect(library)
        finish(client, wait_for)
        assert len(client.search(Query("red", limit=None)).hits) == PICTURES + PICTURES // 10
        end(client, library)
        assert catalogue(library) == undisturbed, f"kill {time}"


def test_a_log_cut_short_by_a_power_cut_loses_at_most_what_was_written_last(
    library: Path, pictures: Path, undisturbed: list[Row], tmp_path: Path, wait_for: Wait
) -> None:
    client = connect(library)
    client.use_model("colours")
    client.add_root(str(pictures))
    finish(client, wait_for)
    kill(family(library))
    client.close()
    log = (library / "library.sqlite-wal").read_bytes()
    assert log
    chance = random.Random(SEED)
    for cut in range(max(2, KILLS // 3)):
        copy = tmp_path / f"cut {cut}"
        shutil.copytree(library, copy, ignore=shutil.ignore_patterns("*-shm", "engine.json"))
        torn = log[: chance.randrange(len(log))] + chance.randbytes(chance.randrange(9000))
        (copy / "library.sqlite-wal").write_bytes(torn)
        client = connect(copy)
        if not client.roots():  # cut before it was added
            client.use_model("colours")
            client.add_root(str(pictures))
        finish(client, wait_for)
        end(client, copy)
        assert catalogue(copy) == undisturbed, f"cut {cut}"
