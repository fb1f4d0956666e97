"""How long it takes to find what is written about files, by the size of the library.

usage: python -m benchmarks.words [--files N [N …]]

Fills real catalogues with files whose names, folders, tags, titles and subtitles are made of a few
thousand words, some of them common, and asks for the full text of questions with filters and
without. The unit of the ratios is the list of all files by their dates, in the same run.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from assetman.core.assets import Kind, Passage, PassageKind
from assetman.core.conditions import Key, Test
from assetman.library.assets import FileStat
from assetman.library.library import Library

_ROUNDS = 9
_WORDS = 5000
SEVENTH = Test(Key.NAME, "*7.jpg")


def vocabulary(rng: np.random.Generator) -> list[str]:
    """Make words that can be spoken."""
    starts, ends = list("bcdfgklmnprstv"), ("a", "e", "i", "o", "u", "an", "el", "in", "or", "us")
    made = {
        "".join(rng.choice(starts) + rng.choice(ends) for _ in range(rng.integers(2, 4)))
        for _ in range(3 * _WORDS)
    }
    return sorted(made)[:_WORDS]


def fill(library: Library, count: int) -> list[str]:
    """Add files; word k is about k times as rare as the first. Gives the words by rarity."""
    rng = np.random.default_rng(1)
    words = vocabulary(rng)
    odds = 1 / np.arange(1, len(words) + 1)
    drawn = rng.choice(len(words), (count, 12), p=odds / odds.sum())
    root, _ = library.roots.add("/files")
    with library.writing():
        for number, row in enumerate(drawn):
            one, two, *rest = (words[place] for place in row)
            content, _ = library.contents.add(f"{number:032x}", 10, True, Kind.IMAGE)
            path = f"{rest[0]}/{number % 97}/{one.title()}{two.title()}_{number}.jpg"
            stat = FileStat(10, number * 1_000_000_000, number, 1)
            asset, _ = library.assets.add(root.id, path, stat, content)
            passages = [Passage(PassageKind.TITLE, " ".join(rest[1:5]), 0.0, 0.0)]
            passages.append(Passage(PassageKind.SUBTITLE, " ".join(rest[5:]), 1.0, 2.0))
            library.passages.replace(content, passages)
            if number % 10 == 0:
                library.tags.tag([asset], [words[row[-1]]])
    return words


def median(ask: Callable[[], object]) -> float:
    """Give the median of some rounds, in milliseconds."""
    times = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        ask()
        times.append(time.perf_counter() - began)
    return 1000 * statistics.median(times)


def main() -> None:
    """Fill, ask, print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--files", type=int, nargs="+", default=[10_000, 100_000])
    for count in asked.parse_args().files:
        with tempfile.TemporaryDirectory() as folder, Library.open(Path(folder)) as library:
            words = fill(library, count)
            unit = median(library.assets.ids)
            (size,) = library._database.row(
                "SELECT (SELECT SUM(length(block)) FROM written_data) "
                "+ (SELECT SUM(length(c0)) FROM written_content)"
            ) or (0,)
            print(f"{count:,} files, {size / count:.0f} bytes of index each, list {unit:.1f} ms")
            common, usual, rare = words[0], words[100], words[2000]
            questions = {
                "a rare word": rare,
                "a usual word": usual,
                "the commonest word": common,
                "four words": f"{rare} {usual} {words[20]} {words[700]}",
                "begun": usual[:3],
            }
            for name, typed in questions.items():
                free = median(partial(library.fulltext.of_words, typed))
                narrow = median(partial(library.fulltext.of_words, typed, SEVENTH))
                print(f"  {name:20} {free:7.1f} ms {free / unit:6.2f}, filtered {narrow:7.1f} ms")


if __name__ == "__main__":
    main()
