"""Mistakes in a question, each with a line that points at its place."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from assetman.cli.console import Console
from assetman.core.assets import display
from assetman.core.mistakes import Mistake

_BEFORE, _BEHIND = 40, 30  # characters shown around a mistake


def tell_mistakes(text: str, mistakes: Iterable[Mistake], console: Console) -> None:
    """Say what is wrong where in a question."""
    for mistake in mistakes:
        console.tell(mistake.message)
        for line in _pointed(text, mistake):
            console.tell(f"  {line}")


def _pointed(text: str, mistake: Mistake) -> tuple[str, str]:
    """Give the part of a text around a mistake, and a line of carets to stand below it."""
    first = max(mistake.start - _BEFORE, 0)
    last = min(mistake.end + _BEHIND, len(text))
    opening, closing = "…" * (first > 0), "…" * (last < len(text))
    before = opening + _shown(text[first : mistake.start])
    wrong = _shown(text[mistake.start : mistake.end])
    line = before + wrong + _shown(text[mistake.end : last]) + closing
    return line, " " * _columns(before) + "^" * max(_columns(wrong), 1)


def _shown(text: str) -> str:
    return display(text.encode("utf-8", "replace").decode("utf-8"))


def _columns(text: str) -> int:
    """Give how many columns of a terminal a text takes."""
    return sum(
        0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF")
        for char in text
    )
