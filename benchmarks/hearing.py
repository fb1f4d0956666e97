"""How often words, sounds and pictures find the sound they mean, and sounds their picture.

usage: python -m benchmarks.hearing DIR [--model NAME] [--picture-model NAME] [--models FOLDER]

DIR holds `stamps`, pictures with a caption in a text file beside each and, for some, the sound of
the thing; and `samples`, sounds for music named by what they are. Files are decoded as the app
does it; of their names the models learn nothing, and nothing that is measured was used to make
them. A sound of several windows counts as its best one.

- words: each caption, and each name of a sample written out ("bd_808": "bass drum"), is asked;
  right are all sounds that bear it.
- sounds: of each sound of a second or more the second half is asked, among the first halves of
  all; right is its own. Then each sample among the others; right are those of its family.
- pictures: each stamp that has a sound is asked among all sounds of stamps, and each of these
  sounds among the pictures of all stamps; right is what bears the same caption.

hit@k is the share of questions with a right answer among the first k, MRR the mean of 1/rank of
the best right one; chance says what guessing would give for hit@1.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assetman.core.inputs import Modality, SoundSpec
from assetman.core.settings import Settings, cores
from assetman.embedding.catalogue import ModelCatalogue
from assetman.embedding.encoder import Samples, Vectors
from assetman.embedding.pool import EncoderPool
from assetman.media.handler import Limits
from assetman.media.workers import DecodePool
from assetman.workspace import default_models
from benchmarks.retrieval import captions, embed, line, ranks

FAMILIES = {
    "ambi": "ambient",
    "bd": "bass drum",
    "elec": "electronic",
    "guit": "guitar",
    "mehackit": "",
    "misc": "",
    "perc": "percussion",
    "sn": "snare drum",
    "vinyl": "vinyl record",
}
HEADER = f"{'':<34}queries  hit@1  hit@5  hit@10  MRR     chance@1"
WORST = -2.0  # below every cosine


@dataclass(frozen=True)
class Heard:
    """Sounds: their windows and which window is of which sound."""

    windows: Samples  # (m, length)
    owners: np.ndarray  # (m,) rows of sounds
    seconds: np.ndarray  # (sounds,)

    def best(self, similarities: np.ndarray) -> np.ndarray:
        """Turn (q, m) similarities to windows into (q, sounds): the best window counts."""
        found = np.full((len(similarities), len(self.seconds)), WORST)
        for window, owner in enumerate(self.owners):
            found[:, owner] = np.maximum(found[:, owner], similarities[:, window])
        return found


def listen(spec: SoundSpec, paths: Sequence[Path]) -> Heard:
    """Decode sounds the way the app does."""
    settings = Settings()
    limits = Limits(settings.decode_pixels, settings.decode_seconds, settings.decode_memory)
    decoders = DecodePool(cores(), limits, settings.thumbnail_side)
    try:
        asked = [decoders.extract(str(path), [spec], None) for path in paths]
        taken = [future.result() for future in asked]
    finally:
        decoders.close()
    owners = np.repeat(np.arange(len(paths)), [len(one.segments) for one in taken])
    seconds = np.array([max((s.end or 0 for s in one.segments), default=0) for one in taken])
    return Heard(np.concatenate([one.inputs[spec] for one in taken]), owners, seconds)


def halves(heard: Heard, spec: SoundSpec) -> tuple[Samples, Samples]:
    """Cut the first window of each sound of a second or more in two."""
    parts: tuple[list[Samples], list[Samples]] = ([], [])
    _, firsts = np.unique(heard.owners, return_index=True)
    for row in firsts:
        length = round(min(heard.seconds[heard.owners[row]] * spec.rate, spec.length))
        if length >= spec.rate:
            middle = length // 2
            for half, (start, end) in zip(parts, ((0, middle), (middle, length)), strict=True):
                cut = np.zeros(spec.length, np.float32)
                cut[: end - start] = heard.windows[row, start:end]
                half.append(cut)
    return np.stack(parts[0]), np.stack(parts[1])


def same(asked: Sequence[str], borne: Sequence[str]) -> np.ndarray:
    """Say which of those that bear names are right for those asked: (q, n) bool."""
    return np.array([[name == question for name in borne] for question in asked])


def written_out(path: Path) -> str:
    """Say in words what a sample is called."""
    family, *rest = path.stem.split("_")
    words = " ".join([FAMILIES.get(family, family), *rest])
    return " ".join(re.sub(r"\d+", " ", words).split())


def show(name: str, similarities: np.ndarray, right: np.ndarray) -> None:
    asked = right.any(1)
    row = line("", ranks(similarities[asked], right[asked]), right[asked])
    print(f"{name:<33}{row.strip():>50}")


def words(
    pool: EncoderPool, model: str, sets: dict[str, tuple[Heard, list[str]]]
) -> dict[str, Vectors]:
    """Ask for the sounds of each set, and of all sets together, by words; give their vectors."""
    vectors = {name: pool.sounds(model, heard.windows) for name, (heard, _) in sets.items()}
    for name, (heard, borne) in sets.items():
        asked = list(dict.fromkeys(borne))
        texts = pool.texts(model, asked)
        right = same(asked, borne)
        show(f"words, {name}", heard.best(texts @ vectors[name].T), right)
        others = [h.best(texts @ vectors[n].T) for n, (h, _) in sets.items() if n != name]
        more = [np.zeros(found.shape, bool) for found in others]
        mixed = np.hstack([heard.best(texts @ vectors[name].T), *others])
        show(f"words, {name} among all", mixed, np.hstack([right, *more]))
    return vectors


def sounds(pool: EncoderPool, model: str, name: str, heard: Heard) -> None:
    """Ask for the first half of each sound by its second."""
    spec = pool.sound_input(model)
    assert spec is not None
    first, second = halves(heard, spec)
    likeness = pool.sounds(model, second) @ pool.sounds(model, first).T
    show(f"half a sound, {name}", likeness, np.eye(len(first), dtype=bool))


def families(heard: Heard, vectors: Vectors, paths: Sequence[Path]) -> None:
    """Ask for the family of each sample by the sample."""
    likeness = np.full((len(paths), len(paths)), WORST)
    found = heard.best(vectors @ vectors.T)
    for window, owner in enumerate(heard.owners):
        likeness[owner] = np.maximum(likeness[owner], found[window])
    np.fill_diagonal(likeness, WORST)
    family = [path.stem.split("_")[0] for path in paths]
    right = same(family, family)
    np.fill_diagonal(right, False)
    show("a sound, samples of its family", likeness, right)


def senses(
    pool: EncoderPool,
    models: tuple[str, str],
    told: dict[Path, str],
    stamps: tuple[list[Path], Heard, list[str], Vectors],
) -> None:
    """Ask for sounds by pictures and for pictures by sounds."""
    paths, heard, borne, vectors = stamps
    model, picture_model = models
    if Modality.IMAGE in pool.modalities(model):
        asked = embed(pool, model, [path.with_suffix(".png") for path in paths])
        show("a picture, its sound", heard.best(asked @ vectors.T), same(borne, borne))
    if Modality.SOUND in pool.modalities(picture_model):
        seen = embed(pool, picture_model, list(told))
        questions = pool.sounds(picture_model, heard.windows)
        likeness = questions @ seen.T
        best = np.full((len(paths), len(told)), WORST)  # a silent sound finds nothing
        for window, owner in enumerate(heard.owners):
            best[owner] = np.maximum(best[owner], likeness[window])
        show("a sound, its picture", best, same(borne, list(told.values())))


def main() -> None:
    parser = argparse.ArgumentParser(description="How often the right sound is found.")
    parser.add_argument("dir", type=Path)
    parser.add_argument("--model", default="starter-sound")
    parser.add_argument("--picture-model", default="starter")
    parser.add_argument("--models", type=Path, default=None, help="where installed models lie")
    given = parser.parse_args()
    told = {path: said["en"] for path, said in captions(given.dir / "stamps").items()}
    paths = [path.with_suffix(".ogg") for path in told if path.with_suffix(".ogg").exists()]
    samples = sorted((given.dir / "samples").glob("*.flac"))
    if not paths or not samples:
        raise SystemExit(f"{given.dir} holds no stamps with sounds, or no samples")
    pool = EncoderPool(ModelCatalogue(given.models or default_models()))
    spec = pool.sound_input(given.model)
    if spec is None:
        raise SystemExit(f"{given.model} takes no sounds")
    borne = [told[path.with_suffix(".png")] for path in paths]
    stamps = listen(spec, paths)
    music = listen(spec, samples)
    started = time.monotonic()
    count = len(stamps.windows) + len(music.windows)
    print(f"{pool.space(given.model).key}: {len(paths)} stamps, {len(samples)} samples\n\n{HEADER}")
    named = {"stamps": (stamps, borne), "samples": (music, [written_out(path) for path in samples])}
    vectors = words(pool, given.model, named)
    sounds(pool, given.model, "stamps", stamps)
    sounds(pool, given.model, "samples", music)
    families(music, vectors["samples"], samples)
    models = (given.model, given.picture_model)
    senses(pool, models, told, (paths, stamps, borne, vectors["stamps"]))
    print(f"\n{count} windows and the questions in {time.monotonic() - started:.0f} s")
    pool.close()


if __name__ == "__main__":
    main()
