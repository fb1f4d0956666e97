"""Times of videos as they stand on cards and in sentences."""

from __future__ import annotations


def time_text(seconds: float) -> str:
    """Write a time of a video: “1:23”, “1:02:33”."""
    whole = max(0, int(seconds))
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def span_text(start: float, end: float | None) -> str:
    """Write some seconds of a video: “1:23 – 1:31”, or “1:23” where that says it."""
    first, last = time_text(start), time_text(start if end is None else end)
    return first if first == last else f"{first} – {last}"


def span_words(start: float, end: float | None) -> str:
    """Say some seconds of a video aloud."""
    return span_text(start, end).replace("–", "to")
