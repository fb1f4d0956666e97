"""A file that cannot be read says why, in words a person understands."""

from __future__ import annotations

import base64
import contextlib
import gzip
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from assetman.core.errors import BadInput
from assetman.core.inputs import Fit, InputSpec
from assetman.media.handler import Limits
from assetman.media.image import ImageHandler

from .conftest import BLUE, GREEN, RED, YELLOW, assert_corners, quarters, write_dng

SQUARE = InputSpec(32, Fit.SQUASH)
ENDINGS = sorted(
    {"jpg", "png", "webp", "gif", "tif", "bmp", "jp2", "tga", "ppm", "dds", "ico", "pcx"}
)
Why = Callable[[Path], str]


@pytest.fixture
def why(handler: ImageHandler, limits: Limits) -> Why:
    """Read a file that cannot be read; gives what the person is told."""

    def why(path: Path) -> str:
        with pytest.raises(BadInput) as caught:
            handler.extract(str(path), [SQUARE], None, 48, limits)
        return str(caught.value)

    return why


def big_png(path: Path, side: int) -> Path:
    """Write a black and white picture of any size in a few kilobytes."""
    packer = zlib.compressobj(9)
    row = b"\0" * (1 + (side + 7) // 8)
    data = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + parts)
    return path


def test_an_enormous_picture_is_refused_from_its_header(why: Why, tmp_path: Path) -> None:
    path = big_png(tmp_path / "a.png", 30_000)
    assert path.stat().st_size < 200_000
    assert why(path) == "The picture is 30,000 × 30,000 pixels, more than the 500 million allowed"


def test_the_size_of_an_enormous_picture_can_still_be_told(
    handler: ImageHandler, limits: Limits, tmp_path: Path
) -> None:
    probe = handler.probe(str(big_png(tmp_path / "a.png", 30_000)), limits)
    assert (probe.width, probe.height) == (30_000, 30_000)


def test_a_jpeg_counts_the_pixels_it_is_decoded_to(
    handler: ImageHandler, save: Callable[..., str]
) -> None:
    path = save(quarters(1600, 1200), "a.jpg")
    limits = Limits(pixels=200_000)
    pixels = handler.extract(path, [SQUARE], None, 48, limits).inputs[SQUARE]
    assert_corners(pixels[0], RED, GREEN, BLUE, YELLOW)
    with pytest.raises(BadInput, match=r"1,600 × 1,200 pixels, more than the 200,000 allowed"):
        handler.extract(path, [InputSpec(1000)], None, 48, limits)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        *[
            (f"a.{ending}", 0.5)
            for ending in [
                "jpg",
                "png",
                "webp",
                "gif",
                "tif",
                "bmp",
                "jp2",
                "avif",
                "tga",
                "ppm",
                "qoi",
            ]
        ],
        *[(f"a.{ending}", 0.9) for ending in ["jpg", "png", "webp", "gif", "tif", "bmp", "jp2"]],
    ],
)
def test_a_picture_that_is_cut_off_says_so(
    why: Why, save: Callable[..., str], name: str, kept: float
) -> None:
    generator = np.random.default_rng(0)
    picture = Image.fromarray(generator.integers(0, 256, (80, 120, 3), dtype=np.uint8))
    path = Path(save(picture, name))
    os.truncate(path, int(path.stat().st_size * kept))
    words = why(path)
    assert words.startswith(("The picture is cut off", "The picture is damaged"))
    if name in ("a.jpg", "a.png", "a.gif", "a.tif", "a.bmp"):
        assert words == "The picture is cut off: the file ends before the picture does"


@pytest.mark.parametrize("lost", [1, 2, 3])
@pytest.mark.parametrize("side", [400, 3000])
def test_a_jpeg_without_its_last_bytes_is_whole_enough(
    handler: ImageHandler, limits: Limits, save: Callable[..., str], lost: int, side: int
) -> None:
    path = Path(save(quarters(side, side), "a.jpg"))
    os.truncate(path, path.stat().st_size - lost)
    pixels = handler.extract(str(path), [SQUARE], None, 48, limits).inputs[SQUARE]
    assert_corners(pixels[0], RED, GREEN, BLUE, YELLOW)


