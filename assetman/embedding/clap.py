"""CLAP: sounds and sentences in one space, with LAION's weights, through transformers.

An installed model is a folder with `model.json` (what it is), `config.json` (its shape, as
transformers describes it), `weights.safetensors` and the files of its tokenizer. Nothing in it can
be executed.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assetman.core.errors import BadInput, EnvironmentProblem, WrongUse
from assetman.core.inputs import InputSpec, Modality, SoundSpec
from assetman.core.models import ModelInfo, ModelState
from assetman.core.spaces import Space
from assetman.embedding import operators
from assetman.embedding.clap_mel import MelFront
from assetman.embedding.encoder import Encoder, Pixels, Samples, Vectors, unit

if TYPE_CHECKING:
    import torch

DESCRIPTION = "model.json"
CONFIG = "config.json"
WEIGHTS = "weights.safetensors"
FAMILY = "clap"
PREPROCESSING = 1  # raised when this module turns the same samples into another vector
MODALITIES = (Modality.TEXT, Modality.SOUND)
VOCABULARIES = ("tokenizer.json", "vocab.json")
TOKENIZER_FILES = (
    *VOCABULARIES,
    "merges.txt",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
)


@dataclass(frozen=True, slots=True)
class ClapModel:
    """An installed model, read from its description; nothing heavy is touched."""

    folder: Path
    info: ModelInfo
    space: Space
    front: MelFront

    @property
    def image_input(self) -> InputSpec | None:
        return None

    @property
    def sound_input(self) -> SoundSpec | None:
        return self.front.spec

    def encoder(self, device: str) -> Encoder:
        return ClapEncoder(self, device, "fp32" if device == "cpu" else "fp16")

    def write(self) -> None:
        """Write the description into the model's folder."""
        info = self.info
        described = {
            "family": FAMILY,
            "name": info.name,
            "title": info.title,
            "summary": info.summary,
            "licence": info.licence,
            "size": info.size,
            "revision": self.space.revision,
            "dimension": self.space.dimension,
            "front": asdict(self.front),
        }
        text = json.dumps(described, indent=1)
        (self.folder / DESCRIPTION).write_text(text, "utf-8")


