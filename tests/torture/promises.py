"""What is promised of any stretch of anything that is heard, whole or damaged."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assetman.core.assets import PassageKind, SegmentDraft, SegmentKind
from assetman.core.inputs import WINDOW_SECONDS, SoundSpec
from assetman.media.handler import Extraction, Stretch

MOST_WINDOWS = 60  # of one stretch


def heard_in(found: Extraction, stretch: Stretch, specs: Sequence[SoundSpec]) -> list[SegmentDraft]:
    """Hold the windows of a stretch to what is promised; gives them."""
    windows = [each for each in found.segments if each.kind is SegmentKind.WINDOW]
    assert len(windows) <= MOST_WINDOWS
    numbers = [each.ordinal for each in windows]
    assert numbers == [*range(stretch.window, stretch.window + len(windows))]
    for spec in specs:
        heard = found.inputs[spec]
        assert heard.shape == (len(windows), spec.length)
        assert np.isfinite(heard).all()
        assert np.abs(heard).max(initial=0.0) <= 1.0
    for window in windows:
        times = np.array([stretch.start, window.start, window.at, window.end], float)
        assert np.isfinite(times).all(), times
        assert (np.diff(times) >= 0).all(), times
        assert times[3] - times[1] <= WINDOW_SECONDS + 0.001, times
    starts = [each.start or 0.0 for each in windows]
    assert starts == sorted(set(starts))
    facts = found.probe.sound
    for value in (facts.loudness, facts.peak, facts.bpm) if facts else ():
        assert value is None or np.isfinite(value)
    return windows


def told_in(found: Extraction) -> None:
    """Hold what a file says of itself to what a screen takes."""
    duration = found.probe.duration
    assert duration is None or 0 <= duration < float("inf")
    for text in found.probe.facts.values():
        assert str(text).isprintable(), text
    for said in found.passages:
        assert 0 <= said.start <= said.end < float("inf"), said
        if said.kind is PassageKind.DESCRIPTION:
            assert "".join(said.text.split("\n")).isprintable(), said
