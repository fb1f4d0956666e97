"""What files say in words, and their sidecars: of those decoded before that was asked or changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace

from assetman.core.assets import Passage, PassageKind
from assetman.core.changes import Changes
from assetman.core.errors import BadInput, WrongUse
from assetman.core.progress import CancelToken
from assetman.ingest.awaiting import awaited, is_as_known
from assetman.ingest.speech import Turn
from assetman.library.lettering import Unread
from assetman.library.library import Library
from assetman.library.sidecars import Sidecar
from assetman.media.handler import Describer

_STAGE = "sidecar"  # of the failures of sidecars
_AT_ONCE = 32  # files; a moment, since nothing of them is decoded
_Said = Future[tuple[Passage, ...]]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A file that is asked, and what lies beside it."""

    item: Unread
    says: _Said
    sidecars: tuple[tuple[Sidecar, _Said], ...]

    @property
    def is_as_known(self) -> bool:
        """Whether all that was read is still what the library knows."""
        return is_as_known(self.item) and all(is_as_known(each) for each, _ in self.sidecars)


class DescribingPass:
    """Reads what is written in files and beside them where the library does not know it."""

    def __init__(
        self, library: Library, describer: Describer, publish: Callable[[Changes], None]
    ) -> None:
        self._library = library
        self._describer = describer
        self._publish = publish

    def run(self, turn: Turn) -> None:
        """Read until nothing is left, or something else is wanted. Raises Cancelled."""
        passed: list[int] = []
        while not turn.wanted():
            turn.gate(turn.token)
            waiting = self._library.lettering.undescribed(_AT_ONCE, passed)
            if not waiting:
                return
            passed += self._read(waiting, turn.token)

    def read(self, content_ids: Sequence[int], token: CancelToken) -> None:
        """Read what is not known of contents that were stored just now. Raises Cancelled.

        Of most of them all is known by then: only who has sidecars is asked once more.
        """
        waiting = self._library.lettering.undescribed(len(content_ids), (), content_ids)
        self._read(waiting, token)

    def _read(self, waiting: Sequence[Unread], token: CancelToken) -> list[int]:
        """Read some files; give the contents of those that are not what the library knows."""
        passed: list[int] = []
        changes = Changes()
        for asked in [self._ask(item) for item in waiting]:
            try:
                own = awaited(asked.says, token)
            except BadInput:
                own = ()  # there is nothing to be read in what it is now
            beside, failed = _read_beside(asked.sidecars, token)
            if not asked.is_as_known:  # a drive left, or it is another file by now
                passed.append(asked.item.content_id)
                continue
            changes |= self._keep(asked, joined(own, beside), failed)
        if changes:
            self._publish(changes)
        return passed

    def _ask(self, item: Unread) -> _Asked:
        sidecars = self._library.sidecars.of_content(item.content_id)
        says = tuple((each, self._describer.describe(each.path)) for each in sidecars)
        return _Asked(item, self._describer.describe(item.path), says)

    def _keep(self, asked: _Asked, said: Sequence[Passage], failed: dict[Sidecar, str]) -> Changes:
        library, item = self._library, asked.item
        ends = [replace(each, end=item.duration or each.end) for each in said]
        with library.writing():
            try:
                changes = Changes()
                for each, _ in asked.sidecars:
                    changes |= self._note(each, failed.get(each))
                changes |= library.lettering.describe(item.content_id, ends)
            except WrongUse:  # its root was removed meanwhile
                return Changes()
        return changes

    def _note(self, sidecar: Sidecar, problem: str | None) -> Changes:
        failures = self._library.failures
        if problem is None:
            return failures.clear_file(sidecar.root_id, sidecar.relative)
        return failures.add(
            sidecar.root_id, sidecar.relative, _STAGE, "bad input", problem,
            sidecar.size, sidecar.mtime_ns,
        )  # fmt: skip


def joined(own: Iterable[Passage], beside: Iterable[Iterable[Passage]]) -> list[Passage]:
    """Join what a file says with what its sidecars do, those of each of its copies.

    Where a sidecar speaks, the file is not asked: who edits it writes there. Names of who made
    it are all kept.
    """
    said = list(dict.fromkeys(each for passages in beside for each in passages))
    spoken = {each.kind for each in said} - {PassageKind.DESCRIPTION}
    return [each for each in own if each.kind not in spoken] + said


def _read_beside(
    sidecars: Iterable[tuple[Sidecar, _Said]], token: CancelToken
) -> tuple[list[list[Passage]], dict[Sidecar, str]]:
    """Give what the sidecars of each copy say, the last of them first, and which say nothing."""
    said: dict[int, list[Passage]] = {}
    failed: dict[Sidecar, str] = {}
    for sidecar, says in sidecars:
        try:
            found = awaited(says, token)
        except BadInput as error:
            failed[sidecar] = str(error)
            continue
        before = said.get(sidecar.asset_id, [])
        said[sidecar.asset_id] = joined(before, [found])
    return list(said.values()), failed
