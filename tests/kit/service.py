"""An engine in this process, as tests ask it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from assetman.core.queries import Query
from assetman.engine.service import EngineService
from assetman.workspace import Workspace
from kit.colours import publish
from kit.tones import publish_tones

PATIENCE = 60.0  # seconds; far more than anything here takes
Open = Callable[[], EngineService]


@contextmanager
def of_both_senses(factory: pytest.TempPathFactory) -> Iterator[EngineService]:
    """Open a new library that sees colours and hears tones, for a test to use and to close."""
    site = factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(publish(site)))
        patch.syspath_prepend(str(publish_tones(site)))
        service = EngineService(Workspace.open(factory.mktemp("library"), models=site / "models"))
        service.use_model("colours")
        service.use_model("tones")
        yield service


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
