"""What containers of video are built of: atoms of MP4, elements of Matroska, chunks of AVI."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterator

import numpy as np
from PIL import Image

GREEN = (30, 200, 40)


def atom(name: bytes, body: bytes = b"", size: int | None = None) -> bytes:
    """Write an atom of MP4 or QuickTime; `size` is what it says of itself."""
    return struct.pack(">I", 8 + len(body) if size is None else size) + name + body


def atoms(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Walk atoms side by side: name, where the body starts, where it ends."""
    at = 0
    while at + 8 <= len(data):
        size, name, head = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        end = at + size if head <= size <= len(data) - at else len(data)
        yield name, at + head, end
        at = end


def within(data: bytes, path: str, change: Callable[[bytes], bytes]) -> bytes:
    """Change the body of the first atom at a path such as moov/trak/mdia; sizes are put right."""
    first, _, rest = path.partition("/")
    for name, start, end in atoms(data):
        if name == first.encode():
            body = data[start:end]
            body = within(body, rest, change) if rest else change(body)
            return data[: start - 8] + atom(name, body) + data[end:]
    raise LookupError(path)


def put(at: int, written: bytes) -> Callable[[bytes], bytes]:
    """Write over a body at a place."""
    return lambda body: body[:at] + written + body[at + len(written) :]


def element(name: str, body: bytes = b"", size: bytes | None = None) -> bytes:
    """Write an element of EBML, its id as hexadecimal; `size` is what it says of itself."""
    length = struct.pack(">Q", len(body) | 1 << 56) if size is None else size
    return bytes.fromhex(name) + length + body


def number(name: str, value: int, width: int = 8) -> bytes:
    return element(name, value.to_bytes(width, "big"))


def real(name: str, value: float) -> bytes:
    return element(name, struct.pack(">d", value))


def text(name: str, words: str | bytes) -> bytes:
    return element(name, words.encode() if isinstance(words, str) else words)


def track(
    codec: str = "V_MJPEG",
    which: int = 1,
    kind: int = 1,
    size: tuple[int, int] = (64, 48),
    more: bytes = b"",
) -> bytes:
    """Write a track entry of Matroska: kind 1 is video, 2 sound, 17 subtitles."""
    shown = element("E0", number("B0", size[0]) + number("BA", size[1])) if kind == 1 else b""
    head = number("D7", which) + number("73C5", which) + number("83", kind, 1)
    return element("AE", head + text("86", codec) + shown + more)


def info(duration: float | None = 1000.0, scale: int = 1_000_000, more: bytes = b"") -> bytes:
    """Write the facts of a segment; a duration is in scales, and a scale in nanoseconds."""
    told = b"" if duration is None else real("4489", duration)
    return element("1549A966", number("2AD7B1", scale) + told + text("4D80", "x") + more)


def block(data: bytes, time: int, which: int = 1) -> bytes:
    """Write a key frame that comes `time` scales behind its cluster."""
    return element("A3", bytes([0x80 | which]) + struct.pack(">hB", time, 0x80) + data)


def spoken(words: bytes, time: int, length: int, which: int = 2) -> bytes:
    """Write a subtitle."""
    said = element("A1", bytes([0x80 | which]) + struct.pack(">hB", time, 0) + words)
    return element("A0", said + number("9B", length))


def mkv(*parts: bytes, facts: bytes | None = None, tracks: bytes | None = None) -> bytes:
    """Write a Matroska file of one green second; other parts stand before its frames."""
    head = element("1A45DFA3", text("4282", "matroska") + number("4287", 4) + number("4285", 2))
    blocks = b"".join(block(jpeg(), time) for time in range(0, 1000, 100))
    cluster = element("1F43B675", number("E7", 0) + blocks)
    known = (info() if facts is None else facts) + element("1654AE6B", tracks or track())
    return head + element("18538067", known + b"".join(parts) + cluster)


def jpeg(claimed: tuple[int, int] | None = None, size: tuple[int, int] = (64, 48)) -> bytes:
    """Give a small green JPEG that claims a size."""
    file = io.BytesIO()
    Image.fromarray(np.full((size[1], size[0], 3), GREEN, np.uint8)).save(file, "JPEG")
    data = bytearray(file.getvalue())
    if claimed:
        frame = data.index(b"\xff\xc0")
        data[frame + 5 : frame + 9] = struct.pack(">HH", claimed[1], claimed[0])
    return bytes(data)


def chunk(name: bytes, body: bytes, size: int | None = None) -> bytes:
    length = len(body) if size is None else size
    return name + struct.pack("<I", length) + body + b"\0" * (len(body) % 2)


def avi(
    size: tuple[int, int] = (64, 48),
    rate: tuple[int, int] = (1, 10),
    frames: int = 10,
    more: bytes = b"",
    streams: int = 1,
) -> bytes:
    """Write an AVI of green frames that says of itself what it is told to; rate: scale, rate."""
    head = chunk(
        b"avih", struct.pack("<14I", 100_000, 0, 0, 16, frames, 0, streams, 0, *size, *[0] * 4)
    )
    kind = struct.pack("<4s4sIIIIIIIIII8x", b"vids", b"MJPG", 0, 0, 0, *rate, 0, frames, 0, 0, 0)
    form = struct.pack("<IiiHH4sIiiII", 40, *size, 1, 24, b"MJPG", 0, 0, 0, 0, 0)
    stream = chunk(b"LIST", b"strl" + chunk(b"strh", kind) + chunk(b"strf", form))
    header = chunk(b"LIST", b"hdrl" + head + stream * streams)
    movie = chunk(b"LIST", b"movi" + chunk(b"00dc", jpeg()) * 10)
    return chunk(b"RIFF", b"AVI " + header + more + movie)


def transport(pid: int, payload: bytes) -> bytes:
    """Write a packet of a transport stream that begins something."""
    head = struct.pack(">BHB", 0x47, 0x4000 | pid & 0x1FFF, 0x10)
    return (head + payload).ljust(188, b"\xff")
