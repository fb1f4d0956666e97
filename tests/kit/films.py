"""Small films of known scenes: what is in them, and when, is known to the frame.

    film = make_film(tmp_path / "a.mp4", [Scene("red", 2), Scene("blue", 3, join=Join.FADE)])
    film.boundaries[0].time == 2.0 and film.spans[1].end == 5.0

A film is *shown* at `size`, upright and with square pixels, whatever `rotation` and
`sample_aspect` it is stored with. The seconds of the scenes add up to the film's; a fade or a
dissolve lies half before and half behind the boundary it makes.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any, TypedDict, Unpack

import av
import numpy as np
from PIL import Image, ImageColor, ImageOps

from tests.kit.colours import COLOURS
from tests.kit.sounds import add_sound

os.environ.setdefault("SVT_LOG", "1")  # AV1's encoder speaks unasked

Look = str | Path | tuple[int, int, int] | np.ndarray  # a colour by name or sRGB, or a picture


class Join(StrEnum):
    """How one scene becomes the next."""

    CUT = "cut"
    FADE = "fade"  # through black
    DISSOLVE = "dissolve"


class Motion(StrEnum):
    """What a camera does with a picture."""

    STILL = "still"
    PAN = "pan"  # from its left end to its right, a quarter of it out of sight
    ZOOM = "zoom"  # to the middle half


@dataclass(frozen=True, eq=False)
class Scene:
    """A colour or a picture for some seconds, and how it begins; a picture fills the frame."""

    look: Look
    seconds: float
    motion: Motion = Motion.STILL
    join: Join = Join.CUT
    over: float = 1.0  # seconds that a fade or dissolve into it takes


@dataclass(frozen=True)
class Boundary:
    """Where one scene becomes the next; a cut has no length."""

    time: float
    kind: Join
    start: float
    end: float


@dataclass(frozen=True, eq=False)
class Span:
    """When a scene is to be seen, seconds; `clear` is what no fade or dissolve covers."""

    look: Look
    start: float
    end: float
    clear: tuple[float, float]


@dataclass(frozen=True)
class Film:
    """A film that was made, and what is true of it; `size` is as it is shown."""

    path: Path
    spans: tuple[Span, ...]
    boundaries: tuple[Boundary, ...]
    size: tuple[int, int]
    rate: float
    frames: int

    @property
    def duration(self) -> float:
        return self.frames / self.rate

    def scene_at(self, time: float) -> int:
        """Give the number of the scene that is to be seen at a time."""
        return next((n for n, span in enumerate(self.spans) if time < span.end), -1)


@dataclass(frozen=True)
class Codec:
    """An encoder of FFmpeg's, and how it is quick."""

    encoder: str
    options: Mapping[str, str]
    pixels: str = "yuv420p"


CODECS = {
    "h264": Codec("libx264", {"preset": "superfast", "crf": "20"}),
    "h265": Codec("libx265", {"preset": "superfast", "x265-params": "log-level=none:pools=2"}),
    "vp8": Codec("libvpx", {"deadline": "realtime", "cpu-used": "8", "b": "1M"}),
    "vp9": Codec("libvpx-vp9", {"deadline": "realtime", "cpu-used": "8", "b": "1M"}),
    "av1": Codec("libsvtav1", {"preset": "12", "crf": "30"}),
    "mpeg4": Codec("mpeg4", {"q": "4", "b": "2M"}),
    "mpeg2": Codec("mpeg2video", {"b": "4M"}),
    "prores": Codec("prores_ks", {"profile": "0"}, "yuv422p10le"),
    "mjpeg": Codec("mjpeg", {"b": "20M"}, "yuvj420p"),
}


class How(TypedDict, total=False):
    """All that may be wished of a film but its scenes."""

    codec: str  # of CODECS, or any encoder of FFmpeg's
    size: tuple[int, int]  # as it is shown
    rate: float  # frames in a second
    sound: float | np.ndarray | None  # a tone in Hz, or mono samples -1..1 at 48 kHz
    rotation: int  # 0, 90, 180, 270: degrees clockwise a player turns it; mp4 and mov
    sample_aspect: tuple[int, int] | None  # how wide, how high a stored pixel is shown
    subtitles: Sequence[tuple[float, float, str]]  # start, end, words
    chapters: Sequence[tuple[float, float, str]]
    gop: int | None  # frames from key frame to key frame at most; the encoder's own otherwise
    pixels: str  # FFmpeg's name of a pixel format, such as yuva420p
    options: Mapping[str, str]  # further ones for the encoder
    tags: Mapping[str, str]  # of the container: title, creation_time, location …
    begins: float  # seconds that the first frame's time stamp is late
    container: Mapping[str, str]  # options of the muxer, such as movflags
    left_out: Sequence[int]  # numbers of frames that are not there: a varying frame rate


