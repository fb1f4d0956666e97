"""How the library learns what happens in its roots."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class WatchMode(StrEnum):
    """Who tells that something changed in a root."""

    SYSTEM = "system"  # the operating system, at once
    POLLING = "polling"  # nobody: the root is looked through now and then
    AWAY = "away"  # the root cannot be read just now; it is looked for


@dataclass(frozen=True, slots=True)
class Watch:
    """How one root is watched."""

    root_id: int
    mode: WatchMode
    interval: float | None = None  # seconds between two looks, where it is polled
    reason: str = ""  # a sentence for the person: why it is polled or away
