"""The verbs about the work in the background."""

from __future__ import annotations

from collections.abc import Sequence

from assetman.core.progress import Pace, Progress
from assetman.engine.verbs import Verbs


class RunVerbs(Verbs):
    """Satisfies `RunApi`."""

    def index(self, root_ids: Sequence[int] | None = None) -> int:
        return self._workspace.pipeline.start(root_ids)

    def pause(self) -> None:
        self._workspace.pipeline.pause()

    def resume(self) -> None:
        self._workspace.pipeline.resume()

    def stop(self) -> None:
        self._workspace.pipeline.stop()

    def progress(self) -> Progress:
        return self._workspace.pipeline.progress()

    def set_pace(self, pace: Pace) -> None:
        self._workspace.set_pace(pace)

    def look_at(self, asset_ids: Sequence[int]) -> None:
        self._workspace.pipeline.look_at(asset_ids)
