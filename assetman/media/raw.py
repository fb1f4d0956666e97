"""What cameras write before they make a picture of it: everything LibRaw reads."""

from __future__ import annotations

import io
from functools import cached_property
from typing import Any, BinaryIO

import rawpy
from PIL import Image

from assetman.core.assets import Passage
from assetman.core.errors import BadInput
from assetman.media import colour, metadata
from assetman.media.handler import Limits
from assetman.media.metadata import Metadata, read_exif
from assetman.media.raster import CUT_OFF, DAMAGED, RasterPicture, check_pixels, open_raster

# LibRaw's `flip` as EXIF orientation
_ORIENTATIONS = {0: 1, 3: 3, 5: 8, 6: 6}


class RawPicture:
    """A raw file that is open: its own preview where that is enough, else developed."""

    full_share = 1.0

    def __init__(self, raw: rawpy.RawPy, file: BinaryIO, limits: Limits) -> None:
        self._raw = raw
        self._file = file
        self._limits = limits
        sizes = raw.sizes
        self._orientation = _ORIENTATIONS.get(sizes.flip, 1)
        width, height = sizes.width, sizes.height
        if not width or not height:
            raise BadInput("The picture has no pixels")
        if colour.swaps_sides(self._orientation):
            width, height = height, width
        self.width, self.height = width, height

    def close(self) -> None:
        """Free what LibRaw holds."""
        self._raw.close()

    @cached_property
    def metadata(self) -> Metadata:
        """What the file says of itself: its EXIF, its preview's, and what LibRaw makes out."""
        self._file.seek(0)
        exif = Image.Exif()
        try:
            exif.load_from_fp(self._file)
            found = read_exif(exif)
        except Exception:  # raw files of some makers are no TIFF
            found = Metadata()
        preview = self._preview
        if preview is not None and found.taken is None:
            found.taken = preview.metadata.taken
            found.facts = preview.metadata.facts | found.facts
        self._add_what_libraw_knows(found)
        found.facts |= {"format": "Raw", "colour": f"raw, {self._raw.num_colors} colours"}
        return found

    @property
    def written(self) -> tuple[Passage, ...]:
        """What is written in the file about the picture: most programs put it in the preview."""
        return () if self._preview is None else self._preview.written

    def pixels(self, share: float) -> Image.Image:
        """Give upright sRGB at `share` of its size or more."""
        preview = self._preview
        if preview is not None:
            of_preview = share * max(self.width, self.height) / max(preview.width, preview.height)
            # the preview of a full-sized picture is often a few pixels smaller than it
            if of_preview <= 1.1:
                return preview.pixels(min(of_preview, 1.0))
        check_pixels(self.width, self.height, self._limits)
        try:
            developed = self._raw.postprocess(
                half_size=share <= 0.5,
                use_camera_wb=True,
                output_color=rawpy.ColorSpace.sRGB,
                output_bps=8,
            )
        except rawpy.LibRawUnsufficientMemoryError as error:
            raise MemoryError from error
        except rawpy.LibRawError as error:
            if preview is not None:
                return preview.pixels(1.0)
            raise _problem(error) from error
        return Image.fromarray(developed)

    @cached_property
    def _preview(self) -> RasterPicture | None:
        try:
            thumbnail = self._raw.extract_thumb()
        except rawpy.LibRawError:
            return None
        if thumbnail.format != rawpy.ThumbFormat.JPEG:
            return None
        file = io.BytesIO(thumbnail.data)
        try:
            preview = open_raster(file, self._limits)
        except BadInput:
            return None
        if preview.metadata.orientation is None:
            lies = preview.width >= preview.height
            stands = self.height > self.width
            if lies == stands or not colour.swaps_sides(self._orientation):
                preview.turn(self._orientation)
        return preview

    def _add_what_libraw_knows(self, found: Metadata) -> None:
        other: Any = self._raw.other
        lens: Any = self._raw.lens
        if found.taken is None and other.timestamp.year > 1970:
            found.taken = metadata.parse_date(other.timestamp.strftime("%Y:%m:%d %H:%M:%S"))
        known = {
            "lens": metadata.named(metadata.text_of(lens.make), metadata.text_of(lens.model)),
            "exposure": metadata.exposure(other.shutter_speed),
            "aperture": metadata.aperture(other.aperture),
            "ISO": int(other.iso_speed) if 0 < other.iso_speed < 1e8 else None,
            "focal length": metadata.focal_length(other.focal_length),
            "artist": metadata.text_of(other.artist),
        }
        for name, value in known.items():
            if value is not None:
                found.facts.setdefault(name, value)


def open_raw(file: BinaryIO, limits: Limits) -> RawPicture | None:
    """Open a raw file; None if LibRaw does not know it as one."""
    raw = rawpy.RawPy()
    try:
        # by its content, never by its name: LibRaw takes no path that is not UTF-8
        raw.open_buffer(file)
    except rawpy.LibRawError:
        raw.close()
        return None
    return RawPicture(raw, file, limits)


def _problem(error: Exception) -> BadInput:
    cut = isinstance(error, rawpy.LibRawIOError)
    return BadInput(CUT_OFF if cut else DAMAGED)
