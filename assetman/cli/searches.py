"""`assetman searches`: smart searches, which are questions kept under a name."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assetman.cli.desk import Desk
from assetman.cli.files import counted
from assetman.cli.search import answer, positive
from assetman.core.errors import WrongUse
from assetman.core.queries import Query
from assetman.core.searches import SmartSearch

if TYPE_CHECKING:
    from assetman.engine.protocol import EngineApi

HELP = "list the smart searches, ask one, save one; what was asked lately"
_LATELY = 50  # questions


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--json", action="store_true", help="print one list, or one answer")
    parser.add_argument("--limit", type=positive, metavar="N", help="with --ask: so many at most")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--ask", metavar="NAME", help="answer it")
    what.add_argument("--save", metavar="NAME", help="keep a question under a name")
    what.add_argument("--change", metavar="NAME", help="keep another question under its name")
    what.add_argument("--rename", nargs=2, metavar=("NAME", "NEW"), help="give it another name")
    what.add_argument("--delete", metavar="NAME", help="delete it; the files it finds stay")
    what.add_argument("--lately", action="store_true", help="list what was asked in the window")
    what.add_argument("--forget", action="store_true", help="forget what was asked in the window")
    parser.add_argument("text", nargs="*", metavar="TEXT", help="the question to keep")


def run(given: argparse.Namespace, desk: Desk) -> int:
    """List the smart searches, or do something about one."""
    text = " ".join(given.text)
    if bool(text) != bool(given.save or given.change):
        raise WrongUse("Give the question with --save or --change.")
    with desk.engine() as engine:
        if given.ask is not None:
            search = _called(engine, given.ask)
            query = replace(search.query, limit=given.limit)
            answer(engine, query, desk, given.json, asked=search.name)
            return 0
        if given.lately:
            return _tell_lately(engine, desk, given.json)
        _change(engine, given, text)
        searches = engine.smart_searches(counted=True)
        if given.json:
            desk.console.print_json([_json(each, engine.as_text(each.query)) for each in searches])
            return 0
        lines = [_line(each, engine.as_text(each.query)) for each in searches]
    desk.console.print_lines(lines, "There are no smart searches.")
    return 0


def _change(engine: EngineApi, given: argparse.Namespace, text: str) -> None:
    if given.save is not None:
        engine.save_search(given.save, Query(text))
    elif given.change is not None:
        engine.change_search(_called(engine, given.change).id, Query(text))
    elif given.rename is not None:
        old, new = given.rename
        engine.rename_search(_called(engine, old).id, new)
    elif given.delete is not None:
        engine.delete_search(_called(engine, given.delete).id)
    elif given.forget:
        engine.forget_history()


def _tell_lately(engine: EngineApi, desk: Desk, as_json: bool) -> int:
    asked = list(dict.fromkeys(map(engine.as_text, engine.search_history(_LATELY))))
    if as_json:
        desk.console.print_json(asked)
    else:
        desk.console.print_lines(asked, "Nothing was asked lately.")
    return 0


def _called(engine: EngineApi, name: str) -> SmartSearch:
    for each in engine.smart_searches():
        if each.name.casefold() == name.strip().casefold():
            return each
    raise WrongUse(f"There is no smart search “{name}”.")


def _line(search: SmartSearch, text: str) -> str:
    count = "" if search.count is None else f"  {counted(search.count, 'file')}"
    return f"{search.name}{count}  {text}".rstrip()


def _json(search: SmartSearch, text: str) -> dict[str, Any]:
    return {"name": search.name, "query": text, "count": search.count}
