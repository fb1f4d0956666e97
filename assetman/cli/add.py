"""`assetman add`: make folders part of the library."""

from __future__ import annotations

import argparse

from assetman.cli.desk import Desk, existing_folder
from assetman.cli.runs import finish, follow, known_failures

HELP = "add folders and index them until done"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("folders", nargs="+", metavar="FOLDER", help="stays where it is")
    parser.add_argument("--model", metavar="NAME", help="the model that the library then uses")
    parser.add_argument("--json", action="store_true", help="print the counts as one object")


def run(given: argparse.Namespace, desk: Desk) -> int:
    """Add the folders, wait until they are indexed."""
    folders = [existing_folder(folder) for folder in given.folders]
    with desk.engine(long=True) as engine:
        known = known_failures(engine)
        if given.model:
            number = engine.use_model(given.model)
            if engine.status().segments == 0:
                # With nothing to fill it takes over at once, and no other embeds the folders too.
                follow(engine, number, known, desk.console)
        roots = [engine.add_root(folder).id for folder in folders]
        number = engine.index(list(dict.fromkeys(roots)))
        return finish(engine, number, known, desk.console, given.json)
