"""Moments of videos and sounds saved as files of their own: the verbs, and the threads that do it."""

from __future__ import annotations

import itertools
import logging
import math
import os
import shutil
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from assetman.core.assets import Asset, Kind, display
from assetman.core.errors import (
    AssetmanError,
    BadInput,
    Cancelled,
    EnvironmentProblem,
    WrongUse,
)
from assetman.core.exports import DRAGGED, Export, ExportForm, ExportState, endings
from assetman.core.progress import CancelToken
from assetman.engine.verbs import Verbs
from assetman.media import ffmpeg
from assetman.media.aside import appearing, taken
from assetman.media.clip import SoundPart
from assetman.media.export import Clip, write_clip
from assetman.media.export_sound import write_sound
from assetman.media.workers import DecodePool
from assetman.workspace import Workspace

_log = logging.getLogger(__name__)

_AT_ONCE = 2
_STEP = 0.01  # of the work, between two events
_LOOK_SECONDS = 0.1  # between two looks whether it is still wanted
_KINDS = {BadInput: "bad input", WrongUse: "wrong use", EnvironmentProblem: "environment"}

Answer = TypeVar("Answer")


@dataclass(slots=True)
class _Job:
    clip: Clip
    export: Export
    cancel: CancelToken = field(default_factory=CancelToken)


class Exports:
    """Saves moments on threads of its own; what becomes of them is published."""

    def __init__(
        self,
        decoder: DecodePool,
        publish: Callable[[Export], None],
        gentle: Callable[[], bool],
    ) -> None:
        self._decoder = decoder
        self._publish = publish
        self._gentle = gentle
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._jobs: dict[int, _Job] = {}  # those that have not ended
        self._last = 0
        self._threads = ThreadPoolExecutor(_AT_ONCE, "export")

    @property
    def busy(self) -> bool:
        """Whether something is being saved or waits for its turn."""
        with self._lock:
            return bool(self._jobs)

    def begin(self, clip: Clip) -> Export:
        """Start to save a moment. Raises WrongUse if another one is on its way to that file."""
        target = str(clip.target)
        with self._lock:
            if any(job.export.target == target for job in self._jobs.values()):
                raise WrongUse(f"{display(target)} is being written already.")
            self._last = next(self._numbers)
            exact = clip.form in (ExportForm.FRAME, ExportForm.SOUND)
            job = _Job(clip, Export(self._last, target, start=clip.start if exact else None))
            self._jobs[self._last] = job
            begun = job.export
        self._publish(begun)
        self._threads.submit(self._work, job)
        return begun

    def cancel(self, number: int) -> None:
        """Stop one; nothing happens where it has ended. Raises WrongUse if there was none."""
        with self._lock:
            job = self._jobs.get(number)
            if job is None and not 1 <= number <= self._last:
                raise WrongUse(f"There is no export {number}.")
        if job is not None:
            job.cancel.cancel()

    def close(self) -> None:
        """Stop all; nothing of what was not whole stays."""
        with self._lock:
            left = list(self._jobs.values())
        for job in left:
            job.cancel.cancel()
        self._threads.shutdown(wait=True)

    def _work(self, job: _Job) -> None:
        export = job.export
        try:
            job.cancel.check()
            ways = {ExportForm.FRAME: self._frame, ExportForm.SOUND: self._sound}
            ways.get(job.clip.form, self._clip)(job)
            end = replace(job.export, state=ExportState.DONE, share=1.0)
        except Cancelled:
            end = replace(job.export, state=ExportState.CANCELLED)
        except AssetmanError as error:
            kind = next((name for each, name in _KINDS.items() if isinstance(error, each)), "bug")
            end = _failed(job.export, str(error), kind)
        except Exception as error:
            _log.exception("a bug in saving a moment")
            sentence = f"This is a mistake in Assetman: {type(error).__name__}: {error}"
            end = _failed(job.export, sentence, "bug")
        with self._lock:
            del self._jobs[export.number]
        self._publish(end)

    def _frame(self, job: _Job) -> None:
        clip = job.clip
        with tempfile.TemporaryDirectory(prefix="assetman-") as folder:
            made = Path(folder) / f"frame{clip.target.suffix.lower()}"
            self._await(self._decoder.frame(clip.source, clip.start, made), job.cancel)
            with (
                appearing(clip.target) as aside,
                open(made, "rb") as whole,
                os.fdopen(os.dup(aside.descriptor), "wb") as written,
            ):
                shutil.copyfileobj(whole, written, 1 << 20)

    def _clip(self, job: _Job) -> None:
        clip = job.clip
        program = ffmpeg.find()
        facts = self._await(self._decoder.clip(clip.source, clip.start), job.cancel)
        job.export = replace(job.export, start=clip.begins(facts), end=clip.end)
        self._publish(job.export)
        write_clip(clip, facts, program, partial(self._tell, job), job.cancel, self._gentle())

    def _sound(self, job: _Job) -> None:
        def read(path: str, start: float, end: float, target: Path) -> SoundPart:
            return self._await(self._decoder.sound(path, start, end, target), job.cancel)

        job.export = replace(job.export, end=job.clip.end)
        write_sound(job.clip, read, partial(self._tell, job))

    def _tell(self, job: _Job, share: float) -> None:
        if share - job.export.share >= _STEP:
            job.export = replace(job.export, share=share)
            self._publish(job.export)

    @staticmethod
    def _await(future: Future[Answer], cancel: CancelToken) -> Answer:
        while not wait([future], _LOOK_SECONDS).done:
            if cancel.cancelled:
                future.cancel()
        cancel.check()
        return future.result()


