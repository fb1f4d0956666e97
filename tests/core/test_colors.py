"""Colours as people name them."""

from __future__ import annotations

import pytest

from assetman.core.colors import NEAR, apart, color


def is_called(name: str, other: str) -> bool:
    asked = color(name)
    assert asked is not None
    return apart(asked, other) <= NEAR


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("red", "#aa3322"),
        ("green", "#5a7832"),
        ("blue", "#2846b4"),
        ("teal", "#004f4f"),
        ("yellow", "#f5e642"),
        ("gray", "#9a9a9a"),
        ("white", "#efefea"),
        ("black", "#1a1716"),
        ("brown", "#8b3a2a"),
    ],
)
def test_a_name_means_its_shades(name: str, other: str) -> None:
    assert is_called(name, other)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("red", "#ffa500"),
        ("green", "#808000"),
        ("teal", "#808080"),
        ("gray", "#5a7832"),
        ("black", "#ff0000"),
        ("white", "#ffff00"),
        ("blue", "#800080"),
    ],
)
def test_and_not_another_colour(name: str, other: str) -> None:
    assert not is_called(name, other)
