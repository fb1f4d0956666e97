"""Lyrics whose lines say when they are sung, as players of karaoke write them (LRC)."""

from __future__ import annotations

import itertools
import re

from assetman.core.assets import Passage, PassageKind

_LINE = re.compile(r"((?:\[\d{1,3}:\d{2}(?:[.:]\d{1,3})?\])+)\s*(.*)")
_TIME = re.compile(r"\[(\d{1,3}):(\d{2})(?:[.:](\d{1,3}))?\]")
_INSIDE = re.compile(r"<\d{1,3}:\d{2}(?:[.:]\d{1,3})?>")  # before a word
_FEWEST = 3  # lines with a time, that are no accident
_LONGEST = 15.0  # seconds that a line lasts if none follows


def lines_in(text: str) -> list[Passage]:
    """Give the lines with their times (seconds), in order; none where a text has no such lines."""
    found: list[tuple[float, str]] = []
    for line in text.splitlines():
        parts = _LINE.fullmatch(line.strip())
        if not parts:
            continue
        words = _INSIDE.sub("", parts[2]).strip()
        for minutes, seconds, share in _TIME.findall(parts[1]):
            found.append((int(minutes) * 60 + int(seconds) + float(f"0.{share or 0}"), words))
    if len(found) < _FEWEST:
        return []
    found.sort(key=lambda each: each[0])
    last = found[-1][0] + _LONGEST
    return [
        Passage(PassageKind.SUBTITLE, words, start, min(end, start + _LONGEST))
        for (start, words), (end, _) in itertools.pairwise([*found, (last, "")])
        if words
    ]
