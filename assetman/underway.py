"""Which files are on their way to the trash or back, kept while they are.

A step that moves files cannot be one with the transaction that tells of it. So what is about to
move is written down before, and forgotten in that transaction: what is found at a start was cut off.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace

from assetman.library.library import Library
from assetman.trash import Trace

_FACT = "underway"


@dataclass(frozen=True, slots=True)
class Underway:
    """What was begun: files that went to the trash, or a step whose files were coming back."""

    files: tuple[tuple[str, Trace], ...] = ()  # by their paths
    undoing: int | None = None  # the transaction of the step

    @classmethod
    def in_library(cls, library: Library) -> Underway:
        """Read what was begun and not ended."""
        said = json.loads(library.recall(_FACT) or "{}")
        files = tuple((path, Trace(*trace)) for path, *trace in said.get("files", ()))
        return cls(files, said.get("undoing"))

    def and_to_trash(self, paths: Iterable[str]) -> Underway:
        """Add files that are about to go; one that is not there cannot, and is left out."""
        files = dict(self.files)
        for path in paths:
            with suppress(OSError):
                files[path] = Trace.of(path)
        return replace(self, files=tuple(files.items()))

    def keep(self, library: Library) -> None:
        """Write it down, before the first file moves; or that nothing is on its way any more."""
        said = {
            "files": [(path, t.size, t.mtime_ns, t.number) for path, t in self.files],
            "undoing": self.undoing,
        }
        known = {name: value for name, value in said.items() if value}
        library.remember(_FACT, json.dumps(known) if known else None)
