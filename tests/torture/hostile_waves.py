"""Sounds whose headers lie: lengths, rates, channels, times, tables; see `hostile_sounds`."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from tests.kit.sounds import noise, riff_chunk, tone, write_sound, write_wav
from tests.torture.boxes import (
    atom,
    block,
    element,
    info,
    mkv,
    number,
    put,
    real,
    text,
    track,
    within,
)

Files = Iterator[tuple[str, bytes]]
STBL = "moov/trak/mdia/minf/stbl"
MOST = 0xFFFFFFFF


def lying(scratch: Path) -> Files:
    """Give every sound that says of itself what is not so."""
    yield from waves(scratch)
    yield from others_without_packing(scratch)
    yield from flacs(scratch)
    yield from oggs(scratch)
    yield from mpegs(scratch)
    yield from mp4s(scratch)
    yield from matroskas()


def made(scratch: Path, ending: str, **how: object) -> bytes:
    """Give the bytes of a second of tone and noise."""
    path = scratch / f"plain{ending}"
    write_sound(path, tone(200, 0.6) + noise(0.6, 0.02), **how)  # type: ignore[arg-type]
    data = path.read_bytes()
    path.unlink()
    return data


def waves(scratch: Path) -> Files:
    """WAVs, RF64s and Wave64s."""
    path = scratch / "plain.wav"
    plain = write_wav(path, tone(200, 0.6)).read_bytes()
    for at, form, name, values in (
        (4, "<I", "file", (0, 1, 0x7FFFFFFF, MOST)),
        (16, "<I", "format", (0, 1, 14, 15, 40, 0x7FFFFFFF, MOST)),
        (20, "<H", "codec", (0, 2, 6, 17, 80, 85, 0x161, 0x162, 0x2000, 0xFFFE, 0xFFFF)),
        (22, "<H", "channels", (0, 3, 255, 65_535)),
        (24, "<I", "rate", (0, 1, 7, 999, 0x7FFFFFFF, MOST)),
        (32, "<H", "frame", (0, 1, 3, 65_535)),
        (34, "<H", "bits", (0, 1, 7, 12, 17, 64, 128, 65_535)),
        (40, "<I", "samples", (0, 1, 0x7FFFFFFF, 0xFFFFFFFE, MOST)),
    ):
        for value in values:
            yield f"{name} {value}.wav", put(at, struct.pack(form, value))(plain)
    head, data = plain[12:36], plain[36:]
    riff = lambda body, name=b"RIFF": riff_chunk(name, b"WAVE" + body)  # noqa: E731
    yield "no format.wav", riff(data)
    yield "format behind.wav", riff(data + head)
    yield "twenty formats.wav", riff(head * 20 + data)
    yield "thousand samples.wav", riff(head + riff_chunk(b"data", bytes(96)) * 1000)
    yield "in itself.wav", riff(riff(riff(riff(head + data))))
    yield "many lists.wav", riff(head + riff_chunk(b"LIST", b"INFO") * 20_000 + data)
    nested = b"INFO"
    for _ in range(3000):
        nested = b"INFO" + riff_chunk(b"LIST", nested)
    yield "deep lists.wav", riff(head + riff_chunk(b"LIST", nested) + data)
    for name in (b"LIST", b"bext", b"iXML", b"id3 ", b"cue ", b"smpl", b"acid", b"fact", b"ds64"):
        for says in (0, 1, 0x7FFFFFFF, MOST):
            body = riff_chunk(name, b"INFO" + bytes(36), says)
            yield f"{name.decode().strip()} of {says}.wav", riff(head + body + data)
    for size in (0, 1, 1 << 62, (1 << 64) - 1):
        sizes = riff_chunk(b"ds64", struct.pack("<QQQI", size, size, size, 0))
        whole = b"RF64" + b"\xff" * 4 + b"WAVE" + sizes + head + b"data" + b"\xff" * 4 + data[8:]
        yield f"long of {size}.rf64", whole
    tables = struct.pack("<QQQI", 99, 99, 99, MOST) + b"data" + struct.pack("<Q", 9)
    yield (
        "table of all.rf64",
        b"RF64" + b"\xff" * 4 + b"WAVE" + riff_chunk(b"ds64", tables) + head + data,
    )
    wave64 = made(scratch, ".w64")
    at = wave64.index(b"data") + 16
    for size in (0, 1, 23, 24, 1 << 62, (1 << 64) - 1):
        yield f"samples {size}.w64", put(at, struct.pack("<Q", size))(wave64)
        yield f"format {size}.w64", put(56, struct.pack("<Q", size))(wave64)


def others_without_packing(scratch: Path) -> Files:
    """AIFF, AU and CAF."""
    aiff = made(scratch, ".aiff")
    at = aiff.index(b"COMM") + 8
    rates = {
        "nothing": bytes(10),
        "nan": b"\x7f\xff\xc0" + bytes(7),
        "all": b"\x7f\xff\x80" + bytes(7),
        "less": b"\xc0\x0e\xbb\x80" + bytes(6),
        "more": b"\x7f\xfe\xff\xff" + bytes(6),
    }
    for name, rate in rates.items():
        yield f"rate of {name}.aiff", put(at + 8, rate)(aiff)
    for count in (0, 65_535):
        yield f"{count} channels.aiff", put(at, struct.pack(">H", count))(aiff)
    for bits in (0, 1, 33, 65_535):
        yield f"{bits} bits.aiff", put(at + 6, struct.pack(">H", bits))(aiff)
    for says in (0, 1, 0x7FFFFFFF, MOST):
        yield f"samples {says}.aiff", put(aiff.index(b"SSND") + 4, struct.pack(">I", says))(aiff)
        yield f"frames {says}.aiff", put(at + 2, struct.pack(">I", says))(aiff)
    au = made(scratch, ".au")
    for place in range(4, 24, 4):
        for value in (0, 1, 0x7FFFFFFF, MOST):
            yield f"{place} is {value}.au", put(place, struct.pack(">I", value))(au)
    caf = made(scratch, ".caf")
    for name in (b"desc", b"data", b"info", b"chan"):
        found = caf.find(name)
        for size in (0, -1, 1 << 62, -(1 << 63)):
            if found > 0:
                changed = put(found + 4, struct.pack(">q", size))(caf)
                yield f"{name.decode()} of {size}.caf", changed


def flacs(scratch: Path) -> Files:
    """FLACs: what is said of the stream stands in its first 42 bytes (RFC 9639, 8.2)."""
    flac = made(scratch, ".flac")
    kept = flac[:42]
    for name, start, end, value in (
        ("blocks of nothing", 8, 12, bytes(4)),
        ("blocks of all", 8, 12, b"\xff" * 4),
        ("frames of all", 12, 18, b"\xff" * 6),
        ("rate of nothing", 18, 21, b"\0\0" + bytes([flac[20] & 0x0F])),
        ("rate of all", 18, 21, b"\xff\xff\xff"),
        ("samples of all", 21, 26, bytes([flac[21] | 0x0F]) + b"\xff" * 4),
        ("no samples", 21, 26, bytes([flac[21] & 0xF0]) + bytes(4)),
    ):
        yield f"{name}.flac", flac[:start] + value + flac[end:]
    seeks = struct.pack(">QQH", 0, MOST << 30, 9) * 900_000
    yield "seeks.flac", kept + _flac_block(3, seeks[: 1 << 23]) + flac[42:]
    yield "many blocks.flac", kept + _flac_block(1, b"") * 50_000 + flac[42:]
    yield "padding.flac", kept + _flac_block(1, bytes(1 << 23)) + flac[42:]
    picture = struct.pack(">II", 3, MOST) + b"image/png"
    yield "cover of all.flac", kept + _flac_block(6, picture) + flac[42:]
    words = struct.pack("<I", 4) + b"word" + struct.pack("<I", MOST) + struct.pack("<I", MOST)
    yield "words of all.flac", kept + _flac_block(4, words) + flac[42:]
    each = b"TITLE=x" * 3
    many = b"".join([struct.pack("<I", len(each)) + each] * 300_000)
    said = struct.pack("<I", 0) + struct.pack("<I", 300_000) + many
    yield "many words.flac", kept + _flac_block(4, said[: (1 << 24) - 1]) + flac[42:]
    sheet = bytes(128) + struct.pack(">Q", MOST) + bytes(259) + b"\xff"
    yield "cue.flac", kept + _flac_block(5, sheet) + flac[42:]


def _flac_block(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


def oggs(scratch: Path) -> Files:
    """Oggs whose pages lie; their sums are put right (RFC 3533, 6)."""
    for ending in (".ogg", ".opus", ".oga"):
        data = made(scratch, ending)
        last = data.rindex(b"OggS")
        for granule in (0, 1, 1 << 40, (1 << 63) - 1, 1 << 63, (1 << 64) - 1):
            stamp = struct.pack("<Q", granule)
            yield (
                f"ends at {granule}{ending}",
                _paged(data, lambda page, n, s=stamp: put(6, s)(page) if n > 2 else page),
            )  # type: ignore[misc]
            yield f"jumps to {granule}{ending}", data[:last] + _summed(put(6, stamp)(data[last:]))
        yield f"again and again{ending}", data * 40
        yield (
            f"backwards{ending}",
            _paged(
                data,
                lambda page, n: (
                    put(6, struct.pack("<Q", 9_000_000 - n * 9000))(page) if n > 2 else page
                ),
            ),
        )
        yield (
            f"many streams{ending}",
            b"".join(
                _summed(put(14, struct.pack("<I", n))(data[: data.index(b"OggS", 4)]))
                for n in range(1000)
            ),
        )
        yield f"without end{ending}", _paged(data, lambda page, n: put(5, b"\0")(page))
    opus = made(scratch, ".opus")
    at = opus.index(b"OpusHead")
    for name, place, value in (
        ("skips", 10, b"\xff\xff"),
        ("channels", 9, b"\xff"),
        ("no channels", 9, b"\0"),
        ("version", 8, b"\xff"),
        ("gain", 16, b"\xff\x7f"),
        ("family", 18, b"\xff"),
    ):
        first = opus.index(b"OggS", 4)
        yield f"{name}.opus", _summed(put(at + place, value)(opus[:first])) + opus[first:]


def _paged(data: bytes, change: Callable[[bytes, int], bytes]) -> bytes:
    parts = data.split(b"OggS")[1:]
    return b"".join(_summed(change(b"OggS" + part, n)) for n, part in enumerate(parts))


def _summed(page: bytes) -> bytes:
    cleared = page[:22] + bytes(4) + page[26:]
    total = 0
    for byte in cleared:
        total = (total << 8 & MOST) ^ int(_TABLE[(total >> 24) ^ byte])
    return cleared[:22] + struct.pack("<I", total) + cleared[26:]


def _table() -> np.ndarray:
    values = np.arange(256, dtype=np.uint64) << np.uint64(24)
    for _ in range(8):
        high = (values & np.uint64(1 << 31)) != 0
        values = (values << np.uint64(1)) & np.uint64(MOST)
        values = np.where(high, values ^ np.uint64(0x04C11DB7), values)
    return values


_TABLE = _table()


def mpegs(scratch: Path) -> Files:
    """MP3s and their kin: headers of all frames and none, tags before tags."""
    mp3 = made(scratch, ".mp3")
    music = mp3[mp3.index(b"\xff\xfb") :]
    at = next((place for mark in (b"Xing", b"Info") if (place := music.find(mark)) > 0), 0)
    for value in (0, 1, 0x7FFFFFFF, MOST):
        told = struct.pack(">III", 15, value, value)
        yield f"frames {value}.mp3", put(at + 4, told)(music)
    vbri = b"VBRI" + struct.pack(">HHHIIHHHH", 1, 0, 0, MOST, MOST, 65_535, 1, 4, 1) + bytes(400)
    yield "table.mp3", put(36, vbri)(music) + music
    yield "tags on tags.mp3", (b"ID3\4\0\0" + bytes(4)) * 100_000 + music
    yield "tag of all.mp3", b"ID3\4\0\0\x7f\x7f\x7f\x7f" + b"TIT2\x7f\x7f\x7f\x7f\0\0\3x" + music
    yield (
        "tag unfolds.mp3",
        b"ID3\3\0\x80\0\0\1\0"
        + b"TIT2\0\0\0\xf0\0\x80"
        + struct.pack(">I", MOST)
        + bytes(240)
        + music,
    )
    yield (
        "tag of versions.mp3",
        b"".join(b"ID3" + bytes([n, 0, 0xFF, 0, 0, 0, 20]) + b"\xff" * 20 for n in range(9))
        + music,
    )
    yield "mixed rates.mp3", music[:2000] + made(scratch, ".mp3", rate=8000)[600:] + music[2000:]
    yield "sync only.mp3", b"\xff\xfb" * 50_000
    yield "sync only.aac", b"\xff\xf1" * 50_000
    aac = made(scratch, ".aac")
    yield "long frames.aac", aac[:3] + b"\xff\xff\xff" + aac[6:]
    yield "sync only.ac3", b"\x0b\x77" * 50_000
    yield "sync only.dts", b"\x7f\xfe\x80\x01" * 30_000
    yield "nothing in it.amr", b"#!AMR\n" + b"\x3c" * 50_000
    yield "says all.wv", b"wvpk" + struct.pack("<I", MOST) + b"\x10\x04" + b"\xff" * 200
    yield "says all.tta", b"TTA1" + struct.pack("<HHHII", 1, 2, 16, 48_000, MOST) + bytes(200)
    ape = b"MAC " + struct.pack("<HHIIIIII", 3990, 0, 52, 24, MOST, 44, MOST, MOST) + bytes(16)
    yield "says all.ape", ape + struct.pack("<IIIHHI", MOST, MOST, MOST, 16, 2, 44_100) + bytes(900)
    wma = made(scratch, ".wma")
    for name, change in (("size", put(16, b"\xff" * 8)), ("count", put(24, b"\xff" * 4))):
        yield f"{name} of all.wma", change(wma)


def mp4s(scratch: Path) -> Files:
    """M4As: their times, tables and nests."""
    plain = made(scratch, ".m4a")
    for name, path in (("file", "moov/mvhd"), ("track", "moov/trak/mdia/mdhd")):
        for scale in (0, 1, MOST):
            for length in (0, 0xFFFFFFFE):
                told = put(12, struct.pack(">II", scale, length))
                yield f"{name} {scale} {length}.m4a", within(plain, path, told)
    for name, table in {
        "stts": struct.pack(">IIII", 0, 1, MOST, MOST),
        "stsc": struct.pack(">IIIII", 0, 1, 1, 0x7FFFFFFF, 1),
        "stsz": struct.pack(">III", 0, 1, 0x07FFFFFF),
        "stco": struct.pack(">II", 0, MOST) + bytes(40),
        "stsd": struct.pack(">II", 0, MOST) + bytes(80),
    }.items():
        yield f"claims {name}.m4a", within(plain, f"{STBL}/{name}", lambda _, t=table: t)  # type: ignore[misc]
    for count in (0, 65_535):
        yield (
            f"{count} channels.m4a",
            within(plain, f"{STBL}/stsd", put(32, struct.pack(">H", count))),
        )
    yield "rate of all.m4a", within(plain, f"{STBL}/stsd", put(40, b"\xff" * 4))
    edits = struct.pack(">II", 0, 100_000) + struct.pack(">IIHH", 1, 0, 1, 0) * 100_000
    late = struct.pack(">II", 0, 2) + struct.pack(">IiHH", 0xFFFFFFFE, -1, 1, 0) * 2
    for name, table in (("edits", edits), ("late", late)):
        yield f"{name}.m4a", within(plain, "moov/trak/edts/elst", lambda _, t=table: t)  # type: ignore[misc]
    deep = b""
    for _ in range(5000):
        deep = atom(b"udta", atom(b"meta", bytes(4) + deep))
    yield "deep.m4a", within(plain, "moov", lambda body: body + deep)
    chapters = struct.pack(">IBI", 0, 0, 255) + b"".join(
        struct.pack(">QB", n, 4) + b"part" for n in range(255)
    )
    yield (
        "chapters.m4b",
        within(plain, "moov", lambda body: body + atom(b"udta", atom(b"chpl", chapters) * 50)),
    )


def matroskas() -> Files:
    """Sounds in Matroska: times of ages, laces and rates of nothing."""
    for rate in (0.0, -1.0, 1e300, float("nan"), 8000.0):
        yield f"rate {rate}.mka", _mka(rate)
    for count in (0, 1 << 40):
        yield f"{count} channels.mka", _mka(8000.0, count)
    for name, length in {"nan": float("nan"), "inf": float("inf"), "age": 1e300}.items():
        yield f"duration {name}.mka", _mka(8000.0, facts=info(length))
    late = element("1F43B675", number("E7", (1 << 62)) + block(bytes(1600), 0))
    yield "late.mka", _mka(8000.0, more=late)
    for hours in (10, 1000, 1_000_000):
        far = element("1F43B675", number("E7", hours * 3_600_000) + block(bytes(range(256)) * 9, 0))
        yield f"silent for {hours} hours.mka", _mka(8000.0, behind=far)


def _mka(
    rate: float, count: int = 1, facts: bytes | None = None, more: bytes = b"", behind: bytes = b""
) -> bytes:
    sound = element("E1", real("B5", rate) + number("9F", count) + number("6264", 8))
    entry = track("A_PCM/INT/LIT", kind=2, more=sound)
    whole = mkv(facts=facts, tracks=entry)
    cluster = element("1F43B675", number("E7", 0) + block(bytes(range(256)) * 19, 0))
    body = whole[: whole.index(bytes.fromhex("1F43B675"))] + more + cluster + behind
    return body + text("EC", b"")
