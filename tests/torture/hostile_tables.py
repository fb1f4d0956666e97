"""Videos whose tables, times, nests and words are beyond all measure; see `hostile_videos`."""

from __future__ import annotations

import functools
import math
import struct
import zlib
from collections.abc import Iterator

from tests.torture.boxes import (
    atom,
    avi,
    block,
    chunk,
    element,
    info,
    jpeg,
    mkv,
    number,
    put,
    real,
    spoken,
    text,
    track,
    transport,
    within,
)
from tests.torture.hostile_pictures import png

Files = Iterator[tuple[str, bytes]]
STBL = "moov/trak/mdia/minf/stbl"


def times(plain: bytes) -> Files:
    """Durations, rates and time stamps that cannot be."""
    for name, path, place in (("film", "moov/mvhd", 12), ("track", "moov/trak/mdia/mdhd", 12)):
        for scale in (0, 1, 0xFFFFFFFF):
            for length in (0, 0xFFFFFFFE):
                told = struct.pack(">II", scale, length)
                yield f"{name} {scale} {length}.mp4", within(plain, path, put(place, told))
    wide = struct.pack(">IQQIQ", 0x01000000, (1 << 64) - 1, (1 << 64) - 1, 1, (1 << 64) - 2)
    yield "wide.mp4", within(plain, "moov/mvhd", lambda body: wide + body[20:])
    for name, every in (("a day a frame", 0x7FFFFFFF), ("no time", 0), ("back", 0xFFFFFFFF)):
        table = struct.pack(">IIII", 0, 1, 10, every)
        yield f"{name}.mp4", within(plain, f"{STBL}/stts", lambda _, t=table: t)  # type: ignore[misc]
    edits = struct.pack(">II", 0, 100_000) + struct.pack(">IIHH", 1, 0, 1, 0) * 100_000
    for name, table in {
        "edits": edits,
        "late": struct.pack(">II", 0, 2) + struct.pack(">IiHH", 0xFFFFFFFE, -1, 1, 0) * 2,
        "beyond": struct.pack(">II", 0, 1) + struct.pack(">IiHH", 1000, 0x7FFFFFFF, 1, 0),
        "fast": struct.pack(">II", 0, 1) + struct.pack(">IiHH", 1000, 0, 0, 1),
    }.items():
        yield f"edited {name}.mp4", within(plain, "moov/trak/edts/elst", lambda _, t=table: t)  # type: ignore[misc]
    for name, length in {"nan": math.nan, "inf": math.inf, "less": -1.0, "age": 1e300}.items():
        yield f"duration {name}.mkv", mkv(facts=info(length))
    for scale in (0, 1, (1 << 63) - 1, (1 << 64) - 1):
        yield f"scale {scale}.mkv", mkv(facts=info(1.0, scale))
    yield "rate of nothing.mkv", mkv(tracks=track(more=number("23E383", 0) + real("23314F", 0.0)))
    yield "rate of all.mkv", mkv(tracks=track(more=number("23E383", 1)))
    yield "ages ago.mkv", mkv(facts=info(more=element("4461", b"\x80" + bytes(7))))
    cluster = element("1F43B675", number("E7", (1 << 63) - 1) + block(jpeg(), -32_768))
    yield "late cluster.mkv", mkv(cluster)
    for scale, rate in ((0, 0), (0, 1), (1, 0xFFFFFFFF), (0xFFFFFFFF, 1), (0xFFFFFFFF, 0xFFFFFFFF)):
        yield f"rate {scale} {rate}.avi", avi(rate=(scale, rate))
    yield "frames.avi", avi(frames=0xFFFFFFFF)


