"""The shape of a sound: the same whatever it is a sound of."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetman.embedding.shape import SHAPE_DIMENSION, SHAPE_RATE, outline, shape

RATE = 16_000


def tone(pitch: float, envelope: np.ndarray) -> np.ndarray:
    time = np.arange(len(envelope)) / RATE
    return (np.sin(2 * np.pi * pitch * time) * envelope).astype(np.float32)


def struck(seconds: float, decay: float) -> np.ndarray:
    return np.exp(-np.arange(int(seconds * RATE)) / RATE / decay)


def pulsing(seconds: float, beats: float) -> np.ndarray:
    time = np.arange(int(seconds * RATE)) / RATE
    return (np.sin(2 * np.pi * beats * time) > 0) * 1.0


def of(samples: np.ndarray) -> np.ndarray:
    vector = shape(outline(samples, RATE), SHAPE_RATE)
    assert vector is not None
    return vector


def test_two_sounds_of_one_shape_are_nearer_than_one_sound_in_two_shapes() -> None:
    bell, wood = of(tone(880, struck(2, 0.4))), of(tone(97, struck(2, 0.4)))
    swell = of(tone(880, struck(2, 0.4)[::-1]))
    beat = of(tone(880, pulsing(2, 4)))
    assert bell @ wood > 0.98
    assert max(bell @ swell, bell @ beat) < 0.85
    noise = np.random.default_rng(0).uniform(-1, 1, 2 * RATE) * struck(2, 0.4)
    assert bell @ of(noise.astype(np.float32)) > 0.95


def test_loudness_and_silence_around_do_not_matter() -> None:
    sound = tone(440, struck(1, 0.2))
    quiet = np.concatenate([np.zeros(5000), sound * 0.02, np.zeros(9000)]).astype(np.float32)
    assert of(sound) @ of(quiet) > 0.99


def test_how_often_it_beats_and_how_long_it_lasts_matter() -> None:
    slow, fast = of(tone(440, pulsing(4, 2))), of(tone(440, pulsing(4, 7)))
    same = of(tone(220, pulsing(4, 2)))
    assert slow @ same > slow @ fast
    long, short = of(tone(440, struck(6, 2))), of(tone(440, struck(0.3, 0.1)))
    assert of(tone(97, struck(0.3, 0.1))) @ short > long @ short


def test_silence_has_no_shape() -> None:
    assert shape(np.zeros((50, 2), np.int8), 10.0) is None
    assert shape(np.zeros((0, 2), np.int8), 10.0) is None


@given(
    st.lists(st.tuples(st.integers(-127, 127), st.integers(-127, 127)), min_size=1, max_size=300),
    st.floats(1, 2000),
)
def test_any_outline_has_a_shape_of_unit_length(pairs: list[tuple[int, int]], rate: float) -> None:
    vector = shape(np.array(pairs, np.int8), rate)
    if vector is None:
        assert not np.any(pairs)
    else:
        assert vector.shape == (SHAPE_DIMENSION,)
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
