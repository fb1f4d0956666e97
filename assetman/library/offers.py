"""What a library has to offer where a filter is typed: its cameras, lenses, endings and kinds."""

from __future__ import annotations

from assetman.core.conditions import Key
from assetman.library.database import Database

_GEAR = (
    "SELECT g.name, n FROM (SELECT {0} AS id, COUNT(*) AS n FROM assets INDEXED BY assets_by_{0} "
    "WHERE missing_since IS NULL AND {0} IS NOT NULL GROUP BY {0}) x "
    "CROSS JOIN gear g ON g.id = x.id"
)
_COUNTED = {
    Key.CAMERA: _GEAR.format("camera"),
    Key.LENS: _GEAR.format("lens"),
    Key.EXT: (
        "SELECT ext, COUNT(*) AS n FROM assets INDEXED BY assets_by_ext "
        "WHERE missing_since IS NULL AND ext > '' GROUP BY ext"
    ),
    Key.TYPE: (
        "SELECT kind, COUNT(*) AS n FROM assets INDEXED BY assets_by_facts "
        "WHERE missing_since IS NULL GROUP BY kind"
    ),
}


class Offers:
    """Lists the values that a key of the language has in this library."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def values(self, key: Key, limit: int = 1000) -> list[tuple[str, int]]:
        """Give values of CAMERA, LENS, EXT or TYPE, each with its assets; the most common first.

        Of other keys nothing is listed here: tags, folders and collections know themselves.
        """
        sql = _COUNTED.get(key)
        if sql is None:
            return []
        rows = self._database.rows(f"{sql} ORDER BY n DESC, 1 LIMIT ?", (limit,))
        return [(name, count) for name, count in rows]
