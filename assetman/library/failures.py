"""Failures: the files that could not be read, and why."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from assetman.core.assets import Failure
from assetman.core.changes import Changes
from assetman.core.errors import WrongUse
from assetman.library.database import Database, Row
from assetman.library.gaps import Gaps
from assetman.library.journal import Journal
from assetman.library.values import absolute, from_bytes, id_list, readable, to_bytes


class Failures:
    """The table of failures: at most one of each file, the last."""

    def __init__(self, database: Database, journal: Journal, gaps: Gaps) -> None:
        self._database = database
        self._journal = journal
        self._gaps = gaps

    def add(
        self,
        root_id: int,
        path: str,
        stage: str,
        kind: str,
        message: str,
        size: int,
        mtime_ns: int,
    ) -> Changes:
        """Keep that a file, as it is now, could not be read; instead of what was kept of it.

        `path` is relative to the root, `size` in bytes. Raises WrongUse if the root is gone.
        """
        with self._database.writing():
            done = self._database.execute(
                "INSERT OR REPLACE INTO failures "
                "(root_id, path, stage, kind, message, size, mtime_ns, at) "
                "SELECT id, ?, ?, ?, ?, ?, ?, ? FROM roots WHERE id = ?",
                (
                    *(to_bytes(path), stage, kind, readable(message)),
                    *(size, mtime_ns, time.time(), root_id),
                ),
            )
            if not done.rowcount:
                raise WrongUse(f"There is no folder {root_id} in the library.")
            after = {"root": root_id, "path": path, "stage": stage, "message": message}
            self._journal.append("failures.add", after=after)
            return self._changed([(root_id, to_bytes(path))])

    def all(self) -> list[Failure]:
        """List the failures, the newest first."""
        rows = self._database.rows(
            "SELECT f.id, f.root_id, r.path, f.path, f.stage, f.kind, f.message, f.at "
            "FROM failures f JOIN roots r ON r.id = f.root_id ORDER BY f.id DESC"
        )
        return [_failure(row) for row in rows]

    def count(self) -> int:
        """Count the failures."""
        return int(self._database.value("SELECT COUNT(*) FROM failures"))

    def known(self, root_id: int) -> dict[str, tuple[int, int]]:
        """Give size and mtime_ns of the failed files of a root, by relative path."""
        rows = self._database.rows(
            "SELECT path, size, mtime_ns FROM failures WHERE root_id = ?", (root_id,)
        )
        return {from_bytes(path): (size, mtime_ns) for path, size, mtime_ns in rows}

    def of_stage(self, root_id: int, stage: str) -> set[str]:
        """Give the relative paths of a root that failed in one stage."""
        rows = self._database.rows(
            "SELECT path FROM failures WHERE root_id = ? AND stage = ?", (root_id, stage)
        )
        return {from_bytes(path) for (path,) in rows}

    def of_assets(self, asset_ids: Sequence[int]) -> dict[int, str]:
        """Give the messages of those of the assets whose file failed as it is now."""
        rows = self._database.rows(
            "SELECT a.id, f.message FROM json_each(?) j CROSS JOIN assets a ON a.id = j.value "
            "CROSS JOIN failures f ON f.root_id = a.root_id AND f.path = a.path "
            "AND f.size = a.size AND f.mtime_ns = a.mtime_ns",
            (id_list(asset_ids),),
        )
        return dict(rows)

    def clear(self, ids: Sequence[int] | None = None) -> Changes:
        """Forget failures (default: all), so that their files are tried again."""
        if ids is None:
            return self._delete("1", ())
        return self._delete("id IN (SELECT value FROM json_each(?))", (id_list(ids),))

    def clear_file(self, root_id: int, path: str) -> Changes:
        """Forget the failure of one file, if it has one."""
        return self._delete("root_id = ? AND path = ?", (root_id, to_bytes(path)))

    def _delete(self, passing: str, values: Sequence[object]) -> Changes:
        if self._database.row(f"SELECT 1 FROM failures WHERE {passing}", values) is None:
            return Changes()
        with self._database.writing():
            rows = self._database.execute(
                f"DELETE FROM failures WHERE {passing} RETURNING root_id, path", values
            ).fetchall()
            files = [[root_id, from_bytes(path)] for root_id, path in rows]
            self._journal.append("failures.clear", before={"files": files})
            return self._changed(rows)

    def _changed(self, files: Iterable[tuple[int, bytes]]) -> Changes:
        """Give the changes of failures come or gone, and mark their assets' gaps."""
        assets: set[int] = set()
        for root_id, path in files:
            row = self._database.row(
                "SELECT id, content_id FROM assets WHERE root_id = ? AND path = ?", (root_id, path)
            )
            if row is not None:
                assets.add(row[0])
                self._gaps.touch([row[1]])
        return Changes(assets_changed=frozenset(assets), failures=True)


def _failure(row: Row) -> Failure:
    failure_id, root_id, root, path, stage, kind, message, at = row
    return Failure(failure_id, root_id, absolute(root, path), stage, kind, message, at)
