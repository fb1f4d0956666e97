import io
from pathlib import Path

import pytest

from assetman.cli.console import Console
from assetman.cli.main import run
from kit.paper_engine import PaperEngine
from kit.terminal import Run, Said


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def assetman(library: Path) -> Run:
    """Run a command on an engine that stays as it is from one command to the next."""
    kept: list[PaperEngine] = []

    class Lasting(PaperEngine):
        def close(self) -> None:
            self._stop.set()

    def open_here(folder: Path) -> PaperEngine:
        if not kept:
            kept.append(Lasting.open(folder))
        return kept[0]

    def command(*argv: str, typed: bytes = b"") -> Said:
        out, err = io.StringIO(), io.StringIO()
        console = Console(out, err, io.BytesIO(typed))
        status = run(["--library", str(library), *argv], console, open_here)
        return Said(status, out.getvalue(), err.getvalue())

    return command


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    (folder / "deep").mkdir(parents=True)
    for name in ("green frog.jpg", "red barn.png", "deep/blue frog.jpg", "deep/frog pond.mp4"):
        (folder / name).write_bytes(b"picture")
    return folder
