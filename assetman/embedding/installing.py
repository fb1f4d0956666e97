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
from pathlib import Path

import numpy as np
from filelock import FileLock
from safetensors import SafetensorError

from assetman.core.assets import display
from assetman.core.errors import AssetmanError, BadInput, EnvironmentProblem, WrongUse
from assetman.core.models import ModelInfo, ModelState
from assetman.core.progress import CancelToken
from assetman.core.spaces import Space
from assetman.embedding import architectures, checkpoint, clap_installing, clip
from assetman.embedding.architectures import TEXT_CONFIG_FILE, Architecture
from assetman.embedding.clap import ClapModel
from assetman.embedding.download import Said
from assetman.embedding.sources import SMALL, Found, Wanted, find, partial

# What open_clip raises for weights of another model, depending on where they first do not fit.
_MISFITS = (RuntimeError, KeyError, ValueError, AttributeError, IndexError, AssertionError)


def install(
    models: Path, wanted: Wanted, said: Said | None = None, cancel: CancelToken | None = None
) -> clip.ClipModel | ClapModel:
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
                found = find(models, wanted, said or (lambda done, total: None), cancel)
                model: clip.ClipModel | ClapModel | None
                model = clap_installing.prepare(folder, found, wanted)
                model = model or _prepare(folder, found, wanted)
                cancel.check()
                target = models / model.info.name
                if target.exists():
                    shutil.rmtree(target)  # of a model that could not be read any more
                folder.rename(target)
                shutil.rmtree(partial(models, wanted.source), ignore_errors=True)
                return dataclasses.replace(model, folder=target)
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    except BadInput:
        shutil.rmtree(partial(models, wanted.source), ignore_errors=True)
        raise
    except OSError as error:
        raise EnvironmentProblem(f"{models}: {error.strerror or error}.") from error
    except SafetensorError as error:  # nothing is read as safetensors here that was not checked
        full = f"The model cannot be written to {models}. Is the disk full?"
        raise EnvironmentProblem(full) from error


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
