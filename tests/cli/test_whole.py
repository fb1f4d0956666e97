"""The commands as a person starts them: real processes, real pictures, the built-in model."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assetman.core.progress import Phase
from assetman.engine.client import EngineClient, running
from assetman.engine.endpoint import endpoints
from assetman.engine.protocol import EngineLost
from kit.pictures import paint

LIMIT = 100.0
CHECKOUT = Path(__file__).parents[2]

pytestmark = pytest.mark.timeout(300)


def start(library: Path, *argv: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "assetman", "--library", str(library), *argv],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=CHECKOUT,
        start_new_session=True,
    )


def finish(process: "subprocess.Popen[str]", typed: str = "") -> tuple[int, str, str]:
    out, err = process.communicate(typed, LIMIT)
    return process.returncode, out, err


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < deadline, "what was waited for did not come"
        time.sleep(0.02)


def client_of(library: Path) -> EngineClient:
    wait_for(lambda: endpoints(library))
    client = running(library)
    assert client is not None
    return client


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for number, colour in enumerate(("red", "green", "blue", "red")):
        paint(tmp_path / "photos" / f"{colour} {number}.png", colour, number)
    (tmp_path / "photos" / os.fsdecode(b"caf\xe9.png")).write_bytes(
        (tmp_path / "photos" / "blue 2.png").read_bytes()
    )
    (tmp_path / "photos" / "torn.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    return tmp_path / "photos"


def test_the_main_job_in_one_line(library: Path, photos: Path) -> None:
    line = ("search", "a red wall", "--in", str(photos), "--json")
    status, out, err = finish(start(library, *line))
    assert status == 1  # for the torn one
    assert f"{photos}/torn.jpg: " in err
    answer = json.loads(out)
    assert answer["query"] == "a red wall"
    paths = [hit["path"] for hit in answer["hits"]]
    assert len(paths) == 5
    assert all(os.path.exists(path) for path in paths)
    scores = [hit["score"] for hit in answer["hits"]]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)

    red = str(photos / "red 0.png")
    status, out, _ = finish(start(library, "similar", red, "--limit", "1"))
    assert status == 0
    assert out.endswith(f"{photos}/red 3.png\n")
    assert endpoints(library) == []


def test_ctrl_c_stops_a_run_and_a_window_beside_it_finds_the_library(
    library: Path, photos: Path
) -> None:
    command = start(library, "add", str(photos))
    with client_of(library) as window:
        wait_for(lambda: window.progress().phase is Phase.INDEXING)
        assert window.status().roots[0].path == str(photos)
        os.kill(command.pid, signal.SIGINT)
        status, out, err = finish(command)
        assert (status, out) == (130, "")
        assert "Traceback" not in err
        wait_for(lambda: window.lost)
        with pytest.raises(EngineLost):
            window.status()
    status, out, _ = finish(start(library, "roots"))
    assert (status, out.split("  ")[0]) == (0, str(photos))


def test_questions_are_answered_while_the_line_stays_open(library: Path) -> None:
    command = start(library, "search", "-", "--json")
    assert command.stdin is not None
    assert command.stdout is not None
    command.stdin.write("frog\n")
    command.stdin.flush()
    assert json.loads(command.stdout.readline()) == {
        "query": "frog",
        "confident": False,
        "seconds": pytest.approx(0, abs=LIMIT),
        "hits": [],
    }
    status, out, _ = finish(start(library, "status", "--json"))  # asks the engine of the other
    assert status == 0
    assert json.loads(out)["library"] == str(library)
    assert finish(command)[0] == 0
