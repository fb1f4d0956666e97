"""Writes a question as it could have been typed: it parses to the same tree again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from assetman.core.colors import NAMES
from assetman.core.conditions import (
    All,
    Any,
    Days,
    InCollection,
    InFolder,
    Key,
    Not,
    Span,
    Test,
    quoted,
)
from assetman.core.days import DAY, EPOCH
from assetman.core.organising import RATINGS
from assetman.search.parser.tokens import ABOUT, is_bare
from assetman.search.parser.tree import (
    AllOf,
    AnyOf,
    LikeFile,
    Meaning,
    Question,
    Unwanted,
    canonical,
)
from assetman.search.parser.values import SIZES

_COLORS = {value: name for name, value in reversed(NAMES.items())}


def printed(tree: Question) -> str:
    """Write a tree in the language: `parse(printed(tree)).tree == canonical(tree)`.

    Folders and collections have to be tests of `in:`, by their names: their numbers cannot be
    typed. Raises ValueError for what nothing could be typed for.
    """
    return _written(canonical(tree))


def _written(tree: Question) -> str:
    if isinstance(tree, AllOf | All):
        return " ".join(_grouped(part, (AnyOf, Any)) for part in tree.parts)
    if isinstance(tree, AnyOf | Any):
        if not tree.parts:
            raise ValueError("nothing that could be typed finds nothing")
        return " OR ".join(_written(part) for part in tree.parts)
    if isinstance(tree, Unwanted):
        return "-" + _meaning(tree.part, grouped=True)
    if isinstance(tree, Not):
        return "-" + _grouped(tree.part, (All, Any))
    if isinstance(tree, Meaning | LikeFile):
        return _meaning(tree)
    if isinstance(tree, InFolder | InCollection):
        raise ValueError("a folder or a collection has no name here")
    return _test(tree)


def _grouped(part: Question, kinds: tuple[type, ...]) -> str:
    text = _written(part)
    return f"({text})" if isinstance(part, kinds) else text


def _meaning(part: Meaning | LikeFile, grouped: bool = False) -> str:
    weight = "" if part.weight == 1 else f"^{_number(part.weight, 4)}"
    if isinstance(part, LikeFile):
        text = "[" + part.path.replace("]", "]]") + "]" + weight
        return text if grouped else "+" + text
    words = part.words.split()
    if not words or not all(map(is_bare, words)):
        text = '"' + part.words.replace('"', '""') + '"'
        return f"{ABOUT}:{text}{weight}"
    if len(words) > 1 and (weight or grouped):
        return f"({part.words}){weight}"
    return part.words + weight


def _test(test: Test) -> str:
    if isinstance(test.value, Days):
        return f"{test.key}:{_days(test.value)}"
    if isinstance(test.value, Span):
        return f"{test.key}:{_SPANS[test.key](test.value)}"
    if test.key is Key.WRITTEN:
        return '"' + test.value.replace('"', '""') + '"'
    value = _COLORS.get(test.value, test.value) if test.key is Key.COLOR else test.value
    return f"{test.key}:{quoted(value)}"


def _range(number: Callable[[float], str], same: str = "=") -> Callable[[Span], str]:
    def write(span: Span) -> str:
        least = None if span.least is None else number(span.least)
        most = None if span.most is None else number(span.most)
        if most is None:
            return f">{'=' * span.least_in}{least}"
        if least is None:
            return f"<{'=' * span.most_in}{most}"
        if least == most:
            return f"{same}{least}"
        return f"{'' if span.least_in else '>'}{least}..{'' if span.most_in else '<'}{most}"

    return write


def _rating(span: Span) -> str:
    if span.least == span.most:
        return f"{span.least:g}"
    if span.most == max(RATINGS):
        return f">={span.least:g}"
    return f"<={span.most:g}" if span.least == min(RATINGS) else f"{span.least:g}..{span.most:g}"


def _pixels(number: float) -> str:
    return f"{int(number)}"


def _bytes(number: float) -> str:
    count = int(number)
    name = next(
        name for name, unit in SIZES.items() if unit == 1 or count * 100 % unit == 0 < count
    )
    return _number(count / SIZES[name], 2) + name


def _seconds(number: float) -> str:
    if number < 60 or number != int(number):
        return _number(number, 3) + "s"
    minutes, seconds = divmod(int(number), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def _dates(span: Span) -> str:
    first = "" if span.least is None else _day(span.least)
    last = "" if span.most is None else _day(span.most - DAY)
    if first == last:
        return first
    if first.endswith("-01-01") and last == f"{first[:4]}-12-31":
        return first[:4]
    if first.endswith("-01") and last[:7] == first[:7] and _is_last(last):
        return first[:7]
    return f"{first}..{last}"


def _days(days: Days) -> str:
    if days.least == days.most and days.least_in and days.most_in:
        return days.least
    if not days.most:
        return f"{days.least}.." if days.least_in else f">{days.least}"
    if not days.least:
        return f"..{days.most}" if days.most_in else f"<{days.most}"
    least, most = ">" * (not days.least_in), "<" * (not days.most_in)
    return f"{least}{days.least}..{most}{days.most}"


def _day(moment: float) -> str:
    return date.fromordinal(int(moment // DAY) + EPOCH).isoformat()


def _is_last(day: str) -> bool:
    return (
        day != "9999-12-31" and date.fromordinal(date.fromisoformat(day).toordinal() + 1).day == 1
    )


def _number(number: float, places: int) -> str:
    text = f"{number:.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


_SPANS: dict[Key, Callable[[Span], str]] = {
    Key.RATING: _rating,
    Key.SIZE: _range(_bytes),
    Key.WIDTH: _range(_pixels, ""),
    Key.HEIGHT: _range(_pixels, ""),
    Key.DURATION: _range(_seconds),
    Key.DATE: _dates,
}
