"""Damaged videos of every container and codec: frames with sensible times, or a sentence.

About 100 files; `--dose 50` is 5,000. What became of them is printed by container and codec (`-s`).
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from assetman.core.assets import Kind, SegmentKind
from assetman.core.errors import BadInput
from assetman.core.inputs import Fit, InputSpec, SoundSpec
from assetman.core.sheets import SHEET_CELLS
from assetman.media import formats
from assetman.media.handler import Extraction, Limits, Stretch
from assetman.media.workers import DecodePool
from tests.torture.mutation import mutated, table
from tests.torture.promises import heard_in, told_in
from tests.torture.video_seeds import video_seeds
from tests.torture.watching_eyes import most_memory_of_children

pytestmark = pytest.mark.timeout(6 * 3600)

FILES = 100
MEMORY = 512 << 20
SLACK = 96 << 20  # what Python and its libraries map shared and read-only
LIMITS = Limits(pixels=20_000_000, seconds=10.0, memory=MEMORY)
SPEC = InputSpec(32, Fit.SQUASH)
HEARD = SoundSpec(16_000)
PATIENCE = 120.0  # seconds for one file, with a decoder to be started
STRETCHES = 3  # that are read of one file at most

OUTCOMES = {
    "damaged": r"The video is damaged and cannot be read"
    r"|Not one frame of the video can be decoded: it is damaged or cut off",
    "cut off": r"The video is cut off: .*",
    "no video": r"This is not a video Assetman can read|The file is empty"
    r"|There are no moving pictures in this file(, only sound)?"
    r"|This is no video but a picture( \(\w+\))? with the ending of a video",
    "unknown": r"The video is coded as “[^”\n]+”, for which there is no decoder here"
    r"|The video is protected against copying and cannot be read",
    "too large": r"The video is [\d,]+ × [\d,]+ pixels, more than the 20 million allowed",
    "memory": r"Reading the file takes more than the 512 MB of memory allowed",
    "time": r"Reading the file took longer than the 10 seconds allowed",
    "crash": r"The decoder crashed on this file",
}


@pytest.fixture
def pool() -> Iterator[DecodePool]:
    made = DecodePool(1, LIMITS, 64)
    yield made
    made.close()


def outcome(pool: DecodePool, path: Path, folder: Path, whole: bool = True) -> str:
    """Say what became of a file; what is no sentence for a person comes back as it is.

    With `whole` a frame of it is also made to be looked at.
    """
    try:
        stretch: Stretch | None = Stretch(sheet=folder / "sheet.0.webp")
        for _ in range(STRETCHES):
            if stretch is None:
                break
            thumbnail = None if stretch.number else folder / "a.webp"
            found = pool.extract(str(path), [SPEC, HEARD], thumbnail, stretch).result(PATIENCE)
            if found.probe.kind is Kind.AUDIO:  # nothing of its pictures is left
                heard_in(found, stretch, [HEARD])
                return "sound"
            stretch = checked(found, stretch, folder)
        if whole:
            pool.preview(str(path), None, folder / "whole").result(PATIENCE)
    except BadInput as error:
        sentence = str(error)
        for word, pattern in OUTCOMES.items():
            if re.fullmatch(pattern, sentence):
                return word
        return f"said: {sentence}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    assert (folder / "a.webp").stat().st_size > 0
    return "video"


def checked(found: Extraction, stretch: Stretch, folder: Path) -> Stretch | None:
    """Hold a stretch to what is promised of any; gives the next one, if there is more."""
    windows = heard_in(found, stretch, [HEARD])
    shots = [each for each in found.segments if each.kind is SegmentKind.SHOT]
    assert len(shots) + len(windows) == len(found.segments)
    assert len(shots) <= SHEET_CELLS
    assert shots or stretch.number, "a video has something to be seen"
    assert found.inputs[SPEC].shape == (len(shots), 32, 32, 3)
    assert [each.ordinal for each in shots] == [
        *range(stretch.ordinal, stretch.ordinal + len(shots))
    ]
    for shot in shots:
        times = np.array([0.0, shot.start, shot.at, shot.end], float)
        assert np.isfinite(times).all(), times
        assert (np.diff(times) >= 0).all(), times
        assert re.fullmatch("[0-9a-f]{16}", shot.look or "")
    starts = [shot.start or 0.0 for shot in shots]
    assert starts == sorted(starts)
    told_in(found)
    if found.rest is None:
        return None
    assert found.rest > stretch.start, "it goes on"
    number = stretch.number + 1
    sheet = folder / f"sheet.{number}.webp"
    ordinal, window = stretch.ordinal + len(shots), stretch.window + len(windows)
    return Stretch(found.rest, number, ordinal, sheet, window, seen=found.seen)


def test_every_seed_is_a_video_and_its_ending_is_read(pool: DecodePool, tmp_path: Path) -> None:
    for number, (form, ending, data) in enumerate(video_seeds(tmp_path)):
        path = tmp_path / f"{number}.{ending}"
        path.write_bytes(data)
        assert outcome(pool, path, tmp_path) == "video", form
        assert path.suffix in formats.VIDEOS, form


def test_mutated_videos_of_every_form_are_videos_or_told_of(
    pool: DecodePool, tmp_path: Path, dose: float, seed: int
) -> None:
    chance = random.Random(seed)
    made = video_seeds(tmp_path)
    counts: dict[str, Counter[str]] = {form: Counter() for form, _, _ in made}
    wrong, most = {}, 0
    for number in range(int(FILES * dose)):
        form, ending, data = made[number % len(made)]
        path = tmp_path / f"file.{ending}"
        path.write_bytes(mutated(data, chance, made))
        folder = tmp_path / "small"
        (folder / "a.webp").unlink(missing_ok=True)
        became = outcome(pool, path, folder, whole=number % 3 == 0)
        if became not in OUTCOMES and became not in ("video", "sound"):
            path.rename(tmp_path / f"kept {number}.{ending}")
            wrong[f"{number}.{ending}"] = became[-2000:]
            became = "wrong"
        counts[form][became] += 1
        if number % 25 == 0 or became in ("crash", "memory", "time"):
            most = max(most, most_memory_of_children())
    print(table(counts, ["video", "sound", *OUTCOMES]))
    print(f"the most memory of a decoder: {most >> 20} MB")
    assert not wrong, "\n\n".join(f"{name}: {became}" for name, became in wrong.items())
    assert most < MEMORY + SLACK
    assert not [path for path in (tmp_path / "small").iterdir() if path.suffix == ".part"]
