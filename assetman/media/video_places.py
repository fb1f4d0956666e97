"""Where in a file a time lies, for containers that have no list of it.

A film that was recorded and never finished (WebM from a browser, FLV from a stream) can only be
searched from its beginning on, and every stretch of it would read all before it again. So each
tells the next where to go on: its reader sees the head of the file and, right behind it, the key
frame that is wanted. Times stand beside the frames, so they stay right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from assetman.media.container_reading import Place, Reader

FORMS = {"matroska": "matroska", "flv": "flv", "live_flv": "flv", "kux": "flv"}

_MARK = "place "
_HEAD = 1 << 16  # bytes of an FLV that surely hold what its decoders need
_FAR = 16 << 20  # bytes in which a cluster of Matroska has to begin
# Its code, its length in one to eight bytes, perhaps a checksum, the code of its time (RFC 9559).
_CLUSTER = re.compile(
    rb"\x1f\x43\xb6\x75(?:[\x80-\xff]|[\x40-\x7f].|[\x20-\x3f].{2}|[\x10-\x1f].{3}"
    rb"|[\x08-\x0f].{4}|[\x04-\x07].{5}|[\x02\x03].{6}|\x01.{7})(?:\xbf\x84.{4})?\xe7",
    re.DOTALL,
)
_TAGS = (8, 9, 18)  # of an FLV: sound, pictures, facts


def place_in(words: Iterable[str]) -> Place | None:
    """Find the place among the words of an earlier stretch."""
    for word in words:
        if word.startswith(_MARK):
            head, at = map(int, word[len(_MARK) :].split())
            return Place(head, at)
    return None


def without_place(words: Iterable[str]) -> tuple[str, ...]:
    """Give the other words."""
    return tuple(word for word in words if not word.startswith(_MARK))


def word_of(place: Place) -> str:
    """Write a place as a word for the next stretch."""
    return f"{_MARK}{place.head} {place.at}"


def place_of(reader: Reader, form: str, position: int) -> Place | None:
    """Say how to go on at the packet that lies at a position of the reader's; None: nobody can."""
    kind = FORMS.get(form)
    at: int | None = reader.in_file(position)
    head = reader.place.head if reader.place else None
    whole = reader.whole()
    if kind == "matroska":
        head = _second_cluster(whole) if head is None else head
        at = _cluster_before(whole, at or 0)
    elif kind == "flv":
        head = _tag_after(whole, _HEAD) if head is None else head
        whole.seek(at or 0)
        at = at if whole.read(1)[:1] in {bytes([tag]) for tag in _TAGS} else None
    if head is None or at is None or head > at:
        return None
    return Place(head, at)


def _second_cluster(file: Reader) -> int | None:
    found = _CLUSTER.finditer(file.read(_FAR))
    next(found, None)
    second = next(found, None)
    return None if second is None else second.start()


def _cluster_before(file: Reader, position: int) -> int | None:
    start = max(0, position - _FAR)
    file.seek(start)
    found = [cluster.start() for cluster in _CLUSTER.finditer(file.read(position - start + 16))]
    return start + found[-1] if found else None


def _tag_after(file: Reader, least: int) -> int | None:
    """Go from tag to tag of an FLV, each of which tells its length."""
    at = 13
    while at < least:
        file.seek(at)
        tag = file.read(11)
        if len(tag) < 11 or tag[0] & 0x1F not in _TAGS:
            return None
        at += 11 + int.from_bytes(tag[1:4], "big") + 4
    return at
