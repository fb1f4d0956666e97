"""Files that mean harm to whoever decodes them: each a name and its bytes, made on the spot.

Bombs unfold to far more than they weigh; liars say of themselves what is not so; what names
other files or addresses names `Bait`, which is watched.
"""

from __future__ import annotations

import base64
import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms

from tests.media.conftest import TINY_HEIC, write_dng
from tests.torture.hostile_drawings import drawings

Files = Iterator[tuple[str, bytes]]


@dataclass(frozen=True)
class Bait:
    """A file outside the root and an address on this machine; nobody may touch either."""

    path: Path
    port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/bait.png"


def hostile(bait: Bait, scratch: Path) -> Files:
    """Give every hostile file; `scratch` is a folder for those that are made on disk."""
    yield from bombs(scratch)
    yield from liars()
    yield from metadata()
    yield from strangers(bait)
    yield from drawings(bait.path, bait.address)


def noise(side: int = 64) -> Image.Image:
    values = np.random.default_rng(side).integers(0, 256, (side, side, 3), dtype=np.uint8)
    return Image.fromarray(values)


def saved(picture: Image.Image, form: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, form, **options)  # type: ignore[arg-type]
    return file.getvalue()


def png_chunk(name: bytes, data: bytes) -> bytes:
    whole = name + data
    return struct.pack(">I", len(data)) + whole + struct.pack(">I", zlib.crc32(whole))


