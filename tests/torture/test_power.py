"""Power that fails: logs cut and torn at any length, writes that came out of their order.

`pytest tests/torture/test_power.py --dose 100` opens thousands of such libraries.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from assetman.core.spaces import Space
from assetman.engine.client import connect
from assetman.library.library import Library
from kit.ordeal import (
    end,
    family,
    finish,
    holding,
    kill,
    kill_engines_of,
    paint_many,
    paths_of_python,
)
from kit.written import State, state, write_something

CUTS = 24  # at dose 1
FRAME = 8192 + 24
SECTOR = 512

pytestmark = pytest.mark.timeout(3600)


@dataclass
class Scene:
    """A library as it lay on the disk, and what it held after each of its transactions."""

    folder: Path
    log: bytes
    states: list[tuple[int, State]]  # length of the log, what was stored by then

    def at(self, length: int) -> State:
        """Say what a library holds of whose log so many bytes are left."""
        return [held for reached, held in self.states if reached <= length][-1]


@pytest.fixture
def scene(tmp_path: Path, seed: int) -> Scene:
    """A library that wrote much since its log was last folded into it."""
    folder, chance = tmp_path / "scene", random.Random(seed)
    with Library.open(tmp_path / "first") as library:
        library.roots.add(str(tmp_path / "photos"))
        library.spaces.ensure(Space("first", "1", 1, 64))
        for number in range(8):
            write_something(library, number, chance)
    with Library.open(tmp_path / "first") as library:
        log = tmp_path / "first" / "library.sqlite-wal"
        states = [(0, state(library))]
        for number in range(8, 40):
            write_something(library, number, chance)
            states.append((log.stat().st_size, state(library)))
        shutil.copytree(tmp_path / "first", folder, ignore=shutil.ignore_patterns("*-shm"))
    content = (folder / "library.sqlite-wal").read_bytes()
    assert [reached for reached, _ in states] == sorted({reached for reached, _ in states})
    assert len(content) == states[-1][0], "the log was folded in meanwhile"
    return Scene(folder, content, states)


def lay(scene: Scene, folder: Path, log: bytes) -> Path:
    """Lay the library out as a disk had it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shutil.copy(scene.folder / "library.sqlite", folder)
    (folder / "library.sqlite-wal").write_bytes(log)
    return folder


def look(folder: Path) -> State:
    """Open a library, hold it to be sound without having been mended, and say what it holds."""
    with Library.open(folder) as library:
        assert library.check() == []
        assert library.notices() == ()
        return state(library)


def times(dose: float, share: float = 1) -> range:
    return range(max(2, round(CUTS * share * dose)))


def test_a_log_cut_at_any_length_holds_every_transaction_before_the_cut(
    scene: Scene, tmp_path: Path, dose: float, seed: int
) -> None:
    chance = random.Random(seed)
    for _ in times(dose):
        cut = chance.randrange(len(scene.log) + 1)
        log = scene.log[:cut] + chance.randbytes(chance.choice((0, 0, 100, 9000)))
        assert look(lay(scene, tmp_path / "cut", log)) == scene.at(cut)


def test_a_tail_of_which_sectors_were_lost_or_came_late_is_left_out(
    scene: Scene, tmp_path: Path, dose: float, seed: int
) -> None:
    chance = random.Random(seed)
    for _ in times(dose, 0.5):
        synced = chance.choice(scene.states[:-1])[0]  # what the disk had said was on it
        log = bytearray(scene.log)
        lost = []
        for at in range(synced - synced % SECTOR + SECTOR, len(log), SECTOR):
            if chance.random() < 0.3:
                lost.append(at)
                old = bytes(SECTOR) if chance.random() < 0.5 else chance.randbytes(SECTOR)
                log[at : at + SECTOR] = old[: len(log) - at]
        found = look(lay(scene, tmp_path / "torn", bytes(log)))
        held = [known for _, known in scene.states]
        assert found in held
        assert held.index(found) >= held.index(scene.at(synced))