class ExportVerbs(Verbs):
    """Satisfies `ExportApi`."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._exports = Exports(workspace.errands, workspace.publish, lambda: workspace.pace.gentle)

    def export(
        self, asset_id: int, start: float, end: float, target: str, form: ExportForm
    ) -> Export:
        assets = self._library.assets.get([asset_id])
        if not assets:
            raise WrongUse("The file is no longer in the library.")
        _check_times(assets[0], start, end, form)
        place = self._new_place(target, form)
        if form in (ExportForm.QUICK, ExportForm.EXACT):
            ffmpeg.find()
        return self._exports.begin(Clip(assets[0].path, start, end, place, form))

    def cancel_export(self, number: int) -> None:
        self._exports.cancel(number)

    def exporting(self) -> bool:
        """Whether something is being saved, so that the engine is still needed."""
        return self._exports.busy

    def _new_place(self, target: str, form: ExportForm) -> Path:
        """Give the target as a path; raises where nothing may be written."""
        place = Path(target)
        allowed = endings(form)
        if not place.is_absolute() or "\0" in target:
            raise WrongUse(f"{display(target)} does not say where the file should lie.")
        if place.suffix.lower() not in allowed:
            named = {ExportForm.FRAME: "A frame", ExportForm.SOUND: "A sound"}
            listed = f"{', '.join(allowed[:-1])} or {allowed[-1]}" if allowed[1:] else allowed[0]
            raise WrongUse(
                f"{named.get(form, 'A clip')} is saved as {listed}, not as"
                f" “{display(place.suffix or place.name)}”."
            )
        if os.path.lexists(place):
            raise WrongUse(taken(place))
        folder = os.path.realpath(place.parent)
        dragged = os.path.join(os.path.realpath(self._workspace.folder), DRAGGED, "")
        for own in (self._workspace.folder, self._workspace.models.folder):
            inside = os.path.join(folder, "").startswith(os.path.join(os.path.realpath(own), ""))
            if inside and not os.path.join(folder, "").startswith(dragged):
                raise WrongUse("This folder is Assetman's own. Choose another one.")
        if not os.path.isdir(folder):
            raise EnvironmentProblem(f"There is no folder {display(str(place.parent))}.")
        return place


def _check_times(asset: Asset, start: float, end: float, form: ExportForm) -> None:
    """Raise WrongUse where there is nothing to save."""
    heard = asset.kind is Kind.AUDIO and form is ExportForm.SOUND
    if asset.kind is not Kind.VIDEO and not heard:
        if asset.kind is Kind.AUDIO:
            raise WrongUse("A part of a sound is saved as sound, as WAV.")
        raise WrongUse("Only moments of videos and sounds can be saved.")
    if not (math.isfinite(start) and math.isfinite(end)) or start < 0:
        raise WrongUse("A moment begins at the start of the file or later.")
    if form is not ExportForm.FRAME and end <= start:
        raise WrongUse("A clip ends after it begins.")
    if asset.duration is not None and start > asset.duration:
        raise WrongUse(f"{asset.display_name} ends after {asset.duration:.1f} seconds.")


def _failed(export: Export, message: str, kind: str) -> Export:
    sentence = message if message.endswith((".", "!")) else f"{message}."
    return replace(export, state=ExportState.FAILED, message=sentence, kind=kind)
