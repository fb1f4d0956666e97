"""Text as the index of words has it: words of any script, folded and apart from each other.

SQLite's own readers of words know nothing of names in camel case, and take a sentence of Chinese
for one word. So all is done here, for what is written and for what is looked for alike, and SQLite
only parts it at the spaces. A letter of a script that is written without spaces is a word by
itself, and words are looked for one after the other.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from assetman.core.assets import display
from assetman.core.names_as_words import category_of, words_of
from assetman.library.values import from_bytes

_PLAIN = re.compile("[a-z0-9]+")
# Han, kana, Hangul, Thai, Lao, Myanmar, Khmer: a word does not end with a space there.
_APART = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007"
    "\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff"
    "\U00020000-\U0003ffff]"
)
_ACCENTS = re.compile("[\u0300-\u036f]")
_POINTS = re.compile("[\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670]")
_ACCENTED = ("LATIN", "GREEK")  # scripts whose accents people leave out
_STROKES = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "ё": "е"}
)
_WORDY = ("L", "M", "N", "C")  # letters, their marks, numbers; signs of a font's own


class Word(NamedTuple):
    """A word as it is compared, and the characters it takes in its text."""

    text: str
    start: int
    end: int
    apart: bool = False  # a letter of a script without spaces


def words_in(text: str) -> list[Word]:
    """Give the words of a text, folded: no case, no accents, one form for each letter."""
    if text.isascii():
        found = _PLAIN.finditer(text.lower())
        return [Word(match[0], match.start(), match.end()) for match in found]
    words: list[Word] = []
    joins = False  # whether the next letter may go on with the last word
    for letter, start, end in _letters(text):
        folded, apart = _folded(letter)
        if not folded:
            joins = False
        elif joins and not apart:
            last = words[-1]
            words[-1] = Word(last.text + folded, last.start, end)
        else:
            words.append(Word(folded, start, end, apart))
            joins = not apart
    return words


def spelt(text: str | None) -> str:
    """Give a text as the index has it."""
    if not text:
        return ""
    if text.isascii():
        return " ".join(_PLAIN.findall(text.lower()))
    return " ".join(word.text for word in words_in(text))


def spelt_name(name: str | None) -> str:
    """Give a name as the index has it: as it is, as its letters part it, as sound libraries read it.

    `RainOnTin_02` is found by "rainontin", "rain on tin" and "tin 2".
    """
    if not name:
        return ""
    whole, parted = spelt(name), spelt(words_of(name))
    forms = [form for form in dict.fromkeys([whole, parted]) if form]
    plain = [part.lstrip("0") for part in parted.split() if part.isdigit() and part[0] == "0"]
    forms += [part for part in plain if part]
    category = category_of(name.rpartition(".")[0] or name)
    return " ".join([*forms, spelt(category)] if category else forms)


@lru_cache(maxsize=1024)
def spelt_folders(folder: bytes | None, root: bytes | None) -> str:
    """Give the folders that a file is in as the index has them, its root's own name first."""
    shown = display(from_bytes(root or b"")).rstrip("/\\")
    names = [re.split(r"[/\\]", shown)[-1], *display(from_bytes(folder or b"")).split("/")]
    return " ".join(filter(None, map(spelt_name, names)))


def install(connection: sqlite3.Connection) -> None:
    """Let the triggers of a catalogue spell what is written."""
    connection.create_function("spelt", 1, spelt, deterministic=True)
    connection.create_function("spelt_name", 1, spelt_name, deterministic=True)
    connection.create_function("spelt_folders", 2, spelt_folders, deterministic=True)


def _letters(text: str) -> Iterator[tuple[str, int, int]]:
    """Give the letters of a text, each with the marks that belong to it, and where they are."""
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or not unicodedata.category(text[place]).startswith("M"):
            yield text[start:place], start, place
            start = place


@lru_cache(maxsize=16_384)
def _folded(letter: str) -> tuple[str, bool]:
    """Give a letter as it is compared, "" for what is none, and whether it stands apart."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", letter).casefold())
    if unicodedata.name(plain[:1], "").startswith(_ACCENTED):
        plain = _ACCENTS.sub("", plain)
    plain = unicodedata.normalize("NFC", _POINTS.sub("", plain)).translate(_STROKES)
    kept = "".join(each for each in plain if unicodedata.category(each)[0] in _WORDY)
    kept = "".join(each for each in kept if unicodedata.category(each) not in ("Cc", "Cs", "Cf"))
    if kept and unicodedata.category(kept[0]).startswith("M"):  # a mark of no letter
        kept = ""
    return kept, _APART.match(kept) is not None
