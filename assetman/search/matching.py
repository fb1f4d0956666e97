"""What conditions mean, in plain Python; `library.filters` says the same in SQL.

Where something is not known of an asset, what tests it does not pass, and its opposite does.
"""

from __future__ import annotations

from collections.abc import Callable

from assetman.core.colors import NEAR, apart
from assetman.core.conditions import (
    All,
    Any,
    Condition,
    InCollection,
    InFolder,
    Key,
    Not,
    Test,
    asks_for_missing,
    folded,
    pattern,
)
from assetman.core.facts import AssetFacts
from assetman.library.words import holds


def counts(condition: Condition, facts: AssetFacts) -> bool:
    """Tell whether an asset is in the answer: missing ones are where they are asked for."""
    return matches(condition, facts) and (not facts.missing or asks_for_missing(condition))


def matches(condition: Condition, facts: AssetFacts) -> bool:
    """Tell whether an asset passes. Raises ValueError for `in:` with a name, not yet looked up."""
    if isinstance(condition, Not):
        return not matches(condition.part, facts)
    if isinstance(condition, All):
        return all(matches(part, facts) for part in condition.parts)
    if isinstance(condition, Any):
        return any(matches(part, facts) for part in condition.parts)
    if isinstance(condition, InFolder):
        inside = (facts.folder + "/").startswith(condition.path + "/") or not condition.path
        return facts.root_id == condition.root_id and inside
    if isinstance(condition, InCollection):
        return condition.id in facts.collections
    return _passes(condition, facts)


def _passes(test: Test, facts: AssetFacts) -> bool:
    span = test.span
    if span is not None:
        number = _NUMBERS[test.key](facts)
        return number is not None and number in span
    assert isinstance(test.value, str)
    if test.key is Key.IN:
        raise ValueError(f"which place “{test.value}” is has to be looked up first")
    return _TEXTS[test.key](test.value, facts)


def _glob(value: str, text: str | None) -> bool:
    return text is not None and pattern(value).fullmatch(folded(text)) is not None


def _is(what: str, facts: AssetFacts) -> bool:
    if what == "untagged":
        return not facts.tags
    if what in ("rated", "unrated"):
        return (facts.rating > 0) == (what == "rated")
    return {
        "missing": facts.missing,
        "offline": facts.offline,
        "duplicate": facts.duplicate,
    }[what]


def _named(name: str, names: frozenset[str]) -> bool:
    return folded(name.strip()) in {folded(each.strip()) for each in names}


_NUMBERS: dict[Key, Callable[[AssetFacts], float | None]] = {
    Key.RATING: lambda facts: facts.rating,
    Key.SIZE: lambda facts: facts.size,
    Key.WIDTH: lambda facts: facts.width,
    Key.HEIGHT: lambda facts: facts.height,
    Key.DURATION: lambda facts: facts.duration,
    Key.DATE: lambda facts: facts.moment,
}
_TEXTS: dict[Key, Callable[[str, AssetFacts], bool]] = {
    Key.TYPE: lambda value, facts: facts.kind == value,
    Key.TAG: lambda value, facts: _named(value, facts.tags),
    Key.NAME: lambda value, facts: _glob(value, facts.name),
    Key.EXT: lambda value, facts: facts.ext == folded(value),
    Key.CAMERA: lambda value, facts: _glob(value, facts.camera),
    Key.LENS: lambda value, facts: _glob(value, facts.lens),
    Key.COLOR: lambda value, facts: any(apart(value, each) <= NEAR for each in facts.colors),
    Key.ORIENTATION: lambda value, facts: facts.orientation == value,
    Key.HAS: lambda value, facts: bool(facts.tags) if value == "tags" else value in facts.has,
    Key.IS: _is,
    Key.TEXT: lambda value, facts: any(holds(text, value) for text in facts.text),
    Key.SAID: lambda value, facts: any(holds(text, value) for text in facts.said),
    Key.WRITTEN: lambda value, facts: any(
        holds(text, value, begun=False) for text in facts.written
    ),
}
