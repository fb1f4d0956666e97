"""How the folders are watched, in words."""

from __future__ import annotations

from assetman.core.watching import Watch, WatchMode


def watch_text(watch: Watch | None, online: bool = True) -> str:
    """Say in a sentence or two how one root is watched; nothing while nobody knows."""
    if not online or (watch is not None and watch.mode is WatchMode.AWAY):
        reason = watch.reason if watch is not None and watch.mode is WatchMode.AWAY else ""
        return sentences(reason or "It is not connected just now", "It stays searchable")
    if watch is None:
        return ""
    if watch.mode is WatchMode.POLLING:
        return sentences(watch.reason or f"It is looked through {every(watch.interval)}")
    return "Watched: what changes is met at once."


def every(interval: float | None) -> str:
    """Say how often: “every 30 s”, “every 5 min”."""
    if interval is None:
        return "now and then"
    if interval < 100:
        return f"every {max(1, round(interval))} s"
    if interval < 5400:
        return f"every {round(interval / 60)} min"
    return f"every {round(interval / 3600)} h"


def sentences(*parts: str) -> str:
    """Join parts, each ended as a sentence."""
    kept = [part.strip() for part in parts if part.strip()]
    return " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in kept)
