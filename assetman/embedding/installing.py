"""Adding a model: from a file, a folder or a hub to a folder of ours, checked on the way.

Everything is prepared in a hidden folder and moved into place at the very end: a model is
installed whole or not at all.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from filelock import FileLock
from safetensors import SafetensorError

from assetman.core.assets import display
from assetman.core.errors import AssetmanError, BadInput, EnvironmentProblem, WrongUse
from assetman.core.models import ModelInfo, ModelState
from assetman.core.progress import CancelToken
from assetman.core.spaces import Space
from assetman.embedding import architectures, checkpoint, clip
from assetman.embedding.architectures import CONFIG_FILE, TEXT_CONFIG_FILE, Architecture
from assetman.embedding.download import PREFIX, Hub, RemoteFile, Repository, Said

PARTIAL = ".partial"  # downloads that can go on
TOKENIZER_FILES = tuple(name for name in clip.TOKENIZER_FILES if name != TEXT_CONFIG_FILE)
SMALL = 64 << 20  # bytes; no tokenizer is larger
# What open_clip raises for weights of another model, depending on where they first do not fit.
_MISFITS = (RuntimeError, KeyError, ValueError, AttributeError, IndexError, AssertionError)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the person chose: an architecture, where its weights are, what to call it."""

    architecture: str  # as open_clip names it; "" where the source says so itself
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


def install(
    models: Path, wanted: Wanted, said: Said | None = None, cancel: CancelToken | None = None
) -> clip.ClipModel:
    """Install a model below `models` and give it.

    `said(done, total)` tells the bytes of a download. Raises BadInput for weights that are
    none, do not fit or do not work, WrongUse for names nobody knows, EnvironmentProblem for
    a disk or a network that gives out, Cancelled. A failed install leaves nothing behind
    but, after a broken connection, the part of the download that came.
    """
    cancel = cancel or CancelToken()
    try:
        models.mkdir(parents=True, exist_ok=True)
        with FileLock(models / ".lock"):
            folder = Path(tempfile.mkdtemp(prefix=".new-", dir=models))
            try:
                found = _find(models, wanted, said or (lambda done, total: None), cancel)
                model = _prepare(folder, found, wanted)
                cancel.check()
                target = models / model.info.name
                if target.exists():
                    shutil.rmtree(target)  # of a model that could not be read any more
                folder.rename(target)
                shutil.rmtree(_partial(models, wanted.source), ignore_errors=True)
                return dataclasses.replace(model, folder=target)
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    except BadInput:
        shutil.rmtree(_partial(models, wanted.source), ignore_errors=True)
        raise
    except OSError as error:
        raise EnvironmentProblem(f"{models}: {error.strerror or error}.") from error
    except SafetensorError as error:  # nothing is read as safetensors here that was not checked
        full = f"The model cannot be written to {models}. Is the disk full?"
        raise EnvironmentProblem(full) from error


def safe_name(name: str) -> str:
    """Make a name that is one word and safe as a folder on every platform."""
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "-" for c in name.strip())
    return kept.strip("-.")[:60].rstrip("-.")


def _find(models: Path, wanted: Wanted, said: Said, cancel: CancelToken) -> Found:
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


def _prepare(folder: Path, found: Found, wanted: Wanted) -> clip.ClipModel:
    architecture = _architecture(found, wanted)
    spec = architectures.image_input(architecture)
    for name in clip.TOKENIZER_FILES:
        if architecture.tokenizer_name and (found.folder / name).is_file():
            if (found.folder / name).stat().st_size > SMALL:
                raise BadInput(f"{name} is too large to be part of a tokenizer.")
            shutil.copyfile(found.folder / name, folder / name)
    if architecture.text_model_name and not (folder / TEXT_CONFIG_FILE).is_file():
        raise BadInput(
            f"{architecture.name} needs {TEXT_CONFIG_FILE} of {architecture.text_model_name} "
            "beside the weights."
        )
    clip.load_tokenizer(architecture, folder)
    size = _write_weights(architecture, found.weights, folder)
    info = ModelInfo(
        wanted.name,
        wanted.title,
        wanted.summary or f"{architecture.name}, from {display(found.weights.name)}.",
        wanted.licence or found.licence or "not stated",
        size,
        clip.MODALITIES,
        ModelState.INSTALLED,
    )
    revision = _revision(found.weights, architecture)
    space = Space(wanted.name, revision, clip.PREPROCESSING, architecture.dimension)
    model = clip.ClipModel(folder, info, space, spec, architecture)
    _try_out(model)
    model.write()
    return model