def counts(plain: bytes) -> Files:
    """Tables that claim, or have, far more than there is."""
    million = struct.pack(">II", 0, 2_000_000) + struct.pack(">II", 1, 1) * 2_000_000
    yield "huge stts.mp4", within(plain, f"{STBL}/stts", lambda _: million)
    for name, table in {
        "stts": struct.pack(">II", 0, 0xFFFFFFFF) + struct.pack(">II", 0xFFFFFFFF, 1),
        "stsc": struct.pack(">IIIII", 0, 1, 1, 0x7FFFFFFF, 1),
        "stsz": struct.pack(">III", 0, 1, 0x07FFFFFF),
        "stco": struct.pack(">II", 0, 0xFFFFFFFF) + bytes(40),
        "stss": struct.pack(">II", 0, 0xFFFFFFFF) + bytes(40),
        "stsd": struct.pack(">II", 0, 0xFFFFFFFF) + bytes(80),
    }.items():
        changed = within(plain, f"{STBL}/{name}", lambda _, t=table: t)  # type: ignore[misc]
        yield f"claims {name}.mp4", changed
    packed = within(plain, f"{STBL}/stsc", lambda _: struct.pack(">IIIII", 0, 1, 1, 0x07FFFFFF, 1))
    yield (
        "a byte a frame.mp4",
        within(packed, f"{STBL}/stsz", lambda _: struct.pack(">III", 0, 1, 0x07FFFFFF)),
    )
    yield (
        "many tracks.mp4",
        within(plain, "moov", lambda body: body + atom(b"trak", _trak(plain)) * 3000),
    )
    yield "many tracks.mkv", mkv(tracks=b"".join(track(which=n) for n in range(1, 5001)))
    yield "same tracks.mkv", mkv(tracks=track() * 200)
    yield "many streams.avi", avi(streams=1000)
    programs = b"".join(
        transport(0x100 + n, b"\0\0\1\xe0\0\0\x80\0\0" + bytes(60)) for n in range(7000)
    )
    yield "many programs.ts", programs
    run = struct.pack(">III", 0x00000001, 0xFFFFFFFF, 0)
    moof = atom(
        b"moof",
        atom(b"mfhd", bytes(8))
        + atom(b"traf", atom(b"tfhd", struct.pack(">II", 0x20000, 1)) + atom(b"trun", run)),
    )
    yield "fragments.mp4", plain + moof * 5000
    yield (
        "index of itself.mp4",
        plain
        + atom(
            b"sidx",
            struct.pack(">IIIIIHH", 0, 1, 1, 0, 0, 0, 1) + struct.pack(">III", 0x80000000, 1, 0),
        )
        * 100,
    )
    yield "one frame.avi", avi(frames=1)[:-1]
    seeks = element(
        "114D9B74",
        element("4DBB", element("53AB", bytes.fromhex("114D9B74")) + number("53AC", 0)) * 2000,
    )
    yield "seeks itself.mkv", mkv(seeks)
    cues = element("BB", number("B3", 0) + element("B7", number("F7", 1) + number("F1", 0)))
    yield "cues.mkv", mkv(element("1C53BB6B", cues * 50_000))
    yield (
        "index.avi",
        avi(more=chunk(b"JUNK", bytes(4096)))
        + chunk(b"idx1", struct.pack("<4sIII", b"00dc", 16, 4, 0x7FFFFFFF) * 50_000),
    )


def _trak(plain: bytes) -> bytes:
    found = []
    within(plain, "moov/trak", lambda body: found.append(body) or body)  # type: ignore[func-returns-value]
    return found[0]


@functools.cache
def _unfolding() -> bytes:
    """Give 64 kB that are 64 MB of zeros."""
    return zlib.compress(bytes(64 << 20), 9)


def nests(plain: bytes) -> Files:
    """Atoms and elements in one another, compressed, or longer than the file."""
    for name in (b"moov", b"udta", b"meta", b"trak", b"wave"):
        inner = b"".join(struct.pack(">I", 8 * left) + name for left in range(20_000, 0, -1))
        yield f"nested {name.decode()}.mp4", within(plain, "moov", lambda body, i=inner: body + i)  # type: ignore[misc]
    for size in (0, 1, 7, 0x7FFFFFFF, 0xFFFFFFFF):
        yield (
            f"atom of {size}.mp4",
            within(plain, "moov", lambda b, s=size: atom(b"udta", bytes(9), s) + b),
        )  # type: ignore[misc]
        yield f"header of {size}.mp4", atom(b"ftyp", b"isom\0\0\0\0", size) + plain[8:]
    for claimed in (100, 0x7FFFFFFF, 0xFFFFFFFF):
        squeezed = struct.pack(">I", claimed) + _unfolding()
        inner = atom(b"cmov", atom(b"dcom", b"zlib") + atom(b"cmvd", squeezed))
        yield f"compressed {claimed}.mov", atom(b"ftyp", b"qt  \0\0\0\0qt  ") + atom(b"moov", inner)
    tags = b""
    for _ in range(3000):
        tags = element("67C8", text("45A3", "a") + tags)
    yield "nested tags.mkv", mkv(element("1254C367", element("7373", tags)))
    chapters = b""
    for _ in range(3000):
        chapters = element("B6", number("91", 0) + chapters)
    yield "nested chapters.mkv", mkv(element("1043A770", element("45B9", chapters)))
    yield "segments.mkv", mkv(element("18538067", mkv()) * 50)
    yield "size unknown.mkv", mkv(element("1F43B675", b"", b"\x01" + b"\xff" * 7) * 500)
    yield "void.mkv", mkv(element("EC", b"", struct.pack(">Q", 1 << 56 | 1 << 50)))
    coded = element("5034", number("4254", 0) + element("4255", b""))
    for algorithm in (0, 1, 2, 3):
        way = element("5034", number("4254", algorithm) + element("4255", bytes(1 << 16)))
        packing = element("6D80", element("6240", number("5031", 0) + number("5032", 1) + way))
        frames = _unfolding()
        cluster = element("1F43B675", number("E7", 0) + block(frames, 0) + block(frames, 9))
        yield f"packed {algorithm}.mkv", mkv(cluster, tracks=track(more=packing))
    private = element("6D80", element("6240", number("5032", 2) + coded))
    yield (
        "packed header.mkv",
        mkv(tracks=track(more=private + element("63A2", _unfolding()))),
    )
    flv = b"FLV\1\5\0\0\0\x09\0\0\0\0"
    for name, inner in (
        ("objects", b"\3\0\1a" * 30_000),
        ("lists", b"\x0a\xff\xff\xff\xff" * 20_000),
    ):
        said = b"\2\0\nonMetaData" + inner
        yield (
            f"nested {name}.flv",
            flv + b"\x12" + struct.pack(">I", len(said))[1:] + bytes(7) + said,
        )


