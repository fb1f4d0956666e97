from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetman.core.assets import Kind
from assetman.search.parser import parse


def test_plain_words_are_what_is_wanted() -> None:
    assert parse("a frog on a  leaf").wanted == "a frog on a leaf"


def test_a_word_with_a_minus_is_not_wanted() -> None:
    parsed = parse('sunset -people -"red car"')
    assert parsed.wanted == "sunset"
    assert parsed.unwanted == ("people", "red car")


def test_kinds_and_folders_are_filters() -> None:
    parsed = parse('waves type:picture type:video in:"Coast 2026" in:Photos')
    assert parsed.wanted == "waves"
    assert parsed.kinds == (Kind.IMAGE, Kind.VIDEO)
    assert parsed.folders == ("Coast 2026", "Photos")


def test_an_unknown_kind_gets_a_note_and_the_rest_is_searched() -> None:
    parsed = parse("frog type:hologram")
    assert parsed.wanted == "frog"
    assert parsed.notes == (
        "There is no kind “hologram”: it is one of image, video, audio, document.",
    )


def test_tags_wanted_and_not_wanted_are_filters() -> None:
    parsed = parse('waves tag:holiday tag:"new york" -tag:private')
    assert parsed.wanted == "waves"
    assert parsed.tags == ("holiday", "new york")
    assert parsed.not_tags == ("private",)


def test_what_is_said_and_what_is_not_are_filters() -> None:
    parsed = parse('harbour said:"the storm" Said:ahoy -said:whale')
    assert parsed.wanted == "harbour"
    assert parsed.said == ("the storm", "ahoy")
    assert parsed.not_said == ("whale",)
    assert parsed.notes == ()


def test_something_said_that_is_no_word_gets_a_note_and_the_rest_is_searched() -> None:
    parsed = parse('frog said:"…!" -said:?')
    assert (parsed.wanted, parsed.said, parsed.not_said) == ("frog", (), ())
    assert parsed.notes == (
        "“said:…!” has no word in it that could be looked for.",
        "“-said:?” has no word in it that could be looked for.",
    )


@pytest.mark.parametrize(
    ("typed", "ratings"),
    [
        ("rating:3", (3, 3)),
        ("rating:=0", (0, 0)),
        ("rating:>=3", (3, 5)),
        ("rating:>3", (4, 5)),
        ("rating:<2", (0, 1)),
        ("rating:<=2", (0, 2)),
        ("rating:2..4", (2, 4)),
        ("rating:3..", (3, 5)),
        ("rating:..2", (0, 2)),
        ("rating:>=2 rating:<4", (2, 3)),
        ("is:rated", (1, 5)),
        ("is:unrated", (0, 0)),
    ],
)
def test_ratings_are_a_number_a_comparison_or_a_range(typed: str, ratings: tuple[int, int]) -> None:
    parsed = parse(f"waves {typed}")
    assert (parsed.wanted, parsed.ratings, parsed.notes) == ("waves", ratings, ())


@pytest.mark.parametrize(
    "typed", ["rating:6", "rating:good", "rating:..", "rating:1..9", "is:lovely", "-rating:3"]
)
def test_a_filter_that_makes_no_sense_gets_a_note_and_the_rest_is_searched(typed: str) -> None:
    parsed = parse(f"frog {typed}")
    assert parsed.wanted == "frog"
    assert parsed.ratings is None
    assert len(parsed.notes) == 1


def test_missing_files_are_asked_for() -> None:
    assert parse("is:missing").missing
    assert not parse("missing").missing


def test_a_filter_that_is_half_typed_is_passed_over() -> None:
    for typed in ("tag:", "rating:", "is:", "in:", 'tag:""', "tag: ", "said:", 'said:"', "-said:"):
        parsed = parse(f"frog {typed}")
        assert (parsed.wanted, parsed.tags) == ("frog", ())


def test_times_and_addresses_stay_words() -> None:
    assert parse("at 10:30 https://example.org").wanted == "at 10:30 https://example.org"


@given(st.text())
def test_nothing_typed_breaks_it(text: str) -> None:
    parse(text)
