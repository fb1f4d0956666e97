from collections.abc import Iterator
from pathlib import Path

import pytest

from kit.bench import Bench
from kit.living import Living


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path / "library")
    yield made
    made.close()


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    return folder


@pytest.fixture
def living(bench: Bench) -> Iterator[Living]:
    made = Living(bench)
    yield made
    made.close()