def test_a_log_half_folded_into_the_catalogue_loses_nothing(
    scene: Scene, tmp_path: Path, dose: float, seed: int
) -> None:
    chance = random.Random(seed)
    folded = lay(scene, tmp_path / "folded", scene.log) / "library.sqlite"
    with closing(sqlite3.connect(folded)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    new, old = folded.read_bytes(), (scene.folder / "library.sqlite").read_bytes()
    for _ in times(dose, 0.5):
        folder = lay(scene, tmp_path / "half", scene.log)
        mixed = bytearray(old)
        for at in range(0, len(new), SECTOR):
            if chance.random() < 0.5:
                mixed[len(mixed) :] = bytes(max(0, at - len(mixed)))
                mixed[at : at + SECTOR] = new[at : at + SECTOR]
        (folder / "library.sqlite").write_bytes(mixed)
        assert look(folder) == scene.states[-1][1]


def test_a_log_that_begins_anew_over_an_older_one_is_not_mixed_with_it(
    scene: Scene, tmp_path: Path, dose: float, seed: int
) -> None:
    """A log is written from its start again once it was folded in; the old tail lies behind."""
    chance = random.Random(seed)
    for _ in times(dose, 0.3):
        folder = lay(scene, tmp_path / "anew", scene.log)
        with closing(sqlite3.connect(folder / "library.sqlite")) as connection:
            connection.execute("PRAGMA wal_checkpoint(RESTART)")
            connection.execute("UPDATE assets SET rating = 5 WHERE id = 1")
            connection.commit()
            shutil.copytree(folder, tmp_path / "killed", ignore=shutil.ignore_patterns("*-shm"))
        log = bytearray((tmp_path / "killed" / "library.sqlite-wal").read_bytes())
        frames = [at for at in range(32, len(log), FRAME) if log[at + 8 : at + 12] == log[16:20]]
        assert len(log) == len(scene.log), "the old tail lies behind the new beginning"
        cut = chance.randrange(32, 32 + FRAME * len(frames))
        log[cut : 32 + FRAME * len(frames)] = bytes(32 + FRAME * len(frames) - cut)
        last = {row[0]: row for row in scene.states[-1][1]}
        for row in look(lay_over(tmp_path / "killed", bytes(log))):
            assert last[row[0]][2:] == row[2:]
        shutil.rmtree(tmp_path / "killed")


def lay_over(folder: Path, log: bytes) -> Path:
    (folder / "library.sqlite-wal").write_bytes(log)
    return folder


@pytest.fixture
def pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("PYTHONPATH", paths_of_python(tmp_path / "site"))
    yield paint_many(tmp_path / "pictures", 40)
    kill_engines_of(tmp_path)


def test_after_a_power_cut_the_next_run_ends_as_if_nothing_had_been(
    pictures: Path, tmp_path: Path, dose: float, seed: int
) -> None:
    library, chance = tmp_path / "library", random.Random(seed)
    client = connect(library)
    client.use_model("colours")
    client.add_root(str(pictures))
    finish(client)
    kill(family(library))
    client.close()
    whole = tmp_path / "whole"
    leave = shutil.ignore_patterns("*-shm", "engine.json")
    shutil.copytree(library, whole, ignore=leave)
    expected = holding(library)
    log = (whole / "library.sqlite-wal").read_bytes()
    assert log
    for cut in range(max(1, round(dose))):
        copy = tmp_path / f"cut {cut}"
        shutil.copytree(whole, copy)
        torn = log[: chance.randrange(len(log))] + chance.randbytes(chance.randrange(9000))
        (copy / "library.sqlite-wal").write_bytes(torn)
        client = connect(copy)
        if not client.roots():  # cut before it was added
            client.use_model("colours")
            client.add_root(str(pictures))
        finish(client)
        end(client, copy)
        assert holding(copy) == expected, f"cut {cut}"
        shutil.rmtree(copy)
