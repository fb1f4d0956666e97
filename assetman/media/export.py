"""Writes some seconds of a video to a file of their own, with the system's `ffmpeg`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import floor
from pathlib import Path
from typing import Any

from assetman.core.errors import BadInput, WrongUse
from assetman.core.exports import EXACT_ENDINGS, QUICK_ENDINGS, ExportForm
from assetman.core.progress import CancelToken
from assetman.media.aside import appearing
from assetman.media.clip import READ_AS, ClipFacts, Track
from assetman.media.confined import confined
from assetman.media.ffmpeg import OTHER_H264, Program
from assetman.media.ffmpeg_run import follow

Tell = Callable[[float], None]
"""Hears which share of the work is done, 0..1."""

# Stand for the files: the library that builds the command takes no names that are not UTF-8.
_SOURCE, _TARGET = "file:source", "file:target"
_NOTHING = "The video shows nothing between these times."
_EARLY = 0.0005  # seconds: less than any frame lasts, more than times are rounded by
_UNSPECIFIED = (0, 2)  # what H.273 has for "nobody said"
_TEN_BIT = 9  # and more bits of a component are kept as ten
_BITS_OF_PIXEL = 0.2  # for encoders that know no constant quality
_USUAL_RATE = 30.0
_DROPS_PACKETS = (5, 0)  # the first release that leaves out single packets


@dataclass(frozen=True, slots=True)
class Container:
    """A kind of file that clips are written as."""

    muxer: str  # FFmpeg's name
    text: str | None = None  # the subtitles that others become here; None: it has none
    holds: tuple[str, ...] = ()  # subtitles that it takes as they are
    options: tuple[tuple[str, str], ...] = ()


_FAST_START = (("movflags", "+faststart"),)
_MOV = ("mov_text",)
_MATROSKA = ("subrip", "ass", "ssa", "webvtt", "hdmv_pgs_subtitle", "dvd_subtitle", "dvb_subtitle")
CONTAINERS = {
    ".mp4": Container("mp4", "mov_text", _MOV, _FAST_START),
    ".m4v": Container("mp4", "mov_text", _MOV, _FAST_START),
    ".mov": Container("mov", "mov_text", _MOV, _FAST_START),
    ".mkv": Container("matroska", "srt", _MATROSKA),
    ".webm": Container("webm", "webvtt", ("webvtt",)),
    ".avi": Container("avi"),
    ".ts": Container("mpegts"),
    ".m2ts": Container("mpegts"),
    ".mts": Container("mpegts"),
    ".mpg": Container("mpeg"),
    ".mpeg": Container("mpeg"),
    ".wmv": Container("asf"),
    ".flv": Container("flv"),
    ".3gp": Container("3gp", "mov_text", _MOV),
    ".ogv": Container("ogg"),
}


@dataclass(frozen=True, slots=True)
class Clip:
    """What is wanted: the seconds from `start` to `end` of a file, counted from its start."""

    source: str
    start: float
    end: float
    target: Path
    form: ExportForm

    def begins(self, facts: ClipFacts) -> float:
        """Say where it will really begin: with a frame, a quick one with a key frame."""
        return facts.key if self.form is ExportForm.QUICK else facts.first


def write_clip(
    clip: Clip, facts: ClipFacts, program: Program, tell: Tell, cancel: CancelToken, gentle: bool
) -> None:
    """Write a clip beside its target and name it when it is whole.

    Raises WrongUse, EnvironmentProblem, BadInput, Cancelled; nothing is left behind then.
    """
    seconds = clip.end - clip.begins(facts)
    if seconds <= 0:
        raise BadInput(_NOTHING)
    with appearing(clip.target) as aside:
        command = confined(build(clip, facts, program, aside.path), clip.source, aside.path)
        inherited = () if aside.name is not None else (aside.descriptor,)
        share = _share_of(seconds, tell)
        if not follow(command, inherited, share, cancel, gentle):
            raise BadInput(_NOTHING)


def _share_of(seconds: float, tell: Tell) -> Tell:
    """Hear the seconds that are done, and tell their share of all."""
    return lambda done: tell(min(1.0, done / seconds))


def container_of(clip: Clip) -> Container:
    """Find the kind of file by the target's ending. Raises WrongUse for one of no video."""
    ending = clip.target.suffix.lower()
    allowed = QUICK_ENDINGS if clip.form is ExportForm.QUICK else EXACT_ENDINGS
    if ending not in allowed:
        listed = ", ".join(allowed[:-1])
        raise WrongUse(f"A clip is saved as {listed} or {allowed[-1]}, not as “{ending}”.")
    return CONTAINERS[ending]


