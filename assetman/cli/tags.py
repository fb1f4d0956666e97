"""`assetman tags`: the tags that files bear."""

from __future__ import annotations

import argparse
import dataclasses

from assetman.cli.desk import Desk
from assetman.cli.files import counted

HELP = "list the tags"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--json", action="store_true", help="print one list")


def run(given: argparse.Namespace, desk: Desk) -> int:
    """Print the tags."""
    with desk.engine() as engine:
        tags = engine.tags()
    if given.json:
        desk.console.print_json([dataclasses.asdict(tag) for tag in tags])
        return 0
    lines = [f"{tag.name}  {counted(tag.assets, 'file')}" for tag in tags]
    desk.console.print_lines(lines, "No file bears a tag.")
    return 0
