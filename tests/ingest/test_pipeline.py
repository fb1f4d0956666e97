"""The pipeline as it runs behind the window: in threads, with real decoder processes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assetman.core.errors import EnvironmentProblem
from assetman.core.progress import Phase, Progress
from assetman.ingest.pipeline import Pipeline
from assetman.ingest.stages import Target
from assetman.media.workers import DecodePool
from kit.bench import LIMITS, Bench
from kit.colours import SPEC, ColourEncoder
from kit.pictures import paint

PATIENCE = 60.0  # seconds; far more than anything here takes


class Live:
    """A pipeline in the background, and what it said."""

    def __init__(self, bench: Bench, decoder: DecodePool) -> None:
        self.bench = bench
        self.heard: list[Progress] = []
        self._news = threading.Condition()
        bench.tools = replace(bench.tools, decoder=decoder, decoders=2)
        self.pipeline = Pipeline(bench.tools, bench.plan, self._hear)

    def _hear(self, progress: Progress) -> None:
        with self._news:
            self.heard.append(progress)
            self._news.notify_all()

    def until(self, true: Callable[[], bool]) -> None:
        """Wait until something is true; it is looked at whenever there is news."""
        with self._news:
            for _ in range(int(PATIENCE / 0.05)):
                if true():
                    return
                self._news.wait(0.05)
        pytest.fail("waited in vain")

    def finish(self, run: int) -> Progress:
        assert self.pipeline.wait(run, PATIENCE)
        return self.pipeline.progress()


@pytest.fixture(scope="module")
def decoder() -> Iterator[DecodePool]:
    pool = DecodePool(2, LIMITS, 128)
    yield pool
    pool.close()


@pytest.fixture
def live(bench: Bench, decoder: DecodePool) -> Iterator[Live]:
    made = Live(bench, decoder)
    yield made
    made.pipeline.close()


class Slow(ColourEncoder):
    """Waits before each batch until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.reached = threading.Event()
        self.released = threading.Event()

    def images(self, name: str, pixels: np.ndarray) -> np.ndarray:
        self.reached.set()
        assert self.released.wait(PATIENCE)
        return super().images(name, pixels)


def fill(photos: Path, number: int, colour: str = "red") -> None:
    for seed in range(number):
        paint(photos / f"{colour}{seed}.png", colour, seed)


def slowed(live: Live) -> Slow:
    encoder = Slow()
    live.bench.tools = replace(live.bench.tools, encoder=encoder)
    live.pipeline = Pipeline(live.bench.tools, live.bench.plan, live._hear)
    return encoder


def test_a_run_ends_with_everything_searchable_and_a_true_account(live: Live, photos: Path) -> None:
    fill(photos, 60)
    (photos / "broken.png").write_bytes(b"broken")
    root = live.bench.add(photos)
    last = live.finish(live.pipeline.start([root.id]))
    assert last.phase is Phase.IDLE
    assert not last.problem
    assert (last.counts.added, last.counts.embedded, last.counts.failed) == (61, 60, 1)
    assert (last.done, last.total, last.failed) == (61, 61, 1)
    assert live.bench.embeddings() == 60
    assert all(progress.done <= max(progress.total, progress.done) for progress in live.heard)


def test_what_is_asked_during_a_run_joins_it(live: Live, photos: Path, tmp_path: Path) -> None:
    encoder = slowed(live)
    fill(photos, 20)
    later = tmp_path / "later"
    fill(later, 5, "blue")
    live.pipeline.start([live.bench.add(photos).id])
    assert encoder.reached.wait(PATIENCE)
    second = live.pipeline.start([live.bench.add(later).id])
    encoder.released.set()
    assert live.finish(second).counts.embedded == 25


def test_a_paused_run_holds_and_goes_on(live: Live, photos: Path) -> None:
    encoder = slowed(live)
    fill(photos, 80)
    run = live.pipeline.start([live.bench.add(photos).id])
    assert encoder.reached.wait(PATIENCE)
    live.pipeline.pause()
    assert live.pipeline.progress().phase is Phase.PAUSED
    encoder.released.set()
    assert not live.pipeline.wait(run, 0.5)
    assert live.bench.embeddings() < 80
    live.pipeline.resume()
    assert live.finish(run).counts.embedded == 80


def test_a_stopped_run_keeps_what_it_has_and_the_next_finishes_it(live: Live, photos: Path) -> None:
    encoder = slowed(live)
    fill(photos, 80)
    run = live.pipeline.start([live.bench.add(photos).id])
    assert encoder.reached.wait(PATIENCE)
    live.pipeline.stop()
    encoder.released.set()
    live.finish(run)
    assert live.bench.embeddings() < 80
    live.finish(live.pipeline.start())
    assert live.bench.embeddings() == 80


