"""What tests share that do to a library what should not be done to it.

`pytest tests/torture --dose 50 --seed 7` takes fifty times as much of it, drawn otherwise.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from assetman.workspace import Workspace
from kit.colours import publish
from kit.pictures import paint
from tests.torture.hostile_pictures import Bait
from tests.torture.ordeals import SETTINGS
from tests.torture.watching_eyes import Ear, Eye, listening, watched


@pytest.fixture(scope="session")
def dose(request: pytest.FixtureRequest) -> float:
    """How many times the usual torture is wanted."""
    return float(request.config.getoption("--dose"))


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """What all chance in a test is drawn from; a test that fails shows it."""
    number = int(request.config.getoption("--seed"))
    print(f"drawn from --seed {number}")
    return number


@pytest.fixture
def ear() -> Iterator[Ear]:
    with listening() as made:
        yield made


@pytest.fixture
def bait(tmp_path: Path, ear: Ear) -> Bait:
    """A file and an address that nobody may touch."""
    paint(tmp_path / "outside" / "bait.png", "magenta")
    return Bait(tmp_path / "outside" / "bait.png", ear.port)


@pytest.fixture
def eye(bait: Bait) -> Iterator[Eye]:
    with watched(bait.path.parent) as made:
        yield made


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "root"
    folder.mkdir()
    yield folder
    shutil.rmtree(os.fsencode(folder))


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files of this process and of those it starts."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.syspath_prepend(str(publish(tmp_path / "site")))
    made = Workspace.open(tmp_path / "library", SETTINGS, tmp_path / "models")
    made.use_model("colours")
    yield made
    made.close()