def png(width: int, height: int, *extra: bytes, rows: bytes | None = None, depth: int = 1) -> bytes:
    """Write a PNG with any header, other chunks, and pixels if they are given."""
    head = struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0)
    packed = zlib.compress(b"\0" * 1000 if rows is None else rows, 9)
    parts = [png_chunk(b"IHDR", head), *extra, png_chunk(b"IDAT", packed), png_chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def deflated(size: int) -> bytes:
    """Pack zeros; a thousandth of them is left."""
    packer = zlib.compressobj(9)
    block = bytes(1 << 20)
    return b"".join(packer.compress(block) for _ in range(size >> 20)) + packer.flush()


def sized_jpeg(width: int, height: int) -> bytes:
    """Give a small JPEG that claims a size."""
    data = bytearray(saved(noise(), "JPEG"))
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def lossless_webp(width: int, height: int) -> bytes:
    """Give the 34 bytes that are a picture of one colour of any size up to 16384 each way."""
    data = bytearray(saved(Image.new("RGB", (64, 64)), "WEBP", lossless=True))
    at = data.index(b"VP8L") + 9
    flags = struct.unpack_from("<I", data, at)[0] & 0xF0000000
    struct.pack_into("<I", data, at, flags | (width - 1) | (height - 1) << 14)
    return bytes(data)


def tiff(entries: dict[int, tuple[int, int, int]], body: bytes = b"", after: int = 0) -> bytes:
    """Write a TIFF of one directory: tag: (type, count, value or offset)."""
    table = b"".join(struct.pack("<HHII", tag, *entries[tag]) for tag in sorted(entries))
    head = b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", len(entries))
    return head + table + struct.pack("<I", after) + body


def plain_tiff(width: int, height: int, at: int, length: int, packing: int = 1) -> bytes:
    """Write a grey TIFF whose one strip lies anywhere and is as long as it says."""
    entries = {
        256: (4, 1, width), 257: (4, 1, height), 258: (3, 1, 8), 259: (3, 1, packing),
        262: (3, 1, 1), 273: (4, 1, at), 277: (3, 1, 1), 278: (4, 1, height), 279: (4, 1, length),
    }  # fmt: skip
    return tiff(entries, deflated(8 << 20) if packing == 8 else b"")


def bombs(scratch: Path) -> Files:
    """Small files of large pictures."""
    yield "plain-wide.png", png(100_000, 100_000)
    yield "just allowed.png", png(22_000, 22_000, depth=8)
    yield "unfolds.png", png(20_000, 20_000, rows=bytes(20_000 * 100), depth=8)
    text = b"Comment\0\0" + deflated(80 << 20)
    yield "text.png", png(64, 64, png_chunk(b"zTXt", text), rows=bytes(64 * 9))
    yield "profile.png", png(64, 64, png_chunk(b"iCCP", b"p\0\0" + deflated(80 << 20)))
    yield "jumbo.jpg", sized_jpeg(65_500, 65_500)
    yield "large.jpg", sized_jpeg(20_000, 20_000)
    yield "one colour.webp", lossless_webp(16_384, 16_384)
    animation = [Image.new("P", (8, 8), number % 2) for number in range(200)]
    yield "frames.gif", saved(animation[0], "GIF", save_all=True, append_images=animation[1:])
    head = b"GIF89a" + struct.pack("<HHBBB", 65_535, 65_535, 0x80, 0, 0) + bytes(6)
    frame = b"," + struct.pack("<HHHHB", 0, 0, 65_535, 65_535, 0) + b"\x02\x02\x4c\x01\0"
    yield "huge frames.gif", head + frame * 50 + b";"
    small = head[:6] + struct.pack("<HH", 20, 20) + head[10:]
    yield "frame beyond its screen.gif", small + frame + b";"
    endless = b"!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"
    tiny = b"," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x4c\x01\0"
    yield "endless.gif", small + endless + tiny * 20_000
    first = noise(16)
    moving = saved(first, "PNG", save_all=True, append_images=[noise(17).crop((0, 0, 16, 16))])
    at = moving.index(b"acTL") + 4
    yield "frames without end.png", moving[:at] + b"\xff\xff\xff\x7f" * 2 + moving[at + 8 :]
    yield "unfolds.tif", plain_tiff(20_000, 20_000, 122, 8200, packing=8)
    picture = saved(Image.new("L", (512, 512)), "JPEG2000")
    at = picture.index(b"\xff\x4f\xff\x51") + 8
    claim = struct.pack(">IIIIIIII", 60_000, 60_000, 0, 0, 60_000, 60_000, 0, 0)
    yield "claims.jp2", picture[:at] + claim + picture[at + 32 :]
    tiles = struct.pack(">IIIIIIII", 20_000, 20_000, 0, 0, 1, 1, 0, 0)
    yield "a tile for each pixel.jp2", picture[:at] + tiles + picture[at + 32 :]
    yield "claims.avif", _claiming(saved(noise(), "AVIF"), 64)
    yield "claims.heic", _claiming(TINY_HEIC, 64)
    raw = write_dng(scratch / "seed.dng").read_bytes()
    width, height = struct.pack("<HHII", 256, 4, 1, 640), struct.pack("<HHII", 257, 4, 1, 480)
    yield (
        "claims.dng",
        raw.replace(width, width[:8] + struct.pack("<I", 60_000)).replace(
            height, height[:8] + struct.pack("<I", 60_000)
        ),
    )
    yield from _headers()


def _claiming(container: bytes, side: int) -> bytes:
    """Let a HEIF container say that its picture is enormous."""
    real = b"ispe\0\0\0\0" + struct.pack(">II", side, side)
    assert real in container
    return container.replace(real, b"ispe\0\0\0\0" + struct.pack(">II", 60_000, 60_000))


def _headers() -> Files:
    """Headers of simple formats that ask for gigabytes and bring nothing."""
    yield "claims.ppm", b"P6\n99999 99999\n255\n" + bytes(100)
    yield "claims.pgm", b"P5\n20000 20000\n65535\n" + bytes(100)
    yield "claims.pfm", b"PF\n50000 50000\n-1.0\n" + bytes(100)
    yield (
        "claims.bmp",
        b"BM"
        + struct.pack("<IIIIiiHHIIiiII", 99, 0, 54, 40, 1 << 30, -(1 << 30), 1, 8, 1, *[0] * 5),
    )
    yield (
        "claims.qoi",
        b"qoif" + struct.pack(">IIBB", 1 << 31, 1 << 31, 4, 0) + b"\xfe\0\0\0\xfd" * 9,
    )
    yield "unfolds.qoi", b"qoif" + struct.pack(">IIBB", 22_000, 22_000, 3, 0) + b"\xfd" * 5000
    yield (
        "claims.psd",
        b"8BPS" + struct.pack(">H6xHIIHH", 1, 3, 30_000, 30_000, 8, 3) + bytes(12) + b"\0\1",
    )
    yield (
        "claims.tga",
        struct.pack("<BBBHHBHHHHBB", 0, 0, 10, 0, 0, 0, 0, 0, 65_535, 65_535, 24, 0)
        + b"\xff\0\0\0" * 99,
    )
    yield (
        "claims.dds",
        b"DDS "
        + struct.pack("<IIIIIII44x", 124, 0x1007, 1 << 30, 1 << 30, 0, 0, 0)
        + struct.pack("<II4sIIIII", 32, 4, b"DXT1", 0, 0, 0, 0, 0)
        + bytes(20),
    )
    yield "claims.sgi", struct.pack(">HBBHHHH", 474, 1, 1, 3, 65_535, 65_535, 3) + bytes(600)
    yield "claims.pcx", struct.pack("<BBBBHHHH", 10, 5, 1, 8, 0, 0, 65_535, 65_535) + bytes(120)
    yield (
        "claims.xbm",
        b"#define im_width 999999\n#define im_height 999999\nstatic char im_bits[] = {0x00",
    )
    yield "claims.xpm", b'/* XPM */\nstatic char *x[] = {\n"99999 99999 2 1",\n"a c #000000",\n'
    yield (
        "claims.fits",
        b"".join(
            line.ljust(80)
            for line in (
                b"SIMPLE  = T",
                b"BITPIX  = 8",
                b"NAXIS   = 2",
                b"NAXIS1  = 999999999",
                b"NAXIS2  = 999999999",
                b"END",
            )
        ).ljust(2880),
    )
    inner = png(30_000, 30_000)
    yield (
        "claims.ico",
        struct.pack("<HHH", 0, 1, 1)
        + struct.pack("<BBBBHHII", 0, 0, 0, 0, 1, 32, len(inner), 22)
        + inner,
    )
    yield (
        "claims.icns",
        b"icns"
        + struct.pack(">I", 16 + len(inner))
        + b"ic10"
        + struct.pack(">I", 0xFFFFFFFF)
        + inner,
    )
    yield (
        "claims.fli",
        struct.pack("<IHHHHHI", 128, 0xAF12, 60_000, 65_535, 65_535, 8, 1) + bytes(200),
    )


def liars() -> Files:
    """Files whose directories point at themselves, beyond the end, or nowhere."""
    yield "strip beyond the end.tif", plain_tiff(64, 64, 1 << 31, 4096)
    yield "strip without end.tif", plain_tiff(64, 64, 122, 0xFFFFFFFF)
    yield (
        "more strips than bytes.tif",
        tiff(
            {
                256: (4, 1, 64),
                257: (4, 1, 64),
                258: (3, 1, 8),
                262: (3, 1, 1),
                273: (4, 1 << 29, 8),
                278: (4, 1, 1),
                279: (4, 1 << 29, 8),
            }
        ),
    )
    yield (
        "tiles.tif",
        tiff(
            {
                256: (4, 1, 64),
                257: (4, 1, 64),
                258: (3, 1, 8),
                259: (3, 1, 1),
                262: (3, 1, 1),
                322: (4, 1, 1 << 30),
                323: (4, 1, 1 << 30),
                324: (4, 1, 8),
                325: (4, 1, 64),
            }
        ),
    )
    yield (
        "next is itself.tif",
        tiff(
            {
                256: (4, 1, 4),
                257: (4, 1, 4),
                258: (3, 1, 8),
                259: (3, 1, 1),
                262: (3, 1, 1),
                273: (4, 1, 8),
                278: (4, 1, 4),
                279: (4, 1, 16),
            },
            after=8,
        ),
    )
    yield "no bits.tif", tiff({256: (4, 1, 4), 257: (4, 1, 4), 258: (3, 60_000, 8), 262: (3, 1, 5)})
    yield "itself.dng", tiff({330: (4, 1, 8), 34665: (4, 1, 8), 50706: (1, 4, 0x0401)}, after=8)
    whole = saved(noise(), "WEBP")
    yield "riff.webp", whole[:4] + b"\xff\xff\xff\xff" + whole[8:]
    yield "box.jp2", saved(noise(), "JPEG2000").replace(b"jp2h", b"jp2\0", 1)
    heif = bytearray(TINY_HEIC)
    heif[heif.index(b"iloc") - 4 : heif.index(b"iloc")] = b"\xff\xff\xff\xff"
    yield "box.heic", bytes(heif)
    avif = bytearray(saved(noise(), "AVIF"))
    avif[avif.index(b"meta") - 4 : avif.index(b"meta")] = b"\0\0\0\1"
    yield "box.avif", bytes(avif)
    yield "half.jpg", saved(noise(), "JPEG")[:900]
    yield "quantum.jpg", saved(noise(), "JPEG").replace(b"\xff\xdb", b"\xff\xfe")
    scans = saved(noise(), "JPEG", progressive=True)
    at = scans.rindex(b"\xff\xda")
    yield "ten thousand scans.jpg", scans[:at] + scans[at:-2] * 10_000


def metadata() -> Files:
    """Pictures in order whose EXIF, ICC or XMP is not."""
    # an IFD in which each pointer leads back to it, and one pointer beyond the end
    loop = tiff(
        {0x0112: (3, 1, 99), 0x8769: (4, 1, 8), 0x8825: (4, 1, 8), 0xA005: (4, 1, 8)}, after=8
    )
    yield "loop.jpg", jpeg_with(b"\xff\xe1", b"Exif\0\0" + loop)
    yield "loop.png", saved(noise(), "PNG", exif=b"Exif\0\0" + loop)
    yield "loop.webp", saved(noise(), "WEBP", exif=loop)
    beyond = tiff(
        {0x010F: (2, 0xFFFFFFF0, 0xFFFFFFF0), 0x8769: (4, 1, 0xFFFFFFF0), 0x9003: (2, 20, 1 << 31)}
    )
    yield "beyond.jpg", jpeg_with(b"\xff\xe1", b"Exif\0\0" + beyond)
    odd = {
        tag: (kind, 1 << 20, 8)
        for tag, kind in zip(
            range(0x0100, 0x0200), [0, 1, 2, 5, 7, 9, 10, 12, 13, 99, 65_535] * 24, strict=False
        )
    }
    yield "types.jpg", jpeg_with(b"\xff\xe1", b"Exif\0\0" + tiff(odd))
    nested = b"".join(tiff({0x8769: (4, 1, 8), 0x927C: (7, 60_000, 8)}) for _ in range(1000))
    yield "nested.jpg", jpeg_with(b"\xff\xe1", (b"Exif\0\0" + nested)[:65_533])
    rational = tiff(
        {0x829A: (5, 1, 26), 0x8825: (4, 1, 8), 2: (5, 3, 26), 4: (5, 3, 26)}, bytes(64)
    )
    yield "nothing divided by nothing.jpg", jpeg_with(b"\xff\xe1", b"Exif\0\0" + rational)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    count = struct.unpack_from(">I", profile, 128)[0]
    starts = range(132, 132 + 12 * count, 12)
    tags = b"".join(profile[at : at + 4] + b"\xff" * 8 for at in starts)
    lies = {
        "length": struct.pack(">I", 0xFFFFFFFF) + profile[4:],
        "tags": profile[:128] + b"\xff\xff\xff\xff" + profile[132:],
        "places": profile[:132] + tags + profile[132 + 12 * count :],
        "noise": profile[:128] + noise().tobytes()[:3000],
        "class": profile[:12] + b"linkLab XYZ " + profile[24:],
    }  # fmt: skip
    for name, icc in lies.items():
        yield f"profile {name}.jpg", saved(noise(), "JPEG", icc_profile=icc)
        yield f"profile {name}.png", saved(noise(), "PNG", icc_profile=icc)
    parts = b"".join(
        b"\xff\xe2" + struct.pack(">H", 20) + b"ICC_PROFILE\0" + bytes((number, 255)) + b"data"
        for number in (9, 9, 0, 255)
    )
    plain = saved(noise(), "JPEG")
    yield "profile in parts.jpg", plain[:2] + parts + plain[2:]
    laughs = "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "ha">' for n in range(12)
    )
    xmp = f'<!DOCTYPE x [{laughs}]><x:xmpmeta xmlns:x="adobe:ns:meta/"><a>&l11;</a></x:xmpmeta>'
    packet = b"http://ns.adobe.com/xap/1.0/\0" + xmp.encode()
    yield "laughs.jpg", jpeg_with(b"\xff\xe1", packet)
    body = b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(xmp.encode() + bytes(40 << 20))
    yield "laughs.png", png(64, 64, png_chunk(b"iTXt", body), rows=bytes(64 * 9))
    yield "comments.jpg", plain[:2] + (b"\xff\xfe\xff\xff" + bytes(65_533)) * 100 + plain[2:]
    mpo = tiff({0xB001: (4, 1, 0xFFFFFFFF), 0xB002: (7, 1 << 28, 8)})
    yield "many in one.jpg", jpeg_with(b"\xff\xe2", b"MPF\0" + mpo)


