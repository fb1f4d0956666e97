"""Learn how likely a match is: the numbers of `assetman/search/confidence.py`.

usage: python -m benchmarks.fit_confidence FOLDER [--model NAME] [--sound-model NAME]
                                           [--models FOLDER] [--keep FILE.npz]

FOLDER holds the pictures and sounds of `benchmarks.confidence_sets`: of the stamps only every other
caption is used, the rest is for measuring (`benchmarks.confidence`). The same files give the
same numbers, which are those shipped.

Of each set, and of parts of it drawn by chance, the likeliest file is taken for every name that
has a right one among the first three, and for everything absent. Which of both it is, is learned
by logistic regression: its even odds are where a match begins. All sets and both kinds of
questions count the same. Then these odds are stretched and moved, by one more regression over
every name asked of a whole set, found or not, so that they say how often the likeliest file is
right: called just so, or of the same thing.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from assetman.search.confidence import MEASURES, Rivalry, Standing, crowd
from benchmarks.confidence_sets import Named, sets

FIRST = 3
COUNT = len(MEASURES)  # the column of how many there are
PARTS = {6: 24, 20: 12, 60: 6, 200: 3}  # how many files, how often drawn
ROUNDS = 6


@dataclass(frozen=True)
class Asked:
    """A question of some files: what is measured of each, and which are right."""

    measured: np.ndarray  # (n, k)
    there: bool | None  # one is right and among the first; None: right, and not found
    right: np.ndarray  # (n,) bool: of the same thing


def measures(rows: np.ndarray, question: np.ndarray, rivals: np.ndarray) -> np.ndarray:
    """Give what a likelihood is made of, with rivals and without: (n, k)."""
    count = len(rows)
    with_rivals = Rivalry.of(question, rivals, rows, count).measured(rows)
    without = Standing.of(question, rows, count).measured(rows)
    return np.column_stack([with_rivals, np.full(count, crowd(count)), without])


def questions(named: Named) -> Iterator[Asked]:
    """Ask everything of a set."""
    files = named.right.shape[1]
    for question, right, alike in zip(named.asked, named.right, named.alike, strict=True):
        best = np.full(files, -np.inf)
        np.maximum.at(best, named.owners, named.rows @ question)
        first = np.argsort(-best)[: max(1, min(FIRST, files // FIRST))]
        found = bool(right[first].any()) or None
        measured = measures(named.rows, question, named.rivals)
        yield Asked(measured, found, alike[named.owners])
    for question in named.absent:
        measured = measures(named.rows, question, named.rivals)
        yield Asked(measured, False, np.zeros(len(named.rows), bool))


def parts(named: Named, draw: np.random.Generator) -> dict[int, list[Named]]:
    """Give parts of a set, by their size."""
    made: dict[int, list[Named]] = {}
    files = named.right.shape[1]
    for size, times in PARTS.items():
        for _ in range(times if size < files else 0):
            some = draw.choice(files, size, replace=False)
            absent = draw.choice(
                len(named.absent), min(len(named.absent), max(8, size // 3)), replace=False
            )
            made.setdefault(size, []).append(named.part(some, absent))
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


def parting(every: Sequence[list[Asked]], columns: Sequence[int]) -> np.ndarray:
    """Learn what parts what is there from what is not, of the likeliest file of each question."""
    learned = np.append(np.ones(len(columns)), 0.0)
    for _ in range(ROUNDS):
        values, labels, weights = [], [], []
        for asked in every:
            known = [each for each in asked if each.there is not None]
            answered = sum(bool(each.there) for each in known)
            for each in known:
                mine = each.measured[:, columns]
                values.append(mine[np.argmax(mine @ learned[:-1])])
                labels.append(float(bool(each.there)))
                weights.append(1 / (answered if each.there else len(known) - answered))
        learned = regression(np.array(values), np.array(labels), np.array(weights))
    return learned


def calibrated(
    every: Sequence[list[Asked]], columns: Sequence[int], learned: np.ndarray
) -> np.ndarray:
    """Learn how odds are stretched and moved to say how often the likeliest file is right: (2,)."""
    odds, labels, weights = [], [], []
    for asked in every:
        named = [each for each in asked if each.there is not False]
        for each in named:
            mine = each.measured[:, columns] @ learned[:-1] + learned[-1]
            odds.append(mine.max())
            labels.append(float(each.right[mine.argmax()]))
            weights.append(1 / len(named))
    return regression(np.array(odds)[:, None], np.array(labels), np.array(weights))


def main() -> None:
    parser = argparse.ArgumentParser(description="Learn how likely a match is.")
    parser.add_argument("dir", type=Path)
    parser.add_argument("--model", default="starter")
    parser.add_argument("--sound-model", default="starter-sound")
    parser.add_argument("--models", type=Path, default=None, help="where installed models lie")
    parser.add_argument("--keep", type=Path, default=None, help="a file for the vectors")
    draw = np.random.default_rng(0)
    every, whole = [], []
    for named in sets(parser.parse_args()).values():
        whole.append(list(questions(named)))
        every += [
            whole[-1],
            *(
                [each for part in several for each in questions(part)]
                for several in parts(named, draw).values()
            ),
        ]
    rivalry = [*range(len(MEASURES)), COUNT]
    standing = [COUNT + 1, COUNT]
    names = ((*MEASURES, "count", "even"), ("standing", "count", "even"))
    even = None
    for title, columns in zip(names, (rivalry, standing), strict=True):
        learned = parting(every, columns)
        stretch, moved = calibrated(whole, columns, learned)
        even = moved if even is None else even  # the same for both: they stand in one list
        learned *= stretch
        learned[-1] += even
        print(*(f"{name} {weight:.3f}" for name, weight in zip(title, learned, strict=True)))
    print(f"there or absent are even at {1 / (1 + np.exp(-(even or 0.0))):.3f}")


if __name__ == "__main__":
    main()
