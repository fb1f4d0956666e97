"""Reads what a person typed: words, `-unwanted` words, `type:`, `in:`, `tag:`, `said:` and more."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from assetman.core.assets import Kind
from assetman.core.organising import RATINGS

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
_KEYS = frozenset({"type", "in", "tag", "said", "rating", "is"})
_LEAST, _MOST = min(RATINGS), max(RATINGS)
_COMPARED = re.compile(r"(>=|<=|>|<|=)?(\d+)")
_RANGE = re.compile(r"(\d*)\.\.(\d*)")
_IS = {"missing": None, "rated": (1, _MOST), "unrated": (0, 0)}


@dataclass(frozen=True, slots=True)
class ParsedText:
    """What was typed, taken apart. `notes` are sentences about what made no sense."""

    wanted: str = ""
    unwanted: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    folders: tuple[str, ...] = ()  # names of folders or collections, as typed
    tags: tuple[str, ...] = ()  # as typed
    not_tags: tuple[str, ...] = ()
    said: tuple[str, ...] = ()  # words of speech, subtitles or chapters, as typed
    not_said: tuple[str, ...] = ()
    ratings: tuple[int, int] | None = None  # least and most
    missing: bool = False
    notes: tuple[str, ...] = ()


def parse(text: str) -> ParsedText:
    """Take a question apart. Nothing typed is an error: what makes no sense gets a note."""
    reading = _Reading()
    for minus, key, quoted, plain in _TOKEN.findall(text):
        value = quoted or plain
        if key.lower() in _KEYS:
            reading.filter(bool(minus), key.lower(), value)
        elif plain[:-1].lower() in _KEYS and plain.endswith(":"):
            continue  # a filter of which the rest is still to be typed
        elif word := f"{key}:{value}" if key else value:
            (reading.unwanted if minus else reading.wanted).append(word)
    return reading.result()


def both(first: tuple[int, int] | None, second: tuple[int, int] | None) -> tuple[int, int] | None:
    """Give the ratings, least and most, that lie within two ranges; None is any rating."""
    if first is None or second is None:
        return first or second
    return max(first[0], second[0]), min(first[1], second[1])


@dataclass(slots=True)
class _Reading:
    wanted: list[str] = field(default_factory=list)
    unwanted: list[str] = field(default_factory=list)
    kinds: list[Kind] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    not_tags: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    not_said: list[str] = field(default_factory=list)
    ratings: tuple[int, int] | None = None
    missing: bool = False
    notes: list[str] = field(default_factory=list)

    def filter(self, minus: bool, key: str, value: str) -> None:
        """Take in `key:value`, or say in a note why it makes no sense."""
        if key == "tag":
            if value.strip():
                (self.not_tags if minus else self.tags).append(value)
        elif key == "said":
            self._said(minus, value)
        elif minus:
            self.notes.append(
                f"“-{key}:” cannot be asked for: only words, tags and “said:” take a minus."
            )
        elif key == "in":
            self.folders += [value] * bool(value)
        elif key == "type":
            self._kind(value)
        elif key == "is":
            self._is(value)
        else:
            self._rating(value)

    def result(self) -> ParsedText:
        return ParsedText(
            " ".join(self.wanted),
            tuple(self.unwanted),
            tuple(self.kinds),
            tuple(self.folders),
            tuple(self.tags),
            tuple(self.not_tags),
            tuple(self.said),
            tuple(self.not_said),
            self.ratings,
            self.missing,
            tuple(self.notes),
        )

    def _said(self, minus: bool, value: str) -> None:
        words = value.strip()
        if any(char.isalnum() for char in words):
            (self.not_said if minus else self.said).append(words)
        elif words:
            typed = f"{'-' * minus}said:{words}"
            self.notes.append(f"“{typed}” has no word in it that could be looked for.")

    def _kind(self, value: str) -> None:
        if value.lower() in _KINDS:
            self.kinds.append(_KINDS[value.lower()])
        else:
            known = ", ".join(kind.value for kind in Kind)
            self.notes.append(f"There is no kind “{value}”: it is one of {known}.")

    def _is(self, value: str) -> None:
        if value.lower() not in _IS:
            known = ", ".join(_IS)
            self.notes.append(f"There is no “is:{value}”: it is one of {known}.")
        elif (ratings := _IS[value.lower()]) is None:
            self.missing = True
        else:
            self.ratings = both(self.ratings, ratings)

    def _rating(self, value: str) -> None:
        ratings = _ratings(value)
        if ratings is None:
            self.notes.append(
                f"“rating:{value}” makes no sense: ratings go from {_LEAST} to {_MOST}, as in "
                "rating:3, rating:>=3 or rating:2..4."
            )
        else:
            self.ratings = both(self.ratings, ratings)


def _ratings(value: str) -> tuple[int, int] | None:
    """Read `3`, `>=3`, `<2` or `2..4`; None for what is none of them."""
    if match := _RANGE.fullmatch(value):
        numbers = [int(number) for number in match.groups() if number]
        least = int(match[1] or _LEAST)
        most = int(match[2] or _MOST)
    elif match := _COMPARED.fullmatch(value):
        sign, number = match[1] or "=", int(match[2])
        numbers = [number]
        least = {"=": number, ">=": number, ">": number + 1}.get(sign, _LEAST)
        most = {"=": number, "<=": number, "<": number - 1}.get(sign, _MOST)
    else:
        return None
    if not numbers or any(number not in RATINGS for number in numbers):
        return None
    return least, most
