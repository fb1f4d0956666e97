"""Single tests as SQL: each as a question to an asset at hand, or as the set of those that pass."""

from __future__ import annotations

import calendar
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import product
from typing import Any

import numpy as np

from assetman.core.assets import Kind, PassageKind
from assetman.core.colors import NEAR, chroma, lab, weights
from assetman.core.conditions import InCollection, InFolder, Key, Span, Test, folded
from assetman.core.facts import SQUARE
from assetman.core.organising import RATINGS
from assetman.library.duplicates import DUPLICATES
from assetman.library.names import identity
from assetman.library.values import readable, within
from assetman.library.writings import read, said, written

ALWAYS, NEVER = "+a.id > 0", "+a.id < 0"  # with plain 1 and 0 SQLite would find no index fit
_BOX = 16.0  # how long a box of CIE L*a*b* is each way
_RATED = "SELECT id FROM assets INDEXED BY assets_rated WHERE rating > 0"
_TAG = "(SELECT id FROM tags WHERE key = ?)"
_HELD = "CROSS JOIN assets x INDEXED BY assets_by_content ON x.content_id = p.content_id"
_OF_PASSAGES = (
    "SELECT x.id FROM (SELECT DISTINCT content_id FROM passages INDEXED BY passages_by_kind "
    f"WHERE kind = ?) p {_HELD}"
)
_HAS_PASSAGE = {
    "text": PassageKind.TEXT,
    "speech": PassageKind.SPEECH,
    "subtitles": PassageKind.SUBTITLE,
    "chapters": PassageKind.CHAPTER,
}
_WRITTEN = {Key.SAID: said, Key.TEXT: read, Key.WRITTEN: written}
_SPANS = {
    Key.SIZE: "a.size",
    Key.WIDTH: "a.width",
    Key.HEIGHT: "a.height",
    Key.DURATION: "a.duration",
}
_LANDSCAPE = f"a.width > a.height * {1 + SQUARE}"
_PORTRAIT = f"a.height > a.width * {1 + SQUARE}"
_SIDES = {
    "landscape": f"a.height > 0 AND {_LANDSCAPE}",
    "portrait": f"a.width > 0 AND {_PORTRAIT}",
    "square": f"a.width > 0 AND a.height > 0 AND NOT {_LANDSCAPE} AND NOT {_PORTRAIT}",
}

Values = list[Any]
_Choose = Callable[[float, float], float]


@dataclass(frozen=True, slots=True)
class Term:
    """A condition on the table `assets a`, with its values.

    `ids`, where there is one, selects the ids of all assets that pass, missing ones maybe among
    them. That is the better way where there are few; to ask one by one is, for a few at hand.
    """

    row: str
    values: Values
    ids: str | None = None
    of_ids: Values | None = None  # values of `ids`, where they are others


def term(leaf: Test | InFolder | InCollection) -> Term:
    """Give the SQL of a single test or place."""
    if isinstance(leaf, InFolder):
        return _in_folder(leaf)
    if isinstance(leaf, InCollection):
        return _member("collection_assets", "collection_id", "?", [leaf.id])
    value, wanted = leaf.value, leaf.span
    if wanted is not None:
        return _spanned(leaf.key, wanted)
    assert isinstance(value, str)
    if leaf.key in (Key.CAMERA, Key.LENS):
        gear = f"a.{leaf.key} IN (SELECT id FROM gear WHERE key GLOB ?)"
        return Term(gear, [_glob(value)])
    if leaf.key in (Key.SAID, Key.TEXT, Key.WRITTEN):
        return _written(leaf.key, value)
    return _PLAIN[leaf.key](value)


def span(column: str, wanted: Span) -> tuple[str, Values]:
    """Give the condition that a column lies within a span."""
    terms, values = [], []
    for bound, sign, included in (
        (wanted.least, ">", wanted.least_in),
        (wanted.most, "<", wanted.most_in),
    ):
        if bound is not None:
            terms.append(f"{column} {sign}{'=' * included} ?")
            values.append(bound)
    return " AND ".join(terms) or f"{column} IS NOT NULL", values