def _architecture(found: Found, wanted: Wanted) -> Architecture:
    """Take the description beside the weights, else open_clip's own of the name given."""
    described = architectures.in_folder(found.folder, wanted.architecture)
    if wanted.architecture:
        known = architectures.named(wanted.architecture, found.weights.stem)
        if described is None or described.model["embed_dim"] != known.model["embed_dim"]:
            return known
    if described is None:
        raise WrongUse(
            f"{display(found.weights.name)} does not say what architecture it is for. "
            "Name one, for example ViT-B-32."
        )
    return described


def _write_weights(architecture: Architecture, source: Path, folder: Path) -> int:
    """Check that the weights fit, and write them as open_clip names them; give their size."""
    import torch
    from safetensors.torch import save_file

    open_clip = architectures.load_open_clip()
    state = checkpoint.read_weights(source)
    floats = {value.dtype for value in state.values() if value.is_floating_point()}
    plain = folder / "read.safetensors"
    save_file({name: value.clone().contiguous() for name, value in state.items()}, plain)
    del state
    model = architectures.build(architecture, None, folder, "fp32", "cpu")
    try:
        open_clip.load_checkpoint(model, str(plain), strict=True)
    except _MISFITS as error:
        raise BadInput(
            f"The weights in {display(source.name)} are not those of {architecture.name}."
        ) from error
    finally:
        plain.unlink()
    half = floats == {torch.float16}  # then single precision would only take space
    kept = {
        name: (value.half() if half and value.is_floating_point() else value).clone().contiguous()
        for name, value in model.state_dict().items()
    }
    target = folder / clip.WEIGHTS
    save_file(kept, target)
    return target.stat().st_size


def _try_out(model: clip.ClipModel) -> None:
    """See that both towers work and tell things apart, before anything depends on them."""
    assert model.image_input is not None
    side = model.image_input.size
    pixels = np.zeros((2, side, side, 3), np.uint8)
    pixels[1, : side // 2] = 255
    encoder = model.encoder("cpu")
    try:
        answers = (encoder.encode_images(pixels), encoder.encode_texts(["a bird", "four wheels"]))
    except AssetmanError:
        raise
    except (RuntimeError, ValueError, IndexError, AttributeError, TypeError) as error:
        raise BadInput(f"{model.architecture.name} does not work with these weights.") from error
    for vectors in answers:
        if not np.isfinite(vectors).all() or vectors.shape[1] != model.space.dimension:
            raise BadInput(f"{model.architecture.name} gives no usable vectors with these weights.")


def _revision(weights: Path, architecture: Architecture) -> str:
    """Name weights and preparation in twelve letters: either makes another space."""
    told = json.dumps(dataclasses.asdict(architecture), sort_keys=True)
    return hashlib.sha256((checkpoint.digest(weights) + told).encode()).hexdigest()[:12]


def _partial(models: Path, source: str) -> Path:
    return models / PARTIAL / (safe_name(source.removeprefix(PREFIX).replace("/", "--")) or "none")


def _download(models: Path, wanted: Wanted, said: Said, cancel: CancelToken) -> Found:
    hub = Hub()
    repository = hub.repository(wanted.source)
    folder = _partial(models, wanted.source) / safe_name(repository.commit)
    folder.mkdir(parents=True, exist_ok=True)
    weights = _weights_of(repository)
    small = [
        repository.files[name]
        for name in (CONFIG_FILE, *TOKENIZER_FILES)
        if name in repository.files and repository.files[name].size <= SMALL
    ]
    total = weights.size + sum(file.size for file in small)
    done = 0
    for file in (*small, weights):
        if not (folder / file.name).exists():
            hub.fetch(repository, file, folder / file.name, _after(done, total, said), cancel)
        done += file.size
        said(done, total)
        if file.name == CONFIG_FILE:
            _fetch_text_parts(hub, architectures.in_folder(folder), repository, folder, cancel)
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


def _after(before: int, total: int, said: Said) -> Callable[[int], None]:
    return lambda done: said(before + done, total)
