"""From a decoded frame to an upright picture in sRGB with square pixels."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import numpy as np
from av.buffer import Buffer
from av.sidedata.sidedata import Type
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Interpolation, VideoReformatter
from numpy.typing import NDArray
from PIL import Image

from assetman.media import colour
from assetman.media.keyframes import SMALL_SIDE
from assetman.media.video_light import PQ, Light, in_plain_light, peak_of

_FULL = int(ColorRange.JPEG)
_LIMITED = int(ColorRange.MPEG)
_UNSAID = 2  # ITU-T H.273
_RGB = 0
# Matrices by their number in ITU-T H.273, as swscale numbers them; it knows no others.
_MATRICES = {1: 1, 4: 4, 5: 5, 6: 5, 7: 7, 9: 9, 10: 9}
_DISPLAY = {  # the signs of a display matrix (a, b, c, d), as EXIF numbers orientations
    (1, 0, 0, 1): 1,
    (-1, 0, 0, 1): 2,
    (-1, 0, 0, -1): 3,
    (1, 0, 0, -1): 4,
    (0, 1, 1, 0): 5,
    (0, 1, -1, 0): 6,
    (0, -1, -1, 0): 7,
    (0, -1, 1, 0): 8,
}
_COMBED = 1.6  # how much more neighbouring lines differ than those of one field


@dataclass(frozen=True, slots=True)
class Shape:
    """How stored pixels become what is seen; width and height are upright and square."""

    width: int
    height: int
    orientation: int = 1  # EXIF, 1..8
    aspect: Fraction = Fraction(1)  # how wide a stored pixel is for its height

    def size(self, share: float) -> tuple[int, int]:
        """Give the size in pixels at `share` of the whole, at least 1 by 1."""
        return max(1, round(self.width * share)), max(1, round(self.height * share))


def shape_of(frame: VideoFrame, aspect: Fraction | None) -> Shape:
    """Say how a frame is to be seen; `aspect` is its container's or stream's."""
    if aspect is None or not Fraction(1, 20) <= aspect <= 20:
        aspect = Fraction(1)
    orientation = _orientation(frame)
    width, height = frame.width, frame.height
    # what is shown keeps every pixel of the longer-drawn side
    if aspect >= 1:
        width = max(1, round(width * aspect))
    else:
        height = max(1, round(height / aspect))
    if colour.swaps_sides(orientation):
        width, height = height, width
    return Shape(width, height, orientation, aspect)


def light_of(frame: VideoFrame) -> Light:
    """Say what light a frame's numbers mean."""
    if frame.color_trc != PQ:
        return Light(frame.color_trc, frame.color_primaries)
    mastering, level = (
        _side_data(frame, kind)
        for kind in (Type.MASTERING_DISPLAY_METADATA, Type.CONTENT_LIGHT_LEVEL)
    )
    return Light(frame.color_trc, frame.color_primaries, peak_of(mastering, level))


def has_alpha(frame: VideoFrame) -> bool:
    """Tell whether a frame may be transparent somewhere."""
    name = frame.format.name
    return name.startswith(("yuva", "gbrap", "rgba", "bgra", "argb", "abgr", "ya8", "ya16", "pal8"))


