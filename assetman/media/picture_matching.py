"""Whether two pictures show the same, found by laying one on the other.

Points that both have say how one lies on the other (SIFT: Lowe 2004; RANSAC: Fischler and Bolles
1981); so does the plain guess that both are whole, laid one of eight ways. Then the two are
compared place by place where they overlap: who only shares a frame, a logo or a title fails there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 320  # pixels of the longer side in which points are found
_COMPARED = 128  # and in which pictures are laid on each other
_MOST_POINTS = 400
_CONTRAST = 0.02
_RATIO = 0.85  # of the distances to the best and the second best point: below it, it is the one
_LEAST_POINTS = 6  # that have to agree on how one picture lies on the other
_NEAR = 6.0  # pixels within which they agree
_CELL = 12  # pixels of the places that are compared
_TEXTURE = 6.0  # grey levels of deviation; what has less shows nothing
_LIKE = 0.5  # correlation of a place in both pictures, if it is the same
_UNLIKE = 0.2  # and if it is another thing
_LEAST_TEXTURE = 1.0  # grey levels; a whole picture with less shows nothing
_LEAST_SHOWN = 60  # points that show something
_AGREEING = 0.8  # share of what is shown that has to be the same, where points agree
_AGREEING_WHOLE = 0.9  # and where they were not asked
_LEAST_LAID = 0.5  # and where it is known already
_CONTRADICTING = 0.05  # share of it that may be something else in each
_LEAST_OVERLAP = 0.4  # share of the larger picture that the other shows
_SURE = 0.95  # agreement that no other way is tried after
_BACKWARDS = [0, 7, 6, 5, 4, 3, 2, 1]
_BORDER = 14  # grey levels; a border of one colour has no more between its pixels

_Inner = tuple[int, int, int, int]  # left, top, right, bottom
Matrix = NDArray[np.float64]  # (2, 3), from the coordinates of one picture to those of the other


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Points of a picture that are found again in its copies."""

    places: NDArray[np.float32]  # (n, 2) x and y
    surroundings: NDArray[np.float32]  # (n, 128), of unit length
    strengths: NDArray[np.float32]  # (n,)

    def mirrored(self) -> Points:
        """Give them as they are in the mirrored picture, but with their places in this one.

        A histogram of directions is mirrored by going through it the other way round.
        """
        cells = self.surroundings.reshape(-1, 4, 4, 8)[:, ::-1][..., _BACKWARDS]
        return Points(self.places, cells.reshape(-1, 128), self.strengths)


@dataclass(frozen=True, slots=True)
class Match:
    """How the second of two pictures lies on the first, as shares of what each shows.

    `cropped` is what of the first the second lacks, `extended` what the second has beside it.
    """

    agreement: float  # share of what is shown there that is the same
    added: float  # share of it that only the second shows, the first being plain there
    lost: float  # and that only the first shows
    matrix: Matrix  # from the first one's pixels to the second's, both as `Sight` has them
    mirrored: bool
    turned: float  # degrees, clockwise, -180..180
    cropped: float
    extended: float


@dataclass(frozen=True, slots=True)
class _Agreement:
    """Shares of what two pictures show that are laid on each other."""

    agreement: float  # is the same in both
    contradiction: float  # is something in each, but something else
    added: float  # only the second shows
    lost: float  # only the first


class Sight:
    """A small picture as it is compared; what is found in it is kept."""

    def __init__(self, pixels: NDArray[np.uint8]) -> None:
        """Take a picture, (h, w, 3) uint8 RGB."""
        scale = SIDE / max(pixels.shape[:2])
        size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        self.pixels = np.asarray(cv2.resize(pixels, size, interpolation=way), np.uint8)
        self.luma = np.asarray(cv2.cvtColor(self.pixels, cv2.COLOR_RGB2GRAY), np.uint8)

    @classmethod
    def of(cls, path: Path) -> Sight:
        """Load a thumbnail. Raises OSError where it cannot be read."""
        with Image.open(path) as picture:
            return cls(np.asarray(picture.convert("RGB")))

    @property
    def size(self) -> tuple[int, int]:
        """Its width and height."""
        return self.luma.shape[1], self.luma.shape[0]

    @cached_property
    def inner(self) -> _Inner:
        """What is left without borders of one colour."""
        return _without_border(self.pixels)

    @cached_property
    def points(self) -> Points:
        """Find its points."""
        return _points(self.luma)


def match(
    one: Sight, other: Sight, turns: Iterable[int], by_points: Iterable[bool]
) -> Match | None:
    """Say how a picture lies on another if both show the same; None if they do not.

    `turns` are the ways to lay the whole of the first that are worth a try (bit 0 mirrors it left
    to right, bit 1 top to bottom, bit 2 swaps its axes before both); `by_points` says whether it
    is worth looking for common points as it is (False) and mirrored (True).
    """
    best: Match | None = None
    for matrix, least in _ways(one, other, turns, by_points):
        found = _compared(one, other, matrix, least, _CONTRADICTING)
        if found is not None and (best is None or found.agreement > best.agreement):
            best = found
            if best.agreement > _SURE:
                break
    return best


