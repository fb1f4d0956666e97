"""Pictures: opened by whoever can, decoded once, handed out in every form that is asked for."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

import numpy as np
from PIL import Image

from assetman.core.assets import Kind, Passage, Probe, SegmentDraft, SegmentKind
from assetman.core.errors import BadInput
from assetman.core.inputs import Excerpt, Spec, seen
from assetman.media import colour, formats, svg
from assetman.media.files import opened, write_whole
from assetman.media.fitting import cut_out, fit, needed_share, within
from assetman.media.handler import Extraction, Limits, Stretch
from assetman.media.main_colors import main_colors
from assetman.media.metadata import Metadata
from assetman.media.raster import open_raster

__all__ = ["ImageHandler", "fit"]

# Pixels decoded beyond what an encoder takes, each way: resizing from just above its size
# would blur twice, and a decoder that leaves out detail saves little by stopping there.
_OVERSAMPLING = 2.0
_JPEG_LONGEST = 65_500
_START = 1024  # bytes looked at to tell a drawing


class OpenPicture(Protocol):
    """A picture file that is open; `width` and `height` are upright and full-sized.

    At `full_share` of that size nothing is lost: 1, or more for a drawing.
    """

    width: int
    height: int
    full_share: float

    @property
    def metadata(self) -> Metadata: ...

    @property
    def written(self) -> tuple[Passage, ...]:
        """What is written in the file about the picture."""
        ...

    def pixels(self, share: float) -> Image.Image:
        """Decode to upright RGB or RGBA in sRGB, at `share` of its size or more."""
        ...


class ImageHandler:
    """Reads pictures: photographs, raw files, drawings."""

    kind = Kind.IMAGE
    extensions = formats.PICTURES

    def probe(self, path: str, limits: Limits) -> Probe:
        """Read size, date and facts without decoding."""
        with _opened_picture(path, limits) as picture:
            return _probe(picture)

    def extract(
        self,
        path: str,
        specs: Sequence[Spec],
        thumbnail: Path | None,
        thumbnail_side: int,
        limits: Limits,
        excerpt: Excerpt | Stretch | None = None,
    ) -> Extraction:
        """Decode once, as far as the most demanding of what is asked for needs."""
        box = excerpt.box if isinstance(excerpt, Excerpt) else None
        with _opened_picture(path, limits) as source:
            size = (source.width, source.height)
            wanted = seen(specs)
            shares = [_OVERSAMPLING * needed_share(*size, spec, box) for spec in wanted]
            if thumbnail is not None or not shares:
                shares.append(thumbnail_side / max(size))
            picture = source.pixels(max(shares))
            probe = _probe(source)
            written = () if isinstance(excerpt, Excerpt) else source.written
        shown = picture if box is None else cut_out(picture, box)
        inputs: dict[Spec, np.ndarray] = {
            spec: fit(colour.flattened(shown, spec.fill), spec)[np.newaxis] for spec in wanted
        }
        colors = None
        if thumbnail is not None:
            small = within(picture, thumbnail_side)
            colors = main_colors(small)
            _write_thumbnail(small, thumbnail)
        draft = SegmentDraft(SegmentKind.IMAGE, box=box)
        return Extraction(probe, (draft,), inputs, passages=written, colors=colors)

    def describe(self, path: str, limits: Limits) -> tuple[Passage, ...]:
        """Read what is written about the picture, its pixels not decoded."""
        with _opened_picture(path, limits) as source:
            return source.written

    def preview(self, path: str, side: int | None, target: Path, limits: Limits) -> tuple[int, int]:
        """Write the picture as JPEG, or as PNG where it has transparency or is too long."""
        with _opened_picture(path, limits) as source:
            longest = max(source.width, source.height)
            picture = source.pixels(source.full_share if side is None else side / longest)
        if side is not None:
            picture = within(picture, side)
        if picture.mode == "RGBA" and picture.getchannel("A").getextrema() == (255, 255):
            picture = picture.convert("RGB")
        if picture.mode == "RGBA" or max(picture.size) > _JPEG_LONGEST:
            write_whole(target, lambda file: picture.save(file, "PNG", compress_level=1))
        else:
            write_whole(target, lambda file: picture.save(file, "JPEG", quality=92, subsampling=0))
        return picture.size


@contextmanager
def _opened_picture(path: str, limits: Limits) -> Iterator[OpenPicture]:
    """Open a picture by its content; the name only tells which reader to ask first."""
    # Libraries mumble about odd files; what a person should know is said by what is raised.
    with opened(path) as file, warnings.catch_warnings(action="ignore"):
        start = file.read(_START)
        file.seek(0)
        if not start:
            raise BadInput("The file is empty")
        extension = os.path.splitext(path)[1].lower()
        if extension in formats.RAW:
            with _opened_raw(file, limits) as raw:
                if raw is not None:
                    yield raw
                    return
            file.seek(0)
        if svg.looks_like_svg(start):
            yield svg.open_svg(file, limits)
        else:
            yield open_raster(file, limits)


@contextmanager
def _opened_raw(file: BinaryIO, limits: Limits) -> Iterator[OpenPicture | None]:
    from assetman.media.raw import open_raw  # LibRaw is loaded by those who have raw files

    raw = open_raw(file, limits)
    try:
        yield raw
    finally:
        if raw is not None:
            raw.close()


def _probe(picture: OpenPicture) -> Probe:
    metadata = picture.metadata
    return Probe(Kind.IMAGE, picture.width, picture.height, metadata.taken, metadata.facts)


def _write_thumbnail(small: Image.Image, target: Path) -> None:
    small = colour.flattened(small, colour.LIGHT_GROUND)
    write_whole(target, lambda file: small.save(file, "WEBP", quality=80, method=1))
