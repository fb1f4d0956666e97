"""Chapters of films, audiobooks and podcasts: titles with a time."""

from __future__ import annotations

import av
from av.container import InputContainer

from assetman.core.assets import Passage, PassageKind
from assetman.media.metadata import text_of

_MOST = 20_000


def chapters_of(container: InputContainer, zero: float) -> list[Passage]:
    """Give the chapters that have a title; `zero` is when the file begins, as it counts seconds."""
    try:
        chapters = container.chapters()
    except (UnicodeError, av.FFmpegError):
        return []
    passages = []
    for chapter in chapters[:_MOST]:
        metadata = {key.lower(): value for key, value in chapter["metadata"].items()}
        title = text_of(metadata.get("title"))
        base = chapter["time_base"]
        if not title or not base:
            continue
        start = float(chapter["start"] * base) - zero
        end = float(chapter["end"] * base) - zero
        if start >= -1:
            start = max(0.0, start)
            passages.append(Passage(PassageKind.CHAPTER, title, start, max(start, end)))
    return passages
