"""Where a model's weights come from: a file, a folder, or a hub."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assetman.core.assets import display
from assetman.core.errors import BadInput, WrongUse
from assetman.core.progress import CancelToken
from assetman.embedding import architectures, checkpoint, clip
from assetman.embedding.architectures import CONFIG_FILE, TEXT_CONFIG_FILE, Architecture
from assetman.embedding.download import PREFIX, Hub, RemoteFile, Repository, Said

PARTIAL = ".partial"  # downloads that can go on
TOKENIZER_FILES = tuple(name for name in clip.TOKENIZER_FILES if name != TEXT_CONFIG_FILE)
CLAP_CONFIG = "config.json"  # as transformers describes a model
CLAP_FILES = ("preprocessor_config.json", "processor_config.json")
SMALL = 64 << 20  # bytes; no tokenizer is larger


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the person chose: an architecture, where its weights are, what to call it."""

    architecture: str  # as open_clip names it, or "clap"; "" where the source says so itself
    source: str  # a file, a folder, or `hf-hub:owner/name`
    name: str
    title: str
    summary: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """Weights that are on this disk, and the folder that explains them."""

    weights: Path
    folder: Path
    licence: str = ""


def safe_name(name: str) -> str:
    """Make a name that is one word and safe as a folder on every platform."""
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "-" for c in name.strip())
    return kept.strip("-.")[:60].rstrip("-.")


def find(models: Path, wanted: Wanted, said: Said, cancel: CancelToken) -> Found:
    """Find the weights that are wanted, downloading them if they are on a hub.

    `said(done, total)` tells the bytes of a download. Raises WrongUse for a source that is none,
    BadInput for one without weights, EnvironmentProblem, Cancelled.
    """
    if wanted.source.startswith(PREFIX):
        return _download(models, wanted, said, cancel)
    path = Path(wanted.source).expanduser()
    if path.is_dir():
        return Found(checkpoint.find_weights(path), path)
    if path.is_file():
        return Found(path, path.parent)
    raise WrongUse(
        f"There is no file or folder {display(wanted.source)}. "
        f"A model on a hub is named {PREFIX}owner/name."
    )


def describes_clap(folder: Path) -> bool:
    """Tell whether a folder holds a model that transformers would load as CLAP."""
    try:
        told = json.loads((folder / CLAP_CONFIG).read_text("utf-8"))
        return bool(told["model_type"] == "clap")
    except (OSError, ValueError, KeyError, TypeError):
        return False


def partial(models: Path, source: str) -> Path:
    """Name the folder of what has come of a download."""
    return models / PARTIAL / (safe_name(source.removeprefix(PREFIX).replace("/", "--")) or "none")


def _download(models: Path, wanted: Wanted, said: Said, cancel: CancelToken) -> Found:
    hub = Hub()
    repository = hub.repository(wanted.source)
    folder = partial(models, wanted.source) / safe_name(repository.commit)
    folder.mkdir(parents=True, exist_ok=True)
    weights = _weights_of(repository)
    names = (CONFIG_FILE, *TOKENIZER_FILES)
    if CONFIG_FILE not in repository.files:
        names = (*names, CLAP_CONFIG, *CLAP_FILES)
    small = [
        repository.files[name]
        for name in names
        if name in repository.files and repository.files[name].size <= SMALL
    ]
    total = weights.size + sum(file.size for file in small)
    done = 0
    for file in (*small, weights):
        if not (folder / file.name).exists():
            hub.fetch(repository, file, folder / file.name, after(done, total, said), cancel)
        done += file.size
        said(done, total)
        if file.name == CONFIG_FILE:
            _fetch_text_parts(hub, architectures.in_folder(folder), repository, folder, cancel)
    if CONFIG_FILE not in repository.files and not describes_clap(folder):
        # It would be taken for that of a text tower, and describes something else.
        (folder / CLAP_CONFIG).unlink(missing_ok=True)
    return Found(folder / weights.name, folder, repository.licence)


def _fetch_text_parts(
    hub: Hub,
    architecture: Architecture | None,
    repository: Repository,
    folder: Path,
    cancel: CancelToken,
) -> None:
    """Bring a tokenizer or a text tower's shape from where the repository refers to."""
    if architecture is None:
        return
    if architecture.tokenizer_name and not any(n in repository.files for n in TOKENIZER_FILES):
        _fetch_small(hub, architecture.tokenizer_name, TOKENIZER_FILES, folder, cancel)
    if architecture.text_model_name:
        # A file of this name in the repository itself describes something else: all of CLIP.
        _fetch_small(hub, architecture.text_model_name, (TEXT_CONFIG_FILE,), folder, cancel)


def _fetch_small(
    hub: Hub, source: str, names: tuple[str, ...], folder: Path, cancel: CancelToken
) -> None:
    repository = hub.repository(source)
    for name in names:
        file = repository.files.get(name)
        if file is not None and file.size <= SMALL and not (folder / name).exists():
            hub.fetch(repository, file, folder / name, lambda done: None, cancel)


def _weights_of(repository: Repository) -> RemoteFile:
    for name in checkpoint.PREFERRED:
        if name in repository.files:
            return repository.files[name]
    for suffix in checkpoint.SUFFIXES:
        for name, file in repository.files.items():
            if name.endswith(suffix) and "/" not in name:
                return file
    raise BadInput(f"{repository.id} holds no weights.")


def after(before: int, total: int, said: Said) -> Callable[[int], None]:
    """Tell the bytes of one file behind those `before` it, of a `total`."""
    return lambda done: said(before + done, total)
