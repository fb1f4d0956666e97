"""`assetman pace`: how much of the machine the work in the background takes."""

from __future__ import annotations

import argparse

from assetman.cli.desk import Desk
from assetman.core.progress import Pace

HELP = "show or choose how much of the machine indexing takes"

_MEANING = {
    Pace.AUTO: "gentle on battery, full otherwise",
    Pace.FULL: "all of the machine",
    Pace.GENTLE: "a little of the machine",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "pace",
        nargs="?",
        choices=[pace.value for pace in Pace],
        help="kept until another is chosen",
    )


def run(given: argparse.Namespace, desk: Desk) -> int:
    """Choose a pace, or show the one that is chosen."""
    with desk.engine() as engine:
        if given.pace:
            engine.set_pace(Pace(given.pace))
        pace = engine.status().pace
    desk.console.print(f"{pace.value}: {_MEANING[pace]}")
    return 0