def test_a_png_without_its_end_is_whole(
    handler: ImageHandler, limits: Limits, save: Callable[..., str]
) -> None:
    path = Path(save(quarters(), "a.png"))
    os.truncate(path, path.stat().st_size - 12)
    pixels = handler.extract(str(path), [SQUARE], None, 48, limits).inputs[SQUARE]
    assert_corners(pixels[0], RED, GREEN, BLUE, YELLOW)


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.dng", "a.heic", "a.svg", "a.tif"])
def test_a_file_that_is_no_picture_says_so(why: Why, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("Dear diary, today I renamed a text file.\n" * 50)
    assert why(path) == "This is not a picture Assetman can read"
    path.write_bytes(b"")
    assert why(path) == "The file is empty"
    path.write_text("<html><body>Not found</body></html>")
    assert why(path) == "This is not a picture Assetman can read"


@pytest.mark.parametrize("start", [b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"II*\0"])
def test_a_picture_with_nothing_behind_its_first_bytes_is_damaged(
    why: Why, tmp_path: Path, start: bytes
) -> None:
    (tmp_path / "a.jpg").write_bytes(start + b"\x01" * 40)
    assert why(tmp_path / "a.jpg").startswith(("The picture is damaged", "The picture is cut off"))


def test_a_cut_off_raw_file_says_so(why: Why, tmp_path: Path) -> None:
    path = write_dng(tmp_path / "a.dng")
    data = path.read_bytes()
    first = struct.unpack_from("<I", data, 4)[0]
    path.write_bytes(data[: first + 20])
    assert why(path).startswith(("The picture is", "This is not a picture"))


def test_a_file_that_has_gone_says_so(why: Why, tmp_path: Path) -> None:
    assert why(tmp_path / "a.jpg") == "The file is no longer there"
    (tmp_path / "b").write_text("")
    assert why(tmp_path / "b" / "a.jpg") == "The file is no longer there"


def test_what_is_no_file_says_so(why: Why, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").mkdir()
    assert why(tmp_path / "a.jpg") == "This is a folder, not a file"
    os.mkfifo(tmp_path / "b.jpg")  # opening one must not wait for a writer
    assert why(tmp_path / "b.jpg") == "This is not an ordinary file"
    (tmp_path / "c.jpg").symlink_to("/dev/zero")
    assert why(tmp_path / "c.jpg") == "This is not an ordinary file"
    (tmp_path / "d.jpg").symlink_to("d.jpg")
    assert why(tmp_path / "d.jpg").startswith("The file cannot be read")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_file_or_folder_without_permission_says_so(
    why: Why, save: Callable[..., str], tmp_path: Path
) -> None:
    (tmp_path / "shut").mkdir()
    inside = Path(save(quarters(), "shut/a.png"))
    inside.chmod(0)
    assert why(inside) == "The file may not be read: permission denied"
    (tmp_path / "shut").chmod(0)
    try:
        assert why(inside) == "The file may not be read: permission denied"
    finally:
        (tmp_path / "shut").chmod(0o700)


@pytest.mark.parametrize(
    "name", [b"two\nlines.png", b"-rf.png", b"\xff\xfe not text.png", b"--help.JPG", b"a%s{}.dng"]
)
def test_odd_names_are_as_good_as_others(
    handler: ImageHandler, limits: Limits, tmp_path: Path, name: bytes
) -> None:
    path = os.path.join(os.fsencode(tmp_path), name)
    with open(path, "wb") as file:
        quarters().save(file, "PNG")
    found = handler.extract(os.fsdecode(path), [SQUARE], None, 48, limits)
    assert_corners(found.inputs[SQUARE][0], RED, GREEN, BLUE, YELLOW)


SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink" viewBox="0 0 9 9"'


@pytest.mark.parametrize(
    "inside",
    [
        '<image href="{path}" width="9" height="9"/>',
        '<image x:href="{path}" width="9" height="9"/>',
        '<image href=" {name}" width="9" height="9"/>',
        '<image href="file://{path}" width="9" height="9"/>',
        '<filter id="f"><feImage href="{path}"/></filter><rect width="9" height="9" filter="url(#f)"/>',
        '<style>@import url("{path}"); rect {{fill: url({path})}}</style>',
        '<image href="data:image/svg+xml;base64,{nested}" width="9" height="9"/>',
        '<use href="{path}#a"/>',
        "<text>&outside;</text>",
    ],
)
def test_a_drawing_cannot_show_another_file(
    handler: ImageHandler,
    limits: Limits,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    inside: str,
) -> None:
    secret = tmp_path / "secret.png"
    Image.new("RGB", (9, 9), (0, 255, 0)).save(secret)
    nested = f'{SVG}><image href="{secret}" width="9" height="9"/></svg>'
    names = {"path": secret, "name": secret.name}
    names["nested"] = base64.b64encode(nested.encode()).decode()  # type: ignore[assignment]
    doctype = f'<!DOCTYPE svg [<!ENTITY outside SYSTEM "{secret}">]>'
    path = tmp_path / "a.svg"
    path.write_text(f"{doctype}{SVG}>{inside.format(**names)}</svg>")
    monkeypatch.chdir(tmp_path)
    try:
        found = handler.extract(str(path), [SQUARE], None, 48, limits).inputs[SQUARE]
    except BadInput:
        return  # refused is as good
    assert not ((found[..., 1] > 200) & (found[..., 0] < 100)).any()


def test_a_drawing_may_carry_a_picture_of_its_own(
    handler: ImageHandler, limits: Limits, tmp_path: Path
) -> None:
    quarters().save(tmp_path / "inner.png")
    inner = base64.b64encode((tmp_path / "inner.png").read_bytes()).decode()
    (tmp_path / "a.svg").write_text(
        f'{SVG}><image href="data:image/png;base64,{inner}" width="9" height="9"'
        ' preserveAspectRatio="none"/></svg>'
    )
    found = handler.extract(str(tmp_path / "a.svg"), [SQUARE], None, 48, limits)
    assert_corners(found.inputs[SQUARE][0], RED, GREEN, BLUE, YELLOW)


def test_hostile_drawings_are_refused_in_words(why: Why, tmp_path: Path) -> None:
    laughs = "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "ha">' for n in range(12)
    )
    path = tmp_path / "a.svg"
    path.write_text(f"<!DOCTYPE svg [{laughs}]>{SVG}><text>&l11;</text></svg>")
    assert why(path) == "The drawing is damaged and cannot be read"
    path.write_text(f"{SVG}>" + "<g>" * 100_000 + "</g>" * 100_000 + "</svg>")
    assert why(path) == "The drawing is damaged and cannot be read"
    path.write_text(f"{SVG}><rect")
    assert why(path) == "The drawing is damaged and cannot be read"
    path.write_bytes(gzip.compress(f"{SVG}>{' ' * (70 << 20)}</svg>".encode()))
    assert why(path) == "The drawing is more than 64 MB of text"
    path.write_bytes(gzip.compress(f"{SVG}></svg>".encode())[:40])
    assert why(path).startswith("The drawing is cut off")


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ('width="1000000" height="1000000"', (1_000_000, 1_000_000)),
        ('width="2in" height="1in"', (192, 96)),
        ('width="100%" height="-3"', (9, 9)),
        ('width="18"', (18, 18)),
        ('width="1e30" height="x"', (9, 9)),
    ],
)
def test_a_drawing_is_drawn_small_whatever_size_it_claims(
    handler: ImageHandler, limits: Limits, tmp_path: Path, sizes: str, expected: tuple[int, int]
) -> None:
    path = tmp_path / "a.svg"
    path.write_text(f'{SVG} {sizes}><rect width="9" height="9" fill="#dc1e1e"/></svg>')
    found = handler.extract(str(path), [SQUARE], None, 48, limits)
    assert (found.probe.width, found.probe.height) == expected
    assert_corners(found.inputs[SQUARE][0][12:20, 12:20], *[RED] * 4)


