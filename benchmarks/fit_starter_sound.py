#!/usr/bin/env python3
"""Make `assetman/embedding/starter_sound.npz`, which joins hearing to the starter's words.

usage: fit_starter_sound.py PACKAGES

PACKAGES is a folder in which packages of Debian 12 with sounds under open licences were unpacked:

    for name in scratch wesnoth-1.16-data widelands-data lmms-common minetest-data; do
        apt-get download $name && dpkg -x ${name}_*.deb PACKAGES
    done

Nothing is learnt of what those sounds are called: they only tell how kinds of sound and features
of the hearing tower vary together (means, spreads, principal axes). What the kinds are called is
in `sound_classes.tsv` beside this script: AudioSet's names and, in our own words, what is heard.
What was tuned on what is told in docs/models.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from assetman.core.errors import BadInput
from assetman.core.settings import Settings, cores
from assetman.embedding import imagined, starter_sound, yamnet
from assetman.embedding.encoder import Samples
from assetman.embedding.sentences import SentenceTower
from assetman.media.handler import Limits
from assetman.media.workers import DecodePool

ENDINGS = {".wav", ".ogg", ".mp3", ".flac", ".oga"}
NO_SOUNDS = ("/music/", "/music loops/", "/shapes/", "/waveforms/")  # scores and single waves
SHORTEST = 0.05  # seconds
KINDS_EVENED = 0.25  # 0 keeps the spread of every direction, 1 makes all equal
SHAPE_EVENED = 0.5
LEAST = 1e-2  # of the spread of a direction, before it is evened
AT_ONCE = 8  # windows
AHEAD = 16  # files that are decoded ahead


def sounds(root: Path) -> list[Path]:
    """Find the sounds of the packages."""
    found = [path for path in sorted(root.rglob("*")) if path.suffix.lower() in ENDINGS]
    return [path for path in found if not any(part in str(path).lower() for part in NO_SOUNDS)]


def windows(paths: Sequence[Path]) -> Iterator[Samples]:
    """Decode the first window of each sound the way the app does."""
    settings = Settings()
    limits = Limits(settings.decode_pixels, settings.decode_seconds, settings.decode_memory)
    decoders = DecodePool(cores(), limits, settings.thumbnail_side)
    try:
        for start in range(0, len(paths), AHEAD):
            asked = [
                decoders.extract(str(path), [yamnet.SOUND_INPUT], None)
                for path in paths[start : start + AHEAD]
            ]
            for future in asked:
                try:
                    taken = future.result()
                except BadInput:
                    continue
                first = taken.segments[:1]
                if first and (first[0].end or 0) - (first[0].start or 0) >= SHORTEST:
                    yield taken.inputs[yamnet.SOUND_INPUT][0]
    finally:
        decoders.close()


def listen(paths: Sequence[Path]) -> tuple[np.ndarray, np.ndarray]:
    """Give class logits (n, 521) and features (n, 1024) of the first window of each sound."""
    tower = yamnet.HearingTower("cpu")
    logits, features = [], []
    batch: list[Samples] = []

    def run() -> None:
        heard = tower.hear(np.stack(batch))
        logits.append(yamnet.class_logits(heard))
        features.append(yamnet.mean_features(heard))
        batch.clear()

    for window in windows(paths):
        batch.append(window)
        if len(batch) == AT_ONCE:
            run()
    if batch:
        run()
    return np.concatenate(logits), np.concatenate(features)


def axes(values: np.ndarray, dimension: int, evened: float) -> np.ndarray:
    """Give the principal axes (columns) of centred values, their spreads a little evened."""
    spreads, directions = np.linalg.eigh(np.cov(values.T))
    order = np.argsort(spreads)[::-1][:dimension]
    return np.asarray(directions[:, order] * np.maximum(spreads[order], LEAST) ** (-evened / 2))


def called(table: Path) -> list[list[str]]:
    """Read what each class is called: its name, what is heard, both, and each thing heard."""
    rows = [line.split("\t") for line in table.read_text("utf-8").splitlines()]
    return [
        [name, heard, f"{name}: {heard}", *(heard.split(", ") if ", " in heard else [])]
        for name, heard in rows
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the arrays that join hearing and words.")
    parser.add_argument("packages", type=Path)
    given = parser.parse_args()
    paths = sounds(given.packages)
    logits, features = listen(paths)
    mean, spread = logits.mean(0), logits.std(0)
    names = called(Path(__file__).with_name("sound_classes.tsv"))
    texts = SentenceTower().encode([name for known in names for name in known])
    target = Path(imagined.__file__).with_name("starter_sound.npz")
    np.savez(
        target,
        mean=mean.astype(np.float32),
        spread=spread.astype(np.float32),
        axes=axes((logits - mean) / spread, starter_sound.KINDS, KINDS_EVENED).astype(np.float16),
        texts=texts.astype(np.float16),
        names=np.array([len(known) for known in names], np.float32),
        shape_mean=features.mean(0).astype(np.float32),
        shape_axes=axes(features - features.mean(0), starter_sound.SHAPE, SHAPE_EVENED).astype(
            np.float16
        ),
    )
    size = target.stat().st_size / 1e6
    print(f"{target}: {size:.1f} MB, {len(logits)} of {len(paths)} sounds, {len(texts)} names")


if __name__ == "__main__":
    main()
