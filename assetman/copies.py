"""Keeping one of several copies: the others go to the system's trash, and can come back."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace

from assetman.core.assets import Asset, AssetState, display
from assetman.core.changes import Changes
from assetman.core.errors import BadInput, EnvironmentProblem, WrongUse
from assetman.core.organising import Step
from assetman.library.journal import PERSON
from assetman.library.library import Library
from assetman.media.fingerprint import fingerprint, same_bytes
from assetman.search.duplicates import duplicate_groups
from assetman.trash import from_trash, in_trash, is_it, to_trash
from assetman.underway import Underway

Trash = Callable[[str], str | None]


class Copies:
    """What can be done about copies. Nothing is deleted, and the one kept is looked at first."""

    def __init__(self, library: Library, to_trash: Trash = to_trash) -> None:
        self._library = library
        self._to_trash = to_trash

    def keep(self, keep: int, others: Sequence[int]) -> tuple[Step, Changes]:
        """Keep one copy and move others to the trash, as one step that can be undone.

        What the person added to the others is added to the one kept. All of it is done or none:
        raises WrongUse for files that are no copies or no longer what the library knows, BadInput
        and EnvironmentProblem where a file cannot be read or moved.
        """
        kept, going = self._looked_at(keep, others)
        library = self._library
        with self._moving(going, PERSON):
            changes = library.duplicates.keeping(kept.id, kept.display_name, len(going))
            changes |= self._merge(kept, going)
            changes |= library.duplicates.trashed(self._send(going))
            step = library.undo.history().undo
        assert step is not None
        return step, changes

    def undo(self) -> tuple[Step | None, Changes]:
        """Undo the last step, after the files it moved to the trash were brought back.

        What cannot come back is told in a notice; the rest of the step is undone all the same.
        Raises EnvironmentProblem where a folder is not there now: it can be undone when it is.
        """
        library = self._library
        before = Underway.in_library(library)
        step = library.undo.history().undo
        trashed = None if step is None else library.duplicates.trashed_in(step.transaction)
        if step is not None and trashed is not None:
            self._check_connected(file.path for file in trashed.files)
            replace(before, undoing=step.transaction).keep(library)
            self._return({file.path: file.place for file in trashed.files})
        with library.writing():
            undone = library.undo.undo()
            replace(before, undoing=None).keep(library)
        return undone

    def redo(self) -> tuple[Step | None, Changes]:
        """Do the last step again that was undone, with the files it moves. Raises as `keep` does."""
        library = self._library
        step = library.undo.history().redo
        trashed = None if step is None else library.duplicates.trashed_in(step.transaction)
        if step is None or trashed is None:
            return library.undo.redo()
        _, going = self._looked_at(trashed.kept, [file.id for file in trashed.files])
        with self._moving(going):
            library.duplicates.trashed_again(step.transaction, self._send(going))
            return library.undo.redo()

    def recover(self) -> None:
        """Finish what was cut off when the library was last open: files on their way come back.

        What lies on a drive that is away is left for another start.
        """
        library = self._library
        begun = Underway.in_library(library)
        if begun == Underway():
            return
        with suppress(EnvironmentProblem):  # a drive is away, or the disk is full
            if begun.undoing is not None:
                step = library.undo.history().undo
                if step is not None and step.transaction == begun.undoing:
                    self.undo()
            self._settle(begun)

    @contextmanager
    def _moving(self, going: Sequence[Asset], origin: str | None = None) -> Iterator[None]:
        """Hold the transaction of a step that moves files; where it fails they come back."""
        library = self._library
        before = Underway.in_library(library)
        begun = before.and_to_trash(asset.path for asset in going)
        begun.keep(library)
        try:
            with library.writing(origin):
                yield
                before.keep(library)
        except BaseException:
            with suppress(EnvironmentProblem):  # the disk of the library may be full
                self._settle(begun)
            raise

    def _settle(self, begun: Underway) -> None:
        """Bring back what went, if its drive is here; otherwise it stays written down."""
        away = {path for path, _ in begun.files if self._root_away(path) is not None}
        gone = [(p, t) for p, t in begun.files if p not in away and not is_it(p, t)]
        self._return({path: in_trash(path, trace) for path, trace in gone})
        Underway(tuple(each for each in begun.files if each[0] in away)).keep(self._library)

    def _send(self, going: Sequence[Asset]) -> dict[int, str | None]:
        return {asset.id: self._to_trash(asset.path) for asset in going}

    def _check_connected(self, paths: Iterable[str]) -> None:
        for name in filter(None, map(self._root_away, paths)):
            raise EnvironmentProblem(
                f"{display(name)} is not connected: its files cannot come back now."
            )

    def _root_away(self, path: str) -> str | None:
        """Name the root of a path if it is not there now."""
        for root in self._library.roots.all():
            if path.startswith(os.path.join(root.path, "")) and not os.path.isdir(root.path):
                return root.name
        return None

    def _looked_at(self, keep: int, others: Sequence[int]) -> tuple[Asset, list[Asset]]:
        """Look at every file before anything is done; gives the one kept, and the others."""
        wanted = [asset_id for asset_id in dict.fromkeys(others) if asset_id != keep]
        if not wanted or len(wanted) < len(set(others)):
            raise WrongUse("Say which copy is kept, and which others are to go.")
        found = {asset.id: asset for asset in self._library.assets.get([keep, *wanted])}
        if len(found) < len(wanted) + 1:
            raise WrongUse("A file is no longer in the library; look at the duplicates again.")
        groups = ({c.asset_id for c in g.copies} for g in duplicate_groups(self._library))
        if not any(found.keys() <= group for group in groups):
            raise WrongUse("These files are not all copies of each other.")
        kept, going = found[keep], [found[asset_id] for asset_id in wanted]
        self._check_known(kept)
        numbers = {_number(kept)}
        for asset in going:
            self._check_known(asset)
            if _number(asset) in numbers:
                raise WrongUse(
                    f"{display(asset.path)} is another name of a file that is named here too: "
                    "to move one away could take the other with it."
                )
            numbers.add(_number(asset))
            same = asset.fingerprint == kept.fingerprint
            if same and not same_bytes(kept.path, asset.path):
                raise WrongUse(f"{_pair(kept, asset)} are no longer the same. Nothing was moved.")
        return kept, going

    def _check_known(self, asset: Asset) -> None:
        """Make sure that a file can be read and is still what was compared."""
        path = display(asset.path)
        if asset.state is not AssetState.PRESENT:
            raise WrongUse(f"{path} is not there just now. Nothing was moved.")
        with suppress(OSError, BadInput):
            content = self._library.contents.of_asset(asset.id)
            is_file = os.path.isfile(asset.path) and not os.path.islink(asset.path)
            if is_file and fingerprint(asset.path).digest == content.digest:
                return
        raise WrongUse(f"{path} is not as it was when it was compared. Nothing was moved.")

    def _merge(self, kept: Asset, going: Sequence[Asset]) -> Changes:
        """Give the one kept what the person added to the others."""
        library = self._library
        changes = Changes()
        tags = dict.fromkeys(tag for asset in going for tag in asset.tags)
        if tags:
            changes |= library.tags.tag([kept.id], list(tags))
        rating = max(asset.rating for asset in going)
        if rating > kept.rating:
            changes |= library.tags.rate([kept.id], rating)
        for collection in library.collections.holding([asset.id for asset in going]):
            changes |= library.collections.put(collection, [kept.id])
        return changes

    def _return(self, places: dict[str, str | None]) -> None:
        """Bring back what was moved of something that failed."""
        for path, place in places.items():
            if os.path.lexists(path) and not (place and os.path.lexists(place)):
                continue  # it is back already
            try:
                if place is not None:
                    from_trash(place, path)
                    continue
                problem = f"{display(path)} is in the system's trash, which can bring it back."
            except EnvironmentProblem as error:
                problem = str(error)
            with suppress(EnvironmentProblem):  # the disk of the library may be full
                self._library.add_notice(problem)


def _number(asset: Asset) -> tuple[int, int]:
    found = os.stat(asset.path)
    return found.st_dev, found.st_ino


def _pair(one: Asset, other: Asset) -> str:
    return f"{display(one.path)} and {display(other.path)}"
