"""open_clip's models: any of its architectures, with weights that were installed.

An installed model is a folder with `model.json` (what it is), `weights.safetensors` and,
where the text tower needs them, the files of its tokenizer. Nothing in it can be executed.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from assetman.core.errors import BadInput, EnvironmentProblem, WrongUse
from assetman.core.inputs import Fit, InputSpec, Interpolation, Modality, SoundSpec
from assetman.core.models import ModelInfo, ModelState
from assetman.core.spaces import Space
from assetman.embedding import architectures
from assetman.embedding.architectures import Architecture
from assetman.embedding.encoder import Encoder, Pixels, Samples, Vectors, unit

if TYPE_CHECKING:
    import torch

DESCRIPTION = "model.json"
WEIGHTS = "weights.safetensors"
PREPROCESSING = 1  # raised when this module turns the same pixels into another vector
MODALITIES = (Modality.IMAGE, Modality.TEXT)

Tokenizer = Callable[[list[str]], Any]  # to a torch.Tensor (n, length)


@dataclass(frozen=True, slots=True)
class ClipModel:
    """An installed model, read from its description; nothing heavy is touched."""

    folder: Path
    info: ModelInfo
    space: Space
    image_input: InputSpec | None
    architecture: Architecture

    @property
    def sound_input(self) -> SoundSpec | None:
        return None

    def encoder(self, device: str) -> Encoder:
        return ClipEncoder(self, device, "fp32" if device == "cpu" else "fp16")

    def write(self) -> None:
        """Write the description into the model's folder."""
        info = self.info
        spec = self.image_input
        described = {
            "name": info.name,
            "title": info.title,
            "summary": info.summary,
            "licence": info.licence,
            "size": info.size,
            "revision": self.space.revision,
            "dimension": self.space.dimension,
            "pixels": asdict(spec) if spec is not None else None,
            "architecture": asdict(self.architecture),
        }
        text = json.dumps(described, indent=1)
        (self.folder / DESCRIPTION).write_text(text, "utf-8")


