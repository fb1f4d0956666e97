"""`assetman export`: what it saves, what it says, how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kit.paper_engine import LIMIT
from kit.terminal import Run


@pytest.fixture
def film(assetman: Run, pictures: Path) -> Path:
    assert assetman("add", str(pictures)).status == 0
    return pictures / "deep" / "frog pond.mp4"


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        (["--from", "1.5", "--to", "4"], "1.5 4.0 quick"),
        (["--from", "0:01.5", "--to", "1:02:03", "--exact"], "1.5 3723.0 exact"),
        (["--from", "83.48", "--frame"], "83.48 83.48 frame"),
        (["--from", "1.5", "--to", "4", "--sound"], "1.5 4.0 sound"),
    ],
)
def test_a_moment_is_saved_and_its_file_is_named(
    assetman: Run, film: Path, tmp_path: Path, options: list[str], asked: str
) -> None:
    target = tmp_path / "clip.mp4"
    said = assetman("export", str(film), *options, str(target))
    assert (said.status, said.out, said.err) == (0, f"{target}\n", "")
    assert target.read_text() == f"frog pond.mp4 {asked}"


def test_a_name_that_ends_as_sounds_do_asks_for_sound(
    assetman: Run, film: Path, tmp_path: Path
) -> None:
    target = tmp_path / "door.wav"
    said = assetman("export", str(film), "--from", "1", "--to", "2", str(target), "--json")
    assert said.json["form"] == "sound"
    assert target.read_text() == "frog pond.mp4 1.0 2.0 sound"


def test_in_a_folder_the_clip_is_named_by_its_times(
    assetman: Run, film: Path, tmp_path: Path
) -> None:
    said = assetman("export", str(film), "--from", "83", "--to", "91", str(tmp_path), "--json")
    target = tmp_path / "frog pond 1m23s–1m31s.mp4"
    assert said.json["target"] == str(target)
    assert said.json["form"] == "quick"
    assert said.json["bytes"] == target.stat().st_size


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--from", "x", "--to", "2"], "“x” is no time"),
        (["--from", "1"], "Where does the clip end?"),
        (["--to", "1"], "--from"),
        (["--from", "1", "--to", "2", "--frame", "--exact"], "not allowed with"),
    ],
)
def test_what_makes_no_sense_is_said(
    assetman: Run,
    film: Path,
    tmp_path: Path,
    options: list[str],
    why: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = assetman("export", str(film), str(tmp_path / "clip.mp4"), *options)
    assert said.status == 2
    assert why in said.err + capsys.readouterr().err
    assert not (tmp_path / "clip.mp4").exists()


def test_a_file_that_is_there_is_not_replaced(assetman: Run, film: Path, tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_text("mine")
    said = assetman("export", str(film), "--from", "1", "--to", "2", str(tmp_path / "clip.mp4"))
    assert said.status == 2
    assert "exists already" in said.err
    assert (tmp_path / "clip.mp4").read_text() == "mine"


def test_what_fails_says_why_and_makes_the_status(
    assetman: Run, film: Path, tmp_path: Path
) -> None:
    said = assetman("export", str(film), "--from", "1", "--to", "2", str(tmp_path / "full.mp4"))
    assert (said.status, said.err) == (3, "assetman: The disk is full.\n")
    stranger = tmp_path / "stranger.mp4"
    said = assetman("export", str(stranger), "--from", "1", "--to", "2", str(tmp_path / "a.mp4"))
    assert said.status == 2
    assert "is not in the library" in said.err


PROGRAM = """
import sys
sys.path.insert(0, sys.argv.pop(1))
PICTURES = sys.argv.pop(1)
from assetman.cli.console import Console
from assetman.cli.main import run
from assetman.core.exports import Export
from kit.paper_engine import PaperEngine

def open_indexed(folder):
    engine = PaperEngine.open(folder)
    engine.index([engine.add_root(PICTURES).id])
    for thread in engine._runs:
        thread.join()
    engine.subscribe(lambda event: isinstance(event, Export) and print("begun", flush=True))
    return engine

sys.exit(run(sys.argv[1:], Console.standard(), open_indexed))
"""


def test_an_interrupted_export_is_called_off(library: Path, pictures: Path, tmp_path: Path) -> None:
    film, target = pictures / "deep" / "frog pond.mp4", tmp_path / "slow.mp4"
    tests = str(Path(__file__).parents[1])
    command = [sys.executable, "-c", PROGRAM, tests, str(pictures), "--library", str(library)]
    command += ["export", str(film), "--from", "1", "--to", "2", str(target)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(LIMIT) == 130
    assert not target.exists()


def test_the_doctor_says_how_clips_can_be_saved(
    assetman: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    found = assetman("doctor", "--json").json
    ffmpeg = next(each for each in found if each["what"] == "ffmpeg")
    assert ffmpeg["sound"]  # all else works without it
    assert ffmpeg["warning"]
    assert "Saving clips needs the program ffmpeg" in str(ffmpeg["mend"])
