"""Every mode, profile and transparency becomes the colours a person sees."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from assetman.core.inputs import Fit, InputSpec
from assetman.media import colour
from assetman.media.handler import Limits
from assetman.media.image import ImageHandler

from .conftest import BLUE, GREEN, RED, YELLOW, assert_corners, quarters

SQUARE = InputSpec(32, Fit.SQUASH)
Pixels = Callable[[str], np.ndarray]


@pytest.fixture
def pixels(handler: ImageHandler, limits: Limits) -> Pixels:
    return lambda path: handler.extract(path, [SQUARE], None, 48, limits).inputs[SQUARE][0]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.tif", "a.webp", "a.avif"])
def test_the_picture_stands_as_exif_says(
    handler: ImageHandler,
    limits: Limits,
    save: Callable[..., str],
    orientation: int,
    name: str,
) -> None:
    stored = {
        1: quarters(),
        2: quarters().transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: quarters().transpose(Image.Transpose.ROTATE_180),
        4: quarters().transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: quarters().transpose(Image.Transpose.TRANSPOSE),
        6: quarters().transpose(Image.Transpose.ROTATE_90),
        7: quarters().transpose(Image.Transpose.TRANSVERSE),
        8: quarters().transpose(Image.Transpose.ROTATE_270),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = save(stored, name, exif=exif, quality=95)
    found = handler.extract(path, [SQUARE], None, 48, limits)
    assert_corners(found.inputs[SQUARE][0], RED, GREEN, BLUE, YELLOW)
    assert (found.probe.width, found.probe.height) == (96, 64)


@pytest.mark.parametrize(
    "mode", ["1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr", "HSV", "LAB"]
)
def test_a_mode_becomes_rgb_at_any_size(mode: str) -> None:
    picture = _in_mode(quarters(), mode)
    for factor in (1, 2):
        found = colour.srgb(colour.shrunk(picture, factor), None)
        assert found.mode in ("RGB", "RGBA")
        assert found.size == (96 // factor, 64 // factor)
        flat = colour.flattened(found, (255, 255, 255))
        if mode in ("1", "L", "LA"):
            grey = np.asarray(flat)
            assert (grey[..., 0] == grey[..., 2]).all()
        else:
            assert_corners(flat, RED, GREEN, BLUE, YELLOW)


def _in_mode(picture: Image.Image, mode: str) -> Image.Image:
    if mode == "PA":
        return picture.convert("P", palette=Image.Palette.ADAPTIVE).convert("PA")
    if mode == "P":
        return picture.convert("P", palette=Image.Palette.ADAPTIVE)
    if mode == "LAB":
        transform = ImageCms.buildTransform(
            ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB"
        )
        converted = ImageCms.applyTransform(picture, transform)
        assert converted is not None
        return converted
    return picture.convert(mode)


def test_sixteen_bit_grey_keeps_its_tones(pixels: Pixels, tmp_path: Path) -> None:
    ramp = np.tile(np.linspace(0, 65535, 64).astype(np.uint16), (64, 1))
    for name in ("a.png", "a.tif"):
        Image.fromarray(ramp).save(tmp_path / name)
        row = pixels(str(tmp_path / name))[16, :, 0].astype(int)
        assert row[0] < 8
        assert row[-1] > 247
        assert abs(row[16] - 131) < 6


@pytest.mark.parametrize(
    ("values", "middle"),
    [
        (np.linspace(0, 1, 64, dtype=np.float32), 130),
        (np.linspace(0, 255, 64, dtype=np.float32), 130),
        (np.linspace(-5e6, 5e6, 64, dtype=np.float32), 130),
        (np.where(np.arange(64) < 8, np.nan, 0.5).astype(np.float32), 128),
        (np.linspace(0, 65535, 64).astype(np.int32), 130),
        (np.linspace(0, 1 << 30, 64).astype(np.int32), 130),
    ],
)
def test_a_picture_of_numbers_is_brought_to_what_can_be_seen(
    pixels: Pixels, tmp_path: Path, values: np.ndarray, middle: int
) -> None:
    Image.fromarray(np.tile(values, (64, 1))).save(tmp_path / "a.tif")
    assert abs(int(pixels(str(tmp_path / "a.tif"))[16, 16, 0]) - middle) < 6


def test_sixteen_bit_colour_is_read(pixels: Pixels, tmp_path: Path) -> None:
    import struct
    import zlib

    row = b"\0" + struct.pack(">HHH", 0xDC00, 0x1E00, 0x1E00) * 8

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", 8, 8, 16, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(row * 8)) + chunk(b"IEND", b"")
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    assert_corners(pixels(str(tmp_path / "a.png")), *[RED] * 4)


@pytest.mark.parametrize("name", ["a.jpg", "a.tif"])
def test_cmyk_looks_as_it_should(pixels: Pixels, save: Callable[..., str], name: str) -> None:
    path = save(quarters().convert("CMYK"), name, quality=95)
    assert_corners(pixels(path), RED, GREEN, BLUE, YELLOW)


def _swapped_profile() -> bytes:
    """An RGB profile whose red and blue primaries are exchanged: hard to overlook."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, blue = data.index(b"rXYZ"), data.index(b"bXYZ")
    data[red : red + 4], data[blue : blue + 4] = b"bXYZ", b"rXYZ"
    at = data.index("sRGB".encode("utf-16-be"))
    data[at : at + 8] = "test".encode("utf-16-be")
    return bytes(data)


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tif", "a.avif"])
def test_a_profile_is_brought_to_srgb(
    handler: ImageHandler, limits: Limits, save: Callable[..., str], name: str
) -> None:
    path = save(quarters(), name, icc_profile=_swapped_profile(), quality=95)
    found = handler.extract(path, [SQUARE], None, 48, limits)
    swapped = [(c[2], c[1], c[0]) for c in (RED, GREEN, BLUE, YELLOW)]
    assert_corners(found.inputs[SQUARE][0], *swapped)
    assert str(found.probe.facts["profile"]).startswith("test")


