import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from assetman.engine.client import EngineClient, connect
from kit.paper_engine import paper_command


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Path]:
    """A library's folder; engines that still run for it afterwards are ended."""
    folder = tmp_path / "library"
    folder.mkdir()
    yield folder
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.Error):
            if str(folder) in child.cmdline():
                child.kill()


@pytest.fixture
def open_client(library: Path) -> Iterator[Callable[..., EngineClient]]:
    clients = []

    def open_one(**options: Any) -> EngineClient:
        client = connect(library, command=paper_command, **options)
        clients.append(client)
        return client

    yield open_one
    for client in clients:
        client.close()


@pytest.fixture
def client(open_client: Callable[..., EngineClient]) -> EngineClient:
    return open_client()


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    (folder / "deep").mkdir(parents=True)
    for name in ("green frog.jpg", "red barn.png", "deep/blue frog.jpg"):
        (folder / name).write_bytes(b"picture")
    return folder
