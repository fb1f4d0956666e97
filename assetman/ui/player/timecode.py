"""Times of a video as they are written: digits that do not jump about while it plays."""

from __future__ import annotations


def time_code(seconds: float, whole: float | None = None) -> str:
    """Write a time to a tenth of a second: “0:41.2”, “1:02:03.4”.

    With the length of the `whole` video it has as many digits as the last time of that video.
    """
    tenths = int(max(seconds, 0.0) * 10 + 1e-6)
    longest = max(seconds, whole or 0.0)
    minutes, rest = divmod(tenths, 600)
    words = f"{rest // 10:02}.{rest % 10}"
    hours, minutes = divmod(minutes, 60)
    if longest >= 3600:
        return f"{hours}:{minutes:02}:{words}"
    return f"{minutes:02}:{words}" if longest >= 600 else f"{minutes}:{words}"


def span_code(start: float, end: float, whole: float | None = None) -> str:
    """Write from when to when: “0:41.2 – 0:46.8”."""
    return f"{time_code(start, whole)} – {time_code(end, whole)}"
