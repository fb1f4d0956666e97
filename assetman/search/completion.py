"""What could be typed next: keys, and values that the library knows."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from assetman.core.colors import NAMES
from assetman.core.conditions import HAS, IS, ORIENTATIONS, Key, folded, quoted
from assetman.core.days import PASSING, today
from assetman.core.searches import Completion, Completions
from assetman.library.library import Library
from assetman.search.parser.tokens import AFTER, BEFORE, Form, Token, tokens

_MOST = 50  # options
_LEAST = 2  # letters of a word before values are offered for it
_LASTS = 2.0  # seconds
Value = tuple[str, int | None]  # as it would be typed without quotation marks, and how many have it

_MEANINGS = {
    Key.TYPE: "image, video, audio or document",
    Key.TAG: "tags",
    Key.IN: "a folder or a collection",
    Key.RATING: "stars",
    Key.NAME: "the file’s name, with * and ?",
    Key.EXT: "what the name ends with",
    Key.SIZE: "bytes, kb, mb, gb",
    Key.WIDTH: "pixels",
    Key.HEIGHT: "pixels",
    Key.DURATION: "seconds, minutes, hours",
    Key.DATE: "taken, or else changed",
    AFTER: "from that day on",
    BEFORE: "until that day",
    Key.CAMERA: "the camera",
    Key.LENS: "the lens",
    Key.COLOR: "a main colour of the picture",
    Key.ORIENTATION: "landscape, portrait or square",
    Key.HAS: "sound, a place, tags, text …",
    Key.IS: "missing, offline, a duplicate …",
    Key.TEXT: "words in the picture",
    Key.SAID: "words in the sound",
}


class Completing:
    """Completes questions about one library. Any thread may ask."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._lock = threading.Lock()
        self._listed: dict[str, tuple[int, float, list[Value]]] = {}

    def complete(self, text: str, cursor: int) -> Completions:
        """Say what could stand where the cursor is: keys for a word, values behind a key.

        What takes the place of `start` to `end` is, for a value, all that stands behind its key.
        """
        cursor = min(max(cursor, 0), len(text))
        token = _at(text, cursor)
        if token is None:
            return Completions(cursor, cursor)
        if token.form is Form.WORD:
            start = cursor - len(token.value)
            return Completions(start, _end(text, token), tuple(self._of_word(token.value)))
        start = token.start + text[token.start : cursor].index(":") + 1
        options = tuple(
            Completion(quoted(value), value, count)
            for value, count in self._values(token.key, token.value)
        )
        return Completions(start, _end(text, token), options)

    def _of_word(self, word: str) -> Iterator[Completion]:
        """Offer the keys that begin so, then the tags, folders and collections."""
        begun = folded(word)
        for key, meaning in _MEANINGS.items():
            if key.startswith(begun):
                yield Completion(f"{key}:", f"{key}:  {meaning}")
        if len(word) >= _LEAST:
            for place in (Key.TAG, Key.IN):
                for value, count in self._values(place, word):
                    yield Completion(f"{place}:{quoted(value)}", f"{place}: {value}", count)

    def _values(self, key: str, begun: str) -> list[Value]:
        """List the values of a key that begin so, or of which a word does."""
        wanted = f" {folded(begun.strip())}"
        found = []
        for value, count in self._all(key):
            place = f" {folded(value)}".replace("/", " ").find(wanted)
            if place >= 0:
                found.append((place > 0, -(count or 0), value, count))
        found.sort(key=lambda row: row[:2])
        return [(value, count) for *_, value, count in found][:_MOST]

    def _all(self, key: str) -> list[Value]:
        """List all values of a key; while the library changes, as they were a moment ago."""
        if key not in _OFFERED:
            return []
        sequence, now = self._library.journal.sequence(), time.monotonic()
        with self._lock:
            then, at, values = self._listed.get(key, (-1, 0.0, []))
        if then != sequence and (then < 0 or now - at > _LASTS):
            values = list(_OFFERED[key](self._library))
            with self._lock:
                self._listed[key] = (sequence, now, values)
        return values


def _at(text: str, cursor: int) -> Token | None:
    """Give the word or the pair whose end, as far as it is typed, is at the cursor."""
    (*_, last) = (None, *tokens(text[:cursor]))
    if last is None or last.end != cursor or last.weight is not None:
        return None
    ended = last.form is Form.PAIR and last.value and last.closed and text[cursor - 1] in '"”“'
    return last if last.form in (Form.WORD, Form.PAIR) and not ended else None


def _end(text: str, begun: Token) -> int:
    """Give where a part ends that is typed on behind the cursor."""
    whole = next(tokens(text[begun.start :]))
    same = whole.form is begun.form and whole.closed
    return begun.start + whole.end if same else begun.end


def _places(library: Library) -> list[Value]:
    """List folders by their names, those that share one by their paths; and collections."""
    counts: dict[str, list[tuple[str, int]]] = {}
    for root in library.roots.all():
        for folder in library.roots.folders(root.id):
            name = folder.path.rpartition("/")[2] or root.name
            counts.setdefault(folded(name), []).append((folder.path or root.name, folder.assets))
    places: list[Value] = []
    for alike in counts.values():
        paths: dict[str, int] = {}  # the same path in two roots is asked for as one
        for path, count in alike:
            shown = path.rpartition("/")[2] if len(alike) == 1 else path
            paths[shown] = paths.get(shown, 0) + count
        places += paths.items()
    places += [(each.name, each.assets) for each in library.collections.all()]
    return places


def _tags(library: Library) -> list[Value]:
    return [(tag.name, tag.assets) for tag in library.tags.all()]


def _known(key: Key) -> Callable[[Library], Iterable[Value]]:
    return lambda library: library.offers.values(key)


def _always(*values: str) -> Callable[[Library], Iterable[Value]]:
    return lambda _: [(value, None) for value in values]


def _dates(library: Library) -> list[Value]:
    now = today()
    months = [now.replace(day=1)]
    for _month in range(2):
        months.append(date.fromordinal(months[-1].toordinal() - 1).replace(day=1))
    years = [f"{now.year - back}" for back in range(10)]
    fixed = (*(f"{each:%Y-%m}" for each in months), *years)
    return [(value, None) for value in (*PASSING, *fixed)]


_OFFERED: dict[str, Callable[[Library], Iterable[Value]]] = {
    Key.TYPE: _known(Key.TYPE),
    Key.TAG: _tags,
    Key.IN: _places,
    Key.RATING: _always(">=4", ">=3", ">=1", "5", "4", "3", "2", "1", "0"),
    Key.EXT: _known(Key.EXT),
    Key.SIZE: _always(">1mb", ">10mb", ">100mb", ">1gb", "<100kb", "<1mb", "1mb..10mb"),
    Key.WIDTH: _always(">=1920", ">=3840", "<800", "1000..2000"),
    Key.HEIGHT: _always(">=1080", ">=2160", "<600", "1000..2000"),
    Key.DURATION: _always("<5s", "<30s", "<1m", ">1m", ">10m", ">1h", "30s..5m"),
    Key.DATE: _dates,
    AFTER: _dates,
    BEFORE: _dates,
    Key.CAMERA: _known(Key.CAMERA),
    Key.LENS: _known(Key.LENS),
    Key.COLOR: _always(*NAMES),
    Key.ORIENTATION: _always(*ORIENTATIONS),
    Key.HAS: _always(*HAS),
    Key.IS: _always(*IS),
}
