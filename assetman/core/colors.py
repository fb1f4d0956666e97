"""Colours by name, and how far apart two of them look."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache

# Names of CSS (Color Module Level 4, section 6.1) that people use.
NAMES = {
    "black": "#000000",
    "white": "#ffffff",
    "gray": "#808080",
    "silver": "#c0c0c0",
    "red": "#ff0000",
    "maroon": "#800000",
    "orange": "#ffa500",
    "yellow": "#ffff00",
    "olive": "#808000",
    "lime": "#00ff00",
    "green": "#008000",
    "teal": "#008080",
    "cyan": "#00ffff",
    "blue": "#0000ff",
    "navy": "#000080",
    "purple": "#800080",
    "magenta": "#ff00ff",
    "pink": "#ffc0cb",
    "brown": "#a52a2a",
    "beige": "#f5f5dc",
    "gold": "#ffd700",
    "coral": "#ff7f50",
    "salmon": "#fa8072",
    "tomato": "#ff6347",
    "crimson": "#dc143c",
    "firebrick": "#b22222",
    "chocolate": "#d2691e",
    "sienna": "#a0522d",
    "peru": "#cd853f",
    "tan": "#d2b48c",
    "khaki": "#f0e68c",
    "ivory": "#fffff0",
    "lavender": "#e6e6fa",
    "violet": "#ee82ee",
    "orchid": "#da70d6",
    "plum": "#dda0dd",
    "indigo": "#4b0082",
    "turquoise": "#40e0d0",
    "aquamarine": "#7fffd4",
    "skyblue": "#87ceeb",
    "lightblue": "#add8e6",
    "steelblue": "#4682b4",
    "royalblue": "#4169e1",
    "darkblue": "#00008b",
    "midnightblue": "#191970",
    "slategray": "#708090",
    "lightgray": "#d3d3d3",
    "darkgray": "#a9a9a9",
    "dimgray": "#696969",
    "lightgreen": "#90ee90",
    "darkgreen": "#006400",
    "forestgreen": "#228b22",
    "seagreen": "#2e8b57",
    "darkred": "#8b0000",
    "hotpink": "#ff69b4",
    "deeppink": "#ff1493",
    "darkorange": "#ff8c00",
    "wheat": "#f5deb3",
    "linen": "#faf0e6",
}
_ALIASES = {"grey": "gray", "aqua": "cyan", "fuchsia": "magenta"}
_HEX = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})")
_WHITE = (0.95047, 1.0, 1.08883)  # D65
# How far apart two colours may lie to pass for the same, for somebody who names one of them:
# teal is not grey then, and the red of bricks is red.
NEAR = 14.0
_LIGHTNESS, _CHROMA, _HUE = 0.5, 0.035, 0.015


def color(text: str) -> str | None:
    """Read `teal`, `#088` or `#008080` as "#008080"; None for what is no colour."""
    typed = text.strip().lower()
    name = _ALIASES.get(typed, typed).replace("grey", "gray")
    if name in NAMES:
        return NAMES[name]
    found = _HEX.fullmatch(typed)
    if not found:
        return None
    digits = found[1]
    return "#" + (digits if len(digits) == 6 else "".join(2 * digit for digit in digits))


@lru_cache(maxsize=4096)
def lab(value: str) -> tuple[float, float, float]:
    """Give a colour "#rrggbb" of sRGB in CIE L*a*b* (D65)."""
    red, green, blue = (_linear(int(value[at : at + 2], 16) / 255) for at in (1, 3, 5))
    x, y, z = (
        (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / _WHITE[0],
        (0.2126729 * red + 0.7151522 * green + 0.0721750 * blue) / _WHITE[1],
        (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / _WHITE[2],
    )
    fx, fy, fz = (_root(each) for each in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


@dataclass(frozen=True, slots=True)
class Weights:
    """What counts of the differences from a colour: in lightness, in chroma, and in hue."""

    lightness: float
    chroma: float
    hue: float


def chroma(value: str) -> float:
    """Give how far a colour "#rrggbb" is from grey, in L*a*b*."""
    _, a, b = lab(value)
    return math.hypot(a, b)


def weights(value: str) -> Weights:
    """Give what counts beside a colour "#rrggbb": the more colourful it is, the less does more.

    After CIE94, in its form for textiles, which takes lightness by half.
    """
    much = chroma(value)
    return Weights(_LIGHTNESS, 1 / (1 + _CHROMA * much), 1 / (1 + _HUE * much))


def apart(asked: str, other: str) -> float:
    """Give how far from a colour "#rrggbb" that was asked for another one looks."""
    count, bright, green, yellow = weights(asked), *lab(asked)
    other_bright, other_green, other_yellow = lab(other)
    lightness, less = other_bright - bright, chroma(other) - chroma(asked)
    hue = (other_green - green) ** 2 + (other_yellow - yellow) ** 2 - less**2  # squared
    parts = (lightness * count.lightness) ** 2 + (less * count.chroma) ** 2
    return math.sqrt(parts + max(hue, 0.0) * count.hue**2)


def _linear(value: float) -> float:
    return float(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)


def _root(value: float) -> float:
    return float(value ** (1 / 3) if value > 216 / 24389 else (24389 / 27 * value + 16) / 116)
