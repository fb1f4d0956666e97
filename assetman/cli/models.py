"""`assetman models`: what gives files and words their meaning."""

from __future__ import annotations

import argparse
import dataclasses
import os

from assetman.cli.desk import Desk
from assetman.cli.runs import finish, known_failures
from assetman.core.inputs import Modality
from assetman.core.models import ModelInfo

_SECTIONS = (
    (Modality.IMAGE, "for pictures and videos"),
    (Modality.SOUND, "for sounds, also those of videos"),
)
HELP = "list models, add one, choose one"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--json", action="store_true", help="print one list")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    add = verbs.add_parser("add", help="install a model's weights")
    add.add_argument(
        "architecture",
        metavar="ARCHITECTURE",
        help="of open_clip, clap, or a row's name; may be left out where the source says it",
    )
    add.add_argument(
        "source",
        nargs="?",
        default="",
        metavar="SOURCE",
        help="a file, a folder, or hf-hub:owner/name",
    )
    add.add_argument("--name", metavar="NAME", help="what to call it")
    use = verbs.add_parser("use", help="choose a model and fill the library with it")
    use.add_argument("name", metavar="NAME")


def run(given: argparse.Namespace, desk: Desk) -> int:
    """List, add or choose."""
    if given.verb == "add":
        return _add(given, desk)
    if given.verb == "use":
        return _use(given, desk)
    with desk.engine() as engine:
        models = engine.models()
    if given.json:
        desk.console.print_json([dataclasses.asdict(model) for model in models])
        return 0
    for modality, heading in _SECTIONS:
        desk.console.print(heading)
        for model in models:
            if model.indexes is modality:
                desk.console.print(f"  {_line(model)}")
    return 0


def _add(given: argparse.Namespace, desk: Desk) -> int:
    architecture, source = given.architecture, given.source
    if not source and (os.path.exists(architecture) or architecture.startswith("hf-hub:")):
        architecture, source = "", architecture
    if os.path.exists(source):
        source = os.path.abspath(source)  # the engine has a folder of its own
    with desk.engine(long=True) as engine:
        model = engine.add_model(architecture, source, given.name)
    if given.json:
        desk.console.print_json(dataclasses.asdict(model))
    else:
        desk.console.print(f"{model.name} is installed; “assetman models use” chooses it")
    return 0


def _use(given: argparse.Namespace, desk: Desk) -> int:
    with desk.engine(long=True) as engine:
        known = known_failures(engine)
        number = engine.use_model(given.name)
        return finish(engine, number, known, desk.console, given.json)


def _line(model: ModelInfo) -> str:
    state = str(model.state)
    if model.active:
        state = "in use"
    elif model.filling:
        state = f"being filled, {model.pending:,} to go"
    size = f", {model.size / 1e6:,.0f} MB" if model.size else ""
    return f"{model.name:<24} {state:<12} {model.summary} ({model.licence}{size})"
