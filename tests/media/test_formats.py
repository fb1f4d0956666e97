"""Every kind of picture becomes upright sRGB pixels."""

from __future__ import annotations

import gzip
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from assetman.core.assets import Box, Kind, SegmentKind
from assetman.core.errors import BadInput
from assetman.core.inputs import Excerpt, Fit, InputSpec
from assetman.media import fonts, formats
from assetman.media.handler import Limits
from assetman.media.image import ImageHandler
from assetman.media.raster import open_raster
from assetman.media.registry import handler_for, kind_of

from .conftest import (
    BLUE,
    GREEN,
    RED,
    TINY_HEIC,
    YELLOW,
    assert_corners,
    close,
    corners,
    quarters,
    write_dng,
)

SQUARE = InputSpec(32, Fit.SQUASH)

DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 6 4"><title>Four  quarters</title>'
    '<rect width="3" height="2" fill="#dc1e1e"/><rect x="3" width="3" height="2" fill="#14a028"/>'
    '<rect y="2" width="3" height="2" fill="#1e28c8"/>'
    '<rect x="3" y="2" width="3" height="2" fill="#e6d214"/></svg>'
)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.jpg", {"quality": 95}),
        ("a.jpg", {"quality": 95, "progressive": True}),
        ("a.png", {}),
        ("a.apng", {"format": "PNG"}),
        ("a.webp", {"lossless": True}),
        ("a.avif", {}),
        ("a.jp2", {}),
        ("a.j2k", {}),
        ("a.tif", {}),
        ("a.tiff", {"compression": "tiff_lzw"}),
        ("a.tif", {"compression": "jpeg", "quality": 95}),
        ("a.gif", {}),
        ("a.bmp", {}),
        ("a.dib", {}),
        ("a.ico", {"sizes": [(96, 64)]}),
        ("a.tga", {}),
        ("a.ppm", {}),
        ("a.dds", {}),
        ("a.qoi", {}),
        ("a.pcx", {}),
        ("a.sgi", {}),
        ("a.mpo", {"quality": 95}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_format_is_read(
    handler: ImageHandler,
    limits: Limits,
    save: Callable[..., str],
    tmp_path: Path,
    name: str,
    options: dict[str, object],
) -> None:
    path = save(quarters(), name, **options)
    found = handler.extract(path, [SQUARE], tmp_path / "small.webp", 48, limits)
    assert found.inputs[SQUARE].shape == (1, 32, 32, 3)
    assert_corners(found.inputs[SQUARE][0], RED, GREEN, BLUE, YELLOW)
    assert (found.probe.width, found.probe.height) == (96, 64)
    assert found.probe.kind is Kind.IMAGE
    assert found.probe.facts["format"]
    assert [segment.kind for segment in found.segments] == [SegmentKind.IMAGE]
    with Image.open(tmp_path / "small.webp") as small:
        assert (small.format, small.size) == ("WEBP", (48, 32))
        assert_corners(small.convert("RGB"), RED, GREEN, BLUE, YELLOW)
    assert handler.probe(path, limits) == found.probe


def test_a_mac_icon_is_read(
    handler: ImageHandler, limits: Limits, save: Callable[..., str]
) -> None:
    path = save(quarters(128, 128), "a.icns")
    pixels = handler.extract(path, [SQUARE], None, 48, limits).inputs[SQUARE]
    assert_corners(pixels[0], RED, GREEN, BLUE, YELLOW)


@pytest.mark.parametrize("name", ["a.heic", "a.heif", "a.HEIC", "photo.jpg"])
def test_a_heic_is_read_upright(
    handler: ImageHandler, limits: Limits, tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(TINY_HEIC)
    found = handler.extract(str(path), [SQUARE], None, 48, limits)
    assert_corners(found.inputs[SQUARE][0], (200, 40, 40), (40, 60, 200), *[(200, 40, 40)] * 2)
    assert (found.probe.width, found.probe.height) == (48, 64)
    assert found.probe.taken == 1620045296
    assert found.probe.facts["camera"] == "Assetman"


def test_a_raw_file_is_developed(handler: ImageHandler, limits: Limits, tmp_path: Path) -> None:
    path = write_dng(tmp_path / "a.dng")
    found = handler.extract(str(path), [SQUARE], tmp_path / "small.webp", 256, limits)
    dark, *light = corners(found.inputs[SQUARE][0])
    assert all(sum(dark) < sum(each) / 1.5 for each in light)
    assert (found.probe.width, found.probe.height) == (640, 480)
    assert found.probe.facts["camera"] == "Assetman Box 1"
    assert found.probe.facts["format"] == "Raw"
    assert found.probe.taken == 1549166706


def test_a_raw_file_shows_the_preview_in_it_when_that_is_big_enough(
    handler: ImageHandler, limits: Limits, tmp_path: Path
) -> None:
    path = write_dng(tmp_path / "a.dng", preview=quarters(320, 240))
    pixels = handler.extract(str(path), [SQUARE], None, 48, limits).inputs[SQUARE]
    assert_corners(pixels[0], RED, GREEN, BLUE, YELLOW)
    # asked for more pixels than the preview has, the picture itself is developed
    wide, high = handler.preview(str(path), None, tmp_path / "full", limits)
    assert (wide, high) == (640, 480)
    with Image.open(tmp_path / "full") as full:
        assert not close(corners(full)[1], GREEN)


def test_a_raw_file_stands_upright(handler: ImageHandler, limits: Limits, tmp_path: Path) -> None:
    path = str(write_dng(tmp_path / "a.dng", orientation=6, preview=quarters(320, 240)))
    found = handler.extract(path, [SQUARE], None, 48, limits)
    assert (found.probe.width, found.probe.height) == (480, 640)
    assert_corners(found.inputs[SQUARE][0], BLUE, RED, YELLOW, GREEN)
    path = str(write_dng(tmp_path / "b.dng", orientation=6))
    top_left, top_right, *_ = corners(
        handler.extract(path, [SQUARE], None, 48, limits).inputs[SQUARE][0]
    )
    assert sum(top_right) < sum(top_left)


def test_a_picture_named_like_a_raw_file_is_read(
    handler: ImageHandler, limits: Limits, tmp_path: Path
) -> None:
    quarters().save(tmp_path / "a.nef", "PNG")
    pixels = handler.extract(str(tmp_path / "a.nef"), [SQUARE], None, 48, limits).inputs[SQUARE]
    assert_corners(pixels[0], RED, GREEN, BLUE, YELLOW)


@pytest.mark.parametrize("name", ["a.svg", "a.svgz", "a.png"])
def test_a_drawing_is_drawn_at_the_size_needed(
    handler: ImageHandler, limits: Limits, tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    data = DRAWING.encode()
    path.write_bytes(gzip.compress(data) if name.endswith("z") else data)
    found = handler.extract(str(path), [SQUARE], tmp_path / "small.webp", 300, limits)
    assert_corners(found.inputs[SQUARE][0], RED, GREEN, BLUE, YELLOW)
    assert (found.probe.width, found.probe.height) == (6, 4)
    assert found.probe.facts["title"] == "Four quarters"
    with Image.open(tmp_path / "small.webp") as small:
        assert small.size == (300, 200)
    assert handler.preview(str(path), 1200, tmp_path / "big", limits) == (1200, 800)
    assert handler.preview(str(path), None, tmp_path / "full", limits) == (2048, 1365)


@pytest.mark.parametrize("wrong", ["a.jpg", "a.gif", "a.webp", "a", "a.heic", "a.svg"])
def test_a_picture_with_the_wrong_ending_is_read_by_its_content(
    handler: ImageHandler, limits: Limits, tmp_path: Path, wrong: str
) -> None:
    quarters().save(tmp_path / wrong, "PNG")
    pixels = handler.extract(str(tmp_path / wrong), [SQUARE], None, 48, limits).inputs[SQUARE]
    assert_corners(pixels[0], RED, GREEN, BLUE, YELLOW)


@pytest.mark.parametrize(
    ("name", "format"), [("a.gif", "GIF"), ("a.png", "PNG"), ("a.webp", "WEBP")]
)
def test_an_animation_shows_its_first_frame(
    handler: ImageHandler,
    limits: Limits,
    save: Callable[..., str],
    name: str,
    format: str,  # noqa: A002
) -> None:
    others = [Image.new("RGB", (96, 64), colour) for colour in ("black", "white")]
    path = save(quarters(), name, format=format, save_all=True, append_images=others, duration=50)
    pixels = handler.extract(path, [SQUARE], None, 48, limits).inputs[SQUARE]
    assert_corners(pixels[0], RED, GREEN, BLUE, YELLOW)


@pytest.mark.parametrize("levels", [1, 2, 4, 6])
@pytest.mark.parametrize(("name", "size"), [("a.jp2", (999, 666)), ("a.j2k", (1000, 800))])
def test_a_jpeg_2000_is_reduced_as_far_as_it_was_written_for(
    handler: ImageHandler,
    limits: Limits,
    save: Callable[..., str],
    name: str,
    size: tuple[int, int],
    levels: int,
) -> None:
    path = save(quarters(*size), name, num_resolutions=levels)
    found = handler.extract(path, [SQUARE], None, 48, limits)
    assert_corners(found.inputs[SQUARE][0], RED, GREEN, BLUE, YELLOW)
    few = Limits(pixels=size[0] * size[1] // 3)
    if levels >= 4:
        handler.extract(path, [SQUARE], None, 48, few)
    elif levels == 1:
        with pytest.raises(BadInput, match="pixels, more than"):
            handler.extract(path, [SQUARE], None, 48, few)


@pytest.mark.parametrize("side", [1600, 1607])
@pytest.mark.parametrize("wanted", [30, 99, 100, 101, 200, 201, 400, 799, 800, 801])
def test_a_jpeg_is_never_decoded_below_what_is_needed(
    limits: Limits, save: Callable[..., str], tmp_path: Path, side: int, wanted: int
) -> None:
    path = save(quarters(side, side // 2), "a.jpg")
    with open(path, "rb") as file:
        decoded = open_raster(file, limits).pixels(wanted / side)
    assert wanted <= decoded.width <= side
    assert decoded.width < 4 * wanted + 8


def test_a_rectangle_of_a_picture_is_cut_out(
    handler: ImageHandler, limits: Limits, save: Callable[..., str], tmp_path: Path
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    path = save(quarters(2000, 1000), "a.jpg", exif=exif)
    box = Box(0.5, 0.5, 0.5, 0.5)
    found = handler.extract(path, [SQUARE], None, 48, limits, Excerpt(box))
    assert_corners(found.inputs[SQUARE][0], *[GREEN] * 4)
    assert found.segments[0].box == box
    assert (found.probe.width, found.probe.height) == (1000, 2000)


def test_a_picture_of_any_shape_has_a_thumbnail(
    handler: ImageHandler, limits: Limits, save: Callable[..., str], tmp_path: Path
) -> None:
    for size, expected in (((3000, 1), (64, 1)), ((1, 3000), (1, 64)), ((5, 4), (5, 4))):
        path = save(Image.new("RGB", size), f"{size[0]}.png")
        found = handler.extract(path, [InputSpec(32)], tmp_path / "small.webp", 64, limits)
        assert found.inputs[InputSpec(32)].shape == (1, 32, 32, 3)
        with Image.open(tmp_path / "small.webp") as small:
            assert small.size == expected


def test_the_registry_names_every_ending_pillow_reads() -> None:
    Image.init()
    readable = {
        extension for extension, name in Image.registered_extensions().items() if name in Image.OPEN
    }
    other = ".eps .ps .mpg .mpeg .h5 .hdf .grib .bufr .wmf .emf .im .iim"
    assert readable - set(other.split()) <= formats.PICTURES
    assert not set(other.split()) & formats.PICTURES


def test_a_handler_is_found_by_the_ending_alone() -> None:
    assert kind_of("/nowhere/A.JPG") is Kind.IMAGE
    assert kind_of("/nowhere/-x\n.CR2") is Kind.IMAGE
    assert kind_of("/nowhere/jpg") is None
    assert kind_of("/nowhere/a.txt") is None
    assert handler_for("a.svgz") is handler_for("b.heic")


def test_the_registry_and_the_pool_load_no_decoder() -> None:
    code = (
        "import sys, assetman.media.registry, assetman.media.workers, assetman.media.thumbnails\n"
        "import assetman.media.fingerprint\n"
        "heavy = {'PIL', 'rawpy', 'pi_heif', 'resvg_py', 'torch'}\n"
        "print(sorted(heavy & {name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.skipif(not fonts.families()["font_family"], reason="no font is installed here")
@pytest.mark.parametrize(
    "text",
    [
        "<text y='40'>Words</text>",
        "<text y='40' font-family='No Such Font'>Words</text>",
        "<text y='40' font-family='Times New Roman, serif'>Words</text>",
        "<text y='40' style='font-family:\"No Such\", monospace;fill:#000'>Words</text>",
        "<style>text {font: bold 30px 'No Such' !important}</style><text y='40'>Words</text>",
        "<text y='40' font-family='cursive'><tspan font-family='Nothing'>Words</tspan></text>",
    ],
)
def test_text_in_a_font_that_is_not_here_is_drawn_in_another(
    handler: ImageHandler, limits: Limits, tmp_path: Path, text: str
) -> None:
    start = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 50" font-size="30">'
    (tmp_path / "a.svg").write_text(f"{start}{text}</svg>")
    spec = InputSpec(64, Fit.SQUASH)
    pixels = handler.extract(str(tmp_path / "a.svg"), [spec], None, 48, limits).inputs[spec]
    assert pixels.min() < 100 < 200 < pixels.max()
