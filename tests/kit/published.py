"""Small models with random weights, published as their makers would publish real ones."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TINY = "tiny-clip"
TINY_SIGLIP = "tiny-siglip"
TINY_ROBERTA = "tiny-roberta"
CONFIGS: dict[str, dict[str, Any]] = {
    TINY: {
        "embed_dim": 32,
        "vision_cfg": {"image_size": 64, "layers": 2, "width": 64, "patch_size": 16},
        "text_cfg": {
            "context_length": 77,
            "vocab_size": 49408,
            "width": 64,
            "heads": 2,
            "layers": 2,
        },
    },
    # As SigLIP 2 is built: a tower of timm's, attention pooling, a tokenizer of transformers'.
    TINY_SIGLIP: {
        "embed_dim": 48,
        "init_logit_bias": -10,
        "custom_text": True,
        "vision_cfg": {
            "image_size": 64,
            "timm_model_name": "test_vit",
            "timm_model_pretrained": False,
            "timm_pool": "avg",
            "timm_proj": "linear",
        },
        "text_cfg": {
            "context_length": 16,
            "vocab_size": 64,
            "hf_tokenizer_name": "nobody/tiny",
            "tokenizer_kwargs": {"clean": "canonicalize"},
            "width": 48,
            "heads": 2,
            "layers": 2,
            "no_causal_mask": True,
            "proj_bias": True,
            "pool_type": "last",
        },
    },
    TINY_ROBERTA: {
        "embed_dim": 32,
        "vision_cfg": {"image_size": 64, "layers": 2, "width": 64, "patch_size": 16},
        "text_cfg": {
            "hf_model_name": "nobody/tiny-roberta",
            "hf_tokenizer_name": "nobody/tiny-roberta",
            "hf_proj_type": "mlp",
            "hf_pooler_type": "mean_pooler",
            "context_length": 16,
            "vocab_size": 64,
        },
    },
}
SIGLIP_PREPARATION = {
    "mean": [0.5, 0.5, 0.5],
    "std": [0.5, 0.5, 0.5],
    "interpolation": "bicubic",
    "resize_mode": "squash",
}


@dataclass(frozen=True)
class Published:
    """A model as its makers would publish it, and open_clip's own idea of it."""

    folder: Path
    weights: Path
    model: Any
    config: dict[str, Any]


def write_tokenizer(folder: Path, words: str = "a red bird four wheels photo of the") -> None:
    """Write a tokenizer as a hub repository has it."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    listed = ["<pad>", "</s>", "<unk>", *words.split()]
    vocabulary = {word: number for number, word in enumerate(listed)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", 1)]
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    ).save_pretrained(folder)


def publish(folder: Path, architecture: str, open_clip: Any) -> Published:
    """Make a folder like a hub repository: description, safetensors, tokenizer."""
    import torch
    from safetensors.torch import save_file

    folder.mkdir(parents=True)
    config = copy.deepcopy(CONFIGS[architecture])
    described: dict[str, Any] = {"model_cfg": config}
    if architecture == TINY_SIGLIP:
        described["preprocess_cfg"] = SIGLIP_PREPARATION
    if "hf_tokenizer_name" in config["text_cfg"]:
        write_tokenizer(folder)
    if "hf_model_name" in config["text_cfg"]:
        _write_roberta(folder)
        # What open_clip itself is to read: in a real repository this is the name of another.
        described = copy.deepcopy(described)
        described["model_cfg"]["text_cfg"]["hf_model_name"] = str(folder)
        described["model_cfg"]["text_cfg"]["hf_model_pretrained"] = False
    (folder / "open_clip_config.json").write_text(json.dumps(described))
    torch.manual_seed(7)
    model = open_clip.create_model(f"local-dir:{folder}", load_weights=False, pretrained_text=False)
    with torch.no_grad():
        for parameter in model.parameters():  # the usual start is too small to tell much apart
            parameter.add_(torch.randn_like(parameter) * 0.05)
    weights = folder / "open_clip_model.safetensors"
    save_file({k: v.clone().contiguous() for k, v in model.state_dict().items()}, weights)
    return Published(folder, weights, model.eval(), described)


def _write_roberta(folder: Path) -> None:
    from transformers import XLMRobertaConfig

    XLMRobertaConfig(
        vocab_size=64,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=32,
        pad_token_id=0,
    ).save_pretrained(folder)
