"""What a person adds to the assets of the small engine in memory, and how it is taken back.

`FakeOrganising` answers `OrganisingApi`. Each write notes how it is undone and done again with
`_note_step`; other parts of the small engine note theirs the same way.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from assetman.core.assets import AssetState
from assetman.core.changes import Changes
from assetman.core.errors import WrongUse
from assetman.core.organising import RATINGS, Collection, History, Step, Tag
from assetman.core.queries import Filters

if TYPE_CHECKING:
    from tests.ui.fake_engine import _Row

LONGEST = 200
_TYPED = re.compile(r'(-?)(tag|rating):("[^"]*"|\S+)')


@dataclass
class _Kept:
    """A collection and what is in it."""

    name: str
    inside: set[int] = field(default_factory=set)


@dataclass
class _Done:
    step: Step
    back: Callable[[], Changes]
    again: Callable[[], Changes]


class FakeOrganising:
    """Ratings, tags, collections, undo: the part of the engine that the person writes."""

    rows: dict[int, _Row]
    _begin: Callable[..., None]
    _id: Callable[[], int]
    emit: Callable[..., None]

    def begin_organising(self) -> None:
        """Start with nothing organised."""
        self.collection_rows: dict[int, _Kept] = {}
        self.done: list[_Done] = []
        self.undone: list[_Done] = []

    # -- the verbs ----------------------------------------------------------------------

    def rate(self, asset_ids: Sequence[int], rating: int) -> None:
        self._begin("rate", (tuple(asset_ids), rating))
        if rating not in RATINGS:
            raise WrongUse("A rating is a number from 0 to 5.")
        with self._writing(f"Rate {_files(asset_ids)} {rating}", asset_ids):
            for row in self._known(asset_ids):
                row.asset = replace(row.asset, rating=rating)

    def tags(self) -> list[Tag]:
        self._begin("tags")
        counts: dict[str, int] = {}
        for row in self.rows.values():
            for name in row.asset.tags:
                present = row.asset.state is not AssetState.MISSING
                counts[name] = counts.get(name, 0) + present
        return [Tag(name, counts[name]) for name in sorted(counts, key=str.casefold)]

    def tag(self, asset_ids: Sequence[int], names: Sequence[str]) -> None:
        self._begin("tag", (tuple(asset_ids), tuple(names)))
        shown = [self._as_known(_named(name, "tag")) for name in names]
        with self._writing(f"Tag {_files(asset_ids)} {', '.join(shown)}", asset_ids):
            for row in self._known(asset_ids):
                row.asset = replace(row.asset, tags=_joined((*row.asset.tags, *shown)))

    def untag(self, asset_ids: Sequence[int], names: Sequence[str]) -> None:
        self._begin("untag", (tuple(asset_ids), tuple(names)))
        off = {name.strip().casefold() for name in names}
        with self._writing(f"Untag {_files(asset_ids)} {', '.join(names)}", asset_ids):
            for row in self._known(asset_ids):
                kept = (name for name in row.asset.tags if name.casefold() not in off)
                row.asset = replace(row.asset, tags=tuple(kept))

    def rename_tag(self, name: str, new_name: str) -> None:
        self._begin("rename_tag", (name, new_name))
        new = _named(new_name, "tag")
        if new.casefold() != name.casefold():
            new = self._as_known(new)
        bear = [i for i, row in self.rows.items() if name.casefold() in _folded(row.asset.tags)]
        if not bear:
            raise WrongUse(f"There is no tag “{name}”.")
        with self._writing(f"Rename tag {name} to {new}", bear):
            for row in self._known(bear):
                kept = [other for other in row.asset.tags if other.casefold() != name.casefold()]
                row.asset = replace(row.asset, tags=_joined((*kept, new)))

    def collections(self) -> list[Collection]:
        self._begin("collections")
        rows = [self._collection(number) for number in self.collection_rows]
        return sorted(rows, key=lambda row: row.name.casefold())

    def make_collection(self, name: str, asset_ids: Sequence[int] = ()) -> Collection:
        self._begin("make_collection", (name, tuple(asset_ids)))
        name = self._free(name)
        number = self._id()
        with self._writing(f"Make collection {name}", ()):
            self.collection_rows[number] = _Kept(name, set(asset_ids))
        return self._collection(number)

    def rename_collection(self, collection_id: int, name: str) -> None:
        self._begin("rename_collection", (collection_id, name))
        kept = self._kept(collection_id)
        name = self._free(name, collection_id)
        with self._writing(f"Rename collection {kept.name} to {name}", ()):
            self.collection_rows[collection_id] = _Kept(name, kept.inside)

    def delete_collection(self, collection_id: int) -> None:
        self._begin("delete_collection", collection_id)
        kept = self._kept(collection_id)
        with self._writing(f"Delete collection {kept.name}", ()):
            del self.collection_rows[collection_id]

    def collect(self, collection_id: int, asset_ids: Sequence[int], inside: bool = True) -> None:
        self._begin("collect", (collection_id, tuple(asset_ids), inside))
        kept = self._kept(collection_id)
        both = kept.inside | set(asset_ids) if inside else kept.inside - set(asset_ids)
        with self._writing(f"Put {_files(asset_ids)} into {kept.name}", ()):
            self.collection_rows[collection_id] = _Kept(kept.name, both)

    def history(self) -> History:
        self._begin("history")
        last = self.done[-1].step if self.done else None
        return History(last, self.undone[-1].step if self.undone else None)

    def undo(self) -> Step | None:
        self._begin("undo")
        if not self.done:
            return None
        last = self.done.pop()
        self.undone.append(last)
        self.emit(last.back())
        return last.step

    def redo(self) -> Step | None:
        self._begin("redo")
        if not self.undone:
            return None
        last = self.undone.pop()
        self.done.append(last)
        self.emit(last.again())
        return last.step

    # -- inside -------------------------------------------------------------------------

    def _note_step(
        self, sentence: str, back: Callable[[], Changes], again: Callable[[], Changes]
    ) -> None:
        """Note what the person did; both functions put the engine's rows right again."""
        step = Step(len(self.done) + len(self.undone) + 1, time.time(), sentence)
        self.done.append(_Done(step, back, again))
        self.undone.clear()

    def passes_organised(self, row: _Row, filters: Filters) -> bool:
        """Say whether an asset has the tags, the rating and the collections asked for."""
        tags = _folded(row.asset.tags)
        least, most = filters.ratings or (0, 5)
        inside = [self.collection_rows[i].inside for i in filters.collections]
        return (
            all(name.casefold() in tags for name in filters.tags)
            and not any(name.casefold() in tags for name in filters.not_tags)
            and least <= row.asset.rating <= most
            and (not inside or any(row.asset.id in ids for ids in inside))
        )

    def _writing(self, sentence: str, asset_ids: Iterable[int]) -> _Writing:
        return _Writing(self, sentence, [i for i in asset_ids if i in self.rows])

    def _known(self, asset_ids: Iterable[int]) -> list[_Row]:
        return [self.rows[i] for i in asset_ids if i in self.rows]

    def _as_known(self, name: str) -> str:
        every = {other for row in self.rows.values() for other in row.asset.tags}
        return next((other for other in every if other.casefold() == name.casefold()), name)

    def _kept(self, collection_id: int) -> _Kept:
        if collection_id not in self.collection_rows:
            raise WrongUse("There is no such collection.")
        return self.collection_rows[collection_id]

    def _collection(self, number: int) -> Collection:
        kept = self.collection_rows[number]
        present = self._known(kept.inside)
        count = sum(row.asset.state is not AssetState.MISSING for row in present)
        return Collection(number, kept.name, count)

    def _free(self, name: str, own: int | None = None) -> str:
        name = _named(name, "collection")
        for number, kept in self.collection_rows.items():
            if number != own and kept.name.casefold() == name.casefold():
                raise WrongUse(f"There is a collection “{kept.name}” already.")
        return name


