"""Videos that mean harm: each a name and its bytes, made on the spot.

What names other files or addresses names `Bait`, which is watched; liars say of themselves what
is not so; bombs unfold. Their frames, where they have any, are green.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from tests.kit.films import Scene, make_film
from tests.torture.boxes import (
    GREEN,
    atom,
    avi,
    block,
    element,
    info,
    jpeg,
    mkv,
    number,
    put,
    text,
    track,
    within,
)
from tests.torture.hostile_pictures import Bait, noise, png, saved
from tests.torture.hostile_tables import counts, nests, times, words

Files = Iterator[tuple[str, bytes]]
STBL = "moov/trak/mdia/minf/stbl"
MOST = b"\xff\xff\xff\xff"


def hostile_videos(bait: Bait, scratch: Path) -> Files:
    """Give every hostile video; `scratch` is a folder for those that are made on disk."""
    plain = plain_mp4(scratch)
    yield from naming_others(bait, plain)
    yield from sizes(plain, scratch)
    yield from times(plain)
    yield from counts(plain)
    yield from nests(plain)
    yield from words(plain)
    yield from strangers(bait, plain)


def plain_mp4(scratch: Path) -> bytes:
    """Give one green second of H.264 in MP4, its header behind its frames."""
    film = make_film(scratch / "plain.mp4", [Scene(GREEN, 1)], size=(64, 48), rate=10)
    return film.path.read_bytes()


def playlists(bait: Bait) -> dict[str, bytes]:
    """Give files of text that players follow to what they name, by what they are."""
    here, there = str(bait.path), bait.address
    head = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:9\n"
    lists = {
        "hls file": f"{head}#EXTINF:1,\n{here}\n#EXT-X-ENDLIST\n",
        "hls address": f"{head}#EXTINF:1,\n{there}\n#EXT-X-ENDLIST\n",
        "hls url": f"{head}#EXTINF:1,\nfile://{here}\n#EXTINF:1,\nconcat:{here}|{there}\n",
        "hls part": f"{head}#EXTINF:1,\nsubfile,,start,0,end,99,,:{here}\n",
        "hls key": f'{head}#EXT-X-KEY:METHOD=AES-128,URI="{there}"\n#EXTINF:1,\n{here}\n',
        "hls map": f'{head}#EXT-X-MAP:URI="{here}"\n#EXTINF:1,\n{there}\n',
        "hls crypto": f"{head}#EXTINF:1,\ncrypto+file:{here}\n#EXTINF:1,\ncrypto:{there}\n",
        "hls master": f'{head}#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="a",URI="{there}"\n'
        f"#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO=a\n{there}\n",
        "hls beside": f"{head}#EXTINF:1,\n../outside/{bait.path.name}\n",
        "concat": f"ffconcat version 1.0\nfile '{here}'\nfile '{there}'\n",
        "concat option": f"ffconcat version 1.0\nfile '{here}'\noption safe 0\ninpoint 0\n",
        "dash": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
        f'mediaPresentationDuration="PT9S"><Period><AdaptationSet mimeType="video/mp4">'
        f'<Representation id="1" bandwidth="1"><BaseURL>{there}</BaseURL><SegmentList>'
        f'<SegmentURL media="{here}"/></SegmentList></Representation></AdaptationSet></Period></MPD>',
        "session": f"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
        f"m=video {bait.port} RTP/AVP 96\na=rtpmap:96 H264/90000\n",
        "redirect": f"RTSPtext\nrtsp://127.0.0.1:{bait.port}/x\n",
        "shoutcast": f"[playlist]\nFile1={there}\nFile2={here}\nNumberOfEntries=2\nVersion=2\n",
        "media player": f'<asx version="3.0"><entry><ref href="{there}"/></entry></asx>',
        "metafile": f"[Reference]\nRef1={there}?MSWMExt=.asf\nRef2={here}\n",
        "smil": f'<smil><body><video src="{there}"/><video src="{here}"/></body></smil>',
        "spiff": f'<?xml version="1.0"?><playlist xmlns="http://xspf.org/ns/0/"><trackList><track>'
        f"<location>{there}</location></track></trackList></playlist>",
        "avisynth": f'v = AviSource("{here}")\nreturn v\n',
        "vapoursynth": "import vapoursynth as vs\nfrom pathlib import Path\n"
        f'Path("{here}").read_bytes()\nvs.core.std.BlankClip().set_output()\n',
        "graph": f"movie=filename={here}[out0]\n",
        "vobsub": f"# VobSub index file, v7 (do not modify this line!)\nid: en, index: 0\n"
        f"timestamp: 00:00:00:000, filepos: 000000000\n# alt: {here}\n",
        "metadata": f";FFMETADATA1\ntitle=x\nfile={here}\n",
        "imf": f'<?xml version="1.0"?><CompositionPlaylist xmlns="http://www.smpte-ra.org/schemas'
        f'/2067-3/2016"><Id>urn:uuid:0</Id><SegmentList><Path>{here}</Path></SegmentList>'
        "</CompositionPlaylist>",
    }
    return {name: said.encode() for name, said in lists.items()}


def naming_others(bait: Bait, plain: bytes) -> Files:
    """Playlists under the names of videos, and videos whose frames lie elsewhere."""
    endings = ("mp4", "mkv", "m2ts", "mov", "avi", "webm", "mpg", "wmv", "flv", "rm")
    for place, (name, data) in enumerate(playlists(bait).items()):
        yield f"{name}.{endings[place % len(endings)]}", data
        if name.startswith(("hls", "concat")):
            yield f"{name}.{endings[(place + 3) % len(endings)]}", data
    place = str(bait.path)
    for kind, said in {
        b"url ": bait.address.encode() + b"\0",
        b"urn ": b"urn:x\0" + place.encode() + b"\0",
        b"alis": _alias(place),
        b"rsrc": _alias(place),
    }.items():
        table = struct.pack(">II", 0, 1) + atom(kind, bytes(4) + said)
        name = kind.decode().strip()
        yield (
            f"frames in {name}.mov",
            within(plain, "moov/trak/mdia/minf/dinf/dref", lambda _, t=table: t),
        )  # type: ignore[misc]
    both = (
        struct.pack(">II", 0, 2)
        + atom(b"url ", b"\0\0\0\1")
        + atom(b"alis", bytes(4) + _alias(place))
    )
    described = within(plain, "moov/trak/mdia/minf/dinf/dref", lambda _: both)
    yield "second source.mp4", within(described, f"{STBL}/stsd", put(22, b"\0\2"))
    for kind, where in ((b"url ", bait.address), (b"alis", place), (b"url ", f"file://{place}")):
        named = atom(
            b"rdrf", bytes(4) + kind + struct.pack(">I", len(where) + 1) + where.encode() + b"\0"
        )
        films = atom(b"moov", atom(b"rmra", atom(b"rmda", named) * 3))
        yield (
            f"reference {kind.decode().strip()} {len(where)}.mov",
            atom(b"ftyp", b"qt  \0\0\0\0qt  ") + films,
        )
    uid = bytes(range(16))
    links = (
        element("73A4", uid), element("3CB923", bytes(16)), text("3C83AB", place),
        element("3EB923", bytes(16)), text("3E83BB", place), text("7384", place),
    )  # fmt: skip
    chained = element("6924", number("69FC", 1) + number("69BF", 1) + element("69A5", bytes(16)))
    yield "linked segments.mkv", mkv(facts=info(more=b"".join(links) + chained))
    edition = element(
        "45B9",
        number("45DD", 1)
        + element("B6", number("73C4", 1) + number("91", 0) + number("92", 10**9)
                  + element("6E67", bytes(16)) + number("6EBC", 1)),
    )  # fmt: skip
    yield "ordered chapters.mkv", mkv(element("1043A770", edition))
    held = text("466E", place) + text("4660", "application/x-mpegURL")
    kept = element("61A7", held + element("465C", bait.address.encode()) + number("46AE", 1))
    yield "attached.mkv", mkv(element("1941A469", kept))
    script = struct.pack("<IH", 9, 3) + "URL".encode("utf-16-le") + bait.address.encode("utf-16-le")
    yield (
        "script.wmv",
        bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + struct.pack("<QI", 60, 1) + script,
    )


def _alias(place: str) -> bytes:
    """Write an alias record of the Macintosh that means an absolute path."""
    name = place.encode()
    head = bytes(4) + struct.pack(">HHH", 150, 2, 0) + bytes([1, 47]) + bytes(26) + bytes(8)
    head += bytes([min(63, len(name))]) + name[:63].ljust(63, b"\0") + bytes(40)
    tail = struct.pack(">hH", 2, len(name)) + name + b"\0" * (len(name) % 2)
    tail += struct.pack(">hH", 18, len(name)) + name + b"\0" * (len(name) % 2)
    return head + tail + struct.pack(">hH", -1, 0)


def sizes(plain: bytes, scratch: Path) -> Files:
    """Frames that are enormous, or nothing."""
    huge = struct.pack(">HH", 0xFFFF, 0xFFFF)
    yield "size in the table.mp4", within(plain, f"{STBL}/stsd", put(40, huge))
    yield "size of the track.mp4", within(plain, "moov/trak/tkhd", put(76, MOST * 2))
    yield "no size.mp4", within(plain, "moov/trak/tkhd", put(76, bytes(8)))
    yield "wide pixels.mp4", _stretched(plain, 0x7FFFFFFF, 1)
    yield "no pixels.mp4", _stretched(plain, 1, 0)
    for side in (0, 1, 65_535, 0x7FFFFFFF):
        yield f"{side} wide.avi", avi(size=(side, side))
        yield f"{side} wide.mkv", mkv(tracks=track(size=(side, side)))
    yield "flat.mkv", mkv(tracks=track(size=(1 << 40, 1)))
    for side in (20_000, 65_500):
        yield f"jumbo {side}.mkv", _of_frames("V_MJPEG", jpeg((side, side)))
    bomb = png(20_000, 20_000, rows=bytes(20_000 * 2_501))  # a bit a pixel
    yield "unfolds.mkv", _of_frames("V_MS/VFW/FOURCC", bomb, b"MPNG")
    yield "claims.mkv", _of_frames("V_MS/VFW/FOURCC", png(100_000, 100_000), b"MPNG")
    plainest = struct.pack("<IiiHH4sIiiII", 40, 30_000, 30_000, 1, 24, bytes(4), 0, 0, 0, 0, 0)
    yield (
        "raw.mkv",
        mkv(tracks=track("V_MS/VFW/FOURCC", size=(30_000, 30_000), more=element("63A2", plainest))),
    )
    film = make_film(
        scratch / "nine.webm", [Scene(GREEN, 0.5)], size=(64, 48), rate=10, codec="vp9"
    )
    data = film.path.read_bytes()
    at = data.index(bytes.fromhex("498342"))  # a key frame; sizes begin four bits behind it
    for side in (0xFFFF, 0x3FFF):
        bits = (
            int.from_bytes(data[at + 3 : at + 8], "big") & 0xF0_0000_000F | side << 20 | side << 4
        )
        yield f"vp9 {side}.webm", data[: at + 3] + bits.to_bytes(5, "big") + data[at + 8 :]


def _stretched(plain: bytes, wide: int, high: int) -> bytes:
    aspect = atom(b"pasp", struct.pack(">II", wide, high))

    def described(body: bytes) -> bytes:
        length = int.from_bytes(body[8:12], "big") + len(aspect)
        return body[:8] + length.to_bytes(4, "big") + body[12:] + aspect

    return within(plain, f"{STBL}/stsd", described)


def _of_frames(codec: str, frame: bytes, fourcc: bytes = b"") -> bytes:
    """Write a Matroska file of three of a frame."""
    form = struct.pack("<IiiHH4sIiiII", 40, 64, 48, 1, 24, fourcc, 0, 0, 0, 0, 0) if fourcc else b""
    blocks = b"".join(block(frame, time) for time in (0, 400, 800))
    cluster = element("1F43B675", number("E7", 0) + blocks)
    whole = mkv(tracks=track(codec, more=element("63A2", form) if form else b""))
    return whole[: whole.index(bytes.fromhex("1F43B675"))] + cluster


def strangers(bait: Bait, plain: bytes) -> Files:
    """Pictures, archives, programs and nothing under the names of videos; cuts."""
    picture = saved(noise(), "PNG")
    yield "picture.mp4", picture
    yield "moving.mp4", saved(noise(16), "GIF", save_all=True, append_images=[noise(17)])
    yield "page.webm", f"<html><video src='{bait.address}'></video></html>".encode()
    yield "program.avi", b"\x7fELF\2\1\1" + bytes(900)
    yield "archive.mkv", b"PK\3\4" + bytes(900)
    yield "paper.mov", b"%PDF-1.7\n" + bytes(900)
    yield "words.mpg", b"All work and no play\n" * 90
    yield "subtitles.mp4", b"1\n00:00:01,000 --> 00:00:02,000\nwords\n\n" * 90
    yield "noise.ts", noise(300).tobytes()
    yield "zeros.vob", bytes(100_000)
    yield "video and page.mp4", plain + b"<html><script>fetch('x')</script></html>"
    yield "not what it says.mkv", plain
    yield "not what it says.avi", mkv()
    yield "not what it says.mp4", avi()
    for ending in ("mp4", "mkv", "avi", "ts", "webm", "mov", "wmv", "flv", "mpg"):
        yield f"nothing.{ending}", b""
        yield f"one byte.{ending}", b"\0"
    wholes = {"mp4": plain, "mov": plain[::-1][::-1], "mkv": mkv(), "avi": avi()}
    for ending, whole in wholes.items():
        for part in (0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.99):
            yield f"cut at {part}.{ending}", whole[: int(len(whole) * part)]


def sparse_videos(scratch: Path) -> Iterator[tuple[str, bytes, int]]:
    """Give names, first bytes and sizes of videos that are nearly all hole."""
    yield "hole.mp4", plain_mp4(scratch), 1 << 40
    yield "hole.mkv", mkv(), 1 << 40
    yield "nothing but hole.mpg", b"", 1 << 33