def laid(one: Sight, other: Sight) -> Match | None:
    """Lay a picture on another of which it is known that both show the same, however edited.

    None where there is no way in which half of it agrees.
    """
    ways = _ways(one, other, range(8), (False, True))
    found = [_compared(one, other, matrix, _LEAST_LAID, 1.0) for matrix, _ in ways]
    return max(filter(None, found), key=lambda each: each.agreement, default=None)


def _ways(
    one: Sight, other: Sight, turns: Iterable[int], by_points: Iterable[bool]
) -> Iterator[tuple[Matrix, float]]:
    """Give ways in which the second may lie on the first, those quickly had before.

    Each comes with the agreement it takes: common points say much already, an outline little.
    """
    for turn in turns:
        yield _whole(one.inner, other.inner, turn), _AGREEING_WHOLE
    for mirrored in by_points:
        matrix = _by_points(one.points, other.points.mirrored() if mirrored else other.points)
        if matrix is not None:
            yield matrix, _AGREEING


def _by_points(one: Points, other: Points) -> Matrix | None:
    if min(len(one.places), len(other.places)) < _LEAST_POINTS:
        return None
    likeness = one.surroundings @ other.surroundings.T
    first = likeness.argmax(1)
    rows = np.arange(len(first))
    best = likeness[rows, first]
    likeness[rows, first] = -1
    second = likeness.max(1)
    sure = np.sqrt(np.maximum(0, 2 - 2 * best)) < _RATIO * np.sqrt(np.maximum(1e-9, 2 - 2 * second))
    if int(sure.sum()) < _LEAST_POINTS:
        return None
    here, there = one.places[sure], other.places[first[sure]]
    cv2.setRNGSeed(1)  # the same pictures are always found alike
    matrix, agreeing = cv2.estimateAffine2D(
        here, there, method=cv2.RANSAC, ransacReprojThreshold=_NEAR, maxIters=500, confidence=0.99
    )
    if matrix is None or int(agreeing.sum()) < _LEAST_POINTS:
        return None
    return np.asarray(matrix)


def _whole(one: _Inner, other: _Inner, turn: int) -> Matrix:
    """Lay the inside of one picture on that of another in one of eight ways."""
    corners = np.array([[0, 0], [1, 0], [0, 1]], np.float32)
    laid = corners[:, ::-1] if turn & 4 else corners
    flips = np.array([turn & 1, turn >> 1 & 1], np.float32)
    here, there = (
        np.array([left, top], np.float32) + shares * np.array([right - left, bottom - top])
        for shares, (left, top, right, bottom) in (
            (corners, one),
            (np.abs(flips - laid), other),
        )
    )
    matrix = cv2.getAffineTransform(here.astype(np.float32), there.astype(np.float32))
    return np.asarray(matrix, np.float64)


def _box(inner: _Inner) -> NDArray[np.float32]:
    left, top, right, bottom = inner
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)


def _compared(one: Sight, other: Sight, matrix: Matrix, least: float, most: float) -> Match | None:
    """Compare two pictures laid on each other; None where too little is the same.

    `least` has to agree, and `most` may contradict.
    """
    linear = matrix[:, :2]
    size = float(np.linalg.det(linear))
    stretched = np.linalg.svd(linear, compute_uv=False)
    if not 0.02 < abs(size) < 50 or stretched[0] > 1.6 * stretched[1]:
        return None
    shown = _overlap(one, other, matrix)
    if shown is None:
        return None
    first, second, mask, share_one, share_other = shown
    if max(share_one, share_other) < 0.6 or min(share_one, share_other) < _LEAST_OVERLAP:
        return None
    found = _agreement(first, second, mask)
    if found is None or found.agreement < least or found.contradiction > most:
        return None
    mirrored = size < 0
    column = linear[:, 0] if not mirrored else -linear[:, 0]
    turned = float(np.degrees(np.arctan2(column[1], column[0])))
    return Match(
        found.agreement,
        found.added,
        found.lost,
        matrix,
        mirrored,
        turned,
        cropped=1 - share_one,
        extended=1 - share_other,
    )


def _overlap(
    one: Sight, other: Sight, matrix: Matrix
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_], float, float] | None:
    """Lay both into one small frame, that of the inside of the first.

    Gives both as luma, where both are, and how much of the inside of each that is.
    """
    left, top, right, bottom = one.inner
    scale = _COMPARED / max(right - left, bottom - top)
    size = (max(8, round((right - left) * scale)), max(8, round((bottom - top) * scale)))
    into = np.array([[scale, 0, -left * scale], [0, scale, -top * scale], [0, 0, 1]])
    full = np.vstack([matrix, [0, 0, 1]])
    try:
        back = into @ np.linalg.inv(full)
    except np.linalg.LinAlgError:
        return None
    frame = [_laid_into(each, place[:2], size) for each, place in ((one, into), (other, back))]
    inside = _box(other.inner)
    mask = np.zeros((size[1], size[0]), np.uint8)
    corners = inside @ back[:2, :2].T + back[:2, 2]
    if not np.isfinite(corners).all() or np.abs(corners).max() > 1e5:
        return None
    cv2.fillConvexPoly(mask, np.round(corners).astype(np.int32), 1)
    area = float(mask.sum())
    whole = abs(float(cv2.contourArea(corners.astype(np.float32)))) or 1.0
    return frame[0], frame[1], mask > 0, area / mask.size, min(1.0, area / whole)


