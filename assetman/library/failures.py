"""Failures: the files that could not be read, and why."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from assetman.core.assets import Failure
from assetman.core.changes import Changes
from assetman.core.errors import WrongUse
from assetman.library.database import Database, Row
from assetman.library.gaps import Gaps
from assetman.library.journal import PERSON, Entry, Journal
from assetman.library.steps import Steps
from assetman.library.values import absolute, from_bytes, id_list, readable, to_bytes

_THESE = "IN (SELECT value FROM json_each(?))"


class Failures:
    """The table of failures: at most one of each file, the last."""

    def __init__(self, database: Database, journal: Journal, gaps: Gaps, steps: Steps) -> None:
        self._database = database
        self._journal = journal
        self._gaps = gaps
        self._steps = steps

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

        One that the person ignores stays ignored until the file is another.
        `path` is relative to the root, `size` in bytes. Raises WrongUse if the root is gone.
        """
        with self._database.writing():
            done = self._database.execute(
                "INSERT OR REPLACE INTO failures "
                "(root_id, path, stage, kind, message, size, mtime_ns, at, ignored) "
                "SELECT id, ?1, ?2, ?3, ?4, ?5, ?6, ?7, EXISTS (SELECT 1 FROM failures f "
                "WHERE f.root_id = ?8 AND f.path = ?1 AND f.size = ?5 AND f.mtime_ns = ?6 "
                "AND f.ignored) FROM roots WHERE id = ?8 AND removed IS NULL",
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
        """List the failures, ignored ones too, the newest first."""
        rows = self._database.rows(
            "SELECT f.id, f.root_id, r.path, f.path, f.stage, f.kind, f.message, f.at, f.ignored "
            "FROM failures f JOIN roots r ON r.id = f.root_id AND r.removed IS NULL "
            "ORDER BY f.id DESC"
        )
        return [_failure(row) for row in rows]

    def count(self) -> int:
        """Count the failures that are not ignored."""
        return self._count(ignored=False)

    def count_ignored(self) -> int:
        """Count the failures the person does not want to hear of."""
        return self._count(ignored=True)

    def ignore(self, ids: Sequence[int], ignored: bool = True) -> Changes:
        """Keep failures out of the count, or count them again."""
        with self._database.writing(PERSON):
            rows = self._database.execute(
                "UPDATE failures SET ignored = ? WHERE ignored <> ? "
                f"AND id {_THESE} RETURNING id, root_id, path, size, mtime_ns",
                (ignored, ignored, id_list(ids)),
            ).fetchall()
            if not rows:
                return Changes()
            files = [[i, root, from_bytes(path), *stat] for i, root, path, *stat in rows]
            after = {"ignored": ignored, "files": files}
            self._journal.append("failures.ignore", after=after)
            count = f"{len(rows):,} failure{'s' * (len(rows) != 1)}"
            changes = self._steps.note(f"{'Ignore' if ignored else 'Stop ignoring'} {count}")
        return changes | Changes(failures=True)

    def revert(self, entry: Entry) -> Changes:
        """Undo an entry of the journal, for the failures of files that are as they were."""
        return self._mark(entry, not entry.after["ignored"])

    def repeat(self, entry: Entry) -> Changes:
        """Do again what an entry of the journal says."""
        return self._mark(entry, entry.after["ignored"])

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
        """Forget failures (default: all not ignored), so that their files are tried again."""
        if ids is None:
            live = "root_id IN (SELECT id FROM roots WHERE removed IS NULL)"
            return self._delete(f"NOT ignored AND {live}", ())
        return self._delete(f"id {_THESE}", (id_list(ids),))

    def clear_file(self, root_id: int, path: str) -> Changes:
        """Forget the failure of one file, if it has one."""
        return self._delete("root_id = ? AND path = ?", (root_id, to_bytes(path)))

    def _count(self, ignored: bool) -> int:
        sql = (
            "SELECT COUNT(*) FROM failures f JOIN roots r ON r.id = f.root_id "
            "AND r.removed IS NULL WHERE f.ignored = ?"
        )
        return int(self._database.value(sql, (ignored,)))

    def _mark(self, entry: Entry, ignored: bool) -> Changes:
        # A failure that came anew has another id; a file that moved took its failure along.
        self._database.execute_many(
            "UPDATE failures SET ignored = ? WHERE id = ? "
            "OR (root_id = ? AND path = ? AND size = ? AND mtime_ns = ?)",
            (
                (ignored, failure_id, root_id, to_bytes(path), size, mtime_ns)
                for failure_id, root_id, path, size, mtime_ns in entry.after["files"]
            ),
        )
        return Changes(failures=True)

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
    failure_id, root_id, root, path, stage, kind, message, at, ignored = row
    file = absolute(root, path)
    return Failure(failure_id, root_id, file, stage, kind, message, at, bool(ignored))
