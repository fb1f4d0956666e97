"""Adding a CLAP: a folder as transformers saves it, or a checkpoint as LAION published it."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from assetman.core.assets import display
from assetman.core.errors import AssetmanError, BadInput
from assetman.core.spaces import Space
from assetman.embedding import checkpoint, clap, clap_laion
from assetman.embedding.architectures import CONFIG_FILE
from assetman.embedding.clap_mel import read_front
from assetman.embedding.sources import (
    CLAP_CONFIG,
    CLAP_FILES,
    SMALL,
    Found,
    Wanted,
    describes_clap,
)

if TYPE_CHECKING:
    import torch

    State = dict[str, torch.Tensor]

ARCHITECTURE = "clap"  # what the person names it
_MOST_LAYERS = 100  # of a tower; more is nonsense, and would take for ever to build
_TOKENIZER_OF = "FacebookAI/roberta-base"


def prepare(folder: Path, found: Found, wanted: Wanted) -> clap.ClapModel | None:
    """Make a model of the weights that were found, in `folder`; None if they are no CLAP's.

    Raises BadInput for a CLAP that cannot be used.
    """
    if not _may_be_clap(found, wanted):
        return None
    state = checkpoint.read_weights(found.weights)
    original = clap_laion.is_original(state)
    if original:
        state = clap_laion.renamed(state)
    elif not clap_laion.is_clap(state):
        if wanted.architecture or describes_clap(found.folder):
            raise BadInput(f"The weights in {display(found.weights.name)} are not those of a CLAP.")
        return None
    config = _config(found, state, original)
    told = {} if original else _preparation(found.folder)
    front = read_front(told, bool(config.audio_config.enable_fusion))
    if front.bands != config.audio_config.num_mel_bins:
        raise BadInput("The model takes other spectrograms than it says.")
    _take_tokenizer(found.folder, folder)
    size = _write_weights(config, state, found.weights, folder)
    del state
    clap_config = json.loads((folder / clap.CONFIG).read_text("utf-8"))
    described = json.dumps([clap_config, asdict(front)], sort_keys=True)
    weighed = checkpoint.digest(found.weights) + described
    model = clap.ClapModel(
        folder,
        clap.info_of(
            wanted.name,
            wanted.title,
            wanted.summary or f"CLAP, from {display(found.weights.name)}.",
            wanted.licence or found.licence or "not stated",
            size,
        ),
        Space(
            wanted.name,
            hashlib.sha256(weighed.encode()).hexdigest()[:12],
            clap.PREPROCESSING,
            int(config.projection_dim),
        ),
        front,
    )
    _try_out(model, config)
    model.write()
    return model


def _may_be_clap(found: Found, wanted: Wanted) -> bool:
    """Tell whether it is worth looking into the weights."""
    if wanted.architecture:
        return wanted.architecture == ARCHITECTURE
    return describes_clap(found.folder) or not (found.folder / CONFIG_FILE).is_file()


def _config(found: Found, state: State, original: bool) -> Any:
    """Describe the model as transformers does: as its folder says, else by its weights."""
    transformers = clap.load_transformers()
    try:
        if not original and describes_clap(found.folder):
            config = transformers.ClapConfig.from_json_file(found.folder / CLAP_CONFIG)
        else:
            config = transformers.ClapConfig(**clap_laion.shape_of(state, original))
        layers = (sum(config.audio_config.depths), config.text_config.num_hidden_layers)
        if max(layers) > _MOST_LAYERS or config.projection_dim < 1:
            raise ValueError("too many layers")
    except BadInput:
        raise
    except Exception as error:  # transformers checks each number in a way of its own
        raise BadInput(f"{CLAP_CONFIG} does not describe a model that can be built.") from error
    return config


def _preparation(folder: Path) -> dict[str, Any]:
    """Read how sounds are prepared, from where either version of transformers says it."""
    for name in CLAP_FILES:
        try:
            told = json.loads((folder / name).read_text("utf-8"))
        except FileNotFoundError:
            continue
        except (OSError, ValueError) as error:
            raise BadInput(f"{name} cannot be read.") from error
        if isinstance(told, dict):
            inner = told.get("feature_extractor", told)
            if isinstance(inner, dict) and "sampling_rate" in inner:
                return inner
    return {}


def _take_tokenizer(source: Path, folder: Path) -> None:
    """Copy the tokenizer from beside the weights, else from a CLAP that is installed."""
    installed = [path for path in sorted(folder.parent.iterdir()) if path.name[0] != "."]
    others = [path for path in installed if clap.read_model(path) is not None]
    for place in (source, *others):
        if any((place / name).is_file() for name in clap.VOCABULARIES):
            for name in clap.TOKENIZER_FILES:
                if (place / name).is_file():
                    if (place / name).stat().st_size > SMALL:
                        raise BadInput(f"{name} is too large to be part of a tokenizer.")
                    shutil.copyfile(place / name, folder / name)
            return
    raise BadInput(
        "A CLAP needs the tokenizer of RoBERTa: put vocab.json and merges.txt, or tokenizer.json, "
        f"(from {_TOKENIZER_OF}) beside the weights, or add one of the CLAP models on offer first."
    )


def _write_weights(config: Any, state: State, source: Path, folder: Path) -> int:
    """Check that the weights fit, write them and the model's shape; give their size in bytes."""
    import torch
    from safetensors.torch import save_file

    transformers = clap.load_transformers()
    misfit = BadInput(f"The weights in {display(source.name)} are not those of the CLAP described.")
    try:
        with torch.device("meta"):
            shapes = transformers.ClapModel(config).state_dict()
        for name, wanted in shapes.items():
            if wanted.is_floating_point() and state[name].shape != wanted.shape:
                raise misfit
        built = transformers.ClapModel(config).state_dict()
    except BadInput:
        raise
    except Exception as error:  # a shape that cannot be built, in as many ways as there are
        raise misfit from error
    # Halves stay halves; numbers that only count places are transformers' own, never the file's.
    kept = {
        name: (state[name] if value.is_floating_point() else value).clone().contiguous()
        for name, value in built.items()
    }
    save_file(kept, folder / clap.WEIGHTS)
    config.architectures = ["ClapModel"]
    config.save_pretrained(folder)
    return (folder / clap.WEIGHTS).stat().st_size


def _try_out(model: clap.ClapModel, config: Any) -> None:
    """See that both towers work and tell things apart, before anything depends on them."""
    noise = np.random.default_rng(0).uniform(-1, 1, (2, model.front.spec.length))
    noise[0] = 0
    encoder = clap.ClapEncoder(model, "cpu", "fp32")
    sentences = ["the bark of a dog", "four wheels on gravel"]
    try:
        tokens = clap.tokens_of(clap.load_tokenizer(model.folder), sentences, config.text_config)
        ids = tokens["input_ids"]
        if int(ids.max()) >= config.text_config.vocab_size or bool((ids[0] == ids[1]).all()):
            raise BadInput("The tokenizer beside the weights is not the one of this model.")
        answers = (encoder.encode_sounds(noise.astype(np.float32)), encoder.encode_texts(sentences))
    except AssetmanError:
        raise
    except (RuntimeError, ValueError, IndexError, AttributeError, TypeError) as error:
        raise BadInput("CLAP does not work with these weights.") from error
    for vectors in answers:
        if not np.isfinite(vectors).all() or vectors.shape[1] != model.space.dimension:
            raise BadInput("CLAP gives no usable vectors with these weights.")
        if np.allclose(vectors[0], vectors[1], atol=1e-6):
            raise BadInput("CLAP tells nothing apart with these weights.")
