"""The verbs about writing down what is said."""

from __future__ import annotations

from assetman.core.errors import WrongUse
from assetman.core.models import ModelInfo
from assetman.engine.verbs import Verbs


class SpeechVerbs(Verbs):
    """Satisfies `SpeechApi`."""

    def speech_models(self) -> list[ModelInfo]:
        return []

    def use_speech(self, name: str | None) -> int:
        if name is not None:
            raise WrongUse(f"There is no model of speech called “{name}”.")
        return self._workspace.pipeline.start(())
