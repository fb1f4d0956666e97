"""Which contents are both seen and heard, and when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assetman.core.assets import Kind
from assetman.library.database import Database
from assetman.library.held import Spans, spans_of
from assetman.library.values import id_list


@dataclass(frozen=True, slots=True)
class SeenAndHeard:
    """The shots of a content and the windows of its sound."""

    seen: Spans
    heard: Spans


class Together:
    """Reads the segments of videos that have sound."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_assets(self, asset_ids: Iterable[int], most: int) -> dict[int, SeenAndHeard]:
        """Give the shots and windows of those of the assets that have both.

        They come in the order asked, until there are `most` segments; one there is always.
        """
        counted = self._database.rows(
            "SELECT a.id, a.content_id, "
            "(SELECT COUNT(*) FROM segments s WHERE s.content_id = a.content_id) "
            "FROM json_each(?) j CROSS JOIN assets a ON a.id = j.value AND a.kind = ? "
            "ORDER BY j.key",
            (id_list(asset_ids), str(Kind.VIDEO)),
        )
        contents: dict[int, int] = {}
        total = 0
        for asset_id, content_id, count in counted:
            total += count
            if total > most and contents:
                break
            contents[asset_id] = content_id
        heard = spans_of(self._database, set(contents.values()), heard=True)
        seen = spans_of(self._database, heard)
        return {
            asset_id: SeenAndHeard(seen[content_id], heard[content_id])
            for asset_id, content_id in contents.items()
            if content_id in seen
        }
