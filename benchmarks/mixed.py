"""How pictures and sounds that answer one question are best put in one list.

usage: python -m benchmarks.mixed DIR [--model NAME] [--sound-model NAME] [--models FOLDER]
                                  [--keep FILE.npz]

DIR holds `stamps`, pictures with a caption in a text file beside each and, for some, the sound of
the thing, and `samples`, sounds without captions that stand in the way. Of them lists of several
mixtures are made, from many pictures with a few sounds to the other way round. Each caption is
asked as a question of both models, and the answers are put in one list by:

- raw: the cosines as they are;
- z: how many standard deviations each lies above the mean of its space, for this question;
- surplus: the same, less what the best of so many would have by chance;
- odds: how likely it is a match, by the rivals of the question (what Assetman does);
- rrf: reciprocal rank fusion (Cormack 2009), with its usual 60.

The table gives hit@1/5/10 and MRR of the right picture and of the right sound, in the whole list.
No name of a file is looked at.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assetman.core.inputs import SoundSpec
from assetman.embedding.catalogue import ModelCatalogue
from assetman.embedding.pool import EncoderPool
from assetman.media.handler import Limits
from assetman.media.registry import handler_for
from assetman.search.concepts import concepts
from assetman.search.confidence import chance, likelihood
from assetman.search.scoring import SAMPLE
from assetman.workspace import default_models
from benchmarks.retrieval import CUTOFFS, captions, embed

MIXTURES = (
    (538, 103, 0),
    (538, 103, 160),
    (538, 20, 0),
    (538, 5, 0),
    (100, 100, 0),
    (50, 100, 160),
)
WAYS = ("raw", "z", "surplus", "odds", "rrf")
LEAST = np.finfo(np.float64).min


@dataclass(frozen=True)
class Things:
    """Pictures, the sounds of some of them, and other sounds; rows of unit vectors."""

    pictures: np.ndarray  # (p, d)
    windows: np.ndarray  # (w, e)
    owners: np.ndarray  # (w,) the sound of each window
    pictured: np.ndarray  # (sounds that have a picture,) its row; the others follow them
    seen: np.ndarray  # (p, d): what each picture's caption says to the model of pictures
    heard: np.ndarray  # (p, e): and to that of sounds
    captions: np.ndarray  # (p,)


def windows_of(pool: EncoderPool, model: str, path: Path, spec: SoundSpec) -> np.ndarray:
    """Embed the windows of a sound, of its first five minutes: (n, e); none of one too short."""
    handler = handler_for(str(path))
    assert handler is not None
    samples = handler.extract(str(path), (spec,), None, 64, Limits()).inputs.get(spec)
    if samples is None or not len(samples):
        return np.empty((0, pool.space(model).dimension), np.float32)
    return pool.sounds(model, samples)


def read(given: argparse.Namespace) -> Things:
    """Embed everything."""
    pool = EncoderPool(ModelCatalogue(given.models or default_models()))
    spec = pool.sound_input(given.sound_model)
    assert spec is not None, f"{given.sound_model} takes no sounds"
    told = {path: said["en"] for path, said in captions(given.dir / "stamps").items() if said["en"]}
    paths, words = list(told), list(told.values())
    sounding = [row for row, path in enumerate(paths) if path.with_suffix(".ogg").exists()]
    files = [paths[row].with_suffix(".ogg") for row in sounding]
    files += sorted((given.dir / "samples").glob("*.flac"))
    heard = [windows_of(pool, given.sound_model, path, spec) for path in files]
    return Things(
        embed(pool, given.model, paths),
        np.concatenate(heard),
        np.repeat(np.arange(len(heard)), [len(rows) for rows in heard]),
        np.array(sounding),
        pool.texts(given.model, words),
        pool.texts(given.sound_model, words),
        np.array(words),
    )


def things(given: argparse.Namespace) -> Things:
    """Embed everything, or read what was kept of an earlier run."""
    if given.keep and given.keep.exists():
        with np.load(given.keep) as arrays:
            return Things(**{name: arrays[name] for name in arrays.files})
    made = read(given)
    if given.keep:
        np.savez(given.keep, **{name: getattr(made, name) for name in Things.__dataclass_fields__})
    return made


def comparable(cosines: np.ndarray, way: str) -> np.ndarray:
    """Make the cosines (q, n) of one space comparable with those of another."""
    if way in ("raw", "rrf"):
        return cosines
    rows = []
    for row in cosines:
        surplus = chance(len(row)) if way == "surplus" else 0.0
        rows.append((row - row.mean()) / row.std() - surplus)
    return np.stack(rows)


def odds(asked: np.ndarray, rows: np.ndarray, others: np.ndarray, count: int) -> np.ndarray:
    """Give the odds (q, n) that vectors (n, d), of `count` in all, answer questions (q, d)."""
    step = max(1, len(rows) // SAMPLE)
    judges = (likelihood(each, others, rows[::step], count) for each in asked)
    return np.stack([judge.odds(rows) for judge in judges])


def rivals(given: argparse.Namespace) -> tuple[np.ndarray, np.ndarray]:
    """Give what else could be asked, as both models see it."""
    pool = EncoderPool(ModelCatalogue(given.models or default_models()))
    both = tuple(pool.texts(model, concepts()) for model in (given.model, given.sound_model))
    pool.close()
    return both[0], both[1]


def ranked(scores: np.ndarray) -> np.ndarray:
    """Give reciprocal ranks in place of scores (q, n)."""
    ranks: np.ndarray = np.argsort(np.argsort(-scores, axis=1), axis=1)
    return 1 / (61 + ranks)


def report(
    things: Things, mixture: tuple[int, int, int], others_asked: tuple[np.ndarray, np.ndarray]
) -> None:
    """Print the rows of one mixture: so many pictures, sounds of some, other sounds."""
    draw = np.random.default_rng(0)
    sounding = len(things.pictured)
    others = int(things.owners.max()) + 1 - sounding
    counts = [
        min(a, b) for a, b in zip(mixture, (len(things.pictures), sounding, others), strict=True)
    ]
    pictures = np.sort(draw.choice(len(things.pictures), counts[0], replace=False))
    named = np.sort(draw.choice(sounding, counts[1], replace=False))
    sounds = np.concatenate([named, sounding + draw.choice(others, counts[2], replace=False)])
    asked = np.union1d(pictures, things.pictured[named])
    here = np.isin(things.owners, sounds)
    looks = things.pictures[pictures], things.seen[asked]
    tones = things.windows[here], things.heard[asked]
    whose = things.owners[here]
    every = len(looks[0]) + len(tones[0])
    same = things.captions[asked][:, None] == things.captions[None, :]
    right_pictures = same[:, pictures]
    right_sounds = np.zeros((len(asked), len(sounds)), bool)
    right_sounds[:, : len(named)] = same[:, things.pictured[named]]
    for way in WAYS:
        seen, heard = (
            odds(words, rows, others, every) if way == "odds" else comparable(words @ rows.T, way)
            for (rows, words), others in zip((looks, tones), others_asked, strict=True)
        )
        best = np.stack([_best(heard[:, whose == sound]) for sound in sounds], axis=1)
        both = [ranked(seen), ranked(best)] if way == "rrf" else [seen, best]
        scores = np.concatenate(both, axis=1)
        right = np.concatenate([right_pictures, right_sounds], axis=1)
        found = [
            _ranks(scores, right, np.concatenate([right_pictures, right_sounds & False], axis=1)),
            _ranks(scores, right, np.concatenate([right_pictures & False, right_sounds], axis=1)),
        ]
        name = " + ".join(str(count) for count in counts)
        print(f"| {name} | {way} | {_numbers(found[0])} | {_numbers(found[1])} |")


def _best(windows: np.ndarray) -> np.ndarray:
    """Give the best of the windows (q, n) of a sound; of one that is silent there is none."""
    best: np.ndarray = windows.max(axis=1, initial=LEAST)
    return best


def _ranks(scores: np.ndarray, right: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Give the rank of the best that is wanted, of each question that has one."""
    asked = wanted.any(axis=1)
    best = np.where(wanted, scores, LEAST).max(axis=1, keepdims=True)
    above: np.ndarray = (np.where(right, LEAST, scores) > best).sum(axis=1)
    return 1 + above[asked]


def _numbers(ranks: np.ndarray) -> str:
    shares = [float((ranks <= cut).mean()) for cut in CUTOFFS]
    return " ".join(f"{each:.2f}" for each in (*shares, float((1 / ranks).mean())))


def main() -> None:
    parser = argparse.ArgumentParser(description="Pictures and sounds in one list.")
    parser.add_argument("dir", type=Path)
    parser.add_argument("--model", default="starter")
    parser.add_argument("--sound-model", default="starter-sound")
    parser.add_argument("--models", type=Path, default=None, help="where installed models lie")
    parser.add_argument("--keep", type=Path, default=None, help="a file for the vectors")
    given = parser.parse_args()
    made = things(given)
    print("| pictures + sounds + others | way | picture: hit@1/5/10, MRR | sound |")
    print("|---|---|---|---|")
    for mixture in MIXTURES:
        report(made, mixture, rivals(given))


if __name__ == "__main__":
    main()
