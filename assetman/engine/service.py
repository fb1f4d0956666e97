"""The engine's verbs over a workspace, in the process that holds it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from assetman.core.assets import Asset, Failure, Folder, Root
from assetman.core.errors import EnvironmentProblem, WrongUse
from assetman.core.models import ModelInfo
from assetman.core.progress import Progress
from assetman.core.queries import Query, Results
from assetman.engine.protocol import Card, Details, Listener, Preview, Status
from assetman.workspace import Workspace

PREVIEW_SIDES = (1024, 2048, 4096)  # pixels; asked sizes are rounded up to one, to be shared


class EngineService:
    """Satisfies `EngineApi`."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._library = workspace.library

    @classmethod
    def open(cls, folder: Path) -> EngineService:
        """Open the library in `folder` in this process; raises as `Workspace.open` does."""
        return cls(Workspace.open(folder))

    def status(self) -> Status:
        library = self._library
        counts = library.assets.counts()
        active, filling = library.spaces.active(), library.spaces.filling()
        embeddings = [(s.space.key, library.embeddings.count(s.id)) for s in library.spaces.all()]
        return Status(
            library=str(self._workspace.folder),
            assets={kind.value: number for kind, number in counts.by_kind.items()},
            segments=library.segments.count(),
            embeddings={key: number for key, number in embeddings if number},
            missing=counts.missing,
            offline=counts.offline,
            failed=library.failures.count(),
            roots=tuple(library.roots.all()),
            model=active.space.model if active else "",
            filling=filling.space.model if filling else None,
            read_only=library.read_only,
            device=self._workspace.encoders.device(),
        )

    # -- roots

    def roots(self) -> list[Root]:
        return self._library.roots.all()

    def folders(self, root_id: int) -> list[Folder]:
        return self._library.roots.folders(root_id)

    def add_root(self, path: str) -> Root:
        folder = os.path.realpath(path)
        if not os.path.isdir(folder):
            raise EnvironmentProblem(f"There is no folder {path}.")
        own = os.path.realpath(self._workspace.folder)
        if folder == own or folder.startswith(own + os.sep):
            raise WrongUse("This folder holds Assetman's own library and cannot be added to it.")
        root, changes = self._library.roots.add(folder)
        self._workspace.publish(changes)
        return root

    def remove_root(self, root_id: int) -> None:
        self._workspace.forget_root(root_id)

    # -- the run

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

    def look_at(self, asset_ids: Sequence[int]) -> None:
        self._workspace.pipeline.look_at(asset_ids)

    # -- questions

    def search(self, query: Query) -> Results:
        return self._workspace.search.search(query)

    def cards(self, asset_ids: Sequence[int]) -> list[Card]:
        assets = self._library.assets.get(asset_ids)
        failures = self._library.failures.of_assets([asset.id for asset in assets])
        return [self._card(asset, failures.get(asset.id)) for asset in assets]

    def details(self, asset_id: int) -> Details:
        asset = self._asset(asset_id)
        card = self.cards([asset_id])[0]
        root = self._library.roots.get(asset.root_id)
        folder = os.path.dirname(asset.path)
        relative = os.path.relpath(folder, root.path)
        content = self._library.contents.of_asset(asset_id)
        copies = self._library.assets.get(self._library.assets.of_content(content.id))
        return Details(
            card=card,
            folder=folder,
            root_name=root.name,
            relative_folder="" if relative == "." else relative.replace(os.sep, "/"),
            facts=content.probe.facts if content.probe else {},
            copies=tuple(copy.path for copy in copies if copy.id != asset_id),
        )

    def preview(self, asset_id: int, side: int | None) -> Preview:
        asset = self._asset(asset_id)
        if side is not None:
            side = next((size for size in PREVIEW_SIDES if size >= side), None)
        thumbnails = self._workspace.thumbnails
        target = thumbnails.preview_path(asset.fingerprint, side)
        size = thumbnails.preview_size(target)
        if size is None:
            size = self._workspace.errands.preview(asset.path, side, target).result()
        return Preview(str(target), *size)

    def asset_at(self, path: str) -> int | None:
        real = os.path.realpath(path)
        for root in self._library.roots.all():
            if real.startswith(root.path.rstrip(os.sep) + os.sep):
                relative = os.path.relpath(real, root.path).replace(os.sep, "/")
                return self._library.assets.at(root.id, relative)
        return None

    # -- failures

    def failures(self) -> list[Failure]:
        return self._library.failures.all()

    def retry(self, failure_ids: Sequence[int] | None = None) -> int:
        self._workspace.publish(self._library.failures.clear(failure_ids))
        return self._workspace.pipeline.start()

    # -- models

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

    # -- life

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        return self._workspace.subscribe(listener)

    def check(self) -> list[str]:
        return self._library.check()

    def close(self) -> None:
        self._workspace.close()

    def _asset(self, asset_id: int) -> Asset:
        assets = self._library.assets.get([asset_id])
        if not assets:
            raise WrongUse("The file is no longer in the library.")
        return assets[0]

    def _card(self, asset: Asset, failure: str | None) -> Card:
        thumbnails = self._workspace.thumbnails
        path = thumbnails.path_of(asset.fingerprint)
        return Card(asset, str(path) if thumbnails.has(asset.fingerprint) else None, failure)
