"""Mistakes of questions, as a terminal shows them."""

import io
import json
from pathlib import Path

from assetman.cli.console import Console
from assetman.cli.main import run
from assetman.cli.mistakes import tell_mistakes
from assetman.engine.service import EngineService
from assetman.search.parser import parse


def told(text: str) -> list[str]:
    """Give the lines that are said about a question."""
    console = Console(io.StringIO(), io.StringIO(), io.BytesIO())
    tell_mistakes(text, parse(text).mistakes, console)
    assert isinstance(console.err, io.StringIO)
    return [line.removeprefix("assetman: ") for line in console.err.getvalue().splitlines()]


def test_a_mistake_is_shown_with_carets_at_its_place() -> None:
    assert told("frog type:hologram leaf)") == [
        "There is no kind “hologram”: it is one of image, video, audio, document.",
        "  frog type:hologram leaf)",
        "       ^^^^^^^^^^^^^",
        "There is no “(” for this “)”.",
        "  frog type:hologram leaf)",
        "                         ^",
    ]


def test_carets_stand_below_wide_letters_too() -> None:
    assert told("海辺 e\u0301\t\ud800 is:海")[1:] == ["  海辺 e\u0301␉? is:海", "           ^^^^^"]


def test_of_a_long_question_the_part_around_the_mistake_is_shown() -> None:
    _, line, carets = told("sea " * 200 + "is:lovely " + "sky " * 200)
    assert len(line) < 90
    assert line[carets.index("^") : carets.rindex("^") + 1] == "is:lovely"


def test_the_rest_of_a_question_with_mistakes_is_answered(tmp_path: Path) -> None:
    def command(*argv: str, typed: bytes = b"") -> tuple[int, str, str]:
        out, err = io.StringIO(), io.StringIO()
        console = Console(out, err, io.BytesIO(typed))
        library = ["--library", str(tmp_path / "library")]
        status = run([*library, *argv], console, EngineService.open)
        return status, out.getvalue(), err.getvalue()

    status, out, err = command("search", "rating:9", "--json")
    assert (status, json.loads(out)["mistakes"]) == (
        0,
        [
            {
                "start": 0,
                "end": 8,
                "message": "“rating:9” makes no sense: ratings go from 0 to 5, as in rating:3, "
                "rating:>=3 or rating:2..4.",
            }
        ],
    )
    assert "^^^^^^^^" in err
    status, out, err = command("search", "-", "--json", typed=b"rating:3\nis:lovely\n\n")
    answers = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert [set(answer) - {"confident", "seconds"} for answer in answers] == [
        {"query", "hits"},
        {"query", "hits", "mistakes"},
        {"query", "error"},
    ]
    assert err.count("^^^^^^^^^") == 1
