"""A little of the query language for the small engine in memory; no more than the window needs.

It knows `ext:`, `orientation:` and `size:`; of a value that makes no sense it makes a mistake.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from assetman.core.mistakes import Mistake
from assetman.core.queries import Query
from assetman.core.searches import Completion, Completions

if TYPE_CHECKING:
    from tests.ui.fake_engine import _Row

_TYPED = re.compile(r"(-?)(ext|orientation|size|camera|color|date|has|is|width):(\S*)")
_UNWANTED = re.compile(r"(?:^|(?<=\s))-\w+")
_SIZE = re.compile(r"([<>])(\d+)(b|kb|mb|gb)")
_UNITS = {"b": 1, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30}
_KEYS = ("tag:", "type:", "ext:", "size:", "camera:", "color:", "orientation:")


class FakeLanguage:
    """Conditions that are typed, what could be typed next, and mistakes."""

    rows: dict[int, _Row]
    _begin: Callable[..., None]

    # -- the verbs ----------------------------------------------------------------------

    def complete(self, text: str, cursor: int) -> Completions:
        self._begin("complete", (text, cursor))
        start = max(text.rfind(" ", 0, cursor), text.rfind("(", 0, cursor)) + 1
        word = text[start:cursor]
        key, colon, value = word.removeprefix("-").partition(":")
        if not colon:
            keys = [each for each in _KEYS if key and each.startswith(key)]
            return Completions(start, cursor, tuple(Completion(each, each) for each in keys))
        offered = [
            Completion(f"{key}:{name}", name, count)
            for name, count in self._values(key).most_common()
            if name.lower().startswith(value.lower())
        ]
        return Completions(start, cursor, tuple(offered))

    def as_text(self, query: Query) -> str:
        self._begin("as_text", query)
        kinds = [f"type:{kind}" for kind in query.filters.kinds]
        tags = [f"tag:{name}" for name in query.filters.tags]
        return " ".join(filter(None, [*kinds, *tags, query.text.strip()]))

    # -- inside -------------------------------------------------------------------------

    def _values(self, key: str) -> Counter[str]:
        rows = self.rows.values()
        if key == "ext":
            return Counter(row.asset.name.rpartition(".")[2].lower() for row in rows)
        if key == "tag":
            return Counter(name for row in rows for name in row.asset.tags)
        if key == "camera":
            return Counter({'"Assetman Painter"': len(self.rows)})
        if key == "orientation":
            return Counter(_shape(row) for row in rows)
        return Counter()

    def mistakes_in(self, text: str) -> tuple[Mistake, ...]:
        """Give the conditions that make no sense."""
        found = []
        for match in _TYPED.finditer(text):
            if match[2] == "size" and not _SIZE.fullmatch(match[3]):
                message = f"“{match[3]}” is no size: it is a number with kb, mb or gb."
                found.append(Mistake(match.start(), match.end(), message))
        return tuple(found)

    def passes_typed(self, row: _Row, text: str) -> bool:
        """Tell whether an asset fulfils the conditions of a question."""
        return all(_fulfils(row, m[2], m[3]) != (m[1] == "-") for m in _TYPED.finditer(text))


def without_conditions(text: str) -> str:
    """Give the rest of what was typed; what is not wanted finds nothing here."""
    return _UNWANTED.sub("", _TYPED.sub("", text)).strip(" ()")


def _fulfils(row: _Row, key: str, value: str) -> bool:
    if key == "ext":
        return row.asset.name.lower().endswith(f".{value.lower()}")
    if key == "orientation":
        return _shape(row) == value
    found = _SIZE.fullmatch(value) if key == "size" else None
    if found is None:
        return True
    bound = int(found[2]) * _UNITS[found[3]]
    return row.asset.size > bound if found[1] == ">" else row.asset.size < bound


def _shape(row: _Row) -> str:
    width, height = row.asset.width or 1, row.asset.height or 1
    return "landscape" if width > height else "portrait" if width < height else "square"
