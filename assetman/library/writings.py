"""What is written about files, as SQL: which assets have it.

`written` is the index of all words. Its rowid says of what a row is: see the step 0007.
"""

from __future__ import annotations

from collections.abc import Iterable

from assetman.core.assets import PassageKind
from assetman.library.words import exact, phrase

PASSAGE, NAME, FOLDERS, TAG = range(4)  # the rest of a rowid when divided by four

SAID_KINDS = (PassageKind.SPEECH, PassageKind.SUBTITLE, PassageKind.CHAPTER)
READ_KINDS = (PassageKind.TEXT,)

_FOUND = "SELECT {} FROM written w {} WHERE w.written MATCH ? AND w.rowid & 3 = {}"
_OF_CONTENTS = "CROSS JOIN assets x INDEXED BY assets_by_content ON x.content_id = p.content_id"
_OF_TAGS = "CROSS JOIN asset_tags t INDEXED BY asset_tags_by_tag ON t.tag_id = w.rowid >> 2"


def said(words: str) -> tuple[str, list[str]]:
    """Give the select of the ids of assets in which words are said, and its values."""
    return _in_passages(SAID_KINDS), [phrase(words)]


def read(words: str) -> tuple[str, list[str]]:
    """Give the same of assets in whose pictures the words are read."""
    return _in_passages(READ_KINDS), [phrase(words)]


def written(words: str) -> tuple[str, list[str]]:
    """Give the same of assets about which exactly these words are written anywhere."""
    selects = (
        _in_passages(),
        _FOUND.format("w.rowid >> 2", "", NAME),
        _FOUND.format("w.rowid >> 2", "", FOLDERS),
        _FOUND.format("t.asset_id", _OF_TAGS, TAG),
    )
    return " UNION ALL ".join(selects), [exact(words)] * len(selects)


def listed(kinds: Iterable[PassageKind]) -> str:
    """Give kinds of passages as SQL lists them."""
    return ", ".join(f"'{kind}'" for kind in kinds)


def _in_passages(kinds: Iterable[PassageKind] = ()) -> str:
    these = f" AND p.kind IN ({listed(kinds)})" if kinds else ""
    joined = f"CROSS JOIN passages p ON p.id = w.rowid >> 2{these} {_OF_CONTENTS}"
    return _FOUND.format("x.id", joined, PASSAGE)
