"""Questions as they are kept in the catalogue: JSON that later versions can still read."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from cattrs.errors import BaseValidationError, StructureHandlerNotFoundError
from cattrs.preconf.json import make_converter

from assetman.core.queries import Query

# What an earlier version wrote lacks fields, which have defaults, or has some no longer known.
_converter = make_converter(omit_if_default=True)
_converter.register_structure_hook(StrEnum, lambda value, kind: kind(value))


def asks(query: Query) -> bool:
    """Tell whether a question asks for anything: one without does not list everything here."""
    return bool(query.text.strip() or query.examples or query.filters)


def written(query: Query) -> str:
    """Give a question as it is kept: how many hits were wanted is not part of it."""
    kept = replace(query, text=query.text.strip(), limit=None)
    # Escaped to ASCII: the surrogates of a path that is not UTF-8 are no text to SQLite.
    return _converter.dumps(kept, ensure_ascii=True, separators=(",", ":"), sort_keys=True)


def read(text: str) -> Query | None:
    """Read a question that was kept; None where it makes no sense any more."""
    try:
        return _converter.loads(text, Query)
    except (BaseValidationError, StructureHandlerNotFoundError, ValueError, TypeError, KeyError):
        return None
