"""`assetman roots`: the folders of the library."""

from __future__ import annotations

import argparse
import dataclasses

from assetman.cli.desk import Desk, existing_folder
from assetman.cli.files import counted, root_at
from assetman.cli.runs import finish, known_failures
from assetman.core.assets import Root
from assetman.core.watching import Watch, WatchMode

HELP = "list the folders of the library, remove one, say where one lies now"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--json", action="store_true", help="print one list")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--remove", metavar="FOLDER", help="leave it out; its files stay untouched")
    what.add_argument(
        "--move", nargs=2, metavar=("OLD", "NEW"), help="say that it lies elsewhere now"
    )


def run(given: argparse.Namespace, desk: Desk) -> int:
    """Print the roots, or change one."""
    if given.move:
        return _move(given, desk)
    if given.remove is not None:
        with desk.engine() as engine:
            root = root_at(engine.roots(), given.remove)
            engine.remove_root(root.id)
        desk.console.print(f"{root.path} is removed; “assetman undo” brings it back")
        return 0
    with desk.engine() as engine:
        status = engine.status()
    watches = {watch.root_id: watch for watch in status.watches}
    if given.json:
        rows = []
        for root in status.roots:
            watch = watches.get(root.id)
            rows.append(dataclasses.asdict(root) | {"watch": watch and dataclasses.asdict(watch)})
        desk.console.print_json(rows)
        return 0
    lines = [root_line(root, watches.get(root.id)) for root in status.roots]
    desk.console.print_lines(lines, "No folder was added yet: “assetman add FOLDER”.")
    return 0


def root_line(root: Root, watch: Watch | None = None) -> str:
    """Describe a root in a line."""
    parts = [counted(root.assets, "asset")]
    if not root.online:
        parts.append("offline")
    if watch is not None and watch.mode is not WatchMode.AWAY:
        polled = f"looked through every {watch.interval or 0:.0f} s"
        parts.append("watched" if watch.mode is WatchMode.SYSTEM else polled)
    reason = f". {watch.reason}" if watch is not None and watch.reason else ""
    return f"{root.path}  {', '.join(parts)}{reason}"


def _move(given: argparse.Namespace, desk: Desk) -> int:
    old, new = given.move
    folder = existing_folder(new)
    with desk.engine(long=True) as engine:
        known = known_failures(engine)
        root = engine.relocate_root(root_at(engine.roots(), old).id, folder)
        return finish(engine, engine.index([root.id]), known, desk.console, given.json)
