"""Pictures with changed copies, and others of the same collections that are copies of nothing."""

from __future__ import annotations

import hashlib
import io
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

LARGEST = 900  # pixels of the longer side of an original
ENDINGS = {".jpg", ".jpeg", ".png", ".webp"}


@dataclass(slots=True)
class Item:
    """A picture: the family it is of, its file, and what was done to it, "" to an original."""

    family: int
    path: Path
    change: str
    picture: Image.Image


def jpeg(picture: Image.Image, quality: int) -> Image.Image:
    packed = io.BytesIO()
    picture.save(packed, "JPEG", quality=quality)
    return Image.open(packed).convert("RGB")


def scaled(picture: Image.Image, share: float) -> Image.Image:
    size = (max(1, round(picture.width * share)), max(1, round(picture.height * share)))
    return picture.resize(size, Image.Resampling.LANCZOS)


def cropped(picture: Image.Image, share: float, chance: random.Random) -> Image.Image:
    """Cut a share of both its sides off, wherever."""
    w, h = round(picture.width * (1 - share)), round(picture.height * (1 - share))
    left, top = chance.randint(0, picture.width - w), chance.randint(0, picture.height - h)
    return picture.crop((left, top, left + w, top + h))


def tilted(picture: Image.Image, degrees: float) -> Image.Image:
    return picture.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor="white")


