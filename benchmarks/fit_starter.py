#!/usr/bin/env python3
"""Make `assetman/embedding/starter.npz`, the arrays that join the starter's two towers.

usage: fit_starter.py PACKAGES [--apart-from FOLDER]

PACKAGES is a folder in which four packages of Debian were unpacked:

    for name in openclipart-png fonts-noto-color-emoji unicode-cldr-core wordnet-base; do
        apt-get download $name && dpkg -x ${name}_*.deb PACKAGES
    done

Their pictures are in the public domain (Open Clip Art) or under the Open Font Licence (Noto
Emoji), their words under the Unicode and the WordNet licence: all may be used for this.
Pictures nearly equal to one in FOLDER are left out, so that FOLDER stays fit for measuring.

What is fitted, how it was tuned and on what is told in docs/models.md.
"""

from __future__ import annotations

import argparse
import collections
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from assetman.embedding import architectures, starter
from assetman.embedding.efficientnet import VisionTower
from assetman.embedding.encoder import unit
from assetman.embedding.sentences import SentenceTower
from assetman.media.fitting import fit

DIMENSION = 384
WHITENING = 0.25  # 0 keeps the spread of every direction, 1 makes all equal
NEAR_COPY = 0.9  # cosine of features
EMOJI_STRIKE = (136, 128)  # pixels of the font's bitmaps, at its size 109
PICTOGRAPHS = ((0x1F300, 0x1F5FF), (0x1F680, 0x1F6FF), (0x1F900, 0x1FAFF), (0x2600, 0x27BF))
# What these show cannot be told from other pictures, or is not what they are named for.
NO_THINGS = re.compile(
    r"face|button|arrow|clock|hand|finger|symbol|moon|square|circle|skin|hair|sign|gesturing|"
    r"person|woman|man|arc|cross|heart|zodiac|mark|:"
)
NO_PICTURES = re.compile(
    r"/(stars|jigsaw|arrows|callouts|flowchart|cards|flags|icons|chess|dice|patterns|gradients|"
    r"examples|unsorted|duplicates|logos|buttons|special|shapes|geography|aiga-symbols|"
    r"map_symbols|computer|stickmen|signs_and_symbols|boating)(/|$)"
)
# Words of WordNet that in a file name are most often the draughtsman's name, or say nothing.
NO_NAMES = (
    "jean dan linda kim tom john martin sim arch ryan stephen gerald gallery johnny rob lucas may "
    "park frank hans lars roland robert simple contour icon icons"
)


@dataclass(frozen=True)
class Named:
    """Pictures with the words that name them: features (n, 1280), which picture bears which name."""

    names: list[str]
    features: np.ndarray
    bears: np.ndarray  # (names, pictures) bool

    def apart_from(self, others: np.ndarray) -> Named:
        """Leave out the pictures that are nearly equal to one of the others."""
        near = (unit(self.features) @ unit(others).T).max(1) > NEAR_COPY
        bears = self.bears & ~near
        kept = bears.any(1)
        names = [name for name, keep in zip(self.names, kept, strict=True) if keep]
        print(f"{near.sum()} of {len(near)} pictures left out")
        return Named(names, self.features, bears[kept])


def clip_art(root: Path, nouns: set[str]) -> dict[str, list[np.ndarray]]:
    """Name drawings after the English nouns that their file names begin with."""
    base = root / "usr/share/openclipart/png"
    found: dict[str, list[np.ndarray]] = collections.defaultdict(list)
    for path in sorted(base.rglob("*.png")):
        if NO_PICTURES.search(str(path.parent.relative_to(base.parent))):
            continue
        words = []
        for word in re.split(r"[_\-\s\d]+", path.stem.lower())[:3]:
            if len(word) < 3 or not (word in nouns or word.removesuffix("s") in nouns):
                break
            words.append(word)
        if words:
            found[" ".join(words)].append(_pixels(Image.open(path)))
    return found


def emoji(root: Path) -> dict[str, list[np.ndarray]]:
    """Name the emoji of one character that show a thing, an animal or a plant."""
    told = ElementTree.parse(root / "usr/share/unicode/cldr/common/annotations/en.xml")
    font = ImageFont.truetype(
        str(root / "usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"), size=109
    )
    found: dict[str, list[np.ndarray]] = collections.defaultdict(list)
    for entry in told.iter("annotation"):
        sign, name = entry.get("cp", ""), (entry.text or "").lower()
        shown = len(sign) == 1 and any(low <= ord(sign) <= high for low, high in PICTOGRAPHS)
        if entry.get("type") == "tts" and shown and not NO_THINGS.search(name):
            canvas = Image.new("RGBA", EMOJI_STRIKE, (255, 255, 255, 0))
            ImageDraw.Draw(canvas).text((0, 0), sign, font=font, embedded_color=True)
            found[name].append(_pixels(canvas))
    return found


def nouns(root: Path) -> set[str]:
    """Read every noun that WordNet knows."""
    lines = (root / "usr/share/wordnet/index.noun").read_text("utf-8").splitlines()
    return {line.split()[0] for line in lines if not line.startswith(" ")} - set(NO_NAMES.split())


