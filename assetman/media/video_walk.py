"""One way through the packets of a video: seeking, reading over damage, decoding."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Set
from contextlib import suppress
from fractions import Fraction
from itertools import islice
from math import inf
from typing import Any, cast

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Discard, Stream
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from assetman.media.container_reading import Reader
from assetman.media.demuxing import packets_of

SLACK = 5e-4  # seconds by which times may be rounded
_BROKEN = 100  # packets in a row that cannot be read, after which the rest is given up
_BEFORE = 10.0  # seconds before the first frame where seeking to it begins
_SURE = frozenset(("mov", "avi"))  # have lists of their key frames
_TRANSPARENT = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
_NEAR = 1.0  # seconds that are decoded rather than sought
_FIRST = 2000  # packets among which a frame that can be decoded has to be


class Walk:
    """One way through the packets of a film, with a decoder of its own."""

    def __init__(self, container: InputContainer, reader: Reader, stream: VideoStream) -> None:
        self.container = container
        self.stream = stream
        self.base = float(stream.time_base or Fraction(1, 1000))
        self._reader = reader
        self.farthest = 0  # bytes read to find one time
        self._taken: list[Stream] = []
        self._behind: list[Packet[Any]] = []  # read already, and given once more
        self._at_start = True  # nothing but those has been read
        self.take({stream.index})
        self.decoder = _decoder(stream)
        self.decoder.thread_count = 1  # there are as many decode processes as cores
        self.decoder.thread_type = av.codec.context.ThreadType.NONE

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
        if self.decoder.is_open:
            self.decoder.flush_buffers()
        if time <= SLACK and self._at_start:
            return
        wanted, back = time + zero + SLACK, 0.5
        while time > SLACK and self._go_to(wanted):
            if not self._may_miss or self._lands_by(time + zero + SLACK):
                return
            # it lies behind the key frame, among frames that need it
            back *= 2
            if back > time:
                break
            wanted = time - back + zero
        self._go_to_the_beginning()

    @property
    def _may_miss(self) -> bool:
        """Whether seeking may come to something else than a key frame in time."""
        sure = self.container.format.name.split(",")[0] in _SURE
        return not sure and self.stream in self._taken

    def _lands_by(self, wanted: float) -> bool:
        """Look whether the next key frame comes in time; what is read for it is given once more."""
        packets = self.packets()
        behind = []
        for packet in islice(packets, _FIRST):
            behind.append(packet)
            if packet.stream_index == self.stream.index and packet.is_keyframe:
                break
        packets.close()
        self._behind = behind
        keys = [each for each in behind if each.is_keyframe and each.stream == self.stream]
        stamp = (keys[0].dts if keys[0].pts is None else keys[0].pts) if keys else None
        return bool(behind) and (stamp is None or stamp * self.base <= wanted)

    def _go_to(self, time: float) -> bool:
        before = self.consumed
        self._behind, self._at_start = [], False
        try:
            self.container.seek(int(time / self.base), stream=self.stream)
        except av.FFmpegError:
            return False
        finally:
            self.farthest = max(self.farthest, self.consumed - before)
        return True

    def _go_to_the_beginning(self) -> None:
        self._behind, self._at_start = [], False
        first = self.stream.start_time or 0
        before = first - int(_BEFORE / self.base)
        for offset, any_frame in ((before, False), (first, False), (first, True), (0, True)):
            with suppress(av.FFmpegError):
                self.container.seek(offset, stream=self.stream, any_frame=any_frame)
                return

    def packets(self) -> Generator[Packet[Any], None, None]:
        """Read on, over what is damaged; a hole without end ends it."""
        self._at_start = False
        while self._behind:
            yield self._behind.pop(0)
        yield from packets_of(self.container, self._reader, self._taken, _BROKEN)

    def decode(self, packet: Packet[VideoStream] | None) -> list[VideoFrame]:
        """Decode a packet, or give what is still inside (None); nothing for what is damaged."""
        try:
            return self.decoder.decode(packet)
        except MemoryError:
            raise
        except av.FFmpegError:
            return []

    def decode_alone(self, packet: Packet[VideoStream]) -> VideoFrame | None:
        """Decode a key frame out of its place; the decoder forgets what it had."""
        frames = self.decode(packet) or self.decode(None)
        self.decoder.flush_buffers()
        return frames[0] if frames else None

    def hurry(self) -> None:
        """Leave out frames that no other needs."""
        self.decoder.skip_frame = "NONREF"

    def first_frame(self) -> VideoFrame | None:
        """Decode the first frame that can be, if there is one among the first packets."""
        packets = self.packets()
        behind: list[Packet[Any]] = []
        frames: list[VideoFrame] = []
        for packet in islice(packets, _FIRST):
            behind.append(packet)
            frames = self.decode(packet)
            if frames:
                break
        packets.close()
        frames = frames or self.decode(None)
        self._behind, self._at_start = behind, True
        return frames[0] if frames else None


def _decoder(stream: VideoStream) -> VideoCodecContext:
    """Give what decodes a stream; FFmpeg's own for VP8 and VP9 do not see what is transparent."""
    name = _TRANSPARENT.get(stream.codec_context.codec.name)
    if name is None or stream.metadata.get("alpha_mode") != "1":
        return stream.codec_context
    try:
        return cast(VideoCodecContext, av.CodecContext.create(name, "r"))
    except (av.FFmpegError, ValueError):  # this FFmpeg was built without
        return stream.codec_context


class Run:
    """Decodes frames one after the other, and goes on where it is when that is near enough."""

    def __init__(self, walk: Walk, zero: float, step: float) -> None:
        self._walk = walk
        self._zero = zero
        self._step = step
        self._coming: Iterator[tuple[VideoFrame, float]] | None = None
        self._latest: tuple[VideoFrame, float] | None = None  # the last one given
        self._needed = -inf
        self._hasty = walk.decoder.skip_frame

    def frames(self, start: float, needed: float = -inf) -> Iterator[tuple[VideoFrame, float]]:
        """Give frames with their times from one at or before `start` on.

        Of those before `needed` some may be left out: all that no other frame needs.
        """
        self._needed = needed
        latest = self._latest
        near = latest is not None and -SLACK <= start - latest[1] <= _NEAR
        if self._coming is None or latest is None or not near:
            self._walk.seek(start, self._zero)
            self._coming = self._decoded(start)
        else:
            yield latest
        for latest in self._coming:
            self._latest = latest
            yield latest
        self._coming = self._latest = None

    def _decoded(self, time: float) -> Iterator[tuple[VideoFrame, float]]:
        walk = self._walk
        for packet in walk.packets():
            self._choose_pace(packet)
            for frame in walk.decode(packet):
                time = self._time(frame, time + self._step)
                yield frame, time
        for frame in walk.decode(None):
            time = self._time(frame, time + self._step)
            yield frame, time

    def _choose_pace(self, packet: Packet[Any]) -> None:
        stamp, wanted = packet.pts, self._needed + self._zero - SLACK
        early = stamp is not None and stamp * self._walk.base < wanted
        pace = "NONREF" if early else self._hasty
        context = self._walk.decoder
        if context.skip_frame != pace:
            context.skip_frame = pace

    def _time(self, frame: VideoFrame, otherwise: float) -> float:
        if frame.pts is None:
            return otherwise
        return frame.pts * float(frame.time_base or self._walk.base) - self._zero
