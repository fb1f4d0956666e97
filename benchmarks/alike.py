"""What belongs to a collection, what looks alike, what has the shape of a sound: how often right.

usage: python -m benchmarks.alike DIR [--model NAME] [--sound-model NAME] [--models FOLDER] [--seed N]

DIR holds `stamps`, pictures in folders of their kinds, and `samples`, sounds whose names begin with
their kind.

Collections: half of a folder is the collection, the other half is to be found among all other
pictures; as well for a folder with all below it, and for two and four folders thrown together.
Compared are the mean of the members, the most like member, and the mean of the nearest three of
them (what Assetman does). The folders, by name, are parted in two: on every second one, printed
first, it may be decided which of these is taken; the others report.

Looks: pictures made anew from a quarter of the stamps (blurred, as a mosaic, fewer colours, cropped,
with other colours in the same places) find their own among all, by look and by meaning. The last
should be found by meaning alone.

Shapes: of the five nearest of each sample, how many are of its kind; and how often noise with the
outline of a sample finds it. By shape, by meaning, by chance.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from assetman.core.inputs import SoundSpec
from assetman.embedding.catalogue import ModelCatalogue
from assetman.embedding.look import LOOK_SIDE, looks
from assetman.embedding.pool import EncoderPool
from assetman.embedding.shape import SHAPE_RATE, outline, shape
from assetman.media.colour import LIGHT_GROUND
from assetman.media.handler import Limits
from assetman.media.registry import handler_for
from assetman.search.kinship import kinship
from assetman.workspace import default_models
from benchmarks.retrieval import embed

LEAST = 8  # pictures of a folder that is halved
THROWN = 40  # collections of several folders
RATE = 16_000

Picture = Image.Image
Changed = Callable[[Picture], Picture]


def flat(path: Path) -> Picture:
    """Open a picture on the ground that thumbnails have."""
    picture = Image.open(path).convert("RGBA")
    ground = Image.new("RGBA", picture.size, (*LIGHT_GROUND, 255))
    ground.alpha_composite(picture)
    return ground.convert("RGB")


CHANGES: dict[str, Changed] = {
    "blurred": lambda it: it.filter(ImageFilter.GaussianBlur(min(it.size) / 15)),
    "mosaic of 12 x 12": lambda it: it.resize((12, 12), Image.Resampling.BOX).resize(it.size, 0),
    "six colours": lambda it: it.quantize(6).convert("RGB"),
    "cropped by a fifth": lambda it: it.crop(
        (it.width // 10, it.height // 10, it.width * 9 // 10, it.height * 9 // 10)
    ),
    "other colours": lambda it: Image.merge("RGB", (*it.split()[1:], it.split()[0])),
}


def seen_as(pictures: Sequence[Picture]) -> np.ndarray:
    """Give the looks of pictures."""
    size = (LOOK_SIDE, LOOK_SIDE)
    return looks(np.stack([np.asarray(it.resize(size, Image.Resampling.BOX)) for it in pictures]))


def precision(scores: np.ndarray, right: np.ndarray) -> tuple[float, float]:
    """Give how many of the first ten are right, and the average precision."""
    hits = right[np.argsort(-scores, kind="stable")]
    average = (np.cumsum(hits) / np.arange(1, len(hits) + 1))[hits].mean()
    return float(hits[: min(10, hits.sum())].mean()), float(average)


WAYS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "mean of all": lambda rows, members: rows @ members.mean(axis=0),
    "most like one": lambda rows, members: (rows @ members.T).max(axis=1),
    "nearest three": kinship,
}


def collections_of(
    folders: np.ndarray, some: Sequence[str], chance: np.random.Generator
) -> Iterator[tuple[str, np.ndarray]]:
    """Yield kinds of collections and which pictures are in one, of some of the folders."""
    large = [folder for folder in some if (folders == folder).sum() >= LEAST]
    for folder in large:
        yield "one folder", folders == folder
    tops = np.array([folder.split("/")[0] for folder in folders])
    kept = np.isin(folders, some)
    for top in sorted(set(tops)):
        if ((tops == top) & kept).sum() >= LEAST:
            yield "a folder and those below", (tops == top) & kept
    for count, name in ((2, "two folders"), (4, "four folders")):
        for _ in range(THROWN):
            yield name, np.isin(folders, chance.choice(large, count, replace=False))


def belonging(
    rows: np.ndarray, folders: np.ndarray, some: Sequence[str], chance: np.random.Generator
) -> None:
    """Print how well each way finds the other half of collections of some folders."""
    found: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for kind, inside in collections_of(folders, some, chance):
        for _ in range(3):
            members, held = np.array_split(chance.permutation(np.flatnonzero(inside)), 2)
            rest = np.setdiff1d(np.arange(len(rows)), members)
            for way, score in WAYS.items():
                one = precision(score(rows[rest], rows[members]), np.isin(rest, held))
                found.setdefault((kind, way), []).append(one)
    print(f"{len(some)} folders                               of ten   average precision")
    for (kind, way), figures in found.items():
        first, average = np.mean(figures, axis=0)
        print(f"{kind:<26}{way:<14}{first:>7.2f} {average:>8.2f}   ({len(figures)} collections)")


def looking(
    pool: EncoderPool, model: str, paths: Sequence[Path], rows: np.ndarray, folder: Path
) -> None:
    """Print how often changed pictures find their own."""
    pictures = [flat(path) for path in paths]
    seen, quarter = seen_as(pictures), np.arange(0, len(paths), 4)
    print("\nfinds its own first            by look   by meaning")
    for name, change in CHANGES.items():
        changed = [change(pictures[place]) for place in quarter]
        files = []
        for number, picture in enumerate(changed):
            files.append(folder / f"{name} {number}.png")
            picture.save(files[-1])
        looked = (seen_as(changed) @ seen.T).argmax(axis=1) == quarter
        meant = (embed(pool, model, files) @ rows.T).argmax(axis=1) == quarter
        print(f"{name:<28}{looked.mean():>8.2f} {meant.mean():>11.2f}   of {len(quarter)}")


def samples_of(path: Path, spec: SoundSpec) -> np.ndarray:
    """Decode the first window of a sound: (n,) float32."""
    handler = handler_for(str(path))
    assert handler is not None
    first: np.ndarray = handler.extract(str(path), (spec,), None, 64, Limits()).inputs[spec][0]
    return first


def shape_of(samples: np.ndarray) -> np.ndarray:
    """Give the shape of samples."""
    vector = shape(outline(samples, RATE), SHAPE_RATE)
    assert vector is not None
    return vector


def sounding(
    pool: EncoderPool, model: str, paths: Sequence[Path], chance: np.random.Generator
) -> None:
    """Print how often sounds of one kind are near, and noise in the shape of a sound."""
    spec = pool.sound_input(model)
    assert spec is not None
    heard = [samples_of(path, SoundSpec(RATE)) for path in paths]
    shapes = np.stack([shape_of(samples) for samples in heard])
    rows = np.stack([pool.sounds(model, samples_of(path, spec)[None])[0] for path in paths])
    kinds = np.array([path.stem.split("_")[0] for path in paths])
    noises = []
    for samples in heard:
        course = np.abs(outline(samples, RATE)).max(axis=1)
        places = np.linspace(0, len(course) - 1, len(samples))
        swing = np.interp(places, np.arange(len(course)), course)
        noises.append((swing * chance.uniform(-1, 1, len(samples))).astype(np.float32))
    masked = np.stack([shape_of(noise) for noise in noises])
    print("\nof the five nearest, of the same kind")
    for name, vectors in (("by shape", shapes), ("by meaning", rows)):
        alike = vectors @ vectors.T
        np.fill_diagonal(alike, -np.inf)
        near = np.argsort(-alike, axis=1)[:, :5]
        print(f"{name:<12}{(kinds[near] == kinds[:, None]).mean():>6.2f}   of {len(paths)} samples")
    expected = [((kinds == kind).sum() - 1) / (len(kinds) - 1) for kind in kinds]
    print(f"{'by chance':<12}{np.mean(expected):>6.2f}")
    found = (masked @ shapes.T).argmax(axis=1) == np.arange(len(paths))
    print(f"noise with the outline of a sample finds it first: {found.mean():.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description="How often what is alike is found.")
    parser.add_argument("dir", type=Path)
    parser.add_argument("--model", default="starter")
    parser.add_argument("--sound-model", default="starter-sound")
    parser.add_argument("--models", type=Path, default=None, help="where installed models lie")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    pool = EncoderPool(ModelCatalogue(given.models or default_models()))
    stamps = given.dir / "stamps"
    paths = sorted(stamps.rglob("*.png"))
    folders = np.array([path.parent.relative_to(stamps).as_posix() for path in paths])
    rows = embed(pool, given.model, paths)
    chance = np.random.default_rng(given.seed)
    for first in (0, 1):
        belonging(rows, folders, sorted(set(folders))[first::2], chance)
    with tempfile.TemporaryDirectory() as folder:
        looking(pool, given.model, paths, rows, Path(folder))
    sounding(pool, given.sound_model, sorted((given.dir / "samples").glob("*.flac")), chance)


if __name__ == "__main__":
    main()
