"""Ways to damage a file, drawn at random, and a table of what became of many."""

from __future__ import annotations

import gzip
import random
import re
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Literal

ODD = (0, 1, 2, 127, 128, 255, 256, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)

Seed = tuple[str, str, bytes]


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


def table(counts: dict[str, Counter[str]], outcomes: Sequence[str]) -> str:
    """Write what became of how many files, as a table of Markdown."""
    columns = [*outcomes, "wrong"]
    lines = [f"| format | files | {' | '.join(columns)} |", "|---" * (2 + len(columns)) + "|"]
    for form in sorted(counts, key=str.lower):
        numbers = " | ".join(str(counts[form][column]) for column in columns)
        lines.append(f"| {form} | {counts[form].total()} | {numbers} |")
    whole = sum(counts.values(), Counter())
    numbers = " | ".join(f"{whole[column]:,}" for column in columns)
    lines.append(f"| **all** | {whole.total():,} | {numbers} |")
    return "\n".join(lines)
