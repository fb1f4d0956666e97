"""The picture that a sound file carries: the cover of a record, mostly."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream
from PIL import Image

from assetman.core.errors import BadInput
from assetman.media import colour
from assetman.media.files import write_whole
from assetman.media.fitting import within
from assetman.media.handler import Limits
from assetman.media.raster import open_raster

_LARGEST = 64 << 20  # bytes of a picture that is decoded; what is larger stays unseen
_PIXELS = 100_000_000
_ATTACHED = Disposition.attached_pic | Disposition.timed_thumbnails
_PICTURES = frozenset(("mjpeg", "png", "gif", "bmp", "webp", "tiff", "jpegxl", "jpeg2000"))


def covers_of(container: InputContainer) -> list[VideoStream]:
    """List the streams that are pictures belonging to a sound, not moving ones."""
    return [stream for stream in container.streams.video if _is_still(stream)]


def cover(container: InputContainer, side: int | None, limits: Limits) -> Image.Image | None:
    """Decode the cover, its longer side at least `side` pixels where it is (None: all of it).

    None where there is none, or none that can be decoded: a sound is not the worse for it. The
    container is left at its beginning.
    """
    for data in _pictures(container):
        picture = _decoded(data, side, limits)
        if picture is not None:
            return picture
    return None


def write_cover(container: InputContainer, side: int, target: Path, limits: Limits) -> bool:
    """Write the cover as a thumbnail (WebP), at most `side` pixels a side; False: there is none."""
    picture = cover(container, side, limits)
    if picture is None:
        return False
    small = colour.flattened(within(picture, side), colour.LIGHT_GROUND)
    write_whole(target, lambda file: small.save(file, "WEBP", quality=80, method=1))
    return True


def _is_still(stream: VideoStream) -> bool:
    return bool(stream.disposition & _ATTACHED)


def _pictures(container: InputContainer) -> list[bytes]:
    """Read the pictures' bytes. FFmpeg hands them out before all else, so nothing is lost by it."""
    streams = [each for each in covers_of(container) if _is_readable(each)]
    found: dict[int, bytes] = {}
    if not streams:
        return []
    try:
        for packet in container.demux(tuple(streams)):
            if packet.size and packet.stream_index not in found:
                found[packet.stream_index] = bytes(packet) if packet.size <= _LARGEST else b""
            if len(found) == len(streams):
                break
    except av.FFmpegError:
        pass
    return [found[index] for index in sorted(found) if found[index]]


def _is_readable(stream: VideoStream) -> bool:
    context = stream.codec_context
    return context is not None and context.name in _PICTURES


def _decoded(data: bytes, side: int | None, limits: Limits) -> Image.Image | None:
    allowed = Limits(min(limits.pixels, _PIXELS), limits.seconds, limits.memory)
    try:
        with warnings.catch_warnings(action="ignore"):
            picture = open_raster(io.BytesIO(data), allowed)
            longest = max(picture.width, picture.height)
            return picture.pixels(1.0 if side is None else min(1.0, side / longest))
    except (BadInput, OSError):
        return None
