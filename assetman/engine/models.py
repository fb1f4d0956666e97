"""The verbs about the models that turn files and questions into vectors."""

from __future__ import annotations

from dataclasses import replace

from assetman.core.models import ModelInfo
from assetman.engine.verbs import Verbs
from assetman.library.spaces import SpaceRole


class ModelVerbs(Verbs):
    """Satisfies `ModelsApi`."""

    def models(self) -> list[ModelInfo]:
        roles: dict[str, set[SpaceRole]] = {}  # a model that was renewed may have two
        pending: dict[str, int] = {}
        for stored in self._library.spaces.all():
            roles.setdefault(stored.space.model, set()).add(stored.role)
            if stored.role is SpaceRole.FILLING:
                count, _ = self._library.contents.count_pending([stored.id])
                pending[stored.space.model] = count
        return [
            replace(
                info,
                active=SpaceRole.ACTIVE in roles.get(info.name, ()),
                filling=info.name in pending,
                pending=pending.get(info.name, 0),
            )
            for info in self._workspace.models.infos()
        ]

    def add_model(self, architecture: str, source: str, name: str | None = None) -> ModelInfo:
        return self._workspace.models.install(architecture, source, name)

    def use_model(self, name: str) -> int:
        self._workspace.use_model(name)
        return self._workspace.pipeline.start(())
