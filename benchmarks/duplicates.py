"""How well copies of pictures are found, beside the hashes that other programs compare.

usage: python -m benchmarks.duplicates DIR… [--bases N] [--tune] [--seed N] [--misses]

Each DIR holds pictures, in folders, with a caption in a text file beside some of them; folders of
letters and other symbols are left out. Half of them, by their names, were used to choose numbers
and are only looked at with --tune; what is reported is of the other half. Of N of those a family is
made, with a changed copy for each way in which copies are changed; the rest are strangers, as alike
as pictures of one collection are. Pictures that bear one caption, or differ only by "_mirror" in
their names, are one family from the start and only one of them is taken.

What is asked of every method is the same: put pictures into groups. A pair in a group is right
where both are of one family. Recall is the share of changed copies that are in the group of their
original; precision the share of right pairs. Other methods in the same run: the hashes of imagededup
(64 bits, copies differ by 10 at most by default), at that number and at the best one; and czkawka
itself at some of its similarities, where `pip install czkawka` was done.
"""

from __future__ import annotations

import argparse
import collections
import hashlib
import io
import random
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import imagehash
import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from assetman.media.picture_marks import marks_of
from assetman.media.picture_matching import Sight, match
from assetman.search.proposing import Recognition

THUMBNAIL = 512  # pixels, as the app has them
LARGEST = 900  # of an original
ENDINGS = {".jpg", ".jpeg", ".png", ".webp"}
Pair = tuple[int, int]


@dataclass(slots=True)
class Item:
    """A picture: the family it is of, its file, and what was done to it, "" to an original."""

    family: int
    path: Path
    change: str
    picture: Image.Image


@dataclass(slots=True)
class Groups:
    """Sets of pictures that pairs join."""

    parents: list[int] = field(default_factory=list)

    def of(self, number: int) -> int:
        while self.parents[number] != number:
            number = self.parents[number]
        return number

    def join(self, one: int, other: int) -> None:
        self.parents[self.of(one)] = self.of(other)


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


def items_of(paths: Sequence[Path], bases: int, chance: random.Random) -> list[Item]:
    """Make the families and the strangers, in any order."""
    paths = list(paths)
    chance.shuffle(paths)
    items = []
    for family, path in enumerate(paths):
        picture = opened(path)
        items.append(Item(family, path, "", picture))
        if family < bases:
            items += [Item(family, path, name, CHANGES[name](picture, chance)) for name in CHANGES]
    chance.shuffle(items)
    return items


def thumbnail(picture: Image.Image) -> np.ndarray:
    small = picture.copy()
    small.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.LANCZOS)
    packed = io.BytesIO()
    small.save(packed, "WEBP", quality=80, method=1)
    return np.asarray(Image.open(packed).convert("RGB"))


def by_assetman(items: Sequence[Item]) -> tuple[list[Pair], float]:
    """Find pairs as the app does; gives the seconds it took too."""
    known = Recognition()
    sights: list[Sight] = []
    pairs: list[Pair] = []
    spent = 0.0
    for number, item in enumerate(items):
        pixels = thumbnail(item.picture)
        begun = time.process_time()
        sight = Sight(pixels)
        marks = marks_of(sight)
        pairs += [
            (number, each.content_id)
            for each in known.proposals(marks)
            if match(sight, sights[each.content_id], each.turns, each.by_points)
        ]
        known.add(number, marks)
        sights.append(sight)
        spent += time.process_time() - begun
    return pairs, spent


def hashed(items: Sequence[Item], make: Callable[..., imagehash.ImageHash]) -> np.ndarray:
    """Hash every picture: (n, 64) bool."""
    return np.stack([make(item.picture).hash.ravel() for item in items])


def within(hashes: np.ndarray, most: int) -> list[Pair]:
    """Give the pairs that differ by so many bits at most."""
    signs = hashes.astype(np.float32) * 2 - 1
    apart = (hashes.shape[1] - signs @ signs.T) / 2
    rows, columns = np.nonzero(np.triu(apart <= most, 1))
    return list(zip(rows.tolist(), columns.tolist(), strict=True))


