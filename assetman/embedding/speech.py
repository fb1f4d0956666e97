"""Models that write down what is said: Whisper's, run by faster-whisper.

A model is a folder as faster-whisper reads it: weights that are plain numbers (CTranslate2's
form, never executed), a tokenizer, a description.
"""

from __future__ import annotations

import shutil
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock

from assetman.core.assets import display
from assetman.core.errors import BadInput, EnvironmentProblem, WrongUse
from assetman.core.inputs import Modality
from assetman.core.models import ModelInfo, ModelState
from assetman.core.progress import CancelToken
from assetman.core.settings import cores
from assetman.core.speech import Sentence, Transcript
from assetman.embedding.device import choose_device
from assetman.embedding.download import PREFIX, Hub, Repository, Said
from assetman.embedding.sources import PARTIAL, SMALL, after, safe_name

RATE = 16_000  # samples a second that a model takes
_WEIGHTS = "model.bin"
_NEEDED = (_WEIGHTS, "config.json", "tokenizer.json")
_VOCABULARY = ("vocabulary.json", "vocabulary.txt")
_OPTIONAL = ("preprocessor_config.json",)
_SILENT, _DOUBTFUL = 0.6, -1.0  # Whisper's own: no speech if as likely, and its words less so


class Transcriber:
    """One model, loaded when it is first used. Used by one thread at a time."""

    def __init__(self, folder: Path, device: str = "auto") -> None:
        self._folder = folder
        self._device = device
        self._model: Any = None

    def transcribe(
        self, samples: np.ndarray, check: Callable[[], None] = lambda: None
    ) -> Transcript:
        """Write down what is said in (n,) float32 samples, mono, at `RATE`; find out the language.

        `check` is called again and again; what it raises ends it. Raises EnvironmentProblem where
        the model cannot be loaded.
        """
        if not len(samples):
            return Transcript((), None)
        if self._model is None:
            self._model = _loaded(self._folder, self._device)
        pieces, found = self._model.transcribe(
            samples,
            language=None if self._model.model.is_multilingual else "en",
            vad_filter=True,
            condition_on_previous_text=False,
        )
        sentences = tuple(_sentences(pieces, len(samples) / RATE, check))
        return Transcript(sentences, found.language if sentences else None)

    def unload(self) -> None:
        """Let the model go; it loads again when it is used."""
        self._model = None


