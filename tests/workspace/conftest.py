from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assetman.engine.service import EngineService
from assetman.workspace import Workspace
from kit.colours import publish
from kit.pictures import paint

COLOURS = ("red", "green", "blue", "yellow", "white", "black")
Open = Callable[[], EngineService]


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two quick models be installed, as other people's packages are."""
    monkeypatch.syspath_prepend(str(publish(tmp_path / "site")))


@pytest.fixture
def open_service(tmp_path: Path, models: None) -> Iterator[Open]:
    """Open the same library as often as asked; each must be closed before the next."""
    opened: list[EngineService] = []

    def open_again() -> EngineService:
        workspace = Workspace.open(tmp_path / "library", models=tmp_path / "models")
        opened.append(EngineService(workspace))
        return opened[-1]

    yield open_again
    for service in opened:
        service.close()


@pytest.fixture
def service(open_service: Open) -> EngineService:
    made = open_service()
    made.use_model("colours")
    return made


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for seed, colour in enumerate(COLOURS):
        paint(tmp_path / "photos" / f"{colour}.png", colour, seed)
    return tmp_path / "photos"
