"""A sound that is open: its samples by time, a second after the other, from any second on.

What is decoded is laid on a line of time that begins where the file's sound begins (or where a
film does), sample by sample: small errors of time stamps are smoothed over, holes are silent,
samples that are no numbers are silent too. What a place in the middle gives is, to the sample,
what reading from the beginning would have given there, as far as the container can tell.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer

from assetman.core.errors import BadInput
from assetman.media.container_reading import Reader
from assetman.media.sound_gathering import Block, Gathering
from assetman.media.sound_opening import NOTHING_HEARD
from assetman.media.sound_walk import Mark, SoundWalk

MOST_CHANNELS = 64
_LEAST_RATE, _MOST_RATE = 1000, 1_600_000  # samples a second that a file may claim
_JITTER = 0.06  # seconds by which time stamps may be wrong and nobody minds
_ROUNDED = 0.0025  # seconds by which containers round the times of frames
_ROUNDING = 0.002  # of the length of a frame, the same
_WARM = 0.5  # seconds that are decoded and thrown away before what is wanted, after a jump
_BACK = (0.0, 10.0, 60.0)  # seconds further back that are tried, where a jump ends too late


class OpenSound:
    """The sound of a file. Times count from `zero`, which is in seconds as the stream counts."""

    def __init__(
        self,
        container: InputContainer,
        reader: Reader,
        stream: AudioStream,
        zero: float | None = None,
        mark: Mark | None = None,
    ) -> None:
        """Take a stream of a file, opened at a `mark` if there is one; raises BadInput.

        Without a `zero` the first sample that is decoded is at 0.
        """
        self.container = container
        self.stream = stream
        self.zero = zero
        self.believed: float | None = None  # seconds; no hole in the sound reaches beyond
        self.mark_by: float | None = None  # seconds; of the mark that is wanted
        self._walk = SoundWalk(container, reader, stream)
        self._from = mark
        self._shift = 0  # samples by which time stamps have jumped
        self.rate, self.channels = _shape(stream)

    @property
    def layout(self) -> str:
        """How its channels are laid out, as FFmpeg calls it."""
        return self.stream.codec_context.layout.name

    @property
    def duration(self) -> float | None:
        """How long the file says that it is, in seconds; None: it does not say."""
        own = (self.stream.duration or 0) * self._walk.base
        return max(own or (self.container.duration or 0) / av.time_base, 0.0) or None

    def blocks(self, start: int) -> Generator[Block, None, None]:
        """Give its samples from a second on, a second at a time; the last block may be shorter.

        Raises BadInput if not one sample can be decoded.
        """
        gathering = Gathering(self.rate, self.layout, start * self.rate)
        decoded = False
        for frame, position in self._placed(start):
            decoded = True
            while position > gathering.at:
                gathering.put_silence(min(position - gathering.at, self.rate))
                yield from gathering.blocks()
            gathering.put(frame, position)
            yield from gathering.blocks()
        if not decoded and start == 0:
            raise BadInput(NOTHING_HEARD)
        yield from gathering.rest()

    def mark(self) -> Mark | None:
        """Say where to open the file again for `mark_by` and what follows."""
        return self._walk.mark()

    def _placed(self, start: int) -> Iterator[tuple[AudioFrame, int]]:
        """Decode from a little before a second on; give frames with the sample each begins at."""
        walk = self._walk
        if start and self.zero is None:  # to be known before a jump
            next(self._timed(), None)
        if start and self._from is None and walk.raw:
            walk.rewind()
            walk.skip_to(start - _WARM + (self.zero or 0.0))
            yield from self._timed()
            return
        if start and self._from is None:
            for back in _BACK:
                wanted = start - _WARM - back
                if wanted <= 0 or not walk.seek(wanted + (self.zero or 0.0)):
                    break
                frames = self._timed()
                first = next(frames, None)
                if first is not None and first[1] <= start * self.rate:
                    yield first
                    yield from frames
                    return
            else:
                if first is None:  # it is over long before
                    return
        walk.rewind()
        yield from self._timed()

    def _timed(self) -> Iterator[tuple[AudioFrame, int]]:
        self._shift = 0
        at: int | None = None
        for packet, frames in self._walk.decoded():
            for number, frame in enumerate(frames):
                position = self._first(frame) if at is None else self._next(frame, at)
                if not number and self._may_be_mark(position):
                    self._walk.note(packet, frame, position)
                at = position + frame.samples * self.rate // frame.sample_rate
                yield frame, position

    def _may_be_mark(self, position: int) -> bool:
        return self.mark_by is not None and position <= self.mark_by * self.rate

    def _first(self, frame: AudioFrame) -> int:
        """Say at which sample the first frame begins that was decoded after a jump."""
        time = self._time(frame)
        if self.zero is None:
            self.zero = time or 0.0
        if self._walk.raw and time is not None:
            return self._first_of_raw(frame, time)
        return 0 if time is None else round((time - self.zero) * self.rate)

    def _first_of_raw(self, frame: AudioFrame, time: float) -> int:
        """Reckon in whole frames: the times they are given are sums of rounded lengths."""
        walk = self._walk
        began = (walk.first_stamp or 0) * walk.base
        length = frame.samples / self.rate
        rounded = walk.duration > 0 and abs(walk.duration / length - 1) < _ROUNDING
        later = (time - began) * (length / walk.duration if rounded else 1.0)
        if self._from is not None:
            return self._from.sample + max(0, round(later * self.rate))
        return max(0, round((later + began - (self.zero or 0.0)) * self.rate))

    def _aligned(self, position: int, samples: int) -> int:
        """Put a position right that was rounded: from the end of its frame whole ones lead to the mark."""
        assert self._from is not None
        whole = round(self._walk.duration * self.rate) or samples
        off = (position + samples - self._from.sample + whole // 2) % whole - whole // 2
        return position - off if abs(off) <= _ROUNDED * self.rate else position

    def _next(self, frame: AudioFrame, at: int) -> int:
        """Say at which sample a frame begins, the one before it having ended `at` one."""
        time = self._time(frame)
        if time is None or self._walk.raw:
            return at
        claimed = round((time - (self.zero or 0.0)) * self.rate) - self._shift
        if abs(claimed - at) <= _JITTER * self.rate:
            return at
        believed = self.believed is None or claimed <= self.believed * self.rate
        if claimed > at and believed:
            return claimed if self._from is None else self._aligned(claimed, frame.samples)
        self._shift += claimed - at  # times that run backwards, or nobody knows where
        return at

    def _time(self, frame: AudioFrame) -> float | None:
        if frame.pts is None:
            return None
        return frame.pts * float(frame.time_base or self._walk.base)


def _shape(stream: AudioStream) -> tuple[int, int]:
    rate, channels = stream.codec_context.sample_rate, stream.codec_context.channels
    if not _LEAST_RATE <= rate <= _MOST_RATE:
        raise BadInput(f"The sound claims {rate:,} samples a second, which makes no sense")
    if not 1 <= channels <= MOST_CHANNELS:
        raise BadInput(f"The sound has {channels:,} channels, and {MOST_CHANNELS} are allowed")
    return rate, channels
