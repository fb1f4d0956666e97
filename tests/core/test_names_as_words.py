"""The name of a sound file is split into words, and that of a sound library understood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetman.core.names_as_words import category_of, words_of


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("RainOnTinRoof_02-24bit", "Rain On Tin Roof 02 24 bit"),
        ("drum_cymbal_closed", "drum cymbal closed"),
        ("DOORWood", "DOOR Wood"),
        ("bass_F#m_120bpm", "bass F#m 120 bpm"),
        ("雨の音01", "雨の音 01"),
        ("Sigur Rós – Ágætis", "Sigur Rós Ágætis"),
        ("e\u0301tude", "étude"),
        ("... ---", ""),
    ],
)
def test_a_name_is_split_where_its_letters_tell(name: str, words: str) -> None:
    assert words_of(name) == words


@pytest.mark.parametrize(
    ("stem", "category"),
    [
        ("DOORWood_Cellar Door Slam_JD_OLDHOUSE", "doors wood"),
        ("DOORWood-INT_Cellar Door Slam_JD_OLDHOUSE", "doors wood INT"),
        ("AMBForst_Morning Birds_JD_WOODS", "ambience forest"),
        ("GLASCrsh_Window_JD_X", "glass crash debris"),
        ("THUN_Close Strike_JD_X", "weather thunder"),
        ("BELLMisc_Small_JD_X", "bells"),
    ],
)
def test_the_category_of_a_sound_library_is_spelled_out(stem: str, category: str) -> None:
    assert category_of(stem) == category


@pytest.mark.parametrize("stem", ["DOORWood", "Doorwood_slam", "XYZWood_a_b", "kick_01", "", "_"])
def test_a_name_of_another_kind_has_no_category(stem: str) -> None:
    assert category_of(stem) is None


@given(st.text(max_size=60))
def test_no_letter_or_digit_of_a_name_is_lost(name: str) -> None:
    def kept(text: str) -> str:
        return "".join(c for c in words_of(text) if not c.isspace())

    assert kept(kept(name)) == kept(name)
    for word in words_of(name).split():
        assert word.isprintable()
