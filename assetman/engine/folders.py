"""The verbs about the folders of a library, their files that are gone, and what failed."""

from __future__ import annotations

import os
from collections.abc import Sequence

from assetman.core.assets import Failure, Folder, Root, display
from assetman.core.errors import EnvironmentProblem, WrongUse
from assetman.core.inputs import Modality
from assetman.core.queries import Filters
from assetman.engine.protocol import Status
from assetman.engine.verbs import Verbs
from assetman.ingest.places import Place
from assetman.ingest.scan import Reach, reach

_SAMPLE = 400  # files that are looked for where a root is said to lie


class FolderVerbs(Verbs):
    """Satisfies `RootsApi`."""

    def status(self) -> Status:
        library, workspace = self._library, self._workspace
        self._miss_drives()
        counts = library.assets.counts()
        spaces = library.spaces
        active, filling = spaces.active(Modality.IMAGE), spaces.filling(Modality.IMAGE)
        heard, hearing = spaces.active(Modality.SOUND), spaces.filling(Modality.SOUND)
        answering = [space.id for space in (active, heard) if space is not None]
        embeddings = [(s.space.key, library.embeddings.count(s.id)) for s in spaces.all()]
        return Status(
            library=str(workspace.folder),
            assets={kind.value: number for kind, number in counts.by_kind.items()},
            segments=library.segments.count(),
            embeddings={key: number for key, number in embeddings if number},
            missing=counts.missing,
            offline=counts.offline,
            failed=library.failures.count(),
            waiting=library.contents.count_pending(answering)[0],
            roots=tuple(library.roots.all()),
            model=active.space.model if active else "",
            filling=filling.space.model if filling else None,
            sound_model=heard.space.model if heard else "",
            sound_filling=hearing.space.model if hearing else None,
            speech=workspace.transcribing.chosen,
            text=workspace.lettering.on,
            read_only=library.read_only,
            device=workspace.encoders.device(),
            ignored=library.failures.count_ignored(),
            watches=workspace.watches(),
            pace=workspace.pace.chosen,
            notices=library.notices(),
            keep_missing_days=workspace.settings.keep_missing_days,
        )

    def roots(self) -> list[Root]:
        self._miss_drives()
        return self._library.roots.all()

    def folders(self, root_id: int) -> list[Folder]:
        return self._library.roots.folders(root_id)

    def add_root(self, path: str) -> Root:
        folder = self._own_folder(path)
        root, changes = self._library.roots.add(folder)
        self._workspace.publish(changes)
        return root

    def remove_root(self, root_id: int) -> None:
        self._workspace.publish(self._library.roots.remove(root_id))

    def relocate_root(self, root_id: int, path: str) -> Root:
        folder = self._own_folder(path)
        root = self._library.roots.get(root_id)
        for other in self._library.roots.all():
            if other.id != root_id and _touch(other.path, folder):
                raise WrongUse(
                    f"{display(folder)} cannot be the new place of {root.name}: "
                    f"{display(other.path)} is a folder of the library already."
                )
        if folder != root.path and not self._holds_files_of(root, folder):
            raise WrongUse(
                f"{display(folder)} holds none of the files of {root.name}, so it is not the same "
                "folder. To search it as well, add it."
            )
        changes = self._library.roots.relocate(root_id, folder)
        changes |= self._library.roots.set_online(root_id, True)
        self._workspace.publish(changes)
        self._workspace.pipeline.refresh([Place(root_id)])
        return self._library.roots.get(root_id)

    def forget_missing(self, asset_ids: Sequence[int] | None = None) -> None:
        gone = self._library.assets.ids(Filters(missing=True))
        if asset_ids is not None:
            wanted = set(asset_ids)
            gone = [asset_id for asset_id in gone if asset_id in wanted]
        self._workspace.forget(gone)

    def failures(self) -> list[Failure]:
        return self._library.failures.all()

    def retry(self, failure_ids: Sequence[int] | None = None) -> int:
        wanted = None if failure_ids is None else set(failure_ids)
        tried = [
            failure
            for failure in self._library.failures.all()
            if (not failure.ignored if wanted is None else failure.id in wanted)
        ]
        # A file that is another by now is looked at first; what it was before is not tried.
        same = [failure.id for failure in tried if not self._has_changed(failure)]
        self._workspace.publish(self._library.failures.clear(same))
        self._workspace.pipeline.resume()  # it was asked for by hand
        return self._workspace.pipeline.refresh(list(dict.fromkeys(map(self._place_of, tried))))

    def ignore_failures(self, failure_ids: Sequence[int], ignored: bool = True) -> None:
        self._workspace.publish(self._library.failures.ignore(failure_ids, ignored))

    def dismiss_notices(self) -> None:
        self._library.dismiss_notices()

    def check(self) -> list[str]:
        return self._library.check()

    def _miss_drives(self) -> None:
        """Let folders that are not there be offline, where no watcher would notice."""
        if self._workspace.watches() or self._library.read_only:
            return
        for root in self._library.roots.all():
            if root.online and reach(root.path) is Reach.AWAY:
                self._workspace.publish(self._library.roots.set_online(root.id, False))

    def _own_folder(self, path: str) -> str:
        """Give the real path of a folder that may be a root; raises where there is none."""
        folder = os.path.realpath(path)
        if not os.path.isdir(folder):
            raise EnvironmentProblem(f"There is no folder {display(path)}.")
        own = os.path.realpath(self._workspace.folder)
        if folder == own or folder.startswith(own + os.sep):
            raise WrongUse("This folder holds Assetman's own library and cannot be added to it.")
        return folder

    def _holds_files_of(self, root: Root, folder: str) -> bool:
        """Look for some of a root's files in a folder, by path and size."""
        rows = [row for row in self._library.assets.known(root.id).values() if not row.missing]
        if not rows:
            return True
        step = max(1, len(rows) // _SAMPLE)
        for row in rows[::step]:
            try:
                if os.stat(os.path.join(folder, *row.path.split("/"))).st_size == row.size:
                    return True
            except (OSError, ValueError):
                continue
        return False

    def _has_changed(self, failure: Failure) -> bool:
        """Tell whether a file is no longer as it was when it failed."""
        if failure.stage == "scan":
            return False
        relative = self._relative(failure)
        then = self._library.failures.known(failure.root_id).get(relative)
        try:
            found = os.stat(failure.path)
        except OSError:
            return False
        return then is not None and then != (found.st_size, found.st_mtime_ns)

    def _place_of(self, failure: Failure) -> Place:
        relative = self._relative(failure)
        if failure.stage == "scan":  # perhaps a folder
            return Place(failure.root_id, relative.rpartition("/")[0], deep=True)
        return Place(failure.root_id, relative.rpartition("/")[0], deep=False)

    def _relative(self, failure: Failure) -> str:
        root = self._library.roots.get(failure.root_id)
        relative = os.path.relpath(failure.path, root.path)
        return "" if relative == os.curdir else relative.replace(os.sep, "/")


def _touch(one: str, other: str) -> bool:
    """Tell whether one folder is the other, or lies in it."""
    one, other = (os.path.join(os.path.normcase(path), "") for path in (one, other))
    return one.startswith(other) or other.startswith(one)
