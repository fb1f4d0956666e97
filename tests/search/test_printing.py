from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetman.core.conditions import Any, InCollection, InFolder
from assetman.search.parser import canonical, parse
from assetman.search.printing import printed
from kit.questions import question


def test_ten_thousand_random_trees_survive_print_and_parse() -> None:
    chance = random.Random(6)
    for _ in range(10_000):
        tree = question(chance)
        text = printed(tree)
        assert parse(text).tree == canonical(tree), text


@given(st.text())
def test_whatever_is_typed_survives_print_and_parse(text: str) -> None:
    tree = parse(text).tree
    assert parse(printed(tree)).tree == tree


@given(
    st.lists(
        st.sampled_from(
            [
                *'()+-"“”„[]^:.,<>=# \t\n\0',
                "OR",
                "tag:",
                "size:",
                "date:2024",
                "^2",
                "a",
                "é",
                "\ud800",
            ]
        ),
        max_size=30,
    )
)
def test_signs_in_any_order_survive_print_and_parse(signs: list[str]) -> None:
    tree = parse("".join(signs)).tree
    assert parse(printed(tree)).tree == tree


@pytest.mark.parametrize(
    "typed",
    [
        "sunset -people +[image]",
        '"golden gate" bridge',
        "(red car)^2 beach^0.5 -(lens flare)",
        "cat OR dog type:image",
        "tag:cat (cat OR dog)",
        "-(tag:cat OR tag:dog)",
        'about:"OR" -about:"-x"',
        'in:"Coast 2026" name:*.psd ext:jpg',
        "size:>10mb duration:<30s width:800..1200 height:1080",
        "date:2024-05 date:2024 date:2024-05-03 date:2024-05-01..",
        "date:7d date:last-7-days date:today.. date:..yesterday date:2024..last-month",
        "date:>7d date:<3m date:>2024..<this-year",
        "color:teal color:#aa3322",
        "rating:>=3 rating:<=2 rating:2..4 rating:3",
        'said:"the storm" text:exit',
    ],
)
def test_what_is_written_well_is_printed_as_it_was_typed(typed: str) -> None:
    parsed = parse(typed)
    assert parsed.mistakes == ()
    assert printed(parsed.tree) == typed


def test_what_cannot_be_typed_is_not_printed() -> None:
    for tree in (InFolder(1), InCollection(1), Any()):
        with pytest.raises(ValueError, match=r"typed|name"):
            printed(tree)
