"""A library with the ingest parts around it, in one thread, with the colour encoder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

from assetman.core.assets import Asset, Passage, Root
from assetman.core.changes import Changes
from assetman.core.inputs import Excerpt, Modality, Spec
from assetman.core.progress import CancelToken, Counts
from assetman.core.queries import Filters, Sort
from assetman.ingest.ignore import IgnoreRules
from assetman.ingest.pipeline import Pipeline, Plan
from assetman.ingest.stages import Stored, Target
from assetman.ingest.worklist import Tools
from assetman.library.library import Library
from assetman.media.handler import Extraction, Limits, Stretch
from assetman.media.registry import described, handler_for
from assetman.media.thumbnails import ThumbnailCache
from kit.colours import SPEC
from kit.tones import SOUND_SPEC, SenseEncoder

_Made = TypeVar("_Made")
LIMITS = Limits(pixels=100_000_000, seconds=60, memory=4 << 30)


class InlineDecoder:
    """Decodes in the calling thread."""

    def extract(
        self,
        path: str,
        specs: Sequence[Spec],
        thumbnail: Path | None,
        excerpt: Excerpt | Stretch | None = None,
    ) -> Future[Extraction]:
        handler = handler_for(path)
        assert handler is not None
        return _done(lambda: handler.extract(path, specs, thumbnail, 128, LIMITS, excerpt))

    def describe(self, path: str) -> Future[tuple[Passage, ...]]:
        """Read what a file, or a sidecar, says in words."""
        return _done(lambda: described(path, LIMITS))


def _done(work: Callable[[], _Made]) -> Future[_Made]:
    future: Future[_Made] = Future()
    try:
        future.set_result(work())
    except Exception as error:
        future.set_exception(error)
    return future


class Bench:
    """One library in a temporary folder, worked on in sequence."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.library = Library.open(folder)
        self.encoder = SenseEncoder()
        self.thumbnails = ThumbnailCache(folder / "thumbnails")
        space, _ = self.library.spaces.ensure(self.encoder.space("colours"))
        self.library.spaces.choose(space.id)
        self.space = space
        self.target = Target(space.id, "colours", SPEC)
        self.heard: Target | None = None
        self.stored: list[Stored] = []
        self.changes: list[Changes] = []
        self.tools = Tools(
            library=self.library,
            thumbnails=self.thumbnails,
            decoder=InlineDecoder(),
            encoder=self.encoder,
            publish_vectors=self.stored.append,
            publish=self.changes.append,
            decoders=1,
            shares_cores=lambda: True,
        )
        self.plan = Plan(IgnoreRules(), self._targets, lambda: None)

    def _targets(self) -> list[Target]:
        return [self.target] if self.heard is None else [self.target, self.heard]

    def listen(self, model: str = "tones") -> Target:
        """Have what is heard embedded too, from now on; gives that target."""
        space, _ = self.library.spaces.ensure(self.encoder.space(model), Modality.SOUND)
        self.library.spaces.choose(space.id)
        self.heard = Target(space.id, model, SOUND_SPEC)
        return self.heard

    def add(self, folder: Path) -> Root:
        root, _ = self.library.roots.add(str(folder))
        return root

    def index(self, cancel: CancelToken | None = None) -> Counts:
        """Do a whole run in sequence."""
        *_, last = Pipeline(self.tools, self.plan).run(cancel=cancel)
        return last.counts

    def assets(self) -> dict[str, Asset]:
        """Give all assets that are not missing, by name."""
        ids = self.library.assets.ids(Filters(), Sort.NAME, False)
        return {asset.name: asset for asset in self.library.assets.get(ids)}

    def embeddings(self) -> int:
        return self.library.embeddings.count(self.space.id)

    def close(self) -> None:
        self.library.close()
