from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetman.core.moments import Moment
from assetman.ui.player.marks import Marks, mark_in, mark_out
from assetman.ui.player.rates import faster, rate_text, shuttled
from assetman.ui.player.reel import Reel, lights_of
from assetman.ui.player.timecode import span_code, time_code
from assetman.ui.times import length_text


def moment(number: int, start: float, end: float, at: float, score: float | None = None) -> Moment:
    return Moment(number, start, end, at, None, score)


THREE = [
    moment(1, 0, 4, 1, 0.2),
    moment(2, 0, 4, 3, 0.9),
    moment(3, 4, 6, 5, 0.3),
    moment(4, 6, 16, 10, 0.2),
]


def test_frames_of_one_shot_share_it_at_the_middle_between_them() -> None:
    spans = Reel(THREE).spans
    assert [(span.start, span.end) for span in spans] == [(0, 2), (2, 4), (4, 6), (6, 16)]


def test_the_moment_of_a_time_is_the_nearest_frame_of_its_own_shot() -> None:
    reel = Reel(THREE)
    at = {seconds: found.segment_id for seconds in (0, 2.5, 3.9, 4.0, 6.2, 99)
          if (found := reel.nearest(seconds))}  # fmt: skip
    assert at == {0: 1, 2.5: 2, 3.9: 2, 4.0: 3, 6.2: 4, 99: 4}
    assert Reel().nearest(1.0) is None


def test_shots_are_walked_by_their_beginnings() -> None:
    reel = Reel(THREE)
    assert reel.shot_after(0.0, 1) == 4
    assert reel.shot_after(5.0, 1) == 6
    assert reel.shot_after(7.0, 1) == 7.0  # there is no other
    assert reel.shot_after(5.0, -1, 0.5) == 4
    assert reel.shot_after(4.2, -1, 0.5) == 0
    assert reel.shot_at(4.0) == (4, 6)


def test_light_rises_from_the_middle_score_to_the_best() -> None:
    lights = Reel(THREE).spans
    assert [span.light for span in lights] == pytest.approx([0, 1, 0.0769, 0], abs=0.001)
    assert lights_of([None, None]) == [None, None]
    assert lights_of([0.4]) == [pytest.approx(0.4)]
    nearly = lights_of([0.50, 0.51, 0.50])
    assert nearly[1] == pytest.approx(0.2)  # what differs by nothing is lit by little


@given(st.lists(st.tuples(st.floats(0.1, 50), st.integers(1, 4)), min_size=1, max_size=12))
def test_spans_cover_every_shot_without_a_gap(shots: list[tuple[float, int]]) -> None:
    moments, start = [], 0.0
    for length, frames in shots:
        for number in range(frames):
            at = start + length * (number + 0.5) / frames
            moments.append(moment(len(moments), start, start + length, at))
        start += length
    spans = Reel(moments).spans
    assert spans[0].start == 0
    assert spans[-1].end == pytest.approx(start)
    for before, after in itertools.pairwise(spans):
        assert before.end == pytest.approx(after.start)


def test_a_mark_without_its_other_end_reaches_to_the_end_of_the_shot() -> None:
    assert mark_in(None, 2.0, 5.0) == Marks(2.0, 5.0)
    assert mark_out(None, 3.0, 1.0) == Marks(1.0, 3.0)
    assert mark_in(Marks(1.0, 3.0), 2.0, 9.0) == Marks(2.0, 3.0)
    assert mark_in(Marks(1.0, 3.0), 4.0, 9.0) == Marks(4.0, 9.0)  # behind its end: begun anew
    assert mark_out(Marks(4.0, 9.0), 2.0, 1.0) == Marks(1.0, 2.0)
    assert mark_out(None, 0.0, 0.0).length > 0


def test_j_and_l_begin_at_once_and_double() -> None:
    assert shuttled(1.0, False, 1) == 1
    assert shuttled(1.0, True, 1) == 2
    assert shuttled(8.0, True, 1) == 8
    assert shuttled(4.0, True, -1) == -1
    assert shuttled(-1.0, True, -1) == -2
    assert [faster(1.0, 1), faster(1.0, -1), faster(0.25, -1), faster(8.0, 1)] == [
        1.25,
        0.75,
        0.25,
        8,
    ]
    assert rate_text(-4.0) == "−4×"


def test_times_are_written_with_steady_digits() -> None:
    assert time_code(41.2) == "0:41.2"
    assert time_code(41.25, 700) == "00:41.2"
    assert time_code(5, 3600) == "0:00:05.0"
    assert time_code(3723.4) == "1:02:03.4"
    assert span_code(41.2, 46.8) == "0:41.2 – 0:46.8"
    assert [length_text(each) for each in (4.6, 134, 3723)] == ["4.6 s", "2:14", "1:02:03"]
    assert [length_text(each) for each in (0.336, 9.94, 9.97)] == ["0.34 s", "9.9 s", "0:10"]
