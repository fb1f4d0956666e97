"""What sound files say of themselves in places of their own, which FFmpeg does not read.

`bext` (EBU Tech 3285), `iXML` (ixml.info; sound libraries and recorders), `acid` (loops). In WAV,
RF64 and Wave64, and where FLAC keeps the chunks of the WAV it was made of (RFC 9639, 8.4). The
beats a minute of MP4 (`tmpo`). Anybody may have written them: nothing raises, and what makes no
sense is left out.
"""

from __future__ import annotations

import io
import math
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.etree import ElementTree

from assetman.media.audio_letters import decoded, encoding_of
from assetman.media.metadata import parse_date

_WANTED = (b"bext", b"iXML", b"acid", b"tmpo")
_LARGEST = 1 << 20  # bytes of a chunk that is read
_MOST = 1000  # chunks that are walked past
_RIFF = (b"RIFF", b"RF64", b"BW64")
_TEMPO = (b"moov", b"udta", b"meta", b"ilst", b"tmpo", b"data")  # atoms in atoms
_WAVE64 = b"riff\x2e\x91\xcf\x11"
_NOTES = ("A", "Bb", "B", "C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#")

_MARKS = re.compile(rb"<[^>]{0,4000}>")

# The elements that are worth something to a person, by what they are called here. Names of
# elements are many: those of recorders, of Soundminer and its kin, of ASWG, of Steinberg.
_ELEMENTS = {
    "project": "project",
    "scene": "scene",
    "take": "take",
    "tape": "tape",
    "note": "note",
    "notes": "note",
    "circled": "circled",
    "trackname": "tracks",
    "tracktitle": "title",
    "title": "title",
    "fxname": "title",
    "description": "description",
    "bwf_description": "description",
    "keywords": "keywords",
    "category": "category",
    "categoryfull": "category",
    "subcategory": "subcategory",
    "usercategory": "category of its own",
    "vendorcategory": "category of its own",
    "library": "library",
    "manufacturer": "publisher",
    "artist": "artist",
    "designer": "artist",
    "source": "source",
    "show": "show",
    "location": "location",
    "microphone": "microphone",
    "mictype": "microphone",
    "micperspective": "perspective",
    "tempo": "bpm",
    "bpm": "bpm",
    "inkey": "key",
    "key": "key",
    "mediacomment": "description",
    "medialibrary": "library",
    "musicaltempo": "bpm",
    "musicalkey": "key",
    "musicalinstrument": "instrument",
}


@dataclass(slots=True)
class Chunks:
    """Words by what they are called, each once; when it was recorded; what a loop is played at."""

    words: dict[str, list[str]] = field(default_factory=dict)
    taken: float | None = None  # seconds since the epoch, the recorder's clock read as UTC
    bpm: float | None = None
    key: str | None = None

    def add(self, name: str, text: str) -> None:
        text = text.split("\0")[0].strip()
        known = self.words.setdefault(name, [])
        if text and text not in known and len(known) < 64:
            known.append(text)
        if not known:
            del self.words[name]