def read_model(folder: Path) -> ClapModel | None:
    """Read an installed model, None if the folder holds none of this kind that can be used."""
    try:
        told = json.loads((folder / DESCRIPTION).read_text("utf-8"))
        if told.get("family") != FAMILY or not (folder / WEIGHTS).is_file():
            return None
        return ClapModel(
            folder,
            info_of(told["name"], told["title"], told["summary"], told["licence"], told["size"]),
            Space(told["name"], told["revision"], PREPROCESSING, told["dimension"]),
            MelFront(**told["front"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def info_of(name: str, title: str, summary: str, licence: str, size: int) -> ModelInfo:
    """Describe an installed model."""
    return ModelInfo(
        name,
        title,
        summary,
        licence,
        size,
        MODALITIES,
        ModelState.INSTALLED,
        indexes=Modality.SOUND,
    )


class ClapEncoder:
    """The two towers of an installed model, each loaded when it is first used.

    `precision` is "fp32" or "fp16". Spectrograms are always made in double precision, on the
    CPU where the device has none.
    """

    modalities = frozenset(MODALITIES)
    indexes = Modality.SOUND
    image_input: InputSpec | None = None

    def __init__(self, model: ClapModel, device: str, precision: str) -> None:
        self.space = model.space
        self.sound_input: SoundSpec | None = model.sound_input
        self._model = model
        self._device = device
        self._precision = precision
        self._sound: torch.nn.Module | None = None
        self._banks: torch.Tensor | None = None
        self._text: torch.nn.Module | None = None
        self._tokenizer: Any = None
        self._loading = threading.Lock()  # importing from two threads at once is no good

    def encode_images(self, pixels: Pixels) -> Vectors:
        """Take no pictures: raises WrongUse."""
        raise WrongUse("This model takes no pictures.")

    def encode_sounds(self, samples: Samples) -> Vectors:
        """Embed (n, length) float32 windows, mono, -1..1, as (n, d) float32 of unit length."""
        import torch

        if self._sound is None or self._banks is None:
            with self._loading:
                self._sound = self._tower(Modality.SOUND)
                place = "cpu" if self._device == "mps" else self._device
                self._banks = torch.from_numpy(self._model.front.banks()).to(place)
        with torch.inference_mode():
            seen = self._model.front.spectrograms(samples, self._banks).to(self._device)
            # No window is longer than one: fused models then look at one spectrogram only, as
            # LAION's own code does. transformers' processor tosses a coin instead.
            longer = torch.zeros((len(seen), 1), dtype=torch.bool, device=self._device)
            return _vectors(self._sound(input_features=seen, is_longer=longer).audio_embeds)

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Embed sentences as (n, d) float32 of unit length."""
        import torch

        if self._text is None or self._tokenizer is None:
            with self._loading:
                self._text = self._tower(Modality.TEXT)
                self._tokenizer = load_tokenizer(self._model.folder)
        with torch.inference_mode():
            tokens = tokens_of(self._tokenizer, texts, self._text.config)
            tokens = {name: rows.to(self._device) for name, rows in tokens.items()}
            return _vectors(self._text(**tokens).text_embeds)

    def unload(self) -> None:
        """Free the towers; they load again when they are used."""
        self._sound = self._banks = self._text = self._tokenizer = None

    def _tower(self, modality: Modality) -> torch.nn.Module:
        tower = load_tower(self._model.folder, modality)
        if self._precision == "fp16":
            _halve(tower, modality)
        return tower.to(self._device)


def _vectors(features: Any) -> Vectors:
    return unit(features.float().cpu().numpy())


def _halve(tower: torch.nn.Module, modality: Modality) -> None:
    """Halve a tower's precision, but for where spectrograms come in: decibels need it."""
    tower.half()
    if modality is Modality.SOUND:
        encoder: Any = tower.audio_model.audio_encoder  # type: ignore[union-attr]
        encoder.batch_norm.float()
        encoder.patch_embed.register_forward_pre_hook(
            lambda module, given: (given[0].half(), *given[1:])
        )


def load_transformers() -> Any:
    """Import transformers, whichever torchvision there is.

    Raises EnvironmentProblem if it cannot be imported.
    """
    try:
        operators.prepare()
        import transformers
    except (ImportError, OSError, RuntimeError) as error:
        raise EnvironmentProblem(f"transformers cannot be loaded: {error}") from error
    return transformers


def load_tower(folder: Path, modality: Modality) -> torch.nn.Module:
    """Load one tower's share of the weights, and no other byte of the file.

    Raises EnvironmentProblem if the files are no longer what was installed.
    """
    import torch
    from safetensors import SafetensorError, safe_open

    transformers = load_transformers()
    try:
        config = transformers.ClapConfig.from_json_file(folder / CONFIG)
        with torch.device("meta"):  # no memory, no random numbers: all of it is loaded
            if modality is Modality.SOUND:
                tower = transformers.ClapAudioModelWithProjection(config.audio_config)
            else:
                tower = transformers.ClapTextModelWithProjection(config.text_config)
        with safe_open(folder / WEIGHTS, framework="pt") as file:
            state = {name: file.get_tensor(name) for name in tower.state_dict()}
        single = {n: v.float() if v.is_floating_point() else v for n, v in state.items()}
        tower.load_state_dict(single, assign=True)
    except (OSError, SafetensorError, RuntimeError, ValueError, TypeError, KeyError) as error:
        raise EnvironmentProblem(
            f"The weights in {folder} are damaged. Remove the model and add it again."
        ) from error
    return tower.eval()  # type: ignore[no-any-return]


def load_tokenizer(folder: Path) -> Any:
    """Load what cuts sentences into tokens, from the model's folder.

    Raises BadInput if there is none, or one that knows no words.
    """
    transformers = load_transformers()
    if not any((folder / name).is_file() for name in VOCABULARIES):
        raise BadInput("The tokenizer of this model is missing.")
    try:
        loaded = transformers.AutoTokenizer.from_pretrained(
            str(folder), local_files_only=True, trust_remote_code=False
        )
        words = len(loaded.get_vocab()) - len(loaded.all_special_tokens)
    except Exception as error:  # whatever a file of somebody else's makes of the library
        raise BadInput("The tokenizer of this model cannot be read.") from error
    # transformers makes a tokenizer without words where files are missing, and says nothing.
    if words <= 0 or loaded.pad_token_id is None:
        raise BadInput("The tokenizer of this model knows no words.")
    return loaded


def tokens_of(tokenizer: Any, texts: Sequence[str], config: Any) -> dict[str, torch.Tensor]:
    """Cut sentences into tokens: their numbers and a mask, (n, longest) each."""
    longest = config.max_position_embeddings - config.pad_token_id - 1
    cut = tokenizer(
        list(texts), padding=True, truncation=True, max_length=longest, return_tensors="pt"
    )
    return {name: cut[name] for name in ("input_ids", "attention_mask")}
