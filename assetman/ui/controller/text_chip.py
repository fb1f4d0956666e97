"""Chips that hold a condition of the query language, and what such a condition is called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from assetman.core.conditions import Key
from assetman.core.days import PASSING

SINGLE = frozenset(
    {"size", "width", "height", "duration", "date", "camera", "lens", "ext", "orientation"}
)  # of these only one at a time makes sense
_CONDITION = re.compile(r'(-?)([a-z]+):((?:"(?:[^"]|"")*"|[^\s()"])+)')
_HAS = {
    "audio": "with sound",
    "gps": "with a place",
    "tags": "tagged",
    "text": "with text",
    "speech": "with speech",
    "subtitles": "with subtitles",
    "chapters": "with chapters",
}
_IS = {"unrated": "not rated", "duplicate": "duplicates"}
_UNITS = {"b": "B", "kb": "KB", "mb": "MB", "gb": "GB", "tb": "TB", "s": "s", "m": "min", "h": "h"}
_PERIODS = {"d": "day", "w": "week", "m": "month", "y": "year"}
_LAST = re.compile(r"([0-9]{1,4})([dwmy])")
_NUMBER = re.compile(r"([0-9.,]+)([a-z]+)")


@dataclass(frozen=True, slots=True)
class TextChip:
    """A condition as it is typed: `size:>10mb`, `-camera:"X 100"`."""

    text: str

    @property
    def key(self) -> str:
        """What it asks about: the word before the colon."""
        return self.text.removeprefix("-").partition(":")[0]

    @property
    def value(self) -> str:
        """What it asks for, without quotation marks."""
        return unquoted(self.text.partition(":")[2])

    @property
    def label(self) -> str:
        return named(self.text)

    @property
    def spoken(self) -> str:
        return f"only {self.label}"

    @property
    def opposite(self) -> TextChip:
        """Give the chip that leaves out what this one asks for."""
        return TextChip(self.text.removeprefix("-") if self.text[0] == "-" else f"-{self.text}")


def taken_apart(text: str) -> tuple[tuple[TextChip, ...], str]:
    """Take the conditions off the beginning of a question; give them and the words after them."""
    chips, at = [], 0
    while found := _CONDITION.match(text, at):
        ended = found.end() == len(text) or text[found.end()].isspace()
        rest = text[found.end() :].lstrip()
        if not ended or found[2] not in set(Key) or rest.startswith("OR "):
            break
        chips.append(TextChip(found[0]))
        at = len(text) - len(rest)
    return tuple(chips), text[at:]


def unquoted(value: str) -> str:
    """Give a value without the quotation marks it may stand in."""
    if len(value) > 1 and value[0] == value[-1] == '"':
        return value[1:-1].replace('""', '"')
    return value


def named(text: str) -> str:
    """Call a condition of the language by what it means; what is not known stays as it is."""
    found = _CONDITION.fullmatch(text)
    if found is None:
        return text
    name = _meaning(found[2], unquoted(found[3])) or f"{found[2]}: {unquoted(found[3])}"
    return f"not {name}" if found[1] else name


def _meaning(key: str, value: str) -> str:
    if key in ("size", "duration", "width", "height"):
        return _measure(key, value)
    if key == "date":
        return _dated(value)
    if key == "ext":
        return value.upper()
    if key in ("has", "is"):
        return (_HAS if key == "has" else _IS).get(value, value)
    if key in ("color", "orientation", "camera", "lens", "type"):
        return value
    plain = {"tag": "tagged", "in": "in"}.get(key)
    return f"{plain} {value}" if plain else ""


def _measure(key: str, value: str) -> str:
    """Call a span of a measure: “over 10 MB”, “30 s to 2 min”."""
    after = {"width": " px wide", "height": " px high"}.get(key, "")
    low, dots, high = value.partition("..")
    if dots:
        if not low or not high:
            bound = "up to" if high else "at least"
            return f"{bound} {_number(low or high)}{after}"
        return f"{_number(low)} to {_number(high)}{after}"
    for sign, word in ((">=", "at least"), ("<=", "up to"), (">", "over"), ("<", "under")):
        if value.startswith(sign):
            return f"{word} {_number(value.removeprefix(sign))}{after}"
    return f"{_number(value)}{after}"


def _number(value: str) -> str:
    """Write a number with its unit: “10 MB”."""
    found = _NUMBER.fullmatch(value.lower())
    return f"{found[1]} {_UNITS.get(found[2], found[2])}" if found else value


def _dated(value: str) -> str:
    """Call a span of days: “May 2024”, “since 2020”."""
    low, dots, high = value.partition("..")
    if dots:
        if low and high:
            return f"{_day(low)} to {_day(high)}"
        return f"since {_day(low)}" if low else f"until {_day(high)}"
    signs = ((">=", "since"), ("<=", "until"), (">", "after"), ("<", "before"))
    for sign, word in signs:
        if value.startswith(sign):
            return f"{word} {_day(value.removeprefix(sign))}"
    return _day(value)


def _day(value: str) -> str:
    """Write a year, a month or a day: “2024”, “May 2024”, “3 May 2024”."""
    parts = re.split("[-/]", value)
    try:
        numbers = [int(part) for part in parts]
        if len(numbers) == 2:
            return f"{date(numbers[0], numbers[1], 1):%b} {numbers[0]}"
        if len(numbers) == 3:
            return f"{numbers[2]} {date(*numbers):%b} {numbers[0]}"
        return value
    except ValueError:
        return _passing(value)


def _passing(value: str) -> str:
    """Write days that are counted from today: “last 7 days”, “last month”; all else as typed."""
    if found := _LAST.fullmatch(value.lower()):
        return f"last {found[1]} {_PERIODS[found[2]]}{'s' * (int(found[1]) != 1)}"
    return value.replace("-", " ") if value.lower() in PASSING else value
