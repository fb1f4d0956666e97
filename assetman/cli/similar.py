"""`assetman similar`: more like some files or a collection, these themselves left out."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from assetman.cli.collections import called
from assetman.cli.desk import Desk, existing_file
from assetman.cli.search import add_filters, answer
from assetman.cli.times import time_of
from assetman.core.assets import Kind
from assetman.core.errors import WrongUse
from assetman.core.queries import Aspect, Example, Filters, Query

if TYPE_CHECKING:
    from assetman.engine.protocol import EngineApi

HELP = "find more like files, like some seconds of one, or like a collection, these left out"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("paths", nargs="*", metavar="PATH", help="in the library or not")
    parser.add_argument(
        "--collection", metavar="NAME", help="what belongs into this collection too"
    )
    parser.add_argument(
        "--unlike", action="append", default=[], metavar="PATH", help="and not like this one"
    )
    parser.add_argument(
        "--by",
        choices=[each.value for each in Aspect],
        default=Aspect.MEANING.value,
        help="alike in meaning, in colours and where they are, or in the shape of the sound",
    )
    parser.add_argument(
        "--from", dest="start", type=time_of, metavar="TIME", help="like what is seen or heard here"
    )
    parser.add_argument(
        "--to", dest="end", type=time_of, metavar="TIME", help="and on to here: 83.5, 1:23.5"
    )
    add_filters(parser)


def run(given: argparse.Namespace, desk: Desk) -> int:
    """Ask for what is like these."""
    if not given.paths and given.collection is None:
        raise WrongUse("Name a file, or a --collection.")
    if len(given.paths) != 1 and (given.start is not None or given.end is not None):
        raise WrongUse("--from and --to are about one file.")
    with desk.engine() as engine:
        examples = [_example(engine, path, given) for path in given.paths]
        examples += [_example(engine, path, given, -1.0) for path in given.unlike]
        if given.collection is not None:
            collection = called(engine, given.collection)
            examples.append(Example(by=Aspect(given.by), collection_id=collection.id))
        query = Query(
            examples=tuple(examples),
            filters=Filters(tuple(Kind(kind) for kind in given.type)),
            leave_out=tuple(each.asset_id for each in examples if each.asset_id is not None),
            limit=given.limit,
        )
        asked = " ".join(given.paths) or given.collection
        answer(engine, query, desk, given.json, asked=asked)
    return 0


def _example(
    engine: EngineApi, path: str, given: argparse.Namespace, weight: float = 1.0
) -> Example:
    # An asset may be asked about while its drive is away.
    asset = engine.asset_at(os.path.abspath(path))
    file = existing_file(path) if asset is None else None
    start, end = (given.start, given.end) if weight > 0 else (None, None)
    by = Aspect(given.by)
    return Example(asset, file, weight=weight, start=start, end=end, by=by)
