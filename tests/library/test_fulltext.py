"""All that is written about files is found by its words: names, folders, tags, passages."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetman.core.assets import Kind, Passage, PassageKind
from assetman.core.conditions import Key, Test
from assetman.core.queries import Filters
from assetman.library.quotations import spans
from assetman.library.spelling import spelt, spelt_name, words_in
from assetman.library.words import any_form, exact, forms, holds, phrase, telling

from .conftest import Shelf, stat


def write(shelf: Shelf, name: str, **texts: str) -> int:
    """Add a file with passages, by their kinds."""
    content = shelf.content()
    asset = shelf.file(name, content=content)
    passages = [Passage(PassageKind(kind), text, 2.0, 3.0) for kind, text in texts.items()]
    shelf.library.passages.replace(content, passages)
    return asset


def found(shelf: Shelf, typed: str) -> set[int]:
    return set(shelf.library.fulltext.of_words(typed))


def exactly(shelf: Shelf, words: str) -> list[int]:
    return sorted(shelf.library.assets.ids(Test(Key.WRITTEN, words)))


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("RainOnTin_02-loop.wav", "rain on tin"),
        ("RainOnTin_02-loop.wav", "rainontin"),
        ("RainOnTin_02-loop.wav", "tin 02"),
        ("RainOnTin_02-loop.wav", "2"),
        ("IMG1234.jpg", "img 1234"),
        ("IMG1234.jpg", "img1234.jpg"),
        ("Café Größe Łódź.png", "cafe grosse lodz"),
        ("東京タワー夜.png", "京タワ"),
        ("서울의 밤.png", "울의"),
        ("วันหยุดที่ทะเล.png", "ทะเล"),
        ("हिन्दी गाना.mp4", "गाना"),
        ("Ελλάδα.jpg", "ΕΛΛΑΔΑ"),
        ("Ёлка.jpg", "елка"),
        ("שָׁלוֹם.jpg", "שלום"),
        ("ﬁnale ½.jpg", "finale"),
        ("AMBForst_Birds_X.wav", "ambience forest"),
    ],
)
def test_names_are_found_by_their_words_in_any_script(shelf: Shelf, name: str, typed: str) -> None:
    other = shelf.file("other.tiff")
    asset = shelf.file(name)
    assert asset in found(shelf, typed)
    assert exactly(shelf, typed) == [asset]
    assert other not in found(shelf, typed)


def test_a_file_is_found_by_its_present_name_and_folder_only(shelf: Shelf) -> None:
    asset = shelf.file("Holiday/beach.jpg")
    assert exactly(shelf, "holiday") == exactly(shelf, "beach") == [asset]
    shelf.library.assets.move(asset, shelf.root, "Winter trip/hut.jpg", stat())
    assert exactly(shelf, "winter trip") == exactly(shelf, "hut") == [asset]
    assert exactly(shelf, "holiday") == exactly(shelf, "beach") == []
    shelf.library.assets.forget([asset])
    assert exactly(shelf, "hut") == []


def test_tags_are_found_as_they_are_called_now(shelf: Shelf) -> None:
    asset, other = shelf.file("a.jpg"), shelf.file("b.jpg")
    tags = shelf.library.tags
    tags.tag([asset], ["Reise nach Köln"])
    assert found(shelf, "koln") == {asset}
    tags.rename("Reise nach Köln", "Lisbon")
    tags.tag([other], ["Lisbon"])
    assert found(shelf, "koln") == set()
    assert exactly(shelf, "lisbon") == [asset, other]
    tags.untag([asset, other], ["lisbon"])
    assert found(shelf, "lisbon") == set()


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
        ("sunfl", "sunflower"),
    ],
)
def test_a_word_is_found_in_its_other_forms_and_begun(
    shelf: Shelf, asked: str, written: str
) -> None:
    asset = write(shelf, "a.wav", description=f"One {written} here")
    assert found(shelf, asked) == {asset}


def test_exact_words_are_whole_words_in_one_text(shelf: Shelf) -> None:
    asset = write(shelf, "a.jpg", title="Red kites", caption="over the hill")
    assert exactly(shelf, "red kites") == [asset]
    assert exactly(shelf, "red kite") == exactly(shelf, "kites over") == []


def test_what_is_written_of_a_file_adds_up_and_rare_words_count_more(shelf: Shelf) -> None:
    both = write(shelf, "a.wav", title="A cellar", caption="the door")
    door = write(shelf, "b.wav", description="door")
    write(shelf, "c.wav", description="a door, a window")
    told = shelf.library.fulltext.of_words("cellar door")
    assert told[both].strength == pytest.approx(1.0)
    assert 0 < told[door].strength < 0.5, "fewer have a cellar"
    assert max(told, key=lambda asset: told[asset].strength) == both


def test_words_said_at_different_times_do_not_add_up(shelf: Shelf) -> None:
    content = shelf.content(Kind.VIDEO)
    film = shelf.file("a.mp4", content=content)
    lines = [("red boats", 1.0), ("the open sea", 9.0), ("a red sea", 5.0)]
    said = [Passage(PassageKind.SUBTITLE, text, at, at + 1) for text, at in lines]
    shelf.library.passages.replace(content, said)
    shelf.file("b.jpg")
    told = shelf.library.fulltext.of_words("red sea")
    (quotation,) = shelf.library.fulltext.quotations("red sea", told)[film]
    assert (quotation.text, quotation.start, quotation.end) == ("a red sea", 5.0, 6.0)
    assert quotation.words == ((2, 5), (6, 9))
    assert told[film].strength == pytest.approx(quotation.share)
    assert quotation.share < 1, "what is said of a moment says less of the whole"


def test_a_hit_is_quoted_with_the_words_that_matched(shelf: Shelf) -> None:
    asset = shelf.file("Holiday Rome/RainOnTin_02.jpg")
    fulltext = shelf.library.fulltext
    name, folder = fulltext.quotations("rain rome", fulltext.of_words("rain rome"))[asset]
    assert (name.what, name.text, name.words) == ("name", "RainOnTin_02.jpg", ((0, 4),))
    assert (folder.what, folder.text) == ("folder", "photos/Holiday Rome")
    assert [folder.text[start:end] for start, end in folder.words] == ["Rome"]
    told = fulltext.of_words("rain rome")[asset]
    assert told.strength == pytest.approx(name.share + folder.share)


def test_only_assets_that_pass_are_found(shelf: Shelf) -> None:
    one, other = shelf.file("door.jpg"), shelf.file("sub/door.jpg")
    fulltext = shelf.library.fulltext
    assert set(fulltext.of_words("door")) == {one, other}
    assert set(fulltext.of_words("door", among=[other])) == {other}
    assert fulltext.of_words("door", Filters(kinds=(Kind.VIDEO,))) == {}
    shelf.library.assets.mark_missing([one])
    assert set(fulltext.of_words("door")) == {other}


def test_all_that_is_written_about_a_file_can_be_listed(shelf: Shelf) -> None:
    asset = write(shelf, "Sub/MyDoor.jpg", title="Größe")
    shelf.library.tags.tag([asset], ["Öl"])
    texts = shelf.library.fulltext.texts_of([asset])[asset]
    assert sorted(texts) == ["grosse", "mydoor jpg my door jpg", "ol", "photos sub"]
    assert any(holds(text, "my door", begun=False) for text in texts)


def test_short_words_do_not_grow_into_others() -> None:
    assert "care" not in forms("car")
    assert "thing" not in forms("th")
    assert "r" not in forms("ring")


def test_words_that_say_nothing_do_not_count() -> None:
    assert telling("The sound of a door, in the rain!") == ["door", "rain"]
    assert telling("of the") == []
    assert telling("東京の夜") == ["東 京", "京 の", "の 夜"]


ANY = st.text(max_size=30) | st.text("aAñé東ทिक्ष1 _'-", max_size=12)


@given(ANY)
def test_words_of_any_text_are_folded_once_and_know_their_places(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    once = spelt(text)
    assert spelt(once) == once
    for word in words_in(text):
        assert 0 <= word.start < word.end <= len(text)
        assert " " not in word.text
    assert spelt(spelt_name(text)) == spelt_name(text)
    for start, end in spans(text, telling(text)):
        assert 0 <= start < end <= len(text)


@given(ANY, ANY)
def test_the_index_and_plain_python_agree_on_what_a_text_holds(text: str, typed: str) -> None:
    assert holds(text, text) == bool(spelt(text))
    if holds(text, typed, begun=False):
        assert holds(text, typed)


@given(ANY)
def test_nothing_typed_breaks_the_index(typed: str) -> None:
    index = sqlite3.connect(":memory:")
    index.execute("CREATE VIRTUAL TABLE written USING fts5(text, tokenize='ascii')")
    index.execute(
        "INSERT INTO written VALUES (?)", (spelt(typed.encode("utf-8", "replace").decode()),)
    )
    for expression in (phrase(typed), exact(typed), *map(any_form, telling(typed))):
        ask = "SELECT COUNT(*) FROM written WHERE written MATCH ?"
        (count,) = index.execute(ask, (expression,)).fetchone()
        assert count == bool(spelt(typed)) or not spelt(typed)
    index.close()
