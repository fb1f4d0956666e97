from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetman.core.searches import Completion
from assetman.search.completion import Completing
from assetman.search.parser import parse
from kit.pictures import paint
from tests.search.conftest import Searched


@pytest.fixture(scope="module")
def known(shared: Searched, tmp_path_factory: pytest.TempPathFactory) -> Completing:
    root = tmp_path_factory.mktemp("Photos")
    for path in ("Trip 2026/red.png", "Trip 2026/blue.png", "Old/Trip 2025/green.JPG"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        paint(root / path, Path(path).stem)
    shared.add(root)
    shared.index()
    ids = shared.library.assets.ids()
    shared.library.tags.tag(ids[:2], ["New York"])
    shared.library.tags.tag(ids[:1], ["newborn"])
    shared.library.collections.make("Newest", ids)
    return Completing(shared.library)


def offered(known: Completing, text: str) -> list[str]:
    """Give the texts that there would be with each of what is offered; `|` is the cursor."""
    cursor = text.index("|")
    text = text.replace("|", "")
    found = known.complete(text, cursor)
    return [text[: found.start] + each.text + text[found.end :] for each in found.options]


def test_a_word_is_completed_to_keys(known: Completing) -> None:
    assert offered(known, "frog ty|") == ["frog type:"]
    assert offered(known, "frog -OR| x") == ["frog -orientation: x"]
    assert offered(known, "(a OR d|") == ["(a OR duration:", "(a OR date:"]


def test_a_word_is_completed_to_tags_and_places_too(known: Completing) -> None:
    assert offered(known, "new|") == ['tag:"New York"', "tag:newborn", "in:Newest"]


def test_behind_a_key_its_values_are_offered_with_how_many_files_have_them(
    known: Completing,
) -> None:
    assert known.complete("tag:", 4).options == (
        Completion('"New York"', "New York", 2),
        Completion("newborn", "newborn", 1),
    )
    assert known.complete("ext:", 4).options == (
        Completion("png", "png", 2),
        Completion("jpg", "jpg", 1),
    )
    assert offered(known, "type:|") == ["type:image"]


def test_a_value_that_is_begun_is_completed(known: Completing) -> None:
    assert offered(known, "frog -tag:yor| leaf") == ['frog -tag:"New York" leaf']
    assert offered(known, 'tag:"new y|') == ['tag:"New York"']
    assert offered(known, "tag:NEWB|xyz leaf") == ["tag:newborn leaf"]
    assert offered(known, "color:te|") == ["color:teal"]
    assert offered(known, "in:trip|") == ['in:"Trip 2026"', 'in:"Trip 2025"']


def test_every_value_that_is_offered_makes_sense(known: Completing) -> None:
    keys = [each.text for each in known.complete("x", 0).options]
    for letter in "abcdefghijklmnopqrstuvwxyz":
        keys += [each.text for each in known.complete(letter, 1).options if ":" in each.text[-1]]
    assert len(keys) >= 21
    for key in keys:
        for text in offered(known, f"{key}|"):
            assert parse(text).mistakes == (), text


def test_nothing_is_offered_between_words_and_behind_quotations(known: Completing) -> None:
    for text in ("|", "frog | x", '"new|', 'tag:"New York"|', "frog^2|", "about:ne|", "(|"):
        assert offered(known, text) == [], text


@given(st.text(st.sampled_from('tag:in"(^x[]-+| \t“”'), max_size=20), st.integers(-2, 25))
def test_nothing_typed_breaks_it(known: Completing, text: str, cursor: int) -> None:
    found = known.complete(text, cursor)
    assert 0 <= found.start <= found.end <= len(text)


def test_a_folder_that_two_roots_have_is_offered_once_with_the_files_of_both(
    searched: Searched, tmp_path: Path
) -> None:
    for place in ("Photos/pets/dogs/red.png", "Sounds/pets/dogs/blue.png"):
        (tmp_path / place).parent.mkdir(parents=True)
        paint(tmp_path / place, Path(place).stem)
    for root in ("Photos", "Sounds"):
        searched.add(tmp_path / root)
    searched.index()
    found = Completing(searched.library).complete("in:dogs", 7)
    assert [(each.label, each.count) for each in found.options] == [("pets/dogs", 2)]
