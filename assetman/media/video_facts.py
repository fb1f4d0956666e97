"""What a video says of itself: form, length, streams, when and where it was taken.

Everything here comes out of files that anybody may have written: nothing raises, and what makes
no sense is left out.
"""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Iterable, Mapping

import av
from av.audio.stream import AudioStream
from av.stream import Stream

from assetman.core.assets import Kind, Probe
from assetman.media.metadata import Facts, named, parse_date, text_of
from assetman.media.video_film import OpenFilm
from assetman.media.video_light import HLG, PQ
from assetman.media.video_picture import has_alpha, light_of

_FORMATS = {
    "matroska": "Matroska",
    "avi": "AVI",
    "mpegts": "MPEG transport stream",
    "mpeg": "MPEG",
    "mpegvideo": "MPEG",
    "asf": "Windows Media",
    "flv": "Flash Video",
    "ogg": "Ogg",
    "rm": "RealMedia",
    "mxf": "MXF",
    "dv": "DV",
}
_CODECS = {
    "h264": "H.264",
    "hevc": "H.265",
    "vvc": "H.266",
    "av1": "AV1",
    "libdav1d": "AV1",
    "vp8": "VP8",
    "vp9": "VP9",
    "libvpx": "VP8",
    "libvpx-vp9": "VP9",
    "mpeg4": "MPEG-4",
    "msmpeg4": "MPEG-4 (Microsoft)",
    "msmpeg4v1": "MPEG-4 (Microsoft)",
    "msmpeg4v2": "MPEG-4 (Microsoft)",
    "mpeg1video": "MPEG-1",
    "mpeg2video": "MPEG-2",
    "prores": "ProRes",
    "dnxhd": "DNxHD",
    "mjpeg": "Motion JPEG",
    "dvvideo": "DV",
    "wmv1": "WMV 7",
    "wmv2": "WMV 8",
    "wmv3": "WMV 9",
    "vc1": "VC-1",
    "theora": "Theora",
    "h263": "H.263",
    "flv": "Sorenson",
    "aac": "AAC",
    "mp3": "MP3",
    "mp3float": "MP3",
    "mp2": "MP2",
    "mp2float": "MP2",
    "ac3": "AC-3",
    "eac3": "E-AC-3",
    "dca": "DTS",
    "opus": "Opus",
    "libopus": "Opus",
    "vorbis": "Vorbis",
    "flac": "FLAC",
    "alac": "ALAC",
    "truehd": "TrueHD",
    "wmav2": "WMA",
    "amrnb": "AMR",
    "cinepak": "Cinepak",
    "mov_text": "text",
    "subrip": "SubRip",
    "srt": "SubRip",
    "ass": "ASS",
    "ssa": "SSA",
    "webvtt": "WebVTT",
    "pgssub": "PGS",
    "dvdsub": "DVD",
    "dvbsub": "DVB",
    "libopencore_amrnb": "AMR",
}
_USUAL = frozenset(("unknown", "Main", "Profile 0", "Baseline"))  # profiles worth no word
_LAYOUTS = {"mono": "mono", "stereo": "stereo"}
_MOST_STREAMS = 8  # that are named one by one
# `+52.5163+013.3777+034.000/` (ISO 6709): degrees, or degrees and minutes, or and seconds
_ISO6709 = re.compile(r"([+-])(\d{2,6})(\.\d+)?([+-])(\d{3,7})(\.\d+)?(?:([+-]\d{1,5}(?:\.\d+)?))?")
_DATES = (
    "com.apple.quicktime.creationdate",
    "date_time_original",
    "creation_time",
    "date",
    "©day",
    "icrd",
    "wm/encodingtime",
)
_UNSET = calendar.timegm((1972, 1, 1, 0, 0, 0))  # clocks that were never set begin in 1904 or 1970
_LATEST = calendar.timegm((2200, 1, 1, 0, 0, 0))
_TEXTS = {
    "title": ("title", "com.apple.quicktime.title", "©nam"),
    "description": ("description", "com.apple.quicktime.description", "comment", "synopsis"),
    "artist": ("artist", "com.apple.quicktime.author", "author", "album_artist"),
    "copyright": ("copyright", "com.apple.quicktime.copyright"),
    "software": ("com.apple.quicktime.software", "software", "com.android.version"),
    "keywords": ("keywords", "com.apple.quicktime.keywords"),
    "show": ("show",),
    "network": ("network",),
}
_MAKES = ("com.apple.quicktime.make", "make", "com.android.manufacturer", "manufacturer")
_MODELS = ("com.apple.quicktime.model", "model", "com.android.model")
_PLACES = (
    "com.apple.quicktime.location.iso6709",
    "location",
    "location-eng",
    "©xyz",
)


def read_probe(film: OpenFilm) -> Probe:
    """Gather what a person may want to know of an open film."""
    tags = _tags(film)
    facts: Facts = {"format": _format(film)}
    facts["video"] = _picture_words(film)
    rate = film.rate
    if rate is not None:
        facts["frame rate"] = f"{rate:.3f}".rstrip("0").rstrip(".") + " fps"
    bits = film.container.bit_rate
    if 1000 < bits < 1 << 40:
        facts["bit rate"] = (
            f"{bits / 1e6:.3g} Mbit/s" if bits >= 1e6 else f"{bits / 1e3:.0f} kbit/s"
        )
    facts.update(_light_words(film))
    facts.update(_other_streams(film))
    camera = named(_first(tags, _MAKES), _first(tags, _MODELS))
    if camera:
        facts["camera"] = camera
    for name, keys in _TEXTS.items():
        words = _first(tags, keys)
        if words:
            facts[name] = words
    facts.update(_place(_first(tags, _PLACES)))
    return Probe(
        Kind.VIDEO,
        film.shape.width,
        film.shape.height,
        _taken(tags),
        facts,
        film.duration or None,
    )


