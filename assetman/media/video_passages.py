"""Text in a video that has a time: chapters, and subtitles that are text."""

from __future__ import annotations

import re
from collections.abc import Iterator

import av
from av.packet import Packet
from av.subtitles.stream import SubtitleStream
from av.subtitles.subtitle import AssSubtitle

from assetman.core.assets import Passage, PassageKind
from assetman.media.chapters import chapters_of
from assetman.media.metadata import text_of
from assetman.media.video_film import OpenFilm

_TEXT_CODECS = frozenset(("mov_text", "subrip", "srt", "ass", "ssa", "webvtt", "text", "ttml"))
_MOST = 20_000  # passages of one stretch
_LONGEST = 1000  # characters of one
_BYTES = 2 << 30  # read for the subtitles of one stretch
_SMALL = 128 << 20  # bytes of a file that is read whole at once
_LATE = 20.0  # seconds by which a subtitle may be stored after the pictures it belongs to
_STAYS = 4.0  # seconds that words are shown for, if the file does not say
_LONGEST_STAY = 600.0

_MARKS = re.compile(r"\{[^}]*\}|</?[a-zA-Z][^>]{0,100}>|<\d\d:[\d:.]+>")
_BREAKS = re.compile(r"\\[Nn]|\r\n?|\n")
_DRAWING = re.compile(r"\{[^}]*\\p[1-9][^}]*\}")


def read_chapters(film: OpenFilm) -> list[Passage]:
    """Give the chapters that have a title."""
    return chapters_of(film.container, film.zero)


def read_subtitles(film: OpenFilm, start: float, end: float | None) -> list[Passage]:
    """Give the subtitles that belong to a stretch from `start` up to `end` (seconds; None: all).

    Where all can be read at once they come with the first stretch, for they may lie anywhere;
    in a long file they lie beside the pictures.
    """
    if film.indexed or film.size <= _SMALL:
        if start > 0:
            return []
        end = None
    wanted = [stream.index for stream in film.container.streams.subtitles if _is_text(stream)]
    if not wanted:
        return []
    with film.another_walk() as walk:
        # what reads by an index reads nothing of the pictures; others tell by them where they are
        aside = {*wanted} if film.indexed else {*wanted, film.stream.index}
        walk.take(aside)
        walk.seek(start, film.zero)
        passages: dict[tuple[float, str, str | None], Passage] = {}
        for packet in walk.packets():
            time = film.time_of(packet)
            if walk.consumed > _BYTES or len(passages) >= _MOST:
                break
            if time is None or time < (start if start > 0 else -1.0):
                continue
            if end is not None and time >= end:
                if time >= end + _LATE:
                    break
                continue
            if packet.stream_index in wanted:
                for passage in _passages(packet, max(time, 0.0)):
                    passages.setdefault((passage.start, passage.text, passage.language), passage)
    return sorted(passages.values(), key=lambda each: (each.start, each.language or ""))


def _is_text(stream: SubtitleStream) -> bool:
    context = stream.codec_context
    return context is not None and context.codec.name in _TEXT_CODECS


def _passages(packet: Packet[SubtitleStream], start: float) -> Iterator[Passage]:
    stays = float((packet.duration or 0) * packet.time_base)
    if not 0 < stays <= _LONGEST_STAY:
        stays = _STAYS
    language = text_of(packet.stream.metadata.get("language"))
    if language == "und":
        language = None
    try:
        shown = packet.decode()
    except av.FFmpegError:  # bytes that are no UTF-8, mostly
        return
    for each in shown:
        if isinstance(each, AssSubtitle):
            # number, layer, style, name, three margins, effect; then the words
            words = plain_words(each.ass.decode("utf-8", "replace").split(",", 8)[-1])
            if words:
                yield Passage(PassageKind.SUBTITLE, words, start, start + stays, language)


def plain_words(text: str) -> str:
    """Take the marks of how it looks out of a subtitle; lines stay lines."""
    if _DRAWING.search(text):
        return ""
    lines = (
        " ".join("".join(c if c.isprintable() else " " for c in line).split())
        for line in _BREAKS.split(_MARKS.sub("", text))
    )
    return "\n".join(line for line in lines if line)[:_LONGEST]
