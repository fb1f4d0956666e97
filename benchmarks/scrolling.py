"""How the grid scrolls through videos and sounds, against as many pictures in the same run.

usage: python benchmarks/scrolling.py [--count N] [--steps N] [--rounds N]

Grids of 1,440 by 900 pixels over an engine in memory, each asset with picture files of its own:
pictures (thumbnails), videos (posters with their length), sounds (outlines), and answers of each (of
videos the best frame, cut out of its sheet, of sounds the part lit that matches, with the seconds);
then pictures and sounds as rows of the list with its columns. A step is a notch
of the wheel until it is painted, on the painting thread, while thumbnails are decoded beside it; a
jump is to a place not seen before, until every picture there is shown. The rounds take turns.
`own` is the same step in the painting thread's own processor time, which other work on the
machine does not lengthen.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parents[1]))

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from assetman.core.queries import Query, Results
from assetman.ui.bridge import EngineBridge
from assetman.ui.controller.organiser import Organiser
from assetman.ui.grid import GridView
from assetman.ui.jobs import finish
from tests.ui.fake_engine import FakeEngine

SIZE = (1440, 900)
LIMIT = 20.0  # seconds for one jump


def own_files(engine: FakeEngine) -> None:
    """Give every asset picture files of its own, as a library has them."""
    folder = engine.folder / "thumbnails"

    def own(path: str, asset_id: int) -> str:
        made = folder / f"{asset_id}-{Path(path).name}"
        if not made.exists():
            os.link(path, made)
        return str(made)

    for asset_id, row in engine.rows.items():
        if row.thumbnail is not None:
            row.thumbnail = own(row.thumbnail, asset_id)
        if row.waveform is not None:
            paths = tuple(own(path, asset_id) for path in row.waveform.paths)
            row.waveform = replace(row.waveform, paths=paths)
        for frame in engine.film_frames.get(asset_id, ()):
            picture = frame.moment.picture
            if picture is not None:
                mine = replace(picture, path=own(picture.path, asset_id))
                frame.moment = replace(frame.moment, picture=mine)


def open_grid(engine: FakeEngine, results: Results, *, listed: bool = False) -> GridView:
    """Open a grid of its own over some results, as cards or as a list."""
    bridge = EngineBridge(engine)
    grid = GridView(bridge, Organiser(bridge))
    bridge.setParent(grid)
    grid.resize(*SIZE)
    grid.listing.switch(listed)
    grid.show()
    grid.show_results(results)
    wait(lambda: filled(grid))
    return grid


def filled(grid: GridView) -> bool:
    """Tell whether every picture on screen is shown."""
    rows = grid.on_screen()
    return bool(rows) and all(grid.sight.thumbnail(row) is not None for row in rows)


def wait(condition: Callable[[], bool]) -> None:
    """Let events pass until something is true."""
    until = time.monotonic() + LIMIT
    while not condition():
        QApplication.processEvents()
        if time.monotonic() > until:
            sys.exit("the grid was not filled in time")


def wheel(grid: GridView, steps: int) -> list[tuple[float, float]]:
    """Turn the wheel; give the seconds each notch took to be painted, by clock and processor."""
    at = QPointF(200, 200)
    took = []
    for _ in range(steps):
        down = QPoint(0, -120)
        event = QWheelEvent(
            at,
            QPointF(grid.mapToGlobal(at.toPoint())),
            QPoint(),
            down,
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        begin, own = time.perf_counter(), time.thread_time()
        QApplication.sendEvent(grid.viewport(), event)
        grid.viewport().repaint()
        took.append((time.perf_counter() - begin, time.thread_time() - own))
        until = time.monotonic() + 0.03  # a quick hand
        while time.monotonic() < until:
            QApplication.processEvents()
    return took


def jump(grid: GridView, chance: random.Random) -> float:
    """Go to some place; give the seconds until it is filled."""
    bar = grid.verticalScrollBar()
    begin = time.perf_counter()
    bar.setValue(chance.randrange(bar.maximum()))
    wait(lambda: filled(grid))
    return time.perf_counter() - begin


def measure(grids: dict[str, GridView], steps: int, rounds: int) -> dict[str, Any]:
    """Scroll all grids, in turns."""
    took: dict[str, dict[str, list[float]]] = {
        name: {"step": [], "own": [], "jump": []} for name in grids
    }
    chance = random.Random(1)
    for _ in range(rounds):
        for name, grid in grids.items():
            notches = wheel(grid, steps)
            took[name]["step"] += [clock for clock, _ in notches]
            took[name]["own"] += [own for _, own in notches]
            took[name]["jump"] += [jump(grid, chance) for _ in range(6)]
    return took


def tell(took: dict[str, Any]) -> None:
    """Print milliseconds and ratios."""
    for what in ("step", "own", "jump"):
        for name, values in took.items():
            like = "pictures of an answer" if name.endswith("answer") else "pictures"
            base = statistics.median(took[like][what])
            all_of = sorted(values[what])
            middle = statistics.median(all_of)
            late = all_of[int(0.95 * (len(all_of) - 1))]
            print(
                f"{what} {name:24} {middle * 1000:7.1f} ms, 95 % within {late * 1000:7.1f} ms,"
                f" ratio {middle / base:.2f}"
            )


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    application = QApplication([sys.argv[0]])
    with tempfile.TemporaryDirectory() as folder:
        engine = FakeEngine(Path(folder))
        engine.add_many(options.count)
        pictures = tuple(engine.rows)
        films = tuple(engine.add_films(options.count))
        sounds = tuple(engine.add_sounds(options.count))
        own_files(engine)
        answer = engine.search(Query(text="blue", limit=3 * options.count))
        grids: dict[str, GridView] = {}
        for kind, ids in (("pictures", pictures), ("videos", films), ("sounds", sounds)):
            among = frozenset(ids)
            hits = tuple(hit for hit in answer.hits if hit.asset_id in among)
            grids[kind] = open_grid(engine, Results(Query(), listed=ids))
            grids[f"{kind} of an answer"] = open_grid(engine, Results(answer.query, hits=hits))
            if kind != "videos":
                as_rows = open_grid(engine, Results(Query(), listed=ids), listed=True)
                grids[f"{kind} as a list"] = as_rows
        tell(measure(grids, options.steps, options.rounds))
        for grid in grids.values():
            grid.hide()
        finish(5000)
        application.processEvents()
    return 0


if __name__ == "__main__":
    sys.exit(main())
