"""Keeping one of several copies: the others go to the system's trash, and can come back."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress

from assetman.core.assets import Asset, AssetState, display
from assetman.core.changes import Changes
from assetman.core.errors import BadInput, EnvironmentProblem, WrongUse
from assetman.core.organising import Step
from assetman.library.journal import PERSON
from assetman.library.library import Library
from assetman.media.fingerprint import fingerprint, same_bytes
from assetman.search.duplicates import duplicate_groups
from assetman.trash import from_trash, to_trash

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
        places: dict[int, str | None] = {}
        try:
            with library.writing(PERSON):
                changes = library.duplicates.keeping(kept.id, kept.display_name, len(going))
                changes |= self._merge(kept, going)
                for asset in going:
                    places[asset.id] = self._to_trash(asset.path)
                changes |= library.duplicates.trashed(places)
                step = library.undo.history().undo
        except BaseException:
            self._return({asset.path: places[asset.id] for asset in going if asset.id in places})
            raise
        assert step is not None
        return step, changes

    def bring_back(self, step: Step) -> None:
        """Bring the files of a step back from the trash, before it is undone.

        What cannot come back is told in a notice; the rest of the step is undone all the same.
        Raises EnvironmentProblem where a folder is not there now: it can be undone when it is.
        """
        trashed = self._library.duplicates.trashed_in(step.transaction)
        if trashed is not None:
            for root in self._library.roots.all():
                inside = os.path.join(root.path, "")
                its = any(file.path.startswith(inside) for file in trashed.files)
                if its and not os.path.isdir(root.path):
                    raise EnvironmentProblem(
                        f"{display(root.name)} is not connected: its files cannot come back now."
                    )
            self._return({file.path: file.place for file in trashed.files})

    def send_again(self, step: Step) -> None:
        """Move the files of a step to the trash again, before it is done again.

        Raises as `keep` does.
        """
        trashed = self._library.duplicates.trashed_in(step.transaction)
        if trashed is None:
            return
        _, going = self._looked_at(trashed.kept, [file.id for file in trashed.files])
        places: dict[int, str | None] = {}
        try:
            for asset in going:
                places[asset.id] = self._to_trash(asset.path)
            self._library.duplicates.trashed_again(step.transaction, places)
        except BaseException:
            self._return({asset.path: places[asset.id] for asset in going if asset.id in places})
            raise

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
