"""The engine's verbs over a workspace, in the process that holds it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from assetman.engine.duplicates import DuplicateVerbs
from assetman.engine.exports import ExportVerbs
from assetman.engine.folders import FolderVerbs
from assetman.engine.lettering import TextVerbs
from assetman.engine.models import ModelVerbs
from assetman.engine.organising import OrganisingVerbs
from assetman.engine.protocol import Listener
from assetman.engine.questions import QuestionVerbs
from assetman.engine.runs import RunVerbs
from assetman.engine.searches import SearchesVerbs
from assetman.engine.speech import SpeechVerbs
from assetman.workspace import Workspace


class EngineService(
    FolderVerbs,
    RunVerbs,
    QuestionVerbs,
    SearchesVerbs,
    OrganisingVerbs,
    DuplicateVerbs,
    ExportVerbs,
    ModelVerbs,
    SpeechVerbs,
    TextVerbs,
):
    """Satisfies `EngineApi`, and `process.Served` where it is a process of its own."""

    @classmethod
    def open(cls, folder: Path) -> EngineService:
        """Open the library in `folder` in this process; raises as `Workspace.open` does."""
        return cls(Workspace.open(folder))

    def watch(self) -> None:
        """Follow what happens in the roots from now on."""
        self._workspace.watch()

    def on_damage(self, tell: Callable[[str], None]) -> None:
        """Call `tell`, from any thread, when the catalogue turns out to be damaged."""
        self._library.on_damage(tell)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        return self._workspace.subscribe(listener)

    def close(self) -> None:
        self._exports.close()
        self._workspace.close()
