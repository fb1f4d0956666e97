"""Damaged sounds of every container and codec: windows with sensible times, or a sentence.

40 files; `--dose 100` is 4,000. What became of them is printed by codec and container (`-s`).
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from assetman.core.assets import Kind
from assetman.core.errors import BadInput
from assetman.core.inputs import Padding, SoundSpec
from assetman.core.sounds import peak_rate
from assetman.media import formats
from assetman.media.handler import Extraction, Limits, Stretch
from assetman.media.workers import DecodePool
from tests.torture.mutation import mutated, table
from tests.torture.promises import heard_in, told_in
from tests.torture.sound_seeds import SECONDS, sound_seeds
from tests.torture.watching_eyes import most_memory_of_children

pytestmark = pytest.mark.timeout(6 * 3600)

FILES = 40
MEMORY = 512 << 20
SLACK = 96 << 20  # what Python and its libraries map shared and read-only
LIMITS = Limits(pixels=20_000_000, seconds=10.0, memory=MEMORY)
SPECS = (SoundSpec(16_000), SoundSpec(48_000, Padding.REPEAT))
PATIENCE = 120.0  # seconds for one file, with a decoder to be started
STRETCHES = 3  # that are read of one file at most

OUTCOMES = {
    "damaged": r"The (sound|video) is damaged and cannot be read"
    r"|Nothing of the sound can be decoded: it is damaged or cut off",
    "cut off": r"The (sound|video) is cut off: .*",
    "no sound": r"This is not a sound Assetman can read|The file is empty"
    r"|There is no sound in this file(, only moving pictures)?"
    r"|This is no sound but a picture( \(\w+\))? with the ending of a sound"
    r"|There are no moving pictures in this file|This is not a video Assetman can read",
    "unknown": r"The sound is coded as “[^”\n]+”, for which there is no decoder here"
    r"|The sound is protected against copying and cannot be read",
    "senseless": r"The sound claims [\d,-]+ samples a second, which makes no sense"
    r"|The sound has [\d,-]+ channels, and \d+ are allowed",
    "memory": r"Reading the file takes more than the 512 MB of memory allowed",
    "time": r"Reading the file took longer than the 10 seconds allowed",
    "crash": r"The decoder crashed on this file",
}


@pytest.fixture
def pool() -> Iterator[DecodePool]:
    made = DecodePool(1, LIMITS, 64)
    yield made
    made.close()


def outcome(pool: DecodePool, path: Path, folder: Path) -> str:
    """Say what became of a file; what is no sentence for a person comes back as it is."""
    try:
        stretch: Stretch | None = Stretch(outline=folder / "0.npy")
        for _ in range(STRETCHES):
            if stretch is None:
                break
            thumbnail = None if stretch.number else folder / "a.webp"
            found = pool.extract(str(path), SPECS, thumbnail, stretch).result(PATIENCE)
            if found.probe.kind is Kind.VIDEO:
                return "film"
            stretch = checked(found, stretch, folder)
    except BadInput as error:
        sentence = str(error)
        for word, pattern in OUTCOMES.items():
            if re.fullmatch(pattern, sentence):
                return word
        return f"said: {sentence}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "sound"


def checked(found: Extraction, stretch: Stretch, folder: Path) -> Stretch | None:
    """Hold a stretch to what is promised of any; gives the next one, if there is more."""
    windows = heard_in(found, stretch, SPECS)
    assert len(windows) == len(found.segments)
    assert found.probe.sound is not None
    told_in(found)
    outline = np.load(folder / f"{stretch.number}.npy")
    assert outline.dtype == np.int8
    assert outline.ndim == 2
    assert outline.shape[1] == 2
    assert (outline[:, 0] <= outline[:, 1]).all()
    if found.rest is None:
        return None
    assert found.rest > stretch.start, "it goes on"
    number, window = stretch.number + 1, stretch.window + len(windows)
    onward = folder / f"{number}.npy"
    return Stretch(found.rest, number, window=window, outline=onward, seen=found.seen)


def test_every_seed_is_a_sound_and_its_ending_is_read(pool: DecodePool, tmp_path: Path) -> None:
    for number, (form, ending, data) in enumerate(sound_seeds(tmp_path)):
        path = tmp_path / f"{number}.{ending}"
        path.write_bytes(data)
        assert outcome(pool, path, tmp_path) == "sound", form
        assert path.suffix in formats.SOUNDS | formats.VIDEOS, form
        outline = np.load(tmp_path / "0.npy")
        assert len(outline) == pytest.approx(SECONDS * peak_rate(SECONDS), rel=0.1), form


def test_mutated_sounds_of_every_form_are_sounds_or_told_of(
    pool: DecodePool, tmp_path: Path, dose: float, seed: int
) -> None:
    chance = random.Random(seed)
    made = sound_seeds(tmp_path)
    counts: dict[str, Counter[str]] = {form: Counter() for form, _, _ in made}
    wrong, most = {}, 0
    folder = tmp_path / "small"
    folder.mkdir()
    for number in range(int(FILES * dose)):
        form, ending, data = made[number % len(made)]
        path = tmp_path / f"file.{ending}"
        path.write_bytes(mutated(data, chance, made))
        became = outcome(pool, path, folder)
        if became not in OUTCOMES and became not in ("sound", "film"):
            path.rename(tmp_path / f"kept {number}.{ending}")
            wrong[f"{number}.{ending}"] = became[-2000:]
            became = "wrong"
        counts[form][became] += 1
        if number % 25 == 0 or became in ("crash", "memory", "time"):
            most = max(most, most_memory_of_children())
    print(table(counts, ["sound", "film", *OUTCOMES]))
    print(f"the most memory of a decoder: {most >> 20} MB")
    assert not wrong, "\n\n".join(f"{name}: {became}" for name, became in wrong.items())
    assert most < MEMORY + SLACK
    assert not [path for path in folder.iterdir() if path.suffix == ".part"]
