from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from kit.colours import publish
from kit.pictures import paint
from kit.terminal import Run, Said
from kit.tones import publish_tones

CHECKOUT = Path(__file__).parents[2]
LIMIT = 100.0  # seconds for anything that is waited for


@pytest.fixture(autouse=True)
def quick_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every process find models that need no network of neurons."""
    publish_tones(tmp_path / "site")
    ways = [str(publish(tmp_path / "site")), str(CHECKOUT / "tests"), str(CHECKOUT)]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(ways))


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Path]:
    """A library's folder; engines that still run for it afterwards are ended."""
    folder = tmp_path / "library"
    yield folder
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if str(folder) in process.cmdline():
                process.kill()


@pytest.fixture
def assetman(library: Path) -> Run:
    """Run a command as a person does: a process of its own, from start to end."""

    def command(*argv: str, before: tuple[str, ...] = (), typed: str = "") -> Said:
        line = [*before, sys.executable, "-m", "assetman", "--library", str(library), *argv]
        done = subprocess.run(
            line,
            input=typed,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="surrogateescape",
            cwd=CHECKOUT,
            timeout=LIMIT,
        )
        assert "Traceback" not in done.stderr
        return Said(done.returncode, done.stdout, done.stderr)

    return command


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Pictures that nothing is wrong with."""
    for number, colour in enumerate(("red", "green", "blue")):
        paint(tmp_path / "photos" / f"{colour}.png", colour, number)
    return tmp_path / "photos"


@pytest.fixture
def wait_for() -> Callable[[Callable[[], object]], None]:
    def wait(condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + LIMIT
        while not condition():
            assert time.monotonic() < deadline, "what was waited for did not come"
            time.sleep(0.005)

    return wait
