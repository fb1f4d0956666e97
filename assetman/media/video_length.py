"""When a video begins and how long it is, as its file says it."""

from __future__ import annotations

from typing import cast

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream


def start_of(container: InputContainer, stream: VideoStream, first: VideoFrame) -> float:
    """Give the time that players call 0, as the stream counts: where the first of all begins."""
    stamp = stream.start_time
    stamp = first.pts if stamp is None else stamp
    own = None if stamp is None else float(stamp * stream.time_base) if stream.time_base else None
    begins = cast("int | None", container.start_time)
    if begins is None:
        return own or 0.0
    start = begins / av.time_base
    return start if own is None or start <= own else own


def duration_of(container: InputContainer, stream: VideoStream, zero: float) -> float:
    """Give how long the file says that it is, in seconds from `zero`; 0: it does not say."""
    whole = (container.duration or 0) / av.time_base
    if "matroska" in container.format.name:
        return max(whole - zero, 0.0)  # it counts from 0, not from the first frame
    base = float(stream.time_base or 0)
    own = (stream.duration or 0) * base
    if own > 0 and stream.start_time is not None:
        own += stream.start_time * base - zero
    return max(own, 0.0) or max(whole, 0.0)
