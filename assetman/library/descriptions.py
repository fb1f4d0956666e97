"""What is written of whole files, in their tags and names, found by its words."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

from assetman.core.assets import PassageKind
from assetman.core.conditions import Condition
from assetman.core.queries import Filters
from assetman.library.database import Database
from assetman.library.filters import EVERYTHING, asked, passing
from assetman.library.values import id_list
from assetman.library.words import any_form, telling

_MOST = 4096  # contents that are looked at further


class Descriptions:
    """Finds assets by the words of a question that are in their descriptions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_words(
        self,
        typed: str,
        filters: Filters | Condition = EVERYTHING,
        among: Sequence[int] | None = None,
    ) -> dict[int, float]:
        """Give the assets that pass and have some of the words, each with its share of them.

        A share is 0..1, the whole question being 1; a word that many files have counts less.
        With `among`, of those assets.
        """
        words = telling(typed)
        shares: dict[int, float] = defaultdict(float)
        weights = 0.0
        for word in words:
            contents = self._having(word)
            weight = 1 / (1 + math.log1p(len(contents)))
            weights += weight
            for content in contents:
                shares[content] += weight
        if not shares:
            return {}
        best = sorted(shares, key=lambda content: (-shares[content], content))[:_MOST]
        where, values = passing(asked(filters), one=True)
        these = "" if among is None else "AND a.id IN (SELECT value FROM json_each(?)) "
        contents_of, assets = self._database.integers(
            "SELECT a.content_id AS c0, a.id AS c1 FROM json_each(?) j "
            "CROSS JOIN assets a INDEXED BY assets_by_content ON a.content_id = j.value "
            f"{these}WHERE {where}",
            [id_list(best), *(() if among is None else (id_list(among),)), *values],
        )
        return {
            asset: shares[content] / weights
            for content, asset in zip(contents_of.tolist(), assets.tolist(), strict=True)
        }

    def _having(self, word: str) -> list[int]:
        """Give the contents that have a word, in any of its forms, in their descriptions."""
        (contents,) = self._database.integers(
            "SELECT DISTINCT p.content_id AS c0 FROM written w "
            "CROSS JOIN passages p ON p.id = w.rowid >> 2 AND w.rowid & 3 = 0 "
            f"AND p.kind = '{PassageKind.DESCRIPTION}' WHERE w.written MATCH ?",
            (any_form(word),),
        )
        found: list[int] = contents.tolist()
        return found
