"""Pictures that show the same are recognised whatever was done to them, and others are not."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from PIL import Image, ImageOps

from assetman.media.picture_marks import Marks, marks_of
from assetman.media.picture_matching import Match, Sight, match
from assetman.search.proposing import Recognition
from assetman.search.relating import relation
from kit.scenes import CHANGES, Picture, cropped, framed, scene, tilted


def sight(picture: Picture) -> Sight:
    small = picture.convert("RGB")
    small.thumbnail((512, 512))
    return Sight(np.asarray(small))


@cache
def other_things(seed: int) -> Sight:
    return sight(scene(seed))


def found(one: Picture, other: Picture) -> Match | None:
    """Propose and compare, among pictures of other things."""
    known = Recognition()
    sights = {number: other_things(number) for number in range(100, 104)} | {1: sight(one)}
    for number, seen in sights.items():
        known.add(number, marks_of(seen))
    copy = sight(other)
    matches = {
        each.content_id: match(copy, sights[each.content_id], each.turns, each.by_points)
        for each in known.proposals(marks_of(copy))
    }
    assert not any(how for number, how in matches.items() if number != 1)
    return matches.get(1)


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_copy_is_recognised(change: str) -> None:
    assert found(scene(1), CHANGES[change](scene(1))) is not None


def test_pictures_in_the_same_frame_are_not_the_same() -> None:
    ornament = scene(7, (640, 480))
    pair = []
    for seed in (8, 9):
        picture = ornament.copy()
        picture.paste(scene(seed, (480, 340)), (80, 70))
        pair.append(sight(picture))
    assert match(*pair, turns=range(8), by_points=(False, True)) is None


def test_a_picture_is_not_found_in_one_colour_or_nothing() -> None:
    plain = sight(Image.new("RGB", (300, 200), "teal"))
    assert len(marks_of(plain).hashes) == 0
    assert match(sight(scene(1)), plain, range(8), (False, True)) is None
    assert match(plain, plain, range(8), (False, True)) is None
    line = sight(Image.new("RGB", (500, 1), "red"))
    assert Recognition().proposals(marks_of(line)) == []


@pytest.mark.parametrize("turn", range(8))
def test_each_way_to_lay_a_whole_picture_is_found_by_its_hash(turn: int) -> None:
    picture = scene(3)
    laid = picture.transpose(Image.Transpose.TRANSPOSE) if turn & 4 else picture
    laid = ImageOps.mirror(laid) if turn & 1 else laid
    laid = ImageOps.flip(laid) if turn & 2 else laid
    one, other = sight(picture), sight(laid)
    (near,) = np.flatnonzero(
        [int(a ^ marks_of(other).hashes[0]).bit_count() <= 8 for a in marks_of(one).hashes]
    )
    assert near == turn
    how = match(one, other, [int(near)], ())
    assert how is not None
    assert how.mirrored == (bin(turn).count("1") % 2 == 1)


def test_marks_are_stored_as_they_are() -> None:
    marks = marks_of(sight(scene(4)))
    again = Marks.from_bytes(marks.to_bytes())
    assert (again.hashes == marks.hashes).all()
    assert (again.words == marks.words).all()
    assert (again.mirrored == marks.mirrored).all()
    with pytest.raises(ValueError, match="marks"):
        Marks.from_bytes(b"")


def said(one: Picture, other: Picture) -> tuple[set[str], set[str], set[str]]:
    a, b = sight(one), sight(other)
    how = match(a, b, range(8), (False, True))
    assert how is not None
    told = relation(1, 2, a, b, how)
    return set(told.between), set(told.of_one), set(told.of_other)


def test_what_was_done_to_a_copy_is_said_in_words() -> None:
    picture = scene(5)
    assert said(picture, ImageOps.mirror(picture)) == ({"mirrored"}, set(), set())
    between, _, _ = said(picture, CHANGES["turned left"](picture))
    assert between == {"turned by 90°"}
    assert said(picture, CHANGES["grey"](picture))[2] == {"without colour"}
    assert said(CHANGES["grey"](picture), picture)[1] == {"without colour"}
    assert said(picture, framed(0.1, "white")(picture))[2] == {"a border"}
    (crop,) = said(picture, cropped(0.2)(picture))[2]
    assert crop.removeprefix("cropped by ") in ("35%", "36%", "37%")
    assert "askew by 7°" in said(picture, tilted(7)(picture))[0]
    assert said(picture, CHANGES["darker"](picture))[0] == {"lighter or darker"}
