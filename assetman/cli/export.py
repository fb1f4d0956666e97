"""`assetman export`: save a moment of a video or a part of a sound."""

from __future__ import annotations

import argparse
import os
import queue
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from assetman.cli.console import Console
from assetman.cli.desk import Desk
from assetman.cli.times import time_of
from assetman.core.assets import display
from assetman.core.errors import BadInput, Cancelled, EnvironmentProblem, WrongUse
from assetman.core.exports import (
    SOUND_ENDINGS,
    Export,
    ExportForm,
    ExportState,
    proposed_name,
)

if TYPE_CHECKING:
    from assetman.engine.protocol import EngineApi, Event

HELP = "save a moment of a video as a clip, a picture or sound, or a part of a sound"

_LOOK_SECONDS = 1.0  # without an event; then the engine is asked whether it is still there
_STOP_SECONDS = 10.0
_NOTICED = 0.05  # seconds that a clip begins early before it is worth a word


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("path", metavar="FILE", help="a video or a sound of the library")
    parser.add_argument("target", metavar="TARGET", help="a new file, or a folder to put it in")
    parser.add_argument(
        "--from", dest="start", type=time_of, metavar="TIME", required=True,
        help="seconds, 1:23.5 or 1:02:03",
    )  # fmt: skip
    parser.add_argument("--to", dest="end", type=time_of, metavar="TIME", help="where a clip ends")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--frame", action="store_true", help="a picture, .png or .jpg, instead")
    form.add_argument("--sound", action="store_true", help="what is heard, as .wav")
    form.add_argument(
        "--exact", action="store_true",
        help="exactly these seconds, encoded anew; else it is copied from the key frame before",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print one object")


def run(given: argparse.Namespace, desk: Desk) -> int:
    """Save the moment and wait for it."""
    form = ExportForm.EXACT if given.exact else ExportForm.QUICK
    form = ExportForm.FRAME if given.frame else form
    form = ExportForm.SOUND if given.sound or _is_wav(given) else form
    end = given.start if given.end is None else given.end
    if given.end is None and form is not ExportForm.FRAME:
        raise WrongUse("Where does the clip end? “--to TIME” says it; “--frame” saves a picture.")
    target = os.path.abspath(given.target)
    if os.path.isdir(target):
        target = os.path.join(target, proposed_name(given.path, given.start, end, form))
    began = time.monotonic()
    with desk.engine() as engine:
        asset = engine.asset_at(os.path.abspath(given.path))
        if asset is None:
            raise WrongUse(f"{given.path} is not in the library.")
        saved = _follow(
            engine, desk.console, lambda: engine.export(asset, given.start, end, target, form)
        )
    if given.json:
        desk.console.print_json(
            {
                "target": saved.target,
                "form": form.value,
                "start": saved.start,
                "end": None if form is ExportForm.FRAME else saved.end,
                "bytes": os.path.getsize(saved.target),
                "seconds": round(time.monotonic() - began, 3),
            }
        )
        return 0
    desk.console.print(saved.target)
    early = given.start - (given.start if saved.start is None else saved.start)
    if form is ExportForm.QUICK and early > _NOTICED:
        desk.console.tell(
            f"It begins {early:.2f} s early, at a key frame; “--exact” begins where you said."
        )
    return 0


def _is_wav(given: argparse.Namespace) -> bool:
    """Tell whether the name of the target says that it is to be sound."""
    ending = os.path.splitext(given.target)[1].lower()
    return ending in SOUND_ENDINGS and not (given.frame or given.exact)


def _follow(engine: EngineApi, console: Console, begin: Callable[[], Export]) -> Export:
    """Start an export and wait for its end. Raises what it failed with; interrupted, stops it."""
    news: queue.SimpleQueue[Event] = queue.SimpleQueue()
    unsubscribe = engine.subscribe(news.put)
    try:
        begun = begin()
        try:
            with _shown(console, begun) as show:
                end = _end_of(engine, begun, news, show)
        except KeyboardInterrupt:
            engine.cancel_export(begun.number)
            _wait_for_rest(news, begun)
            raise
    finally:
        unsubscribe()
    if end.state is ExportState.CANCELLED:
        raise Cancelled("It was called off.")
    if end.state is ExportState.FAILED:
        kinds = {"bad input": BadInput, "wrong use": WrongUse, "environment": EnvironmentProblem}
        if end.kind == "bug":
            raise RuntimeError(end.message)
        raise kinds.get(end.kind, EnvironmentProblem)(end.message)
    return end


_Show = Callable[[Export], None]


def _end_of(
    engine: EngineApi, begun: Export, news: queue.SimpleQueue[Event], show: _Show
) -> Export:
    while True:
        try:
            event = news.get(timeout=_LOOK_SECONDS)
        except queue.Empty:
            engine.progress()  # raises where it has died
            continue
        if isinstance(event, Export) and event.number == begun.number:
            if _has_ended(event):
                return event
            show(event)


def _has_ended(export: Export) -> bool:
    return export.state is not ExportState.RUNNING


def _wait_for_rest(news: queue.SimpleQueue[Event], begun: Export) -> None:
    deadline = time.monotonic() + _STOP_SECONDS
    while (left := deadline - time.monotonic()) > 0:
        try:
            event = news.get(timeout=left)
        except queue.Empty:
            return
        if isinstance(event, Export) and event.number == begun.number and _has_ended(event):
            return


@contextmanager
def _shown(console: Console, begun: Export) -> Iterator[_Show]:
    """Show how far it is where somebody watches."""
    if not console.interactive:
        yield lambda _: None
        return
    from tqdm import tqdm

    name = display(os.path.basename(begun.target))
    bar: tqdm[object]
    form = "{desc}: {percentage:3.0f}% {bar} {elapsed}"
    with tqdm((), total=1000, desc=name, file=console.err, leave=False, bar_format=form) as bar:

        def show(export: Export) -> None:
            bar.n = round(1000 * export.share)
            bar.refresh()

        yield show
