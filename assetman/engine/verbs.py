"""What every group of the engine's verbs works with."""

from __future__ import annotations

from assetman.workspace import Workspace


class Verbs:
    """Some of what the engine can be asked, over one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._library = workspace.library
