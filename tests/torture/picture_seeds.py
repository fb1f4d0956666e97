"""A small whole picture in every format that is read here, by the name of its format."""

from __future__ import annotations

import gzip
import io
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms

from tests.media.conftest import TINY_HEIC, write_dng

SIDE = 32
EXIF = {0x010F: "Assetman", 0x0112: 6, 0x9003: "2021:05:03 12:34:56", 0x829A: (1, 250)}

# Format, ending, mode, and what Pillow is told.
_SAVED: tuple[tuple[str, str, str, dict[str, object]], ...] = (
    ("JPEG", "jpg", "RGB", {"exif": True, "icc_profile": True}),
    ("JPEG", "jpe", "RGB", {"progressive": True}),
    ("JPEG", "jfif", "CMYK", {}),
    ("PNG", "png", "RGBA", {"exif": True, "icc_profile": True}),
    ("PNG", "apng", "P", {"save_all": True}),
    ("PNG", "bw", "I;16", {}),
    ("WEBP", "webp", "RGB", {"exif": True}),
    ("WEBP", "webp", "RGBA", {"lossless": True}),
    ("WEBP", "webp", "RGB", {"save_all": True}),
    ("GIF", "gif", "P", {"save_all": True}),
    ("TIFF", "tif", "RGB", {"icc_profile": True}),
    ("TIFF", "tiff", "RGB", {"compression": "tiff_lzw"}),
    ("TIFF", "tif", "L", {"compression": "tiff_deflate"}),
    ("TIFF", "tif", "RGB", {"compression": "jpeg"}),
    ("TIFF", "tif", "1", {"compression": "group4"}),
    ("TIFF", "tif", "F", {}),
    ("BMP", "bmp", "RGB", {}),
    ("BMP", "dib", "P", {}),
    ("ICO", "ico", "RGBA", {}),
    ("ICNS", "icns", "RGBA", {}),
    ("JPEG2000", "jp2", "RGB", {}),
    ("JPEG2000", "j2k", "L", {"irreversible": True}),
    ("AVIF", "avif", "RGB", {"speed": 10, "exif": True}),
    ("TGA", "tga", "RGB", {"compression": "tga_rle"}),
    ("PPM", "ppm", "RGB", {}),
    ("PPM", "pgm", "I", {}),
    ("PPM", "pfm", "F", {}),
    ("QOI", "qoi", "RGBA", {}),
    ("DDS", "dds", "RGBA", {}),
    ("DDS", "dds", "RGBA", {"pixel_format": "DXT5"}),
    ("PCX", "pcx", "P", {}),
    ("SGI", "sgi", "RGB", {}),
    ("XBM", "xbm", "1", {}),
    ("MSP", "msp", "1", {}),
    ("BLP", "blp", "P", {}),
    ("MPO", "mpo", "RGB", {"save_all": True}),
)


def seeds(scratch: Path) -> list[tuple[str, str, bytes]]:
    """Give (format, ending, bytes) of each; `scratch` is a folder for what is made on disk."""
    made = [(form, ending, _saved(*each)) for each in _SAVED for form, ending in [each[:2]]]
    made += [("HEIF", "heic", TINY_HEIC), ("Raw", "dng", _raw(scratch, None))]
    made += [("Raw", "nef", _raw(scratch, Image.fromarray(_pixels())))]
    drawing = _drawing().encode()
    made += [("SVG", "svg", drawing), ("SVG", "svgz", gzip.compress(drawing, mtime=0))]
    return made + [(name.upper(), name, write()) for name, write in _BY_HAND.items()]


def _pixels() -> np.ndarray:
    values = np.random.default_rng(3).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
    values[: SIDE // 2] = (200, 60, 30)
    return values


def _saved(form: str, ending: str, mode: str, options: dict[str, object]) -> bytes:
    picture = Image.fromarray(_pixels()).convert("L" if mode == "I;16" else mode)
    if mode == "I;16":
        picture = Image.fromarray(np.asarray(picture).astype(np.uint16) * 257)
    told = dict(options)
    if told.get("exif"):
        exif = Image.Exif()
        exif.update(EXIF)
        told["exif"] = exif
    if told.get("icc_profile"):
        told["icc_profile"] = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    if told.get("save_all"):
        told["append_images"] = [picture.rotate(90), picture.rotate(180)]
    file = io.BytesIO()
    picture.save(file, form, **told)  # type: ignore[arg-type]
    return file.getvalue()


def _raw(scratch: Path, preview: Image.Image | None) -> bytes:
    return write_dng(scratch / "seed.dng", preview=preview).read_bytes()


def _drawing() -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><title>All sorts</title>'
        "<style>.a {fill: #c83c1e; font-family: serif}</style><defs><linearGradient id='g'>"
        "<stop stop-color='red'/><stop offset='1' stop-color='#00f8'/></linearGradient>"
        "<filter id='f'><feGaussianBlur stdDeviation='2'/></filter><clipPath id='c'>"
        "<circle r='9' cx='9' cy='9'/></clipPath><mask id='m'><rect width='9' height='9'/></mask>"
        "<pattern id='p' width='3' height='3' patternUnits='userSpaceOnUse'><path d='M0 0h2v2z'/>"
        "</pattern></defs><rect class='a' width='30' height='20' transform='rotate(5)'/>"
        "<path d='M1 2C3 4 5 6 7 8S9 10 11 12Q1 2 3 4A5 5 0 0 1 9 9z' fill='url(#g)' stroke='#0f0'"
        " stroke-dasharray='1 2'/><g filter='url(#f)' opacity='.5'><use href='#t' x='3'/></g>"
        "<text id='t' y='30' font-size='9'>Ab<tspan dy='3'>cd</tspan></text>"
        "<image width='5' height='5' href='data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAAC"
        "AkQBADs='/><ellipse rx='4' ry='2' clip-path='url(#c)' mask='url(#m)' fill='url(#p)'/></svg>"
    )


