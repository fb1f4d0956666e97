"""Learn how fit, kinship and chance add up to odds: the numbers of `assetman/search/confidence.py`.

usage: python -m benchmarks.fit_confidence SET … [--model NAME] [--models FOLDER]

A SET is a folder of pictures, each named for what it shows, or with a caption in a text file
beside it, and `absent.txt`, which names a line each what none of them shows. Of captions only
every other one is used: the rest is for measuring (`benchmarks.confidence`). Shipped is what was
learned of the pictures of two packages of Debian, pysiogame and gcompris-qt-data, and of half of
the captions of a third, tuxpaint-stamps-default.

Of each set, and of parts of it drawn by chance, the likeliest picture is taken for every name that
has a right one among the first three, and for everything absent. Which of both it is, is learned
by logistic regression; all sets and both kinds of questions count the same.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from assetman.embedding.catalogue import ModelCatalogue
from assetman.embedding.pool import EncoderPool
from assetman.search.concepts import concepts
from assetman.search.confidence import Rivalry, Standing, chance
from assetman.workspace import default_models
from benchmarks.retrieval import captions, embed

FIRST = 3
PARTS = {6: 24, 20: 12, 60: 6, 200: 3}  # how many pictures, how often drawn
ROUNDS = 6
SUFFIXES = (".png", ".jpg", ".webp", ".gif", ".svg")


@dataclass(frozen=True)
class Named:
    """Pictures with what they are called, and what none of them is."""

    rows: np.ndarray  # (n, d)
    asked: np.ndarray  # (q, d)
    right: np.ndarray  # (q, n) bool
    absent: np.ndarray  # (a, d)


def read(folder: Path, pool: EncoderPool, model: str) -> Named:
    """Embed a set."""
    told = {path: said["en"] for path, said in captions(folder).items() if said["en"]}
    step = 2 if told else 1
    if not told:
        pictures = (each for each in sorted(folder.rglob("*")) if each.suffix in SUFFIXES)
        told = {path: path.stem.replace("_", " ") for path in pictures}
    names = np.array(list(told.values()))
    asked = np.unique(names)[::step]
    absent = (folder / "absent.txt").read_text("utf-8").split("\n")
    return Named(
        embed(pool, model, list(told)),
        pool.texts(model, [str(each) for each in asked]),
        asked[:, None] == names[None, :],
        pool.texts(model, [each for each in absent if each]),
    )


def features(rows: np.ndarray, question: np.ndarray, rivals: np.ndarray) -> np.ndarray:
    """Give fit, kinship and chance of vectors, and how far they stand out: (n, 4)."""
    fit, kinship = Rivalry.of(question, rivals, rows, len(rows)).measured(rows)
    stands = Standing.of(question, rows, len(rows)).measured(rows)
    return np.stack([fit, kinship, stands, np.full(len(rows), chance(len(rows)))], axis=1)


def examples(named: Named, rivals: np.ndarray) -> list[tuple[np.ndarray, float]]:
    """Give the features of all pictures for each question, and whether it has an answer."""
    found = []
    for question, right in zip(named.asked, named.right, strict=True):
        order = np.argsort(-(named.rows @ question))
        if right[order[: max(1, min(FIRST, len(order) // FIRST))]].any():
            found.append((features(named.rows, question, rivals), 1.0))
    found += [(features(named.rows, question, rivals), 0.0) for question in named.absent]
    return found


def parts(named: Named, draw: np.random.Generator) -> list[Named]:
    """Give a set, and parts of it."""
    made = [named]
    for size, times in PARTS.items():
        for _ in range(times if size < len(named.rows) else 0):
            rows = draw.choice(len(named.rows), size, replace=False)
            few = draw.choice(len(named.absent), max(8, size // 3) % len(named.absent))
            right = named.right[:, rows]
            here = right.any(axis=1)
            made.append(Named(named.rows[rows], named.asked[here], right[here], named.absent[few]))
    return made


def regression(values: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Fit labels (n,) by values (n, k), each as heavy as told: (k + 1,), the constant last."""
    mean, spread = values.mean(axis=0), values.std(axis=0) + 1e-9
    rows = np.column_stack([(values - mean) / spread, np.ones(len(values))])

    def loss(learned: np.ndarray) -> tuple[float, np.ndarray]:
        odds = rows @ learned
        each = np.logaddexp(0, odds) - labels * odds
        slope = rows.T @ (weights * (1 / (1 + np.exp(-odds)) - labels)) / weights.sum()
        slope[:-1] += 2e-3 * learned[:-1]
        penalty = 1e-3 * float((learned[:-1] ** 2).sum())
        return float((weights * each).sum() / weights.sum()) + penalty, slope

    learned = minimize(loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B").x
    slopes = learned[:-1] / spread
    return np.append(slopes, learned[-1] - float(slopes @ mean))


def learned(sets: Sequence[list[tuple[np.ndarray, float]]], columns: Sequence[int]) -> np.ndarray:
    """Learn of the likeliest picture of each question, as far as is known which that is."""
    result = np.append(np.ones(len(columns)), 0.0)
    for _ in range(ROUNDS):
        values, labels, weights = [], [], []
        for each in sets:
            answered = sum(label for _, label in each)
            for rows, label in each:
                mine = rows[:, columns]
                values.append(mine[np.argmax(mine @ result[:-1])])
                labels.append(label)
                weights.append(1 / (answered if label else len(each) - answered))
        result = regression(np.array(values), np.array(labels), np.array(weights))
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description="Learn how likely a match is.")
    parser.add_argument("sets", nargs="+", type=Path, metavar="SET")
    parser.add_argument("--model", default="starter")
    parser.add_argument("--models", type=Path, default=None, help="where installed models lie")
    given = parser.parse_args()
    pool = EncoderPool(ModelCatalogue(given.models or default_models()))
    rivals = pool.texts(given.model, concepts())
    draw = np.random.default_rng(0)
    sets = []
    for folder in given.sets:
        whole, *few = parts(read(folder, pool, given.model), draw)
        sets.append(examples(whole, rivals))
        sizes: dict[int, list[tuple[np.ndarray, float]]] = {}
        for each in few:
            sizes.setdefault(len(each.rows), []).extend(examples(each, rivals))
        sets += sizes.values()
    pool.close()
    for names, columns in (("fit, kinship, chance", (0, 1, 3)), ("standing, chance", (2, 3))):
        print(names, "and even:", learned(sets, columns).round(2))


if __name__ == "__main__":
    main()
