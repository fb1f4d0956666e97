"""Times of videos and sounds as they stand on cards and in sentences."""

from __future__ import annotations

from assetman.core.moments import clock


def span_text(start: float, end: float | None) -> str:
    """Write some seconds of a video: “1:23 – 1:31”, or “1:23” where that says it."""
    first, last = clock(start), clock(start if end is None else end)
    return first if first == last else f"{first} – {last}"


def span_words(start: float, end: float | None) -> str:
    """Say some seconds of a video aloud."""
    return span_text(start, end).replace("–", "to")


def length_text(seconds: float) -> str:
    """Write how long something is, as fine as it needs: “0.34 s”, “4.2 s”, “1:23”."""
    if seconds < 0.995:
        return f"{max(seconds, 0.0):.2f} s"
    return f"{seconds:.1f} s" if seconds < 9.95 else clock(round(seconds))
