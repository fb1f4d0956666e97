"""`assetman missing`: files of the library that are gone from their folders."""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING, Any

from assetman.cli.desk import Desk
from assetman.cli.files import counted
from assetman.core.assets import Asset
from assetman.core.queries import Filters, Query, Sort

if TYPE_CHECKING:
    from assetman.engine.protocol import EngineApi

HELP = "list the files that are gone, kept for a while with all that was added to them"

_DAY = 86400.0  # seconds


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--json", action="store_true", help="print one list")
    parser.add_argument(
        "--forget", action="store_true", help="drop them for good now; this cannot be undone"
    )


def run(given: argparse.Namespace, desk: Desk) -> int:
    """Print what is missing, or forget it."""
    with desk.engine() as engine:
        assets = _missing(engine)
        days = engine.status().keep_missing_days
        if given.forget:
            engine.forget_missing([asset.id for asset in assets])
    if given.json:
        desk.console.print_json([_row(asset, days) for asset in assets])
        return 0
    if given.forget:
        desk.console.print(f"{counted(len(assets), 'missing file')} forgotten")
        return 0
    lines = []
    for asset in assets:
        until = time.strftime("%Y-%m-%d", time.localtime(_until(asset, days)))
        lines.append(f"{asset.path}  kept until {until}")
    desk.console.print_lines(lines, "No file is missing.")
    return 0


def _missing(engine: EngineApi) -> list[Asset]:
    query = Query(filters=Filters(missing=True), sort=Sort.NAME, descending=False)
    return [card.asset for card in engine.cards(engine.search(query).ids)]


def _row(asset: Asset, days: float) -> dict[str, Any]:
    return {
        "path": asset.path,
        "kind": asset.kind.value,
        "missing_since": asset.missing_since,
        "kept_until": _until(asset, days),
        "tags": list(asset.tags),
        "rating": asset.rating,
    }


def _until(asset: Asset, days: float) -> float:
    return (asset.missing_since or 0.0) + days * _DAY
