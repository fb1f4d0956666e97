"""How much of the machine the work takes: what the person chose, and what the power says."""

import threading
from pathlib import Path

from assetman.core.progress import Pace, Phase
from assetman.ingest.pace import PaceKeeper
from assetman.ingest.pipeline import Pipeline
from kit.bench import Bench
from kit.pictures import paint

PATIENCE = 30.0


def test_on_battery_the_pace_is_gentle_and_full_again_when_plugged_in() -> None:
    told: list[bool] = []
    battery = threading.Event()
    keeper = PaceKeeper(Pace.AUTO, told.append, battery.is_set)
    assert not keeper.gentle
    battery.set()
    keeper.look()
    keeper.look()
    battery.clear()
    keeper.look()
    assert told == [True, False]


def test_what_the_person_chose_wins_over_the_battery() -> None:
    told: list[bool] = []
    keeper = PaceKeeper(Pace.FULL, told.append, lambda: True)
    assert not keeper.gentle
    keeper.choose(Pace.GENTLE)
    assert keeper.gentle
    keeper.choose(Pace.AUTO)
    assert keeper.gentle
    keeper.choose(Pace.FULL)
    assert told == [True, False]


def test_gentle_work_ends_in_the_same_and_says_that_it_is(tmp_path: Path) -> None:
    for number in range(12):
        paint(tmp_path / "photos" / f"{number}.png", "red", number)
    bench = Bench(tmp_path / "library")
    bench.add(tmp_path / "photos")
    told = []
    pipeline = Pipeline(bench.tools, bench.plan, told.append)
    try:
        pipeline.set_gentle(True)
        assert pipeline.wait(pipeline.start(), PATIENCE)
        assert bench.embeddings() == 12
        assert all(progress.gentle for progress in told)
        pipeline.set_gentle(False)
        assert not told[-1].gentle
        assert told[-1].phase is Phase.IDLE
    finally:
        pipeline.close()
        bench.close()


def test_a_run_that_is_stopped_before_it_was_taken_up_ends(tmp_path: Path) -> None:
    paint(tmp_path / "photos" / "red.png", "red")
    bench = Bench(tmp_path / "library")
    bench.add(tmp_path / "photos")
    pipeline = Pipeline(bench.tools, bench.plan)
    try:
        for _ in range(20):
            run = pipeline.start()
            pipeline.stop()
            assert pipeline.wait(run, PATIENCE)
            assert pipeline.progress().phase is Phase.IDLE
        assert pipeline.wait(pipeline.start(), PATIENCE)
        assert bench.embeddings() == 1
    finally:
        pipeline.close()
        bench.close()
