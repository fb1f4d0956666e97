"""Films whose frames say which they are: eight bars, dark or light, are a number in binary."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np

from tests.kit.films import Film, Scene, make_film

RATE = 25.0
_BITS = 8
_DARK, _LIGHT = 30, 220


def numbered_film(path: Path, frames: int = 100, **how: object) -> Film:
    """Make a film of numbered frames, 25 in a second, a key frame every second."""
    wide, high = size = (320, 176)
    scenes = []
    for number in range(frames):
        bits = [_LIGHT if number >> bit & 1 else _DARK for bit in range(_BITS)]
        bars = np.repeat(np.array(bits, np.uint8), wide // _BITS)
        scenes.append(Scene(np.broadcast_to(bars[None, :, None], (high, wide, 3)).copy(), 1 / RATE))
    how = {"size": size, "gop": 25, "rate": RATE, **how}
    if how.get("codec", "h264") == "h264":
        how["options"] = {"sc_threshold": "0", **how.get("options", {})}  # type: ignore[dict-item]
    return make_film(path, scenes, **how)  # type: ignore[arg-type]


def numbers_in(path: Path) -> list[int]:
    """Read the numbers of all frames, in the order they are shown."""
    return [number for _, number in timed_numbers_in(path)]


def key_numbers_in(path: Path) -> list[int]:
    """Read the numbers of those frames that need no other."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        return [_number(frame) for frame in container.decode(stream) if frame.key_frame]


def timed_numbers_in(path: Path) -> list[tuple[float, int]]:
    """Read all frames: when each is shown, seconds after the first, and its number."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        read = [(frame.time or 0.0, _number(frame)) for frame in container.decode(stream)]
    first = read[0][0]
    return [(round(time - first, 3), number) for time, number in read]


def _number(frame: av.VideoFrame) -> int:
    grey = frame.to_ndarray(format="gray")
    turned = np.rot90(grey, frame.rotation // 90) if frame.rotation else grey
    row = turned[turned.shape[0] // 2].astype(float)
    bars = np.array_split(row, _BITS)
    middles = [bar[len(bar) // 4 : -max(1, len(bar) // 4)].mean() for bar in bars]
    return sum(1 << bit for bit, light in enumerate(middles) if light > (_DARK + _LIGHT) / 2)