class _Writing:
    """One write of the person's: knows how things were before and after it."""

    def __init__(self, engine: FakeOrganising, sentence: str, asset_ids: list[int]) -> None:
        self._engine, self._sentence, self._ids = engine, sentence, asset_ids

    def __enter__(self) -> None:
        self._before = self._state()

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None:
            return
        before, after = self._before, self._state()
        self._engine._note_step(self._sentence, lambda: self._put(before), lambda: self._put(after))
        self._engine.emit(self._changes())

    def _state(self) -> tuple[dict[int, tuple[int, tuple[str, ...]]], dict[int, _Kept]]:
        assets = {i: self._engine.rows[i].asset for i in self._ids if i in self._engine.rows}
        kept = dict(self._engine.collection_rows)
        return {i: (asset.rating, asset.tags) for i, asset in assets.items()}, kept

    def _put(
        self, state: tuple[dict[int, tuple[int, tuple[str, ...]]], dict[int, _Kept]]
    ) -> Changes:
        assets, kept = state
        for asset_id, (rating, tags) in assets.items():
            row = self._engine.rows[asset_id]
            row.asset = replace(row.asset, rating=rating, tags=tags)
        self._engine.collection_rows = dict(kept)
        return self._changes()

    def _changes(self) -> Changes:
        return Changes(assets_changed=frozenset(self._ids), organised=True, history=True)


def typed_filters(text: str) -> tuple[str, Filters]:
    """Take `tag:` and `rating:` out of what was typed."""
    tags: list[str] = []
    not_tags: list[str] = []
    ratings: tuple[int, int] | None = None
    for minus, word, value in _TYPED.findall(text):
        value = value.strip('"')
        if word == "tag":
            (not_tags if minus else tags).append(value)
        else:
            number = int(value.lstrip("<>="))
            ratings = (number, 5) if value.startswith(">=") else (number, number)
    rest = _TYPED.sub("", text).strip()
    return rest, Filters(tags=tuple(tags), not_tags=tuple(not_tags), ratings=ratings)


def _named(name: str, what: str) -> str:
    name = name.strip()
    if not name or "\n" in name:
        raise WrongUse(f"A {what} needs a name of one line.")
    if len(name) > LONGEST:
        raise WrongUse(f"The name of a {what} has at most {LONGEST} characters.")
    return name


def _joined(names: Iterable[str]) -> tuple[str, ...]:
    by_folded: dict[str, str] = {}
    for name in names:
        by_folded.setdefault(name.casefold(), name)
    return tuple(sorted(by_folded.values(), key=str.casefold))


def _folded(names: Iterable[str]) -> set[str]:
    return {name.casefold() for name in names}


def _files(asset_ids: Sequence[int]) -> str:
    return "1 file" if len(asset_ids) == 1 else f"{len(asset_ids):,} files"
