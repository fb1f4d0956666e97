"""`assetman failures`: the files that could not be read, and why."""

from __future__ import annotations

import argparse
import dataclasses
import os
from collections.abc import Sequence

from assetman.cli.desk import Desk
from assetman.cli.files import counted
from assetman.cli.runs import finish, known_failures
from assetman.core.assets import Failure
from assetman.core.errors import WrongUse

HELP = "list the files that could not be read, try them again, ignore them"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--json", action="store_true", help="print one list")
    parser.add_argument("--ignored", action="store_true", help="list those that are ignored")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--retry", nargs="*", metavar="PATH", help="try these, or all, again")
    what.add_argument("--ignore", nargs="+", metavar="PATH", help="hear of these no more")
    what.add_argument("--unignore", nargs="+", metavar="PATH", help="hear of these again")


def run(given: argparse.Namespace, desk: Desk) -> int:
    """Print the failures, try again, or ignore some."""
    if given.retry is not None:
        return _retry(given, desk)
    with desk.engine() as engine:
        failures = engine.failures()
        for paths, ignored in ((given.ignore, True), (given.unignore, False)):
            if paths:
                chosen = _at(failures, paths)
                engine.ignore_failures([failure.id for failure in chosen], ignored)
                failures = engine.failures()
    shown = [failure for failure in failures if failure.ignored == given.ignored]
    if given.json:
        desk.console.print_json([dataclasses.asdict(failure) for failure in shown])
        return 0
    lines = [f"{failure.path}: {failure.message}" for failure in shown]
    none = "No failure is ignored." if given.ignored else "There is no file that cannot be read."
    desk.console.print_lines(lines, none)
    others = sum(failure.ignored for failure in failures)
    if others and not given.ignored:
        desk.console.tell(f"{counted(others, 'failure')} ignored: --ignored lists what they are.")
    return 0


def _retry(given: argparse.Namespace, desk: Desk) -> int:
    with desk.engine(long=True) as engine:
        chosen = None
        if given.retry:
            chosen = [failure.id for failure in _at(engine.failures(), given.retry)]
        # What fails again in the same way counts as failed in this run, too.
        known = known_failures(engine) - {
            (failure.id, failure.at)
            for failure in engine.failures()
            if (not failure.ignored if chosen is None else failure.id in chosen)
        }
        return finish(engine, engine.retry(chosen), known, desk.console, given.json)


def _at(failures: Sequence[Failure], paths: Sequence[str]) -> list[Failure]:
    """Find the failures at paths, of a folder all in it. Raises WrongUse where there is none."""
    found: dict[int, Failure] = {}
    for path in paths:
        ways = {os.path.abspath(path), os.path.realpath(path)}
        inside = tuple(os.path.join(way, "") for way in ways)
        here = [each for each in failures if each.path in ways or each.path.startswith(inside)]
        if not here:
            raise WrongUse(f"{path} is not among the files that could not be read.")
        found.update({failure.id: failure for failure in here})
    return list(found.values())
