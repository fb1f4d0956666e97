"""`./run` says what is missing, goes on where it was cut off, and keeps out of the way."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ("bash", "cat", "dirname", "readlink")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Give a project with its scripts and no environment."""
    place = tmp_path / "a place with spaces"
    shutil.copytree(ROOT / "installer", place / "installer")
    for name in ("run", "test", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, place)
    return place


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, checkout: Path) -> Any:
    """Give the module that makes the environment, at work in that project."""
    monkeypatch.syspath_prepend(str(checkout / "installer"))
    module = __import__("environment")
    yield module
    del sys.modules["environment"], sys.modules["system"]


def bare_path(folder: Path, **programs: str) -> str:
    """Make a PATH that holds a few tools, and scripts of the given text."""
    folder.mkdir()
    for tool in TOOLS:
        (folder / tool).symlink_to(shutil.which(tool) or "")
    for name, text in programs.items():
        (folder / name).write_text(f"#!{shutil.which('bash')}\n{text}\n", "utf-8")
        (folder / name).chmod(0o755)
    return str(folder)


def call(program: Path, path: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(program), *arguments],
        env={"PATH": path, "HOME": os.environ.get("HOME", "/")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


def test_an_old_python_is_named_with_the_command_that_brings_a_newer(
    checkout: Path, tmp_path: Path
) -> None:
    old = '[[ "$*" == --version ]] && echo Python 3.9.2 && exit; exit 1'
    done = call(checkout / "run", bare_path(tmp_path / "bin", python3=old), "status")
    assert done.returncode == 3
    assert "here is Python 3.9.2" in done.stderr
    assert "apt-get install python3.11" in done.stderr
    assert done.stdout == ""


def test_a_machine_without_python_is_told_so(checkout: Path, tmp_path: Path) -> None:
    done = call(checkout / "test", bare_path(tmp_path / "bin"))
    assert done.returncode == 3
    assert "here is no Python" in done.stderr


def test_everything_the_system_lacks_is_said_at_once(
    environment: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = environment.system
    monkeypatch.setattr(system, "QT", {"libnowhere.so.1": "libnowhere1"})
    lacking = {"Python's venv": "python3-venv"} | system.lacks_for_window(screen=False)
    with pytest.raises(system.Missing, match=r"install python3-venv libnowhere1\n"):
        system.require(lambda: lacking)


def test_what_was_made_with_more_serves_where_less_is_wanted(environment: Any) -> None:
    want = environment.wanted(dev=False)
    assert environment.serves(replace(want, dev=True, window=True, compiler=True), want)
    assert not environment.serves(want, replace(want, dev=True))
    assert not environment.serves(replace(want, inputs="others"), want)
    assert not environment.serves(replace(want, place="elsewhere"), want)


def test_what_is_recorded_is_read_again_and_damage_counts_as_nothing(environment: Any) -> None:
    environment.VENV.mkdir()
    made = environment.wanted(dev=True)
    environment.record(made)
    assert environment.recorded() == made
    environment.RECORD.write_text('{"inputs": "48d1', "utf-8")
    assert environment.recorded() == environment.Made()


def test_a_package_whose_installation_was_cut_off_is_forgotten(environment: Any) -> None:
    packages = environment.VENV / "lib" / "python3.11" / "site-packages"
    for name in ("whole-1.0", "half-1.0"):
        (packages / f"{name}.dist-info").mkdir(parents=True)
        (packages / f"{name}.dist-info" / "METADATA").touch()
    (packages / "whole-1.0.dist-info" / "INSTALLER").touch()
    environment.mend()
    assert [path.name for path in packages.iterdir()] == ["whole-1.0.dist-info"]


@pytest.mark.parametrize(
    ("needs", "cuda"),
    [
        (["filelock", "sympy>=1.13.3"], False),
        (["filelock", 'nvidia-nccl-cu13==2.29; platform_system == "Linux"'], True),
        (["cuda-bindings<14,>=13.0.3", "jinja2"], True),
    ],
)
def test_a_build_with_cuda_is_told_by_what_it_needs(
    environment: Any, needs: list[str], cuda: bool
) -> None:
    packages = environment.VENV / "lib" / "python3.11" / "site-packages" / "torch-2.0+x.dist-info"
    packages.mkdir(parents=True)
    lines = "".join(f"Requires-Dist: {need}\n" for need in needs)
    (packages / "METADATA").write_text(f"Name: torch\n{lines}", "utf-8")
    assert environment.installed_torch() == ("2.0", cuda)


@pytest.mark.parametrize(
    ("arguments", "window"),
    [
        ([], True),
        (["--library", "folder"], True),
        (["--library=folder"], True),
        (["--library", "folder", "status"], False),
        (["--help"], False),
        (["search", "a frog"], False),
    ],
)
def test_only_the_window_asks_for_its_libraries(
    environment: Any, arguments: list[str], window: bool
) -> None:
    assert environment.opens_window(arguments) is window


def test_only_one_call_at_a_time_makes_the_environment(checkout: Path) -> None:
    code = "import environment\nwith environment.alone(): print('in', flush=True); input()"

    def start() -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=checkout / "installer",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    with start() as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "in\n"
        with start() as second:
            assert second.stderr is not None
            assert second.stderr.readline().startswith("Waiting for another call")
            first.communicate("\n")
            assert second.communicate("\n") == ("in\n", "")