def jpeg_with(marker: bytes, data: bytes) -> bytes:
    plain = saved(noise(), "JPEG")
    return plain[:2] + marker + struct.pack(">H", len(data) + 2) + data + plain[2:]


def strangers(bait: Bait) -> Files:
    """Archives, playlists and programs under the names of pictures, and files of two kinds."""
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../../escaped.png", saved(noise(), "PNG"))
        archive.writestr("bomb", bytes(20 << 20))
    yield "archive.jpg", zipped.getvalue()
    tarred = io.BytesIO()
    with tarfile.open(fileobj=tarred, mode="w") as folder:
        link = tarfile.TarInfo("link.png")
        link.type, link.linkname = tarfile.SYMTYPE, str(bait.path)
        folder.addfile(link)
    yield "archive.tif", tarred.getvalue()
    yield "packed.png", gzip.compress(bytes(30 << 20))
    yield "playlist.jpg", f"#EXTM3U\n#EXTINF:1,\n{bait.address}\nfile://{bait.path}\n".encode()
    yield "includes itself.jpg", b"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nincludes itself.jpg\n"
    key = f'#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="{bait.address}"\n#EXTINF:1,\n{bait.path}\n'
    yield "stream.webp", key.encode()
    yield (
        "concat.png",
        f"ffconcat version 1.0\nfile '{bait.path}'\nfile '{bait.address}'\n".encode(),
    )
    yield "dash.gif", f'<?xml version="1.0"?><MPD><BaseURL>{bait.address}</BaseURL></MPD>'.encode()
    yield "shortcut.png", f"[InternetShortcut]\nURL={bait.address}\nIconFile={bait.path}\n".encode()
    postscript = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/tmp/x) (w) file\nshowpage\n"
    yield "prints.jpg", postscript
    yield (
        "prints.tif",
        b"\xc5\xd0\xd3\xc6"
        + struct.pack("<IIIIII", 32, len(postscript), 0, 0, 0, 0)
        + b"\0" * 4
        + postscript,
    )
    yield "paper.jpg", b"%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction<</S/Launch/F(x)>>>>endobj\n"
    yield "program.png", b"\x7fELF\2\1\1" + bytes(200)
    yield "script.jpg", b"#!/bin/sh\ntouch escaped\n"
    yield "pickle.png", b"cos\nsystem\n(S'touch escaped'\ntR."
    yield (
        "magick.mvg.png",
        f"push graphic-context\nimage over 0,0 0,0 'url({bait.address})'\n".encode(),
    )
    picture = saved(noise(), "PNG")
    yield "picture and archive.png", picture + zipped.getvalue()
    yield "picture and page.png", picture + b"<html><script>fetch('x')</script></html>"
    yield "script and picture.gif", b"GIF89a/*" + saved(noise(), "GIF")[8:] + b"*/=1;alert(1)"
    yield "not what it says.jpg", picture
    yield "not what it says.png", saved(noise(), "JPEG")
    yield "not what it says.dng", picture
    yield "not what it says.svg", picture
    yield "not what it says.heic", picture
    inner = base64.b64encode(png(30_000, 30_000))
    yield (
        "holds a bomb.svg",
        (
            b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">'
            b'<image width="9" height="9" href="data:image/png;base64,' + inner + b'"/></svg>'
        ),
    )


