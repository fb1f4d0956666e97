"""`assetman tag`: give files a tag."""

from __future__ import annotations

import argparse

from assetman.cli.desk import Desk
from assetman.cli.files import assets_of, counted

HELP = "give files a tag"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("tag", metavar="TAG", help="a word or a few")
    parser.add_argument(
        "paths", nargs="+", metavar="PATH", help="a file, or a folder with all in it"
    )


def run(given: argparse.Namespace, desk: Desk) -> int:
    """Tag the files."""
    with desk.engine() as engine:
        assets = assets_of(engine, given.paths)
        engine.tag(assets, [given.tag])
    desk.console.print(f"“{given.tag}” is on {counted(len(assets), 'file')}")
    return 0
