"""The whole tree of processes killed at any moment: what was said to be stored is there.

`pytest tests/torture/test_kills.py --dose 100` kills 200 times.
"""

from __future__ import annotations

import random
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from assetman.core.errors import AssetmanError
from assetman.core.queries import Query
from assetman.core.sheets import SHEET_CELLS
from assetman.engine.client import EngineClient, connect
from assetman.engine.protocol import EngineLost
from assetman.library.library import Library
from kit.ordeal import (
    Holding,
    end,
    family,
    finish,
    holding,
    kill,
    kill_engines_of,
    paint_many,
    paths_of_python,
)
from kit.reels import reel
from kit.sounds import tone, write_wav

KILLS = 2  # at dose 1
PICTURES = 80
FILMS = 2  # of two stretches each
SOUNDS = 4  # of which one has two stretches

pytestmark = pytest.mark.timeout(3600)


@pytest.fixture(autouse=True)
def quick_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", paths_of_python(tmp_path / "site"))


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "library"
    kill_engines_of(tmp_path / "library")


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = paint_many(tmp_path / "pictures", PICTURES)
    for seed in range(FILMS):
        reel(folder / "films" / f"{seed}.mp4", seed, sound=440.0 * (seed + 1))
    for number in range(SOUNDS):
        seconds = 320.0 if number == 0 else 0.5 + number
        sound = tone(200.0 * 2**number, seconds, rate=8000)
        write_wav(folder / "sounds" / f"{number}.wav", sound, 8000)
    return folder


@dataclass
class Person:
    """Tags, rates and undoes without pause, and remembers what the engine said was done."""

    chance: random.Random
    ratings: dict[int, int] = field(default_factory=dict)
    tags: dict[int, set[str]] = field(default_factory=dict)
    unsure: set[int] = field(default_factory=set)  # what was under way when it all ended
    done: int = 0

    def act(self, client: EngineClient) -> None:
        """Do things until the engine is gone."""
        ids: tuple[int, ...] = ()
        while True:
            touched: set[int] = set()
            try:
                if len(ids) < 20:
                    ids = client.search(Query(limit=50)).ids
                    continue
                some = self.chance.sample(ids, self.chance.randrange(1, 12))
                touched = set(some)
                self._once(client, some)
            except EngineLost:
                self.unsure |= touched
                return
            self.done += 1

    def _once(self, client: EngineClient, some: list[int]) -> None:
        if self.chance.random() < 0.5:
            rating = self.chance.randrange(6)
            changes = any(self.ratings.get(each, 0) != rating for each in some)
            client.rate(some, rating)
            if changes and self.chance.random() < 0.3:
                client.undo()
            else:
                self.ratings.update(dict.fromkeys(some, rating))
        else:
            name = f"tag {self.chance.randrange(9)}"
            client.tag(some, [name])
            for each in some:
                self.tags.setdefault(each, set()).add(name)

    def check(self, library: Library) -> None:
        """Hold the library to what the person was told."""
        ids = (self.ratings.keys() | self.tags.keys()) - self.unsure
        for asset in library.assets.get(sorted(ids)):
            assert asset.rating == self.ratings.get(asset.id, 0)
            assert set(asset.tags) == self.tags.get(asset.id, set())
        # What was under way was done wholly or not at all; from here on it is known.
        for asset in library.assets.get(sorted(self.unsure)):
            self.ratings[asset.id], self.tags[asset.id] = asset.rating, set(asset.tags)
        self.unsure.clear()


def begin(library: Path, pictures: Path) -> EngineClient:
    client = connect(library)
    client.use_model("colours")
    client.use_model("tones")
    client.add_root(str(pictures))
    return client


@pytest.fixture
def undisturbed(tmp_path: Path, pictures: Path) -> Holding:
    """What a run gives that nobody disturbs."""
    calm = tmp_path / "calm"
    client = begin(calm, pictures)
    finish(client)
    end(client, calm)
    held = holding(calm)
    # the torn one, and its failure
    assert len(held.files) == PICTURES + PICTURES // 10 + 1 + FILMS + SOUNDS
    assert len([row for row in held.files if len(row[3]) > SHEET_CELLS]) == FILMS + 1
    assert len(held.failures) == 1
    return held


def killed_at_work(client: EngineClient, library: Path, after: float, person: Person) -> None:
    """Let the person work beside the index, and kill everything after some seconds."""
    victims: list[psutil.Process] = []

    def strike() -> None:
        victims.extend(family(library))
        kill(victims)

    timer = threading.Timer(after, strike)
    timer.start()
    try:
        client.index()
        person.act(client)
    except AssetmanError:  # killed before the run began
        pass
    timer.join()
    assert victims
    client.close()


def test_killed_at_any_moment_it_goes_on_and_ends_as_if_nothing_had_been(
    library: Path, pictures: Path, undisturbed: Holding, dose: float, seed: int
) -> None:
    chance = random.Random(seed)
    acts, left = 0, max(1, round(KILLS * dose))
    while left > 0:
        shutil.rmtree(library, ignore_errors=True)
        client = begin(library, pictures)
        person = Person(chance)
        for _ in range(min(left, chance.randrange(1, 5))):
            left -= 1
            killed_at_work(client, library, chance.uniform(0, 1.6), person)
            with Library.open(library) as held:
                assert held.check() == [], f"{left} kills before the end"
                person.check(held)
            client = connect(library)
        finish(client)
        assert len(client.search(Query("red", limit=None, fold=False)).hits) >= PICTURES // 5
        end(client, library)
        found = holding(library)
        with Library.open(library) as held:
            person.check(held)
            assert held.notices() == ()
        acts += person.done
        found.ratings, found.tags = {}, {}
        assert found == undisturbed, f"{left} kills before the end"
    print(f"{acts:,} acts of a person were kept")
