"""`assetman undo`: take back the last thing done to the library."""

from __future__ import annotations

import argparse

from assetman.cli.desk import Desk

HELP = "take back the last thing done by hand, and once more the thing before"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes: nothing."""


def run(given: argparse.Namespace, desk: Desk) -> int:
    """Undo one step."""
    with desk.engine() as engine:
        step = engine.undo()
    desk.console.print(f"Undone: {step.sentence}" if step else "There is nothing to undo.")
    return 0
