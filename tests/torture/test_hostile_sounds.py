"""Sounds, and what goes by their names, that mean harm: each costs itself, nothing else happens.

As in `test_hostile`: a root of them is brought into a library, and the network, the files beside
the root, the disk and the memory of the decoders are watched. A usual dose is an eighth of them;
`--dose 8` is all, holes of a terabyte among them.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from assetman.workspace import Workspace
from kit.colours import publish
from kit.tones import publish_tones
from tests.kit.sounds import tone, write_sound
from tests.torture.hostile_pictures import Bait
from tests.torture.hostile_sounds import hostile_sounds, sparse_sounds
from tests.torture.ordeals import (
    DISK,
    MEMORY,
    SENTENCES,
    SETTINGS,
    SLACK,
    Most,
    bring_in,
    found,
    named,
    told,
)
from tests.torture.watching_eyes import Ear, Eye

pytestmark = pytest.mark.timeout(3600)

USUAL = 8  # one in so many is a usual dose


@pytest.fixture
def bait(tmp_path: Path, ear: Ear) -> Bait:
    path = write_sound(tmp_path / "outside" / "bait.wav", tone(3200, 1))
    return Bait(path, ear.port)


@pytest.fixture
def listening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    for publishing in (publish, publish_tones):
        monkeypatch.syspath_prepend(str(publishing(tmp_path / f"site {publishing.__name__}")))
    made = Workspace.open(tmp_path / "library", SETTINGS, tmp_path / "models")
    made.use_model("colours")
    made.use_model("tones")
    yield made
    made.close()


def good(root: Path, name: str = "good.wav", seconds: float = 1) -> Path:
    return write_sound(root / name, tone(200, seconds))


def present(workspace: Workspace) -> set[str]:
    """Give the paths of all assets that were read."""
    library = workspace.library
    return {asset.path for asset in library.assets.get(library.assets.ids())} - set(told(workspace))


def test_hostile_sounds_are_found_or_told_of_and_nothing_else_happens(
    listening: Workspace,
    root: Path,
    bait: Bait,
    ear: Ear,
    eye: Eye,
    temporary: Path,
    tmp_path: Path,
    dose: float,
    seed: int,
) -> None:
    odd = named(root, ".wav", lambda number: good(root, "plain.wav", 0.2 + number / 100))
    assert len(odd) > 15
    paths = {str(good(root)), *odd}
    step = max(1, round(USUAL / dose))
    for name, data in itertools.islice(hostile_sounds(bait, tmp_path), seed % step, None, step):
        (root / name).write_bytes(data)
        paths.add(str(root / name))
    for name, start, size in sparse_sounds(tmp_path) if step == 1 else ():
        (root / name).write_bytes(start)
        os.truncate(root / name, size)
        paths.add(str(root / name))
    eye.seen()
    most = Most((tmp_path / "library", temporary))
    bring_in(listening, root, most.look)
    most.look()
    failures, sounds = told(listening), present(listening)
    print(
        f"{len(sounds)} sounds, {len(failures)} told of, {most.memory >> 20} MB, {most.disk >> 20} MB"
    )
    assert str(root / "good.wav") in sounds
    assert sounds | set(failures) == paths
    senseless = {path: why for path, why in failures.items() if not SENTENCES.fullmatch(why)}
    assert not senseless
    assert (ear.heard(), eye.seen()) == (False, [])
    assert 0 < most.memory < MEMORY + SLACK
    assert 0 < most.disk < DISK
    humming = found(listening, "hum")
    assert str(root / "good.wav") in humming
    assert odd <= humming <= sounds
    listening.close()
    assert not [name for name in os.listdir(temporary) if not name.startswith("pymp-")]
    assert not list((tmp_path / "library").rglob("*.part"))
    assert not list(tmp_path.rglob("escaped*"))
    assert not os.path.exists("escaped")
