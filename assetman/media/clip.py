"""What has to be known of a video or a sound to save a part of it."""

from __future__ import annotations

from dataclasses import dataclass

# The containers that `video_opening` opens, by FFmpeg's names: nothing that names other files.
_NAMES = (
    "mov matroska avi mpegts mpeg mpegvideo asf flv live_flv kux ogg rm mxf dv gxf nut nsv amv ivf"
    " h264 hevc m4v obu av1 vc1 dhav wtv yuv4mpegpipe mjpeg"
)
READ_AS = frozenset(_NAMES.split())


@dataclass(frozen=True, slots=True)
class Track:
    """A stream of sound or words beside the pictures."""

    index: int  # in the container
    codec: str  # FFmpeg's name
    text: bool = False  # its words are text; else they are pictures of words


@dataclass(frozen=True, slots=True)
class ClipFacts:
    """A video around the seconds that are wanted; times count from the container's start."""

    container: str  # FFmpeg's name of the demuxer that reads it
    video: int  # index of the stream of pictures
    codec: str
    width: int  # pixels, as they are stored
    height: int
    depth: int  # bits of a component
    colour: tuple[int, int, int]  # primaries, transfer, matrix: numbers of H.273
    key: float  # of the last key frame at or before the start
    read: float  # when it is read: pictures are stored in the order they are decoded in
    first: float  # of the frame shown at the start
    sounds: tuple[Track, ...] = ()
    words: tuple[Track, ...] = ()


@dataclass(frozen=True, slots=True)
class SoundPart:
    """What was written of a sound."""

    rate: int  # samples a second
    channels: int
    bits: int  # of a sample: 16 or 24 as integers, 32 as floats
    samples: int = 0  # of each channel
