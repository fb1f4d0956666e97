"""What looks alike is near, whatever it shows."""

from __future__ import annotations

import numpy as np
import pytest

from assetman.embedding.look import LOOK_DIMENSION, LOOK_SIDE, looks

RED, BLUE, GREEN, GREY = (200, 60, 50), (60, 110, 200), (70, 150, 70), (128, 128, 128)


def land(sky: tuple[int, int, int], ground: tuple[int, int, int], seed: int = 0) -> np.ndarray:
    """Paint a sky over a ground, with some noise."""
    pixels = np.zeros((LOOK_SIDE, LOOK_SIDE, 3))
    pixels[: LOOK_SIDE // 2], pixels[LOOK_SIDE // 2 :] = sky, ground
    pixels += np.random.default_rng(seed).normal(0, 12, pixels.shape)
    return pixels.clip(0, 255).astype(np.uint8)


def cosines(*pictures: np.ndarray) -> np.ndarray:
    rows = looks(np.stack(pictures))
    return rows @ rows.T


def test_a_look_is_of_unit_length_whatever_the_picture() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (20, LOOK_SIDE, LOOK_SIDE, 3), np.uint8)
    plain = [np.full((LOOK_SIDE, LOOK_SIDE, 3), value, np.uint8) for value in (0, 128, 255)]
    rows = looks(np.concatenate([noise, np.stack(plain)]))
    assert rows.shape == (23, LOOK_DIMENSION)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-5)


def test_colours_in_the_same_places_are_nearest() -> None:
    same, turned, other = land(RED, BLUE, 1), land(BLUE, RED, 2), land(GREEN, GREY, 3)
    (_, alike, upside_down, strange) = cosines(land(RED, BLUE, 0), same, turned, other)[0]
    assert alike > 0.98
    assert alike > upside_down > strange, "the same colours elsewhere come before other colours"


def test_a_little_more_light_or_another_size_changes_little() -> None:
    picture = land(BLUE, GREEN)
    lighter = (picture * 0.9 + 25).astype(np.uint8)
    coarse = picture[::4, ::4].repeat(4, axis=0).repeat(4, axis=1)
    (_, light, rough, other) = cosines(picture, lighter, coarse, land(RED, GREY))[0]
    assert min(light, rough) > 0.95 > other


def test_lines_tell_pictures_of_one_colour_apart() -> None:
    bars = np.full((LOOK_SIDE, LOOK_SIDE, 3), 200, np.uint8)
    bars[:, ::8] = 60
    (_, across, blurred) = cosines(bars, bars.transpose(1, 0, 2), np.roll(bars, 1, axis=1))[0]
    assert blurred > across