def test_a_profile_leaves_transparency_alone(pixels: Pixels, save: Callable[..., str]) -> None:
    picture = quarters().convert("RGBA")
    picture.paste((0, 0, 0, 0), (48, 32, 96, 64))
    path = save(picture, "a.png", icc_profile=_swapped_profile())
    red, green, blue = [(c[2], c[1], c[0]) for c in (RED, GREEN, BLUE)]
    assert_corners(pixels(path), red, green, blue, (255, 255, 255))


@pytest.mark.parametrize("profile", [b"no profile", b"\0" * 200, _swapped_profile()[:300]])
def test_a_broken_profile_is_ignored(
    pixels: Pixels, save: Callable[..., str], profile: bytes
) -> None:
    assert_corners(pixels(save(quarters(), "a.png", icc_profile=profile)), RED, GREEN, BLUE, YELLOW)


def test_a_profile_for_another_mode_is_ignored(pixels: Pixels, save: Callable[..., str]) -> None:
    path = save(quarters().convert("L"), "a.png", icc_profile=_swapped_profile())
    assert_corners(pixels(path), *[(g, g, g) for g in (87, 104, 55, 196)])


def test_transparency_lies_on_the_encoders_ground(
    handler: ImageHandler, limits: Limits, save: Callable[..., str], tmp_path: Path
) -> None:
    picture = Image.new("RGBA", (64, 64))
    picture.paste(RED, (0, 0, 32, 64))
    white, teal = SQUARE, InputSpec(32, Fit.SQUASH, fill=(0, 90, 90))
    path = save(picture, "a.png")
    found = handler.extract(path, [white, teal], tmp_path / "small.webp", 64, limits).inputs
    assert_corners(found[white][0], RED, (255, 255, 255), RED, (255, 255, 255))
    assert_corners(found[teal][0], RED, (0, 90, 90), RED, (0, 90, 90))
    with Image.open(tmp_path / "small.webp") as small:
        assert small.mode == "RGB"
        assert_corners(small, RED, colour.LIGHT_GROUND, RED, colour.LIGHT_GROUND)


@pytest.mark.parametrize("transparent", ["LA", "RGBA", "P"])
def test_a_white_drawing_on_nothing_is_still_seen(
    handler: ImageHandler,
    limits: Limits,
    save: Callable[..., str],
    tmp_path: Path,
    transparent: str,
) -> None:
    picture = Image.new("RGBA", (64, 64), (255, 255, 255, 0))
    picture.paste((255, 255, 255, 255), (0, 0, 32, 64))
    path = save(picture.convert(transparent), "a.png")
    found = handler.extract(path, [SQUARE], tmp_path / "small.webp", 64, limits).inputs
    marks, dark = (255, 255, 255), colour.DARK_GROUND
    assert_corners(found[SQUARE][0], marks, dark, marks, dark)
    with Image.open(tmp_path / "small.webp") as small:
        assert_corners(small, marks, dark, marks, dark)


def test_a_transparent_colour_is_transparent(pixels: Pixels, save: Callable[..., str]) -> None:
    path = save(quarters(), "a.png", transparency=GREEN)
    assert_corners(pixels(path), RED, (255, 255, 255), BLUE, YELLOW)


def test_wholly_transparent_and_empty_pictures_are_read(
    pixels: Pixels, save: Callable[..., str]
) -> None:
    assert pixels(save(Image.new("RGBA", (9, 9)), "a.png")).shape == (32, 32, 3)


def test_shrinking_in_bands_equals_shrinking_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(1)
    picture = Image.fromarray(generator.integers(0, 256, (101, 67, 4), dtype=np.uint8))
    at_once = np.asarray(colour.shrunk(picture, 3))
    monkeypatch.setattr(colour, "_BAND", 67 * 9)
    np.testing.assert_array_equal(np.asarray(colour.shrunk(picture, 3)), at_once)


@pytest.mark.parametrize(
    ("picture", "format"),
    [
        (quarters(), "JPEG"),
        (quarters().convert("RGBA"), "JPEG"),
        (Image.new("RGBA", (8, 8)), "PNG"),
    ],
)
def test_a_preview_keeps_transparency_where_there_is_some(
    handler: ImageHandler,
    limits: Limits,
    save: Callable[..., str],
    tmp_path: Path,
    picture: Image.Image,
    format: str,  # noqa: A002
) -> None:
    size = handler.preview(save(picture, "a.png"), 48, tmp_path / "seen", limits)
    with Image.open(io.BytesIO((tmp_path / "seen").read_bytes())) as seen:
        assert seen.format == format
        assert seen.size == size
        assert max(size) <= 48
