"""What is written of files, found by the words of a question."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetman.core.assets import Kind, Passage, PassageKind
from assetman.core.queries import Filters
from assetman.library.words import any_form, forms, telling

from .conftest import Shelf


def describe(shelf: Shelf, name: str, *texts: str) -> int:
    content = shelf.content()
    asset = shelf.file(name, content=content)
    passages = [Passage(PassageKind.DESCRIPTION, text, 0.0, 1.0) for text in texts]
    passages.append(Passage(PassageKind.SUBTITLE, "whales are said", 0.0, 1.0))
    shelf.library.passages.replace(content, passages)
    return asset


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("barking", "bark"),
        ("bark", "barking"),
        ("barks", "barked"),
        ("doors", "door"),
        ("running", "run"),
        ("closing", "close"),
        ("café", "CAFE"),
        ("drummer", "drums"),
    ],
)
def test_a_word_is_found_in_its_other_forms(shelf: Shelf, asked: str, written: str) -> None:
    asset = describe(shelf, "a.wav", f"One {written} here")
    assert shelf.library.descriptions.of_words(asked) == {asset: 1.0}


def test_short_words_do_not_grow_into_others() -> None:
    assert "care" not in forms("car")
    assert "thing" not in forms("th")
    assert forms("ring") == sorted(forms("ring"))
    assert "r" not in forms("ring")


def test_words_that_say_nothing_do_not_count() -> None:
    assert telling("The sound of a door, in the rain!") == ["door", "rain"]
    assert telling("of the") == []


def test_the_share_of_a_file_adds_up_over_all_that_is_written_of_it(shelf: Shelf) -> None:
    both = describe(shelf, "a.wav", "A cellar", "the door")
    door = describe(shelf, "b.wav", "door")
    describe(shelf, "c.wav", "a window")
    shares = shelf.library.descriptions.of_words("cellar door")
    assert set(shares) == {both, door}
    assert shares[both] == pytest.approx(1.0)
    assert 0 < shares[door] < 0.5, "fewer have a cellar"
    assert shelf.library.descriptions.of_words("door", among=[door]).keys() == {door}
    pictures = Filters(kinds=(Kind.VIDEO,))
    assert shelf.library.descriptions.of_words("door", pictures) == {}
    assert shelf.library.descriptions.of_words("whales") == {}, "that is said, not written"


@given(st.text(max_size=40))
def test_nothing_typed_breaks_it(typed: str) -> None:
    for word in telling(typed):
        assert '"' not in word
        assert any_form(word).count('"') == 2 * len(forms(word))
