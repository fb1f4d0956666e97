"""Cuts what was typed into its parts, each at its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

from assetman.core.conditions import Key

ABOUT = "about"  # about:"OR" means the word
AFTER, BEFORE = "after", "before"
KEYS = {str(key): str(key) for key in Key} | {key: key for key in (ABOUT, AFTER, BEFORE)}
KEYS["colour"] = Key.COLOR
QUOTES = {'"': '"', "“": '”“"', "„": '“”"'}  # what closes what
_KEY = re.compile(r"([^\W\d_]+):")
_WEIGHT = re.compile(r"\^([0-9]{1,6}(?:\.[0-9]{1,6})?)(?=[\s)]|$)")
_SPACE = re.compile(r"\s*")
_STOP = re.compile(r"[\s()]")


class Form(Enum):
    """What kind of part a token is."""

    OPEN = auto()
    CLOSE = auto()
    OR = auto()
    WORD = auto()
    QUOTED = auto()
    PAIR = auto()  # key:value
    FILE = auto()  # +[path]


@dataclass(frozen=True, slots=True)
class Token:
    """One part of what was typed."""

    form: Form
    start: int
    end: int
    value: str = ""
    key: str = ""  # of a pair, as the language calls it
    unwanted: bool = False  # a minus stands before it
    weight: float | None = None
    closed: bool = True  # False: its quotation mark or bracket is missing at the end


def tokens(text: str) -> Iterator[Token]:
    """Go through the parts of a text. Every text has some reading."""
    place = _skip(text, 0)
    while place < len(text):
        token = _token(text, place)
        yield token
        place = _skip(text, token.end)


@lru_cache(maxsize=1024)
def is_bare(word: str) -> bool:
    """Tell whether a word can be typed as it is, also with a minus and with a weight."""
    if set(word) & set("()"):  # in a group they would close it
        return False
    return all(
        [(each.form, each.value) for each in tokens(sign + word + weight)] == [(Form.WORD, word)]
        for sign in ("", "-")
        for weight in ("", "^2")
    )


def _token(text: str, start: int) -> Token:
    if text[start] == ")":
        weight, end = _weight(text, start + 1)
        return Token(Form.CLOSE, start, end, weight=weight)
    first = start + _signed(text, start)
    unwanted = first > start and text[start] == "-"
    if text[first] == "(":
        return Token(Form.OPEN, start, first + 1, unwanted=unwanted)
    if text[first] == "[" and first > start:
        value, end, closed = _until(text, first + 1, "]")
        weight, end = _weight(text, end)
        return Token(Form.FILE, start, end, value, "", unwanted, weight, closed)
    if text[first] in QUOTES:
        value, end, closed = _until(text, first + 1, QUOTES[text[first]])
        weight, end = _weight(text, end)
        return Token(Form.QUOTED, start, end, value, "", unwanted, weight, closed)
    pair = _KEY.match(text, first)
    if pair and pair[1].lower() in KEYS:
        return _pair(text, start, pair.end(), KEYS[pair[1].lower()], unwanted)
    return _word(text, start, first, unwanted)


def _pair(text: str, start: int, place: int, key: str, unwanted: bool) -> Token:
    if place < len(text) and text[place] in QUOTES:
        value, end, closed = _until(text, place + 1, QUOTES[text[place]])
        weight, end = _weight(text, end)
        return Token(Form.PAIR, start, end, value, key, unwanted, weight, closed)
    end = _bare(text, place)
    value, weight = text[place:end], None
    if key == ABOUT:
        value, weight = _parted(value)
    return Token(Form.PAIR, start, end, value, key, unwanted, weight)


def _word(text: str, start: int, first: int, unwanted: bool) -> Token:
    end = _bare(text, first)
    if text[start:end] == "OR":
        return Token(Form.OR, start, end)
    word, weight = _parted(text[first:end])
    return Token(Form.WORD, start, end, word, "", unwanted, weight)


def _signed(text: str, place: int) -> bool:
    """Tell whether a sign stands there before something it belongs to."""
    behind = text[place + 1 : place + 2]
    return text[place] in "+-" and bool(behind) and not behind.isspace() and behind != ")"


def _bare(text: str, place: int) -> int:
    """Give where a word ends: at a space, or at a parenthesis that it did not open."""
    opened = 0
    for stop in _STOP.finditer(text, place):
        if stop[0] == "(":
            opened += 1
        elif stop[0] == ")" and opened:
            opened -= 1
        else:
            return stop.start()
    return len(text)


def _until(text: str, place: int, closing: str) -> tuple[str, int, bool]:
    """Read up to a closing sign; a straight one typed twice is meant itself.

    Gives what was read, the place behind it, and whether it was closed at all.
    """
    read: list[str] = []
    while place < len(text):
        char = text[place]
        if char in closing:
            doubled = text[place + 1 : place + 2] == char and closing in '"]'
            if not doubled:
                return "".join(read), place + 1, True
            place += 1
        read.append(char)
        place += 1
    return "".join(read), place, False


def _parted(word: str) -> tuple[str, float | None]:
    """Part a word from its weight."""
    stem, hat, _ = word.rpartition("^")
    weight, _ = _weight(word, len(stem)) if stem and hat else (None, 0)
    return (word, None) if weight is None else (stem, weight)


def _weight(text: str, place: int) -> tuple[float | None, int]:
    found = _WEIGHT.match(text, place)
    return (float(found[1]), found.end()) if found else (None, place)


def _skip(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return found.end() if found else place
