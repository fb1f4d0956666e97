"""`assetman collections`: the collections, and what is put into them."""

from __future__ import annotations

import argparse
import dataclasses
from typing import TYPE_CHECKING

from assetman.cli.desk import Desk
from assetman.cli.files import assets_of, counted
from assetman.core.errors import WrongUse
from assetman.core.organising import Collection

if TYPE_CHECKING:
    from assetman.engine.protocol import EngineApi

HELP = "list the collections, fill one, delete one"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--json", action="store_true", help="print one list")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--put", metavar="NAME", help="put files into it; it is made if it is new")
    what.add_argument("--take-out", metavar="NAME", help="take files out of it")
    what.add_argument("--delete", metavar="NAME", help="delete it; its files stay")
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help="a file, or a folder with all in it"
    )


def run(given: argparse.Namespace, desk: Desk) -> int:
    """List the collections, or change one."""
    name = given.put or given.take_out
    if bool(given.paths) != bool(name):
        raise WrongUse("Name the files with --put or --take-out.")
    with desk.engine() as engine:
        if given.delete is not None:
            engine.delete_collection(called(engine, given.delete).id)
        elif name:
            _fill(engine, name, assets_of(engine, given.paths), bool(given.put))
        collections = engine.collections()
    if given.json:
        desk.console.print_json([dataclasses.asdict(each) for each in collections])
        return 0
    lines = [f"{each.name}  {counted(each.assets, 'file')}" for each in collections]
    desk.console.print_lines(lines, "There are no collections.")
    return 0


def _fill(engine: EngineApi, name: str, assets: list[int], inside: bool) -> None:
    if inside and name.casefold() not in {each.name.casefold() for each in engine.collections()}:
        engine.make_collection(name, assets)
    else:
        engine.collect(called(engine, name).id, assets, inside)


def called(engine: EngineApi, name: str) -> Collection:
    """Find a collection by its name. Raises WrongUse where there is none."""
    for each in engine.collections():
        if each.name.casefold() == name.casefold():
            return each
    raise WrongUse(f"There is no collection “{name}”.")