def _laid_into(sight: Sight, place: Matrix, size: tuple[int, int]) -> NDArray[np.float32]:
    shrink = np.sqrt(abs(np.linalg.det(place[:, :2])))
    luma = sight.luma
    if shrink < 0.7:  # or fine detail would be left to chance
        luma = np.asarray(cv2.GaussianBlur(luma, (0, 0), 0.4 / max(shrink, 0.05)), np.uint8)
    laid = cv2.warpAffine(
        luma, place, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(cv2.GaussianBlur(laid, (0, 0), 1.2), np.float32)


def _agreement(
    first: NDArray[np.float32], second: NDArray[np.float32], mask: NDArray[np.bool_]
) -> _Agreement | None:
    """Say how much of what is shown where both are is the same in both, place by place.

    None where too little is shown to tell.
    """
    weight = mask.astype(np.float32)
    share = np.maximum(cv2.boxFilter(weight, -1, (_CELL, _CELL)), 1e-6)

    def mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
        summed = cv2.boxFilter(values * weight, -1, (_CELL, _CELL))
        return np.asarray(summed / share, np.float32)

    a, b = mean(first), mean(second)
    spread_a = np.sqrt(np.maximum(mean(first * first) - a * a, 0))
    spread_b = np.sqrt(np.maximum(mean(second * second) - b * b, 0))
    alike = (mean(first * second) - a * b) / np.maximum(spread_a * spread_b, 1e-3)
    gain_a, gain_b = (float(np.sqrt((s[mask] ** 2).mean())) for s in (spread_a, spread_b))
    if min(gain_a, gain_b) < _LEAST_TEXTURE:
        return None
    spread_b = spread_b * (gain_a / gain_b)
    shown = np.maximum(spread_a, spread_b)
    counted = mask & (share > 0.5) & (shown > _TEXTURE)
    if int(counted.sum()) < _LEAST_SHOWN:
        return None
    worth = np.sqrt(np.where(counted, shown, 0))
    other = (alike < _UNLIKE) & (np.minimum(spread_a, spread_b) > _TEXTURE)
    unlike = alike <= _LIKE
    parts = (~unlike, other, unlike & (spread_b > 2 * spread_a), unlike & (spread_a > 2 * spread_b))
    return _Agreement(*(float(worth[part].sum() / worth.sum()) for part in parts))


def _points(luma: NDArray[np.uint8]) -> Points:
    keys, found = _finder().detectAndCompute(luma, None)
    if found is None or not len(keys):
        none = np.empty((0, 128), np.float32)
        return Points(none[:, :2], none, none[:, 0])
    places = np.array([key.pt for key in keys], np.float32)
    strengths = np.array([key.response for key in keys], np.float32)
    # Roots of histograms compare better than they do themselves (Arandjelović and Zisserman 2012).
    roots = np.sqrt(found / np.maximum(found.sum(1, keepdims=True), 1e-6))
    return Points(places, roots.astype(np.float32), strengths)


@cache
def _finder() -> cv2.SIFT:
    cv2.setNumThreads(1)
    return cv2.SIFT.create(nfeatures=_MOST_POINTS, contrastThreshold=_CONTRAST)


def _without_border(pixels: NDArray[np.uint8]) -> _Inner:
    """Find what is inside borders of one colour; nothing is cut off where that is next to nothing."""
    height, width = pixels.shape[:2]
    left, top, right, bottom = 0, 0, width, height
    for _ in range(2):  # a frame may lie in another
        lines = pixels[top:bottom, left:right].astype(np.int16)
        plain_rows = np.ptp(_steady(lines, 1), axis=1).max(1) <= _BORDER
        plain_columns = np.ptp(_steady(lines, 0), axis=0).max(1) <= _BORDER
        rows = np.flatnonzero(~plain_rows)
        columns = np.flatnonzero(~plain_columns)
        if len(rows) < 8 or len(columns) < 8:
            break
        left, right = left + int(columns[0]), left + int(columns[-1]) + 1
        top, bottom = top + int(rows[0]), top + int(rows[-1]) + 1
    if (right - left) * (bottom - top) < 0.1 * width * height:
        return 0, 0, width, height
    return left, top, right, bottom


def _steady(lines: NDArray[np.int16], axis: int) -> NDArray[np.int16]:
    """Leave out the few pixels of each line that a compressor spoils."""
    return np.percentile(lines, [2, 98], axis=axis).astype(np.int16).swapaxes(0, axis)