def _psd() -> bytes:
    head = b"8BPS" + struct.pack(">H6xHIIHH", 1, 3, SIDE, SIDE, 8, 3) + bytes(12)
    return head + b"\0\0" + _pixels().transpose(2, 0, 1).tobytes()


def _fits() -> bytes:
    cards = ("SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 2", f"NAXIS1  = {SIDE}", f"NAXIS2  = {SIDE}")
    head = b"".join(card.encode().ljust(80) for card in (*cards, "END")).ljust(2880)
    return head + _pixels()[..., 0].tobytes().ljust(2880, b"\0")


def _xpm() -> bytes:
    rows = "".join(f'"{"ab" * (SIDE // 2)}",\n' for _ in range(SIDE))
    head = (
        f'/* XPM */\nstatic char *x[] = {{\n"{SIDE} {SIDE} 2 1",\n"a c #c83c1e",\n"b c #102030",\n'
    )
    return f"{head}{rows}}};\n".encode()


def _ras() -> bytes:
    data = _pixels().tobytes()
    return struct.pack(">8I", 0x59A66A95, SIDE, SIDE, 24, len(data), 1, 0, 0) + data


def _gbr() -> bytes:
    name = b"brush\0"
    head = struct.pack(">5I", 28 + len(name), 2, SIDE, SIDE, 4) + b"GIMP" + struct.pack(">I", 10)
    return head + name + np.dstack([_pixels(), _pixels()[..., 0]]).tobytes()


def _dcx() -> bytes:
    return struct.pack("<II4x", 0x3ADE68B1, 12) + _saved("PCX", "pcx", "P", {})


def _cur() -> bytes:
    bitmap = struct.pack("<IiiHHIIiiII", 40, SIDE, 2 * SIDE, 1, 24, *[0] * 6)
    data = bitmap + _pixels().tobytes() + bytes(SIDE * SIDE // 8)
    return struct.pack("<HHHBBBBHHII", 0, 2, 1, SIDE, SIDE, 0, 0, 0, 0, len(data), 22) + data


def _fli() -> bytes:
    palette = struct.pack("<IHHBB", 6 + 4 + 768, 4, 1, 0, 0) + bytes(range(256)) * 3
    pixels = struct.pack("<IH", 6 + SIDE * SIDE, 16) + _pixels()[..., 0].tobytes()
    frame = struct.pack("<IHH8x", 16 + len(palette) + len(pixels), 0xF1FA, 2) + palette + pixels
    head = struct.pack("<IHHHHHHI", 128 + len(frame), 0xAF12, 1, SIDE, SIDE, 8, 3, 70)
    return head.ljust(128, b"\0") + frame


def _ftu() -> bytes:
    data = _pixels().tobytes()
    head = b"FTEX" + struct.pack("<iiiiiii", 1, SIDE, SIDE, 1, 1, 1, 32)
    return head + struct.pack("<i", len(data)) + data


def _pxr() -> bytes:
    head = bytearray(1024)
    head[:4] = b"\200\350\0\0"
    struct.pack_into("<HH", head, 416, SIDE, SIDE)
    struct.pack_into("<HH", head, 424, 14, 2)
    return bytes(head) + _pixels().tobytes()


def _pcd() -> bytes:
    return bytes(2048) + b"PCD_".ljust(95 * 2048, b"\x40") + bytes(768 * 512 * 3 // 2)


_BY_HAND: dict[str, Callable[[], bytes]] = {
    "psd": _psd, "fits": _fits, "xpm": _xpm, "ras": _ras, "gbr": _gbr, "dcx": _dcx,
    "cur": _cur, "fli": _fli, "ftu": _ftu, "pxr": _pxr, "pcd": _pcd,
}  # fmt: skip
