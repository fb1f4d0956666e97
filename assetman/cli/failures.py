"""`assetman failures`: the files that could not be read, and why."""

from __future__ import annotations

import argparse
import dataclasses

from assetman.cli.desk import Desk

HELP = "list the files that could not be read, and why"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--json", action="store_true", help="print one list")


def run(given: argparse.Namespace, desk: Desk) -> int:
    """Print the failures."""
    with desk.engine() as engine:
        failures = engine.failures()
    if given.json:
        desk.console.print_json([dataclasses.asdict(failure) for failure in failures])
        return 0
    for failure in failures:
        desk.console.print(f"{failure.path}: {failure.message}")
    return 0
