"""`assetman duplicates`: files that are the same thing, and what is to become of them."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from assetman.cli.desk import Desk
from assetman.cli.files import assets_of, counted
from assetman.core.assets import Asset
from assetman.core.duplicates import DuplicateGroup, Likeness
from assetman.core.errors import WrongUse

if TYPE_CHECKING:
    from assetman.engine.protocol import EngineApi

HELP = "list files that are the same thing, keep one of them, move others to the trash"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--json", action="store_true", help="print one list")
    kinds = parser.add_mutually_exclusive_group()
    kinds.add_argument("--exact", action="store_true", help="only files of the same bytes")
    kinds.add_argument("--near", action="store_true", help="only those that show the same")
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--keep",
        metavar="PATH",
        help="keep this one and move the others named to the trash; without any, its exact copies",
    )
    what.add_argument(
        "--apart", action="store_true", help="the files named are not duplicates of each other"
    )
    parser.add_argument("paths", nargs="*", metavar="PATH", help="a file")


def run(given: argparse.Namespace, desk: Desk) -> int:
    """List the groups, keep one of a group, or take a group apart."""
    if given.paths and not (given.keep or given.apart):
        raise WrongUse("Say with --keep which one is kept, or --apart that they are not the same.")
    if given.keep:
        return _keep(given, desk)
    if given.apart:
        return _part(given, desk)
    with desk.engine() as engine:
        groups = engine.duplicates(_likeness(given))
        assets = _assets(engine, groups)
    if given.json:
        desk.console.print_json([_row(group, assets) for group in groups])
        return 0
    lines = [line for group in groups for line in _lines(group, assets)]
    desk.console.print_lines(lines, "There are no duplicates.")
    return 0


def _keep(given: argparse.Namespace, desk: Desk) -> int:
    with desk.engine() as engine:
        (kept,) = assets_of(engine, [given.keep])
        others = assets_of(engine, given.paths) if given.paths else _exact(engine, kept)
        if not others:
            raise WrongUse(f"{given.keep} has no exact copy.")
        step = engine.keep_copy(kept, others)
    desk.console.print(f"{step.sentence}; “assetman undo” brings it back")
    return 0


def _part(given: argparse.Namespace, desk: Desk) -> int:
    with desk.engine() as engine:
        assets = assets_of(engine, given.paths)
        if len(assets) < 2:
            raise WrongUse("Name the files that are not duplicates of each other.")
        engine.part_copies(assets)
    desk.console.print(f"{counted(len(assets), 'file')} are kept apart")
    return 0


def _exact(engine: EngineApi, kept: int) -> list[int]:
    for group in engine.duplicates(Likeness.EXACT):
        ids = [copy.asset_id for copy in group.copies]
        if kept in ids:
            return [asset_id for asset_id in ids if asset_id != kept]
    return []


def _likeness(given: argparse.Namespace) -> Likeness | None:
    if given.exact:
        return Likeness.EXACT
    return Likeness.NEAR if given.near else None


def _assets(engine: EngineApi, groups: list[DuplicateGroup]) -> dict[int, Asset]:
    ids = dict.fromkeys(copy.asset_id for group in groups for copy in group.copies)
    return {card.asset.id: card.asset for card in engine.cards(list(ids))}


def _row(group: DuplicateGroup, assets: dict[int, Asset]) -> dict[str, Any]:
    there = [copy for copy in group.copies if copy.asset_id in assets]
    return {
        "kind": group.likeness.value,
        "paths": [assets[copy.asset_id].path for copy in there],
        "wasted": group.wasted,
        "why": [list(copy.why) for copy in there],
        "seconds": [None if copy.start is None else [copy.start, copy.end] for copy in there],
    }


def _size(size: int) -> str:
    return f"{size / 1e6:,.1f} MB" if size >= 100_000 else f"{size / 1e3:,.1f} kB"


def _lines(group: DuplicateGroup, assets: dict[int, Asset]) -> list[str]:
    """Write a group: a line of its own, then its files, the one proposed to be kept first."""
    count = counted(len(group.copies), "file")
    lines = [f"{group.likeness.value}: {count}, {_size(group.wasted)} more than needed"]
    for place, copy in enumerate(group.copies):
        if copy.asset_id in assets:
            mark = "keep" if place == 0 else "    "
            why = f"  ({', '.join(copy.why)})" if copy.why else ""
            lines.append(f"  {mark}  {assets[copy.asset_id].path}{why}")
    return lines
