"""Opening a video: by its content, as a container of pictures, and nothing but this one file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from assetman.core.assets import Kind
from assetman.core.errors import BadInput
from assetman.media import formats
from assetman.media.container_reading import Place, Reader
from assetman.media.demuxing import open_demuxer
from assetman.media.handler import Limits, OtherKind

# Containers alone. Left out of FFmpeg's own list: what names other files (HLS, DASH, concat, SDP,
# SMIL), devices, pictures, sound, and anything that is known by its name only.
_FORMATS = (
    "mov,matroska,avi,mpegts,mpeg,mpegvideo,asf,flv,live_flv,kux,ogg,rm,mxf,dv,gxf,nut,nsv,amv,ivf,"
    "h264,hevc,m4v,obu,av1,vc1,dhav,wtv,yuv4mpegpipe"
)
_ATTACHED = Disposition.attached_pic | Disposition.timed_thumbnails
_PICTURE_STARTS = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG": "PNG",
    b"GIF8": "GIF",
    b"8BPS": "PSD",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
}
_LISTS = (
    b"#EXTM3U",
    b"ffconcat",
    b"v=0",
    b"<?xml",
    b"<MPD",
    b"[playlist]",
    b"<smil",
    b"[Reference]",
)
_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")

_PROTECTED = ("drmi", "encv", "drmv")  # codes of what was bought and may not be copied
# `Stream #0:0(und): Video: none (zzzz / 0x7A7A7A7A), none, 320x180`
_CODED = re.compile(r"Video: (\w+)(?: \([^()/\n]*\))?(?: \(([^()/\n]{1,16}) / 0x)?")

PROTECTED = "The video is protected against copying and cannot be read"
DAMAGED = "The video is damaged and cannot be read"
NO_VIDEO = "This is not a video Assetman can read"
NO_FRAME = "Not one frame of the video can be decoded: it is damaged or cut off"


def open_container(reader: Reader) -> InputContainer:
    """Open a container for demuxing; raises BadInput."""
    try:
        return open_demuxer(reader, _FORMATS, {}, metadata_errors="replace")
    except (av.FFmpegError, ValueError) as error:
        if isinstance(error, MemoryError):  # a header that asks for that much lies
            raise BadInput(DAMAGED) from error
        raise BadInput(_why_unreadable(reader)) from error


@contextmanager
def opened_container(
    file: BinaryIO, place: Place | None = None
) -> Iterator[tuple[InputContainer, Reader]]:
    """Open a container and close it at the end; raises BadInput."""
    reader = Reader(file, place)
    if reader.size == 0:
        raise BadInput("The file is empty")
    container = open_container(reader)
    try:
        yield container, reader
    finally:
        container.close()


def choose_stream(container: InputContainer, limits: Limits) -> VideoStream:
    """Find the pictures to look at: those the file says are the main ones, else the largest.

    Raises BadInput if there are none, or none that can be decoded.
    """
    streams = [each for each in container.streams.video if not each.disposition & _ATTACHED]
    if not streams:
        if container.streams.audio:
            raise OtherKind("There are no moving pictures in this file, only sound", Kind.AUDIO)
        raise BadInput("There are no moving pictures in this file")
    readable = [each for each in streams if each.codec_context is not None]
    if not readable:
        raise BadInput(_why_undecodable(container))
    chosen = max(readable, key=_rank)
    width, height = chosen.codec_context.width, chosen.codec_context.height
    if width * height > limits.pixels:
        most = limits.pixels
        words = f"{most // 1_000_000:,} million" if most >= 1_000_000 else f"{most:,}"
        raise BadInput(f"The video is {width:,} × {height:,} pixels, more than the {words} allowed")
    return chosen


def is_protected(stream: VideoStream) -> bool:
    """Tell whether pictures are kept from being copied, as those bought in a shop are."""
    try:
        return stream.codec_context.codec_tag.lower() in _PROTECTED
    except UnicodeDecodeError:  # four bytes that are no letters
        return False


def _rank(stream: VideoStream) -> tuple[bool, bool, int, int]:
    context = stream.codec_context
    apart = Disposition.dependent | Disposition.still_image
    return (
        not stream.disposition & apart,
        bool(stream.disposition & Disposition.default),
        context.width * context.height,
        -stream.index,
    )


def _why_undecodable(container: InputContainer) -> str:
    """Name how pictures are coded that there is no decoder for."""
    av.logging.set_level(av.logging.INFO)  # what FFmpeg describes, it describes to its log
    try:
        described = _CODED.search(cast(Any, container).dumps_format())
    finally:
        av.logging.set_level(None)
    codec, tag = (described[1], described[2]) if described else ("none", None)
    if tag and tag.lower() in _PROTECTED:
        return PROTECTED
    name = (tag if codec in ("none", "unknown") else codec) or "something unknown"
    return f"The video is coded as “{name}”, for which there is no decoder here"


def _why_unreadable(reader: Reader) -> str:
    """Look at the first bytes of what FFmpeg would not open, for words that help."""
    reader.seek(0)
    start = reader.read(4096)
    for mark, name in _PICTURE_STARTS.items():
        if start.startswith(mark):
            return f"This is no video but a picture ({name}) with the ending of a video"
    if start[4:8] == b"ftyp" and start[8:12] in formats.STILL_BRANDS:
        return "This is no video but a picture with the ending of a video"
    if start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(_LISTS):
        return "This is a list of other files, not a video; Assetman does not follow it"
    if start[4:8] in _BOXES:
        return _why_without_index(reader)
    return DAMAGED if formats.looks_like_video(start) else NO_VIDEO


def _why_without_index(reader: Reader) -> str:
    """Tell a film of MP4 or QuickTime whose end is missing, and with it what lies where."""
    at = 0
    for _ in range(1000):
        reader.seek(at)
        head = reader.read(16)
        if len(head) < 8:
            break
        size, kind = int.from_bytes(head[:4], "big"), head[4:8]
        if kind == b"moov":
            return DAMAGED
        if size == 1 and len(head) == 16:
            size = int.from_bytes(head[8:], "big")
        if size < 8:
            break
        at += size
    return "The video is cut off: the part that says what lies where, at its end, is missing"
