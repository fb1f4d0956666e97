"""How what a picture shows and what is written about it are best put in one list.

usage: python -m benchmarks.fusion DIR --library FOLDER [--model NAME] [--models FOLDER]
                                       [--keep FILE.npz]

DIR holds `stamps` and `samples`, as for `benchmarks.mixed`; FOLDER is a library of Assetman that
holds the stamps, each under its own name. Every caption is asked; right are the pictures that bear
it. The words of the caption are looked for in the names of the files, those of all, of every other
or of none: for the rest a person never gave one. The two are put together by

- seen: what is seen alone;
- written: the names alone;
- sum: the odds by what is seen, and on top what the words say (what Assetman does);
- rrf: reciprocal rank fusion (Cormack 2009), with its usual 60;
- learned: a logistic regression over the odds, the share of the words and whether there are any,
  learned of the captions of the other half.

The table gives hit@1/5/10 and MRR, beside each MRR half the width of its 95 % interval.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from assetman.embedding.catalogue import ModelCatalogue
from assetman.embedding.pool import EncoderPool
from assetman.library.library import Library
from assetman.search.concepts import concepts
from assetman.search.confidence import neutral, told
from assetman.workspace import default_models
from benchmarks.fit_confidence import regression
from benchmarks.mixed import odds, things
from benchmarks.retrieval import CUTOFFS, captions, ranks

WAYS = ("seen", "written", "sum", "rrf", "learned")
NAMED = {"all": 1, "every other": 2, "none": 0}


def written(folder: Path, stamps: Path, asked: list[str]) -> np.ndarray:
    """Give how much of each caption is in the name of each picture: (q, n), 0..1."""
    paths = [path for path, said in captions(stamps).items() if said["en"]]
    row_of = {str(path.relative_to(stamps)): row for row, path in enumerate(paths)}
    strengths = np.zeros((len(asked), len(paths)))
    with Library.open(folder) as library:
        assets = library.assets.get(library.assets.ids())
        rows = {each.id: row_of.get(_inside(each.path, stamps, row_of)) for each in assets}
        for place, caption in enumerate(asked):
            for asset, each in library.fulltext.of_words(caption).items():
                row = rows.get(asset)
                if row is not None:
                    strengths[place, row] = each.strength
    return strengths


def _inside(path: str, stamps: Path, known: dict[str, int]) -> str:
    """Give the path of a copy of a stamp as it is among the stamps."""
    parts = Path(path).parts
    inner = (str(Path(*parts[i:])) for i in range(1, len(parts)))
    return next((each for each in inner if each in known), "")


def fused(way: str, seen: np.ndarray, words: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Put odds (q, n) and the shares of words (q, n) together: (q, n)."""
    count = seen.shape[1]
    if way == "seen":
        return seen
    if way == "written":
        return words
    if way == "sum":
        least = np.where(words > 0, np.maximum(seen, neutral(count)), seen)
        said: np.ndarray = np.vectorize(lambda share: told(share, count))(words)
        together: np.ndarray = least + said
        return together
    if way == "rrf":
        places = [np.argsort(np.argsort(-each, axis=1), axis=1) for each in (seen, words)]
        met = np.where(words > 0, 1 / (61 + places[1]), 0.0)
        return np.asarray(1 / (61 + places[0]) + met)
    return _learned(seen, words, right)


def _learned(seen: np.ndarray, words: np.ndarray, right: np.ndarray) -> np.ndarray:
    features = np.stack([seen, words, words**2, (words > 0).astype(float)], axis=2)
    result = np.empty_like(seen)
    half = np.arange(len(seen)) % 2 == 0
    for mine in (half, ~half):
        values, labels = features[~mine].reshape(-1, 4), right[~mine].ravel()
        weights = np.where(labels, 1 / labels.sum(), 1 / (~labels).sum())
        learned = regression(values, labels.astype(float), weights)
        result[mine] = features[mine] @ learned[:-1]
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description="What is seen and what is written, in one list.")
    parser.add_argument("dir", type=Path)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--model", default="starter")
    parser.add_argument("--sound-model", default="starter-sound")
    parser.add_argument("--models", type=Path, default=None, help="where installed models lie")
    parser.add_argument("--keep", type=Path, default=None, help="a file for the vectors")
    given = parser.parse_args()
    made = things(given)
    _, once = np.unique(made.captions, return_index=True)
    asked = [str(each) for each in made.captions[once]]
    right = made.captions[once][:, None] == made.captions[None, :]
    pool = EncoderPool(ModelCatalogue(given.models or default_models()))
    others = pool.texts(given.model, concepts())
    seen = odds(made.seen[once], made.pictures, others, len(made.pictures))
    pool.close()
    every = written(given.library, given.dir / "stamps", asked)
    print("| names | way | hit@1 | hit@5 | hit@10 | MRR |\n|---|---|---|---|---|---|")
    for names, step in NAMED.items():
        words = np.zeros_like(every)
        if step:
            words[:, ::step] = every[:, ::step]
        for way in WAYS if step else ("seen", "sum"):
            found = ranks(fused(way, seen, words, right) - 1e-9 * np.arange(len(right[0])), right)
            shares = " | ".join(f"{(found <= cut).mean():.2f}" for cut in CUTOFFS)
            half = 1.96 * (1 / found).std() / len(found) ** 0.5
            print(f"| {names} | {way} | {shares} | {(1 / found).mean():.2f} ± {half:.2f} |")


if __name__ == "__main__":
    main()
