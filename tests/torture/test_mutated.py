"""Damaged files of every format, through every decoder: a picture or a sentence, nothing else.

About 150 files; `--dose 133` is 20,000. What became of them is printed by format (`-s`).
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from assetman.core.errors import BadInput
from assetman.core.inputs import Fit, InputSpec
from assetman.media import formats
from assetman.media.handler import Limits
from assetman.media.workers import DecodePool
from tests.torture.mutation import mutated, table
from tests.torture.picture_seeds import seeds
from tests.torture.watching_eyes import most_memory_of_children

pytestmark = pytest.mark.timeout(6 * 3600)

FILES = 150
MEMORY = 512 << 20
SLACK = 96 << 20  # what Python and its libraries map shared and read-only
LIMITS = Limits(pixels=20_000_000, seconds=10.0, memory=MEMORY)
SPEC = InputSpec(32, Fit.SQUASH)
PATIENCE = 120.0  # seconds for one file, with a decoder to be started
OUTCOMES = {
    "damaged": r"The (picture|drawing) is damaged and cannot be read",
    "cut off": r"The (picture|drawing) is cut off: the file ends before the (picture|drawing) does",
    "no picture": r"This is not a picture Assetman can read|The picture has no pixels|The file is empty",
    "too large": r"The picture is [\d,]+ × [\d,]+ pixels, more than the 20 million allowed"
    r"|The drawing is more than 64 MB of text",
    "memory": r"Reading the file takes more than the 512 MB of memory allowed",
    "time": r"Reading the file took longer than the 10 seconds allowed",
    "crash": r"The decoder crashed on this file",
}  # fmt: skip


@pytest.fixture
def pool() -> Iterator[DecodePool]:
    made = DecodePool(1, LIMITS, 64)
    yield made
    made.close()


def outcome(pool: DecodePool, path: Path, thumbnail: Path, whole: bool = True) -> str:
    """Say what became of a file; what is no sentence for a person comes back as it is.

    With `whole` it is also decoded to its last pixel, as to be looked at.
    """
    try:
        found = pool.extract(str(path), [SPEC], thumbnail).result(PATIENCE)
        if whole:
            pool.preview(str(path), None, thumbnail.with_name("whole")).result(PATIENCE)
    except BadInput as error:
        sentence = str(error)
        for word, pattern in OUTCOMES.items():
            if re.fullmatch(pattern, sentence):
                return word
        return f"said: {sentence}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    assert found.inputs[SPEC].shape == (1, 32, 32, 3)
    assert thumbnail.stat().st_size > 0
    return "picture"


def test_every_seed_is_a_picture_and_every_format_has_one(pool: DecodePool, tmp_path: Path) -> None:
    made = seeds(tmp_path)
    for number, (form, ending, data) in enumerate(made):
        path = tmp_path / f"{number}.{ending}"
        path.write_bytes(data)
        assert outcome(pool, path, tmp_path / "a.webp") == "picture", (form, ending)
        assert path.suffix in formats.PICTURES


def test_mutated_files_of_every_format_are_pictures_or_told_of(
    pool: DecodePool, tmp_path: Path, dose: float, seed: int
) -> None:
    chance = random.Random(seed)
    made = seeds(tmp_path)
    counts: dict[str, Counter[str]] = {form: Counter() for form, _, _ in made}
    wrong, most = {}, 0
    for number in range(int(FILES * dose)):
        form, ending, data = made[number % len(made)]
        path = tmp_path / f"file.{ending}"
        path.write_bytes(mutated(data, chance, made))
        thumbnail = tmp_path / "small" / "a.webp"
        thumbnail.unlink(missing_ok=True)
        became = outcome(pool, path, thumbnail, whole=number % 3 == 0)
        if became not in OUTCOMES and became != "picture":
            path.rename(tmp_path / f"kept {number}.{ending}")
            wrong[f"{number}.{ending}"] = became[-2000:]
            became = "wrong"
        counts[form][became] += 1
        if number % 25 == 0 or became in ("crash", "memory", "time"):
            most = max(most, most_memory_of_children())
    print(table(counts, ["picture", *OUTCOMES]))
    print(f"the most memory of a decoder: {most >> 20} MB")
    assert not wrong, "\n\n".join(f"{name}: {became}" for name, became in wrong.items())
    assert most < MEMORY + SLACK
    assert not [path for path in (tmp_path / "small").iterdir() if path.suffix == ".part"]
