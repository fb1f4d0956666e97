"""`assetman text`: reading text in pictures and frames, to be found by `text:`."""

from __future__ import annotations

import argparse
import dataclasses

from assetman.cli.desk import Desk
from assetman.cli.runs import finish, known_failures
from assetman.core.lettering import TextReading

HELP = "read the text in pictures and videos, or stop doing so"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--json", action="store_true", help="print one object")
    parser.add_argument("state", nargs="?", choices=("on", "off"), help="read from now on, or not")


def run(given: argparse.Namespace, desk: Desk) -> int:
    """Tell whether text is read, or switch it on or off."""
    if given.state is not None:
        with desk.engine(long=True) as engine:
            known = known_failures(engine)
            number = engine.read_text(given.state == "on")
            return finish(engine, number, known, desk.console, given.json)
    with desk.engine() as engine:
        reading = engine.text_reading()
    if given.json:
        desk.console.print_json(dataclasses.asdict(reading))
    else:
        desk.console.print(_line(reading))
    return 0


def _line(reading: TextReading) -> str:
    found = f"text was found in {reading.read:,} files"
    if not reading.on:
        return f"off, {found}; “assetman text on” switches it on"
    pending = f", {reading.pending:,} to go" if reading.pending else ""
    return f"on{pending}, {found} ({reading.model})"
