"""The commands over an engine in memory: what they print and how they end."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assetman.cli.console import Console
from assetman.cli.main import parse, run
from assetman.cli.roots import root_line
from assetman.cli.search import split_question
from assetman.core.assets import Root
from assetman.core.watching import Watch, WatchMode
from kit.paper_engine import PaperEngine
from kit.terminal import Run

COUNTS = {"added", "changed", "moved", "missing", "unchanged", "embedded", "failed", "seconds"}


def names(paths: list[str]) -> list[str]:
    return sorted(Path(path).name for path in paths)


def test_add_indexes_a_folder_and_counts_what_it_did(assetman: Run, pictures: Path) -> None:
    said = assetman("add", str(pictures), "--json")
    assert said.status == 0
    assert said.json.keys() == COUNTS
    assert said.json["added"] == said.json["embedded"] == 4
    again = assetman("index", "--json")
    assert again.status == 0
    assert again.json["added"] == 0
    assert again.json["unchanged"] == 4


def test_without_json_the_counts_are_a_sentence(assetman: Run, pictures: Path) -> None:
    assert assetman("add", str(pictures)).out.startswith("4 added, 4 embedded in ")


def test_files_that_fail_are_listed_and_make_the_status_1_once(
    assetman: Run, pictures: Path
) -> None:
    (pictures / "broken.jpg").touch()
    said = assetman("add", str(pictures), "--json")
    assert said.status == 1
    assert said.json["failed"] == 1
    assert f"{pictures}/broken.jpg: The picture is cut off." in said.err
    listed = assetman("failures", "--json").json
    assert [failure["path"] for failure in listed] == [f"{pictures}/broken.jpg"]
    assert assetman("failures").out == f"{pictures}/broken.jpg: The picture is cut off.\n"
    assert assetman("index").status == 0  # it did not fail in that run


@pytest.mark.parametrize("command", ["add", "search --in"])
def test_a_folder_that_does_not_exist_is_said_and_nothing_is_added(
    assetman: Run, pictures: Path, command: str
) -> None:
    said = assetman(*command.split(), str(pictures / "none"))
    assert said.status == 3
    assert said.err == f"assetman: The folder {pictures}/none does not exist.\n"
    said = assetman("add", str(pictures), str(pictures / "red barn.png"))
    assert said.status == 3
    assert "is not a folder" in said.err
    assert assetman("roots").out == ""


def test_an_unknown_model_is_wrong_use(assetman: Run, pictures: Path) -> None:
    said = assetman("add", str(pictures), "--model", "best")
    assert said.status == 2
    assert said.err == "assetman: There is no model “best”.\n"
    assert assetman("models", "use", "best").status == 2


def test_a_model_can_be_chosen_while_adding(assetman: Run, pictures: Path) -> None:
    assert assetman("add", str(pictures), "--model", "other").status == 0
    assert assetman("status", "--json").json["model"] == "other"
    assert [m["name"] for m in assetman("models", "--json").json if m["active"]] == ["other"]


def test_search_prints_a_hit_a_line_with_its_score(assetman: Run, pictures: Path) -> None:
    assetman("add", str(pictures))
    said = assetman("search", "green", "frog")
    assert said.status == 0
    assert said.lines[0] == f"1.000  {pictures}/green frog.jpg"
    assert len(said.lines) == 3


def test_search_json_has_the_promised_shape(assetman: Run, pictures: Path) -> None:
    assetman("add", str(pictures))
    answer = assetman("search", "green frog", "--limit", "1", "--json").json
    assert answer.keys() == {"query", "confident", "seconds", "hits"}
    assert answer["query"] == "green frog"
    assert answer["confident"] is None
    assert answer["hits"] == [
        {
            "path": f"{pictures}/green frog.jpg",
            "kind": "image",
            "score": 1.0,
            "confident": None,
            "start": None,
            "end": None,
            "page": None,
            "box": None,
            "reasons": {"name": 1.0},
        }
    ]


def test_a_hit_in_a_video_says_when(assetman: Run, pictures: Path) -> None:
    assetman("add", str(pictures))
    said = assetman("search", "pond")
    assert said.lines == [f"1.000  {pictures}/deep/frog pond.mp4  at 1:23–1:31"]
    (hit,) = assetman("search", "pond", "--json").json["hits"]
    assert (hit["kind"], hit["start"], hit["end"]) == ("video", 83.5, 91.0)
    assert "3 image, 1 video" in assetman("status").out


def test_a_video_of_the_library_is_the_example_with_all_that_is_known_of_it(
    assetman: Run, pictures: Path
) -> None:
    assetman("add", str(pictures))
    film = str(pictures / "deep" / "frog pond.mp4")
    like = assetman("search", "--like", film, "--json").json
    assert like["hits"][0]["path"] == film


def test_nothing_found_is_no_error(assetman: Run, pictures: Path) -> None:
    assetman("add", str(pictures))
    said = assetman("search", "zebra", "--json")
    assert said.status == 0
    assert said.json["hits"] == []


def test_an_empty_library_says_what_to_do(assetman: Run) -> None:
    said = assetman("search", "frog")
    assert said.status == 0
    assert said.out == ""
    assert "assetman add" in said.err


def test_kinds_and_folders_limit_a_search(assetman: Run, pictures: Path) -> None:
    assetman("add", str(pictures))
    videos = assetman("search", "frog", "--type", "video", "--json").json
    assert names([hit["path"] for hit in videos["hits"]]) == ["frog pond.mp4"]
    deep = assetman("search", "frog", "--in", str(pictures / "deep"), "--json").json
    assert names([hit["path"] for hit in deep["hits"]]) == ["blue frog.jpg", "frog pond.mp4"]
    assert len(assetman("roots").lines) == 1


def test_a_kind_alone_lists_all_there_is_of_it(assetman: Run, pictures: Path) -> None:
    assetman("add", str(pictures))
    assert len(assetman("search", "--type", "image").lines) == 3


def test_a_new_folder_is_added_and_indexed_before_it_is_searched(
    assetman: Run, pictures: Path
) -> None:
    (pictures / "broken.jpg").touch()
    said = assetman("search", "a", "frog", "--in", str(pictures), "--json")
    assert said.status == 1
    assert "broken.jpg: The picture is cut off." in said.err
    assert len(said.json["hits"]) == 3
    again = assetman("search", "a", "frog", "--in", str(pictures), "--json")
    assert (again.status, again.err) == (0, "")


def test_like_leaves_nothing_out_and_similar_leaves_out_the_file_itself(
    assetman: Run, pictures: Path
) -> None:
    assetman("add", str(pictures))
    frog = str(pictures / "green frog.jpg")
    like = assetman("search", "--like", frog, "--json").json
    assert like["hits"][0]["path"] == frog
    similar = assetman("similar", frog, "--json").json
    assert similar["query"] == frog
    assert names([hit["path"] for hit in similar["hits"]]) == ["blue frog.jpg", "frog pond.mp4"]
    images = assetman("similar", frog, "--type", "image", "--limit", "9")
    assert len(images.lines) == 1


def test_a_file_from_elsewhere_can_be_the_example(
    assetman: Run, pictures: Path, tmp_path: Path
) -> None:
    assetman("add", str(pictures))
    elsewhere = tmp_path / "red frog.jpg"
    elsewhere.touch()
    assert len(assetman("similar", str(elsewhere)).lines) == 4


def test_what_is_like_several_or_a_collection_is_found_without_these(
    assetman: Run, pictures: Path
) -> None:
    assetman("add", str(pictures))
    frog, barn = str(pictures / "green frog.jpg"), str(pictures / "red barn.png")
    both = assetman("similar", frog, barn, "--json").json
    assert names([hit["path"] for hit in both["hits"]]) == ["blue frog.jpg", "frog pond.mp4"]
    assert both["query"] == f"{frog} {barn}"
    assetman("collections", "--put", "Ponds", frog)
    found = assetman("similar", "--collection", "ponds", "--by", "look", "--json").json
    assert names([hit["path"] for hit in found["hits"]]) == ["blue frog.jpg", "frog pond.mp4"]
    assert found["query"] == "ponds"
    pond = str(pictures / "deep" / "frog pond.mp4")
    assert len(assetman("similar", frog, "--unlike", pond).lines) == 1
    for wrong in (["--collection", "No"], [frog, barn, "--from", "1"], [frog, "--by", "smell"]):
        assert assetman("similar", *wrong).status == 2


@pytest.mark.parametrize("argv", [["similar"], ["search", "--like"], ["search", "--unlike"]])
def test_an_example_that_is_not_there_is_said(
    assetman: Run, pictures: Path, argv: list[str]
) -> None:
    said = assetman(*argv, str(pictures / "none.jpg"))
    assert said.status == 3
    assert said.err == f"assetman: The file {pictures}/none.jpg does not exist.\n"


def test_an_example_that_cannot_be_read_is_a_file_that_failed(
    assetman: Run, pictures: Path, tmp_path: Path
) -> None:
    (tmp_path / "broken.jpg").touch()
    said = assetman("search", "--like", str(tmp_path / "broken.jpg"))
    assert said.status == 1
    assert "is no picture" in said.err


def test_standard_input_is_answered_a_line_for_a_line(assetman: Run, pictures: Path) -> None:
    assetman("add", str(pictures))
    said = assetman(
        "search", "-", "--json", "--limit", "1", typed=b"green frog\r\n\nzebra\n\xff\nbarn"
    )
    answers = [json.loads(line) for line in said.lines]
    assert said.status == 0
    assert [answer["query"] for answer in answers] == ["green frog", "", "zebra", "\ufffd", "barn"]
    assert [len(answer["hits"]) if "hits" in answer else None for answer in answers] == [
        1,
        None,
        0,
        None,
        1,
    ]
    assert answers[1]["error"] == "The line is empty."
    assert answers[3]["error"] == "The line is not UTF-8."


@pytest.mark.parametrize(
    ("typed", "words", "options"),
    [
        (["frog", "-people"], ["frog", "-people"], []),
        (["--frog", "-x", "-"], ["--frog", "-x", "-"], []),
        (["a", "--limit", "5", "b", "--json"], ["a", "b"], ["--limit=5", "--json"]),
        (["--like", "-odd.jpg"], [], ["--like=-odd.jpg"]),
        (["--like=x.jpg", "--lik", "y"], ["--lik", "y"], ["--like=x.jpg"]),
        (["--", "--json", "--"], ["--json", "--"], []),
        (["--json=yes"], ["--json=yes"], []),
        (["-type:video", "tag:-x"], ["-type:video", "tag:-x"], []),
    ],
)
def test_only_known_options_are_options_the_rest_is_the_question(
    typed: list[str], words: list[str], options: list[str]
) -> None:
    assert split_question(typed) == (options, words)


def test_the_library_may_be_named_before_or_behind_the_command(tmp_path: Path) -> None:
    for argv in (
        ["--library", "search", "search", "x"],
        ["--library=search", "search", "x"],
        ["search", "x", "--library", "search"],
    ):
        given = parse(argv)
        assert given.command == "search"
        assert given.text == ["x"]
        assert given.library == Path("search").absolute()
    for argv in (
        ["--library", "search", "speech", "use", "tiny"],
        ["speech", "--library", "search", "use", "tiny"],
        ["speech", "use", "tiny", "--library", "search"],
    ):
        given = parse(argv)
        assert (given.command, given.verb, given.name) == ("speech", "use", "tiny")
        assert given.library == Path("search").absolute()
    assert parse(["status"]).library is None


@pytest.mark.parametrize(
    "argv",
    [
        ["dance"],
        ["add"],
        ["add", "--jsno", "x"],
        ["search"],
        ["search", "x", "--limit", "0"],
        ["search", "x", "--limit", "many"],
        ["search", "x", "--type", "smell"],
        ["search", "x", "--like"],
        ["models", "paint"],
        ["--library", "", "status"],
    ],
)
def test_wrong_use_is_said_in_one_sentence(
    assetman: Run, argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    said = assetman(*argv)
    err = said.err + capsys.readouterr().err
    assert said.status == 2
    assert err.startswith("assetman: ")
    assert err.count("\n") == 1
    assert said.out == ""


def test_status_counts_what_there_is(assetman: Run, pictures: Path) -> None:
    (pictures / "broken.jpg").touch()
    assetman("add", str(pictures))
    status = assetman("status", "--json").json
    assert status["assets"] == {"image": 3, "video": 1}
    assert status["segments"] == 4
    assert status["embeddings"] == {"starter-1-p1-2": 4}
    assert (status["missing"], status["offline"], status["failed"]) == (0, 0, 1)
    lines = assetman("status").out
    for part in ("3 image, 1 video", "failed      1", "device      CPU (there is no GPU)"):
        assert part in lines
    assert assetman("roots").out == f"{pictures}  4 assets\n"


def test_weights_that_are_none_are_said(assetman: Run, tmp_path: Path) -> None:
    said = assetman("models", "add", "ViT-B-32", str(tmp_path))
    assert said.status == 1
    assert said.err == f"assetman: {tmp_path} holds no weights of ViT-B-32.\n"


def test_a_library_that_cannot_be_opened_is_a_matter_of_the_environment(
    tmp_path: Path, library: Path
) -> None:
    err = io.StringIO()
    console = Console(io.StringIO(), err, io.BytesIO())
    assert run(["--library", str(tmp_path / "sick"), "status"], console, PaperEngine.open) == 3
    assert err.getvalue() == "assetman: The library was written by a newer Assetman.\n"


@pytest.mark.logs("a bug")
def test_a_bug_is_admitted(assetman: Run) -> None:
    said = assetman("search", "bug")
    assert said.status == 70
    assert "mistake in Assetman: KeyError" in said.err
    assert said.err.count("\n") == 1


def test_any_name_can_be_printed(assetman: Run, pictures: Path) -> None:
    odd = pictures / os.fsdecode(b"frog\n\xe9.jpg")
    odd.touch()
    (pictures / "-frog.jpg").touch()
    (pictures / "Fröschlein 蛙 frog.jpg").touch()
    assetman("add", str(pictures))
    assert all(line.startswith(("1.000  /", "0.")) for line in assetman("search", "frog").lines)
    hits = assetman("search", "frog", "--json").json["hits"]
    assert str(odd) in [
        hit["path"] for hit in assetman("search", "--type=image", "--json").json["hits"]
    ]
    assert all(Path(hit["path"]).exists() for hit in hits)


def test_the_doctor_finds_what_is_wrong(assetman: Run, library: Path) -> None:
    sound = assetman("doctor", "--json")
    assert [f["what"] for f in sound.json if f["what"] in ("Python", "disk", "library")] == [
        "Python",
        "disk",
        "library",
    ]
    (library / "torn").touch()
    sick = assetman("doctor")
    assert sick.status == 3
    assert "BAD library: A page is torn." in sick.out


def test_a_bar_is_drawn_only_where_someone_watches(library: Path, pictures: Path) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def added(err: io.StringIO, folder: Path) -> str:
        out = io.StringIO()
        argv = ["--library", str(folder), "add", str(pictures), "--json"]
        assert run(argv, Console(out, err, io.BytesIO()), PaperEngine.open) == 0
        assert json.loads(out.getvalue())["added"] == 4
        return err.getvalue()

    assert "\r" in added(Terminal(), library)
    assert added(io.StringIO(), library.with_name("other")) == ""


def test_a_terminal_that_knows_only_ascii_is_no_obstacle(library: Path, pictures: Path) -> None:
    (pictures / "Fröschlein.jpg").touch()
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii", errors="backslashreplace")
    console = Console(out, io.StringIO(), io.BytesIO())
    argv = ["--library", str(library), "search", "--in", str(pictures), "fröschlein"]
    assert run(argv, console, PaperEngine.open) == 0
    assert b"Fr\\xf6schlein.jpg" in raw.getvalue()


def test_without_a_command_the_window_opens_on_the_library(tmp_path: Path) -> None:
    opened: list[Path] = []

    def open_window(folder: Path) -> int:
        opened.append(folder)
        return 0

    console = Console(io.StringIO(), io.StringIO(), io.BytesIO())
    assert run(["--library", str(tmp_path)], console, open_window=open_window) == 0
    assert opened == [tmp_path]


def test_a_reader_that_has_had_enough_is_no_error(library: Path, pictures: Path) -> None:
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    console = Console(Closed(), io.StringIO(), io.BytesIO())
    assert run(["--library", str(library), "add", str(pictures)], console, PaperEngine.open) == 0


def test_help_is_quick_because_nothing_heavy_is_imported() -> None:
    heavy = ("numpy", "torch", "cattrs", "PySide6", "PIL", "sqlite_utils", "open_clip", "tqdm")
    code = (
        "import sys; from assetman.cli.main import main; status = main(['--help']);"
        f"print(sorted(set({heavy}) & set(sys.modules)), status, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stderr.strip() == "[] 0"
    assert "search" in done.stdout
    assert "engine" not in done.stdout


def test_reading_text_is_switched_on_and_off(assetman: Run, pictures: Path) -> None:
    assetman("add", str(pictures))
    assert "off" in assetman("text").out
    assert json.loads(assetman("text", "--json").out)["on"] is False
    assert assetman("text", "on", "--json").json["on"] is True
    assert assetman("text").out == assetman("text", "on").out
    assert assetman("text").out.startswith("on")
    assert assetman("text", "off").out == assetman("text").out
    assert json.loads(assetman("text", "--json").out)["on"] is False


def test_models_are_listed_by_what_they_are_for(assetman: Run) -> None:
    lines = assetman("models").lines
    heard = lines.index("for sounds, also those of videos")
    assert lines[0] == "for pictures and videos"
    assert all(line.startswith("  ") for line in (*lines[1:heard], *lines[heard + 1 :]))


def test_a_folder_of_weights_may_say_itself_what_it_is_for(assetman: Run, tmp_path: Path) -> None:
    said = assetman("models", "add", str(tmp_path))
    assert (
        said.err == f"assetman: {tmp_path} holds no weights of .\n"
    )  # as the paper engine puts it


def test_why_a_folder_is_away_is_a_sentence_of_its_own() -> None:
    root = Root(1, "/media/b/Photos", online=False, assets=1)
    watch = Watch(1, WatchMode.AWAY, reason="It is not connected just now.")
    assert root_line(root, watch) == (
        "/media/b/Photos  1 asset, offline. It is not connected just now."
    )
