"""Whether it is said truly that nothing in a library answers a question.

usage: python -m benchmarks.confidence DIR [--model NAME] [--sound-model NAME] [--models FOLDER]
                                       [--keep FILE.npz] [--library FOLDER] [--absent LIST]

DIR holds `stamps` and `samples`, as for `benchmarks.mixed`. For each model it is asked

- *absent*: what is not in the library, 50 things of `absent.toml`. Right is to say so;
- *there*: captions whose right picture or sound is among the first three of the model's list. To
  say that nothing matches is wrong.

Meaning alone counts: no name of a file is looked at. Beside each share stands its 95 % interval
(Wilson 1927). The table is made for all of the library and for parts of it drawn by chance. Then
the calibration: what was said of the best hit of every caption, and how often it bears that very
caption, or one of the same thing (`confidence_sets.thing_of`).
The numbers were learned of other pictures and of every other caption (`fit_confidence`); only the
other captions are asked here.

With --library, a library of Assetman that holds the stamps, each under its own name: the same is
asked of the app as it is, names and all that is written included.
"""

from __future__ import annotations

import argparse
import itertools
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from assetman.core.queries import MATCH, Query
from assetman.embedding.catalogue import ModelCatalogue
from assetman.embedding.pool import EncoderPool
from assetman.search.concepts import concepts
from assetman.search.confidence import likelihood, probability
from assetman.search.scoring import SAMPLE
from assetman.workspace import Workspace, default_models
from benchmarks.confidence_sets import same_thing
from benchmarks.mixed import Things, things
from benchmarks.retrieval import captions, plain

FIRST = 3
PARTS = (20, 60, 200)
TIMES = {20: 10, 60: 5, 200: 3}
BINS = (0.0, 0.2, 0.35, 0.5, 0.65, 0.8, 1.0)
ABSENT = Path(__file__).with_name("absent.toml")


@dataclass(frozen=True)
class Space:
    """What a model has of a library, and what is asked of it."""

    name: str
    rows: np.ndarray  # (n, d)
    owners: np.ndarray  # (n,) the file of each row
    asked: np.ndarray  # (q, d) captions
    right: np.ndarray  # (q, files) bool: bears the caption
    alike: np.ndarray  # (q, files) bool: is of the same thing
    absent: np.ndarray  # (a, d)
    rivals: np.ndarray  # (r, d)

    def part(self, files: np.ndarray) -> Space:
        """Give the same with some of the files alone."""
        here = np.isin(self.owners, files)
        _, owners = np.unique(self.owners[here], return_inverse=True)
        known = np.unique(self.owners[here])
        return replace(
            self,
            rows=self.rows[here],
            owners=owners,
            right=self.right[:, known],
            alike=self.alike[:, known],
        )