def read_chunks(file: BinaryIO) -> Chunks:
    """Read what stands in a file's own chunks; its position stays where it is."""
    chunks = Chunks()
    here = file.tell()
    try:
        for name, body in _chunks(file):
            if name == b"bext":
                _read_bext(body, chunks)
            elif name == b"iXML":
                _read_ixml(body, chunks)
            elif name == b"acid":
                _read_acid(body, chunks)
            elif name == b"tmpo":
                chunks.bpm = float(int.from_bytes(body, "big")) or None
    finally:
        file.seek(here)
    return chunks


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """Give the chunks that are wanted, each name once."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    start = file.read(16)
    if start[:4] in _RIFF and start[8:12] == b"WAVE":
        found = _riff(file, 12, size)
    elif start[:8] == _WAVE64:
        found = _wave64(file, size)
    elif start[:4] == b"fLaC":
        found = _flac(file, size)
    elif start[4:8] == b"ftyp":
        found = _mp4(file, size)
    else:
        return
    seen: set[bytes] = set()
    for name, body in found:
        if name in _WANTED and name not in seen:
            seen.add(name)
            yield name, body


def _riff(file: BinaryIO, at: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    long: int | None = None  # how long the samples of an RF64 are
    for _ in range(_MOST):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            return
        name, length = head[:4], int.from_bytes(head[4:], "little")
        if name == b"ds64":
            sizes = file.read(16)
            long = int.from_bytes(sizes[8:16], "little")
        elif name == b"data" and length == 0xFFFFFFFF and long is not None:
            length = long
        elif name in _WANTED and length <= min(_LARGEST, size):
            yield name, file.read(length)
        at += 8 + length + length % 2
        if at >= size:
            return


def _wave64(file: BinaryIO, size: int) -> Iterator[tuple[bytes, bytes]]:
    at = 40
    for _ in range(_MOST):
        if at >= size:
            return
        file.seek(at)
        head = file.read(24)
        length = int.from_bytes(head[16:], "little")
        if len(head) < 24 or length < 24:
            return
        if head[:4] in _WANTED and length - 24 <= _LARGEST:
            yield head[:4], file.read(length - 24)
        at += -(-length // 8) * 8


def _flac(file: BinaryIO, size: int) -> Iterator[tuple[bytes, bytes]]:
    at = 4
    for _ in range(_MOST):
        file.seek(at)
        head = file.read(4)
        if len(head) < 4:
            return
        length = int.from_bytes(head[1:], "big")
        if head[0] & 0x7F == 2 and 12 < length <= _LARGEST + 12:
            body = file.read(length)
            if body[:4] == b"riff":
                yield body[4:8], body[12 : 12 + int.from_bytes(body[8:12], "little")]
        at += 4 + length
        if head[0] & 0x80 or at >= size:
            return


def _mp4(file: BinaryIO, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Find the one number in an atom in an atom (ISO 14496-12, 4.2)."""
    at, end, depth = 0, size, 0
    for _ in range(_MOST):
        if at + 8 > end:
            return
        file.seek(at)
        head = file.read(16)
        length, inside = int.from_bytes(head[:4], "big"), at + 8
        if length == 1:
            length, inside = int.from_bytes(head[8:], "big"), at + 16
        if len(head) < 8 or (length and length < inside - at):
            return
        if head[4:8] != _TEMPO[depth]:
            at += length or end - at
            continue
        end = min(end, at + length) if length else end
        depth, at = depth + 1, inside + (4 if head[4:8] == b"meta" else 0)
        if depth == len(_TEMPO):
            file.seek(inside + 8)  # behind type and language
            yield b"tmpo", file.read(max(0, min(4, end - inside - 8)))
            return


def _read_bext(body: bytes, chunks: Chunks) -> None:
    for name, start, end in (("description", 0, 256), ("recorded by", 256, 288)):
        chunks.add(name, decoded(body[start:end].split(b"\0")[0]))
    stamp = body[320:338].split(b"\0")[0].decode("ascii", "replace")
    chunks.taken = parse_date(f"{stamp[:10]} {stamp[10:18].replace('-', ':').replace('.', ':')}")


def _read_acid(body: bytes, chunks: Chunks) -> None:
    """Read what a loop is played at; the layout was found out by others, and is the same since."""
    if len(body) < 24:
        return
    kind, root = struct.unpack_from("<IH", body)
    tempo = struct.unpack_from("<f", body, 20)[0]
    if not kind & 1 and math.isfinite(tempo) and 0 < tempo < 1000:  # bit 0: played once
        chunks.bpm = tempo
    if kind & 2 and 0 < root < 128:
        chunks.key = _NOTES[(root - 21) % 12]


def _read_ixml(body: bytes, chunks: Chunks) -> None:
    root = _parsed(body)
    if root is None:
        return
    for element in root.iter():
        tag = element.tag.lower() if isinstance(element.tag, str) else ""
        text = element.text or ""
        if tag == "attr":  # Steinberg's: a name and a value
            tag = (element.findtext("NAME") or "").lower()
            text = element.findtext("VALUE") or ""
        elif tag == "track":
            tag, text = "trackname", element.findtext("NAME") or ""
        elif tag == "user" and not len(element):  # free text
            tag = "description"
        if tag in _ELEMENTS:
            chunks.add(_ELEMENTS[tag], text[:4000])


def _parsed(body: bytes) -> ElementTree.Element | None:
    """Read XML, first as it is, then with the letters it may have been written in."""
    body = body.strip(b"\0 \r\n\t")
    words = _MARKS.sub(b"\n", body)
    written = body[max(0, body.find(b"<BWFXML")) :].decode(encoding_of(words), "replace")
    for text in (body, written):
        try:
            return ElementTree.fromstring(text)
        except (ElementTree.ParseError, ValueError, LookupError):
            continue
    return None