def words(plain: bytes) -> Files:
    """Subtitles, chapters, tags, profiles and covers beyond all measure."""
    told = track("V_MJPEG") + track("S_TEXT/UTF8", 2, 17)
    long = element("1F43B675", number("E7", 0) + spoken(b"green " * 8_000_000, 0, 500))
    yield "one long subtitle.mkv", mkv(long, tracks=told)
    many = element("1F43B675", number("E7", 0) + spoken(b"many words " * 9, 5, 5) * 400_000)
    yield "many subtitles.mkv", mkv(many, tracks=told)
    styled = b"[Script Info]\n[V4+ Styles]\n" + b"Style: a,b,c\n" * 200_000
    told = track("V_MJPEG") + track("S_TEXT/ASS", 2, 17, more=element("63A2", styled))
    odd = spoken(b"0,0,Default,,0,0,0,," + b"{\\t(" * 50_000 + b"{\\p1}m 0 0", 0, 500)
    yield "styled.mkv", mkv(element("1F43B675", number("E7", 0) + odd), tracks=told)
    marks = "\u202e\u2066\x00\x1b[2J\r\n\u0301\ufeff<script>%s%n".encode()
    told = track("V_MJPEG") + track("S_TEXT/UTF8", 2, 17) + track("S_TEXT/UTF8", 3, 17)
    odd = (
        spoken(marks * 9, 0, 500)
        + spoken(b"\xff\xfe\x80" * 9, 9, 0, 3)
        + spoken(b"x", 9, 1 << 60, 3)
    )
    yield "odd words.mkv", mkv(element("1F43B675", number("E7", 0) + odd), tracks=told)
    shown = element("80", text("85", "A chapter") + text("437C", "eng"))
    each = b"".join(
        element("B6", number("73C4", n + 1) + number("91", n * 10**6) + number("92", 0) + shown)
        for n in range(50_000)
    )
    yield "many chapters.mkv", mkv(element("1043A770", element("45B9", each)))
    named = element("80", text("85", b"long " * 2_000_000))
    backwards = number("91", (1 << 64) - 1) + number("92", 0)
    yield (
        "long chapter.mkv",
        mkv(element("1043A770", element("45B9", element("B6", backwards + named)))),
    )
    spread = struct.pack(">IxB", 0x01000000, 255) + (struct.pack(">QB", 0, 255) + b"c" * 255) * 255
    yield (
        "chapters.mp4",
        within(plain, "moov", lambda body: body + atom(b"udta", atom(b"chpl", spread))),
    )
    tag = element("67C8", text("45A3", "TITLE") + text("4487", marks * 100))
    yield "many tags.mkv", mkv(element("1254C367", element("7373", tag * 5_000)))
    for name, body in {
        "place": b"\0\x12\x15\xc7+999.99-1e400+nan/",
        "no place": b"\0\x04\x15\xc7////",
        "long place": struct.pack(">HH", 65_535, 0x15C7) + b"+1" * 40_000,
    }.items():
        yield (
            f"{name}.mov",
            within(plain, "moov", lambda b, t=body: b + atom(b"udta", atom(b"\xa9xyz", t))),
        )  # type: ignore[misc]
    keys = atom(
        b"keys",
        struct.pack(">II", 0, 0xFFFFFFFF) + atom(b"mdta", b"com.apple.quicktime.creationdate"),
    )
    values = atom(
        b"ilst", atom(b"\0\0\0\1", atom(b"data", bytes(8) + b"9999-99-99T99:99:99+99:99")) * 5000
    )
    held = atom(b"meta", bytes(4) + atom(b"hdlr", bytes(8) + b"mdta" + bytes(13)) + keys + values)
    yield "dates.mov", within(plain, "moov", lambda body: body + held)
    cover = png(60_000, 60_000)
    art = atom(b"ilst", atom(b"covr", atom(b"data", struct.pack(">II", 14, 0) + cover)) * 50)
    held = atom(
        b"udta", atom(b"meta", bytes(4) + atom(b"hdlr", bytes(8) + b"mdirappl" + bytes(9)) + art)
    )
    yield "cover.mp4", within(plain, "moov", lambda body: body + held)
    for name, colour in {
        "icc": b"prof" + b"\xff" * 4000,
        "large icc": b"prof" + bytes(20 << 20),
        "nclx": b"nclx" + b"\xff" * 7,
    }.items():
        colours = atom(b"colr", colour)

        def described(body: bytes, colours: bytes = colours) -> bytes:
            length = int.from_bytes(body[8:12], "big") + len(colours)
            return body[:8] + length.to_bytes(4, "big") + body[12:] + colours

        yield f"colours {name}.mp4", within(plain, f"{STBL}/stsd", described)
