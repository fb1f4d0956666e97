"""What tests that do harm to a library share: engines to kill, and all that a library holds."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import psutil

from assetman.core.assets import SegmentDraft, SegmentKind
from assetman.core.inputs import Modality
from assetman.core.progress import Phase
from assetman.engine.client import EngineClient
from assetman.engine.endpoint import endpoints
from assetman.indexes import Source
from assetman.library.library import Library
from assetman.library.spaces import StoredSpace
from assetman.media.thumbnails import ThumbnailCache
from assetman.vectors.store import VectorStore
from kit.colours import publish
from kit.pictures import paint
from kit.tones import publish_tones

CHECKOUT = Path(__file__).parents[2]
LIMIT = 100.0  # seconds for anything that is waited for
COLOURS = ("red", "green", "blue", "yellow", "cyan")

File = tuple[str, str, int, tuple[SegmentDraft, ...], bytes]


@dataclass
class Holding:
    """All that matters of a library, without the numbers that chance gives."""

    files: list[File] = field(default_factory=list)  # path, fingerprint, size, segments, vectors
    failures: list[tuple[str, str]] = field(default_factory=list)
    ratings: dict[str, int] = field(default_factory=dict)
    tags: dict[str, tuple[str, ...]] = field(default_factory=dict)


def paths_of_python(folder: Path) -> str:
    """Give a PYTHONPATH with which every process finds models that need no network."""
    publish_tones(folder)
    return os.pathsep.join([str(publish(folder)), str(CHECKOUT / "tests"), str(CHECKOUT)])


def paint_many(folder: Path, pictures: int) -> Path:
    """Paint pictures in folders, copies and a torn one among them."""
    for number in range(pictures):
        colour = COLOURS[number % len(COLOURS)]
        paint(folder / f"{number % 7}" / f"{colour} {number}.png", colour, number)
    for number in range(0, pictures, 10):
        shutil.copy(folder / f"{number % 7}" / f"red {number}.png", folder / f"copy {number}.png")
    (folder / "torn.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    return folder


def wait_for(condition: Callable[[], object]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < deadline, "what was waited for did not come"
        time.sleep(0.005)


def finish(client: EngineClient) -> None:
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
    """Name the engine of a library and every process below it."""
    engine = psutil.Process(endpoints(library)[0].pid)
    return [engine, *engine.children(recursive=True)]


def kill(processes: Sequence[psutil.Process]) -> None:
    """Kill processes as the system does that runs out of memory."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGKILL)
    psutil.wait_procs(processes, 20)


def kill_engines_of(library: Path) -> None:
    """End whatever still runs for a library after a test."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if str(library) in process.cmdline():
                process.kill()


def assetman(
    library: Path, *argv: str, env: Mapping[str, str] | None = None, before: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """Run a command from start to end; `env` is added to the environment."""
    return subprocess.run(
        [*before, sys.executable, "-m", "assetman", "--library", str(library), *argv],
        capture_output=True,
        text=True,
        cwd=CHECKOUT,
        timeout=LIMIT,
        env={**os.environ, **(env or {})},
    )


def assert_nothing_derived_is_lost(library: Library, thumbnails: ThumbnailCache) -> None:
    """Look for the small pictures of all frames of all films, and the outlines of all sounds."""
    sheets, outlined = library.segments.sheets(), library.contents.outlined()
    for content_id, key, pictured in library.contents.extracted():
        assert not pictured or thumbnails.whole(key, sheets.get(content_id, 0))
        outlines, _ = outlined.get(content_id, (0, 0))
        assert all(thumbnails.whole_outline(key, part) for part in range(outlines))


def modality_of(draft: SegmentDraft) -> Modality:
    """Say of which spaces the embeddings of a segment are."""
    return Modality.SOUND if draft.kind is SegmentKind.WINDOW else Modality.IMAGE


def holding(folder: Path) -> Holding:
    """Say all that a closed library holds; it is sound, and its index equals it."""
    with closing(sqlite3.connect(folder / "library.sqlite")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    with Library.open(folder) as library:
        assert library.check() == []
        spaces = [library.spaces.active(each) for each in (Modality.IMAGE, Modality.SOUND)]
        found = Holding()
        for asset in library.assets.get(library.assets.ids()):
            segments = library.segments.of_asset(asset.id)
            drafts = tuple(each.draft for each in segments)
            vectors = b""
            for space in filter(None, spaces):
                its = [x.id for x in segments if modality_of(x.draft) is space.modality]
                ids, rows = library.embeddings.read(space.id, its)
                assert len(ids) == len(its)
                vectors += rows.tobytes()
            row = (asset.path, asset.fingerprint, asset.size, drafts, vectors)
            found.files.append(row)
            if asset.rating:
                found.ratings[asset.path] = asset.rating
            if asset.tags:
                found.tags[asset.path] = tuple(asset.tags)
        found.files.sort()
        assert len({row[0] for row in found.files}) == len(found.files), "an asset is there twice"
        found.failures = sorted((each.path, each.message) for each in library.failures.all())
        drafts_of = {row[1]: row[3] for row in found.files}  # copies share theirs
        assert library.segments.count() == sum(map(len, drafts_of.values()))
        assert_nothing_derived_is_lost(library, ThumbnailCache(folder / "thumbnails"))
        for space in filter(None, spaces):
            count = sum(
                modality_of(draft) is space.modality
                for drafts in drafts_of.values()
                for draft in drafts
            )
            assert_index_equals(library, folder, space, count)
    return found


def assert_index_equals(library: Library, folder: Path, space: StoredSpace, count: int) -> None:
    """Hold the index of a space to what the catalogue has, so many vectors."""
    source = Source(library.embeddings, space.id)
    token = library.recall("library") or ""
    store = VectorStore(folder / "vectors" / space.space.key, space.space.dimension, source, token)
    try:
        store.catch_up()
        ids, vectors = store.vectors_of(source.ids())
        assert len(store) == len(ids) == count
        _, stored = library.embeddings.read(space.id, ids.tolist())
        assert np.allclose(vectors, stored, atol=2e-3)
    finally:
        store.close()