class SpeechModels:
    """The models of speech that are installed below a folder, and those that can be."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def infos(self) -> list[ModelInfo]:
        """List what is installed, then what can be downloaded."""
        installed = {
            each.name: each
            for each in sorted(self.folder.glob("*/"))
            if not each.name.startswith(".") and _is_whole(each)
        }
        offers = _offers()
        rows = []
        for name, folder in installed.items():
            size = (folder / _WEIGHTS).stat().st_size
            info = offers.get(name) or _plain(name)
            rows.append(replace(info, state=ModelState.INSTALLED, size=size))
        return rows + [info for name, info in offers.items() if name not in installed]

    def transcriber(self, name: str, device: str = "auto") -> Transcriber:
        """Give an installed model. Raises WrongUse for a name nobody knows."""
        folder = self.folder / name
        if safe_name(name) != name or not _is_whole(folder):
            raise WrongUse(
                f"There is no model of speech called “{display(name)}” installed: "
                "“assetman speech add” brings one."
            )
        return Transcriber(folder, device)

    def install(
        self,
        source: str,
        name: str | None = None,
        said: Said = lambda done, total: None,
        cancel: CancelToken | None = None,
    ) -> ModelInfo:
        """Install a model: from a folder, a hub id (`hf-hub:owner/name`) or a row on offer.

        Raises BadInput for what is no such model or does not load, WrongUse for a source that is
        none, EnvironmentProblem, Cancelled. A failed install leaves nothing behind but, after a
        broken connection, the part of the download that came.
        """
        cancel = cancel or CancelToken()
        chosen = safe_name(name or _name_of(source))
        if not chosen:
            raise WrongUse("Give the model a name of letters and digits.")
        source = _sources().get(source, source)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self.folder / ".lock"):
                found = self._found(source, said, cancel)
                self._put(found, chosen)
                shutil.rmtree(self._partial(source), ignore_errors=True)
        except OSError as error:
            raise EnvironmentProblem(f"{self.folder}: {error.strerror or error}.") from error
        return next(info for info in self.infos() if info.name == chosen)

    def _put(self, found: Path, name: str) -> None:
        new = Path(tempfile.mkdtemp(prefix=".new-", dir=self.folder))
        try:
            for file in (*_NEEDED, *_VOCABULARY, *_OPTIONAL):
                if (found / file).is_file():
                    shutil.copyfile(found / file, new / file)
            _try_out(new, found)
            target = self.folder / name
            if target.exists():
                shutil.rmtree(target)
            new.rename(target)
        finally:
            shutil.rmtree(new, ignore_errors=True)

    def _found(self, source: str, said: Said, cancel: CancelToken) -> Path:
        if source.startswith(PREFIX):
            return self._download(source, said, cancel)
        path = Path(source).expanduser()
        if not path.is_dir():
            raise WrongUse(
                f"There is no folder and no model of the list called {display(source)}. "
                f"A model on a hub is named {PREFIX}owner/name."
            )
        if not _is_whole(path):
            raise BadInput(f"{display(path.name)} holds no model that faster-whisper could read.")
        return path

    def _download(self, source: str, said: Said, cancel: CancelToken) -> Path:
        hub = Hub()
        repository = hub.repository(source)
        folder = self._partial(source) / safe_name(repository.commit)
        folder.mkdir(parents=True, exist_ok=True)
        wanted = [repository.files[name] for name in _files_of(repository)]
        total, done = sum(file.size for file in wanted), 0
        for file in wanted:
            if not (folder / file.name).exists():
                hub.fetch(repository, file, folder / file.name, after(done, total, said), cancel)
            done += file.size
            said(done, total)
        return folder

    def _partial(self, source: str) -> Path:
        kept = safe_name(source.removeprefix(PREFIX).replace("/", "--")) or "none"
        return self.folder / PARTIAL / kept


def _loaded(folder: Path, device: str) -> Any:
    """Load a model; where the GPU will not take it, on the processor."""
    from faster_whisper import WhisperModel

    chosen = choose_device(device).device
    ways = [("cuda", "float16")] if chosen == "cuda" else []
    problem: Exception | None = None
    for where, numbers in [*ways, ("cpu", "int8")]:
        try:
            return WhisperModel(
                str(folder),
                device=where,
                compute_type=numbers,
                cpu_threads=cores(),
                local_files_only=True,
            )
        except (RuntimeError, ValueError, OSError) as error:
            problem = error
    raise EnvironmentProblem(f"The model of speech cannot be loaded: {problem}") from problem


def _try_out(folder: Path, source: Path) -> None:
    """Load a model and have it listen to a second of nothing."""
    try:
        Transcriber(folder, "cpu").transcribe(np.zeros(RATE, np.float32))
    except EnvironmentProblem as error:
        raise BadInput(f"{display(source.name)} holds a model that does not work.") from error


def _sentences(pieces: Any, seconds: float, check: Callable[[], None]) -> Iterator[Sentence]:
    for piece in pieces:
        check()
        unlikely = piece.no_speech_prob > _SILENT and piece.avg_logprob < _DOUBTFUL
        text = " ".join(piece.text.split())
        if text and not unlikely:
            start = min(max(float(piece.start), 0.0), seconds)
            yield Sentence(text, start, min(max(float(piece.end), start), seconds))


def _is_whole(folder: Path) -> bool:
    needed = all((folder / name).is_file() for name in _NEEDED)
    return needed and any((folder / name).is_file() for name in _VOCABULARY)


def _files_of(repository: Repository) -> list[str]:
    """Name the files of a repository that make a model; raises BadInput where there are not all."""
    there = repository.files
    vocabulary = [name for name in _VOCABULARY if name in there]
    names = [*_NEEDED[1:], *vocabulary, *(name for name in _OPTIONAL if name in there), _WEIGHTS]
    if not vocabulary or any(name not in there for name in names):
        raise BadInput(f"{repository.id} holds no model that faster-whisper could read.")
    if any(there[name].size > SMALL for name in names[:-1]):
        raise BadInput(f"{repository.id} holds a description that is far too large.")
    return names


def _name_of(source: str) -> str:
    name = Path(source.removeprefix(PREFIX)).name
    return name.removeprefix("faster-whisper-") if source.startswith(PREFIX) else name


@cache
def _rows() -> dict[str, dict[str, Any]]:
    text = files("assetman.embedding").joinpath("speech.toml").read_text("utf-8")
    return tomllib.loads(text)


def _sources() -> dict[str, str]:
    return {name: str(row["source"]) for name, row in _rows().items()}


def _offers() -> dict[str, ModelInfo]:
    return {
        name: ModelInfo(
            name,
            row["title"],
            row["summary"],
            row["licence"],
            row["size"],
            (),
            ModelState.AVAILABLE,
            indexes=Modality.SOUND,
        )
        for name, row in _rows().items()
    }


def _plain(name: str) -> ModelInfo:
    return ModelInfo(
        name, name, "Added from a folder.", "not stated", None, (), ModelState.INSTALLED,
        indexes=Modality.SOUND,
    )  # fmt: skip
