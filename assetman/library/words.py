"""What a person types to find text by its words, as the index of words is asked for it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from assetman.core.names_as_words import words_of
from assetman.library.spelling import Word, spelt, words_in
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
    return " OR ".join(f'"{form}" *' for form in _ways(typed))


def exact(typed: str) -> str:
    """Give the expression that finds words one after the other, each of them whole."""
    return " OR ".join(f'"{form}"' for form in _ways(typed))


def any_of(typed: Iterable[str]) -> str:
    """Give the expression of FTS5 that finds at least one of several phrases."""
    return " OR ".join(map(phrase, typed))


def holds(text: str, typed: str, begun: bool = True) -> bool:
    """Tell whether a text has words one after the other: what `phrase` finds, or else `exact`.

    `text` is as it was written, or as the index has it.
    """
    there = f" {spelt(readable(text))} "
    end = "" if begun else " "
    return any(f" {form}{end}" in there for form in _ways(typed) if form)


def forms(word: str) -> list[str]:
    """Give a word as it may be written elsewhere: barking, bark, barks, barked.

    English endings only; a form that is no word finds nothing.
    """
    if len(word) < _STEM or not word.isascii():
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
    """Give the words of a question that say something, each once: not “the”, not “of”.

    What is written without spaces is looked for by its pairs of letters.
    """
    found: list[str] = []
    run: list[Word] = []
    for word in [*words_in(readable(typed)), None]:
        if word is not None and word.apart and (not run or run[-1].end == word.start):
            run.append(word)
            continue
        found += _pairs(run)
        run = [word] if word is not None and word.apart else []
        if word is not None and not word.apart:
            found.append(word.text)
    return [word for word in dict.fromkeys(found) if word not in _SAY_NOTHING][:_MOST_WORDS]


def any_form(word: str) -> str:
    """Give the expression of FTS5 that finds a word in any of its forms."""
    return " OR ".join(f'"{form}"' for form in forms(word))


def _pairs(run: list[Word]) -> list[str]:
    letters = [word.text for word in run]
    if len(letters) == 1:
        return letters
    return [f"{one} {other}" for one, other in pairwise(letters)]


def _ways(typed: str) -> list[str]:
    """Give what was typed as it is written, and parted as a name would be."""
    typed = readable(typed).replace("\0", " ")
    return list(dict.fromkeys([spelt(typed), spelt(words_of(typed))]))