def codec_name(stream: Stream) -> str:
    """Name how a stream is coded, as people call it."""
    try:
        name = stream.codec_context.codec.name if stream.codec_context else stream.name
    except (AttributeError, av.FFmpegError):
        name = None
    return _CODECS.get(name or "", (name or "unknown").replace("_", " "))


def parse_place(text: str | None) -> tuple[float, float, float | None] | None:
    """Read a place as phones write it (ISO 6709): latitude, longitude in degrees, metres."""
    found = _ISO6709.search(text or "")
    if not found:
        return None
    latitude = _degrees(found[1], found[2], found[3], 2)
    longitude = _degrees(found[4], found[5], found[6], 3)
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    if latitude == 0 and longitude == 0:  # a phone that had no fix
        return None
    return latitude, longitude, float(found[7]) if found[7] else None


def parse_moment(text: str | None) -> float | None:
    """Read a date as videos have it: the clock as it is written counts as UTC.

    `2021-05-03T14:34:56+0200` is a camera's own clock. `creation_time` is in UTC by its standard
    (ISO 14496-12), whatever its camera did; where it was taken is not known, so it stays so.
    """
    moment = parse_date(text)
    return moment if moment is not None and _UNSET < moment < _LATEST else None


def _tags(film: OpenFilm) -> dict[str, str]:
    """Give the file's words under small-lettered keys; the stream's only where the file has none."""
    found: dict[str, str] = {}
    for source in (film.container.metadata, film.stream.metadata):
        for key, value in source.items():
            found.setdefault(key.lower(), value)
    return found


def _first(tags: Mapping[str, str], keys: Iterable[str]) -> str | None:
    return next((words for key in keys if (words := text_of(tags.get(key)))), None)


def _taken(tags: Mapping[str, str]) -> float | None:
    return next(
        (moment for key in _DATES if (moment := parse_moment(tags.get(key))) is not None), None
    )


def _format(film: OpenFilm) -> str:
    name = film.container.format.name.split(",")[0]
    if name == "mov":
        brand = film.container.metadata.get("major_brand", "").strip().lower()
        if brand == "qt" or not brand:
            return "QuickTime"
        return "3GP" if brand.startswith("3g") else "MP4"
    if name == "matroska":
        codecs = {codec_name(stream) for stream in film.container.streams}
        webm = codecs <= {"VP8", "VP9", "AV1", "Opus", "Vorbis", "WebVTT"}
        return "WebM" if webm else "Matroska"
    return _FORMATS.get(name, name.upper())


def _picture_words(film: OpenFilm) -> str:
    words = [codec_name(film.stream)]
    profile = film.stream.codec_context.profile
    if profile and len(profile) < 30 and profile not in _USUAL:
        words.append(profile)
    bits = film.first.format.components[0].bits
    if bits > 8:
        words.append(f"{bits} bit")
    if film.first.interlaced_frame:
        words.append("interlaced")
    return ", ".join(words)


def _light_words(film: OpenFilm) -> Facts:
    facts: Facts = {}
    light = light_of(film.first)
    if light.transfer == PQ:
        facts["dynamic range"] = "HDR (PQ)"
    elif light.transfer == HLG:
        facts["dynamic range"] = "HDR (HLG)"
    if has_alpha(film.first):
        facts["colour"] = "with transparency"
    return facts


def _other_streams(film: OpenFilm) -> Facts:
    facts: Facts = {}
    streams = film.container.streams
    sounds = [_sound_words(stream) for stream in streams.audio[:_MOST_STREAMS]]
    for number, words in enumerate(sounds, 1):
        facts["sound" if number == 1 else f"sound {number}"] = words
    others = len(streams.video) - 1
    if others > 0:
        facts["further pictures"] = others
    texts = [_language(stream) or codec_name(stream) for stream in streams.subtitles]
    if texts:
        facts["subtitles"] = ", ".join(texts[:_MOST_STREAMS])
    try:
        chapters = len(film.container.chapters())
    except (UnicodeError, av.FFmpegError):
        chapters = 0
    if chapters:
        facts["chapters"] = chapters
    return facts


def _sound_words(stream: AudioStream) -> str:
    words = [codec_name(stream)]
    context = stream.codec_context
    if context is not None:
        layout = context.layout.name
        words.append(_LAYOUTS.get(layout, f"{context.channels} channels"))
        if context.sample_rate:
            words.append(f"{context.sample_rate / 1000:g} kHz")
    language = _language(stream)
    return ", ".join(words) + (f" ({language})" if language else "")


def _language(stream: Stream) -> str | None:
    language = text_of(stream.metadata.get("language"))
    return None if language in (None, "und", "mul", "zxx") else language


def _place(text: str | None) -> Facts:
    place = parse_place(text)
    if place is None:
        return {}
    facts: Facts = {"latitude": place[0], "longitude": place[1]}
    if place[2] is not None and abs(place[2]) < 1e5:
        facts["altitude"] = f"{place[2]:.0f} m".replace("-", "−")
    return facts


def _degrees(sign: str, whole: str, share: str | None, digits: int) -> float | None:
    """Read DD.D, DDMM.M or DDMMSS.S; `digits` are those of whole degrees."""
    if len(whole) not in (digits, digits + 2, digits + 4):
        return None
    parts = [whole[:digits], whole[digits : digits + 2], whole[digits + 2 :]]
    numbers = [float(part) for part in parts if part]
    numbers[-1] += float(share or 0)
    if any(number >= 60 for number in numbers[1:]):
        return None
    degrees = math.fsum(number / 60**power for power, number in enumerate(numbers))
    return round(-degrees if sign == "-" else degrees, 6)
