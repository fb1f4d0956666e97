"""Reads what has to be known of a video before a part of it is saved. Decodes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import NamedTuple

import av
from av.container import InputContainer
from av.stream import Stream
from av.video.stream import VideoStream

from assetman.core.errors import BadInput
from assetman.media.clip import ClipFacts, Track
from assetman.media.files import opened
from assetman.media.handler import Limits
from assetman.media.video_opening import DAMAGED, choose_stream, is_protected, opened_container

_SLACK = 0.0005  # seconds: a time that came through text or a float is still its frame's
_BACK = (0.5, 2.0, 10.0, 60.0, inf)  # seconds before the wanted time that are tried in turn
_LAST = 0.5  # seconds that the last frame may be looked at beyond its own
_NOTHING = "The video shows nothing then"
_MOST_PACKETS = 400_000
_USUAL_RATE = 25.0
_WORDS_AS_TEXT = frozenset({"subrip", "srt", "ass", "ssa", "mov_text", "webvtt", "text", "ttml"})


class _Place(NamedTuple):
    """A key frame, when it is read, and the frame that is wanted; seconds."""

    key: float
    read: float
    first: float


def read_clip(path: str, start: float, limits: Limits) -> ClipFacts:
    """Look at a video around a time; raises BadInput."""
    with opened(path) as file:
        for back in _BACK:
            place = start - back if start > back else None
            with opened_container(file) as (container, _):  # a new one: to seek loses the beginning
                stream = choose_stream(container, limits)
                if is_protected(stream):
                    raise BadInput("The video is protected against copying")
                try:
                    found = _look_from(container, stream, place, start)
                except av.FFmpegError as error:
                    raise BadInput(DAMAGED) from error
                if found is not None:
                    return _facts(container, stream, found)
            if place is None:
                break
    raise BadInput(_NOTHING)


def _facts(container: InputContainer, stream: VideoStream, place: _Place) -> ClipFacts:
    context = stream.codec_context
    pixels = context.format
    components = pixels.components if pixels is not None else ()
    colour = (context.color_primaries, context.color_trc, context.colorspace)
    return ClipFacts(
        container=container.format.name.split(",")[0],
        video=stream.index,
        codec=context.name,
        width=context.width,
        height=context.height,
        depth=max((each.bits for each in components), default=8),
        colour=(int(colour[0]), int(colour[1]), int(colour[2])),
        key=max(0.0, place.key),
        read=max(0.0, place.read),
        first=max(0.0, place.first),
        sounds=tuple(_tracks(container.streams.audio)),
        words=tuple(_tracks(container.streams.subtitles)),
    )


def _tracks(streams: tuple[Stream, ...]) -> Iterator[Track]:
    """Give those whose codec is known; others can neither be copied safely nor encoded."""
    for stream in streams:
        name = stream.codec_context.name if stream.codec_context is not None else ""
        if name:
            yield Track(stream.index, name, name in _WORDS_AS_TEXT)


def _look_from(
    container: InputContainer, stream: VideoStream, place: float | None, start: float
) -> _Place | None:
    """Walk from a place to a time; None if the first key frame lies behind that time.

    Without a place it begins at the beginning, and takes the first key frame at least.
    """
    zero = (container.start_time or 0) / av.time_base
    base = float(stream.time_base or 1 / av.time_base)
    delay = _delay(stream)
    if place is not None:
        container.seek(round((zero + place) / base), stream=stream, backward=True)
    key: _Place | None = None
    ends = 0.0
    for count, packet in enumerate(container.demux(stream)):
        stamp = packet.dts if packet.pts is None else packet.pts
        if stamp is None or packet.size == 0:
            continue
        time = stamp * base - zero
        ends = max(ends, time + (packet.duration or 0) * base)
        read = time - delay if packet.dts is None else packet.dts * base - zero
        until = start + _SLACK if place is not None or key is None else max(start + _SLACK, key.key)
        if packet.is_keyframe and (time <= start + _SLACK or (place is None and key is None)):
            key = _Place(time, min(read, time), time)
        elif key is not None and time <= until:
            key = _Place(key.key, key.read, max(key.first, time))
        if (read > until and (key is not None or place is not None)) or count > _MOST_PACKETS:
            break
    else:
        if key is not None and start > ends + _LAST:
            raise BadInput(_NOTHING)
    return key


def _delay(stream: VideoStream) -> float:
    """Say how many seconds pictures are read before they are shown, where packets do not tell."""
    rate = float(stream.average_rate or _USUAL_RATE)
    return stream.codec_context.reorder_depth / rate
