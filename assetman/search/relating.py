"""What sets two pictures apart that show the same, in words."""

from __future__ import annotations

import numpy as np

from assetman.core.duplicates import Relation
from assetman.media.picture_matching import Match, Sight

_PART = 0.03  # of a picture; what is less is not worth a word
_ASKEW = 1.5  # degrees
_ADDED = 0.03  # share of what is shown
_FRAMED = 0.93  # of what is inside one border; where less is inside the other, that is wider
_GREY = 5.0  # grey levels between the strongest and the weakest channel, in the middle
_LIGHTER = 15.0  # grey levels
_OTHER_COLOURS = 12.0


def relation(one_id: int, other_id: int, one: Sight, other: Sight, found: Match) -> Relation:
    """Say of two contents how their pictures, found to show the same, differ."""
    between = list(_laid(found))
    of_one: list[str] = []
    of_other: list[str] = []
    if found.cropped > _PART and found.cropped >= found.extended:
        of_other.append(f"cropped by {found.cropped:.0%}")
    elif found.extended > _PART:
        of_one.append(f"cropped by {found.extended:.0%}")
    if found.added > _ADDED and found.added > 3 * found.lost:
        of_other.append("something added")
    elif found.lost > _ADDED and found.lost > 3 * found.added:
        of_one.append("something added")
    if _inside(other) < _FRAMED * _inside(one):
        of_other.append("a border")
    elif _inside(one) < _FRAMED * _inside(other):
        of_one.append("a border")
    _tell_colours(_Colours.of(one), _Colours.of(other), between, of_one, of_other)
    return Relation(
        one_id, other_id, found.agreement, tuple(between), tuple(of_one), tuple(of_other)
    )


def _laid(found: Match) -> list[str]:
    said = ["mirrored"] if found.mirrored else []
    turned = abs(found.turned)
    square = 90 * round(turned / 90)
    if square and abs(turned - square) <= _ASKEW:
        said.append(f"turned by {square}°")
    elif turned > _ASKEW:
        said.append(f"askew by {turned:.0f}°")
    return said


def _inside(sight: Sight) -> float:
    """Give the share of a picture that is inside its border."""
    left, top, right, bottom = sight.inner
    width, height = sight.size
    return (right - left) * (bottom - top) / (width * height)


class _Colours:
    """What of the colours of a picture is compared."""

    def __init__(self, pixels: np.ndarray) -> None:
        values = pixels.reshape(-1, 3).astype(np.float32)
        self.mean = values.mean(0)
        self.light = float(self.mean.mean())
        self.colourful = float(np.median(np.ptp(values, axis=1)))

    @classmethod
    def of(cls, sight: Sight) -> _Colours:
        left, top, right, bottom = sight.inner
        return cls(sight.pixels[top:bottom, left:right])


def _tell_colours(
    one: _Colours, other: _Colours, between: list[str], of_one: list[str], of_other: list[str]
) -> None:
    if other.colourful <= _GREY < one.colourful:
        of_other.append("without colour")
    elif one.colourful <= _GREY < other.colourful:
        of_one.append("without colour")
    elif abs(other.light - one.light) > _LIGHTER:
        between.append("lighter or darker")
    elif float(np.abs((other.mean - other.light) - (one.mean - one.light)).max()) > _OTHER_COLOURS:
        between.append("other colours")
