"""How a frame looks, in few numbers, and how different two frames are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assetman.media.keyframes import Frame

GRID = (9, 16)  # rows and columns of the blurred picture
_BINS = 4  # a channel, for the histogram
BLACK = 18.0  # grey levels; nothing of a frame that counts as black is brighter
_GREY = 24.0  # grey levels between the strongest and the weakest channel
_PLAIN = 0.55  # of a frame; what has so much of one brightness may be a title card
_CARD_NOISE = 0.4  # steps of sixteen
_CARD_POINT = 3  # steps that a compressor does not change a point by
_CARD_SPOTS = 4  # points that may be changed all the same
_LETTERS = bytes(range(97, 97 + 26)).ljust(256, b"z")
_FLAT = 5.0  # grey levels of deviation; a frame below shows one colour


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What is remembered of a frame after its pixels are gone."""

    time: float  # seconds
    blurred: NDArray[np.float32]  # (rows * columns * 3,) 0..255
    colours: NDArray[np.float32]  # histogram, sums to 1
    mean: float  # luma, 0..255
    spread: float  # its deviation
    peak: float  # its brightest hundredth
    sharpness: float  # mean gradient, grey levels
    colour: float  # how far its mean is from grey, grey levels
    grey: NDArray[np.uint8]  # its luma as it was measured, (54, 96) for example
    luma: NDArray[np.uint8]  # (27, 48) at most, 0..15
    flatness: float  # share of the frame that has its most common brightness
    key: bool

    @property
    def black(self) -> bool:
        return self.peak <= BLACK * 1.6 and self.mean <= BLACK

    @property
    def plain(self) -> bool:
        """Say whether it may be a title card: something on much of one brightness."""
        return self.flatness >= _PLAIN

    @property
    def blank(self) -> bool:
        """Say whether there is nothing to see: black, white or grey; a colour is something."""
        return self.black or (self.spread <= _FLAT and self.colour <= _GREY)


def look_of(frame: Frame) -> Look:
    """Measure a frame."""
    small = frame.small
    pixels = small.astype(np.float32)
    luma = pixels @ np.array([0.299, 0.587, 0.114], np.float32)
    peak = float(np.partition(luma, -1 - luma.size // 100, axis=None)[-1 - luma.size // 100])
    across = np.abs(np.diff(luma, axis=1)).mean() if luma.shape[1] > 1 else 0.0
    down = np.abs(np.diff(luma, axis=0)).mean() if luma.shape[0] > 1 else 0.0
    return Look(
        time=frame.time,
        blurred=_blurred(pixels),
        colours=_histogram(small[::2, ::2]),
        mean=float(luma.mean()),
        spread=float(luma.std()),
        peak=peak,
        sharpness=float(across + down),
        colour=float(np.ptp(pixels.mean((0, 1)))),
        grey=luma.astype(np.uint8),
        luma=(luma[::2, ::2] / 16).astype(np.uint8),
        flatness=float(np.bincount((luma.ravel() * 0.125).astype(np.int64)).max() / luma.size),
        key=frame.key,
    )


def card_of(look: Look) -> str:
    """Give a title card's fingerprint, one letter for each of its points."""
    return look.luma.tobytes().translate(_LETTERS).decode("ascii")


def same_card(one: str, other: str) -> bool:
    """Say whether two title cards say the same."""
    if len(one) != len(other):
        return False
    points = [
        np.frombuffer(card.encode("ascii"), np.uint8).astype(np.int16) for card in (one, other)
    ]
    apart = np.abs(points[0] - points[1])
    return float(apart.mean()) < _CARD_NOISE and int((apart > _CARD_POINT).sum()) <= _CARD_SPOTS


def difference(one: Look, other: Look) -> float:
    """Say how different two frames are, 0 (the same) to 1; a cut is mostly above 0.25."""
    colours = 0.5 * float(np.abs(one.colours - other.colours).sum())
    return 0.5 * colours + 0.5 * min(1.0, distance(one, other) / 80.0)


def distance(one: Look, other: Look) -> float:
    """Give the mean difference of the blurred pictures, grey levels."""
    return float(np.abs(one.blurred - other.blurred).mean())


def _blurred(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    height, width = pixels.shape[:2]
    rows = np.linspace(0, height, GRID[0] + 1).astype(int)
    columns = np.linspace(0, width, GRID[1] + 1).astype(int)
    sums = np.zeros((height + 1, width + 1, 3), np.float32)
    sums[1:, 1:] = pixels.cumsum(0).cumsum(1)
    rows, tall = _spans(rows, height)
    columns, wide = _spans(columns, width)
    lines = sums[rows[1]] - sums[rows[0]]
    boxes = lines[:, columns[1]] - lines[:, columns[0]]
    means: NDArray[np.float32] = boxes / (tall[:, None, None] * wide[None, :, None])
    return means.reshape(-1)


def _spans(edges: NDArray[np.int_], size: int) -> tuple[NDArray[np.int_], NDArray[np.float32]]:
    """Give first and end of each box, none of them empty."""
    first = np.minimum(edges[:-1], size - 1)
    end = np.maximum(edges[1:], first + 1)
    return np.stack([first, end]), (end - first).astype(np.float32)


def _histogram(small: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Share each value between its two bins, so that a little more light changes little."""
    share = small.reshape(-1, 3).T.astype(np.float32) * ((_BINS - 1) / 255)
    low = np.minimum(share.astype(np.int64), _BINS - 2)
    high = share - low
    bins = np.stack([low, low + 1])  # (2, 3, pixels)
    parts = np.stack([1 - high, high])
    place = (
        bins[:, None, None, 0] * _BINS**2 + bins[None, :, None, 1] * _BINS + bins[None, None, :, 2]
    )
    weight = parts[:, None, None, 0] * parts[None, :, None, 1] * parts[None, None, :, 2]
    counts = np.bincount(place.ravel(), weight.ravel(), _BINS**3)
    shares: NDArray[np.float32] = (counts / counts.sum()).astype(np.float32)
    return shares