@dataclass(frozen=True)
class Said:
    """What was said of questions: the probability of the best hit, whether that was right."""

    best: np.ndarray  # (q,)
    hit: np.ndarray  # (q,) the file that is best
    there: np.ndarray  # (q,) bool: a right one is among the first

    @classmethod
    def of(cls, space: Space, asked: np.ndarray, right: np.ndarray) -> Said:
        """Ask questions (q, d) whose right files are (q, files)."""
        files = int(space.owners.max()) + 1
        best, hit, there = [], [], []
        step = max(1, len(space.rows) // SAMPLE)
        for question, which in zip(asked, right, strict=True):
            judge = likelihood(question, space.rivals, space.rows[::step], len(space.rows))
            odds = np.full(files, -np.inf)
            np.maximum.at(odds, space.owners, judge.odds(space.rows))
            order = np.argsort(-odds)
            best.append(odds[order[0]])
            hit.append(order[0])
            there.append(which[order[:FIRST]].any())
        return cls(probability(np.array(best)), np.array(hit), np.array(there, bool))


def interval(part: int, whole: int) -> str:
    """Give a share with its 95 % interval."""
    if not whole:
        return "–"
    z, share = 1.96, part / whole
    middle = (share + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z / (1 + z * z / whole) * (share * (1 - share) / whole + (z / (2 * whole)) ** 2) ** 0.5
    return f"{share:.2f} ({max(0.0, middle - half):.2f}–{middle + half:.2f}) of {whole}"


def spaces(made: Things, pool: EncoderPool, given: argparse.Namespace) -> list[Space]:
    """Make what is asked of both models: of the captions those that nothing was learned of."""
    lists = tomllib.loads(ABSENT.read_text())
    same = made.captions[:, None] == made.captions[None, :]
    once = np.unique(made.captions, return_index=True)[1][1::2]
    files = int(made.owners.max()) + 1
    heard = np.zeros((len(same), files), bool)
    heard[:, : len(made.pictured)] = same[:, made.pictured]
    alike = same_thing(made.captions.tolist(), made.captions.tolist())
    seen = Space(
        given.model,
        made.pictures,
        np.arange(len(made.pictures)),
        made.seen[once],
        same[once],
        alike[once],
        pool.texts(given.model, lists[given.absent]),
        pool.texts(given.model, concepts()),
    )
    alike_heard = np.zeros_like(heard)
    alike_heard[:, : len(made.pictured)] = alike[:, made.pictured]
    known = [row for row in once if heard[row].any()]
    tones = Space(
        given.sound_model,
        made.windows,
        made.owners,
        made.heard[known],
        heard[known],
        alike_heard[known],
        pool.texts(given.sound_model, lists["sounds"]),
        pool.texts(given.sound_model, concepts()),
    )
    return [seen, tones]


Curve = tuple[np.ndarray, np.ndarray, np.ndarray]
"""What was said of the best hit of each caption; whether it bears it; whether it is alike."""


def report(space: Space) -> Curve:
    """Print the rows of one model; gives what was said of all captions."""
    chance = np.random.default_rng(6)
    files = np.unique(space.owners)
    sets = [(len(files), [space])]
    for size in (part for part in PARTS if part < len(files)):
        drawn = [chance.choice(files, size, replace=False) for _ in range(TIMES[size])]
        sets.append((size, [space.part(each) for each in drawn]))
    curve: Curve = (np.empty(0), np.empty(0, bool), np.empty(0, bool))
    for size, drawn_spaces in sets:
        none = wrongly = there = absent = 0
        for each in drawn_spaces:
            here = np.flatnonzero(each.right.any(axis=1))
            found = Said.of(each, each.asked[here], each.right[here])
            if size == len(files):
                curve = (found.best, each.right[here, found.hit], each.alike[here, found.hit])
            wrongly += int((found.best[found.there] < MATCH).sum())
            there += int(found.there.sum())
            left = np.zeros((len(each.absent), each.right.shape[1]), bool)
            none += int((Said.of(each, each.absent, left).best < MATCH).sum())
            absent += len(each.absent)
        print(f"| {space.name} | {size} | {interval(none, absent)} | {interval(wrongly, there)} |")
    return curve


def calibration(name: str, said: np.ndarray, right: np.ndarray, alike: np.ndarray) -> None:
    """Print how often the best hit was right, by what was said of it."""
    for low, high in itertools.pairwise(BINS):
        here = (said >= low) & (said < high if high < 1 else said <= high)
        if here.any():
            shares = [interval(int(each[here].sum()), int(here.sum())) for each in (right, alike)]
            about = f"| {name} | {low:.2f}–{high:.2f} | {said[here].mean():.2f}"
            print(about, *shares, sep=" | ", end=" |\n")


def asked_of(folder: Path, stamps: Path, absent: Sequence[str]) -> None:
    """Ask a library of Assetman, names included."""
    workspace = Workspace.open(folder)
    try:
        none = sum(workspace.search.search(Query(each)).confident is False for each in absent)
        there = wrongly = 0
        told = {path.stem: said["en"] for path, said in captions(stamps).items() if said["en"]}
        for caption in sorted(set(told.values()))[1::2]:
            found = workspace.search.search(Query(plain(caption), limit=FIRST))
            assets = workspace.library.assets.get([hit.asset_id for hit in found.hits])
            if any(told.get(Path(each.name).stem) == caption for each in assets):
                there += 1
                wrongly += found.confident is False
        print(
            f"| the app, names included | {interval(none, len(absent))} | {interval(wrongly, there)} |"
        )
    finally:
        workspace.close()


def main() -> None:
    parser = argparse.ArgumentParser(description="Whether nothing is said to match, truly.")
    parser.add_argument("dir", type=Path)
    parser.add_argument("--model", default="starter")
    parser.add_argument("--sound-model", default="starter-sound")
    parser.add_argument("--models", type=Path, default=None, help="where installed models lie")
    parser.add_argument("--keep", type=Path, default=None, help="a file for the vectors")
    parser.add_argument("--library", type=Path, default=None, help="a library that has the stamps")
    parser.add_argument("--absent", default="pictures", help="a list of absent.toml")
    given = parser.parse_args()
    if given.library:
        print("| | 50 absent: said to be none | there: wrongly said to be none |\n|---|---|---|")
        absent = tomllib.loads(ABSENT.read_text())[given.absent]
        asked_of(given.library, given.dir / "stamps", absent)
        return
    pool = EncoderPool(ModelCatalogue(given.models or default_models()))
    print("| model | files | absent: said to be none | there: wrongly said to be none |")
    print("|---|---|---|---|")
    every = spaces(things(given), pool, given)
    curves = [(space.name, *report(space)) for space in every]
    print("\n| model | said of the best hit | on average | the caption | the thing |")
    print("|---|---|---|---|---|")
    for name, *curve in curves:
        calibration(name, *curve)
    pool.close()


if __name__ == "__main__":
    main()
