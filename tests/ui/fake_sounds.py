"""The part of the engine of the window's tests that knows what is said and heard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from assetman.core.assets import Passage
from assetman.core.errors import WrongUse
from assetman.core.models import ModelInfo, ModelState


class FakeSounds:
    """Satisfies `SpeechApi`, and what `SearchApi` says about passages."""

    _begin: Callable[..., None]
    spoken: dict[int, list[Passage]]  # by asset
    speech: str | None
    speech_rows: tuple[ModelInfo, ...] = (
        ModelInfo("tiny", "Tiny", "English, fast.", "MIT", 75 << 20, (), ModelState.INSTALLED),
    )

    def passages(self, asset_id: int) -> list[Passage]:
        self._begin("passages", asset_id)
        return self.spoken.get(asset_id, [])

    def speech_models(self) -> list[ModelInfo]:
        self._begin("speech_models")
        return [replace(row, active=row.name == self.speech) for row in self.speech_rows]

    def use_speech(self, name: str | None) -> int:
        self._begin("use_speech", name)
        if name is not None and not any(row.name == name for row in self.speech_rows):
            raise WrongUse(f"There is no model of speech called “{name}”.")
        self.speech = name
        return 1
