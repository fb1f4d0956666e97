"""Catalogues damaged at random: they open, are sound, and hold what could be saved.

`pytest tests/torture/test_damage.py --dose 100` damages a thousand and more, and counts.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from assetman.core.spaces import Space
from assetman.library.library import Library
from assetman.library.problems import MARK
from kit.written import State, state, write_something

TIMES = 1  # at dose 1, of each kind
PAGE = 8192
TRANSACTIONS = 60

pytestmark = pytest.mark.timeout(3600)
Damage = Callable[[bytearray, random.Random], None]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with a backup of some time ago."""
    folder, chance = tmp_path_factory.mktemp("sound") / "library", random.Random(5)
    with Library.open(folder) as library:
        library.roots.add(str(folder.parent / "photos"))
        library.spaces.ensure(Space("first", "1", 1, 64))
        for number in range(TRANSACTIONS):
            write_something(library, number, chance)
            if number == TRANSACTIONS * 2 // 3:
                library.back_up()
    return folder


@pytest.fixture(scope="module")
def before(sound: Path) -> State:
    with Library.open(sound) as library:
        return state(library)


def some_bytes(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randrange(1, 60)):
        data[chance.randrange(len(data))] = chance.randrange(256)


def some_pages(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(data) // PAGE) * PAGE
        data[at : at + PAGE] = chance.choice((bytes(PAGE), chance.randbytes(PAGE)))


def a_run_of_sectors(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data) // 512) * 512
    length = min(512 * chance.randrange(1, 100), len(data) - at)
    data[at : at + length] = bytes(length)


def pages_exchanged(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randrange(1, 4)):
        one, other = (chance.randrange(len(data) // PAGE) * PAGE for _ in range(2))
        data[one : one + PAGE], data[other : other + PAGE] = (
            data[other : other + PAGE],
            data[one : one + PAGE],
        )


def a_cut(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data)) :]


def the_beginning(data: bytearray, chance: random.Random) -> None:
    length = chance.choice((16, 100, 4096, PAGE, 3 * PAGE))
    data[:length] = chance.choice((bytes(length), chance.randbytes(length)))


KINDS: tuple[Damage, ...] = (
    *(some_bytes, some_pages, a_run_of_sectors),
    *(pages_exchanged, a_cut, the_beginning),
)


@pytest.mark.parametrize("damage", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("backed_up", [True, False], ids=["with a backup", "without"])
def test_whatever_happens_to_the_file_the_library_opens_and_is_sound(
    sound: Path,
    before: State,
    tmp_path: Path,
    damage: Damage,
    backed_up: bool,
    dose: float,
    seed: int,
) -> None:
    chance, kept, tagged, times = random.Random(seed), 0, 0, max(1, round(TIMES * dose))
    known = {row[0]: row for row in before}
    told = {path: row[1:3] for path, row in known.items() if row[1] or row[2]}
    for _ in range(times):
        folder = tmp_path / "library"
        shutil.copytree(sound, folder)
        if not backed_up:
            shutil.rmtree(folder / "backups")
        data = bytearray((folder / "library.sqlite").read_bytes())
        damage(data, chance)
        (folder / "library.sqlite").write_bytes(data)
        (folder / MARK).touch()  # as whoever meets the damage leaves it
        if not backed_up and len(data) < 40 * PAGE:
            shutil.rmtree(folder)  # nothing at all is left
            continue
        with Library.open(folder) as library:
            assert library.check() == []
            now = {row[0]: row for row in state(library)}
            kept += len(now.keys() & known.keys())
            tagged += sum(path in now and now[path][1:3] == said for path, said in told.items())
            library.roots.add(str(sound.parent / "photos"))
            library.spaces.ensure(Space("first", "1", 1, 64))
            write_something(library, 1000, chance)  # no number is given twice
            assert library.assets.count() > len(now)
        with Library.open(folder) as library:
            assert library.check() == []
            assert len(list(folder.glob("library.damaged-*.sqlite"))) <= 1
        shutil.rmtree(folder)
    share, marked = kept / len(known) / times, tagged / len(told) / times
    print(f"{times} times: {share:.2%} of files, {marked:.2%} with all tags and ratings")
    assert not backed_up or share > 0.6
