"""Reads what a person typed: words, `-unwanted` words, `type:` and `in:`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assetman.core.assets import Kind

_TOKEN = re.compile(r'(-?)(?:(\w+):)?(?:"([^"]*)"?|(\S+))')
_KINDS = {
    **{kind.value: kind for kind in Kind},
    "picture": Kind.IMAGE,
    "pictures": Kind.IMAGE,
    "photo": Kind.IMAGE,
    "photos": Kind.IMAGE,
    "images": Kind.IMAGE,
    "videos": Kind.VIDEO,
    "sound": Kind.AUDIO,
    "sounds": Kind.AUDIO,
    "documents": Kind.DOCUMENT,
}


@dataclass(frozen=True, slots=True)
class ParsedText:
    """What was typed, taken apart. `notes` are sentences about what made no sense."""

    wanted: str = ""
    unwanted: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    folders: tuple[str, ...] = ()  # names, as typed
    notes: tuple[str, ...] = ()


def parse(text: str) -> ParsedText:
    """Take a question apart. Nothing typed is an error: what makes no sense gets a note."""
    wanted: list[str] = []
    unwanted: list[str] = []
    kinds: list[Kind] = []
    folders: list[str] = []
    notes: list[str] = []
    for minus, key, quoted, plain in _TOKEN.findall(text):
        value = quoted or plain
        if key.lower() == "type" and not minus:
            if value.lower() in _KINDS:
                kinds.append(_KINDS[value.lower()])
            else:
                known = ", ".join(kind.value for kind in Kind)
                notes.append(f"There is no kind “{value}”: it is one of {known}.")
        elif key.lower() == "in" and value and not minus:
            folders.append(value)
        else:
            word = f"{key}:{value}" if key else value
            if word:
                (unwanted if minus else wanted).append(word)
    return ParsedText(" ".join(wanted), tuple(unwanted), tuple(kinds), tuple(folders), tuple(notes))
