"""`assetman index`: bring the library up to date with the folders."""

from __future__ import annotations

import argparse

from assetman.cli.desk import Desk
from assetman.cli.runs import finish, known_failures

HELP = "bring the library up to date"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--json", action="store_true", help="print the counts as one object")


def run(given: argparse.Namespace, desk: Desk) -> int:
    """Index all roots, wait until that is done."""
    with desk.engine(long=True) as engine:
        known = known_failures(engine)
        return finish(engine, engine.index(), known, desk.console, given.json)