def build(clip: Clip, facts: ClipFacts, program: Program, written: str) -> list[str]:
    """Give the command that writes the clip to the file `written`, which may be there."""
    import ffmpeg  # ffmpeg-python

    if facts.container not in READ_AS:  # they come from a process that reads foreign files
        raise BadInput("This kind of video cannot be saved in parts.")
    container = container_of(clip)
    quick = clip.form is ExportForm.QUICK
    source = ffmpeg.input(
        _SOURCE,
        format=facts.container,
        format_whitelist=facts.container,
        protocol_whitelist="file",
        probesize=str(8 << 20),
        analyzeduration="8000000",
        # Where it may begin to decode; to seek to the beginning would lose some of it.
        **({"ss": _seconds(facts.read - _EARLY)} if facts.read > _EARLY else {}),
    )
    words = {
        track.index: way for track in facts.words if (way := _way_of(track, container, program))
    }
    options: dict[str, Any] = {
        "format": container.muxer,
        "t": _seconds(clip.end - (facts.read if quick else facts.first)),
        "map_metadata": "0",
        "map_chapters": "0",
        "max_muxing_queue_size": "9999",
        **dict(container.options),
    }
    if quick:
        options |= {"c:v": "copy", "c:a": "copy", "avoid_negative_ts": "make_zero"}
    else:
        options |= _encoding(facts, container, program)
        from_its_start = facts.read <= _EARLY and facts.first <= facts.key
        options["ss"] = _seconds(0 if from_its_start else facts.first - facts.read)
    # What is copied begins there, like all else; before the first key frame there is nothing.
    options["copypriorss"] = "0" if facts.read > _EARLY else "1"
    for number, way in enumerate(words.values()):
        options[f"c:s:{number}"] = way
        if way != "copy":  # lines that began before
            options[f"bsf:s:{number}"] = "noise=drop=lt(pts\\,0)"
    wanted = [facts.video, *(track.index for track in facts.sounds), *words]
    streams = [source[str(index)] for index in wanted]
    said = ["-hide_banner", "-nostdin", "-loglevel", "error", "-nostats", "-progress", "pipe:1"]
    output = ffmpeg.output(*streams, _TARGET, **options).global_args(*said)
    command: list[str] = output.overwrite_output().compile(cmd=program.path)
    names = {_SOURCE: f"file:{clip.source}", _TARGET: f"file:{written}"}
    return [names.get(word, word) for word in command]


def _way_of(track: Track, container: Container, program: Program) -> str | None:
    """Say how subtitles are written: copied where the kind of file holds them, else as its text."""
    if track.codec in container.holds:
        return "copy"
    if not track.text or container.text is None or program.release < _DROPS_PACKETS:
        return None
    return container.text


def _encoding(facts: ClipFacts, container: Container, program: Program) -> dict[str, str]:
    webm = container.muxer == "webm"
    options = _vp9(facts, program) if webm else _h26x(facts, container, program)
    primaries, transfer, matrix = facts.colour
    for name, number in (("color_primaries", primaries), ("color_trc", transfer)):
        if number not in _UNSPECIFIED:
            options[name] = str(number)
    if matrix not in _UNSPECIFIED:
        options["colorspace"] = str(matrix)
    if facts.width % 2 or facts.height % 2:  # colour has half of each side
        options["vf"] = "pad=ceil(iw/2)*2:ceil(ih/2)*2"
    # Frames keep their own times: a varying rate stays one.
    options["fps_mode" if program.release >= (5, 1) else "vsync"] = "vfr"
    if facts.sounds:
        sound = program.first_of("libopus", "libvorbis") if webm else program.first_of("aac")
        options["c:a"] = sound or ("libopus" if webm else "aac")
        options["b:a"] = "160k" if webm else "192k"
    return options


def _h26x(facts: ClipFacts, container: Container, program: Program) -> dict[str, str]:
    """Choose the encoder that most players understand and this program has."""
    if facts.depth > _TEN_BIT and "libx265" in program.encoders:
        options = {"c:v": "libx265", "crf": "20", "preset": "medium", "pix_fmt": "yuv420p10le"}
        options |= {"x265-params": "log-level=error"}
        return options if container.muxer == "matroska" else options | {"tag:v": "hvc1"}
    if "libx264" in program.encoders:
        pixels = "yuv420p10le" if facts.depth > _TEN_BIT else "yuv420p"
        return {"c:v": "libx264", "crf": "18", "preset": "medium", "pix_fmt": pixels}
    other = program.first_of(*OTHER_H264)
    if other is not None:
        bits = facts.width * facts.height * _USUAL_RATE * _BITS_OF_PIXEL
        return {"c:v": other, "b:v": str(max(200_000, round(bits))), "pix_fmt": "yuv420p"}
    return {"c:v": "mpeg4", "q:v": "2", "pix_fmt": "yuv420p"}


def _vp9(facts: ClipFacts, program: Program) -> dict[str, str]:
    pixels = "yuv420p10le" if facts.depth > _TEN_BIT else "yuv420p"
    if "libvpx-vp9" not in program.encoders:
        raise WrongUse("This ffmpeg cannot write .webm. Save the clip as .mp4 or .mkv.")
    options = {"c:v": "libvpx-vp9", "crf": "24", "b:v": "0", "pix_fmt": pixels}
    return options | {"deadline": "good", "cpu-used": "3", "row-mt": "1"}


def _seconds(time: float) -> str:
    """Write a time as FFmpeg reads it, to the microsecond below; before the start is the start."""
    return f"{max(0, floor(time * 1_000_000)) / 1_000_000:.6f}"
