"""The verbs about writing down what is said."""

from __future__ import annotations

from assetman.core.models import ModelInfo
from assetman.engine.verbs import Verbs


class SpeechVerbs(Verbs):
    """Satisfies `SpeechApi`."""

    def speech_models(self) -> list[ModelInfo]:
        return self._workspace.transcribing.infos()

    def add_speech_model(self, source: str, name: str | None = None) -> ModelInfo:
        return self._workspace.transcribing.install(source, name)

    def use_speech(self, name: str | None) -> int:
        self._workspace.publish(self._workspace.transcribing.choose(name))
        return self._workspace.pipeline.start(())
