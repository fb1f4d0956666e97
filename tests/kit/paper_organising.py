"""What a person adds to files, in memory: ratings, tags, collections, and a way back."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from assetman.core.assets import Asset, Root
from assetman.core.changes import Changes
from assetman.core.errors import WrongUse
from assetman.core.organising import RATINGS, Collection, History, Step, Tag
from assetman.core.searches import SmartSearch
from assetman.engine.protocol import Event


@dataclass(frozen=True)
class Shelf:
    """All that can be taken back, as it is at one moment."""

    assets: dict[int, Asset]
    roots: dict[int, Root]
    collections: dict[int, tuple[str, frozenset[int]]]
    searches: dict[int, SmartSearch]


class PaperOrganising:
    """Satisfies `OrganisingApi`; every act keeps what was before it."""

    _assets: dict[int, Asset]
    _roots: dict[int, Root]
    _searches: dict[int, SmartSearch]
    _tell: Callable[[Event], None]

    def _start_organising(self) -> None:
        self._collections: dict[int, tuple[str, frozenset[int]]] = {}
        self._undone: list[tuple[Step, Shelf, Shelf]] = []
        self._done: list[tuple[Step, Shelf, Shelf]] = []
        self._steps = 0

    def rate(self, asset_ids: Sequence[int], rating: int) -> None:
        if rating not in RATINGS:
            raise WrongUse("A rating is a number from 0 to 5.")
        with self._act(f"Rate {len(asset_ids)} files {rating}"):
            self._change(asset_ids, lambda asset: replace(asset, rating=rating))

    def tags(self) -> list[Tag]:
        counted = Counter(tag for asset in self._assets.values() for tag in asset.tags)
        return [Tag(name, number) for name, number in sorted(counted.items())]

    def tag(self, asset_ids: Sequence[int], names: Sequence[str]) -> None:
        if not all(name.strip() and "\n" not in name for name in names):
            raise WrongUse("A tag is a word or a few, in one line.")
        with self._act(f"Tag {len(asset_ids)} files {', '.join(names)}"):
            self._change(asset_ids, lambda asset: replace(asset, tags=tuple({*asset.tags, *names})))

    def untag(self, asset_ids: Sequence[int], names: Sequence[str]) -> None:
        gone = {name.casefold() for name in names}
        with self._act(f"Take {', '.join(names)} off {len(asset_ids)} files"):
            self._change(
                asset_ids,
                lambda asset: replace(
                    asset, tags=tuple(tag for tag in asset.tags if tag.casefold() not in gone)
                ),
            )

    def rename_tag(self, name: str, new_name: str) -> None:
        with self._act(f"Rename tag {name}"):
            bearing = [asset.id for asset in self._assets.values() if name in asset.tags]
            self._change(
                bearing,
                lambda asset: replace(asset, tags=tuple({*asset.tags, new_name} - {name})),
            )

    def collections(self) -> list[Collection]:
        rows = [
            Collection(number, name, len(assets))
            for number, (name, assets) in self._collections.items()
        ]
        return sorted(rows, key=lambda row: row.name)

    def make_collection(self, name: str, asset_ids: Sequence[int] = ()) -> Collection:
        if not name.strip() or name in {row.name for row in self.collections()}:
            raise WrongUse(f"There is a collection “{name}” already.")
        with self._act(f"Make collection {name}"):
            number = max(self._collections, default=0) + 1
            self._collections[number] = (name, frozenset(asset_ids))
        return Collection(number, name, len(set(asset_ids)))

    def rename_collection(self, collection_id: int, name: str) -> None:
        with self._act(f"Rename collection {name}"):
            self._collections[collection_id] = (name, self._collection(collection_id)[1])

    def delete_collection(self, collection_id: int) -> None:
        name, _ = self._collection(collection_id)
        with self._act(f"Delete collection {name}"):
            del self._collections[collection_id]

    def collect(self, collection_id: int, asset_ids: Sequence[int], inside: bool = True) -> None:
        name, assets = self._collection(collection_id)
        with self._act(f"Collect into {name}"):
            ids = frozenset(asset_ids)
            self._collections[collection_id] = (name, assets | ids if inside else assets - ids)

    def history(self) -> History:
        return History(
            self._done[-1][0] if self._done else None, self._undone[-1][0] if self._undone else None
        )

    def undo(self) -> Step | None:
        if not self._done:
            return None
        step, before, after = self._done.pop()
        self._undone.append((step, before, after))
        self._put(before)
        return step

    def redo(self) -> Step | None:
        if not self._undone:
            return None
        step, before, after = self._undone.pop()
        self._done.append((step, before, after))
        self._put(after)
        return step

    @contextmanager
    def _act(self, sentence: str) -> Iterator[None]:
        before = self._shelf()
        yield
        self._steps += 1
        self._done.append((Step(self._steps, time.time(), sentence), before, self._shelf()))
        self._undone.clear()
        self._tell(Changes(organised=True, history=True))

    def _change(self, asset_ids: Sequence[int], change: Callable[[Asset], Asset]) -> None:
        for number in asset_ids:
            if number in self._assets:
                self._assets[number] = change(self._assets[number])
        self._tell(Changes(assets_changed=frozenset(asset_ids)))

    def _collection(self, collection_id: int) -> tuple[str, frozenset[int]]:
        if collection_id not in self._collections:
            raise WrongUse("There is no such collection any more.")
        return self._collections[collection_id]

    def _shelf(self) -> Shelf:
        return Shelf(
            dict(self._assets), dict(self._roots), dict(self._collections), dict(self._searches)
        )

    def _put(self, shelf: Shelf) -> None:
        touched = frozenset(self._assets) | frozenset(shelf.assets)
        self._assets.clear()
        self._assets.update(shelf.assets)
        self._roots.clear()
        self._roots.update(shelf.roots)
        self._collections = dict(shelf.collections)
        self._searches = dict(shelf.searches)
        self._tell(
            Changes(assets_changed=touched, roots=True, organised=True, history=True, searches=True)
        )
