"""Sounds that mean harm: each a name and its bytes, made on the spot.

What names other files or addresses names `Bait`, which is watched; liars say of themselves what is
not so (`hostile_waves`); bombs unfold. What is heard in them, where anything is, hums at 200 Hz.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tests.kit.sounds import id3, id3_cover, info, ixml, tone, write_wav
from tests.torture.boxes import atom, mkv, within
from tests.torture.hostile_pictures import Bait, png, saved
from tests.torture.hostile_pictures import noise as painted
from tests.torture.hostile_videos import playlists
from tests.torture.hostile_waves import lying, made

Files = Iterator[tuple[str, bytes]]
HUM = tone(200, 0.6)


def hostile_sounds(bait: Bait, scratch: Path) -> Files:
    """Give every hostile sound; `scratch` is a folder for those that are made on disk."""
    yield from naming_others(bait, scratch)
    yield from lying(scratch)
    yield from samples(scratch)
    yield from covers(bait, scratch)
    yield from words(bait, scratch)
    yield from strangers(bait, scratch)


def naming_others(bait: Bait, scratch: Path) -> Files:
    """Lists under the names of sounds, and sounds whose samples lie elsewhere."""
    endings = ("mp3", "wav", "flac", "ogg", "m4a", "aif", "wma", "opus", "ac3", "mka")
    for place, (name, data) in enumerate(playlists(bait).items()):
        yield f"{name}.{endings[place % len(endings)]}", data
    plain, place_of_it = made(scratch, ".m4a"), str(bait.path)
    for kind, said in {
        b"url ": bait.address.encode() + b"\0",
        b"urn ": b"urn:x\0" + place_of_it.encode() + b"\0",
    }.items():
        table = struct.pack(">II", 0, 1) + atom(kind, bytes(4) + said)
        path = "moov/trak/mdia/minf/dinf/dref"
        yield f"samples in {kind.decode().strip()}.m4a", within(plain, path, lambda _, t=table: t)  # type: ignore[misc]
    cue = f'FILE "{bait.path}" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n'
    yield "sheet.flac", cue.encode()
    yield "sheet in it.flac", made(scratch, ".flac", tags={"CUESHEET": cue})
    yield "redirect.ra", f"{bait.address}\n".encode()
    yield "address.aac", f"{bait.address}\r\n".encode() * 20
    lyrics = {"lyrics": f"[00:00.00]{bait.path}", "WXXX": bait.address, "WOAF": bait.address}
    yield "links.mp3", made(scratch, ".mp3", tags=lyrics)


def samples(scratch: Path) -> Files:
    """Samples that are no numbers, or beyond all measure."""
    for form in ("f32", "f64"):
        dice = np.random.default_rng(1)
        raw = dice.bytes(96_000)
        path = write_wav(scratch / "plain.wav", HUM, form=form)
        data = path.read_bytes()
        yield f"any bits {form}.wav", data[: data.index(b"data") + 8] + raw
        for name, value in {"nan": np.nan, "inf": np.inf, "less": -np.inf, "huge": 1e38}.items():
            made_of_it = HUM.astype(np.float64)
            made_of_it[::7] = value
            yield f"{name} {form}.wav", write_wav(path, made_of_it, form=form).read_bytes()
    square = np.sign(HUM).astype(np.float32)
    yield "square.wav", write_wav(scratch / "plain.wav", square).read_bytes()
    yield "constant.wav", write_wav(scratch / "plain.wav", np.ones(30_000, np.float32)).read_bytes()
    yield "one sample.wav", write_wav(scratch / "plain.wav", HUM[:1]).read_bytes()
    for rate in (1000, 8000, 192_000, 384_000, 768_000):
        yield (
            f"at {rate}.wav",
            write_wav(scratch / "plain.wav", tone(200, 0.6, rate=rate), rate).read_bytes(),
        )
    for count in (2, 32, 64, 65, 255):
        many = np.tile(HUM[:4800], (count, 1))
        yield f"of {count}.wav", write_wav(scratch / "plain.wav", many).read_bytes()


def covers(bait: Bait, scratch: Path) -> Files:
    """Covers that unfold, are no pictures, are many, or want something."""
    music = made(scratch, ".mp3")
    bomb = png(20_000, 20_000, rows=bytes(20_000 * 2_501))  # a bit a pixel
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{bait.address}"/></svg>'
    for name, picture in {
        "unfolds": bomb,
        "claims": png(100_000, 100_000),
        "drawing": drawing.encode(),
        "address": bait.address.encode(),
        "list": f"#EXTM3U\n{bait.path}\n".encode(),
        "itself": music,
        "film": mkv(),
        "zeros": bytes(1 << 20),
        "nothing": b"",
    }.items():
        yield f"cover {name}.mp3", id3(id3_cover(picture, "image/png")) + music
    yield "linked cover.mp3", id3(("APIC", b"\0-->\0\3\0" + bait.address.encode())) + music
    small = saved(painted(), "PNG")
    yield "many covers.mp3", id3(*[id3_cover(small, "image/png")] * 500) + music
    yield "cover of 24 MB.mp3", id3(id3_cover(saved(painted(), "JPEG") + bytes(24 << 20))) + music


def words(bait: Bait, scratch: Path) -> Files:
    """Tags beyond all measure, in no letters, or with entities."""
    music = made(scratch, ".mp3")
    music = music[music.index(b"\xff\xfb") :]
    yield "long title.mp3", id3(("TIT2", b"\3" + b"word " * 2_000_000)) + music
    yield "many titles.mp3", id3(*[("TIT2", b"\3x")] * 50_000) + music
    texts = [("TXXX", b"\3k%d\0v" % n) for n in range(50_000)]
    yield "many texts.mp3", id3(*texts) + music
    for number in range(5):
        raw = bytes([number]) + bytes(range(255, 0, -1))
        yield f"letters {number}.mp3", id3(("TIT2", raw), ("TPE1", raw[:2]), ("COMM", raw)) + music
    turned = "\u202egnp.exe\u202c\x1b[2J\r\n\0".encode()
    yield "turned.wav", _wav(scratch, info(INAM=turned, IART=b"\xff" * 900, ICMT=b"\x80"))
    yield "description.wav", _wav(scratch, (b"bext", b"\xff" * 70_000))
    yield "short description.wav", _wav(scratch, (b"bext", b"x"), (b"iXML", b"<"), (b"acid", b"\0"))
    yield (
        "beats.wav",
        _wav(
            scratch, (b"acid", struct.pack("<IHHfIHHf", 3, 0xFFFF, 0, 0.0, 0, 0, 0, float("nan")))
        ),
    )
    bomb = '<!DOCTYPE x [<!ENTITY a "' + "x" * 1000 + '">'
    bomb += "".join(f'<!ENTITY {b} "{f"&{a};" * 30}">' for a, b in ("ab", "bc", "cd", "de", "ef"))
    yield (
        "entities.wav",
        _wav(scratch, (b"iXML", f"{bomb}]><BWFXML><NOTE>&f;</NOTE></BWFXML>".encode())),
    )
    outside = f'<!DOCTYPE x [<!ENTITY a SYSTEM "{bait.path.as_uri()}"><!ENTITY b SYSTEM "{bait.address}">]>'
    yield (
        "outside.wav",
        _wav(scratch, (b"iXML", f"{outside}<BWFXML><NOTE>&a;&b;</NOTE></BWFXML>".encode())),
    )
    included = f'<BWFXML xmlns:x="http://www.w3.org/2001/XInclude"><x:include href="{bait.path}"/></BWFXML>'
    yield "included.wav", _wav(scratch, (b"iXML", included.encode()))
    yield "deep.wav", _wav(scratch, ixml("<A>" * 50_000 + "</A>" * 50_000))
    yield "long notes.wav", _wav(scratch, ixml("<NOTE>" + "word " * 190_000 + "</NOTE>"))
    yield "many notes.wav", _wav(scratch, ixml("".join(f"<NOTE>{n}</NOTE>" for n in range(60_000))))
    lines = {"lyrics": "la la\n" * 2_000_000}
    yield "lyrics.flac", made(scratch, ".flac", tags=lines)[: 1 << 24]
    yield "named.ogg", made(scratch, ".ogg", tags={"x" * 5000: "y", "\x01\x02": "z", "": "w"})


def _wav(scratch: Path, *chunks: tuple[bytes, bytes]) -> bytes:
    return write_wav(scratch / "plain.wav", HUM, before=chunks[:1], after=chunks[1:]).read_bytes()


def strangers(bait: Bait, scratch: Path) -> Files:
    """Pictures, archives, programs, films and nothing under the names of sounds; cuts."""
    yield "picture.mp3", saved(painted(), "PNG")
    yield "photograph.wav", saved(painted(), "JPEG")
    yield "moving.ogg", saved(painted(16), "GIF")
    yield "page.flac", f"<html><audio src='{bait.address}'></audio></html>".encode()
    yield "program.aac", b"\x7fELF\2\1\1" + bytes(900)
    yield "archive.mka", b"PK\3\4" + bytes(900)
    yield "paper.wav", b"%PDF-1.7\n" + bytes(900)
    for ending in ("mp3", "aac", "ac3", "dts", "amr", "wav", "au", "voc"):
        yield f"words.{ending}", b"All work and no play\n" * 90
        yield f"static.{ending}", np.random.default_rng(5).bytes(40_000)
        yield f"zeros.{ending}", bytes(100_000)
        yield f"nothing.{ending}", b""
        yield f"one byte.{ending}", b"\0"
    for ending in (".wav", ".flac", ".mp3", ".ogg", ".m4a", ".wma", ".aiff", ".mka", ".opus"):
        whole = made(scratch, ending)
        for part in (0.001, 0.01, 0.1, 0.5, 0.9, 0.99):
            yield f"cut at {part}{ending}", whole[: int(len(whole) * part)]
    two = made(scratch, ".mp3") + made(scratch, ".flac") + made(scratch, ".wav")
    yield "three in one.mp3", two
    yield "sound and page.wav", made(scratch, ".wav") + b"<html><script>fetch('x')</script></html>"
    protected = within(made(scratch, ".m4a"), "moov/trak/mdia/minf/stbl/stsd",
                       lambda table: table[:12] + b"drms" + table[16:])  # fmt: skip
    yield "bought.m4a", protected
    yield "bought.m4b", protected


def sparse_sounds(scratch: Path) -> Iterator[tuple[str, bytes, int]]:
    """Give names, first bytes and sizes of sounds that are nearly all hole."""
    low = tone(200, 0.6, rate=1000)
    long = write_wav(scratch / "plain.wav", low, 1000, says=0xFFFFFFFF).read_bytes()
    yield "hole.wav", long, 1 << 40
    yield "hole.mp3", made(scratch, ".mp3"), 1 << 40
    yield "hole.flac", made(scratch, ".flac"), 1 << 40
    yield "hole.ogg", made(scratch, ".ogg"), 1 << 40
    yield "nothing but hole.aac", b"", 1 << 33
    yield "cover of 200 MB.mp3", big_cover(scratch), (200 << 20) + 40_000


def big_cover(scratch: Path) -> bytes:
    """Give the beginning of an MP3 with a cover of 200 MB; what follows is zeros."""
    size = 200 << 20
    length, whole = (
        bytes(n >> shift & 0x7F for shift in (21, 14, 7, 0)) for n in (size, size + 10)
    )
    head = b"\0image/jpeg\0\3\0" + saved(painted(), "JPEG")
    return b"ID3\4\0\0" + whole + b"APIC" + length + b"\0\0" + head
