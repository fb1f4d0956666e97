"""Values to JSON and back, typed by the signatures of `EngineApi`.

A new method of `EngineApi` needs no new code here: its arguments and its answer are read from
its signature. Only JSON crosses the connection, never pickles. Text is escaped to ASCII, so
that paths with lone surrogates survive.
"""

from __future__ import annotations

import inspect
import json
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from operator import eq
from typing import Any, TypeVar, cast, get_type_hints

from cattrs.preconf.json import JsonConverter, make_converter

from assetman.core import errors
from assetman.core.changes import Changes
from assetman.core.errors import WrongUse
from assetman.core.exports import Export
from assetman.core.progress import Progress
from assetman.engine.protocol import EngineApi, EngineLost, Event

T = TypeVar("T")
Json = dict[str, Any]

# Verbs that never cross the connection: each side has its own way with them.
_LOCAL = frozenset({"subscribe", "close"})
_KINDS: dict[str, type[errors.AssetmanError]] = {
    kind.__name__: kind
    for kind in (
        errors.BadInput,
        errors.WrongUse,
        errors.EnvironmentProblem,
        errors.LibraryBusy,
        errors.Cancelled,
        EngineLost,
    )
}
_EVENTS: dict[str, type[Event]] = {
    "Changes": Changes,
    "Progress": Progress,
    "Export": Export,
}
_BUG = "bug"


class EngineFault(RuntimeError):
    """A bug in the engine; `trace` is its traceback as the engine saw it."""

    def __init__(self, message: str, trace: str = "") -> None:
        super().__init__(message)
        self.trace = trace
        if trace:
            self.add_note(f"In the engine:\n{trace}")


@dataclass(frozen=True, slots=True)
class Verb:
    """One method of the engine: its name, its parameters and the types on both ways."""

    name: str
    signature: inspect.Signature  # without self
    types: Mapping[str, Any]
    result: Any

    def encode_arguments(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Json:
        """Give a call's arguments by name. Raises TypeError as the method itself would."""
        given = self.signature.bind(*args, **kwargs).arguments
        return {name: encode(value, self.types[name]) for name, value in given.items()}

    def decode_arguments(self, given: object) -> Json:
        """Check arguments from the wire. Raises WrongUse for what does not fit."""
        if not isinstance(given, dict):
            raise WrongUse(f"{self.name}: the arguments are not given by name")
        try:
            self.signature.bind(**given)
            return {name: decode(value, self.types[name]) for name, value in given.items()}
        except Exception as error:  # of many kinds, and never the engine's fault
            raise WrongUse(f"{self.name}: {error}") from error


def _strict(kind: type) -> Any:
    def check(value: Any, _: Any) -> Any:
        if type(value) is kind:
            return value
        if kind is float and type(value) is int:
            return float(value)
        raise TypeError(f"{str(value)[:80]!r} is not of type {kind.__name__}")

    return check


def _numbers(build: type) -> Any:
    """Take a list of ids at once: one by one, 100,000 of them would be felt."""

    def check(value: Any, _: Any) -> Any:
        if not isinstance(value, list) or set(map(type, value)) - {int}:
            raise TypeError(f"{str(value)[:80]!r} is not a list of numbers")
        return build(value)

    return check


_ID_LISTS: dict[Any, type] = {
    tuple[int, ...]: tuple,
    frozenset[int]: frozenset,
    list[int]: list,
    Sequence[int]: list,
}


def _words(value: Any, _: Any) -> list[str]:
    """Take a list of words; one word is none, though it is a sequence of letters."""
    if not isinstance(value, list) or set(map(type, value)) - {str}:
        raise TypeError(f"{str(value)[:80]!r} is not a list of words")
    return value


def _build_converter() -> JsonConverter:
    converter = make_converter(detailed_validation=False, forbid_extra_keys=True)
    for kind in (int, float, str, bool):
        converter.register_structure_hook(kind, _strict(kind))
    # Nearer to our enums than str, whose hook would take any word for them.
    converter.register_structure_hook(StrEnum, lambda value, kind: kind(value))
    converter.register_structure_hook_func(partial(eq, Sequence[str]), _words)
    for shape, build in _ID_LISTS.items():
        # Not `shape.__eq__`: that is the list's, not the type's.
        converter.register_structure_hook_func(partial(eq, shape), _numbers(build))
        converter.register_unstructure_hook_func(partial(eq, shape), list)
    return converter


_converter = _build_converter()


def _verbs() -> dict[str, Verb]:
    found = {}
    for name, method in inspect.getmembers(EngineApi, inspect.isfunction):
        if name.startswith("_") or name in _LOCAL:
            continue
        types = get_type_hints(method)
        result = types.pop("return")
        signature = inspect.signature(method)
        parameters = list(signature.parameters.values())[1:]
        found[name] = Verb(name, signature.replace(parameters=parameters), types, result)
    return found


VERBS: Mapping[str, Verb] = _verbs()


def encode(value: Any, kind: Any) -> Any:
    """Turn a value of type `kind` into what JSON can hold."""
    return _converter.unstructure(value, unstructure_as=kind)


def decode(value: Any, kind: type[T] | Any) -> T:
    """Turn what came as JSON into a value of type `kind`.

    Raises TypeError, ValueError, KeyError and others for what does not fit.
    """
    if kind is type(None):  # what a verb without an answer answers
        if value is not None:
            raise TypeError(f"{str(value)[:80]!r} is not nothing")
        return cast(T, None)
    return cast(T, _converter.structure(value, kind))


def encode_event(event: Event) -> Json:
    """Name an event and give its value."""
    return {"event": type(event).__name__, "value": encode(event, type(event))}


def decode_event(message: Json) -> Event:
    """Take an event from a message of the engine."""
    return decode(message["value"], _EVENTS[message["event"]])


def encode_error(error: BaseException) -> Json:
    """Give an error by kind and message; what is no kind of ours is a bug, with its traceback."""
    for kind in type(error).__mro__:
        if _KINDS.get(kind.__name__) is kind:
            return {"kind": kind.__name__, "message": str(error)}
    trace = "".join(traceback.format_exception(error))
    return {"kind": _BUG, "message": f"{type(error).__name__}: {error}", "trace": trace}


def decode_error(given: Json) -> Exception:
    """Give the error that `encode_error` was given; a bug comes as `EngineFault`."""
    kind = _KINDS.get(str(given.get("kind")))
    message = str(given.get("message", ""))
    if kind is None:
        return EngineFault(message, str(given.get("trace", "")))
    return kind(message)


def pack(message: Json) -> bytes:
    """Write a message as the bytes of one frame."""
    return json.dumps(
        message, ensure_ascii=True, separators=(",", ":"), default=_plain, check_circular=False
    ).encode("ascii")


def unpack(frame: bytes) -> Json:
    """Read the bytes of one frame. Raises WrongUse for anything but a JSON object."""
    try:
        message = json.loads(frame)
    except (ValueError, RecursionError) as error:
        raise WrongUse(f"a message is not JSON: {error}") from error
    if not isinstance(message, dict):
        raise WrongUse("a message is not a JSON object")
    return message


def _plain(value: Any) -> Any:
    """Take a number out of an array library's scalar."""
    item = getattr(value, "item", None)
    if callable(item):
        return item()
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")