def color_box(lightness: float, a: float, b: float) -> int:
    """Number the box of CIE L*a*b* that a colour lies in."""
    cells = (int((part + offset) // _BOX) for part, offset in ((lightness, 0), (a, 256), (b, 256)))
    first, second, third = cells
    return (first * 64 + second) * 64 + third


def wall_clock(mtime: float) -> float:
    """Give what a clock on the wall showed at a time, read as UTC; seconds since the epoch."""
    try:
        local = datetime.fromtimestamp(mtime)
    except (OverflowError, OSError, ValueError):
        return mtime
    return calendar.timegm(local.timetuple()) + mtime % 1


def _spanned(key: Key, wanted: Span) -> Term:
    if key is Key.DATE:
        return _dated(wanted)
    if key is not Key.RATING:
        return Term(*span(_SPANS[key], wanted))
    row, values = span("a.rating", wanted)
    rated, _ = span("rating", wanted)
    if 0 in wanted:  # few are rated as a rule: those are named that do not pass
        others = f"a.id NOT IN ({_RATED} AND NOT ({rated}))"
        return Term(others, values)
    return Term(row, values, f"{_RATED} AND {rated}")


def _dated(wanted: Span) -> Term:
    """Compare with when a picture was taken, else with the wall clock here when it was changed.

    `moment` has both, and times of change are in UTC: only near the ends of the span it is
    looked up which of the two an asset has.
    """
    here = replace(wanted, least=_from_wall_clock(wanted.least), most=_from_wall_clock(wanted.most))
    if here == wanted:
        return Term(*span("a.moment", wanted))
    narrow = replace(_between(wanted, here, max, min), least_in=False, most_in=False)
    parts = [span("a.moment", each) for each in (_between(wanted, here, min, max), narrow)]
    parts += [span("a.moment", here), span("a.moment", wanted)]
    (maybe, _), (surely, _), (changed, _), (taken, _) = parts
    known = "(SELECT taken FROM contents t WHERE t.id = a.content_id)"
    row = f"{maybe} AND (({surely}) OR CASE WHEN {known} IS NULL THEN {changed} ELSE {taken} END)"
    return Term(row, [value for _, values in parts for value in values])


def _between(one: Span, other: Span, least: _Choose, most: _Choose) -> Span:
    """Give a span with, of the ends of two that are open at the same ends, those chosen."""
    ends = ((one.least, other.least, least), (one.most, other.most, most))
    low, high = (None if a is None or b is None else choose(a, b) for a, b, choose in ends)
    return Span(low, high)


def _from_wall_clock(wall: float | None) -> float | None:
    """Give the time at which a clock on the wall here shows what is, read as UTC, `wall`."""
    if wall is None:
        return None
    try:
        return datetime.fromtimestamp(wall, UTC).replace(tzinfo=None).timestamp()
    except (OverflowError, OSError, ValueError):
        return wall


def _in_folder(folder: InFolder) -> Term:
    if not folder.path:
        return Term("a.root_id = ?", [folder.root_id])
    bounds = [folder.root_id, *within(folder.path)]
    return Term("a.root_id = ? AND a.folder >= ? AND a.folder < ?", bounds)


def _member(table: str, column: str, which: str, values: Values) -> Term:
    """Give the test that an asset is in a table beside what `which` selects."""
    return Term(
        f"EXISTS (SELECT 1 FROM {table} x WHERE x.asset_id = a.id AND x.{column} = {which})",
        values,
        f"SELECT asset_id FROM {table} INDEXED BY {table}_by_{column.removesuffix('_id')} "
        f"WHERE {column} = {which}",
    )


def _has(what: str) -> Term:
    if what == "audio":
        return Term(f"(a.kind = '{Kind.AUDIO}' OR a.rate IS NOT NULL)", [])
    if what == "gps":
        return Term("a.placed", [])
    if what == "tags":
        tagged = "EXISTS (SELECT 1 FROM asset_tags x WHERE x.asset_id = a.id)"
        return Term(tagged, [], "SELECT asset_id FROM asset_tags")
    kind = [str(_HAS_PASSAGE[what])]
    has = (
        "EXISTS (SELECT 1 FROM passages x INDEXED BY passages_by_kind "
        "WHERE x.kind = ? AND x.content_id = a.content_id)"
    )
    return Term(has, kind, _OF_PASSAGES)


def _is(what: str) -> Term:
    if what == "missing":
        return Term("a.missing_since IS NOT NULL", [])
    if what == "offline":
        return Term("a.root_id IN (SELECT id FROM roots WHERE NOT online)", [])
    if what == "duplicate":
        return Term(f"a.id IN ({DUPLICATES})", [], DUPLICATES)
    if what == "untagged":
        return Term("NOT EXISTS (SELECT 1 FROM asset_tags x WHERE x.asset_id = a.id)", [])
    rated = Span(min(RATINGS), min(RATINGS)) if what == "unrated" else Span(1, max(RATINGS))
    return _spanned(Key.RATING, rated)


def _colored(color: str) -> Term:
    """Compare with the main colours as `colors.apart` does; of those only in the boxes around."""
    count, (lightness, a, b), much = weights(color), lab(color), chroma(color)
    reach = (NEAR / count.lightness, NEAR / count.chroma, NEAR / count.chroma)
    around = {
        color_box(*corner)
        for corner in product(
            *(
                np.arange(middle - far, middle + far + _BOX, _BOX).clip(max=middle + far).tolist()
                for middle, far in zip((lightness, a, b), reach, strict=True)
            )
        )
    }
    less = "(k.chroma - ?) * (k.chroma - ?)"
    near = (
        f"(k.lightness - ?) * (k.lightness - ?) * ? + {less} * ? + "
        f"MAX(0, (k.a - ?) * (k.a - ?) + (k.b - ?) * (k.b - ?) - {less}) * ? <= ?"
    )
    given = [
        *(lightness, lightness, count.lightness**2, much, much, count.chroma**2),
        *(a, a, b, b, much, much, count.hue**2, NEAR**2),
    ]
    return Term(
        f"EXISTS (SELECT 1 FROM colors k WHERE k.content_id = a.content_id AND {near})",
        given,
        "SELECT x.id FROM (SELECT DISTINCT k.content_id FROM colors k INDEXED BY colors_by_box "
        f"WHERE k.box IN (SELECT value FROM json_each(?)) AND {near}) p {_HELD}",
        [json.dumps(sorted(around)), *given],
    )


def _written(key: Key, words: str) -> Term:
    found, values = _WRITTEN[key](words)
    # Found once, before all else: the plus keeps SQLite from coming to assets by them.
    return Term(f"+a.id IN ({found})", [*values], found)


def _glob(value: str) -> str:
    """Give a pattern of NAME, CAMERA or LENS as GLOB takes it."""
    glob = value if "*" in value or "?" in value else f"*{value}*"
    return folded(readable(glob)).replace("[", "[[]")


_PLAIN: dict[Key, Callable[[str], Term]] = {
    Key.TYPE: lambda kind: Term("a.kind = ?", [kind]),
    Key.TAG: lambda name: _member("asset_tags", "tag_id", _TAG, [identity(name)]),
    Key.IN: lambda _: Term(NEVER, []),  # the planner knows which folder it is
    Key.NAME: lambda value: Term("a.folded GLOB ?", [_glob(value)]),
    Key.EXT: lambda ext: Term("a.ext = ?", [folded(readable(ext))]),
    Key.COLOR: _colored,
    Key.ORIENTATION: lambda sides: Term(f"({_SIDES[sides]})", []),
    Key.HAS: _has,
    Key.IS: _is,
}
