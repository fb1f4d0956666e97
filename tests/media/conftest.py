"""Real files to read, made on the spot."""

from __future__ import annotations

import base64
import io
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from assetman.media.handler import Limits
from assetman.media.image import ImageHandler

RED, GREEN, BLUE, YELLOW = (220, 30, 30), (20, 160, 40), (30, 40, 200), (230, 210, 20)

# 48 by 64 upright, stored lying: blue on the top right, red elsewhere; taken 2021-05-03 12:34:56.
TINY_HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAchtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAA"
    "AAAAADRpbG9jAAAAAERAAAIAAQAAAAAB7AABAAAAAAAAAFMAAgAAAAACPwABAAAAAAAAAFoAAAA4aWluZgAAAAAAAgAAABVp"
    "bmZlAgAAAAABAABodmMxAAAAABVpbmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAABB2lwcnAAAADmaXBjbwAAAHZo"
    "dmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAA"
    "AwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAA"
    "AAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAMAAAAAEAAAAAAAAAAv////AAAAACAAAAEHBpeGkAAAAAAwgICAAAAAlpcm90"
    "AwAAABlpcG1hAAAAAAAAAAEAAQaBAgMFhIYAAAAaaXJlZgAAAAAAAAAOY2RzYwACAAEAAQAAALVtZGF0AAAATygBrwngIzUt"
    "//BV+99gb/+NAR07u/UoVo8i/xetv4DG19+jaKom/+ZEd/4und/iMWm9WBt/CK6bjXBDWpTpFj2N+hrxpVzy9+SPekAy304A"
    "AAAGRXhpZgAATU0AKgAAAAgAAwEPAAIAAAAJAAAAMgESAAMAAAABAAYAAJADAAIAAAAUAAAAPAAAAABBc3NldG1hbgAAMjAy"
    "MTowNTowMyAxMjozNDo1NgA="
)


def quarters(width: int = 96, height: int = 64) -> Image.Image:
    """Red, green, blue, yellow: one a corner, so that a turn or a swap of channels shows."""
    picture = Image.new("RGB", (width, height), RED)
    picture.paste(GREEN, (width // 2, 0, width, height // 2))
    picture.paste(BLUE, (0, height // 2, width // 2, height))
    picture.paste(YELLOW, (width // 2, height // 2, width, height))
    return picture


def corners(pixels: Image.Image | np.ndarray) -> list[tuple[int, ...]]:
    """The colours in the middle of the four quarters, row by row."""
    values = np.asarray(pixels)
    height, width = values.shape[:2]
    return [
        tuple(int(c) for c in values[y, x])
        for y in (height // 4, height * 3 // 4)
        for x in (width // 4, width * 3 // 4)
    ]


def close(found: tuple[int, ...], wanted: tuple[int, ...], within: int = 12) -> bool:
    return all(abs(a - b) <= within for a, b in zip(found, wanted, strict=True))


def assert_corners(pixels: Image.Image | np.ndarray, *wanted: tuple[int, ...]) -> None:
    found = corners(pixels)
    assert all(map(close, found, wanted)), f"{found} is not {wanted}"


def write_dng(path: Path, orientation: int = 1, preview: Image.Image | None = None) -> Path:
    """Write the least raw file: 640 by 480, reddish, its top left quarter dark."""
    width, height = 640, 480
    mosaic = np.empty((height, width), "<u2")
    mosaic[0::2, 0::2], mosaic[0::2, 1::2] = 20000, 9000
    mosaic[1::2, 0::2], mosaic[1::2, 1::2] = 9000, 4000
    mosaic[: height // 2, : width // 2] //= 8
    sensor = mosaic.tobytes()
    jpeg = b""
    if preview is not None:
        buffer = io.BytesIO()
        preview.save(buffer, "JPEG")
        jpeg = buffer.getvalue() + b"\0" * (len(buffer.getvalue()) % 2)
    after = 8 + len(sensor) + len(jpeg)
    raw = [
        *[(254, "I", [0]), (256, "I", [width]), (257, "I", [height]), (258, "H", [16])],
        *[(259, "H", [1]), (262, "H", [32803]), (273, "I", [8]), (277, "H", [1])],
        *[(278, "I", [height]), (279, "I", [len(sensor)]), (33421, "H", [2, 2])],
        *[(33422, "B", [0, 1, 1, 2]), (50717, "I", [65535]), (50714, "H", [0])],
    ]
    camera = [
        *[(271, "s", b"Assetman\0"), (272, "s", b"Box 1\0"), (274, "H", [orientation])],
        *[(306, "s", b"2019:02:03 04:05:06\0"), (50706, "B", [1, 4, 0, 0])],
        *[(50708, "s", b"Assetman Box 1\0"), (50728, "r", [1, 1] * 3), (50778, "H", [21])],
        (50721, "r", [1, 1, 0, 1, 0, 1, 0, 1, 1, 1, 0, 1, 0, 1, 0, 1, 1, 1]),
    ]
    if preview is None:
        directories, first = _directory(raw + camera, after), after
    else:
        below = _directory(raw, after)
        shown = [
            *[(254, "I", [1]), (256, "I", [preview.width]), (257, "I", [preview.height])],
            *[(258, "H", [8, 8, 8]), (259, "H", [7]), (262, "H", [6]), (277, "H", [3])],
            *[(273, "I", [8 + len(sensor)]), (278, "I", [preview.height])],
            *[(279, "I", [len(jpeg)]), (330, "I", [after])],
        ]
        first = after + len(below)
        directories = below + _directory(shown + camera, first)
    path.write_bytes(b"II*\0" + struct.pack("<I", first) + sensor + jpeg + directories)
    return path


_TIFF_TYPES = {"B": 1, "s": 2, "H": 3, "I": 4, "r": 10}


def _directory(entries: list[tuple[int, str, list[int] | bytes]], start: int) -> bytes:
    table, beyond = struct.pack("<H", len(entries)), b""
    for tag, form, values in sorted(entries, key=lambda entry: entry[0]):
        if form == "s":
            data, count = bytes(values), len(values)
        else:
            data = struct.pack(f"<{len(values)}{'i' if form == 'r' else form}", *values)
            count = len(values) // (2 if form == "r" else 1)
        if len(data) > 4:
            at = start + 2 + 12 * len(entries) + 4 + len(beyond)
            beyond += data + b"\0" * (len(data) % 2)
            data = struct.pack("<I", at)
        table += struct.pack("<HHI", tag, _TIFF_TYPES[form], count) + data.ljust(4, b"\0")
    return table + struct.pack("<I", 0) + beyond


@pytest.fixture
def handler() -> ImageHandler:
    return ImageHandler()


@pytest.fixture
def limits() -> Limits:
    return Limits()


@pytest.fixture
def save(tmp_path: Path) -> Callable[..., str]:
    """Save a picture in the test's folder; gives its path."""

    def save(picture: Image.Image, name: str, **options: object) -> str:
        path = tmp_path / name
        picture.save(path, **options)
        return str(path)

    return save
