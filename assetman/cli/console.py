"""What a command prints: results on standard output, all else on standard error."""

from __future__ import annotations

import io
import json
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, TextIO

from assetman.core.assets import display


@dataclass(frozen=True, slots=True)
class Console:
    """The three streams of a command."""

    out: TextIO
    err: TextIO
    lines: BinaryIO  # standard input
    printed: threading.Event = field(default_factory=threading.Event)  # a result, or a part of one

    @classmethod
    def standard(cls) -> Console:
        """Take the process's own streams, and let no character be too much for them."""
        for stream in (sys.stdout, sys.stderr):
            reconfigure = getattr(stream, "reconfigure", None)
            if reconfigure is not None:
                reconfigure(errors="backslashreplace")
        # A program of windows on Windows has no streams at all.
        lines = sys.stdin.buffer if sys.stdin else io.BytesIO()
        return cls(sys.stdout or io.StringIO(), sys.stderr or io.StringIO(), lines)

    @property
    def interactive(self) -> bool:
        """Tell whether someone watches standard error."""
        return self.err.isatty()

    def print(self, text: str = "") -> None:
        """Print a line of results."""
        self.printed.set()
        self.out.write(_printable(text) + "\n")

    def print_json(self, value: object) -> None:
        """Print one value as one line, in ASCII, at once."""
        self.printed.set()
        self.out.write(json.dumps(value, ensure_ascii=True) + "\n")
        self.out.flush()

    def print_lines(self, lines: Sequence[str], none: str) -> None:
        """Print a list; where it is empty, say so in the sentence `none`."""
        for line in lines:
            self.print(line)
        if not lines:
            self.tell(none)

    def tell(self, text: str) -> None:
        """Say something to the person, beside the results."""
        self.out.flush()
        self.err.write(f"assetman: {_printable(text)}\n")
        self.err.flush()


def _printable(text: str) -> str:
    """Make one line that every terminal takes, whatever a file's name holds."""
    try:
        return display(text)
    except UnicodeEncodeError:  # half a surrogate pair, from a name on Windows
        return display(text.encode("utf-8", "replace").decode("utf-8"))
