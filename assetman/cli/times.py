"""Times as a person types them."""

from __future__ import annotations

import argparse
import re

_TIME = re.compile(r"(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d*)?)")


def time_of(text: str) -> float:
    """Read seconds, minutes and seconds, or hours, minutes and seconds."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise argparse.ArgumentTypeError(f"“{text}” is no time: write 83.5, 1:23.5 or 1:02:03")
    hours, minutes, seconds = found.groups()
    return 3600 * int(hours or 0) + 60 * int(minutes or 0) + float(seconds)
