"""What a person types to find text by its words, as the index of words is asked for it."""

from __future__ import annotations

from collections.abc import Iterable

from assetman.library.values import readable


def phrase(typed: str) -> str:
    """Give the expression of FTS5 that finds words one after the other, the last maybe begun.

    Case, accents and what stands between words do not matter. Without words it finds nothing.
    """
    return '"' + readable(typed).replace("\0", " ").replace('"', " ") + '" *'


def any_of(typed: Iterable[str]) -> str:
    """Give the expression of FTS5 that finds at least one of several phrases."""
    return " OR ".join(map(phrase, typed))
