"""How sounds are drawn."""

from __future__ import annotations

from dataclasses import dataclass

PEAKS = 4096  # about as many pairs a file has at least, so that a short one can be drawn wide
_FEWEST, _MOST = 10.0, 2000.0  # pairs a second


@dataclass(frozen=True, slots=True)
class Waveform:
    """The outline of a sound: lowest and highest sample of each short piece of it.

    `paths` name .npy files of int8, (n, 2) each, -127..127 for full scale, one after another.
    """

    paths: tuple[str, ...]
    rate: float  # pairs a second


def peak_rate(duration: float | None) -> float:
    """Say how many pairs a second the outline of a sound of this length (seconds) has."""
    if not duration or duration <= 0:
        return _FEWEST
    return min(_MOST, max(_FEWEST, PEAKS / duration))
