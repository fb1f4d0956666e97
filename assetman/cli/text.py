"""`assetman text`: reading text in pictures and frames, to be found by `text:`."""

from __future__ import annotations

import argparse
import dataclasses

from assetman.cli.desk import Desk
from assetman.cli.runs import follow, known_failures
from assetman.core.assets import Failure
from assetman.core.lettering import TextReading

HELP = "read the text in pictures and videos, or stop doing so"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--json", action="store_true", help="print one object")
    parser.add_argument("state", nargs="?", choices=("on", "off"), help="read from now on, or not")


def run(given: argparse.Namespace, desk: Desk) -> int:
    """Tell whether text is read, or switch it on or off."""
    failed: list[Failure] = []
    with desk.engine(long=given.state == "on") as engine:
        if given.state == "on":
            known = known_failures(engine)
            _, failed = follow(engine, engine.read_text(True), known, desk.console)
        elif given.state == "off":
            engine.read_text(False)
        reading = engine.text_reading()
    if given.json:
        desk.console.print_json(dataclasses.asdict(reading))
    else:
        desk.console.print(_line(reading))
    return 1 if failed else 0


def _line(reading: TextReading) -> str:
    found = f"text was found in {reading.read:,} files"
    if not reading.on:
        return f"off, {found}; “assetman text on” switches it on"
    pending = f", {reading.pending:,} to go" if reading.pending else ""
    return f"on{pending}, {found} ({reading.model})"
