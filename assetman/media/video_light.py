"""High dynamic range and wide colours brought to what a plain screen shows (sRGB).

Signals become light (ITU-R BT.2100: PQ and HLG), the range of light is bent into that of a plain
screen (the curve of ITU-R BT.2390, 5.4.1, on the brightest of the three colours, so that a hue
stays), BT.2020's colours become BT.709's, and what lies outside of those is paled until it fits.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

PQ, HLG = 16, 18  # ITU-T H.273, transfer characteristics
_LINEAR = 8
BT2020, P3_DCI, P3_DISPLAY = 9, 11, 12  # ITU-T H.273, colour primaries

_WHITE = 203.0  # nits of a plain picture's white among brighter lights (ITU-R BT.2408)
_PEAK = 1000.0  # nits, where a film does not say for what screen it was made
_CODES = 1 << 16
_GRID = 65  # colours a side of the cube that is worked out; the most Pillow takes

_TO_709 = {  # linear light; columns are the source's red, green, blue
    BT2020: (
        (1.660491, -0.587641, -0.072850),
        (-0.124550, 1.132900, -0.008349),
        (-0.018151, -0.100579, 1.118730),
    ),
    P3_DCI: (
        (1.157490, -0.154968, -0.002522),
        (-0.041510, 1.045620, -0.004110),
        (-0.018051, -0.078578, 1.096630),
    ),
    P3_DISPLAY: (
        (1.224940, -0.224940, 0.0),
        (-0.042057, 1.042057, 0.0),
        (-0.019638, -0.078636, 1.098274),
    ),
}
_LUMA = {
    BT2020: (0.2627, 0.6780, 0.0593),
    P3_DCI: (0.2095, 0.7216, 0.0689),
    P3_DISPLAY: (0.2290, 0.6917, 0.0793),
}
_LUMA_709 = np.array((0.2126, 0.7152, 0.0722), np.float32)


@dataclass(frozen=True, slots=True)
class Light:
    """How the numbers of a film's pixels mean light."""

    transfer: int  # ITU-T H.273
    primaries: int
    peak: float = _PEAK  # nits of the screen it was made for

    @property
    def high(self) -> bool:
        """Whether its range of light is beyond a plain screen's."""
        return self.transfer in (PQ, HLG)

    @property
    def plain(self) -> bool:
        """Whether a plain screen shows it as it is."""
        return not self.high and self.primaries not in _TO_709


def peak_of(mastering: bytes | None, level: bytes | None) -> float:
    """Read for what peak of light, in nits, a film was made; `bytes` as FFmpeg has them.

    Either is only what the file claims (SMPTE ST 2086, CTA-861.3): what no screen has is unsaid.
    """
    found = _PEAK
    if mastering is not None and len(mastering) >= 88:
        number, divisor, _, has_light = struct.unpack_from("=iiii", mastering, 72)
        if has_light and divisor > 0:
            found = number / divisor
    elif level is not None and len(level) >= 4:
        found = float(struct.unpack_from("=I", level)[0])
    return round(found, -1) if 150 <= found <= 10_000 else _PEAK


def in_plain_light(picture: Image.Image, light: Light) -> Image.Image:
    """Bring RGB or RGBA with codes of `light`, full range, to sRGB; transparency stays."""
    return picture.filter(_cube(light))


@lru_cache(maxsize=4)
def _cube(light: Light) -> ImageFilter.Color3DLUT:
    """Work the colours of a grid out; what is between them follows (a twentieth of the time)."""
    steps = np.linspace(0, _CODES - 1, _GRID).round().astype(np.uint16)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    colours = to_plain(np.stack([red, green, blue], axis=-1).reshape(-1, 3), light)
    return ImageFilter.Color3DLUT(
        _GRID, (colours.astype(np.float32) / 255).ravel(), _copy_table=False
    )


def to_plain(codes: NDArray[np.uint16], light: Light) -> NDArray[np.uint8]:
    """Bring (n, 3) uint16, full range, to (n, 3) uint8 sRGB."""
    shown = _shown(codes, light)
    matrix = _TO_709.get(light.primaries)
    if matrix is not None:
        shown = _paled(np.asarray(shown @ np.array(matrix, np.float32).T, np.float32))
    np.clip(shown, 0, 1, out=shown)
    np.sqrt(shown, out=shown)  # the table is finest where the eye is
    return _srgb_table()[(shown * (_CODES - 1) + 0.5).astype(np.uint16)]


