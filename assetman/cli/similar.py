"""`assetman similar`: more like a file, or some seconds of it, itself left out."""

from __future__ import annotations

import argparse
import os

from assetman.cli.desk import Desk, existing_file
from assetman.cli.search import add_filters, answer
from assetman.cli.times import time_of
from assetman.core.assets import Kind
from assetman.core.queries import Example, Filters, Query

HELP = "find more like a file, or like some seconds of it, itself left out"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("path", metavar="PATH", help="in the library or not")
    parser.add_argument(
        "--from", dest="start", type=time_of, metavar="TIME", help="like what is seen or heard here"
    )
    parser.add_argument(
        "--to", dest="end", type=time_of, metavar="TIME", help="and on to here: 83.5, 1:23.5"
    )
    add_filters(parser)


def run(given: argparse.Namespace, desk: Desk) -> int:
    """Ask for files like this one."""
    with desk.engine() as engine:
        # An asset may be asked about while its drive is away.
        asset = engine.asset_at(os.path.abspath(given.path))
        path = existing_file(given.path) if asset is None else None
        query = Query(
            examples=(Example(asset, path, start=given.start, end=given.end),),
            filters=Filters(tuple(Kind(kind) for kind in given.type)),
            leave_out=() if asset is None else (asset,),
            limit=given.limit,
        )
        answer(engine, query, desk, given.json, asked=given.path)
    return 0
