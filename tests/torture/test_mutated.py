"""Damaged files of every format, through every decoder: a picture or a sentence, nothing else.

About 150 files; `--dose 133` is 20,000. What became of them is printed by format (`-s`).
"""

from __future__ import annotations

import gzip
import random
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest

from assetman.core.errors import BadInput
from assetman.core.inputs import Fit, InputSpec
from assetman.media import formats
from assetman.media.handler import Limits
from assetman.media.workers import DecodePool
from tests.torture.picture_seeds import seeds
from tests.torture.watching_eyes import most_memory_of_children

pytestmark = pytest.mark.timeout(6 * 3600)

FILES = 150
MEMORY = 512 << 20
SLACK = 96 << 20  # what Python and its libraries map shared and read-only
LIMITS = Limits(pixels=20_000_000, seconds=10.0, memory=MEMORY)
SPEC = InputSpec(32, Fit.SQUASH)
PATIENCE = 120.0  # seconds for one file, with a decoder to be started
ODD = (0, 1, 2, 127, 128, 255, 256, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)

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

Seed = tuple[str, str, bytes]


@pytest.fixture
def pool() -> Iterator[DecodePool]:
    made = DecodePool(1, LIMITS, 64)
    yield made
    made.close()


def mutated(data: bytes, chance: random.Random, others: list[Seed]) -> bytes:
    """Damage a file in one to three ways."""
    if data.startswith(b"\x1f\x8b") and chance.random() < 0.7:
        return gzip.compress(mutated(gzip.decompress(data), chance, others))
    broken = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        written_out = data.startswith((b"<", b"#define", b"P")) and chance.random() < 0.7
        way = _edit_a_word if written_out else chance.choice(WAYS)
        way(broken, chance, others)
    if chance.random() < 0.5:
        _sign(broken)
    return bytes(broken)


def _sign(data: bytearray) -> None:
    """Put a PNG's checksums right, so that damage comes further than to them."""
    at = 8
    while data.startswith(b"\x89PNG") and at + 12 <= len(data):
        end = at + 8 + int.from_bytes(data[at : at + 4], "big")
        data[end : end + 4] = zlib.crc32(data[at + 4 : end]).to_bytes(4, "big")
        at = end + 4


def _flip(data: bytearray, chance: random.Random, others: list[Seed]) -> None:
    for _ in range(chance.choice((1, 2, 8, 64))):
        if data:
            data[_place(data, chance)] ^= 1 << chance.randrange(8)


def _cut(data: bytearray, chance: random.Random, others: list[Seed]) -> None:
    del data[chance.randrange(len(data) + 1) :]


def _overwrite(data: bytearray, chance: random.Random, others: list[Seed]) -> None:
    start, end = _block(data, chance)
    length = end - start
    data[start:end] = chance.choice((bytes(length), b"\xff" * length, chance.randbytes(length)))


def _swap(data: bytearray, chance: random.Random, others: list[Seed]) -> None:
    (a, b), (c, _) = sorted((_block(data, chance), _block(data, chance)))
    length = min(b - a, max(0, c - a), len(data) - c)
    data[a : a + length], data[c : c + length] = data[c : c + length], data[a : a + length]


def _repeat(data: bytearray, chance: random.Random, others: list[Seed]) -> None:
    start, end = _block(data, chance)
    data[start:start] = data[start:end] * chance.choice((1, 1, 2, 50))


def _remove(data: bytearray, chance: random.Random, others: list[Seed]) -> None:
    start, end = _block(data, chance)
    del data[start:end]


def _edit_a_number(data: bytearray, chance: random.Random, others: list[Seed]) -> None:
    """Put an odd number where a length, a count or an offset may stand."""
    width = chance.choice((1, 2, 2, 4, 4, 4, 8))
    order: Literal["big", "little"] = "big" if chance.random() < 0.5 else "little"
    at = _place(data, chance)
    before = int.from_bytes(data[at : at + width], order)
    after = chance.choice((*ODD, before + 1, before - 1, before * 2, before // 2, len(data)))
    fits = after % (1 << (8 * width))
    data[at : at + width] = fits.to_bytes(width, order)


def _edit_a_word(data: bytearray, chance: random.Random, others: list[Seed]) -> None:
    """Put an odd number where one is written out, as drawings and simple formats have them."""
    places = list(re.finditer(rb"[0-9.]+", bytes(data[: 1 << 14])))
    if places:
        place = chance.choice(places)
        odd = (b"0", b"-1", b"1e9", b"-1e38", b"1e-38", b"999999", b"nan", b"", b"4294967296")
        data[place.start() : place.end()] = chance.choice(odd)


def _splice(data: bytearray, chance: random.Random, others: list[Seed]) -> None:
    other = chance.choice(others)[2]
    data[chance.randrange(len(data) + 1) :] = other[chance.randrange(len(other)) :]


WAYS: tuple[Callable[[bytearray, random.Random, list[Seed]], None], ...] = (
    *(_flip, _flip, _cut, _overwrite, _swap, _repeat, _remove, _splice),
    *(_edit_a_number, _edit_a_number, _edit_a_number, _edit_a_word),
)


def _place(data: bytearray, chance: random.Random) -> int:
    """Choose a place; most that can go wrong stands at the beginning."""
    if not data:
        return 0
    return chance.randrange(min(len(data), chance.choice((64, 512, 1 << 40))))


def _block(data: bytearray, chance: random.Random) -> tuple[int, int]:
    start = _place(data, chance)
    return start, min(len(data), start + chance.choice((1, 4, 16, 64, 512, 4096)))


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
    assert found.pixels[SPEC].shape == (1, 32, 32, 3)
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
    print(table(counts))
    print(f"the most memory of a decoder: {most >> 20} MB")
    assert not wrong, "\n\n".join(f"{name}: {became}" for name, became in wrong.items())
    assert most < MEMORY + SLACK
    assert not [path for path in (tmp_path / "small").iterdir() if path.suffix == ".part"]


def table(counts: dict[str, Counter[str]]) -> str:
    """Write what became of how many files, as a table of Markdown."""
    columns = ["picture", *OUTCOMES, "wrong"]
    lines = [f"| format | files | {' | '.join(columns)} |", "|---" * (2 + len(columns)) + "|"]
    for form in sorted(counts, key=str.lower):
        numbers = " | ".join(str(counts[form][column]) for column in columns)
        lines.append(f"| {form} | {counts[form].total()} | {numbers} |")
    whole = sum(counts.values(), Counter())
    numbers = " | ".join(f"{whole[column]:,}" for column in columns)
    lines.append(f"| **all** | {whole.total():,} | {numbers} |")
    return "\n".join(lines)
