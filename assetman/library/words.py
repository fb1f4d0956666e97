"""What a person types to find text by its words, as the index of words is asked for it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assetman.library.values import readable

_ENDINGS = ("s", "es", "ed", "ing", "er")
_STEM = 3  # letters that a word keeps at least
_MOST_WORDS = 16
_SAY_NOTHING = frozenset(
    {
        *("a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "in", "into", "is"),
        *("it", "its", "of", "on", "or", "some", "that", "the", "this", "to", "with"),
        *("sound", "sounds", "picture", "pictures", "photo", "photos", "image", "images"),
        *("video", "videos"),
    }
)


def phrase(typed: str) -> str:
    """Give the expression of FTS5 that finds words one after the other, the last maybe begun.

    Case, accents and what stands between words do not matter. Without words it finds nothing.
    """
    return '"' + readable(typed).replace("\0", " ").replace('"', " ") + '" *'


def any_of(typed: Iterable[str]) -> str:
    """Give the expression of FTS5 that finds at least one of several phrases."""
    return " OR ".join(map(phrase, typed))


def forms(word: str) -> list[str]:
    """Give a word as it may be written elsewhere: barking, bark, barks, barked.

    English endings only; a form that is no word finds nothing.
    """
    if len(word) < _STEM:
        return [word]
    stems = {word}
    for ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= _STEM:
            stems |= {stem, stem + "e"} if ending in ("ing", "ed", "er") else {stem}
            if len(stem) > _STEM and stem[-1] == stem[-2]:  # running, run
                stems.add(stem[:-1])
    return sorted({stem + ending for stem in stems for ending in ("", *_ENDINGS)})


def telling(typed: str) -> list[str]:
    """Give the words of a question that say something, each once: not “the”, not “of”."""
    words = dict.fromkeys(re.findall(r"[^\W_]+", readable(typed).casefold()))
    return [word for word in words if word not in _SAY_NOTHING][:_MOST_WORDS]


def any_form(word: str) -> str:
    """Give the expression of FTS5 that finds a word in any of its forms."""
    return " OR ".join(f'"{form}"' for form in forms(word))
