"""The main colours of pictures."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from assetman.core.colors import NEAR, apart
from assetman.media.main_colors import main_colors


def striped(*colors: tuple[str, int], size: int = 100) -> Image.Image:
    """Draw stripes, each of a colour and so many pixels wide."""
    picture = Image.new("RGB", (size, size))
    draw, left = ImageDraw.Draw(picture), 0
    for color, width in colors:
        draw.rectangle((left, 0, left + width - 1, size), color)
        left += width
    return picture


def test_each_colour_has_its_share_the_greatest_first() -> None:
    found = main_colors(striped(("#008080", 60), ("#ff0000", 30), ("#ffffff", 10)))
    for (color, share), (wanted, room) in zip(
        found, [("#008080", 0.6), ("#ff0000", 0.3), ("#ffffff", 0.1)], strict=True
    ):
        assert apart(color, wanted) < NEAR / 2
        assert share == pytest.approx(room, abs=0.05)


def test_a_speck_is_no_main_colour() -> None:
    ((color, _),) = main_colors(striped(("#000000", 97), ("#ff0000", 3)))
    assert apart(color, "#000000") < 5


def test_what_is_transparent_has_no_colour() -> None:
    picture = striped(("#008000", 50), ("#ff0000", 50)).convert("RGBA")
    picture.putalpha(striped(("#ffffff", 50), ("#000000", 50)).convert("L"))
    ((color, share),) = main_colors(picture)
    assert apart(color, "#008000") < NEAR / 2
    assert share > 0.9
    picture.putalpha(0)
    assert main_colors(picture) == ()


def test_shades_of_one_colour_are_one() -> None:
    shaded = Image.linear_gradient("L").resize((64, 64)).point(lambda level: 100 + level // 16)
    ((color, share),) = main_colors(Image.merge("RGB", (shaded, *[Image.new("L", (64, 64))] * 2)))
    assert color.endswith("0000")
    assert share == 1