def test_a_run_asked_for_right_after_a_stop_is_not_lost(live: Live, photos: Path) -> None:
    encoder = slowed(live)
    fill(photos, 40)
    root = live.bench.add(photos)
    live.pipeline.start([root.id])
    assert encoder.reached.wait(PATIENCE)
    live.pipeline.stop()
    run = live.pipeline.start([root.id])
    encoder.released.set()
    live.finish(run)
    assert live.bench.embeddings() == 40


def test_what_the_person_looks_at_comes_first(live: Live, photos: Path) -> None:
    encoder = slowed(live)
    fill(photos, 400)
    run = live.pipeline.start([live.bench.add(photos).id])
    assert encoder.reached.wait(PATIENCE)
    live.until(lambda: len(live.bench.assets()) == 400)
    oldest = sorted(live.bench.assets().values(), key=lambda asset: asset.modified)[:4]
    live.pipeline.look_at([asset.id for asset in oldest])
    encoder.released.set()
    live.until(lambda: all(live.bench.thumbnails.has(asset.fingerprint) for asset in oldest))
    assert live.bench.embeddings() < 400
    live.pipeline.stop()
    live.finish(run)


def test_a_full_disk_ends_the_run_and_says_so(
    live: Live, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(photos, 5)
    root = live.bench.add(photos)

    def full(*args: object) -> None:
        raise EnvironmentProblem("The disk that holds the library is full.")

    with monkeypatch.context() as patch:
        patch.setattr(live.bench.library.embeddings, "add", full)
        last = live.finish(live.pipeline.start([root.id]))
    assert last.problem == "The disk that holds the library is full."
    assert live.finish(live.pipeline.start([root.id])).counts.embedded == 5


def test_closing_in_the_middle_of_a_run_leaves_nothing_behind(live: Live, photos: Path) -> None:
    fill(photos, 100)
    live.pipeline.start([live.bench.add(photos).id])
    live.until(lambda: live.bench.embeddings() > 0)
    live.pipeline.close()
    with pytest.raises(EnvironmentProblem):
        live.pipeline.start()


def test_what_is_asked_for_while_the_end_is_told_is_a_run_of_its_own(
    live: Live, photos: Path
) -> None:
    paint(photos / "red.png", "red")
    live.bench.add(photos)
    asked: list[int] = []
    phases: list[Phase] = []
    hear = live.pipeline._on_progress

    def ask_again(progress: Progress) -> None:
        hear(progress)
        if progress.phase is Phase.IDLE and not asked:
            paint(photos / "blue.png", "blue")
            asked.append(live.pipeline.start())
            phases.append(live.pipeline.progress().phase)

    live.pipeline._on_progress = ask_again
    live.pipeline.start()
    live.until(lambda: bool(phases))
    last = live.finish(asked[0])
    assert phases == [Phase.SCANNING]
    assert (last.run, last.counts.added, last.counts.unchanged) == (asked[0], 1, 1)


def test_a_problem_also_ends_what_had_joined_the_run(
    live: Live, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paint(photos / "red.png", "red")
    live.bench.add(photos)
    joined: list[int] = []

    def full(*args: object) -> None:
        joined.append(live.pipeline.start())
        raise EnvironmentProblem("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr("assetman.ingest.worklist.store", full)
        live.pipeline.start()
        live.until(lambda: bool(joined))
        last = live.finish(joined[0])
    assert (last.run, last.problem) == (joined[0], "The disk is full.")
    assert live.finish(live.pipeline.start()).problem == ""
    assert live.bench.embeddings() == 1


def test_a_model_chosen_at_work_is_filled_in_the_same_run(
    bench: Bench, decoder: DecodePool, photos: Path
) -> None:
    for number in range(30):
        paint(photos / f"{number}.png", "green", number)
    bench.add(photos)
    slow = Slow()
    bench.tools = replace(bench.tools, encoder=slow)
    targets = [bench.target]
    bench.plan = replace(bench.plan, targets=lambda: tuple(targets))
    live = Live(bench, decoder)
    try:
        live.pipeline.start()
        assert slow.reached.wait(PATIENCE)
        space, _ = bench.library.spaces.ensure(slow.space("shades"))
        targets.append(Target(space.id, "shades", SPEC))
        run = live.pipeline.start(())
        slow.released.set()
        assert live.finish(run).problem == ""
        assert bench.embeddings() == bench.library.embeddings.count(space.id) == 30
        assert bench.library.failures.all() == []
    finally:
        slow.released.set()
        live.pipeline.close()
