"""The verbs about the models that turn files and questions into vectors."""

from __future__ import annotations

from dataclasses import replace

from assetman.core.models import ModelInfo
from assetman.engine.verbs import Verbs


class ModelVerbs(Verbs):
    """Satisfies `ModelsApi`."""

    def models(self) -> list[ModelInfo]:
        spaces = self._library.spaces
        active, filling = spaces.active(), spaces.filling()
        infos = []
        for info in self._workspace.models.infos():
            is_filling = filling is not None and filling.space.model == info.name
            pending = 0
            if is_filling and filling is not None:
                pending = self._library.contents.count_pending([filling.id])[0]
            is_active = active is not None and active.space.model == info.name
            infos.append(replace(info, active=is_active, filling=is_filling, pending=pending))
        return infos

    def add_model(self, architecture: str, source: str, name: str | None = None) -> ModelInfo:
        return self._workspace.models.install(architecture, source, name)

    def use_model(self, name: str) -> int:
        self._workspace.use_model(name)
        return self._workspace.pipeline.start(())
