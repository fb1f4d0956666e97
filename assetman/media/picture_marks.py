"""What a picture is recognised by among many, in a few hundred bytes.

Two things propose that pictures show the same, and neither decides it (`picture_matching` does).
Eight hashes, of the picture without its border and turned and mirrored every way, find copies that
are whole. Words, each the surroundings of one point, find copies that are cropped or askew.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from assetman.media.picture_matching import Points, Sight

VERSION = 1  # of how marks are made: others are not compared with them
TURNS = 8  # ways to lay a picture: four, and four mirrored
WORDS = 64  # at most, of a picture, and as many of it mirrored
_GRID = 32  # points a side that a hash is made of
_KEPT = 8  # frequencies a side
_PLAIN = 3.0  # grey levels; what deviates less has no hash


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """Hashes of a picture, laid each way, its own first, and the words of its strongest points."""

    hashes: NDArray[np.uint64]  # (TURNS,), or (0,) where there is nothing but one colour
    words: NDArray[np.uint16]  # (n,), each once
    mirrored: NDArray[np.uint16]  # (m,)

    def to_bytes(self) -> bytes:
        """Give them as they are stored."""
        counts = np.array([len(self.hashes), len(self.words), len(self.mirrored)], "<u2")
        parts = (counts, self.hashes.astype("<u8"), self.words.astype("<u2"))
        return b"".join(part.tobytes() for part in (*parts, self.mirrored.astype("<u2")))

    @classmethod
    def from_bytes(cls, stored: bytes) -> Marks:
        """Read stored ones. Raises ValueError for what is none."""
        if len(stored) < 6:
            raise ValueError("these are no marks")
        hashes, words, mirrored = np.frombuffer(stored, "<u2", 3).tolist()
        ends = 6 + 8 * hashes, 6 + 8 * hashes + 2 * words
        return cls(
            np.frombuffer(stored, "<u8", hashes, 6).astype(np.uint64),
            np.frombuffer(stored, "<u2", words, ends[0]).astype(np.uint16),
            np.frombuffer(stored, "<u2", mirrored, ends[1]).astype(np.uint16),
        )


def marks_of(sight: Sight) -> Marks:
    """Make the marks of a picture."""
    points = sight.points
    return Marks(_hashes(sight), _words(points), _words(points.mirrored()))


def _hashes(sight: Sight) -> NDArray[np.uint64]:
    """Hash by the signs of the low frequencies (Zauner 2010, pHash), laid each way."""
    left, top, right, bottom = sight.inner
    inside = sight.luma[top:bottom, left:right]
    small = cv2.resize(inside, (_GRID, _GRID), interpolation=cv2.INTER_AREA).astype(np.float32)
    if float(small.std()) < _PLAIN:
        return np.empty(0, np.uint64)
    waves = np.asarray(cv2.dct(small), np.float32)[: _KEPT + 1, : _KEPT + 1]
    hashes = []
    for turn in range(TURNS):
        kept = _laid(waves, turn)[1:, 1:].ravel()  # neither the mean nor plain gradients
        bits = np.packbits(kept > np.median(kept), bitorder="little")
        hashes.append(int.from_bytes(bits.tobytes(), "little"))
    return np.array(hashes, np.uint64)


def _laid(waves: NDArray[np.float32], turn: int) -> NDArray[np.float32]:
    """Give the frequencies of a picture turned and mirrored, which are those of it resigned.

    Bit 0 mirrors it left to right, bit 1 top to bottom, bit 2 swaps its axes before.
    """
    laid = waves.T if turn & 4 else waves
    signs = np.where(np.arange(len(waves)) % 2, -1, 1).astype(np.float32)
    if turn & 1:
        laid = laid * signs[None, :]
    if turn & 2:
        laid = laid * signs[:, None]
    return laid


def _words(points: Points) -> NDArray[np.uint16]:
    """Name the strongest points: on which side of some planes their surroundings are."""
    if not len(points.places):
        return np.empty(0, np.uint16)
    best = np.argsort(-points.strengths, kind="stable")[:WORDS]
    middle, planes = _planes()
    bits = ((points.surroundings[best] - middle) @ planes.T > 0).astype(np.int64)
    return np.unique(bits @ (1 << np.arange(len(planes)))).astype(np.uint16)


@cache
def _planes() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Give the middle of what surrounds points, (128,), and planes through it, (16, 128)."""
    with np.load(Path(__file__).with_name("picture_marks.npz")) as kept:
        return kept["middle"].astype(np.float32), kept["planes"].astype(np.float32)
