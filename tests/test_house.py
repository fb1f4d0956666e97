"""The house keeps its own rules: layers, sizes, words, documents."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from itertools import chain
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "assetman"
SOURCES = sorted(PACKAGE.rglob("*.py"))
HEAVY = {"torch", "transformers", "open_clip", "timm", "torchvision", "PIL", "PySide6"}
# One list of everything that can be asked of the engine, and the classes that answer it whole.
WHOLE_CONTRACTS = {"EngineApi", "EngineService", "EngineClient"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def nodes(kind: type[ast.AST] | tuple[type[ast.AST], ...]) -> Iterator[tuple[str, ast.AST]]:
    """Give every node of a kind, with where it stands."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, kind):
                yield f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}", node


def written() -> Iterator[Path]:
    """Give every text of the project's own."""
    for top in sorted(ROOT.iterdir()):
        if top.is_file() and top.name != "LICENSE":
            yield top
    for folder in ("assetman", "benchmarks", "docs", "icons", "installer", "tests", ".ci"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix in {
                ".py",
                ".md",
                ".toml",
                ".sh",
                ".svg",
                ".json",
                "",
            }:
                yield path


def imported_by(*arguments: str) -> set[str]:
    """Give the top names of all modules that a fresh Python imports for its arguments."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        timeout=60,
    )
    lines = (line for line in done.stderr.splitlines() if line.startswith("import time:"))
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}


def test_every_layer_imports_only_from_those_below_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    assert status == 0, capsys.readouterr().out


def test_asking_for_help_imports_nothing_heavy() -> None:
    assert not imported_by("-m", "assetman", "--help") & HEAVY


def test_the_window_imports_neither_models_nor_decoders() -> None:
    assert not imported_by("-c", "import assetman.ui.app") & (HEAVY - {"PySide6"})


def test_every_package_says_what_it_owns() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if path.name == "__init__.py" and not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    folders = {path.parent for path in SOURCES}
    assert not silent
    assert not [str(folder) for folder in folders if not (folder / "__init__.py").exists()]


def test_no_file_is_longer_than_400_lines() -> None:
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in SOURCES}
    assert not {str(path): lines for path, lines in lengths.items() if lines > 400}


def test_no_function_is_longer_than_60_lines() -> None:
    long = {}
    for place, node in nodes((ast.FunctionDef, ast.AsyncFunctionDef)):
        assert isinstance(node, Function)
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        if lines > 60:
            long[f"{place} {node.name}"] = lines
    assert not long


def test_no_class_has_more_than_20_methods() -> None:
    large = {}
    for place, node in nodes(ast.ClassDef):
        assert isinstance(node, ast.ClassDef)
        names = [each.name for each in node.body if isinstance(each, Function)]
        # Neither Python's own names nor, in camelCase, Qt's are ours to split.
        own = [name for name in names if name == name.lower() and not name.startswith("__")]
        if len(own) > 20 and node.name not in WHOLE_CONTRACTS:
            large[f"{place} {node.name}"] = len(own)
    assert not large


def test_no_function_takes_more_than_7_arguments() -> None:
    wide = {}
    for place, node in nodes((ast.FunctionDef, ast.AsyncFunctionDef)):
        assert isinstance(node, Function)
        given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        named = [each.arg for each in given if each.arg not in ("self", "cls")]
        if len(named) > 7:
            wide[f"{place} {node.name}"] = len(named)
    assert not wide


def test_nothing_written_names_a_place_of_one_machine_or_leaves_work_undone() -> None:
    # In pieces, so that this file does not find itself.
    words = [f"/{'work'}/", f"/tmp/{'corpora'}", f"/opt/{'wheels'}", f"/opt/{'pypi'}", f"TO{'DO'}"]
    words += [f"FIX{'ME'}", f"/{'root'}/"]
    found = {
        f"{path.relative_to(ROOT)}: {word}"
        for path in written()
        for word in words
        if word in path.read_text("utf-8", errors="ignore")
    }
    assert not found


def test_every_command_is_documented() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "assetman", "--help"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    ).stdout
    commands = re.findall(r"^ {2,4}([a-z]+) {2,}\S", shown, re.MULTILINE)
    page = (ROOT / "docs" / "commands.md").read_text("utf-8")
    assert {"add", "search", "status"} <= set(commands)
    assert not [each for each in commands if f"`assetman {each}" not in page]


def test_every_requirement_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = chain.from_iterable(project["optional-dependencies"].values())
    asked = [*project["dependencies"], *extras]
    names = {re.split(r"[^\w-]", line)[0] for line in asked}
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pinned = {line.partition("==")[0] for line in lines if "==" in line}
    same = {re.sub(r"[-_.]+", "-", name).lower() for name in pinned}
    assert not {name for name in names if re.sub(r"[-_.]+", "-", name).lower() not in same}


def test_everything_the_package_needs_is_packed() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    patterns = config["tool"]["setuptools"]["package-data"]["assetman"]
    data = [
        path
        for path in PACKAGE.rglob("*")
        if path.is_file() and path.suffix != ".py" and "__pycache__" not in path.parts
    ]
    names = [pattern.removeprefix("**/") for pattern in patterns]
    assert not [path for path in data if not any(fnmatch(path.name, name) for name in names)]


def test_the_window_shows_the_icon_that_was_drawn() -> None:
    drawn = (ROOT / "icons" / "assetman.svg").read_bytes()
    assert (PACKAGE / "ui" / "resources" / "assetman.svg").read_bytes() == drawn


@pytest.mark.skipif(not shutil.which("desktop-file-validate"), reason="the validator is not here")
def test_the_desktop_entry_is_valid() -> None:
    entry = ROOT / "installer" / "assetman.desktop"
    done = subprocess.run(["desktop-file-validate", str(entry)], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")
