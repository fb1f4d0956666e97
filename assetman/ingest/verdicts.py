"""What becomes of a file that could not be read, or is no longer what it was."""

from __future__ import annotations

import os
from collections.abc import Callable

from assetman.core.changes import Changes
from assetman.core.errors import BadInput, WrongUse
from assetman.ingest.agenda import Agenda
from assetman.ingest.reading import Reading
from assetman.ingest.scan import has_left
from assetman.ingest.tally import Tally
from assetman.library.contents import Pending
from assetman.library.library import Library
from assetman.media.fingerprint import fingerprint


class Verdicts:
    """Tells files at fault from files that left with their drive or were written to."""

    def __init__(
        self, library: Library, agenda: Agenda, tally: Tally, publish: Callable[[Changes], None]
    ) -> None:
        self._library = library
        self._agenda = agenda
        self._tally = tally
        self._publish = publish

    def is_outdated(self, item: Pending, opened: tuple[int, int, int] | None = None) -> bool:
        """Put off a file written to since it was surveyed: the next survey says what it is now.

        Put off one, too, that had another's name just when it was `opened`.
        """
        if _is_unchanged(item, opened):
            return False
        self._agenda.put_off(item)
        return True

    def is_elsewhere(self, item: Pending) -> bool:
        """Tell whether a file is gone with its root, and so did nothing wrong.

        A root whose drive was pulled out is offline; one that was relocated is read where it lies.
        """
        roots = self._library.roots
        try:
            root = roots.get(item.root_id).path
            if not item.path.startswith(os.path.join(root, "")):
                self._agenda.drop(item)
                self._agenda.clear()
                return True
            if not has_left(root, item.path):
                return False
            changes = roots.set_online(item.root_id, False)
        except WrongUse:
            return False  # the root was removed: `fail` knows
        self._agenda.drop(item)
        if changes:
            self._agenda.clear()
            self._publish(changes)
        return True

    def can_keep(self, reading: Reading) -> bool:
        """Tell whether what was read of a film is worth more than what is stored of it."""
        if not reading.segments or not os.path.lexists(reading.item.path):
            return False
        stored = self._library.segments.of_content(reading.item.content_id)
        return len(stored) <= len(reading.segments)

    def fail(self, item: Pending, stage: str, kind: str, message: str) -> None:
        """Give a file its row among the failures."""
        self._agenda.drop(item)
        library, size = self._library, item.size
        try:
            with library.writing():
                if not os.path.lexists(item.path):
                    # It may turn up elsewhere: no fault of its bytes, to be tried again there.
                    self._agenda.put_off(item)
                    row = library.known.at(item.root_id, [item.relative]).get(item.relative)
                    if row is None or row.missing or row.asset_id != item.asset_id:
                        return  # as a survey knows already
                    size = -1
                changes = library.failures.add(
                    item.root_id, item.relative, stage, kind, message, size, item.mtime_ns
                )
        except WrongUse:
            return  # its root was removed, or became part of another: then it comes up again
        self._tally.finished(1, item.size, failed=1)
        self._publish(changes)


def _is_unchanged(item: Pending, opened: tuple[int, int, int] | None) -> bool:
    """Tell whether the file at a path is the one that was surveyed, and that was `opened`.

    Files written in the same moment may have equal times and sizes, and then only the inode tells
    them apart. But some disks give new inodes each time they are plugged in: there the bytes tell.
    """
    try:
        stat = os.stat(item.path)
    except OSError:
        return True  # it was there to be decoded; that it is gone is the next survey's to say
    met = {(stat.st_size, stat.st_mtime_ns, stat.st_ino), *([opened] if opened else [])}
    if {each[:2] for each in met} != {(item.size, item.mtime_ns)}:
        return False
    inodes = {str(inode) for _, _, inode in met}
    if item.inode in inodes or item.inode == "0":
        return len(inodes) == 1
    try:
        return fingerprint(item.path).digest == item.key.partition("~")[0]
    except BadInput:
        return True  # as above
