"""An engine in this process, as tests ask it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from assetman.core.queries import Query
from assetman.engine.service import EngineService

PATIENCE = 60.0  # seconds; far more than anything here takes
Open = Callable[[], EngineService]


def index(service: EngineService, folder: Path | None = None) -> None:
    """Bring the library, or a folder that is added, up to date."""
    roots = None if folder is None else [service.add_root(str(folder)).id]
    run = service.index(roots)
    assert service._workspace.pipeline.wait(run, PATIENCE)
    assert not service.progress().problem


def best(service: EngineService, text: str) -> str:
    """Name the file that a question finds first."""
    hits = service.search(Query(text)).hits
    return service.cards([hits[0].asset_id])[0].asset.name
