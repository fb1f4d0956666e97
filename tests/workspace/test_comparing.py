"""Looking for copies is work in the background: it is shown, held, stopped, and taken up again."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import ImageOps

from assetman.comparing import Comparing
from assetman.core.duplicates import Likeness
from assetman.core.progress import CancelToken, Phase
from assetman.engine.service import EngineService
from assetman.ingest.speech import Turn
from assetman.ingest.tally import Tally
from assetman.library.library import Library
from assetman.media.picture_marks import Marks, marks_of
from assetman.media.picture_matching import Sight
from assetman.near_pictures import NearPictures
from assetman.search.duplicates import duplicate_groups
from assetman.search.proposing import beyond_chance
from assetman.vectors.derived import DerivedVectors
from kit.bench import Bench
from kit.scenes import scene
from kit.service import PATIENCE

PAIRS = 3
NOW = Turn(CancelToken(), CancelToken.check, lambda: False, tuple)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Pictures, each with a smaller copy of it mirrored."""
    folder = tmp_path / "pairs"
    folder.mkdir()
    for seed in range(PAIRS):
        scene(seed, (200, 150)).save(folder / f"{seed}.png")
        ImageOps.mirror(scene(seed, (200, 150))).resize((160, 120)).save(folder / f"{seed}.jpg")
    return folder


class Held:
    """Makes marks, the first when it is let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.go, self.more = threading.Event(), threading.Event(), threading.Event()
        monkeypatch.setattr("assetman.comparing.marks_of", self.marks)

    def marks(self, sight: Sight) -> Marks:
        if self.begun.is_set():
            self.more.set()
        self.begun.set()
        assert self.go.wait(PATIENCE)
        return marks_of(sight)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    made = Held(monkeypatch)
    yield made
    made.go.set()


def test_looking_for_copies_is_shown_and_can_be_held(
    service: EngineService, folder: Path, held: Held
) -> None:
    run = service.index([service.add_root(str(folder)).id])
    assert held.begun.wait(PATIENCE)
    progress = service.progress()
    assert (progress.phase, progress.total - progress.done) == (Phase.COMPARING, 2 * PAIRS)
    service.pause()
    held.go.set()
    assert service.progress().phase is Phase.PAUSED
    assert not held.more.wait(0.3), "the next picture is not looked at"
    service.resume()
    assert service._workspace.pipeline.wait(run, PATIENCE)
    assert len(service.duplicates(Likeness.NEAR)) == PAIRS


def test_looking_for_copies_can_be_stopped_and_goes_on_with_the_next_run(
    service: EngineService, folder: Path, held: Held
) -> None:
    run = service.index([service.add_root(str(folder)).id])
    assert held.begun.wait(PATIENCE)
    service.stop()
    held.go.set()
    assert service._workspace.pipeline.wait(run, PATIENCE)
    looks = service._workspace.library.looks
    assert (service.progress().phase, looks.count_due()) == (Phase.IDLE, 2 * PAIRS)
    assert service._workspace.pipeline.wait(service.index(), PATIENCE)
    assert looks.count_due() == 0
    assert len(service.duplicates(Likeness.NEAR)) == PAIRS


KILLED = """
import os, sys
from pathlib import Path
from assetman import comparing
from assetman.core.progress import CancelToken
from assetman.ingest.speech import Turn
from assetman.ingest.tally import Tally
from assetman.library.library import Library
from assetman.media.thumbnails import ThumbnailCache

folder = Path(sys.argv[1])
library = Library.open(folder)
keep, kept = library.looks.keep, []

def dying(*given):
    kept.append(given)
    if len(kept) == 4:
        os.kill(os.getpid(), int(sys.argv[2]))
    keep(*given)

library.looks.keep = dying
comparing._AT_ONCE = 2
turn = Turn(CancelToken(), CancelToken.check, lambda: False, tuple)
made = comparing.Comparing(library, ThumbnailCache(folder / "thumbnails"), lambda changes: None)
made.run(Tally(1), turn)
"""


def test_looking_for_copies_that_was_killed_goes_on_where_it_was(
    tmp_path: Path, folder: Path
) -> None:
    bench = Bench(tmp_path / "library")
    bench.add(folder)
    bench.index()
    bench.close()
    number = str(int(getattr(signal, "SIGKILL", signal.SIGTERM)))
    killed = [sys.executable, "-c", KILLED, str(bench.folder), number]
    ended = subprocess.run(killed, check=False, capture_output=True, text=True)
    assert ended.returncode not in (0, 1), ended.stderr
    library = Library.open(bench.folder)
    try:
        assert library.looks.count_due() == 2 * PAIRS - 2
        compared: list[int] = []

        def near(content_id: int) -> list[int]:
            compared.append(content_id)
            return []

        Comparing(library, bench.thumbnails, bench.changes.append, near).run(Tally(1), NOW)
        assert len(compared) == 2 * PAIRS - 2, "what was compared is not compared again"
        assert len(duplicate_groups(library, Likeness.NEAR)) == PAIRS
    finally:
        library.close()


def unit(rows: np.ndarray) -> np.ndarray:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def test_a_vector_is_near_where_chance_would_bring_none_so_near(tmp_path: Path) -> None:
    chance = np.random.default_rng(1)
    strangers = unit(chance.standard_normal((500, 64)))
    strangers[7] = unit(strangers[3:4] + 0.3 * unit(chance.standard_normal((1, 64))))[0]
    store = DerivedVectors(tmp_path / "vectors", 64, "")
    store.add(np.arange(500), strangers)
    assert beyond_chance(store, strangers[3], [3]) == [7]
    alone = [len(beyond_chance(store, strangers[n], [n])) for n in range(20, 120)]
    assert sum(alone) < 200, "about one of all the strangers is as near as the farthest by chance"


def test_what_a_model_takes_for_near_is_looked_at_and_decided_by_what_is_shown(
    service: EngineService, folder: Path
) -> None:
    """Marks that say nothing propose nothing: what is found is found by the model alone."""
    workspace = service._workspace
    library = workspace.library
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("assetman.search.proposing._BITS_APART", -1)
        patch.setattr("assetman.search.proposing._LEAST_WORDS", 1000)
        patch.setattr("assetman.search.proposing._MOST_BY_MEANING", 0)
        run = service.index([service.add_root(str(folder)).id])
        assert workspace.pipeline.wait(run, PATIENCE)
        assert service.duplicates(Likeness.NEAR) == []
        ids = {library.contents.of_asset(asset).id: asset for asset in range(1, 2 * PAIRS + 1)}
        near = NearPictures(library, workspace.store_of).of
        assert all(near(content) == [] for content in ids)
        library.looks.renew(-1)
        Comparing(library, workspace.thumbnails, workspace.publish, lambda it: list(ids)).run(
            Tally(1), NOW
        )
    assert len(service.duplicates(Likeness.NEAR)) == PAIRS
    assert {own for content in ids for own in near(content)} <= set(ids)
