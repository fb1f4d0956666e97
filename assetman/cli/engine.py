"""`assetman engine`: be the engine of a library. Started by the window, not by a person."""

from __future__ import annotations

import argparse

from assetman.cli.desk import Desk

HELP = None  # not shown


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--grace", type=float, metavar="SECONDS", help="stay so long without work")


def run(given: argparse.Namespace, desk: Desk) -> int:
    """Serve the library until nobody needs it."""
    from assetman.engine import process
    from assetman.engine.service import EngineService

    grace = process.GRACE_SECONDS if given.grace is None else given.grace
    return process.main(desk.folder, EngineService.open, grace)