def read_model(folder: Path) -> ClipModel | None:
    """Read an installed model, None if the folder holds none that can be used."""
    try:
        told = json.loads((folder / DESCRIPTION).read_text("utf-8"))
        if not (folder / WEIGHTS).is_file():
            return None
        pixels = told["pixels"]
        spec = InputSpec(
            pixels["size"],
            Fit(pixels["fit"]),
            Interpolation(pixels["interpolation"]),
            tuple(pixels["fill"]),
        )
        info = ModelInfo(
            told["name"],
            told["title"],
            told["summary"],
            told["licence"],
            told["size"],
            MODALITIES,
            ModelState.INSTALLED,
        )
        space = Space(told["name"], told["revision"], PREPROCESSING, told["dimension"])
        return ClipModel(folder, info, space, spec, Architecture(**told["architecture"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


class ClipEncoder:
    """The two towers of an installed model, each loaded when it is first used.

    `precision` is "fp32" or "fp16", as open_clip understands them.
    """

    modalities = frozenset(MODALITIES)
    indexes = Modality.IMAGE
    sound_input = None

    def __init__(self, model: ClipModel, device: str, precision: str) -> None:
        self.space = model.space
        self.image_input = model.image_input
        self._model = model
        self._device = device
        self._precision = precision
        self._vision: torch.nn.Module | None = None
        self._text: torch.nn.Module | None = None
        self._tokenizer: Tokenizer | None = None
        self._loading = threading.Lock()  # importing open_clip from two threads at once is no good

    def encode_images(self, pixels: Pixels) -> Vectors:
        """Embed (n, size, size, 3) uint8 pixels as (n, d) float32 of unit length."""
        import torch

        if self._vision is None:
            with self._loading:
                self._vision = self._tower(Modality.IMAGE)
        told = self._model.architecture.preprocess
        with torch.inference_mode():
            x = torch.from_numpy(np.ascontiguousarray(pixels)).to(self._device)
            x = x.permute(0, 3, 1, 2).float() / 255
            mean, spread = (
                torch.tensor(told[part], device=self._device).view(1, 3, 1, 1)
                for part in ("mean", "std")
            )
            x = ((x - mean) / spread).to(self._type())
            return self._vectors(self._vision.encode_image(x))  # type: ignore[operator]

    def encode_sounds(self, samples: Samples) -> Vectors:
        """Take no sounds: raises WrongUse."""
        raise WrongUse("This model takes no sounds.")

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Embed sentences as (n, d) float32 of unit length."""
        import torch

        if self._text is None or self._tokenizer is None:
            with self._loading:
                self._tokenizer = load_tokenizer(self._model.architecture, self._model.folder)
                self._text = self._tower(Modality.TEXT)
        with torch.inference_mode():
            tokens = self._tokenizer(list(texts)).to(self._device)
            return self._vectors(self._text.encode_text(tokens))  # type: ignore[operator]

    def unload(self) -> None:
        """Free the towers; they load again when they are used."""
        self._vision = self._text = self._tokenizer = None

    def _tower(self, modality: Modality) -> torch.nn.Module:
        model = architectures.build(
            self._model.architecture, modality, self._model.folder, self._precision, self._device
        )
        load_tower(model, self._model.folder / WEIGHTS, modality)
        if modality is Modality.IMAGE:
            _fuse(model)
        return model

    def _type(self) -> torch.dtype:
        import torch

        return torch.float16 if self._precision == "fp16" else torch.float32

    def _vectors(self, features: Any) -> Vectors:
        return unit(features.float().cpu().numpy())


def _fuse(model: torch.nn.Module) -> None:
    """Fold the branches that some of timm's networks only need for training.

    MobileCLIP's are 1.6 times as fast for it, and give the same vectors.
    """
    visual: Any = model.visual
    trunk = getattr(visual, "trunk", None)
    if trunk is not None:
        from timm.utils import reparameterize_model

        reparameterize_model(trunk, inplace=True)


def load_tower(model: torch.nn.Module, weights: Path, modality: Modality) -> None:
    """Load one tower's share of the weights, and no other byte of the file.

    Raises EnvironmentProblem if the file is no longer what was installed.
    """
    import torch
    from safetensors import SafetensorError, safe_open

    own = model.state_dict()
    vision = modality is Modality.IMAGE
    wanted = [name for name in own if name.startswith("visual.") == vision]
    try:
        with safe_open(weights, framework="pt") as file, torch.no_grad():
            for name in wanted:
                own[name].copy_(file.get_tensor(name))
    except (OSError, SafetensorError, RuntimeError) as error:
        raise EnvironmentProblem(
            f"The weights in {weights.parent} are damaged. Remove the model and add it again."
        ) from error


def load_tokenizer(architecture: Architecture, folder: Path) -> Tokenizer:
    """Load what cuts sentences into tokens: open_clip's own, or the one in the folder.

    Raises BadInput if there is none, or one that knows no words.
    """
    open_clip = architectures.load_open_clip()
    text = architecture.model["text_cfg"]
    length = text.get("context_length", open_clip.tokenizer.DEFAULT_CONTEXT_LENGTH)
    options = dict(text.get("tokenizer_kwargs", {}))
    if not architecture.tokenizer_name:
        tokenizer: Tokenizer = open_clip.SimpleTokenizer(context_length=length, **options)
        return tokenizer
    missing = (
        f"{architecture.name} needs its tokenizer: put tokenizer.json and tokenizer_config.json "
        f"(from {architecture.tokenizer_name}) beside the weights."
    )
    if not any((folder / name).is_file() for name in TOKENIZER_VOCABULARIES):
        raise BadInput(missing)
    try:
        wrapped = open_clip.tokenizer.HFTokenizer(
            str(folder),
            context_length=length,
            tokenizer_mode=text.get("tokenizer_mode"),
            trust_remote_code=False,
            **options,
        )
        inner = wrapped.tokenizer
        words = len(inner.get_vocab()) - len(inner.all_special_tokens)
        first, second = wrapped(["a red bird", "four wheels"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ImportError) as error:
        raise BadInput(f"The tokenizer of {architecture.name} cannot be read.") from error
    # transformers makes a tokenizer without words where files are missing, and says nothing.
    if words <= 0 or bool((first == second).all()):
        raise BadInput(f"The tokenizer of {architecture.name} knows no words.")
    known = int(text.get("vocab_size", 0))
    if known and int(max(first.max(), second.max())) >= known:
        raise BadInput(f"This tokenizer is not the one of {architecture.name}.")
    return cast(Tokenizer, wrapped)


TOKENIZER_VOCABULARIES = (
    "tokenizer.json",
    "tokenizer.model",
    "spiece.model",
    "sentencepiece.bpe.model",
    "vocab.txt",
    "vocab.json",
)
TOKENIZER_FILES = (
    *TOKENIZER_VOCABULARIES,
    "merges.txt",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    architectures.TEXT_CONFIG_FILE,
)
