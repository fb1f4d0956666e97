"""What is told of a run while it goes on: never more than is known."""

from __future__ import annotations

import time

import pytest

from assetman.core.assets import Kind, Probe
from assetman.ingest import tally as tallying
from assetman.ingest.reading import Reading
from assetman.ingest.tally import Tally
from assetman.library.contents import Pending
from assetman.media.handler import Extraction


def sound() -> Reading:
    """A sound that says it is ten minutes long."""
    item = Pending(1, "k", Kind.AUDIO, False, 9, 1, 1, "/s/a.wav", "a.wav", 1, "1", (1,))
    return Reading(item, ())


def heard_until(reading: Reading, seconds: float) -> float:
    """Hear on up to a second, and say how much of the sound is read."""
    reading.take(Extraction(Probe(Kind.AUDIO, duration=600.0), (), rest=seconds))
    return reading.share


def test_a_long_sound_is_read_bit_by_bit() -> None:
    reading = sound()
    assert [heard_until(reading, at) for at in (150.0, 300.0)] == [0.25, 0.5]


def test_a_sound_that_goes_on_where_it_says_it_ends_is_not_called_done() -> None:
    reading = sound()
    assert [heard_until(reading, at) for at in (450.0, 600.0, 6000.0)] == [0.75, 0.5, 0.5]
    reading.take(Extraction(Probe(Kind.AUDIO), ()))
    assert reading.share == 1.0


@pytest.fixture
def told() -> Tally:
    """A run that has been at it for long enough to say how fast it is."""
    tally = Tally(1)
    tally.indexing("Films", 176)
    tally._marks[0] = (time.monotonic() - tallying._TRUSTED - 1, 0.0)
    return tally


def test_a_tenth_of_the_first_film_does_not_say_how_long_a_folder_takes(told: Tally) -> None:
    told.reached(7, 0.1)
    assert told.report().rate is None
    assert told.report().seconds_left is None
    told.reached(7, None)
    told.finished(1, 100)
    assert told.report().seconds_left is not None


def test_a_tenth_of_the_only_film_says_how_long_it_takes() -> None:
    tally = Tally(1)
    tally.indexing("Films", 1)
    tally._marks[0] = (time.monotonic() - 9.0, 0.0)
    tally.reached(7, 0.1)
    assert tally.report().seconds_left == pytest.approx(81, abs=5)
