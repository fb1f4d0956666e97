"""Sound for made films: a tone, or samples somebody has."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import av
import numpy as np

SAMPLE_RATE = 48_000
_CODECS = {".webm": "libopus", ".mkv": "libopus", ".avi": "libmp3lame", ".mpg": "mp2"}
_BLOCK = 960  # samples a frame


def add_sound(
    container: Any, ending: str, sound: float | np.ndarray | None, seconds: float
) -> Iterator[Any]:
    """Add a stream for a tone in Hz or for mono samples -1..1; gives its packets when asked."""
    if sound is None:
        return iter(())
    stream = container.add_stream(_CODECS.get(ending, "aac"), SAMPLE_RATE)
    stream.layout = "mono"
    stream.codec_context.time_base = Fraction(1, SAMPLE_RATE)
    length = round(seconds * SAMPLE_RATE)
    if isinstance(sound, np.ndarray):
        samples = np.resize(sound.astype(np.float32), length)
    else:
        samples = np.sin(np.arange(length) * (2 * np.pi * sound / SAMPLE_RATE)) * 0.3
    return _encoded(stream, samples.astype(np.float32))


def _encoded(stream: Any, samples: np.ndarray) -> Iterator[Any]:
    resampler = av.AudioResampler(stream.format, "mono", SAMPLE_RATE)
    for start in range(0, len(samples), _BLOCK):
        block = np.ascontiguousarray(samples[None, start : start + _BLOCK])
        frame = av.AudioFrame.from_ndarray(block, "fltp", "mono")
        frame.sample_rate, frame.pts = SAMPLE_RATE, start
        frame.time_base = Fraction(1, SAMPLE_RATE)
        for fitting in resampler.resample(frame):
            yield from stream.encode(fitting)
    yield from stream.encode(None)
