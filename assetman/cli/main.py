"""Parses the command line, runs a command, turns errors into exit statuses."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn

from assetman import __version__
from assetman.cli import (
    add,
    collections,
    doctor,
    duplicates,
    engine,
    export,
    failures,
    index,
    missing,
    models,
    pace,
    rate,
    redo,
    roots,
    search,
    searches,
    similar,
    speech,
    status,
    tag,
    tags,
    text,
    undo,
    untag,
)
from assetman.cli.console import Console
from assetman.cli.desk import Desk, default_library, open_service
from assetman.core.errors import (
    AssetmanError,
    BadInput,
    Cancelled,
    EnvironmentProblem,
    WrongUse,
)
from assetman.engine.protocol import EngineLost

if TYPE_CHECKING:
    from assetman.engine.protocol import EngineApi

_log = logging.getLogger(__name__)

EXIT_DONE = 0
EXIT_FILES_FAILED = 1
EXIT_WRONG_USE = 2
EXIT_ENVIRONMENT = 3
EXIT_BUG = 70
EXIT_INTERRUPTED = 130

OpenWindow = Callable[[Path], int]

COMMANDS: dict[str, ModuleType] = {
    "add": add,
    "index": index,
    "search": search,
    "searches": searches,
    "similar": similar,
    "export": export,
    "status": status,
    "tag": tag,
    "untag": untag,
    "rate": rate,
    "tags": tags,
    "collections": collections,
    "duplicates": duplicates,
    "undo": undo,
    "redo": redo,
    "failures": failures,
    "missing": missing,
    "roots": roots,
    "models": models,
    "speech": speech,
    "text": text,
    "pace": pace,
    "doctor": doctor,
    "engine": engine,
}


def no_window(folder: Path) -> int:
    """Say that there is no window to open for a library."""
    raise WrongUse(f"What should be done with {folder}? “assetman --help” lists the commands.")


def main(argv: Sequence[str] | None = None, open_window: OpenWindow = no_window) -> int:
    """Run the command line of this process; give the exit status."""
    return run(sys.argv[1:] if argv is None else argv, Console.standard(), open_window=open_window)


def run(
    argv: Sequence[str],
    console: Console,
    open_here: Callable[[Path], EngineApi] = open_service,
    open_window: OpenWindow = no_window,
) -> int:
    """Run one command; give the exit status. Prints every error, raises none.

    Without a command it opens the window. The commands do not know the window: whoever calls
    brings it along.
    """
    try:
        given = parse(argv)
        folder = given.library or default_library()
        desk = Desk(folder, console, open_here)
        if given.command is None:
            return open_window(folder)
        if given.command != "engine":  # which has its own
            _log_to(folder)
        result = _run(COMMANDS[given.command], given, desk)
        console.out.flush()
    except BrokenPipeError:  # nobody reads on: `assetman search … | head`
        _let_go(console)
        return EXIT_DONE
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except SystemExit as end:  # argparse has said all there is to say
        return end.code if isinstance(end.code, int) else EXIT_WRONG_USE
    except AssetmanError as error:
        console.tell(str(error))
        return _status_of(error)
    except Exception as error:
        return _admit(error, console)
    return result


def _run(command: ModuleType, given: argparse.Namespace, desk: Desk) -> int:
    """Run a command; once more if the engine it asked has ended before it said anything.

    That may have been another command's, which ends with its own work.
    """
    try:
        result: int = command.run(given, desk)
    except EngineLost:
        if desk.console.printed.is_set():
            raise
        _log.info("the engine has ended: “%s” begins anew", given.command)
        result = command.run(given, desk)
    return result


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Read a command line. Raises SystemExit, having said why, if it makes no sense."""
    parser = _parser()
    before = _command_at(argv)
    if argv[before : before + 1] != ["search"]:
        return parser.parse_args(argv)
    options, words = search.split_question(argv[before + 1 :])
    given = parser.parse_args([*argv[: before + 1], *options])
    given.text = words
    return given


def _command_at(argv: Sequence[str]) -> int:
    """Find where the command's name stands."""
    place = 0
    while place < len(argv) and argv[place].startswith("-"):
        place += 2 if argv[place] == "--library" else 1
    return place


class _Parser(argparse.ArgumentParser):
    """Takes the library's folder, wherever it stands; says what is wrong in one sentence."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.add_argument(
            "--library",
            type=_folder,
            default=argparse.SUPPRESS,
            metavar="DIR",
            help="the library's folder",
        )

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_WRONG_USE, f"assetman: {message} (“{self.prog} --help” tells more)\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="assetman",
        description=(
            "Finds pictures, videos and sounds by meaning, on this machine. "
            "Without a command: the window."
        ),
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"assetman {__version__}")
    parser.set_defaults(library=None)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, module in COMMANDS.items():
        if module.HELP is None:  # not a person's command
            command = commands.add_parser(name)
        else:
            command = commands.add_parser(
                name, help=module.HELP, description=module.HELP, allow_abbrev=False
            )
        module.arguments(command)
    return parser


def _folder(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("a folder has a name")
    return Path(text).absolute()


def _status_of(error: AssetmanError) -> int:
    if isinstance(error, WrongUse):
        return EXIT_WRONG_USE
    if isinstance(error, BadInput):
        return EXIT_FILES_FAILED
    if isinstance(error, Cancelled):
        return EXIT_INTERRUPTED
    return EXIT_ENVIRONMENT


def _admit(error: Exception, console: Console) -> int:
    """Tell of a bug in one line; its traceback goes where the others are."""
    _log.error("a bug", exc_info=error)
    paths = [
        handler.baseFilename
        for handler in logging.getLogger().handlers
        if isinstance(handler, logging.FileHandler)
    ]
    where = f"; the traceback is in {paths[0]}" if paths else ""
    console.tell(f"This is a mistake in Assetman: {type(error).__name__}: {error}{where}")
    return EXIT_BUG


def _log_to(folder: Path) -> None:
    """Keep what the parts have to say out of the terminal."""
    from assetman.engine.endpoint import log_path

    if logging.getLogger().handlers:
        return
    try:
        path = log_path(folder)
    except EnvironmentProblem:  # whoever opens the library says it better
        logging.basicConfig(handlers=[logging.NullHandler()])
        return
    logging.basicConfig(
        filename=path,
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        encoding="utf-8",
        errors="backslashreplace",
    )
    logging.captureWarnings(True)


def _let_go(console: Console) -> None:
    """Give standard output somewhere to go, or Python complains when it ends."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), console.out.fileno())
    except OSError:
        return
