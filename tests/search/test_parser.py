from __future__ import annotations

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


def test_times_and_addresses_stay_words() -> None:
    assert parse("at 10:30 https://example.org").wanted == "at 10:30 https://example.org"


@given(st.text())
def test_nothing_typed_breaks_it(text: str) -> None:
    parse(text)
