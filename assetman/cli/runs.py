"""Follows a run to its end and tells how it went."""

from __future__ import annotations

import dataclasses
import queue
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from assetman.cli.console import Console
from assetman.core.assets import Failure
from assetman.core.errors import EnvironmentProblem
from assetman.core.progress import Phase, Progress

if TYPE_CHECKING:
    from assetman.engine.protocol import EngineApi, Event

_LOOK_SECONDS = 1.0  # an event may be missed; the engine is asked after so long without one
_STOP_SECONDS = 5.0
_LINE_SECONDS = 15.0  # between lines of progress where nobody watches

Known = frozenset[tuple[int, float]]


def known_failures(engine: EngineApi) -> Known:
    """Note which failures there are before a run."""
    return frozenset((failure.id, failure.at) for failure in engine.failures())


def finish(engine: EngineApi, run: int, known: Known, console: Console, as_json: bool) -> int:
    """Follow a run, print what it did; give the exit status: 1 if files failed in it."""
    progress, failed = follow(engine, run, known, console)
    if as_json:
        seconds = round(progress.seconds, 3)
        console.print_json({**dataclasses.asdict(progress.counts), "seconds": seconds})
    else:
        console.print(describe(progress))
    return 1 if failed else 0


def follow(
    engine: EngineApi, run: int, known: Known, console: Console
) -> tuple[Progress, list[Failure]]:
    """Wait for the end of a run, showing how far it is, and tell which files failed in it.

    Raises EnvironmentProblem if the run could not go on. Interrupted, it stops the run.
    """
    news: queue.SimpleQueue[Event] = queue.SimpleQueue()
    unsubscribe = engine.subscribe(news.put)
    try:
        with _shown(console) as show:
            progress = _wait(engine, run, news, show)
    except KeyboardInterrupt:
        engine.stop()
        _wait_for_rest(engine)
        raise
    finally:
        unsubscribe()
    failed = [each for each in engine.failures() if (each.id, each.at) not in known]
    for failure in failed:
        console.tell(f"{failure.path}: {failure.message}")
    told = {failure.path for failure in failed}
    for root in engine.roots():
        if not root.online and root.path not in told:
            console.tell(f"{root.path} is offline: it is not there, or empty. Its files are kept.")
    if progress.problem:
        raise EnvironmentProblem(progress.problem)
    return progress, failed


def describe(progress: Progress) -> str:
    """Say in one line what a run did."""
    counts = dataclasses.asdict(progress.counts)
    embedded = counts.pop("embedded")
    parts = [f"{number:,} {what}" for what, number in counts.items() if number]
    if embedded:
        parts.append(f"{embedded:,} embedded")
    return f"{', '.join(parts) or 'nothing to do'} in {progress.seconds:.1f} s"


class _Show(Protocol):
    def __call__(self, progress: Progress) -> None: ...


def _wait(engine: EngineApi, run: int, news: queue.SimpleQueue[Event], show: _Show) -> Progress:
    progress = engine.progress()
    while progress.run < run or progress.phase is not Phase.IDLE:
        show(progress)
        try:
            event = news.get(timeout=_LOOK_SECONDS)
            progress = event if isinstance(event, Progress) else progress
        except queue.Empty:
            progress = engine.progress()
    return progress


def _wait_for_rest(engine: EngineApi) -> None:
    deadline = time.monotonic() + _STOP_SECONDS
    while engine.progress().phase is not Phase.IDLE and time.monotonic() < deadline:
        time.sleep(0.05)


@contextmanager
def _shown(console: Console) -> Iterator[_Show]:
    if not console.interactive:
        yield _Lines(console)
        return
    from tqdm import tqdm

    bar: tqdm[object]
    with tqdm((), file=console.err, unit=" files", leave=False, dynamic_ncols=True) as bar:

        def show(progress: Progress) -> None:
            scanning = progress.phase is Phase.SCANNING
            bar.total = None if scanning else progress.total
            # a film is one file, of which parts are done
            bar.n = round(progress.done + progress.begun, 2) if progress.begun else progress.done
            bar.set_description_str(_doing(progress), refresh=False)
            bar.set_postfix_str(f"{progress.failed} failed" if progress.failed else "", False)
            bar.refresh()

        yield show


class _Lines:
    """Plain lines, and few of them: for a log."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._last = time.monotonic()

    def __call__(self, progress: Progress) -> None:
        if time.monotonic() - self._last < _LINE_SECONDS:
            return
        self._last = time.monotonic()
        done = f"{progress.done + progress.begun:,.1f}" if progress.begun else f"{progress.done:,}"
        parts = [f"{_doing(progress)}: {done}"]
        if progress.phase is not Phase.SCANNING:
            parts[0] += f" of {progress.total:,}"
        if progress.failed:
            parts.append(f"{progress.failed:,} failed")
        if progress.rate:
            parts.append(f"{progress.rate:.1f} files/s")
        if progress.seconds_left:
            parts.append(f"{progress.seconds_left:.0f} s left")
        self._console.tell(", ".join(parts))


def _doing(progress: Progress) -> str:
    doing = f"{progress.phase.value.capitalize()} {progress.label}".rstrip()
    if progress.phase is Phase.COMPARING:
        doing = "Looking for duplicates"
    if progress.phase is Phase.READING:
        doing = f"Reading the text in {progress.label}"
    if progress.phase is Phase.LISTENING:
        doing = f"Writing down what is said in {progress.label}"
    return f"{doing} (gently)" if progress.gentle else doing