def make_film(path: str | Path, scenes: Sequence[Scene], **how: Unpack[How]) -> Film:
    """Write a film; its ending names the container. Gives it with what is true of it."""
    path, size, rate = Path(path), how.get("size", (320, 180)), how.get("rate", 25.0)
    path.parent.mkdir(parents=True, exist_ok=True)
    film = planned(path, scenes, size, rate)
    options = dict(how.get("container", {}))
    with ordinary_priority(), av.open(str(path), "w", container_options=options) as container:
        container.metadata.update(how.get("tags", {}))
        stream = _video_stream(container, how)
        words = _subtitle_stream(container, path) if how.get("subtitles") else None
        sound = add_sound(container, path.suffix, how.get("sound"), film.duration)
        container.set_chapters(
            [_chapter(number, *each) for number, each in enumerate(how.get("chapters", ()), 1)]
        )
        for packet in _frames_encoded(stream, scenes, film, how):
            container.mux(packet)
        for packet in sound:
            container.mux(packet)
        for start, end, text in how.get("subtitles", ()):
            container.mux(_subtitle(words, path, start, end, text))
    if how.get("rotation", 0):
        _turn(path, how["rotation"])
    return film


@contextmanager
def ordinary_priority() -> Iterator[None]:
    """Keep this thread's priority: SVT-AV1 makes it real-time where it may, as root.

    Processes started from such a thread would let nothing else run.
    """
    if sys.platform != "linux":
        yield
        return
    policy, parameters = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        yield
    finally:
        os.sched_setscheduler(0, policy, parameters)


def painted(look: Look, size: tuple[int, int]) -> np.ndarray:
    """Give a scene's picture as (height, width, 3) uint8 sRGB, filling a frame of a size."""
    if isinstance(look, np.ndarray):
        picture = Image.fromarray(look)
    elif isinstance(look, tuple):
        return np.full((size[1], size[0], 3), look, np.uint8)
    elif isinstance(look, str) and not Path(look).suffix:
        return painted(COLOURS.get(look) or ImageColor.getcolor(look, "RGB"), size)  # type: ignore[arg-type]
    else:
        picture = Image.open(look)
    if picture.mode != "RGB":
        behind = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(behind, picture.convert("RGBA")).convert("RGB")
    return np.asarray(ImageOps.fit(picture, size, Image.Resampling.BICUBIC))


def planned(path: Path, scenes: Sequence[Scene], size: tuple[int, int], rate: float) -> Film:
    """Say what is true of a film without making it: each scene and boundary, to the frame."""
    ends = np.cumsum([max(1, round(scene.seconds * rate)) for scene in scenes]).tolist()
    starts = [0, *ends[:-1]]
    halves = [0.0 if scene.join is Join.CUT else scene.over / 2 for scene in scenes]
    halves[0] = 0.0
    spans, boundaries = [], []
    for number, scene in enumerate(scenes):
        start, end, half = starts[number] / rate, ends[number] / rate, halves[number]
        clear = (start + half, end - (halves[number + 1] if number + 1 < len(scenes) else 0.0))
        spans.append(Span(scene.look, start, end, clear))
        if number:
            boundaries.append(Boundary(start, scene.join, start - half, start + half))
    return Film(path, tuple(spans), tuple(boundaries), size, rate, ends[-1])


