"""Say which content each new or changed file holds, and so whether it is new, changed or moved."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from assetman.core.assets import Kind, Root
from assetman.core.changes import Changes
from assetman.core.errors import BadInput
from assetman.core.progress import CancelToken
from assetman.ingest.scan import Found, has_left
from assetman.library.assets import Known
from assetman.library.contents import Content
from assetman.library.library import Library
from assetman.media.fingerprint import Fingerprint, fingerprint, same_bytes
from assetman.media.registry import kind_of


class RootLeft(Exception):
    """The root is no longer there: its drive was pulled out while its files were read."""


@dataclass(slots=True)
class Identified:
    """What one batch of files turned out to be."""

    added: int = 0
    changed: int = 0
    moved: int = 0
    unchanged: int = 0
    failed: int = 0
    changes: Changes = field(default_factory=Changes)


@dataclass(slots=True)
class Vanished:
    """Assets whose files are no longer at their paths: where a new path may have come from."""

    _by_content: dict[int, list[Known]] = field(default_factory=lambda: defaultdict(list))

    def offer(self, rows: Iterable[Known]) -> None:
        """Add rows that a walk did not meet."""
        for row in rows:
            self._by_content[row.content_id].append(row)

    def take(self, content_id: int, accept: bool, found: Found) -> Known | None:
        """Take the row a file moved from; `accept` False asks for equal size and mtime too."""
        rows = self._by_content.get(content_id, [])
        for row in rows:
            if accept or _looks_like(row, found):
                rows.remove(row)
                return row
        return None

    def rest(self) -> list[int]:
        """Give the asset ids nothing was found to have come from."""
        return [row.asset_id for rows in self._by_content.values() for row in rows]


class Identifier:
    """Works through one root's unsettled files, batch by batch, one transaction each."""

    def __init__(self, library: Library, root: Root, vanished: Vanished) -> None:
        self._library = library
        self._root = root
        self._vanished = vanished
        self._known: dict[str, Known] = {}

    def identify(
        self,
        batch: Iterable[Found],
        cancel: CancelToken,
        gate: Callable[[CancelToken], None] = CancelToken.check,
    ) -> Identified:
        """Fingerprint files and write what they are; a file that cannot be read is a failure.

        `gate` is called before each file is read and may hold the work while it is paused.
        Raises RootLeft, and WrongUse if the root was removed from the library.
        """
        result = Identified()
        prints: list[tuple[Found, Fingerprint | str]] = []
        for found in batch:
            gate(cancel)
            path = self._absolute(found.path)
            try:
                prints.append((found, fingerprint(path)))
            except BadInput as error:
                if has_left(self._root.path, path):
                    raise RootLeft from error
                prints.append((found, str(error)))
        with self._library.writing():
            self._library.roots.get(self._root.id)
            self._known = self._library.known.at(self._root.id, [found.path for found, _ in prints])
            for found, print_or_reason in prints:
                cancel.check()
                if isinstance(print_or_reason, str):
                    result.failed += 1
                    result.changes |= self._library.failures.add(
                        self._root.id, found.path, "identify", "bad input", print_or_reason,
                        found.stat.size, found.stat.mtime_ns,
                    )  # fmt: skip
                else:
                    self._settle(found, print_or_reason, result, cancel)
        return result

    def _settle(
        self, found: Found, print_: Fingerprint, result: Identified, cancel: CancelToken
    ) -> None:
        library, root = self._library, self._root
        kind = kind_of(found.path)
        assert kind is not None  # the walk yields nothing else
        content, changes = self._content(found, print_, kind, cancel)
        row = self._known.get(found.path)
        changes |= library.failures.clear_file(root.id, found.path)
        if row is not None and row.content_id == content:
            changes |= library.assets.touch(row.asset_id, found.stat)
            result.unchanged += 1
        elif row is not None:
            changes |= library.assets.change(row.asset_id, found.stat, content)
            result.changed += 1
        elif (origin := self._origin(content, print_.whole, found)) is not None:
            changes |= library.assets.move(origin.asset_id, root.id, found.path, found.stat)
            result.moved += 1
        else:
            _, added = library.assets.add(root.id, found.path, found.stat, content)
            changes |= added
            result.added += 1
        result.changes |= changes

    def _origin(self, content: int, whole: bool, found: Found) -> Known | None:
        """Find the asset a new path was before: one just gone, or one missing for a while."""
        while (row := self._vanished.take(content, whole, found)) is not None:
            if self._library.assets.get([row.asset_id]):  # else its root was removed meanwhile
                return row
        for row in self._library.assets.missing_with_content(content):
            if whole or _looks_like(row, found):
                return row
        return None

    def _content(
        self, found: Found, print_: Fingerprint, kind: Kind, cancel: CancelToken
    ) -> tuple[int, Changes]:
        """Find the content these bytes are, or add it."""
        for content in self._library.contents.with_digest(print_.digest):
            if print_.whole or self._is_same(content, found, cancel):
                return content.id, Changes()
        return self._library.contents.add(print_.digest, print_.size, print_.whole, kind)

    def _is_same(self, content: Content, found: Found, cancel: CancelToken) -> bool:
        """Compare with a present file of a sampled content; without one, by size and mtime."""
        here = self._absolute(found.path)
        for asset in self._library.assets.get(self._library.assets.of_content(content.id)):
            if asset.path != here and os.path.exists(asset.path):
                try:
                    return same_bytes(here, asset.path, cancel.check)
                except (BadInput, OSError):
                    continue
            elif abs(asset.modified - found.stat.mtime_ns / 1e9) < 1e-3:
                return asset.size == found.stat.size
        missing = self._library.assets.missing_with_content(content.id)
        return any(_looks_like(row, found) for row in missing)

    def _absolute(self, path: str) -> str:
        return os.path.join(self._root.path, *path.split("/"))


def _looks_like(row: Known, found: Found) -> bool:
    return (row.size, row.mtime_ns) == (found.stat.size, found.stat.mtime_ns)
