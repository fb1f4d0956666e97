"""Random questions as trees, of every form the language has."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from typing import TypeVar

from assetman.core.assets import Kind
from assetman.core.colors import NAMES
from assetman.core.conditions import (
    HAS,
    IS,
    ORIENTATIONS,
    All,
    Any,
    Condition,
    Days,
    Key,
    Not,
    Span,
    Test,
)
from assetman.core.days import PASSING
from assetman.search.parser import AllOf, AnyOf, LikeFile, Meaning, Question, Unwanted

T = TypeVar("T")
_DAY = 86400
_EPOCH = date(1970, 1, 1).toordinal()
_WORDS = (
    *("frog", "leaf", "Zürich", "海辺", "сад", "c++", "10:30", "https://example.org", "3^", "^2"),
    *("OR", "AND", "or", "type:image", "tag:", "-not", "--", "-", "+plus", "+", "(", ")", "a(b)"),
    *(
        '"',
        '"quoted"',
        "“so”",
        "]",
        "[x]",
        "+[y]",
        "5^2",
        "*",
        "é",
        "\\",
        "about:x",
        "tpye:x",
        "🐸",
    ),
)
_NAMES = (
    "holiday",
    "New York",
    'say "hi"',
    "a(b)",
    "*.psd",
    "DSC_????.jpg",
    "日本",
    "-x",
    "“”",
    "OR",
)
_NAMED = (Key.TAG, Key.IN, Key.NAME, Key.CAMERA, Key.LENS)
_SAID = (Key.TEXT, Key.SAID, Key.WRITTEN)
_CHOSEN: dict[Key, tuple[str, ...]] = {
    Key.TYPE: tuple(kind.value for kind in Kind),
    Key.EXT: ("jpg", "tar.gz", "psd", "mp4"),
    Key.COLOR: (*NAMES.values(), "#aa3322", "#012345"),
    Key.ORIENTATION: ORIENTATIONS,
    Key.HAS: HAS,
    Key.IS: IS,
}


def question(chance: random.Random, depth: int = 4) -> Question:
    """Make a random tree, canonical or not."""
    choice = chance.random()
    if depth and choice < 0.25:
        return AllOf(_several(chance, question, depth))
    if depth and choice < 0.5:
        return AnyOf(_several(chance, question, depth))
    if choice < 0.65:
        return condition(chance, depth)
    return _meant(chance) if choice < 0.85 else Unwanted(_meant(chance))


def condition(chance: random.Random, depth: int = 3) -> Condition:
    """Make a random condition of tests that can be typed."""
    choice = chance.random()
    if depth and choice < 0.15:
        return All(_several(chance, condition, depth))
    if depth and choice < 0.3:
        return Any(_several(chance, condition, depth))
    if depth and choice < 0.45:
        return Not(condition(chance, depth - 1))
    return _test(chance)


def _several(
    chance: random.Random, make: Callable[[random.Random, int], T], depth: int
) -> tuple[T, ...]:
    return tuple(make(chance, depth - 1) for _ in range(chance.randint(1, 3)))


def _meant(chance: random.Random) -> Meaning | LikeFile:
    weight = chance.choice((1.0, 1.0, 1.0, 2.0, 0.01, 100.0, round(chance.uniform(0.01, 9), 4)))
    if chance.random() < 0.15:
        return LikeFile(chance.choice(("/home/a b/x[1].jpg", "image", "C:\\x.png", "]")), weight)
    return Meaning(" ".join(chance.choices(_WORDS, k=chance.randint(1, 4))), weight)


def _test(chance: random.Random) -> Test:
    key = chance.choice(list(Key))
    if key in _NAMED:
        return Test(key, chance.choice(_NAMES))
    if key in _SAID:
        return Test(key, " ".join(chance.choices(_WORDS, k=2)) + " word")
    if key in _CHOSEN:
        return Test(key, chance.choice(_CHOSEN[key]))
    return Test(key, _SPANS[key](chance))


def _rating(chance: random.Random) -> Span:
    least = chance.randint(0, 5)
    return Span(least, chance.randint(least, 5))


def _days(chance: random.Random) -> Days:
    passing = chance.choice((*PASSING, "week", "last-14-days", "3m", "1y"))
    other = chance.choice((*PASSING, "2024", "2024-05-03", "last-2-weeks"))
    shape = chance.random()
    if shape < 0.4:
        return Days(passing, passing)
    within = chance.random() < 0.5
    if shape < 0.6:
        return Days(least=passing, least_in=within)
    if shape < 0.8:
        return Days(most=passing, most_in=within)
    # Both ends alike are one period, but for such a one as leaves out an end.
    return Days(passing, other, within, chance.random() < 0.5 or passing == other)


def _dates(chance: random.Random) -> Span | Days:
    if chance.random() < 0.4:
        return _days(chance)
    first = date(chance.choice((1, 1969, 2024, 9999)), chance.randint(1, 12), chance.randint(1, 28))
    least = first.toordinal() - _EPOCH
    most = min(least + chance.choice((1, 28, 30, 31, 365, 4000)), date.max.toordinal() - _EPOCH + 1)
    shape = chance.random()
    if shape < 0.2:
        return Span(least=least * _DAY)
    if shape < 0.4:
        return Span(most=most * _DAY, most_in=False)
    return Span(least * _DAY, most * _DAY, most_in=False)


def _numbers(number: Callable[[random.Random], float]) -> Callable[[random.Random], Span]:
    def make(chance: random.Random) -> Span:
        least, most = sorted((number(chance), number(chance)))
        least_in, most_in = chance.random() < 0.5, chance.random() < 0.5
        shape = chance.random()
        if shape < 0.25:
            return Span(least=least, least_in=least_in)
        if shape < 0.5:
            return Span(most=most, most_in=most_in)
        closed = least == most
        return Span(least, most, least_in or closed, most_in or closed)

    return make


def _bytes(chance: random.Random) -> float:
    return chance.choice((0, 1, 1023, 1024, 10 << 20, int(9.5 * (1 << 20)), chance.getrandbits(50)))


def _pixels(chance: random.Random) -> float:
    return chance.randint(0, 10**9 - 1)


def _seconds(chance: random.Random) -> float:
    return chance.choice((0.0, 0.001, 30.0, 60.0, 90.5, 3600.0, 86399.0, chance.randint(0, 10**9)))


_SPANS: dict[Key, Callable[[random.Random], Span | Days]] = {
    Key.RATING: _rating,
    Key.SIZE: _numbers(_bytes),
    Key.WIDTH: _numbers(_pixels),
    Key.HEIGHT: _numbers(_pixels),
    Key.DURATION: _numbers(_seconds),
    Key.DATE: _dates,
}
