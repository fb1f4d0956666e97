"""Where a moment of a video is looked at: in the details beside the grid, or large."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from assetman.core.moments import Moment
from assetman.core.queries import Hit
from assetman.ui.content import ContentArea
from assetman.ui.grid import Inspector
from assetman.ui.listening.audition import is_sound


class Playing(QObject):
    """Takes the moments that the grid names to whoever plays them."""

    moment_chosen = Signal(list)  # asset ids whose moment is another now

    def __init__(self, content: ContentArea, inspector: Inspector, parent: QObject) -> None:
        super().__init__(parent)
        self._content = content
        self._inspector = inspector
        self._moment: tuple[int, Moment] | None = None
        grid = content.grid
        grid.play_wanted.connect(self._play)
        grid.large_wanted.connect(content.play_large)
        grid.moment_chosen.connect(self._choose)
        grid.shots.silence = inspector.silence
        inspector.large_wanted.connect(content.play_large)
        content.large.sounded.connect(inspector.video.player.silence)
        inspector.sounded.connect(content.large.video.player.silence)

    def look_at(self, asset_ids: Sequence[int], hits: Mapping[int, Hit]) -> dict[int, Hit]:
        """Give hits as they are to be shown: that of a video at the moment that was chosen."""
        shown = dict(hits)
        if self._moment is not None:
            asset_id, moment = self._moment
            if list(asset_ids) == [asset_id]:
                shown[asset_id] = _at(shown.get(asset_id), asset_id, moment)
            else:
                self._moment = None
        return shown

    def _choose(self, asset_id: int, moment: Moment | None) -> None:
        if moment is None:
            self._moment = None
            return
        self._moment = (asset_id, moment)
        self.moment_chosen.emit([asset_id])

    def _play(self, asset_id: int, start: float) -> None:
        if is_sound(self._content.grid.assets.store.get(asset_id)):
            self._content.grid.audition_wanted.emit(asset_id)
            return
        alone = self._content.grid.selected_ids() == [asset_id]
        if alone and self._inspector.isVisible():
            self._inspector.play(asset_id, start)
        else:
            self._content.play_large(asset_id, start)


def _at(hit: Hit | None, asset_id: int, moment: Moment) -> Hit:
    """Give a hit at another of its video's moments; in a plain list there was none."""
    if hit is None:
        hit = Hit(asset_id, 0.0)
    score = hit.score if moment.score is None else moment.score
    return replace(
        hit, segment_id=moment.segment_id, start=moment.start, end=moment.end, score=score
    )
