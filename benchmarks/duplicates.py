"""How well copies of pictures are found, beside the hashes that other programs compare.

usage: python -m benchmarks.duplicates DIR… [--bases N] [--tune] [--seed N] [--misses] [--hard]
                                            [--ours]

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
itself at some of its similarities, where `pip install czkawka` was done; --ours leaves them out.
Assetman has two rows: as it is, with the starter model's nearest pictures compared too, and without.
With --hard the changes are others, of which hashes lose the most: small parts, marks all over, few
other colours, a picture within another.
"""

from __future__ import annotations

import argparse
import collections
import io
import random
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import imagehash
import numpy as np
from PIL import Image

from assetman.embedding.catalogue import ModelCatalogue
from assetman.embedding.pool import EncoderPool
from assetman.media.fitting import fit
from assetman.media.picture_marks import marks_of
from assetman.media.picture_matching import Sight, match
from assetman.search.proposing import Recognition, beyond_chance
from assetman.vectors.derived import DerivedVectors
from assetman.workspace import default_models
from benchmarks.picture_families import CHANGES, HARD, Item, items_of, originals

THUMBNAIL = 512  # pixels, as the app has them
Pair = tuple[int, int]


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


def thumbnail(picture: Image.Image) -> np.ndarray:
    small = picture.copy()
    small.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.LANCZOS)
    packed = io.BytesIO()
    small.save(packed, "WEBP", quality=80, method=1)
    return np.asarray(Image.open(packed).convert("RGB"))


def embedded(items: Sequence[Item]) -> np.ndarray:
    """Embed every picture with the starter model: (n, d) float32."""
    pool = EncoderPool(ModelCatalogue(default_models()))
    spec = pool.input_spec("starter")
    assert spec is not None
    parts = [items[first : first + 32] for first in range(0, len(items), 32)]
    vectors = [
        pool.images("starter", np.stack([fit(item.picture, spec) for item in part]))
        for part in parts
    ]
    return np.concatenate(vectors).astype(np.float32)


def by_assetman(items: Sequence[Item]) -> tuple[list[Pair], list[Pair], float]:
    """Find pairs as the app does, and those of them that it finds without embeddings.

    Gives the seconds it took too.
    """
    known = Recognition()
    with_them: list[Pair] = []
    without: list[Pair] = []
    sights: list[Sight] = []
    spent = 0.0
    vectors = embedded(items)
    store = DerivedVectors(Path(tempfile.mkdtemp()), vectors.shape[1], "")
    store.add(np.arange(len(items)), vectors)
    for number, item in enumerate(items):
        pixels = thumbnail(item.picture)
        begun = time.process_time()
        sight = Sight(pixels)
        marks = marks_of(sight)
        near = beyond_chance(store, vectors[number], [number])
        plain = {each.content_id: each for each in known.proposals(marks)}
        for each in known.proposals(marks, near):
            other, before = sights[each.content_id], plain.get(each.content_id)
            if not match(sight, other, each.turns, each.by_points):
                continue
            with_them.append((number, each.content_id))
            same = before is not None and before.by_points == each.by_points
            if same or (before and match(sight, other, before.turns, before.by_points)):
                without.append((number, each.content_id))
        known.add(number, marks)
        sights.append(sight)
        spent += time.process_time() - begun
    return with_them, without, spent


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


def print_others(items: Sequence[Item]) -> None:
    """Print what other methods reach."""
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


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--bases", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tune", action="store_true")
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--hard", action="store_true")
    parser.add_argument("--ours", action="store_true")
    given = parser.parse_args()
    paths = originals(given.folders, given.tune)
    changes = HARD if given.hard else CHANGES
    items = items_of(paths, given.bases, changes, random.Random(given.seed))
    bases = min(given.bases, len(paths))
    print(f"{bases} families of {len(changes) + 1}, {len(paths) - bases} strangers", flush=True)
    pairs, without, seconds = by_assetman(items)
    ours, plain = judged(items, pairs), judged(items, without)
    print(f"{'method':34} {'recall':>7} {'precision':>9}")
    print(f"{'Assetman':34} {ours.recall:7.3f} {ours.precision:9.4f}")
    print(f"{'  without embeddings':34} {plain.recall:7.3f} {plain.precision:9.4f}")
    if not given.ours:
        print_others(items)
    print(f"Assetman took {1000 * seconds / len(items):.0f} ms of one core a picture")
    print("missed:", dict(ours.missed.most_common()) or "none")
    print("  without embeddings:", dict(plain.missed.most_common()) or "none")
    print("wrong pairs:", len(ours.wrong), "without embeddings:", len(plain.wrong))
    if given.misses:
        for one, other in ours.wrong:
            print(paths_of(items, one, other))


if __name__ == "__main__":
    main()
