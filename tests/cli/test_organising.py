"""The commands that tag, rate, collect, take back, and look after folders and failures."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path

import pytest

from assetman.cli.console import Console
from assetman.cli.main import run
from assetman.core.queries import Filters, Query
from kit.paper_engine import PaperEngine
from kit.terminal import Run


@pytest.fixture
def filled(assetman: Run, pictures: Path) -> Path:
    """A library that knows the pictures."""
    assert assetman("add", str(pictures)).status == 0
    return pictures


def test_files_are_tagged_one_by_one_and_by_the_folder(assetman: Run, filled: Path) -> None:
    assert assetman("tag", "pond", str(filled / "green frog.jpg")).out == "“pond” is on 1 file\n"
    assert assetman("tag", "wet wet", str(filled / "deep")).out == "“wet wet” is on 2 files\n"
    assert assetman("tags").lines == ["pond  1 file", "wet wet  2 files"]
    assert [tag["name"] for tag in assetman("tags", "--json").json] == ["pond", "wet wet"]
    assert assetman("untag", "pond", str(filled)).out == "“pond” is off 4 files\n"
    assert assetman("tags").lines == ["wet wet  2 files"]


def test_files_are_rated(assetman: Run, filled: Path) -> None:
    assert assetman("rate", "5", str(filled / "deep")).out == "2 files rated 5\n"
    assert assetman("rate", "6", str(filled)).status == 2
    assert assetman("rate", "good", str(filled)).status == 2


def test_collections_are_filled_emptied_and_deleted(assetman: Run, filled: Path) -> None:
    frog = str(filled / "green frog.jpg")
    assert assetman("collections", "--put", "Best", frog).out == "Best  1 file\n"
    assert assetman("collections", "--put", "best", str(filled / "deep")).out == "Best  3 files\n"
    assert assetman("collections", "--take-out", "Best", frog).out == "Best  2 files\n"
    assert assetman("collections", "--json").json[0]["assets"] == 2
    assert assetman("collections", "--delete", "Best").out == ""
    for wrong in (("--delete", "Best"), ("--put", "Best"), (frog,)):
        assert assetman("collections", *wrong).status == 2


def test_what_was_done_is_taken_back_and_done_again(assetman: Run, filled: Path) -> None:
    assetman("tag", "pond", str(filled))
    assert assetman("undo").out.startswith("Undone: ")
    assert assetman("tags").out == ""
    assert assetman("redo").out.startswith("Done again: ")
    assert assetman("tags").lines == ["pond  4 files"]
    assert assetman("redo").out == "There is nothing to redo.\n"


@pytest.mark.parametrize("command", [("tag", "x"), ("untag", "x"), ("rate", "1")])
def test_a_file_that_is_not_in_the_library_is_wrong_use(
    assetman: Run, filled: Path, tmp_path: Path, command: tuple[str, str]
) -> None:
    (tmp_path / "elsewhere.jpg").touch()
    for path in (tmp_path / "elsewhere.jpg", filled / "none.jpg", tmp_path):
        said = assetman(*command, str(path))
        assert (said.status, said.err) == (2, f"assetman: {path} is not in the library.\n")


def test_a_folder_is_removed_and_brought_back(assetman: Run, filled: Path) -> None:
    said = assetman("roots", "--remove", str(filled))
    assert said.out == f"{filled} is removed; “assetman undo” brings it back\n"
    assert assetman("roots").out == ""
    assert assetman("undo").status == 0
    assert assetman("roots").out == f"{filled}  4 assets\n"
    assert assetman("roots", "--remove", str(filled / "deep")).status == 2


def test_a_folder_that_lies_elsewhere_is_found_again(
    assetman: Run, filled: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    said = assetman("roots", "--move", str(filled), str(tmp_path / "empty"))
    assert said.status == 2
    assert "holds none of the files" in said.err
    os.rename(filled, tmp_path / "elsewhere")
    moved = assetman("roots", "--move", str(filled), str(tmp_path / "elsewhere"), "--json")
    assert (moved.status, moved.json["added"], moved.json["embedded"]) == (0, 0, 0)
    assert assetman("roots").out == f"{tmp_path}/elsewhere  4 assets\n"
    assert assetman("roots", "--move", str(filled), str(tmp_path / "none")).status == 3


def test_files_that_are_gone_are_listed_and_forgotten(assetman: Run, filled: Path) -> None:
    (filled / "red barn.png").unlink()
    assetman("index")
    assert assetman("missing").out.startswith(f"{filled}/red barn.png  kept until 20")
    (row,) = assetman("missing", "--json").json
    assert row["kept_until"] - row["missing_since"] == 30 * 86400
    assert assetman("status", "--json").json["missing"] == 1
    assert assetman("missing", "--forget").out == "1 missing file forgotten\n"
    assert assetman("missing").out == ""


def test_failures_are_ignored_and_tried_again(assetman: Run, filled: Path) -> None:
    for name in ("broken.jpg", "deep/broken too.jpg"):
        (filled / name).touch()
    assert assetman("index").status == 1
    ignored = assetman("failures", "--ignore", str(filled / "deep"))
    assert ignored.lines == [f"{filled}/broken.jpg: The picture is cut off."]
    assert ignored.err == "assetman: 1 failure ignored: --ignored lists what they are.\n"
    assert [row["path"] for row in assetman("failures", "--ignored", "--json").json] == [
        f"{filled}/deep/broken too.jpg"
    ]
    assert assetman("status", "--json").json["ignored"] == 1
    again = assetman("failures", "--retry")
    assert again.status == 1
    assert f"{filled}/broken.jpg" in again.err
    assert "broken too" not in again.err
    assert len(assetman("failures", "--unignore", str(filled)).lines) == 2
    assert assetman("failures", "--retry", str(filled / "red barn.png")).status == 2


def test_the_pace_is_chosen_and_kept(assetman: Run) -> None:
    assert assetman("pace").out == "auto: gentle on battery, full otherwise\n"
    assert assetman("pace", "gentle").out == "gentle: a little of the machine\n"
    assert "pace        gentle" in assetman("status").out
    assert assetman("pace", "breakneck").status == 2


def test_what_was_done_to_the_library_is_said_until_the_person_has_noted_it(
    assetman: Run, filled: Path, library: Path
) -> None:
    sentence = "The catalogue was damaged and was put back from yesterday's copy."
    (library / "news").write_text(sentence)
    assert sentence in assetman("search", "frog").err
    assert f"notice      {sentence}" in assetman("status", "--dismiss").out
    assert assetman("search", "frog").err == ""


def test_the_doctor_tells_of_backups_decoders_and_little_room(
    assetman: Run, filled: Path, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (library / "backups").mkdir()
    backup = library / "backups" / "library-1.sqlite"
    backup.touch()
    os.utime(backup, (time.time() - 3600,) * 2)
    monkeypatch.setattr("assetman.cli.doctor._LEAST_SPACE", 1 << 60)
    said = assetman("doctor", "--json")
    findings = {finding["what"]: finding for finding in said.json}
    assert said.status == 0
    assert findings["disk"]["sound"]
    assert findings["disk"]["warning"]
    assert findings["backups"]["detail"] == "1, the newest 1 hour old"
    assert findings["decoders"]["sound"]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("tags", "No file bears a tag."),
        ("collections", "There are no collections."),
        ("missing", "No file is missing."),
        ("failures", "There is no file that cannot be read."),
        ("roots", "No folder was added yet: “assetman add FOLDER”."),
    ],
)
def test_an_empty_list_says_that_it_is_empty(assetman: Run, command: str, said: str) -> None:
    ended = assetman(command)
    assert (ended.status, ended.out, ended.err) == (0, "", f"assetman: {said}\n")
    assert assetman(command, "--json").out == "[]\n"


def test_a_question_is_kept_under_a_name_and_asked_by_it(assetman: Run, filled: Path) -> None:
    assert assetman("searches").out == ""
    assert assetman("searches", "--save", "Frogs", "frog").lines == ["Frogs  3 files  frog"]
    assert assetman("searches", "--save", "frogs", "toad").status == 2
    assert len(assetman("searches", "--ask", "FROGS", "--json").json["hits"]) == 3
    assert len(assetman("searches", "--ask", "Frogs", "--limit", "1").lines) == 1
    assetman("searches", "--change", "Frogs", "red", "barn")
    assert assetman("searches", "--json").json == [
        {"name": "Frogs", "query": "red barn", "count": 1}
    ]
    assert assetman("searches", "--rename", "Frogs", "Barns").lines == ["Barns  1 file  red barn"]
    assert assetman("searches", "--delete", "Barns").out == ""
    assert assetman("undo").status == 0
    assert assetman("searches").lines == ["Barns  1 file  red barn"]
    for wrong in (["--ask", "Frogs"], ["--save", "Nothing"], ["words"], ["--delete", "Frogs"]):
        assert assetman("searches", *wrong).status == 2


def test_what_was_asked_lately_is_listed_until_it_is_forgotten(assetman: Run, filled: Path) -> None:
    assert assetman("searches", "--lately").out == ""
    assert assetman("searches", "--forget").status == 0
    assert assetman("searches", "--lately", "--json").json == []


def test_what_was_asked_with_chips_is_listed_as_it_can_be_typed(library: Path) -> None:
    engine, out = PaperEngine.open(library), io.StringIO()
    for text in ("frog", "frog", "toad"):
        engine.remember(Query(text, filters=Filters(tags=("pond",))))
    console = Console(out, io.StringIO(), io.BytesIO())
    assert run(["--library", str(library), "searches", "--lately"], console, lambda _: engine) == 0
    assert out.getvalue().splitlines() == ["toad tag:pond", "frog tag:pond"]