@example(ending="jp2", damage={35: 1})  # a box that claims 96 GB
@given(
    ending=st.sampled_from(ENDINGS),
    damage=st.dictionaries(st.integers(0, 5000), st.integers(0, 255), min_size=1, max_size=30),
)
def test_damage_of_any_kind_is_a_picture_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, ending: str, damage: dict[int, int]
) -> None:
    path = tmp_path_factory.getbasetemp() / f"damaged.{ending}"
    quarters(64, 48).save(path)
    data = bytearray(path.read_bytes())
    for at, value in damage.items():
        data[at % len(data)] = value
    path.write_bytes(data)
    with contextlib.suppress(BadInput):
        found = ImageHandler().extract(str(path), [SQUARE], None, 48, Limits(pixels=10_000_000))
        assert found.inputs[SQUARE].shape == (1, 32, 32, 3)


def test_a_jpeg_that_claims_more_pixels_than_its_bytes_can_hold_is_cut_off(
    why: Why, save: Callable[..., str]
) -> None:
    path = Path(save(quarters(), "a.jpg"))
    data = bytearray(path.read_bytes())
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", 20_000, 30_000)
    path.write_bytes(data)
    assert why(path) == "The picture is cut off: the file ends before the picture does"


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"optimize": True}])
def test_a_large_jpeg_of_one_colour_holds_enough(
    handler: ImageHandler, limits: Limits, save: Callable[..., str], options: dict[str, bool]
) -> None:
    path = save(Image.new("L", (9000, 9000), 40), "a.jpg", quality=5, **options)
    pixels = handler.extract(path, [SQUARE], None, 48, limits).inputs[SQUARE]
    assert_corners(pixels[0], *[(40, 40, 40)] * 4)


