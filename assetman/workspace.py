"""Opens one library, builds each part once, closes them in order: the only wiring."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from filelock import FileLock, Timeout
from platformdirs import user_data_path

from assetman.chosen_models import ChosenModels
from assetman.comparing import Comparing
from assetman.comparing_films import ComparingFilms
from assetman.copies import Copies
from assetman.core.changes import Changes
from assetman.core.errors import EnvironmentProblem, LibraryBusy
from assetman.core.exports import Export
from assetman.core.progress import Pace, Progress
from assetman.core.settings import Settings, cores, load_settings
from assetman.core.watching import Watch
from assetman.counting import Counting
from assetman.embedding.catalogue import ModelCatalogue
from assetman.embedding.pool import EncoderPool
from assetman.housekeeping import Housekeeping
from assetman.indexes import Indexes
from assetman.ingest.coloring import ColorPass
from assetman.ingest.describing import DescribingPass
from assetman.ingest.ignore import IgnoreRules
from assetman.ingest.pace import PaceKeeper
from assetman.ingest.pipeline import Pipeline, Plan
from assetman.ingest.speech import Turn
from assetman.ingest.tally import Tally
from assetman.ingest.watch import Watcher, follow
from assetman.ingest.worklist import Tools
from assetman.lettering import Lettering
from assetman.library.embeddings import StoredSpace
from assetman.library.library import Library
from assetman.library.problems import CatalogueDamaged
from assetman.likenesses import Likenesses
from assetman.media.handler import Limits
from assetman.media.thumbnails import ThumbnailCache
from assetman.media.workers import DecodePool
from assetman.near_pictures import NearPictures
from assetman.search.completion import Completing
from assetman.search.concepts import Concepts
from assetman.search.questions import Questions
from assetman.search.service import SearchService
from assetman.transcribing import Transcribing
from assetman.vectors.store import VectorStore

_IDLE = 600.0  # seconds after which a model that is not used is let go
_PACE = "pace"  # the fact in the library
Listener = Callable[[Changes | Progress | Export], None]


class Workspace:
    """One library with everything that works on it. Only one process holds it at a time."""

    def __init__(self, folder: Path, settings: Settings, lock: FileLock, models: Path) -> None:
        self.folder = folder
        self.settings = settings
        self._lock = lock
        self._listeners: list[Listener] = []
        self._guard = threading.Lock()  # of the listeners
        self._closing = contextlib.ExitStack()
        self._watcher: Watcher | None = None
        with contextlib.ExitStack() as undo:
            self.library = Library.open(folder)
            undo.callback(self.library.close)
            if not lock.is_locked and not self.library.read_only:
                raise EnvironmentProblem(f"{lock.lock_file} cannot be used: remove it.")
            self.models = ModelCatalogue(models)
            self.encoders = EncoderPool(self.models, settings.device)
            undo.callback(self.encoders.close)
            self.thumbnails = ThumbnailCache(folder / "thumbnails")
            limits = Limits(settings.decode_pixels, settings.decode_seconds, settings.decode_memory)
            workers = settings.decode_workers or cores()
            self.decoders = DecodePool(workers, limits, settings.thumbnail_side)
            undo.callback(self.decoders.close)
            # What the person waits for never stands behind a folder's worth of files.
            self.errands = DecodePool(1, limits, settings.thumbnail_side)
            undo.callback(self.errands.close)
            self.indexes = Indexes(folder / "vectors", self.library)
            undo.callback(self.indexes.close)
            self._chosen = ChosenModels(self.library, self.encoders, self.store_of)
            likenesses = folder / "vectors" / "likenesses"
            self.likenesses = Likenesses(self.library, self.thumbnails, likenesses)
            undo.callback(self.likenesses.close)
            self._concepts = Concepts(self.encoders, folder / "concepts")
            questions = Questions(
                self.library, self.encoders, self.errands, self.likenesses, self._concepts
            )
            self.search = SearchService(self.library, questions, self.store_of)
            self.completing = Completing(self.library)
            self.counting = Counting(self.search.count, self.publish)
            undo.callback(self.counting.close)
            self.copies = Copies(self.library)
            self._comparing = Comparing(self.library, self.thumbnails, self.publish, self._near)
            self._comparing_films = ComparingFilms(self.library, self.decoders, self.publish)
            # Roots are real paths: what the walk meets is compared with the same.
            own = [os.path.realpath(folder) for folder in (self.folder, self.models.folder)]
            self._rules = IgnoreRules(settings.ignore, own)
            self.transcribing = Transcribing(
                self.library, self.decoders, self.publish, models / "speech", settings.device
            )
            self.lettering = Lettering(self.library, self.decoders, self.publish)
            self.pipeline = self._pipeline(workers)
            undo.callback(self.pipeline.close)
            if not self.library.read_only:
                self._chosen.ensure()
                self.copies.recover()
            self.pace = PaceKeeper(_pace_of(self.library.recall(_PACE)), self._set_gentle)
            self._housekeeping = Housekeeping(
                self.library, self.thumbnails, settings, self._gone, self._look
            )
            undo.callback(self._housekeeping.close)
            self._closing = undo.pop_all()

    @classmethod
    def open(
        cls, folder: Path, settings: Settings | None = None, models: Path | None = None
    ) -> Workspace:
        """Open or make the library in `folder`; `models` is where installed models lie.

        Raises LibraryBusy if another process holds it, EnvironmentProblem if it cannot be used.
        """
        folder = folder.absolute()
        lock = _lock(folder)
        try:
            settings = settings or load_settings(folder / "settings.toml")
            try:
                return cls(folder, settings, lock, models or default_models())
            except CatalogueDamaged:  # met too late to be recovered by the first opening
                return cls(folder, settings, lock, models or default_models())
        except BaseException:
            lock.release()
            raise

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every event, on the thread it arises."""
        with self._guard:
            self._listeners.append(listener)

        def unsubscribe() -> None:
            with self._guard, contextlib.suppress(ValueError):
                self._listeners.remove(listener)

        return unsubscribe

    def publish(self, event: Changes | Progress | Export) -> None:
        """Tell every listener; nothing is told that says nothing."""
        if isinstance(event, Changes):
            if not event:
                return
            self.counting.hear(event)
        with self._guard:
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener(event)

    def store_of(self, space: StoredSpace) -> VectorStore:
        """Give a space's index, opened and brought up to date when first asked for."""
        return self.indexes.of(space)

    def use_model(self, name: str) -> Changes:
        """Choose a model for what it embeds; the one before answers until it is complete.

        Raises WrongUse for an unknown model, EnvironmentProblem for one without its weights.
        """
        changes = self._chosen.use(name)
        self.publish(changes)
        return changes

    def watch(self) -> None:
        """Follow what happens in the roots from now on, after a look through all of them."""
        if self._watcher is None and not self.library.read_only:
            watcher = follow(self.library, self._rules, self.pipeline.refresh, self.publish)
            self._watcher = watcher
            self._closing.callback(watcher.close)
            self.subscribe(watcher.hear)
            watcher.start()

    def watches(self) -> tuple[Watch, ...]:
        """Say how each root is watched; empty where nobody watches."""
        return self._watcher.states() if self._watcher else ()

    def forget(self, asset_ids: Sequence[int]) -> None:
        """Drop assets for good, and what only they needed."""
        if asset_ids:
            self._gone(self.library.assets.forget(asset_ids))

    def set_pace(self, pace: Pace) -> None:
        """Choose how much of the machine the work takes, now and at the next start."""
        if not self.library.read_only:
            self.library.remember(_PACE, pace.value)
        self.pace.choose(pace)

    def close(self) -> None:
        """Stop work, save indexes, let go of the library."""
        self._closing.close()
        self._lock.release()

    def _pipeline(self, workers: int) -> Pipeline:
        tools = Tools(
            library=self.library,
            thumbnails=self.thumbnails,
            decoder=self.decoders,
            encoder=self.encoders,
            publish_vectors=self.indexes.publish,
            publish=self.publish,
            decoders=workers,
            shares_cores=self._on_cpu,
            describe=DescribingPass(self.library, self.decoders, self.publish).read,
        )
        plan = Plan(
            self._rules,
            self._chosen.targets,
            self._run_ended,
            lambda *file: self._watcher is not None and self._watcher.unfinished(*file),
            self._afterwards,
            self._chosen.problem,
        )
        return Pipeline(tools, plan, self.publish)

    def _afterwards(self, tally: Tally, turn: Turn) -> None:
        """Do what can wait until all files are read."""
        self._concepts.prepare([each.space for each in self._chosen.spaces()], turn.goes_on)
        ColorPass(self.library, self.thumbnails, self.publish).run(turn)
        DescribingPass(self.library, self.decoders, self.publish).run(turn)
        self.likenesses.run(turn)
        self._comparing.run(tally, turn)
        self._comparing_films.run(tally, turn)
        self.lettering.read(tally, turn)
        self.transcribing.listen(tally, turn)

    def _near(self, content_id: int) -> list[int]:
        return NearPictures(self.library, self.store_of).of(content_id)

    def _on_cpu(self) -> bool:
        return self.encoders.device().device == "cpu"

    def _run_ended(self) -> None:
        self.publish(self._chosen.switch_if_complete())
        self.indexes.catch_up()
        if self._watcher is None:  # a command, which ends before the house is kept
            with contextlib.suppress(EnvironmentProblem):
                self.library.back_up_if_due()

    def _gone(self, changes: Changes) -> None:
        """Follow what was dropped from the catalogue for good."""
        self.indexes.catch_up()
        self.publish(changes)

    def _look(self) -> None:
        """Do what is looked at often and costs nothing."""
        self.pace.look()
        self.encoders.unload_idle(_IDLE)

    def _set_gentle(self, gentle: bool) -> None:
        self.pipeline.set_gentle(gentle)
        self.decoders.set_gentle(gentle)
        self.encoders.set_gentle(gentle)


def _pace_of(kept: str | None) -> Pace:
    try:
        return Pace(kept or Pace.AUTO)
    except ValueError:  # of another version
        return Pace.AUTO


def default_models() -> Path:
    """Name the folder installed models lie in; all libraries of a person share it."""
    return user_data_path("assetman", appauthor=False) / "models"


def _lock(folder: Path) -> FileLock:
    lock = FileLock(str(folder / "library.lock"), thread_local=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise LibraryBusy(f"Another Assetman has the library in {folder} open.") from error
    except OSError as error:
        if not os.path.exists(folder / "library.sqlite"):
            reason = error.strerror or error
            raise EnvironmentProblem(f"No library can be made in {folder}: {reason}.") from error
        # A read-only disk: it may be searched, and nobody can write to it anyway.
    return lock
