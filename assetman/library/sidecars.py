"""Sidecars: the files beside assets in which programs write about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assetman.library.database import Database
from assetman.library.values import absolute, from_bytes, to_bytes

_END = "/"  # of what is kept of one: no name holds it


@dataclass(frozen=True, slots=True)
class Beside:
    """A sidecar as a scan met it, in the folder of the file that it speaks of."""

    name: str
    size: int  # bytes
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Sidecar:
    """A sidecar of an asset, as the library knows it."""

    asset_id: int
    root_id: int
    relative: str
    path: str  # absolute
    size: int  # bytes
    mtime_ns: int


def mark(sidecars: Iterable[Beside]) -> bytes | None:
    """Write what is kept of the sidecars of one file; None where it has none."""
    text = "".join(f"{each.size} {each.mtime_ns} {each.name}{_END}" for each in sidecars)
    return to_bytes(text) if text else None


class Sidecars:
    """Which sidecars lie beside each asset. What they say is among the passages."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, root_id: int, marks: Mapping[str, bytes | None]) -> None:
        """Keep what lies beside the files of a root now, by their relative paths.

        Whatever changed is to be described anew; see the step 0011.
        """
        with self._database.writing():
            self._database.execute_many(
                "UPDATE assets SET sidecars = ?1 "
                "WHERE root_id = ?2 AND path = ?3 AND sidecars IS NOT ?1",
                ((kept, root_id, to_bytes(path)) for path, kept in marks.items()),
            )

    def of_content(self, content_id: int) -> list[Sidecar]:
        """List what lies beside the files of a content; of each file the last outranks."""
        rows = self._database.rows(
            "SELECT a.id, a.root_id, r.path, a.folder, a.sidecars FROM assets a "
            "JOIN roots r ON r.id = a.root_id AND r.removed IS NULL "
            "WHERE a.content_id = ? AND a.missing_since IS NULL AND a.sidecars IS NOT NULL "
            "ORDER BY a.id",
            (content_id,),
        )
        return [
            Sidecar(asset_id, root_id, from_bytes(path), absolute(root, path), *stat)
            for asset_id, root_id, root, folder, kept in rows
            for path, *stat in _read(folder, kept)
        ]


def _read(folder: bytes, kept: bytes) -> Iterable[tuple[bytes, int, int]]:
    for each in kept.split(to_bytes(_END))[:-1]:
        size, mtime_ns, name = each.split(b" ", 2)
        yield folder + name, int(size), int(mtime_ns)