def test_a_drawing_that_upsets_its_painter_is_damaged(why: Why, tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    path.write_text(f'{SVG} width="1e30" height="1e30"><circle r="1e30"/></svg>')
    assert why(path) == "The drawing is damaged and cannot be read"


def test_colours_by_number_without_a_list_of_colours_are_damaged(
    why: Why, save: Callable[..., str]
) -> None:
    path = Path(save(quarters().convert("P"), "a.png"))
    data = path.read_bytes()
    start = data.index(b"PLTE") - 4
    end = start + 12 + int.from_bytes(data[start : start + 4], "big")
    path.write_bytes(data[:start] + data[end:])
    assert why(path) == "The picture is damaged and cannot be read"


def test_a_drawing_of_many_groups_in_groups_is_drawn(
    handler: ImageHandler, limits: Limits, tmp_path: Path
) -> None:
    inside = '<rect width="9" height="9" fill="#dc1e1e"/>'
    (tmp_path / "a.svg").write_text(f"{SVG}>{'<g>' * 900}{inside}{'</g>' * 900}</svg>")
    found = handler.extract(str(tmp_path / "a.svg"), [SQUARE], None, 48, limits)
    assert_corners(found.inputs[SQUARE][0], *[RED] * 4)


def test_a_drawing_with_an_enormous_picture_inside_is_refused(why: Why, tmp_path: Path) -> None:
    inner = base64.b64encode(big_png(tmp_path / "a.png", 30_000).read_bytes()).decode()
    path = tmp_path / "a.svg"
    path.write_text(f'{SVG}><image href="data:image/png;base64,{inner}"/></svg>')
    assert why(path) == "The picture is 30,000 × 30,000 pixels, more than the 500 million allowed"