class _Shown:
    """A scene's pixels at a part of its time, 0..1."""

    def __init__(self, scene: Scene, size: tuple[int, int]) -> None:
        self._motion, self._size = scene.motion, size
        room = size if scene.motion is Motion.STILL else (size[0] * 4 // 3, size[1] * 4 // 3)
        self._whole = painted(scene.look, room)

    def at(self, part: float) -> np.ndarray:
        if self._motion is Motion.STILL:
            return self._whole
        width, height = self._size
        high, wide = self._whole.shape[:2]
        part = min(1.0, max(0.0, part))
        if self._motion is Motion.PAN:
            left, top = round((wide - width) * part), (high - height) // 2
            return self._whole[top : top + height, left : left + width]
        left, top = wide * part / 4, high * part / 4
        box = (left, top, wide - left, high - top)
        turned = Image.fromarray(self._whole).resize(self._size, Image.Resampling.BILINEAR, box)
        return np.asarray(turned)


def _pictures(scenes: Sequence[Scene], film: Film) -> Iterator[np.ndarray]:
    """Give every frame as (height, width, 3) uint8; the same array again while nothing changes."""
    shown: list[_Shown | None] = [None] * len(scenes)

    def of(number: int, time: float) -> np.ndarray:
        found = shown[number] = shown[number] or _Shown(scenes[number], film.size)
        span = film.spans[number]
        return found.at((time - span.start) / (span.end - span.start))

    number = 0
    for frame in range(film.frames):
        time = frame / film.rate
        if time >= film.spans[number].end - 1e-6:
            shown[max(0, number - 1)] = None
            number += 1
        near = [b for b in film.boundaries[max(0, number - 1) : number + 1] if b.start < b.end]
        inside = [each for each in near if each.start <= time < each.end]
        if not inside:
            yield of(number, time)
            continue
        boundary, before = inside[0], film.boundaries.index(inside[0])
        part = (time - boundary.start) / (boundary.end - boundary.start)
        if boundary.kind is Join.FADE:
            yield (of(number, time) * abs(2 * part - 1)).astype(np.uint8)
        else:
            both = of(before, time) * (1 - part) + of(before + 1, time) * part
            yield both.astype(np.uint8)


def _video_stream(container: Any, how: How) -> Any:
    name = how.get("codec", "h264")
    codec = CODECS.get(name) or Codec(name, {})
    rate = Fraction(how.get("rate", 25.0)).limit_denominator(1001)
    options = {**codec.options, **how.get("options", {})}
    if how.get("gop") is not None:
        options |= {"g": str(how["gop"])}
    stream = container.add_stream(codec.encoder, rate, options)
    stream.pix_fmt = how.get("pixels", codec.pixels)
    width, height = how.get("size", (320, 180))
    aspect = Fraction(*(how.get("sample_aspect") or (1, 1)))
    if how.get("rotation", 0) in (90, 270):
        width, height = height, width
    stream.width, stream.height = max(1, round(width / aspect)), height
    stream.sample_aspect_ratio = aspect
    stream.codec_context.time_base = 1 / rate
    stream.codec_context.thread_count = 2
    if codec.encoder == "prores_ks":
        stream.codec_context.codec_tag = "apco"
    return stream


def _frames_encoded(stream: Any, scenes: Sequence[Scene], film: Film, how: How) -> Iterator[Any]:
    stored = (stream.width, stream.height)
    left_out, turns = frozenset(how.get("left_out", ())), how.get("rotation", 0) // 90
    late = round(how.get("begins", 0.0) * film.rate)
    last: np.ndarray | None = None
    frame: Any = None
    for number, pixels in enumerate(_pictures(scenes, film)):
        if number in left_out:
            continue
        if pixels is not last:
            turned = np.ascontiguousarray(np.rot90(pixels, turns))
            if turned.shape[1::-1] != stored:
                resized = Image.fromarray(turned).resize(stored, Image.Resampling.BICUBIC)
                turned = np.asarray(resized)
            made = av.VideoFrame.from_ndarray(turned, "rgb24")
            frame, last = made.reformat(format=stream.pix_fmt), pixels
        frame.pts, frame.time_base = number + late, stream.codec_context.time_base
        yield from stream.encode(frame)
    yield from stream.encode(None)


def _chapter(number: int, start: float, end: float, title: str) -> Any:
    second = 1000
    times = {"start": round(start * second), "end": round(end * second)}
    return {"id": number, **times, "time_base": Fraction(1, second), "metadata": {"title": title}}


def _subtitle_stream(container: Any, path: Path) -> Any:
    codecs = {".mp4": "mov_text", ".m4v": "mov_text", ".mov": "mov_text", ".webm": "webvtt"}
    stream = container.add_mux_stream(codecs.get(path.suffix, "subrip"))
    stream.time_base = Fraction(1, 1000)
    return stream


def _subtitle(stream: Any, path: Path, start: float, end: float, words: str) -> Any:
    text = words.encode()
    if path.suffix in (".mp4", ".m4v", ".mov"):
        text = len(text).to_bytes(2, "big") + text
    packet = av.Packet(text)
    packet.stream, packet.time_base = stream, Fraction(1, 1000)
    packet.pts = packet.dts = round(start * 1000)
    packet.duration = round((end - start) * 1000)
    return packet


_QUARTERS = {90: (0, 1, -1, 0), 180: (-1, 0, 0, -1), 270: (0, -1, 1, 0)}


def _turn(path: Path, degrees: int) -> None:
    """Put a turn into the header of the video track of an MP4 or QuickTime file."""
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd")  # of the first track, which is the picture's
    matrix = at + (44 if data[at + 4] == 0 else 56)  # behind version, times, id, duration, layer
    a, b, c, d = (number << 16 for number in _QUARTERS[degrees])
    numbers = (a, b, 0, c, d, 0, 0, 0, 1 << 30)
    data[matrix : matrix + 36] = b"".join(n.to_bytes(4, "big", signed=True) for n in numbers)
    path.write_bytes(data)