def class_sentences(root: Path, sentences: SentenceTower) -> np.ndarray:
    """Describe each of ImageNet's 1,000 classes in five ways; give the mean vectors."""
    open_clip = architectures.load_open_clip()
    from timm.data import ImageNetInfo

    info = ImageNetInfo()
    names = open_clip.IMAGENET_CLASSNAMES
    kinds = list(_kinds(root, info.label_names()))
    lemmas = [info.label_name_to_description(label, detailed=False) for label in info.label_names()]
    details = [info.label_name_to_description(label, detailed=True) for label in info.label_names()]
    meanings = [detail.rpartition(": ")[2] for detail in details]
    ways = (
        list(names),
        [f"{name}, a kind of {kind[0]}" for name, kind in zip(names, kinds, strict=True)],
        [f"{name}: {meaning}" for name, meaning in zip(names, meanings, strict=True)],
        lemmas,
        [f"{name}, {', '.join(kind[:3])}" for name, kind in zip(names, kinds, strict=True)],
    )
    return unit(np.sum([sentences.encode(way) for way in ways], axis=0))


def _kinds(root: Path, labels: Sequence[str]) -> Iterator[list[str]]:
    """Climb WordNet from each class: what it is a kind of, nearest first."""
    synsets = {}
    for line in (root / "usr/share/wordnet/data.noun").read_text("utf-8").splitlines():
        if not line.startswith(" "):
            fields = line.split(" | ")[0].split()
            words = 4 + 2 * int(fields[3], 16)
            pointers = fields[words + 1 :]
            above = [
                pointers[i + 1] for i in range(0, len(pointers) - 3, 4) if pointers[i][0] == "@"
            ]
            synsets[fields[0]] = (fields[4].replace("_", " "), above)
    for label in labels:
        kinds, at = [], label[1:]
        while synsets[at][1]:
            at = synsets[at][1][0]
            kinds.append(synsets[at][0])
        yield kinds


def measured(pictures: dict[str, list[np.ndarray]], vision: VisionTower) -> Named:
    """Run the vision tower over named pictures."""
    names = list(pictures)
    flat = [(row, picture) for row, name in enumerate(names) for picture in pictures[name]]
    features = _features([picture for _, picture in flat], vision)
    bears = np.zeros((len(names), len(flat)), bool)
    bears[[row for row, _ in flat], np.arange(len(flat))] = True
    return Named(names, features, bears)


def joined(root: Path, sets: Sequence[Named], vision: VisionTower) -> dict[str, np.ndarray]:
    """Compute the arrays that `starter.py` reads."""
    sentences = SentenceTower()
    weight, bias = vision.classifier
    logits = np.concatenate([named.features for named in sets]) @ weight.T + bias
    mean, spread = logits.mean(0), logits.std(0)
    standard = (logits - mean) / spread
    values, axes = np.linalg.eigh(np.cov(standard.T))
    order = np.argsort(values)[::-1][:DIMENSION]
    axes = axes[:, order] * values[order] ** (-WHITENING / 2)
    texts, targets = [class_sentences(root, sentences)], [axes]
    for named in sets:
        seen = unit((named.features @ weight.T + bias - mean) / spread)
        texts.append(sentences.encode(named.names))
        targets.append(unit(named.bears @ seen) @ axes * starter.EXAMPLE_WEIGHT)
    return {
        "mean": mean.astype(np.float32),
        "spread": spread.astype(np.float32),
        "axes": axes.astype(np.float16),
        "texts": np.concatenate(texts).astype(np.float16),
        "targets": np.concatenate(targets[1:]).astype(np.float16),
    }


def _features(pixels: Sequence[np.ndarray], vision: VisionTower) -> np.ndarray:
    batches = [np.stack(pixels[at : at + 16]) for at in range(0, len(pixels), 16)]
    return np.concatenate([vision.encode(batch) for batch in batches])


def _pixels(picture: Image.Image) -> np.ndarray:
    """Lay a picture on white, as the encoder takes it."""
    picture.thumbnail((1024, 1024), reducing_gap=3)
    picture = picture.convert("RGBA")
    ground = Image.new("RGBA", picture.size, (255, 255, 255, 255))
    ground.alpha_composite(picture)
    return fit(ground.convert("RGB"), starter.IMAGE_INPUT)


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the arrays that join the starter's towers.")
    parser.add_argument("packages", type=Path)
    parser.add_argument("--apart-from", type=Path, metavar="FOLDER")
    given = parser.parse_args()
    Image.MAX_IMAGE_PIXELS = None  # some of the clip art is a poster
    vision = VisionTower("cpu")
    sets = [
        measured(emoji(given.packages), vision),
        measured(clip_art(given.packages, nouns(given.packages)), vision),
    ]
    if given.apart_from:
        paths = sorted(given.apart_from.rglob("*.png"))
        others = _features([_pixels(Image.open(path)) for path in paths], vision)
        sets = [named.apart_from(others) for named in sets]
    target = Path(starter.__file__).with_name("starter.npz")
    np.savez(target, **joined(given.packages, sets, vision))  # type: ignore[arg-type]
    print(
        f"{target}: {target.stat().st_size / 1e6:.1f} MB, {sum(len(s.names) for s in sets)} names"
    )


if __name__ == "__main__":
    main()
