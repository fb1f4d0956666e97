"""The verbs about ratings, tags, collections, and taking back what was done."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assetman.core.changes import Changes
from assetman.core.organising import Collection, History, Step, Tag
from assetman.engine.verbs import Verbs
from assetman.ingest.places import Place


class OrganisingVerbs(Verbs):
    """Satisfies `OrganisingApi`."""

    def rate(self, asset_ids: Sequence[int], rating: int) -> None:
        self._workspace.publish(self._library.tags.rate(asset_ids, rating))

    def tags(self) -> list[Tag]:
        return self._library.tags.all()

    def tag(self, asset_ids: Sequence[int], names: Sequence[str]) -> None:
        self._workspace.publish(self._library.tags.tag(asset_ids, names))

    def untag(self, asset_ids: Sequence[int], names: Sequence[str]) -> None:
        self._workspace.publish(self._library.tags.untag(asset_ids, names))

    def rename_tag(self, name: str, new_name: str) -> None:
        self._workspace.publish(self._library.tags.rename(name, new_name))

    def collections(self) -> list[Collection]:
        return self._library.collections.all()

    def make_collection(self, name: str, asset_ids: Sequence[int] = ()) -> Collection:
        collection, changes = self._library.collections.make(name, asset_ids)
        self._workspace.publish(changes)
        return collection

    def rename_collection(self, collection_id: int, name: str) -> None:
        self._workspace.publish(self._library.collections.rename(collection_id, name))

    def delete_collection(self, collection_id: int) -> None:
        self._workspace.publish(self._library.collections.delete(collection_id))

    def collect(self, collection_id: int, asset_ids: Sequence[int], inside: bool = True) -> None:
        collections = self._library.collections
        change = collections.put if inside else collections.take_out
        self._workspace.publish(change(collection_id, asset_ids))

    def history(self) -> History:
        return self._library.undo.history()

    def undo(self) -> Step | None:
        return self._go(self._workspace.copies.undo)

    def redo(self) -> Step | None:
        return self._go(self._workspace.copies.redo)

    def _go(self, step_of: Callable[[], tuple[Step | None, Changes]]) -> Step | None:
        """Take a step in the history; roots that came back or lie elsewhere are looked through."""
        before = self._places()
        step, changes = step_of()
        self._workspace.publish(changes)
        came = sorted(self._places() - before)
        if came:
            self._workspace.pipeline.refresh([Place(root_id) for root_id, _ in came])
        return step

    def _places(self) -> set[tuple[int, str]]:
        return {(root.id, root.path) for root in self._library.roots.all()}
