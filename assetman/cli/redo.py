"""`assetman redo`: do again what was undone last."""

from __future__ import annotations

import argparse

from assetman.cli.desk import Desk

HELP = "do again what was undone last"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes: nothing."""


def run(given: argparse.Namespace, desk: Desk) -> int:
    """Redo one step."""
    with desk.engine() as engine:
        step = engine.redo()
    desk.console.print(f"Done again: {step.sentence}" if step else "There is nothing to redo.")
    return 0
