"""Which names in a root are not the person's media: hidden files, packages, ignore patterns."""

from __future__ import annotations

import os
from collections.abc import Iterable

from pathspec import GitIgnoreSpec

from assetman.core.assets import display
from assetman.core.errors import BadInput

IGNORE_FILE = ".assetmanignore"

# Folders that are one document to their program, and folders of nothing a person made.
PACKAGES = frozenset(
    {
        ".photoslibrary", ".aplibrary", ".migratedphotolibrary", ".lrdata", ".lrcat-data",
        ".fcpbundle", ".imovielibrary", ".tvlibrary", ".musiclibrary", ".logicx", ".band", ".app",
        ".bundle", ".framework", ".rtfd", ".pages", ".key", ".numbers", ".cocatalog", ".library",
    }
)  # fmt: skip
SYSTEM_FOLDERS = frozenset(
    {
        "$recycle.bin",
        "system volume information",
        "lost+found",
        "@eadir",
        "__macosx",
        "node_modules",
    }
)


class IgnoreRules:
    """Decides by name alone; `patterns` are those of .gitignore, relative to the root."""

    def __init__(self, patterns: Iterable[str] = (), folders: Iterable[str] = ()) -> None:
        try:
            self._patterns = GitIgnoreSpec.from_lines(patterns)
        except ValueError as error:
            raise BadInput(f"A pattern of what to ignore makes no sense: {error}") from error
        self._given = tuple(patterns)
        self._folders = frozenset(os.path.normcase(folder) for folder in folders)

    def for_root(self, root: str) -> IgnoreRules:
        """Add the patterns of the root's own `.assetmanignore`, if it has one.

        Raises BadInput for a pattern that makes no sense.
        """
        try:
            with open(os.path.join(root, IGNORE_FILE), encoding="utf-8", errors="replace") as file:
                lines = file.read(1 << 20).splitlines()
        except OSError:
            return self
        try:
            return IgnoreRules((*self._given, *lines), self._folders)
        except BadInput as error:
            where = display(os.path.join(root, IGNORE_FILE))
            raise BadInput(f"{where}: {error}") from error

    @property
    def has_patterns(self) -> bool:
        """Whether more than the names of hidden files is passed over."""
        return bool(self._given)

    def skips_folder(self, name: str, path: str, absolute: str) -> bool:
        """Say whether a folder is passed over; `path` is relative with "/"."""
        lowered = name.lower()
        return (
            name.startswith(".")
            or lowered in SYSTEM_FOLDERS
            or os.path.splitext(lowered)[1] in PACKAGES
            or os.path.normcase(absolute) in self._folders
            or self._matches(path + "/")
        )

    def skips_file(self, name: str, path: str) -> bool:
        """Say whether a file is passed over; `path` is relative with "/"."""
        return name.startswith(".") or self._matches(path)

    def _matches(self, path: str) -> bool:
        return bool(self._given) and self._patterns.match_file(path)