def by_czkawka(items: Sequence[Item], similarities: Sequence[int]) -> dict[int, list[Pair]]:
    """Let czkawka itself find pairs, at each similarity; nothing where it is not installed."""
    try:
        from czkawka import ImageSimilarity
    except ImportError:
        return {}
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for number, item in enumerate(items):
            item.picture.save(f"{folder}/{number}.png", compress_level=1)
        for similarity in similarities:
            finder = ImageSimilarity()
            finder.set_directories([folder])
            finder.set_similarity(similarity)
            groups = [[int(Path(p).stem) for p in group] for group in finder.find_similar()]
            found[similarity] = [(group[0], each) for group in groups for each in group[1:]]
    return found


@dataclass(frozen=True, slots=True)
class Figures:
    """What a method reached."""

    recall: float
    precision: float
    missed: collections.Counter[str]
    wrong: list[Pair]

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def judged(items: Sequence[Item], pairs: Iterable[Pair]) -> Figures:
    """Count what is right in the groups that pairs make."""
    groups, wrong = Groups(list(range(len(items)))), []
    for one, other in pairs:
        groups.join(one, other)
        if items[one].family != items[other].family:
            wrong.append((one, other))
    inside: dict[int, collections.Counter[int]] = collections.defaultdict(collections.Counter)
    for number, item in enumerate(items):
        inside[groups.of(number)][item.family] += 1
    right = sum(n * (n - 1) // 2 for counts in inside.values() for n in counts.values())
    said = sum((n := counts.total()) * (n - 1) // 2 for counts in inside.values())
    home = {item.family: groups.of(n) for n, item in enumerate(items) if not item.change}
    copies = [(n, item) for n, item in enumerate(items) if item.change]
    missed = collections.Counter(
        item.change for n, item in copies if groups.of(n) != home[item.family]
    )
    return Figures(1 - missed.total() / len(copies), right / max(1, said), missed, wrong)


METHODS: dict[str, tuple[Callable[..., imagehash.ImageHash], int]] = {
    "pHash, imagededup's 10 bits": (imagehash.phash, 10),
    "dHash, imagededup's 10 bits": (imagehash.dhash, 10),
}


def paths_of(items: Sequence[Item], *numbers: int) -> str:
    """Name some of the items."""
    return ", ".join(f"{items[n].path.stem} {items[n].change}".rstrip() for n in numbers)


CZKAWKA = (5, 15, 30, 50)  # of 0 to 50; its example has 15


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--bases", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tune", action="store_true")
    parser.add_argument("--misses", action="store_true")
    given = parser.parse_args()
    paths = originals(given.folders, given.tune)
    items = items_of(paths, given.bases, random.Random(given.seed))
    bases = min(given.bases, len(paths))
    print(f"{bases} families of {len(CHANGES) + 1}, {len(paths) - bases} strangers")
    pairs, seconds = by_assetman(items)
    ours = judged(items, pairs)
    print(f"{'method':34} {'recall':>7} {'precision':>9}")
    print(f"{'Assetman':34} {ours.recall:7.3f} {ours.precision:9.4f}")
    for name, (make, most) in METHODS.items():
        hashes = hashed(items, make)
        figures = judged(items, within(hashes, most))
        print(f"{name:34} {figures.recall:7.3f} {figures.precision:9.4f}")
        best = max((judged(items, within(hashes, bits)) for bits in range(17)), key=lambda f: f.f1)
        print(f"{'  at its best':34} {best.recall:7.3f} {best.precision:9.4f}")
    theirs = by_czkawka(items, CZKAWKA)
    for similarity, pairs in theirs.items():
        figures = judged(items, pairs)
        name = f"czkawka, similarity {similarity}"
        print(f"{name:34} {figures.recall:7.3f} {figures.precision:9.4f}")
    print(f"Assetman took {1000 * seconds / len(items):.0f} ms of one core a picture")
    print("missed:", dict(ours.missed.most_common()) or "none")
    print("wrong pairs:", len(ours.wrong))
    if given.misses:
        for one, other in ours.wrong:
            print(paths_of(items, one, other))


if __name__ == "__main__":
    main()
