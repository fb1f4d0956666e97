"""What may stand behind each key, read as `core.conditions` has it."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace

from assetman.core.assets import Kind
from assetman.core.colors import NAMES, color
from assetman.core.conditions import HAS, IS, ORIENTATIONS, Days, Key, Span, Test, folded
from assetman.core.organising import RATINGS
from assetman.search.parser.tokens import AFTER, BEFORE

SIZES = {"tb": 1 << 40, "gb": 1 << 30, "mb": 1 << 20, "kb": 1 << 10, "b": 1}  # bytes
TIMES = {"h": 3600, "m": 60, "s": 1}  # seconds
_LARGEST = float(1 << 53)
_KINDS = {
    **{kind.value: kind for kind in Kind},
    "picture": Kind.IMAGE,
    "pictures": Kind.IMAGE,
    "photo": Kind.IMAGE,
    "photos": Kind.IMAGE,
    "images": Kind.IMAGE,
    "videos": Kind.VIDEO,
    "film": Kind.VIDEO,
    "films": Kind.VIDEO,
    "sound": Kind.AUDIO,
    "sounds": Kind.AUDIO,
    "documents": Kind.DOCUMENT,
}
_RANGE = re.compile(r"(>?)(.*?)\.\.(<?)(.*)", re.DOTALL)
_COMPARED = re.compile(r"(>=|<=|≥|≤|>|<|=|)(.+)", re.DOTALL)
_SIZE = re.compile(r"([0-9]{1,16})(?:[.,]([0-9]{1,6}))?(?:(b)|([kmgt])(?:i?b)?)?")
_TIME = re.compile(r"([0-9]{1,9})(?:[.,]([0-9]{1,3}))?(?:(h)|(m)(?:in)?|(s)(?:ec)?|$)")
_CLOCK = re.compile(r"(?:([0-9]{1,6}):)?([0-9]{1,6}):([0-9]{2})(?:\.([0-9]{1,3}))?")


class Senseless(ValueError):
    """A value that makes no sense; says why, and what would."""


@dataclass(frozen=True, slots=True)
class _Range:
    """A number as it was typed: exactly `at`, or all that would be written so."""

    at: float
    least: float
    most: float

    @property
    def alone(self) -> Span:
        """Give what counts where only this was typed."""
        return Span(self.least, self.most, True, self.least == self.most)


def test(key: str, value: str) -> Test:
    """Read what was typed behind a key. Raises Senseless."""
    typed = unicodedata.normalize("NFC", value).strip()
    if key in (AFTER, BEFORE):
        return Test(Key.DATE, _since(key, typed))
    return Test(Key(key), _READERS[Key(key)](Key(key), typed))


def _since(key: str, typed: str) -> Span | Days:
    days = Days(least=typed) if key == AFTER else Days(most=typed, most_in=False)
    return _dated(
        days,
        f"“{key}:{typed}” is no date: type a year, a month, a day or what passes with time, "
        f"as in {key}:2024, {key}:2024-05-03, {key}:yesterday or {key}:30d.",
    )


def _text(key: Key, typed: str) -> str:
    return typed


def _words(key: Key, typed: str) -> str:
    if not any(char.isalnum() for char in typed):
        what = f"“{typed}”" if key is Key.WRITTEN else f"“{key}:{typed}”"
        raise Senseless(f"{what} has no word in it that could be looked for.")
    return " ".join(typed.split())


def _kind(key: Key, typed: str) -> str:
    if typed.lower() not in _KINDS:
        known = ", ".join(kind.value for kind in Kind)
        raise Senseless(f"There is no kind “{typed}”: it is one of {known}.")
    return _KINDS[typed.lower()].value


def _extension(key: Key, typed: str) -> str:
    ending = folded(typed).removeprefix("*").removeprefix(".")
    if not ending:
        raise Senseless(f"“ext:{typed}” names no kind of file: type it as in ext:jpg.")
    return ending


def _color(key: Key, typed: str) -> str:
    value = color(typed)
    if value is None:
        some = difflib.get_close_matches(typed.lower(), NAMES, 3) or list(NAMES)[:6]
        raise Senseless(
            f"There is no colour “{typed}”: type a name ({', '.join(some)}, …) "
            "or a value as in #aa3322."
        )
    return value


def _one_of(known: tuple[str, ...]) -> Callable[[Key, str], str]:
    def read(key: Key, typed: str) -> str:
        if typed.lower() not in known:
            names = ", ".join(known)
            raise Senseless(f"There is no “{key}:{typed}”: it is one of {names}.")
        return typed.lower()

    return read


def _rating(key: Key, typed: str) -> Span:
    least, most = min(RATINGS), max(RATINGS)
    problem = Senseless(
        f"“rating:{typed}” makes no sense: ratings go from {least} to {most}, as in "
        "rating:3, rating:>=3 or rating:2..4."
    )
    span = _span(typed, _whole, problem)
    for end in (span.least, span.most):
        if end is not None and end not in RATINGS:
            raise problem
    low = least if span.least is None else int(span.least) + (not span.least_in)
    high = most if span.most is None else int(span.most) - (not span.most_in)
    if low > high:
        raise problem
    return Span(low, high)


def _measure(read: Callable[[str], _Range | None], such: str) -> Callable[[Key, str], Span]:
    def measure(key: Key, typed: str) -> Span:
        examples = ", ".join(f"{key}:{each}" for each in such.split())
        problem = Senseless(f"“{key}:{typed}” makes no sense: type it as in {examples}.")
        return _span(typed.lower().replace(" ", ""), read, problem)

    return measure


def _date(key: Key, typed: str) -> Span | Days:
    bounds = _bounds(typed)
    days = Days(bounds.least, bounds.most, bounds.least_in, bounds.most_in)
    return _dated(
        days,
        f"“date:{typed}” is no date: type a year, a month or a day, from one to another, or what "
        "passes with time, as in date:2024, date:2024-05..2024-08, date:7d or date:last-month.",
    )


def _dated(days: Days, problem: str) -> Span | Days:
    """Read days; of those that pass with time it is said what they are when it is asked."""
    days = replace(days, least=days.least.lower(), most=days.most.lower())
    try:
        span = days.span()
    except ValueError as error:
        raise Senseless(problem) from error
    if span == Span():
        raise Senseless(problem)
    if days.passing:
        return days
    if span.least is not None and span.most is not None and span.least >= span.most:
        raise Senseless(problem)
    return span


@dataclass(frozen=True, slots=True)
class _Bounds:
    """The two ends of a range as they were typed; "" is open."""

    least: str
    most: str
    least_in: bool = True
    most_in: bool = True
    alone: bool = False  # only one thing was typed, for both


def _bounds(typed: str) -> _Bounds:
    if found := _RANGE.fullmatch(typed):
        return _Bounds(found[2].strip(), found[4].strip(), not found[1], not found[3])
    found = _COMPARED.fullmatch(typed)
    sign, value = (found[1], found[2].strip()) if found else ("", typed)
    if sign in (">", ">=", "≥"):
        return _Bounds(value, "", least_in=sign != ">")
    if sign in ("<", "<=", "≤"):
        return _Bounds("", value, most_in=sign != "<")
    return _Bounds(value, value, alone=not sign)


def _ends(
    bounds: _Bounds, read: Callable[[str], _Range | None], problem: Senseless
) -> tuple[_Range | None, _Range | None]:
    ends = []
    for text in (bounds.least, bounds.most):
        end = read(text) if text else None
        if text and end is None:
            raise problem
        ends.append(end)
    if ends == [None, None]:
        raise problem
    return ends[0], ends[1]


def _span(typed: str, read: Callable[[str], _Range | None], problem: Senseless) -> Span:
    """Read a number, a comparison, or a range whose ends count unless they bear `>` or `<`."""
    bounds = _bounds(typed)
    low, high = _ends(bounds, read, problem)
    if bounds.alone and low is not None:
        return low.alone
    least = None if low is None else low.at
    most = None if high is None else high.at
    if least is not None and most is not None:
        empty = least == most and not (bounds.least_in and bounds.most_in)
        if least > most or empty:
            raise problem
    return Span(least, most, bounds.least_in or least is None, bounds.most_in or most is None)


def _whole(text: str) -> _Range | None:
    if not re.fullmatch("[0-9]{1,9}", text):
        return None
    number = int(text)
    return _Range(number, number, number)


def _pixels(text: str) -> _Range | None:
    return _whole(text.removesuffix("px"))


def _bytes(text: str) -> _Range | None:
    found = _SIZE.fullmatch(text)
    if not found:
        return None
    unit = SIZES["b" if found[4] is None else found[4] + "b"]
    number, step = _decimal(found[1], found[2])
    return _around(number * unit, step * unit if unit > 1 else 0.0, 0)


def _seconds(text: str) -> _Range | None:
    if found := _CLOCK.fullmatch(text):
        hours, minutes, seconds = int(found[1] or 0), int(found[2]), int(found[3])
        fraction, step = _decimal("0", found[4])
        return _around(hours * 3600 + minutes * 60 + seconds + fraction, step, 3)
    place, total, step, unit = 0, 0.0, 0.0, 0
    while place < len(text):
        found = _TIME.match(text, place)
        if not found or (place and not any(found.groups()[2:])):
            return None
        unit = TIMES[found[3] or found[4] or found[5] or "s"]
        number, step = _decimal(found[1], found[2])
        total, place = total + number * unit, found.end()
    return _around(total, step * unit, 3) if place else None


def _decimal(whole: str, fraction: str | None) -> tuple[float, float]:
    """Give a number and what its last digit counts."""
    digits = fraction or ""
    return float(f"{whole}.{digits or 0}"), 10.0 ** -len(digits)


def _around(value: float, step: float, places: int) -> _Range | None:
    """Give a number with all that is rounded to it by steps."""
    if value > _LARGEST:
        return None
    at, least, most = (
        round(each, places) for each in (value, max(value - step / 2, 0.0), value + step / 2)
    )
    return _Range(at, least, most)


_READERS: dict[Key, Callable[[Key, str], str | Span | Days]] = {
    Key.TYPE: _kind,
    Key.TAG: _text,
    Key.RATING: _rating,
    Key.IN: _text,
    Key.NAME: _text,
    Key.EXT: _extension,
    Key.SIZE: _measure(_bytes, ">10mb 500kb..2mb"),
    Key.WIDTH: _measure(_pixels, ">=1920 800..1200"),
    Key.HEIGHT: _measure(_pixels, ">=1080 600..900"),
    Key.DURATION: _measure(_seconds, "<30s 2m 1:30..5:00"),
    Key.DATE: _date,
    Key.CAMERA: _text,
    Key.LENS: _text,
    Key.COLOR: _color,
    Key.ORIENTATION: _one_of(ORIENTATIONS),
    Key.HAS: _one_of(HAS),
    Key.IS: _one_of(IS),
    Key.TEXT: _words,
    Key.SAID: _words,
    Key.WRITTEN: _words,
}
