"""Everything that is written about files, found by the words of a question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from assetman.core.assets import PassageKind
from assetman.core.conditions import EVERYTHING, Condition
from assetman.core.queries import Filters
from assetman.library.database import Database
from assetman.library.filters import asked, passing
from assetman.library.quotations import Quotation, Quotations
from assetman.library.values import id_list
from assetman.library.words import any_form, telling
from assetman.library.writings import FOLDERS, NAME, PASSAGE, TAG

_AT_ONCE = 4096  # assets that are looked at further
_ENOUGH = 512  # assets that are given
_MOST_ROWS = 100_000  # in which a word is met; what is met more often says little
_MOST_PASSAGES = 8192  # of those that are looked up
_BEGUN = 3  # letters of a last word that may be only begun
_HALF = 0.5  # what a word says that is only begun
# How much a word says where it stands. What is said in a film is about a moment of it.
_FOLDER = 0.6
_WEIGHTS = {
    PassageKind.TITLE: 1.0,
    PassageKind.CAPTION: 1.0,
    PassageKind.KEYWORD: 1.0,
    PassageKind.PERSON: 1.0,
    PassageKind.PLACE: 0.8,
    PassageKind.DESCRIPTION: 1.0,
    PassageKind.CHAPTER: 0.8,
    PassageKind.SUBTITLE: 0.5,
    PassageKind.SPEECH: 0.5,
    PassageKind.TEXT: 0.6,
}
# Words of these count together only where they stand in one passage.
_APART = (PassageKind.CHAPTER, PassageKind.SUBTITLE, PassageKind.SPEECH, PassageKind.TEXT)
_KINDS = tuple(_WEIGHTS)
_CASES = " ".join(f"WHEN '{kind}' THEN {place}" for place, kind in enumerate(_KINDS))
_BEARERS = (
    f"SELECT t.asset_id AS c0, t.tag_id * 4 + {TAG} AS c1 FROM json_each(?) j "
    "CROSS JOIN asset_tags t INDEXED BY asset_tags_by_tag ON t.tag_id = j.value"
)
_HOLDERS = (
    f"SELECT a.id AS c0, p.id * 4 + {PASSAGE} AS c1, CASE p.kind {_CASES} END AS c2 "
    "FROM json_each(?) j CROSS JOIN passages p ON p.id = j.value "
    "CROSS JOIN assets a INDEXED BY assets_by_content ON a.content_id = p.content_id"
)
_OF_KIND = np.array([_WEIGHTS[kind] for kind in _KINDS])
_IS_APART = np.array([kind in _APART for kind in _KINDS])


@dataclass(frozen=True, slots=True)
class Told:
    """How much of a question is written about an asset, and in which rows of the index."""

    strength: float  # 0..1; 1: every word, where words say most
    rows: tuple[tuple[int, float], ...]  # with what each gave of it, the most telling first


@dataclass(frozen=True, slots=True)
class _Met:
    """Where words are met: a row for each word, asset and row of the index."""

    words: np.ndarray  # (n,) int64, by their places in the question
    assets: np.ndarray  # (n,) int64
    rows: np.ndarray  # (n,) int64
    weights: np.ndarray  # (n,) float64
    apart: np.ndarray  # (n,) bool

    def take(self, places: np.ndarray) -> _Met:
        """Give some of it, in the order of their places or where a mask is true."""
        return _Met(*(column[places] for column in self.columns))

    @property
    def columns(self) -> tuple[np.ndarray, ...]:
        return self.words, self.assets, self.rows, self.weights, self.apart

    @classmethod
    def joined(cls, several: Iterable[_Met]) -> _Met:
        """Put several behind each other."""
        columns = zip(*(each.columns for each in several), strict=True)
        return cls(*(np.concatenate(column) for column in columns))


class FullText:
    """Finds assets by what is written about them: names, folders, tags, passages."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._quotations = Quotations(database)

    def of_words(
        self,
        typed: str,
        filters: Filters | Condition = EVERYTHING,
        among: Sequence[int] | None = None,
    ) -> dict[int, Told]:
        """Give the assets that pass and have some of the words, the strongest 512.

        A word counts in any of its forms; the last may be only begun. The rarer it is in the
        library, the more it counts (as in BM25). With `among`, of those assets.
        """
        words = telling(typed)
        if not words:
            return {}
        met = _Met.joined(
            self._meeting(place, word, last=place == len(words) - 1)
            for place, word in enumerate(words)
        )
        total = int(self._database.value("SELECT MAX(id) FROM assets") or 0)
        rarity = np.array([_rarity(met.assets[met.words == i], total) for i in range(len(words))])
        if among is not None:
            met = met.take(np.isin(met.assets, np.asarray(among, np.int64)))
        met = _telling_most(replace(met, weights=met.weights * (rarity / rarity.sum())[met.words]))
        assets, first = np.unique(met.assets, return_index=True)
        strengths = np.add.reduceat(met.weights, first) if len(first) else met.weights
        ranked = assets[np.lexsort((assets, -strengths))]
        found: list[int] = []
        for start in range(0, len(ranked), _AT_ONCE):
            found += self._passing(ranked[start : start + _AT_ONCE], filters)
            if len(found) >= _ENOUGH:
                break
        return _told(met, found[:_ENOUGH])

    def quotations(self, typed: str, told: Mapping[int, Told]) -> dict[int, tuple[Quotation, ...]]:
        """Give the texts that tell of assets, with the words in them, the most telling first."""
        return self._quotations.of(typed, {asset: each.rows for asset, each in told.items()})

    def texts_of(self, asset_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
        """Give all that is written about assets, as the index has it."""
        found: dict[int, list[str]] = {asset: [] for asset in asset_ids}
        ids = id_list(found)
        for asset, text in self._database.rows(
            "SELECT a.id, w.text FROM json_each(?) j CROSS JOIN assets a ON a.id = j.value "
            f"CROSS JOIN written w ON w.rowid IN (a.id * 4 + {NAME}, a.id * 4 + {FOLDERS}) "
            "UNION ALL SELECT a.id, w.text FROM json_each(?) j "
            "CROSS JOIN assets a ON a.id = j.value "
            "CROSS JOIN passages p INDEXED BY passages_by_content ON p.content_id = a.content_id "
            f"CROSS JOIN written w ON w.rowid = p.id * 4 + {PASSAGE} "
            "UNION ALL SELECT t.asset_id, w.text FROM json_each(?) j "
            "CROSS JOIN asset_tags t ON t.asset_id = j.value "
            f"CROSS JOIN written w ON w.rowid = t.tag_id * 4 + {TAG}",
            (ids, ids, ids),
        ):
            found[asset].append(text)
        return {asset: tuple(texts) for asset, texts in found.items()}

    def _meeting(self, place: int, word: str, last: bool) -> _Met:
        """Find where a word is met, the last one of a question by its beginning too."""
        met = self._of_rows(place, self._rows(any_form(word)))
        if not last or len(word) < _BEGUN:
            return met
        begun = self._of_rows(place, np.setdiff1d(self._rows(f'"{word}" *'), met.rows))
        return _Met.joined([met, replace(begun, weights=begun.weights * _HALF)])

    def _rows(self, expression: str) -> np.ndarray:
        (rows,) = self._database.integers(
            "SELECT rowid AS c0 FROM (SELECT w.rowid FROM written w WHERE w.written MATCH ? "
            f"LIMIT {_MOST_ROWS})",
            [expression],
        )
        return rows

    def _of_rows(self, place: int, rows: np.ndarray) -> _Met:
        """Give the assets that rows of the index are about."""
        part = rows & 3
        own = rows[(part == NAME) | (part == FOLDERS)]
        bearers, tags = self._joined(_BEARERS, rows[part == TAG])
        holders, passages, kinds = self._joined(_HOLDERS, rows[part == PASSAGE][:_MOST_PASSAGES])
        weights = [np.where(own & 3 == FOLDERS, _FOLDER, 1.0), np.ones(len(tags)), _OF_KIND[kinds]]
        apart = [np.zeros(len(own) + len(tags), bool), _IS_APART[kinds]]
        assets = np.concatenate([own >> 2, bearers, holders])
        return _Met(
            np.full(len(assets), place, np.int64),
            assets,
            np.concatenate([own, tags, passages]),
            np.concatenate(weights),
            np.concatenate(apart),
        )

    def _joined(self, sql: str, rows: np.ndarray) -> list[np.ndarray]:
        """Join rows of the index with what they are about; most words have none of a kind."""
        if not len(rows):
            return [rows] * sql.count(" AS c")
        return self._database.integers(sql, [id_list(rows >> 2)])

    def _passing(self, assets: np.ndarray, filters: Filters | Condition) -> list[int]:
        """Give those of the assets that pass, in their order."""
        where, values = passing(asked(filters), one=True)
        (there,) = self._database.integers(
            "SELECT a.id AS c0 FROM json_each(?) j CROSS JOIN assets a ON a.id = j.value "
            f"WHERE {where}",
            [id_list(assets), *values],
        )
        kept: list[int] = assets[np.isin(assets, there)].tolist()
        return kept


def _rarity(assets: np.ndarray, total: int) -> float:
    """Weigh a word by how few assets have it, as BM25 does."""
    having = len(np.unique(assets))
    return float(np.log1p((max(0, total - having) + 0.5) / (having + 0.5)))


def _telling_most(met: _Met) -> _Met:
    """Keep of each asset and word the row that gives most, by their assets.

    What is said or read in a file at some time counts in its best passage only.
    """
    met = met.take(~met.apart | _in_best_passage(met))
    met = met.take(np.lexsort((met.rows, -met.weights, met.words, met.assets)))
    return met.take(_is_first(met.assets, met.words))


def _in_best_passage(met: _Met) -> np.ndarray:
    """Tell of what is met at some time whether it is in the passage that gives the asset most."""
    (places,) = np.nonzero(met.apart)
    best = np.zeros(len(met.apart), bool)
    if len(places):
        places = places[np.lexsort((met.rows[places], met.assets[places]))]
        assets, rows = met.assets[places], met.rows[places]
        starts = np.flatnonzero(_is_first(assets, rows))
        sums = np.add.reduceat(met.weights[places], starts)
        order = np.lexsort((rows[starts], -sums, assets[starts]))
        chosen = np.zeros(len(starts), bool)
        chosen[order[_is_first(assets[starts][order])]] = True
        best[places] = np.repeat(chosen, np.diff(np.append(starts, len(places))))
    return best


def _is_first(*sorted_columns: np.ndarray) -> np.ndarray:
    """Tell of each row whether it begins a run of equal ones."""
    first = np.ones(len(sorted_columns[0]), bool)
    if len(first):
        first[1:] = np.any([np.diff(column) != 0 for column in sorted_columns], axis=0)
    return first


def _told(met: _Met, found: Sequence[int]) -> dict[int, Told]:
    """Say of assets how much is told about them, and where."""
    met = met.take(np.isin(met.assets, np.asarray(found, np.int64)))
    given: dict[int, dict[int, float]] = {asset: {} for asset in found}
    for asset, row, weight in zip(
        met.assets.tolist(), met.rows.tolist(), met.weights.tolist(), strict=True
    ):
        given[asset][row] = given[asset].get(row, 0.0) + weight
    return {
        asset: Told(sum(rows.values()), tuple(sorted(rows.items(), key=lambda each: -each[1])))
        for asset, rows in given.items()
    }
