"""What a sound says of itself in words: its tags, whoever wrote them, in whatever letters.

FFmpeg finds them in every container; what it leaves is in `audio_chunks`. All of it comes out of
files that anybody may have written: nothing raises, and what makes no sense is left out.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from av.container import InputContainer
from av.stream import Stream

from assetman.core.assets import Passage, PassageKind, display
from assetman.media.audio_chunks import Chunks, read_chunks
from assetman.media.audio_cover import cover, write_cover
from assetman.media.audio_letters import mended
from assetman.media.audio_lyrics import lines_in
from assetman.media.chapters import chapters_of
from assetman.media.metadata import Facts, parse_date, text_of

__all__ = ["Tags", "cover", "descriptions", "parse_bpm", "parse_key", "read_tags", "write_cover"]

_MOST = 500  # tags of one file that are looked at
_LONGEST = 4000  # characters of a text worth finding
_LATIN = ("mp3", "aac", "aiff", "wav", "tta", "w64", "ape", "wv", "mpc", "mpc8", "dsf", "oma")

# What is shown and found, by its name here: the keys it may have in a file, small letters.
_NAMES = {
    "title": ("title", "tit2", "tit1"),
    "artist": ("artist", "performer", "author", "ipls"),
    "album": ("album", "wm/albumtitle"),
    "album artist": ("album_artist", "albumartist", "album artist", "wm/albumartist"),
    "composer": ("composer", "wm/composer"),
    "genre": ("genre", "wm/genre"),
    "grouping": ("grouping", "wm/contentgroupdescription"),
    "mood": ("mood", "tmoo", "wm/mood"),
    "instrument": ("instrument",),
    "show": ("show", "podcast"),
    "publisher": ("publisher", "organization", "label", "wm/publisher"),
}
_NOTES = {
    "description": ("description", "synopsis", "subtitle", "tit3"),
    "comment": ("comment", "comments", "ldes"),
    "keywords": ("keywords", "ikey", "subject"),
    "lyrics": ("lyrics", "unsyncedlyrics", "uslt", "wm/lyrics"),
}
_PLAIN = {
    "track": ("track", "tracknumber", "wm/tracknumber"),
    "disc": ("disc", "discnumber", "wm/partofset"),
    "released": ("date", "year", "wm/year", "originaldate", "tdor"),
    "language": ("language",),
    "copyright": ("copyright",),
}
_SHOWN = (
    *("category", "subcategory", "category of its own", "library", "source", "recorded by"),
    *("project", "scene", "take", "tape", "tracks", "microphone", "perspective", "location"),
)
_BPM = ("bpm", "tbpm", "tmpo", "wm/beatsperminute", "tempo", "fbpm")
_KEY = ("initialkey", "initial key", "initial_key", "tkey", "key", "wm/initialkey")
_NUMBER = re.compile(r"0*[1-9]\d{0,3}(/\d{1,4})?")
_JUNK = re.compile(r"[\s0-9A-Fa-f]{24,}|https?://\S+")  # marks of programs, not words of people

_PITCH = re.compile(
    r"\s*([A-H])\s*([#♯b♭]|-?(?:sharp|flat|is|es)\b)?[\s-]*(m|min|minor|moll|maj|major|dur)?\s*",
    re.IGNORECASE,
)
_WHEEL = re.compile(r"\s*(\d{1,2})\s*([ABabdm])\s*")
_MAJORS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_MINORS = ("Cm", "C#m", "Dm", "Ebm", "Em", "Fm", "F#m", "Gm", "G#m", "Am", "Bbm", "Bm")
_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


@dataclass(frozen=True, slots=True)
class Tags:
    """What is said of a sound; `facts` are ready to show."""

    facts: Facts = field(default_factory=dict)
    taken: float | None = None  # seconds since the epoch, the recorder's clock read as UTC
    bpm: float | None = None
    key: str | None = None  # "C", "F#m"
    names: tuple[str, ...] = ()  # of it, of who made it, of what it belongs to
    notes: tuple[str, ...] = ()  # that somebody wrote about it
    parts: tuple[Passage, ...] = ()  # chapters, and lines of lyrics that have a time


def read_tags(container: InputContainer, stream: Stream | None, file: BinaryIO) -> Tags:
    """Read the tags of an open file; `file` stays where it is.

    The container is best opened with `metadata_errors="surrogateescape"`, which keeps the bytes
    of words in unknown letters.
    """
    chunks = read_chunks(file)
    tags = _tags(container, stream)
    facts: Facts = {}
    names = _texts(tags, _NAMES, chunks, facts)
    notes = _texts(tags, _NOTES, chunks, facts)
    for name, keys in _PLAIN.items():
        text = text_of(_first(tags, keys))
        senseless = name in ("track", "disc") and not _NUMBER.fullmatch(text or "")
        if text and text != "und" and not senseless:
            facts[name] = text
    for name in _SHOWN:
        text = text_of(", ".join(chunks.words.get(name, ())))
        if text:
            facts[name] = text
    if chunks.taken is not None and parse_date(str(facts.get("released"))) is not None:
        facts.pop("released")  # it is the day of the recording
    told = [_readable(text) for name in ("note", *_SHOWN) for text in chunks.words.get(name, ())]
    written = [text for text in _distinct([*notes, *told]) if text]
    sung = [line for text in written for line in lines_in(text)]
    kept = tuple(text for text in written if not lines_in(text))
    bpm, key = _beat(tags, chunks)
    parts = (*chapters_of(container, 0.0), *sung)
    return Tags(facts, _taken(tags, chunks), bpm, key, tuple(names), kept, parts)


def descriptions(tags: Tags, duration: float | None) -> tuple[Passage, ...]:
    """Give what is written of a sound as text that can be found.

    Each stands for the whole of it, from 0 to its `duration` in seconds, but for chapters and
    lines of lyrics that have a time of their own.
    """
    texts = ["\n".join(tags.names), *tags.notes]
    end = max(0.0, duration or 0.0)
    whole = [Passage(PassageKind.DESCRIPTION, text, 0.0, end) for text in _distinct(texts) if text]
    timed = [
        replace(part, end=max(part.start, min(part.end, end or part.end))) for part in tags.parts
    ]
    return (*whole, *timed)


def parse_bpm(text: str | None) -> float | None:
    """Read beats a minute as programs write them: "128", "174.02", "92,5 BPM"."""
    found = re.match(r"\s*(\d{1,4}(?:[.,]\d{1,6})?)", text or "")
    number = float(found[1].replace(",", ".")) if found else 0.0
    return round(number, 2) if math.isfinite(number) and 10 <= number < 1000 else None


def parse_key(text: str | None) -> str | None:
    """Read a key however it is written ("F# minor", "Gbm", "4A", "9d"), and write it in one way."""
    words = text_of(text) or ""
    wheel = _WHEEL.fullmatch(words)
    if wheel:
        return _on_the_wheel(int(wheel[1]), wheel[2].lower())
    found = _PITCH.fullmatch(words)
    if not found:
        return None
    letter, accident, mode = found[1], (found[2] or "").lower(), found[3] or ""
    minor = (
        mode == "m" or mode.lower() in ("min", "minor", "moll") or (not mode and letter.islower())
    )
    step = _STEPS["B" if letter in "Hh" else letter.upper()]
    if letter in "Bb" and mode.lower() in ("moll", "dur"):  # Germans call B what lies below H
        step -= 1
    if accident:
        step += 1 if accident.lstrip("-") in ("#", "♯", "sharp", "is") else -1
    return _key(step, minor)


def _on_the_wheel(hour: int, side: str) -> str | None:
    """Read the place of a key on the circle of fifths: Camelot (8B is C), Open Key (1d is C)."""
    if not 1 <= hour <= 12:
        return None
    fifths = hour - 8 if side in "ab" else hour - 1
    minor = side in "am"
    return _key(fifths * 7 + (9 if minor else 0), minor)


def _key(step: int, minor: bool) -> str:
    return (_MINORS if minor else _MAJORS)[step % 12]


def _tags(container: InputContainer, stream: Stream | None) -> dict[str, str]:
    """Give the words of a file under keys in small letters, mended; the file's before a stream's."""
    found: dict[str, str] = {}
    for source in (container.metadata, {} if stream is None else stream.metadata):
        for key, text in list(source.items())[:_MOST]:
            found.setdefault(display(key).lower(), text[: 4 * _LONGEST])
    latin = container.format.name.split(",")[0] in _LATIN
    return mended(found, latin)


def _texts(
    tags: Mapping[str, str], wanted: Mapping[str, Iterable[str]], chunks: Chunks, facts: Facts
) -> list[str]:
    """Find texts under their keys and in the chunks; shown in short, given whole."""
    texts: list[str] = []
    for name, keys in wanted.items():
        each = [_readable(tags.get(key)) for key in (*keys, *_spoken_in(tags, keys))]
        each += [_readable(text) for text in chunks.words.get(name, ())]
        known = _distinct(
            text for text in each if text and text not in texts and not _JUNK.fullmatch(text)
        )
        shown = text_of("; ".join(known))
        if shown and name != "lyrics":
            facts[name] = shown
        texts += known
    return _distinct(texts)


def _spoken_in(tags: Mapping[str, str], keys: Iterable[str]) -> list[str]:
    """Give the keys that name a language too: "lyrics-eng"."""
    starts = tuple(f"{key}-" for key in keys)
    return [key for key in tags if key.startswith(starts)]


def _beat(tags: Mapping[str, str], chunks: Chunks) -> tuple[float | None, str | None]:
    bpms = [*(tags.get(key) for key in _BPM), *chunks.words.get("bpm", ())]
    keys = [*(tags.get(key) for key in _KEY), *chunks.words.get("key", ())]
    bpm = next((number for text in bpms if (number := parse_bpm(text))), None)
    key = next((name for text in keys if (name := parse_key(text))), None)
    if bpm is None and chunks.bpm is not None:
        bpm = parse_bpm(f"{chunks.bpm:.4f}")
    return bpm, key or chunks.key


def _taken(tags: Mapping[str, str], chunks: Chunks) -> float | None:
    """Tell when it was recorded; when a record came out is another matter."""
    if chunks.taken is not None:
        return chunks.taken
    moment = parse_date(_first(tags, ("com.apple.quicktime.creationdate", "creation_time")))
    return moment if moment is not None and moment > 0 else None


def _first(tags: Mapping[str, str], keys: Iterable[str]) -> str | None:
    return next((tags[key] for key in keys if tags.get(key, "").strip()), None)


def _readable(text: str | None) -> str:
    """Bring words to lines that any screen takes."""
    lines = (
        " ".join("".join(c if c.isprintable() else " " for c in line).split())
        for line in (text or "")[:_LONGEST].splitlines()
    )
    return "\n".join(line for line in lines if line)


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
