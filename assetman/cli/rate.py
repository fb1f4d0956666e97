"""`assetman rate`: rate files."""

from __future__ import annotations

import argparse

from assetman.cli.desk import Desk
from assetman.cli.files import assets_of, counted
from assetman.core.organising import RATINGS

HELP = "rate files 1 to 5; 0 takes the rating away"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("rating", type=int, choices=RATINGS, metavar="RATING", help="0 to 5")
    parser.add_argument(
        "paths", nargs="+", metavar="PATH", help="a file, or a folder with all in it"
    )


def run(given: argparse.Namespace, desk: Desk) -> int:
    """Rate the files."""
    with desk.engine() as engine:
        assets = assets_of(engine, given.paths)
        engine.rate(assets, given.rating)
    desk.console.print(f"{counted(len(assets), 'file')} rated {given.rating}")
    return 0
