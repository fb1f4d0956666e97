"""What is heard in a stretch of a sound: its windows, in the form each encoder takes them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import av
import numpy as np
from numpy.typing import NDArray

from assetman.core.assets import SegmentDraft, SegmentKind
from assetman.core.inputs import (
    WINDOW_HOP,
    WINDOW_SECONDS,
    Excerpt,
    Padding,
    SoundSpec,
    Spec,
    heard,
)
from assetman.media.sound_gathering import Block
from assetman.media.sound_levels import Levels, Meter
from assetman.media.sound_outline import Outline
from assetman.media.sound_print import SoundPrint
from assetman.media.sound_reading import OpenSound
from assetman.media.sound_resampling import Mono, Track

MOST_WINDOWS = 60  # of one stretch
_NEW = 1.0  # seconds that a window adds at least to those before it
_SLACK = 1e-6
_SILENT = 10 ** (-70 / 20)  # of full scale; what swings less is silence
_MARGIN = 1  # seconds that are read before what is wanted, so that filters have settled
_SAMPLES = 120_000_000  # of all channels, that are read in one stretch
_SHARES = {"FL": 0.5, "FR": 0.5, "FC": 0.7071, "LFE": 0.0, "LFE2": 0.0}  # ITU-R BS.775, both ears
_OTHERS = 0.3536  # of channels behind and above
_CANCELLED = 0.002  # of the power of the loudest channel; a mix with less has lost the sound


@dataclass(slots=True)
class Heard:
    """What a stretch gave; `rest` is where the next one begins (seconds), None: all is heard."""

    drafts: list[SegmentDraft]
    inputs: dict[Spec, Mono]  # (windows, length) each
    outline: Outline
    meter: Meter
    end: float  # seconds; of the stretch, or of the sound where that is over
    over: bool  # the sound is
    levels: bytes = b""  # as a timeline keeps what is heard

    def add_to(self, levels: Levels, start: float, last: bool) -> None:
        """Count how loud the stretch is that began at a time; the `last` one counts to its end."""
        self.meter.add_to(levels, start, math.inf if last else self.end)


def hear(
    sound: OpenSound, start: float, until: float, specs: Sequence[Spec], ordinal: int
) -> Heard:
    """Hear the windows that begin from `start` up to `until`, seconds, as many as are a stretch.

    `ordinal` is that of the first of them.
    """
    first = math.ceil(start / WINDOW_HOP - _SLACK)
    last = first + _most(sound)
    if until < last * WINDOW_HOP + _SLACK:
        last, end = math.ceil(until / WINDOW_HOP - _SLACK), until
    else:
        end = last * WINDOW_HOP
    stop = max(math.ceil(end), int((last - 1) * WINDOW_HOP + WINDOW_SECONDS)) + _MARGIN
    sound.mark_by = end - 2 * _MARGIN
    take = _Take(sound, start, stop, specs, printed=True)
    drafts: list[SegmentDraft] = []
    parts: list[tuple[float, float]] = []
    for number in range(first, last):
        begin = number * WINDOW_HOP
        finish = min(begin + WINDOW_SECONDS, take.end)
        new = finish - begin if number == 0 else take.end - begin - WINDOW_HOP
        if finish <= begin or (number and new < _NEW - _SLACK):
            break
        if take.outline.silent(begin, finish, _SILENT):
            continue
        at = take.outline.loudest(begin, finish)
        drafts.append(SegmentDraft(SegmentKind.WINDOW, ordinal + len(drafts), begin, finish, at=at))
        parts.append((begin, finish))
    end = min(take.end, until) if take.over else end
    levels = take.levels(start, end, take.over)
    return Heard(drafts, take.windows(parts), take.outline, take.meter, end, take.over, levels)


def asked(sound: OpenSound, part: Excerpt, specs: Sequence[Spec]) -> Heard:
    """Hear what a question names: the window around a time, or all from one to another."""
    start = max(0.0, part.start or 0.0)
    if part.end is not None and part.end > start:
        return _hear_part(sound, start, part.end, specs)
    length = sound.duration or math.inf
    start = max(0.0, min(start - WINDOW_SECONDS / 2, length - WINDOW_SECONDS))
    return _hear_part(sound, start, start + WINDOW_SECONDS, specs)


def _hear_part(sound: OpenSound, start: float, end: float, specs: Sequence[Spec]) -> Heard:
    end = min(end, start + (MOST_WINDOWS + 1) * WINDOW_HOP)
    take = _Take(sound, start, math.ceil(end) + _MARGIN, specs)
    end = min(end, take.end)
    parts: list[tuple[float, float]] = []
    begin = start
    while begin < end and (not parts or end - begin - WINDOW_HOP >= _NEW - _SLACK):
        finish = min(begin + WINDOW_SECONDS, end)
        if not take.outline.silent(begin, finish, _SILENT):
            parts.append((begin, finish))
        begin += WINDOW_HOP
    drafts = [
        SegmentDraft(SegmentKind.WINDOW, number, *part, at=take.outline.loudest(*part))
        for number, part in enumerate(parts)
    ]
    return Heard(drafts, take.windows(parts), take.outline, take.meter, end, take.over)


def padded(samples: Mono, spec: SoundSpec) -> Mono:
    """Make a window of samples that may be fewer, as an encoder was trained to have them."""
    window = np.zeros(spec.length, np.float32)
    times = 1
    if spec.padding is Padding.REPEAT and 0 < len(samples) < spec.length:
        times = spec.length // len(samples)
    repeated = np.tile(samples[: spec.length], times)
    window[: len(repeated)] = repeated
    return np.clip(window, -1.0, 1.0, out=window)


class _Take:
    """Some seconds of a sound, measured, and resampled for every encoder."""

    def __init__(
        self,
        sound: OpenSound,
        start: float,
        stop: int,
        specs: Sequence[Spec],
        printed: bool = False,
    ) -> None:
        self.begin = max(0, math.floor(start + _SLACK) - _MARGIN)
        self.outline = Outline(sound.rate, self.begin)
        self.meter = Meter(sound.rate, sound.layout, self.begin)
        self._specs = heard(specs)
        mixing = _shares(sound)
        tracks = {spec.rate: Track(sound.rate, spec.rate) for spec in self._specs}
        self._print = SoundPrint(sound.rate, self.begin) if printed else None
        samples = 0
        blocks = sound.blocks(self.begin)
        for block in blocks:
            mix = _mixed(block, mixing)
            self.outline.put(block, mix)
            self.meter.put(block)
            for track in tracks.values():
                track.put(mix)
            if self._print is not None:
                self._print.put(mix)
            samples += len(mix)
            if samples >= (stop - self.begin) * sound.rate:
                break
        self.end = self.begin + samples / sound.rate
        self.over = self.end < stop
        blocks.close()
        self._tracks = {rate: track.whole(samples) for rate, track in tracks.items()}
        if self._print is not None:
            self._print.close(samples)

    def levels(self, start: float, end: float, over: bool) -> bytes:
        """Give what a timeline keeps of what is heard from one time to another, seconds."""
        if self._print is None:
            return b""
        return self._print.levels(start, end, over).tobytes()

    def windows(self, parts: Sequence[tuple[float, float]]) -> dict[Spec, Mono]:
        """Cut out windows from one time to another each, seconds, for every encoder."""
        windows: dict[Spec, Mono] = {}
        for spec in self._specs:
            track = self._tracks[spec.rate]
            rows = np.empty((len(parts), spec.length), np.float32)
            for row, (start, end) in zip(rows, parts, strict=True):
                first, last = (round((time - self.begin) * spec.rate) for time in (start, end))
                row[:] = padded(track[first : max(last, first + 1)], spec)
            windows[spec] = rows
        return windows


def _most(sound: OpenSound) -> int:
    """Say how many windows are a stretch: fewer where a second has very many samples."""
    seconds = _SAMPLES / (sound.rate * sound.channels)
    return max(2, min(MOST_WINDOWS, int(seconds / WINDOW_HOP)))


def _shares(sound: OpenSound) -> NDArray[np.float32]:
    """Say how much of each channel goes into the mix."""
    names = [channel.name for channel in av.AudioLayout(sound.layout).channels]
    if len(names) <= 2 or "FL" not in names:
        return np.full(sound.channels, 1 / sound.channels, np.float32)
    shares = np.array([_SHARES.get(name, _OTHERS) for name in names], np.float32)
    return np.asarray(shares * (2**0.5 / shares.sum()), np.float32)


def _mixed(block: Block, shares: NDArray[np.float32]) -> Mono:
    """Mix a second to one channel; where channels cancel each other, take the loudest."""
    if len(block) == 1:
        return np.ascontiguousarray(block[0])
    mix = np.asarray(shares @ block, np.float32)
    powers = np.array([float(np.dot(channel, channel)) for channel in block]) * (shares > 0)
    if float(np.dot(mix, mix)) < _CANCELLED * powers.max():
        return np.ascontiguousarray(block[int(np.argmax(powers))])
    return mix