def marked(picture: Image.Image, across: bool) -> Image.Image:
    over = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(over)
    w, h = picture.size
    place, size, fill = ((w * 0.55, h * 0.85), w // 12, (255, 255, 255, 200))
    if across:
        place, size, fill = ((w * 0.1, h * 0.42), w // 6, (255, 255, 255, 130))
    draw.text(place, "© SAMPLE", fill, font_size=max(8, size), stroke_width=1, stroke_fill="black")
    return Image.alpha_composite(picture.convert("RGBA"), over).convert("RGB")


def sepia(picture: Image.Image) -> Image.Image:
    grey = np.asarray(picture.convert("L"), np.float32)[..., None]
    return Image.fromarray(np.clip(grey * (1.07, 0.9, 0.7), 0, 255).astype(np.uint8))


def hued(picture: Image.Image) -> Image.Image:
    values = np.array(picture.convert("HSV"))
    values[..., 0] += 40  # of 256; it begins again at the end
    return Image.fromarray(values, "HSV").convert("RGB")


Change = Callable[[Image.Image, random.Random], Image.Image]


def always(make: Callable[..., Image.Image], *given: object) -> Change:
    """Make a change that leaves nothing to chance."""
    return lambda picture, chance: make(picture, *given)


def turned(picture: Image.Image, way: Image.Transpose) -> Image.Image:
    return picture.transpose(way)


def framed(picture: Image.Image, share: float, colour: str) -> Image.Image:
    return ImageOps.expand(picture, round(max(picture.size) * share), colour)


def enhanced(picture: Image.Image, what: Any, factor: float) -> Image.Image:
    changed: Image.Image = what(picture).enhance(factor)
    return changed


def blurred(picture: Image.Image) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(max(picture.size) / 300))


def cutting(share: float) -> Change:
    return lambda picture, chance: cropped(picture, share, chance)


CHANGES: dict[str, Change] = {
    **{f"JPEG {quality}": always(jpeg, quality) for quality in (95, 75, 50, 30, 10)},
    **{f"scaled {share:g}": always(scaled, share) for share in (0.25, 0.5, 2)},
    **{f"cropped {share:.0%}": cutting(share) for share in (0.05, 0.1, 0.2, 0.3)},
    "turned 90°": always(turned, Image.Transpose.ROTATE_90),
    "turned 180°": always(turned, Image.Transpose.ROTATE_180),
    "turned 270°": always(turned, Image.Transpose.ROTATE_270),
    **{f"tilted {degrees}°": always(tilted, degrees) for degrees in (3, 10, -25)},
    "mirrored": always(ImageOps.mirror),
    "upside down": always(ImageOps.flip),
    "white border": always(framed, 0.05, "white"),
    "black border": always(framed, 0.12, "black"),
    "marked across": always(marked, True),
    "marked below": always(marked, False),
    "grey": always(lambda picture: picture.convert("L").convert("RGB")),
    "sepia": always(sepia),
    "lighter": always(enhanced, ImageEnhance.Brightness, 1.3),
    "darker": always(enhanced, ImageEnhance.Brightness, 0.6),
    "contrast": always(enhanced, ImageEnhance.Contrast, 1.4),
    "colourful": always(enhanced, ImageEnhance.Color, 1.8),
    "other hue": always(hued),
    "blurred": always(blurred),
}


def marked_all_over(picture: Image.Image) -> Image.Image:
    over = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(over)
    size = max(8, picture.width // 10)
    for line, top in enumerate(range(0, picture.height, round(1.6 * size))):
        draw.text((-(line % 2) * size, top), "© SAMPLE " * 6, (255, 255, 255, 170), font_size=size)
    return Image.alpha_composite(picture.convert("RGBA"), over).convert("RGB")


def inset(picture: Image.Image, chance: random.Random) -> Image.Image:
    """Lay it over stripes of a colour, six tenths as large."""
    colours = [tuple(chance.randrange(256) for _ in range(3)) for _ in range(2)]
    ground = Image.new("RGB", picture.size, colours[0])
    for left in range(0, picture.width, 16):
        ground.paste(colours[1], (left, 0, left + 8, picture.height))
    small = scaled(picture, 0.65)
    left, top = (
        chance.randint(0, whole - part)
        for whole, part in zip(picture.size, small.size, strict=True)
    )
    ground.paste(small, (left, top))
    return ground


HARD: dict[str, Change] = {
    **{f"cropped {share:.0%}": cutting(share) for share in (0.3, 0.35, 0.4, 0.5)},
    "cropped 30%, mirrored": lambda picture, chance: ImageOps.mirror(cropped(picture, 0.3, chance)),
    "cropped 30%, tilted": lambda picture, chance: tilted(cropped(picture, 0.3, chance), 8),
    "marked across, cropped 20%": lambda p, chance: cropped(marked(p, True), 0.2, chance),
    "marked all over": always(marked_all_over),
    "inset": inset,
    "two colours": always(
        lambda picture: ImageOps.colorize(picture.convert("L"), (40, 0, 90), (255, 230, 120))
    ),
    "few levels": always(ImageOps.posterize, 2),
}


def opened(path: Path) -> Image.Image:
    """Open a picture as the app shows it: opaque, upright, no larger than need be."""
    with Image.open(path) as picture:
        shown = ImageOps.exif_transpose(picture)
        if shown.has_transparency_data:
            shown = shown.convert("RGBA")
            shown = Image.alpha_composite(Image.new("RGBA", shown.size, "white"), shown)
        shown = shown.convert("RGB")
    shown.thumbnail((LARGEST, LARGEST))
    return shown


def originals(folders: Sequence[Path], tune: bool) -> list[Path]:
    """List the pictures of one half, one of each family."""
    found: dict[str, Path] = {}
    for path in sorted(each for folder in folders for each in folder.rglob("*")):
        if path.suffix.lower() not in ENDINGS or "symbols" in path.parts:
            continue
        told = path.with_suffix(".txt")
        name = path.stem.replace("_mirror", "").replace("_flip", "")
        said = told.read_text("utf-8", errors="replace").splitlines() if told.exists() else []
        found.setdefault(said[0].strip() if said and said[0].strip() else name, path)
    half = [
        path
        for path in found.values()
        if (int(hashlib.md5(path.stem.encode()).hexdigest(), 16) % 2 == 0) == tune
    ]
    return [path for path in half if min(Image.open(path).size) >= 48]


def items_of(
    paths: Sequence[Path], bases: int, changes: Mapping[str, Change], chance: random.Random
) -> list[Item]:
    """Make the families and the strangers, in any order."""
    paths = list(paths)
    chance.shuffle(paths)
    items = []
    for family, path in enumerate(paths):
        picture = opened(path)
        items.append(Item(family, path, "", picture))
        if family < bases:
            items += [
                Item(family, path, name, change(picture, chance))
                for name, change in changes.items()
            ]
    chance.shuffle(items)
    return items