class Painter:
    """Makes pictures of one film's frames."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self._scalers: dict[tuple[int, int], VideoReformatter] = {}

    def small(self, frame: VideoFrame) -> NDArray[np.uint8]:
        """Give (h, w, 3) uint8, its longer side at most `SMALL_SIDE`, for comparing."""
        share = min(1.0, SMALL_SIDE / max(self.shape.width, self.shape.height))
        if self._straight(frame):
            size = self.shape.size(share)
            scaled = self._converted(frame, size, "rgb24", Interpolation.AREA)
            return np.ascontiguousarray(scaled.to_ndarray(), np.uint8)
        picture = self._upright(frame, share, Interpolation.AREA)
        return np.asarray(colour.flattened(picture, colour.LIGHT_GROUND))

    def picture(self, frame: VideoFrame, share: float) -> Image.Image:
        """Give RGB, or RGBA where something is transparent, at `share` of its size, up to 1."""
        picture = self._upright(frame, min(share, 1.0), Interpolation.BICUBIC)
        if picture.mode == "RGBA" and picture.getchannel("A").getextrema() == (255, 255):
            return picture.convert("RGB")
        return picture

    def later(self, frame: VideoFrame, share: float) -> Callable[[], Image.Image]:
        """Give what makes the picture when it is wanted; holds on to the frame."""
        return lambda: self.picture(frame, share)

    def _straight(self, frame: VideoFrame) -> bool:
        """Tell whether a frame's pixels need only be scaled, as most films' do."""
        plain = light_of(frame).plain and not has_alpha(frame)
        return plain and self.shape.orientation == 1 and not frame.interlaced_frame

    def _upright(self, frame: VideoFrame, share: float, way: Interpolation) -> Image.Image:
        orientation = self.shape.orientation
        size = self.shape.size(share)
        if colour.swaps_sides(orientation):
            size = size[::-1]
        combed = frame.interlaced_frame and _is_combed(frame)
        # of two moments woven into one, the first: every other line
        scaled = (frame.width, frame.height) if combed else size
        picture = self._scaled(frame, scaled, way)
        if combed:
            field = np.asarray(picture)[::2]
            picture = Image.fromarray(field).resize(size, Image.Resampling.BICUBIC)
        return colour.upright(picture, orientation)

    def _scaled(self, frame: VideoFrame, size: tuple[int, int], way: Interpolation) -> Image.Image:
        scaled = self._converted(frame, size, "rgba" if has_alpha(frame) else "rgb24", way)
        picture = Image.fromarray(np.ascontiguousarray(scaled.to_ndarray()))
        light = light_of(frame)
        return picture if light.plain else in_plain_light(picture, light)

    def _converted(
        self, frame: VideoFrame, size: tuple[int, int], form: str, way: Interpolation
    ) -> VideoFrame:
        full = frame.color_range == _FULL or frame.format.name.startswith("yuvj")
        scaler = self._scalers.setdefault(size, VideoReformatter())
        if frame.format.is_rgb:
            return scaler.reformat(frame, *size, form, interpolation=way, threads=1)
        return scaler.reformat(
            frame,
            *size,
            form,
            src_colorspace=_matrix(frame),
            src_color_range=_FULL if full else _LIMITED,
            dst_color_range=_FULL,
            interpolation=way | Interpolation.ACCURATE_RND,
            threads=1,
        )


def _matrix(frame: VideoFrame) -> int:
    """Choose how luma and chroma become colours: as the frame says, else by its size."""
    known = _MATRICES.get(frame.colorspace)
    if known is not None:
        return known
    if frame.format.name.startswith("yuvj") and frame.colorspace == _UNSAID:
        return 5  # JPEG has one matrix only
    return 1 if frame.width >= 1280 or frame.height > 576 else 5


def _orientation(frame: VideoFrame) -> int:
    """Read the display matrix as one of EXIF's eight orientations; what is between counts as none."""
    data = _side_data(frame, Type.DISPLAYMATRIX)
    if data is None or len(data) < 36:
        return 1
    numbers = struct.unpack("=9i", data[:36])
    a, b, c, d = (number / 65536 for number in (numbers[0], numbers[1], numbers[3], numbers[4]))
    largest = max(map(abs, (a, b, c, d)))
    if largest < 1e-3:
        return 1
    signs = (round(a / largest), round(b / largest), round(c / largest), round(d / largest))
    return _DISPLAY.get(signs, 1)


def _side_data(frame: VideoFrame, kind: Type) -> bytes | None:
    found: Buffer | None = cast(Mapping[Type, Buffer], frame.side_data).get(kind)
    return None if found is None else bytes(found)


def _is_combed(frame: VideoFrame) -> bool:
    """Tell whether the two fields of a frame show different moments."""
    plane = frame.planes[0]
    component = frame.format.components[0]
    if component.bits != 8 or not frame.format.is_planar or plane.line_size < 0:
        return True
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    luma = rows[: frame.height // 4 * 4, : frame.width : 4].astype(np.int16)
    top, bottom, below = luma[0::4], luma[1::4], luma[2::4]
    between = float(np.abs(top - bottom).mean() + np.abs(below - bottom).mean()) / 2
    within = float(np.abs(top - below).mean())
    return between > _COMBED * within + 0.5
