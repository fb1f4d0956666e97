"""Transcripts: which contents a model has listened to for what is said, and what it wrote down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assetman.core.assets import Passage, PassageKind
from assetman.core.changes import Changes
from assetman.core.errors import WrongUse
from assetman.library.database import Database
from assetman.library.journal import Journal
from assetman.library.passages import Passages
from assetman.library.values import absolute, id_list

_LACKING = """
FROM contents c INDEXED BY contents_with_windows
CROSS JOIN assets a ON a.content_id = c.id JOIN roots r ON r.id = a.root_id
WHERE c.windows > 0 AND c.extracted AND c.transcriber IS NOT ?
AND a.missing_since IS NULL AND r.online"""


@dataclass(frozen=True, slots=True)
class Unheard:
    """A content that has sound and no transcript of a model, with a file to read it from."""

    content_id: int
    asset_id: int
    path: str  # absolute
    duration: float | None  # seconds
    size: int  # bytes of the file, and its time, as the library knows it
    mtime_ns: int


class Transcripts:
    """What is said in contents, as models wrote it down."""

    def __init__(self, database: Database, journal: Journal, passages: Passages) -> None:
        self._database = database
        self._journal = journal
        self._passages = passages

    def count_lacking(self, model: str) -> int:
        """Count the contents with sound that can be read now and that a model has not heard."""
        return int(self._database.value(f"SELECT COUNT(DISTINCT c.id) {_LACKING}", (model,)))

    def lacking(
        self, model: str, limit: int, first: Sequence[int] = (), skip: Sequence[int] = ()
    ) -> list[Unheard]:
        """List contents that a model has not heard: those of the assets `first`, then the newest.

        Contents in `skip` are left out.
        """
        rows = self._database.rows(
            f"SELECT c.id, a.id, r.path, a.path, c.duration, c.size, a.mtime_ns {_LACKING} "
            "AND c.id NOT IN (SELECT value FROM json_each(?)) GROUP BY c.id "
            "ORDER BY a.id IN (SELECT value FROM json_each(?)) DESC, a.mtime_ns DESC, c.id LIMIT ?",
            (model, id_list(skip), id_list(first), limit),
        )
        return [
            Unheard(content, asset, absolute(root, path), duration, size, mtime_ns)
            for content, asset, root, path, duration, size, mtime_ns in rows
        ]

    def set(
        self, content_id: int, model: str, language: str | None, said: Sequence[Passage]
    ) -> Changes:
        """Keep what a model heard in a content, in place of what another did.

        Raises WrongUse if the content is gone.
        """
        with self._database.writing():
            changes = self._passages.replace(content_id, said, kinds=(PassageKind.SPEECH,))
            done = self._database.execute(
                "UPDATE contents SET transcriber = ?, language = ? WHERE id = ?",
                (model, language, content_id),
            )
            if not done.rowcount:
                raise WrongUse(f"There is no content {content_id}.")
            self._journal.append("transcripts.set", after={"content": content_id, "model": model})
            assets = self._database.rows(
                "SELECT id FROM assets WHERE content_id = ?", (content_id,)
            )
        return changes | Changes(assets_changed=frozenset(asset_id for (asset_id,) in assets))