def _shown(codes: NDArray[np.uint16], light: Light) -> NDArray[np.float32]:
    """Give light as shares of a plain screen's white, with the source's primaries."""
    if not light.high:
        return _table(light.transfer)[codes]
    if light.transfer == PQ:
        nits = np.asarray(_table(PQ)[codes], np.float32)
    else:
        scene = _table(HLG)[codes]
        luma = scene @ np.array(_LUMA.get(light.primaries, _LUMA[BT2020]), np.float32)
        # the opto-optical transfer of a screen of 1000 nits: gamma 1.2 on luminance
        bright = _PEAK * np.maximum(luma, 1e-6) ** 0.2
        nits = np.asarray(scene * bright[:, np.newaxis], np.float32)
    peak = _PEAK if light.transfer == HLG else light.peak
    brightest = nits.max(axis=1)
    at = np.minimum(np.sqrt(brightest / peak), 1.0) * (_CODES - 1)
    gain = _gain_table(peak)[at.astype(np.uint16)]
    # beyond the peak a film claims, there is only white
    over = brightest > peak
    if over.any():
        gain[over] *= peak / brightest[over]
    return np.asarray(nits * gain[:, np.newaxis], np.float32)


def _paled(shown: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mix grey of the same brightness into colours that a plain screen does not have."""
    least = shown.min(axis=1)
    outside = least < 0
    if outside.any():
        colours = shown[outside]
        grey = np.maximum(colours @ _LUMA_709, 0)
        share = grey / np.maximum(grey - least[outside], 1e-6)
        shown[outside] = grey[:, None] + (colours - grey[:, None]) * share[:, None]
    return shown


def _pq_to_nits(signal: NDArray[np.float64]) -> NDArray[np.float64]:
    power = np.maximum(signal, 0) ** (1 / 78.84375)
    return np.asarray(
        10_000
        * (np.maximum(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power))
        ** (1 / 0.1593017578125)
    )


def _nits_to_pq(nits: NDArray[np.float64] | float) -> NDArray[np.float64]:
    power = (np.maximum(nits, 0) / 10_000) ** 0.1593017578125
    return np.asarray(((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375)


@lru_cache(maxsize=4)
def _table(transfer: int) -> NDArray[np.float32]:
    """Light for every code: nits (PQ), the scene's (HLG) or the screen's share of white."""
    signal = np.arange(_CODES, dtype=np.float64) / (_CODES - 1)
    if transfer == PQ:
        light = _pq_to_nits(signal)
    elif transfer == HLG:
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        light = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)
    elif transfer == _LINEAR:
        light = signal
    else:  # whatever its camera's curve, a screen shows it with its own
        light = np.where(signal <= 0.04045, signal / 12.92, ((signal + 0.055) / 1.055) ** 2.4)
    return light.astype(np.float32)


@lru_cache(maxsize=4)
def _gain_table(peak: float) -> NDArray[np.float32]:
    """What light becomes as a share of white, by its own; its index is the root of nits / peak."""
    nits = (np.arange(_CODES, dtype=np.float64) / (_CODES - 1)) ** 2 * peak
    top = _nits_to_pq(peak)
    signal = _nits_to_pq(nits) / top
    most = float(_nits_to_pq(_WHITE) / top)
    knee = 1.5 * most - 0.5
    t = np.clip((signal - knee) / (1 - knee), 0, 1)
    bent = (
        (2 * t**3 - 3 * t**2 + 1) * knee
        + (t**3 - 2 * t**2 + t) * (1 - knee)
        + (-2 * t**3 + 3 * t**2) * most
    )
    shown = _pq_to_nits(np.where(signal < knee, signal, bent) * top) / _WHITE
    gain = shown / np.maximum(nits, 1e-6)
    gain[0] = gain[1]
    return gain.astype(np.float32)


@lru_cache(maxsize=1)
def _srgb_table() -> NDArray[np.uint8]:
    """The sRGB code of light; its index is the root of that."""
    light = (np.arange(_CODES, dtype=np.float64) / (_CODES - 1)) ** 2
    code = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.asarray((code * 255).round(), np.uint8)
