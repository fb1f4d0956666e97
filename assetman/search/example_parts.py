"""Which segments of a file are the part of it that a question is asked with."""

from __future__ import annotations

from collections.abc import Sequence

from assetman.core.assets import SegmentKind
from assetman.core.inputs import Excerpt, Modality
from assetman.core.queries import Example
from assetman.library.embeddings import StoredSpace
from assetman.library.segments import Segment


def excerpt_of(example: Example) -> Excerpt:
    """Give the part of a file that an example is; a range begins where it begins."""
    start, end = example.start, example.end
    if end is not None:
        start, end = sorted((start or 0.0, end))
    return Excerpt(example.box, start, end)


def of_sense(segments: Sequence[Segment], space: StoredSpace) -> list[Segment]:
    """Give those of the segments that a space has embeddings of."""
    hears = space.modality is Modality.SOUND
    return [each for each in segments if (each.kind is SegmentKind.WINDOW) == hears]


def within(segments: Sequence[Segment], start: float | None, end: float | None) -> list[int]:
    """Give the segments whose frames are shown in some seconds; all where none are named.

    What is shown at the end is not among them: there the next shot begins. Of windows it is
    those whose loudest moment is heard then.
    """
    if start is None or end is None:
        return [each.id for each in segments]
    return [each.id for each in segments if each.at is not None and start <= each.at < end]


def nearest(segments: Sequence[Segment], time: float | None) -> list[int]:
    """Give the frame or window that tells most of a time: shown or heard then, else the nearest.

    None where no time is asked about, or there is none.
    """
    frames = [(each.id, each.start or 0.0, each.end or 0.0, each.at) for each in segments]
    ranked = [
        (not start <= time < end, abs(at - time), segment_id)
        for segment_id, start, end, at in frames
        if at is not None and time is not None
    ]
    return [min(ranked)[2]] if ranked else []
