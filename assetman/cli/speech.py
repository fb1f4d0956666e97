"""`assetman speech`: writing down what is said, to be found by `said:`."""

from __future__ import annotations

import argparse
import dataclasses
import os
from collections.abc import Sequence

from assetman.cli.desk import Desk
from assetman.cli.runs import finish, known_failures
from assetman.core.models import ModelInfo, ModelState

HELP = "write down what is said in sounds and videos, or stop doing so"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--json", action="store_true", help="print one list")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    add = verbs.add_parser("add", help="install a model")
    add.add_argument("source", metavar="SOURCE", help="a row's name, a folder, hf-hub:owner/name")
    add.add_argument("--name", metavar="NAME", help="what to call it")
    use = verbs.add_parser("use", help="listen with a model to all that has sound, from now on")
    use.add_argument("name", metavar="NAME")
    verbs.add_parser("off", help="listen no more; what was written down stays")


def run(given: argparse.Namespace, desk: Desk) -> int:
    """List, add, choose, or switch off."""
    if given.verb == "add":
        return _add(given, desk)
    if given.verb == "use":
        return _use(given, desk)
    with desk.engine() as engine:
        if given.verb == "off":
            engine.use_speech(None)
        models = engine.speech_models()
    if given.json:
        desk.console.print_json([dataclasses.asdict(model) for model in models])
        return 0
    for model in models:
        desk.console.print(_line(model))
    if not any(model.active for model in models):
        desk.console.tell(f"Nothing is written down: {_first_step(models)}.")
    return 0


def _add(given: argparse.Namespace, desk: Desk) -> int:
    source = given.source
    if os.path.isdir(source):
        source = os.path.abspath(source)  # the engine has a folder of its own
    with desk.engine(long=True) as engine:
        model = engine.add_speech_model(source, given.name)
    if given.json:
        desk.console.print_json(dataclasses.asdict(model))
    else:
        desk.console.print(f"{model.name} is installed; “assetman speech use” switches it on")
    return 0


def _use(given: argparse.Namespace, desk: Desk) -> int:
    with desk.engine(long=True) as engine:
        known = known_failures(engine)
        number = engine.use_speech(given.name)
        return finish(engine, number, known, desk.console, given.json)


def _first_step(models: Sequence[ModelInfo]) -> str:
    """Say what to do to have speech written down."""
    if any(model.state is ModelState.INSTALLED for model in models):
        return "“assetman speech use NAME” switches it on"
    return "“assetman speech add NAME” brings a model, “assetman speech use NAME” switches it on"


def _line(model: ModelInfo) -> str:
    state = str(model.state)
    if model.active:
        state = f"on, {model.pending:,} to go" if model.pending else "on"
    size = f", {model.size / 1e6:,.0f} MB" if model.size else ""
    word = "" if model.state is ModelState.INSTALLED else "; “assetman speech add” brings it"
    return f"{model.name:<16} {state:<12} {model.summary} ({model.licence}{size}{word})"
