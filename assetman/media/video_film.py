"""A video file that is open: its frames by time, its key frames, and what its packets tell."""

from __future__ import annotations

from collections.abc import Iterator, Set
from contextlib import ExitStack, contextmanager, suppress
from fractions import Fraction
from typing import Any, BinaryIO, cast

import av
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.stream import Discard, Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from assetman.core.errors import BadInput
from assetman.media.handler import Limits
from assetman.media.keyframes import Frame, Group
from assetman.media.video_opening import (
    NO_FRAME,
    choose_stream,
    is_protected,
    open_container,
    opened_container,
)
from assetman.media.video_picture import Painter, shape_of
from assetman.media.video_reading import Reader

_SLACK = 5e-4  # seconds by which times may be rounded
_MEASURED = 1 << 30  # bytes read to find how long a film is
_BROKEN = 100  # packets in a row that cannot be read, after which the rest is given up
_BEFORE = 10.0  # seconds before the first frame where seeking to it begins
_INDEXED = frozenset(("mov", "matroska", "avi"))  # seek to key frames and nothing else
_FIRST = 400  # packets among which a frame that can be decoded has to be
_LEAST, _MOST = Fraction(1, 100), 1000  # frames a second that a file may claim


class Walk:
    """One way through the packets of a film, with a decoder of its own."""

    def __init__(self, container: InputContainer, reader: Reader, stream: VideoStream) -> None:
        self.container = container
        self.stream = stream
        self.base = float(stream.time_base or Fraction(1, 1000))
        self._reader = reader
        self._taken: list[Stream] = []
        self.take({stream.index})
        decoder = stream.codec_context
        decoder.thread_count = 1  # there are as many decode processes as cores
        decoder.thread_type = av.codec.context.ThreadType.NONE

    @property
    def consumed(self) -> int:
        """Bytes read so far."""
        return self._reader.consumed

    def take(self, streams: Set[int]) -> None:
        """Choose by their indexes the streams whose packets are wanted."""
        self._taken = [each for each in self.container.streams if each.index in streams]
        for stream in self.container.streams:
            stream.discard = Discard.default if stream.index in streams else Discard.all

    def seek(self, time: float, zero: float) -> None:
        """Go to the last key frame at or before a time, or to the beginning if that fails."""
        if time <= _SLACK or not self._go_to(time + zero + _SLACK):
            self._go_to_the_beginning()
            return
        if self.container.format.name.split(",")[0] in _INDEXED:
            return
        # elsewhere it may lie behind the key frame, among frames that need it
        back = 1.0
        while (key := self._next_key()) is None or key * self.base > time + zero + _SLACK:
            if back >= time or not self._go_to(time - back + zero):
                self._go_to_the_beginning()
                return
            back *= 2
        self._go_to(time - back / 2 + zero if back > 1 else time + zero + _SLACK)

    def _go_to(self, time: float) -> bool:
        try:
            self.container.seek(int(time / self.base), stream=self.stream)
        except av.FFmpegError:
            return False
        return True

    def _go_to_the_beginning(self) -> None:
        first = self.stream.start_time or 0
        before = first - int(_BEFORE / self.base)
        for offset, any_frame in ((before, False), (first, False), (first, True), (0, True)):
            with suppress(av.FFmpegError):
                self.container.seek(offset, stream=self.stream, any_frame=any_frame)
                return

    def _next_key(self) -> int | None:
        """Give the time stamp of the next key frame."""
        for packet in self.packets():
            if packet.stream_index == self.stream.index and packet.is_keyframe:
                return packet.dts if packet.pts is None else packet.pts
        return None

    def packets(self) -> Iterator[Packet[Any]]:
        """Read on, over what is damaged."""
        broken = 0
        while broken < _BROKEN:
            try:
                for packet in self.container.demux(*self._taken):
                    if packet.size == 0:
                        return
                    broken = 0
                    yield packet
            except av.FFmpegError:
                broken += 1
            else:
                return

    def decode(self, packet: Packet[VideoStream] | None) -> list[VideoFrame]:
        """Decode a packet, or give what is still inside (None); nothing for what is damaged."""
        try:
            return self.stream.codec_context.decode(packet)
        except MemoryError:
            raise
        except av.FFmpegError:
            return []

    def decode_alone(self, packet: Packet[VideoStream]) -> VideoFrame | None:
        """Decode a key frame out of its place; the decoder forgets what it had."""
        frames = self.decode(packet) or self.decode(None)
        self.stream.codec_context.flush_buffers()
        return frames[0] if frames else None

    def hurry(self) -> None:
        """Leave out frames that no other needs, and the smoothing of blocks; before any decoding."""
        context = self.stream.codec_context
        context.skip_frame = "NONREF"
        context.options = {**context.options, "skip_loop_filter": "all"}


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
        self._walks: dict[bool, Walk] = {}
        self.zero = self._start()
        self.first = self._first_frame()
        context = self.stream.codec_context
        aspect = self.stream.sample_aspect_ratio or context.sample_aspect_ratio
        self.shape = shape_of(self.first, aspect)
        self._painter = Painter(self.shape)
        self.duration = self._duration()

    @property
    def pixels(self) -> int:
        """Of one frame, as it is stored."""
        return self.first.width * self.first.height

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self._reader.size

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

    def time_of(self, packet: Packet[Any]) -> float | None:
        """Say when what is in a packet of any stream is shown."""
        stamp = packet.dts if packet.pts is None else packet.pts
        return None if stamp is None else float(stamp * packet.time_base) - self.zero

    def groups(self, start: float, spacing: float) -> Iterator[Group]:
        """Read on from the last key frame at or before `start`, decoding key frames alone."""
        walk = self._keys
        walk.seek(start, self.zero)
        self.stream.codec_context.skip_frame = "NONKEY"
        gathered: _Gathering | None = None
        last = start
        for packet in walk.packets():
            time = self._packet_time(packet, walk, last)
            last = time
            due = gathered is None or time - gathered.time >= spacing - _SLACK
            frame = walk.decode_alone(packet) if packet.is_keyframe and due else None
            if frame is not None:
                key = self._frame(frame, time)
                if gathered is not None:
                    yield gathered.group(key.time)
                gathered = _Gathering(key, packet.size)
            elif gathered is not None:
                gathered.add(time, packet.size)
        if gathered is not None:
            self.reached = gathered.latest + self.step
            yield gathered.group(self.reached)

    def frames(self, start: float, end: float, swift: bool = False) -> Iterator[Frame]:
        """Decode what is shown from `start` up to `end` (left out), in order."""
        for frame, time in self._decoded(start, swift):
            if time >= end - _SLACK:
                return
            if time >= start - _SLACK:
                yield self._frame(frame, time)

    def shown_at(self, time: float) -> Frame:
        """Give the frame shown at a time: the last one not after it; raises BadInput."""
        best: tuple[VideoFrame, float] | None = None
        for frame, moment in self._decoded(time, swift=False):
            if best is not None and moment > time + _SLACK:
                break
            best = frame, moment
        if best is None:  # it ends before, or cannot be read from there on
            best = self._last_frame(time)
        return self._frame(*best)

    def close(self) -> None:
        """Close what was opened beside the container."""
        self._others.close()

    def _frame(self, frame: VideoFrame, time: float) -> Frame:
        return Frame(
            max(0.0, self._time(frame, time)),
            self._painter.small(frame),
            frame.key_frame,
            self._painter.later(frame, self.share),
        )

    def _decoded(self, start: float, swift: bool) -> Iterator[tuple[VideoFrame, float]]:
        walk = self._walk_for_frames(swift)
        walk.seek(start, self.zero)
        time = start
        for packet in walk.packets():
            for frame in walk.decode(packet):
                time = self._time(frame, time + self.step)
                yield frame, time
        for frame in walk.decode(None):
            time = self._time(frame, time + self.step)
            yield frame, time

    def _last_frame(self, time: float) -> tuple[VideoFrame, float]:
        """Find the last frame that can be decoded before a time."""
        best: tuple[VideoFrame, float] | None = None
        for back in (5.0, 60.0, time):
            for frame, moment in self._decoded(max(0.0, time - back), swift=False):
                best = frame, moment
            if best is not None:
                return best
        return self.first, self._time(self.first, 0.0)

    def _walk_for_frames(self, swift: bool) -> Walk:
        """Give another way through the film than that of key frames, which may be in use."""
        walk = self._walks.get(swift)
        if walk is None:
            walk = self._walks[swift] = self._others.enter_context(self.another_walk())
            if swift:
                walk.hurry()
        return walk

    def _first_frame(self) -> VideoFrame:
        walk = self._keys
        for number, packet in enumerate(walk.packets()):
            for frame in walk.decode(packet):
                return frame
            if number > _FIRST:
                break
        for frame in walk.decode(None):
            return frame
        if is_protected(self.stream):
            raise BadInput("The video is protected against copying and cannot be read")
        raise BadInput(NO_FRAME)

    def _start(self) -> float:
        """Give the time that players call 0, as the stream counts."""
        streams = self.stream.start_time
        own = None if streams is None else streams * self._keys.base
        container = cast("int | None", self.container.start_time)
        if container is None:
            return own or 0.0
        start = container / av.time_base
        return start if own is None or start <= own else own

    def measured(self) -> float:
        """Find how long the film is by reading on, where the file does not say.

        Beyond a gigabyte it is reckoned by what was read so far.
        """
        latest = 0.0
        with self.another_walk() as walk:
            walk.stream.discard = Discard.nonkey
            for packet in walk.packets():
                latest = max(latest, (self.time_of(packet) or 0.0) + self.step)
                if walk.consumed > _MEASURED:
                    return latest * self._reader.size / walk.consumed
        return latest

    def end_of_sound(self, after: float) -> float:
        """Find how long sound goes on after the pictures have ended."""
        latest = after
        with self.another_walk() as walk:
            walk.take({stream.index for stream in self.container.streams.audio})
            walk.seek(after, self.zero)
            for packet in walk.packets():
                latest = max(latest, self.time_of(packet) or 0.0)
                if walk.consumed > _MEASURED:
                    break
        return latest

    def _duration(self) -> float:
        stream = self.stream
        own = (stream.duration or 0) * self._keys.base
        if own > 0 and stream.start_time is not None:
            own += stream.start_time * self._keys.base - self.zero
        whole = (self.container.duration or 0) / av.time_base
        if "matroska" in self.container.format.name:
            whole -= self.zero  # it counts from 0, not from the first frame
        return max(own, 0.0) or max(whole, 0.0)

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
def opened_film(file: BinaryIO, limits: Limits) -> Iterator[OpenFilm]:
    """Open a film, and close all of it at the end; raises BadInput."""
    with opened_container(file) as (container, reader):
        film = OpenFilm(container, reader, limits)
        try:
            yield film
        finally:
            film.close()
