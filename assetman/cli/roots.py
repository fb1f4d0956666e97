"""`assetman roots`: the folders of the library."""

from __future__ import annotations

import argparse
import dataclasses

from assetman.cli.desk import Desk
from assetman.core.assets import Root

HELP = "list the folders of the library"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--json", action="store_true", help="print one list")


def run(given: argparse.Namespace, desk: Desk) -> int:
    """Print the roots."""
    with desk.engine() as engine:
        roots = engine.roots()
    if given.json:
        desk.console.print_json([dataclasses.asdict(root) for root in roots])
        return 0
    for root in roots:
        desk.console.print(root_line(root))
    return 0


def root_line(root: Root) -> str:
    """Describe a root in a line."""
    return f"{root.path}  {root.assets:,} assets{'' if root.online else ', offline'}"
