"""The main colours of contents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assetman.core.changes import Changes
from assetman.core.colors import chroma, lab
from assetman.library.database import Database
from assetman.library.journal import Journal
from assetman.library.terms import color_box
from assetman.library.values import id_list

MainColors = Sequence[tuple[str, float]]  # "#rrggbb" and the share of the picture, 0..1


class Colors:
    """The table of colours, and which contents wait to be looked at."""

    def __init__(self, database: Database, journal: Journal) -> None:
        self._database = database
        self._journal = journal

    def set(self, found: Iterable[tuple[int, MainColors]]) -> Changes:
        """Keep the main colours of contents; contents that have gone meanwhile are passed over."""
        known = dict(found)
        with self._database.writing():
            here = self._database.execute(
                "UPDATE contents SET colored = 1 WHERE id IN (SELECT value FROM json_each(?)) "
                "RETURNING id",
                (id_list(known),),
            ).fetchall()
            ids = [content_id for (content_id,) in here]
            self._database.execute(
                "DELETE FROM colors WHERE content_id IN (SELECT value FROM json_each(?))",
                (id_list(ids),),
            )
            self._database.execute_many(
                "INSERT OR IGNORE INTO colors (content_id, color, share, box, lightness, a, b, chroma) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    (content_id, color, share, color_box(*lab(color)), *lab(color), chroma(color))
                    for content_id in ids
                    for color, share in known[content_id]
                ),
            )
            if not ids:
                return Changes()
            self._journal.append("colors.set", after={"ids": ids})
            assets = self._database.rows(
                "SELECT id FROM assets WHERE content_id IN (SELECT value FROM json_each(?))",
                (id_list(ids),),
            )
        return Changes(assets_changed=frozenset(asset_id for (asset_id,) in assets))

    def of_contents(self, content_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
        """Give the main colours of each content that has some, the one with most room first."""
        found: dict[int, tuple[str, ...]] = {}
        for content_id, color in self._database.rows(
            "SELECT k.content_id, k.color FROM json_each(?) j "
            "CROSS JOIN colors k ON k.content_id = j.value "
            "ORDER BY k.content_id, k.share DESC, k.color",
            (id_list(content_ids),),
        ):
            found[content_id] = (*found.get(content_id, ()), color)
        return found

    def unknown(self, limit: int, after: int = 0) -> list[tuple[int, str]]:
        """List id and key of contents beyond an id that have a thumbnail nobody looked at."""
        return [
            (content_id, key)
            for content_id, key in self._database.rows(
                "SELECT id, key FROM contents INDEXED BY contents_uncolored "
                "WHERE colored = 0 AND extracted AND pictured AND id > ? ORDER BY id LIMIT ?",
                (after, limit),
            )
        ]
