"""Pictures with something in them, each seed another, and what people do to copies of them."""

from __future__ import annotations

import io
import random
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

Picture = Image.Image
Change = Callable[[Picture], Picture]


def scene(seed: int, size: tuple[int, int] = (640, 420)) -> Picture:
    """Draw many shapes of many colours on a soft ground."""
    chance = random.Random(seed)
    soft = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    picture = Image.fromarray(soft).resize(size, Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(picture)
    for _ in range(45):
        x, y = chance.randrange(size[0]), chance.randrange(size[1])
        w, h = chance.randrange(10, size[0] // 4), chance.randrange(10, size[1] // 4)
        colour = tuple(chance.randrange(256) for _ in range(3))
        shape = chance.choice((draw.rectangle, draw.ellipse, draw.line))
        shape((x, y, x + w, y + h), colour)
    return picture.filter(ImageFilter.GaussianBlur(0.7))


def as_jpeg(quality: int) -> Change:
    def change(picture: Picture) -> Picture:
        packed = io.BytesIO()
        picture.save(packed, "JPEG", quality=quality)
        return Image.open(packed).convert("RGB")

    return change


def scaled(share: float) -> Change:
    return lambda p: p.resize((round(p.width * share), round(p.height * share)))


def cropped(share: float) -> Change:
    """Take a share off both sides, more from the left and the top than from the others."""

    def change(picture: Picture) -> Picture:
        w, h = picture.size
        left, top = round(0.7 * share * w), round(0.6 * share * h)
        return picture.crop(
            (left, top, left + round(w * (1 - share)), top + round(h * (1 - share)))
        )

    return change


def tilted(degrees: float) -> Change:
    return lambda p: p.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor="white")


def framed(share: float, colour: str) -> Change:
    return lambda p: ImageOps.expand(p, round(share * p.width), colour)


def signed(picture: Picture) -> Picture:
    """Write over it, as a seller of pictures does."""
    over = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    place = (picture.width // 10, picture.height // 2)
    ImageDraw.Draw(over).text(place, "SAMPLE", (255, 255, 255, 140), font_size=picture.width // 6)
    return Image.alpha_composite(picture.convert("RGBA"), over).convert("RGB")


CHANGES: dict[str, Change] = {
    "JPEG 95": as_jpeg(95),
    "JPEG 10": as_jpeg(10),
    "a quarter": scaled(0.25),
    "twice": scaled(2),
    "cropped 5 %": cropped(0.05),
    "cropped 30 %": cropped(0.3),
    "turned left": lambda p: p.transpose(Image.Transpose.ROTATE_90),
    "upside down": lambda p: p.transpose(Image.Transpose.ROTATE_180),
    "mirrored": ImageOps.mirror,
    "tilted": tilted(7),
    "white border": framed(0.06, "white"),
    "black border": framed(0.12, "black"),
    "signed": signed,
    "grey": lambda p: p.convert("L").convert("RGB"),
    "darker": lambda p: ImageEnhance.Brightness(p).enhance(0.6),
    "more colour": lambda p: ImageEnhance.Color(p).enhance(1.8),
}