def passed_over(bait: Bait) -> Files:
    """Give what names other files and addresses, under the endings that are its own."""
    known = dict(strangers(bait))
    for name, endings in {
        "archive.jpg": ("zip", "cbz", "jar"),
        "archive.tif": ("tar",),
        "playlist.jpg": ("m3u", "m3u8", "mp4", "pls"),
        "includes itself.jpg": ("m3u8", "mov"),
        "stream.webp": ("m3u8", "ts", "mp3"),
        "concat.png": ("ffconcat", "txt", "mkv", "wav"),
        "dash.gif": ("mpd", "xspf", "asx", "webm"),
        "shortcut.png": ("url", "desktop", "lnk"),
        "prints.jpg": ("eps", "ps"),
        "paper.jpg": ("pdf",),
    }.items():
        for ending in endings:
            yield f"{name}.{ending}", known[name]


def sparse() -> Iterator[tuple[str, bytes, int]]:
    """Give names, first bytes and sizes of files that are nearly all hole."""
    yield "hole.jpg", sized_jpeg(64, 64)[:-2], 1 << 40
    yield "hole.png", png(64, 64), 1 << 40
    yield "hole.dng", tiff({256: (4, 1, 64), 257: (4, 1, 64), 50706: (1, 4, 0x0401)}), 1 << 40
    yield "hole.tif", plain_tiff(64, 64, 1 << 31, 4096), 1 << 40
    yield "hole.svg", b'<svg xmlns="http://www.w3.org/2000/svg">', 1 << 40
    yield "nothing but hole.webp", b"", 1 << 33
