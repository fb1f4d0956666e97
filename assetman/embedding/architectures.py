"""What open_clip knows of its architectures: their shape, and how pictures are prepared."""

from __future__ import annotations

import copy
import difflib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assetman.core.errors import BadInput, EnvironmentProblem, WrongUse
from assetman.core.inputs import Fit, InputSpec, Interpolation, Modality
from assetman.embedding import operators

if TYPE_CHECKING:
    import torch

CONFIG_FILE = "open_clip_config.json"
TEXT_CONFIG_FILE = "config.json"  # of a text tower that is one of transformers'
FITS = {"shortest": Fit.CROP, "longest": Fit.PAD, "squash": Fit.SQUASH}
WHITE = (255, 255, 255)
# A tower that is not wanted is built as small as it can be, and thrown away.
SMALLEST_VISION = {"image_size": 32, "patch_size": 32, "layers": 1, "width": 64, "head_width": 64}
SMALLEST_TEXT = {"context_length": 8, "vocab_size": 8, "width": 64, "heads": 1, "layers": 1}

Config = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Architecture:
    """An architecture with the preparation of pictures that its weights were trained with."""

    name: str
    model: Config  # open_clip's `model_cfg`
    preprocess: Config  # open_clip's `PreprocessCfg`

    @property
    def dimension(self) -> int:
        return int(self.model["embed_dim"])

    @property
    def tokenizer_name(self) -> str:
        """Where open_clip would take the tokenizer from; "" for its own."""
        return str(self.model["text_cfg"].get("hf_tokenizer_name", ""))

    @property
    def text_model_name(self) -> str:
        """Where open_clip would take the shape of the text tower from; "" for its own."""
        return str(self.model["text_cfg"].get("hf_model_name", ""))


def load_open_clip() -> Any:
    """Import open_clip, whichever torchvision there is.

    Raises EnvironmentProblem if it cannot be imported.
    """
    try:
        operators.prepare()
        import open_clip
    except (ImportError, OSError, RuntimeError) as error:
        raise EnvironmentProblem(f"open_clip cannot be loaded: {error}") from error
    return open_clip


def named(name: str, hint: str = "") -> Architecture:
    """Find an architecture of open_clip's own list.

    `hint` is the name of the file of weights: where weights of one architecture were trained
    with different preparations of pictures, it may say which these are.
    Raises WrongUse for an unknown name.
    """
    open_clip = load_open_clip()
    config = open_clip.get_model_config(name) if ":" not in name else None
    if config is None:
        near = difflib.get_close_matches(name, open_clip.list_models(), 3, 0.4)
        advice = f" Did you mean {' or '.join(near)}?" if near else ""
        raise WrongUse(f"open_clip knows no architecture called “{name}”.{advice}")
    known = _known_preparation(open_clip, name, hint)
    config = copy.deepcopy(config)
    if known.get("quick_gelu"):
        config["quick_gelu"] = True
    return Architecture(name, config, _preprocess(config, known))


def in_folder(folder: Path, name: str = "") -> Architecture | None:
    """Read the architecture that a folder of weights brings, None if it brings none.

    Raises BadInput for a description that cannot be read.
    """
    path = folder / CONFIG_FILE
    if not path.is_file():
        return None
    try:
        described = json.loads(path.read_text("utf-8"))
        config = described["model_cfg"]
        if not (config["embed_dim"] and config["vision_cfg"] and config["text_cfg"]):
            raise ValueError("incomplete")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(f"{path.name} in {folder.name} does not describe a model.") from error
    known = described.get("preprocess_cfg") or {}
    return Architecture(name or folder.name, config, _preprocess(config, known))


def image_input(architecture: Architecture) -> InputSpec:
    """Say which pixels it takes.

    Raises BadInput for an architecture that takes pictures other than square.
    """
    size = architecture.preprocess["size"]
    sides = {size} if isinstance(size, int) else set(size)
    if len(sides) != 1:
        raise BadInput(f"{architecture.name} takes oblong pictures, which Assetman cannot give.")
    fit = FITS[architecture.preprocess["resize_mode"]]
    bilinear = architecture.preprocess["interpolation"] == "bilinear"
    shade = int(architecture.preprocess["fill_color"])
    return InputSpec(
        int(sides.pop()),
        fit,
        Interpolation.BILINEAR if bilinear else Interpolation.BICUBIC,
        (shade,) * 3 if fit is Fit.PAD else WHITE,
    )


def build(
    architecture: Architecture, keep: Modality | None, folder: Path, precision: str, device: str
) -> torch.nn.Module:
    """Build a model with random weights, as `open_clip.create_model` does.

    With `keep` the other tower is as small as it can be. `folder` holds the description of
    a text tower that is one of transformers'. Raises BadInput if it cannot be built.
    """
    import torch

    open_clip = load_open_clip()
    config = copy.deepcopy(architecture.model)
    uses_timm = "timm_model_name" in config["vision_cfg"]
    config["vision_cfg"]["timm_model_pretrained"] = False
    if architecture.text_model_name:
        config["text_cfg"]["hf_model_name"] = str(folder)
        config["text_cfg"]["hf_model_pretrained"] = False
        config["custom_text"] = True
    custom = config.pop("custom_text", False)
    captions = custom and "multimodal_cfg" in config
    if not captions:  # a captioning model's towers depend on each other
        if keep is Modality.IMAGE:
            config["text_cfg"] = dict(SMALLEST_TEXT)
        elif keep is Modality.TEXT:
            config["vision_cfg"] = dict(SMALLEST_VISION)
    kind = open_clip.CoCa if captions else open_clip.CustomTextCLIP if custom else open_clip.CLIP
    half = open_clip.factory.get_cast_dtype(precision)
    try:
        model: torch.nn.Module = kind(**config, cast_dtype=half)
        place = torch.device(device)
        open_clip.factory._set_model_device_and_precision(model, place, precision, uses_timm)
    except (TypeError, ValueError, KeyError, AssertionError, RuntimeError, OSError) as error:
        raise BadInput(f"{architecture.name} cannot be built: {_first_line(error)}") from error
    return model.eval()


def _known_preparation(open_clip: Any, name: str, hint: str) -> Config:
    """Choose among the preparations of the published weights of an architecture."""
    tags = open_clip.list_pretrained_tags_by_model(name)
    known = {tag: dict(open_clip.get_pretrained_cfg(name, tag)) for tag in tags}
    plain = hint.lower().replace("-", "_")
    named_so = [tag for tag in known if tag in plain]
    if named_so:
        return known[max(named_so, key=len)]
    ways = [{**config, "url": "", "hf_hub": ""} for config in known.values()]
    return ways[0] if ways and all(way == ways[0] for way in ways) else {}


def _preprocess(config: Config, known: Config) -> Config:
    from dataclasses import asdict

    open_clip = load_open_clip()
    defaults = asdict(open_clip.transform.PreprocessCfg())
    merged: Config = open_clip.transform.merge_preprocess_dict(defaults, known)
    merged["size"] = config["vision_cfg"].get("image_size", merged["size"])
    return merged


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
