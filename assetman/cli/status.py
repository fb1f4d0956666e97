"""`assetman status`: what the library holds."""

from __future__ import annotations

import argparse
import dataclasses
from typing import TYPE_CHECKING

from assetman.cli.desk import Desk
from assetman.cli.roots import root_line

if TYPE_CHECKING:
    from assetman.cli.console import Console
    from assetman.engine.protocol import Status

HELP = "show counts, models, folders and failures"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--json", action="store_true", help="print one object")
    parser.add_argument(
        "--dismiss", action="store_true", help="take note of what was said of the library"
    )


def run(given: argparse.Namespace, desk: Desk) -> int:
    """Print the counts."""
    with desk.engine() as engine:
        status = engine.status()
        if given.dismiss:
            engine.dismiss_notices()
    if given.json:
        desk.console.print_json(dataclasses.asdict(status))
    else:
        _print(status, desk.console)
    return 0


def _models(answers: str, filling: str | None) -> str:
    return f"{answers or 'none'}{f', {filling} is being filled' if filling else ''}"


def _print(status: Status, console: Console) -> None:
    console.print(f"library     {status.library}{' (read only)' if status.read_only else ''}")
    kinds = ", ".join(f"{number:,} {kind}" for kind, number in status.assets.items() if number)
    console.print(f"assets      {kinds or 'none'}")
    for what, number in (
        ("missing", status.missing),
        ("offline", status.offline),
        ("failed", status.failed),
        ("ignored", status.ignored),
    ):
        if number:
            console.print(f"{what:<11} {number:,}")
    console.print(f"segments    {status.segments:,}")
    for space, number in status.embeddings.items():
        console.print(f"embeddings  {number:,} in {space}")
    console.print(f"model       {_models(status.model, status.filling)}")
    console.print(f"for sounds  {_models(status.sound_model, status.sound_filling)}")
    if status.speech:
        console.print(f"for speech  {status.speech}")
    if status.text:
        console.print("for text    on")
    if status.device is not None:
        reason = f" ({status.device.reason})" if status.device.reason else ""
        console.print(f"device      {status.device.title}{reason}")
    console.print(f"pace        {status.pace.value}")
    watches = {watch.root_id: watch for watch in status.watches}
    for root in status.roots:
        console.print(f"folder      {root_line(root, watches.get(root.id))}")
    for notice in status.notices:
        console.print(f"notice      {notice}")
