"""`assetman search`: ask the library, in words and by example."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from assetman.cli.desk import Desk, existing_file, existing_folder
from assetman.cli.files import folder_in
from assetman.cli.hits import print_results, results_json, tell_notes
from assetman.cli.mistakes import tell_mistakes
from assetman.cli.runs import follow, known_failures
from assetman.core.assets import Kind
from assetman.core.errors import BadInput, WrongUse
from assetman.core.queries import Example, Filters, FolderFilter, Query
from assetman.engine.protocol import EngineLost

if TYPE_CHECKING:
    from assetman.engine.protocol import EngineApi

HELP = "search by words, by example, or both; “-” reads a question a line"
STDIN = "-"

# Options by whether a value follows; all else is a word of the question, `-people` too.
_OPTIONS = {
    "--like": True,
    "--unlike": True,
    "--in": True,
    "--type": True,
    "--limit": True,
    "--library": True,
    "--json": False,
    "--help": False,
    "-h": False,
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("text", nargs="*", metavar="TEXT", help="the question")
    for option, meaning in (
        ("--like", "find what is like this file"),
        ("--unlike", "and not like this one"),
    ):
        parser.add_argument(option, action="append", default=[], metavar="FILE", help=meaning)
    parser.add_argument(
        "--in", dest="folder", metavar="FOLDER", help="only in this folder; added if it is new"
    )
    add_filters(parser)


def add_filters(parser: argparse.ArgumentParser) -> None:
    """Add the options that every question takes."""
    parser.add_argument(
        "--type",
        action="append",
        default=[],
        metavar="KIND",
        choices=[kind.value for kind in Kind],
        help="only image, video, audio or document",
    )
    parser.add_argument("--limit", type=positive, metavar="N", help="so many hits at most")
    parser.add_argument("--json", action="store_true", help="print one object a question")


def split_question(tokens: Sequence[str]) -> tuple[list[str], list[str]]:
    """Part the options of `search` from the words of the question.

    `--` ends the options: everything behind it is a word.
    """
    options: list[str] = []
    words: list[str] = []
    rest = iter(tokens)
    for token in rest:
        name, equals, _ = token.partition("=")
        if token == "--":
            words.extend(rest)
        elif name not in _OPTIONS or (equals and not _OPTIONS[name]):
            words.append(token)
        elif _OPTIONS[name] and not equals:
            value = next(rest, None)  # taken whole: a file's name may begin with a dash
            options.append(token if value is None else f"{token}={value}")
        else:
            options.append(token)
    return options, words


def run(given: argparse.Namespace, desk: Desk) -> int:
    """Ask one question, or one for each line of standard input."""
    text = " ".join(given.text)
    if not (text or given.like or given.unlike or given.type or given.folder):
        raise WrongUse("What should be searched for? Give words, or --like FILE.")
    examples = [Example(path=existing_file(path)) for path in given.like]
    examples += [Example(path=existing_file(path), weight=-1.0) for path in given.unlike]
    folder = existing_folder(given.folder) if given.folder else None
    filters = Filters(tuple(Kind(kind) for kind in given.type))
    query = Query(text, tuple(examples), filters, limit=given.limit)
    if text != STDIN:
        return _ask(query, folder, desk, lambda engine, it: answer(engine, it, desk, given.json))
    lines = _Lines(desk.console.lines)
    while True:
        try:
            return _ask(
                query, folder, desk, lambda engine, it: _answer(lines, engine, it, desk, given.json)
            )
        except EngineLost:  # it was another command's, and ended with that: the line is asked again
            if not lines.may_ask_again():
                raise


def _ask(
    query: Query, folder: str | None, desk: Desk, put: Callable[[EngineApi, Query], None]
) -> int:
    """Put a question, or many, to the engine; give the exit status."""
    with desk.engine(long=query.text == STDIN or folder is not None) as engine:
        status = 0
        if folder is not None:
            inside, status = _limit_to(engine, folder, desk)
            query = replace(query, filters=replace(query.filters, folders=(inside,)))
        examples = tuple(_as_known(engine, example) for example in query.examples)
        put(engine, replace(query, examples=examples))
        return status


def _as_known(engine: EngineApi, example: Example) -> Example:
    """Ask with all that the library knows of a video or a sound, not with its first minutes."""
    asset = engine.asset_at(example.path) if example.path is not None else None
    cards = engine.cards([asset]) if asset is not None else []
    if not cards or cards[0].asset.kind not in (Kind.VIDEO, Kind.AUDIO):
        return example
    return replace(example, asset_id=asset, path=None)


class _Lines:
    """The lines of standard input; one that was not done with comes up again."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = iter(lines)
        self._open: bytes | None = None
        self._again: bytes | None = None

    def __iter__(self) -> Iterator[bytes]:
        while True:
            if self._open is None:
                self._open = next(self._lines, None)
            if self._open is None:
                return
            yield self._open
            self._open = None

    def may_ask_again(self) -> bool:
        """Tell whether the open line, if there is one, was given only once so far."""
        before, self._again = self._again, self._open
        return self._open is None or before is not self._open


def answer(engine: EngineApi, query: Query, desk: Desk, as_json: bool, asked: str = "") -> None:
    """Ask one question and print the answer; `asked` is what it is called in JSON."""
    results = engine.search(replace(query, fold=False))  # every file is a line
    if as_json:
        desk.console.print_json(results_json(engine, results, asked or query.text))
    else:
        print_results(engine, results, desk.console)
    tell_mistakes(query.text, results.mistakes, desk.console)
    tell_notes(engine, results, desk.console)


def _answer(
    lines: Iterable[bytes], engine: EngineApi, query: Query, desk: Desk, as_json: bool
) -> None:
    """Answer each line as it comes; a bad one costs only itself."""
    for line in lines:
        raw = line.rstrip(b"\r\n")
        text = raw.decode("utf-8", "replace")
        try:
            if text.encode("utf-8") != raw:
                raise BadInput("The line is not UTF-8.")
            if not text.strip() and not query.examples:
                raise BadInput("The line is empty.")
            results = engine.search(replace(query, text=text, fold=False))
        except (BadInput, WrongUse) as error:
            if as_json:
                desk.console.print_json({"query": text, "error": str(error)})
            else:
                desk.console.tell(f"{text}: {error}")
            continue
        tell_mistakes(text, results.mistakes, desk.console)
        if as_json:
            desk.console.print_json(results_json(engine, results, text))
        else:
            print_results(engine, results, desk.console)
            desk.console.print()
            desk.console.out.flush()


def _limit_to(engine: EngineApi, folder: str, desk: Desk) -> tuple[FolderFilter, int]:
    """Make a folder searchable if it is new; give it as a filter, and the exit status so far."""
    inside = folder_in(engine.roots(), folder)
    if inside is not None:
        if engine.search(Query(filters=Filters(folders=(inside,)), limit=1)).total:
            return inside, 0
    else:
        root = engine.add_root(folder)
        inside = folder_in([root], folder) or FolderFilter(root.id)
    known = known_failures(engine)
    _, failed = follow(engine, engine.index([inside.root_id]), known, desk.console)
    return inside, 1 if failed else 0


def positive(text: str) -> int:
    """Read a number above 0. Raises ArgumentTypeError for anything else."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 up")
    return int(text)
