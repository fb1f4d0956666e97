"""A video file that is open: its frames by time, its key frames, and what its packets tell."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from fractions import Fraction
from typing import Any, BinaryIO

import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from assetman.core.errors import BadInput
from assetman.media.container_reading import Place, Reader
from assetman.media.handler import Limits
from assetman.media.keyframes import Frame, Group
from assetman.media.video_length import duration_of, start_of
from assetman.media.video_opening import (
    NO_FRAME,
    PROTECTED,
    choose_stream,
    is_protected,
    open_container,
    opened_container,
)
from assetman.media.video_picture import Painter, shape_of
from assetman.media.video_places import FORMS, place_of
from assetman.media.video_walk import SLACK, Run, Walk

_FAR = 8 << 20  # bytes read to find a time, more than a list of times would need
_KEYLESS = 500  # packets without a key frame, after which none is waited for
_STRIDE = 2.0  # seconds between frames that stand in for key frames
_LEAST, _MOST = Fraction(1, 100), 1000  # frames a second that a file may claim


class OpenFilm:
    """A film as `keyframes.Film` describes it, and what else a handler asks of one.

    Times count from the container's start, as players count; the first frame may come later.
    """

    def __init__(self, container: InputContainer, reader: Reader, limits: Limits) -> None:
        """Decode the first frame; raises BadInput if there is none."""
        self.container = container
        self.stream = choose_stream(container, limits)
        self.share = 1.0  # of its size, at which pictures of frames are made
        self.reached: float | None = None  # seconds; the end, once `groups` has come to it
        self._reader = reader
        self._limits = limits
        self._keys = Walk(container, reader, self.stream)
        self._others = ExitStack()
        self._runs: dict[bool, Run] = {}
        self._places: list[tuple[float, int]] = []  # times of key frames, and where they lie
        self.first = self._first_frame()
        self.zero = start_of(container, self.stream, self.first)
        context = self.stream.codec_context
        aspect = self.stream.sample_aspect_ratio or context.sample_aspect_ratio
        self.shape = shape_of(self.first, aspect)
        self._painter = Painter(self.shape)
        self.duration = duration_of(container, self.stream, self.zero)

    @property
    def pixels(self) -> int:
        """Of one frame, as it is stored."""
        return self.first.width * self.first.height

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self._reader.whole().size

    @property
    def rate(self) -> float | None:
        """Frames in a second, on the average; None: the file does not say, or not sensibly."""
        for rate in (self.stream.average_rate, self.stream.guessed_rate):
            if rate and _LEAST <= rate <= _MOST:
                return float(rate)
        return None

    @property
    def step(self) -> float:
        """Seconds that a frame is shown, on the average."""
        return 1 / (self.rate or 25.0)

    @property
    def indexed(self) -> bool:
        """Whether packets are found by a list of where they lie, and nothing else is read."""
        return "mov" in self.container.format.name

    @contextmanager
    def another_walk(self) -> Iterator[Walk]:
        """Open a further way through the film."""
        reader = self._reader.another()
        container = open_container(reader)
        try:
            stream = container.streams[self.stream.index]
            assert isinstance(stream, VideoStream)
            yield Walk(container, reader, stream)
        finally:
            container.close()

    @contextmanager
    def reopened(self, place: Place | None) -> Iterator[tuple[InputContainer, Reader]]:
        """Open the file once more, at a place of its own (None: whole)."""
        reader = self._reader.at(place)
        container = open_container(reader)
        try:
            yield container, reader
        finally:
            container.close()

    def time_of(self, packet: Packet[Any]) -> float | None:
        """Say when what is in a packet of any stream is shown."""
        stamp = packet.dts if packet.pts is None else packet.pts
        return None if stamp is None else float(stamp * packet.time_base) - self.zero

    def groups(self, start: float, spacing: float) -> Iterator[Group]:
        """Read on from the last key frame at or before `start`, decoding key frames alone."""
        walk = self._keys
        walk.seek(start, self.zero)
        walk.decoder.skip_frame = "NONKEY"
        gathered: _Gathering | None = None
        last = start
        for number, packet in enumerate(walk.packets()):
            if gathered is None and number >= _KEYLESS:
                break
            time = self._packet_time(packet, walk, last)
            last = time
            due = gathered is None or time - gathered.time >= spacing - SLACK
            frame = walk.decode_alone(packet) if packet.is_keyframe and due else None
            if frame is not None:
                key = self._frame(frame, time)
                if gathered is not None:
                    yield gathered.group(key.time)
                gathered = _Gathering(key, packet.size)
                if packet.pos is not None:
                    self._places.append((key.time, packet.pos))
            elif gathered is not None:
                gathered.add(time, packet.size)
        if gathered is not None:
            self.reached = gathered.latest + self.step
            yield gathered.group(self.reached)
        else:
            yield from self._groups_without_keys(start, spacing)

    def frames(self, start: float, end: float, swift: bool = False) -> Iterator[Frame]:
        """Decode what is shown from `start` up to `end` (left out), in order."""
        for frame, time in self._run(swift).frames(start, needed=start):
            if time >= end - SLACK:
                return
            if time >= start - SLACK:
                yield self._frame(frame, time)

    def shown_at(self, time: float) -> Frame:
        """Give the frame shown at a time: the last one not after it; raises BadInput."""
        best: tuple[VideoFrame, float] | None = None
        for frame, moment in self._run(False).frames(time):
            if best is not None and moment > time + SLACK:
                break
            best = frame, moment
        if best is None:  # it ends before, or cannot be read from there on
            best = self._last_frame(time)
        return self._frame(*best)

    def place_for(self, time: float) -> Place | None:
        """Say where to open the film again for what comes at a time and later.

        None where that need not be known, because every time is found by itself, or cannot be.
        """
        form = self.container.format.name.split(",")[0]
        far = self._reader.place is not None or self._keys.farthest > _FAR
        before = [position for at, position in self._places if at <= time + SLACK]
        if not far or not before or form not in FORMS:
            return None
        return place_of(self._reader, form, before[-1])

    def close(self) -> None:
        """Close what was opened beside the container."""
        self._others.close()

    def _groups_without_keys(self, start: float, spacing: float) -> Iterator[Group]:
        """Give frames at a distance as if they were key frames, where the file marks none."""
        gathered: _Gathering | None = None
        for frame, time in self._run(True).frames(start):
            if gathered is None or time - gathered.time >= max(spacing, _STRIDE):
                key = self._frame(frame, time)
                if gathered is not None:
                    yield gathered.group(key.time)
                gathered = _Gathering(key, 0)
            gathered.latest = max(gathered.latest, time)
        if gathered is not None:
            self.reached = gathered.latest + self.step
            yield gathered.group(self.reached)

    def _frame(self, frame: VideoFrame, time: float) -> Frame:
        return Frame(
            max(0.0, self._time(frame, time)),
            self._painter.small(frame),
            frame.key_frame,
            self._painter.later(frame, self.share),
        )

    def _last_frame(self, time: float) -> tuple[VideoFrame, float]:
        """Find the last frame that can be decoded before a time."""
        best: tuple[VideoFrame, float] | None = None
        for back in (5.0, 60.0, time):
            for frame, moment in self._run(False).frames(max(0.0, time - back)):
                best = frame, moment
            if best is not None:
                return best
        return self.first, self._time(self.first, 0.0)

    def _run(self, swift: bool) -> Run:
        """Give another way through the film than that of key frames, which may be in use."""
        run = self._runs.get(swift)
        if run is None:
            walk = self._others.enter_context(self.another_walk())
            if swift:
                walk.hurry()
            run = self._runs[swift] = Run(walk, self.zero, self.step)
        return run

    def _first_frame(self) -> VideoFrame:
        frame = self._keys.first_frame()
        if frame is None:
            raise BadInput(PROTECTED if is_protected(self.stream) else NO_FRAME)
        return frame

    def _time(self, frame: VideoFrame, otherwise: float) -> float:
        if frame.pts is None:
            return otherwise
        return frame.pts * float(frame.time_base or self._keys.base) - self.zero

    def _packet_time(self, packet: Packet[VideoStream], walk: Walk, last: float) -> float:
        stamp = packet.dts if packet.pts is None else packet.pts
        return last + self.step if stamp is None else stamp * walk.base - self.zero


class _Gathering:
    """A group whose packets are still being read."""

    def __init__(self, key: Frame, size: int) -> None:
        self.key = key
        self.time = key.time
        self.latest = key.time
        self._size = size
        self._times: list[float] = []
        self._sizes: list[int] = []

    def add(self, time: float, size: int) -> None:
        self.latest = max(self.latest, time)
        self._times.append(time)
        self._sizes.append(size)

    def group(self, end: float) -> Group:
        return Group(self.key, end, np.array(self._times), np.array(self._sizes), self._size)


@contextmanager
def opened_film(file: BinaryIO, limits: Limits, place: Place | None = None) -> Iterator[OpenFilm]:
    """Open a film, and close all of it at the end; raises BadInput.

    With a `place` (of `place_for`) of another opening only what comes from there on is there.
    """
    with opened_container(file, place) as (container, reader):
        film = OpenFilm(container, reader, limits)
        try:
            yield film
        finally:
            film.close()
