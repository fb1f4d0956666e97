"""One way through the packets of a sound: jumping, reading over damage, decoding."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from math import inf
from typing import Any

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Discard

from assetman.media.container_reading import Place, Reader
from assetman.media.demuxing import packets_of
from assetman.media.video_places import FORMS, place_of

_BROKEN = 1000  # packets in a row that cannot be read, after which the rest is given up
_MOST_SAMPLES = 1 << 24  # of one frame

# Frames one after another and nothing else: they have no times of their own and no list of where
# they lie, but can be read from any of them on, behind so many bytes that say what they are.
_RAW = {
    **dict.fromkeys(("mp3", "aac", "loas", "ac3", "eac3", "dts", "mlp", "truehd", "wv"), 0),
    **{"amr": 6},  # "#!AMR\n"
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A place to go on reading from, and the sample that comes first there."""

    place: Place
    sample: int


class SoundWalk:
    """One way through a sound."""

    def __init__(self, container: InputContainer, reader: Reader, stream: AudioStream) -> None:
        self.stream = stream
        self.base = float(stream.time_base or Fraction(1, 1000))
        self.first_stamp: int | None = None  # of the first packet since the last jump
        self.duration = 0.0  # seconds; of the packet read last, as its container has it
        self._container = container
        self._reader = reader
        self._format = container.format.name.split(",")[0]
        self._at_start = True
        self._skipped_to = -inf
        self._latest: tuple[int, int] | None = None  # where a packet lies, and its first sample
        decoder = stream.codec_context
        decoder.thread_count = 1  # there are as many decode processes as cores
        decoder.thread_type = av.codec.context.ThreadType.NONE
        for each in container.streams:
            each.discard = Discard.default if each.index == stream.index else Discard.all

    @property
    def raw(self) -> bool:
        """Whether it is frames one after another, which have no times of their own."""
        return self._format in _RAW

    def seek(self, time: float) -> bool:
        """Jump to a time (seconds, as the stream counts) or before; say whether it worked."""
        if self.raw:
            return False
        try:
            self._container.seek(round(time / self.base), stream=self.stream)
        except av.FFmpegError:
            return False
        self._at_start = False
        self._flush()
        return True

    def rewind(self) -> None:
        """Go back to the beginning."""
        if self._at_start:
            return
        first = self.stream.start_time or 0
        for stamp, any_frame in ((first, False), (first, True), (0, True)):
            with suppress(av.FFmpegError):
                self._container.seek(stamp, stream=self.stream, any_frame=any_frame)
                break
        self._flush()

    def skip_to(self, time: float) -> None:
        """Leave out, undecoded, what comes before a time (seconds, as the stream counts)."""
        self._skipped_to = time

    def decoded(self) -> Iterator[tuple[Packet[Any] | None, list[AudioFrame]]]:
        """Read on; give each packet with what it became, and at the end what was still inside."""
        self.first_stamp = None
        skipped_to, self._skipped_to = self._skipped_to, -inf
        for packet in self._packets():
            if self.first_stamp is None:
                self.first_stamp = packet.pts
            self.duration = (packet.duration or 0) * self.base
            if packet.pts is not None and packet.pts * self.base < skipped_to:
                continue
            yield packet, self._decode(packet)
        yield None, self._decode(None)

    def note(self, packet: Packet[Any] | None, frame: AudioFrame, sample: int) -> None:
        """Remember where the packet lies that became a frame, which begins with a sample."""
        if packet is None or packet.pts not in (None, frame.pts) or packet.pos is None:
            return
        if packet.pos >= 0 and (self.raw or self._format in FORMS):
            self._latest = packet.pos, sample

    def mark(self) -> Mark | None:
        """Say where to go on with the packet noted last; None: jumping finds it, or nobody can."""
        if self._latest is None:
            return None
        position, sample = self._latest
        if not self.raw:
            place = place_of(self._reader, self._format, position)
        else:
            place = Place(_RAW[self._format], self._reader.in_file(position))
        return None if place is None or place.at < place.head else Mark(place, sample)

    def _packets(self) -> Iterator[Packet[Any]]:
        """Read on, over what is damaged; a hole without end ends it."""
        self._at_start = False
        yield from packets_of(self._container, self._reader, (self.stream,), _BROKEN)

    def _decode(self, packet: Packet[Any] | None) -> list[AudioFrame]:
        """Decode a packet, or give what is still inside (None); nothing for what is damaged."""
        try:
            frames = self.stream.codec_context.decode(packet)
        except MemoryError:
            raise
        except (av.FFmpegError, ValueError):
            return []
        return [each for each in frames if 0 < each.samples <= _MOST_SAMPLES and each.sample_rate]

    def _flush(self) -> None:
        if self.stream.codec_context.is_open:
            self.stream.codec_context.flush_buffers()
