"""Small CLAPs with random weights, published as transformers and as LAION publish real ones."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assetman.embedding.clap import load_transformers

WORDS = "the bark of a dog four wheels on gravel rain falls on a tin roof glass breaks"
SENTENCES = ["the bark of a dog", "rain", "four wheels on a tin roof", "glass breaks on gravel"]
FRONT = {"frequency_min": 50, "frequency_max": 14_000}
# In what LAION calls HTSAT, from the inside of a name outwards.
_HTSAT = {
    "attention.output.dense": "attn.proj",
    "attention.self": "attn",
    "intermediate.dense": "mlp.fc1",
    "output.dense": "mlp.fc2",
    "layernorm_before": "norm1",
    "layernorm_after": "norm2",
    "batch_norm": "bn0",
}


@dataclass(frozen=True)
class PublishedClap:
    """A model as its makers would publish it, with transformers' own idea of it."""

    folder: Path
    model: Any  # transformers' ClapModel
    processor: Any

    @property
    def weights(self) -> Path:
        return self.folder / "model.safetensors"


def publish_clap(folder: Path, fused: bool, seed: int = 3) -> PublishedClap:
    """Make a folder like a hub repository of a CLAP: its shape, weights, tokenizer, front end."""
    import torch

    transformers = load_transformers()
    torch.manual_seed(seed)
    text = {
        "vocab_size": 320,
        "hidden_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 1,
        "intermediate_size": 96,
        "max_position_embeddings": 40,
    }
    audio = {
        "patch_embeds_hidden_size": 16,
        "hidden_size": 128,
        "depths": [1, 2, 1, 1],
        "num_attention_heads": [1, 2, 2, 4],
        "enable_fusion": fused,
    }
    config = transformers.ClapConfig(text_config=text, audio_config=audio, projection_dim=48)
    model = transformers.ClapModel(config).eval()
    _make_lively(model)
    tokenizer = write_tokenizer(folder)
    truncation = "fusion" if fused else "rand_trunc"
    processor = transformers.ClapProcessor(
        transformers.ClapFeatureExtractor(truncation=truncation, **FRONT), tokenizer
    )
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return PublishedClap(folder, model, processor)


def write_tokenizer(folder: Path, words: str = WORDS) -> Any:
    """Write a tokenizer built as RoBERTa's is, as vocab.json and merges.txt."""
    from tokenizers import ByteLevelBPETokenizer

    folder.mkdir(parents=True, exist_ok=True)
    trained = ByteLevelBPETokenizer()
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    trained.train_from_iterator([words] * 5, 320, 2, False, special)
    trained.save_model(str(folder))
    return load_transformers().RobertaTokenizer.from_pretrained(str(folder))


def original_state(model: Any) -> dict[str, Any]:
    """Name the weights as LAION's own training does, and add what only that has."""
    import torch

    state: dict[str, Any] = {}
    given = model.state_dict()
    for name, value in given.items():
        if name.endswith((".query.weight", ".query.bias")) and name.startswith("audio_model."):
            parts = [given[name.replace("query", part)] for part in ("query", "key", "value")]
            state[_htsat(name).replace("query", "qkv")] = torch.cat(parts)
        elif name.startswith("audio_model."):
            if ".key." not in name and ".value." not in name:
                state[_htsat(name)] = value
        elif name.startswith("text_model."):
            state[name.replace("text_model.", "text_branch.")] = value
        else:
            state[name.replace(".linear1.", ".0.").replace(".linear2.", ".2.")] = value
    side = model.config.projection_dim
    state["audio_branch.spectrogram_extractor.stft.conv_real.weight"] = torch.zeros(513, 1, 1024)
    state["audio_branch.logmel_extractor.melW"] = torch.zeros(513, 64)
    state["audio_branch.tscam_conv.weight"] = torch.zeros(527, 128, 2, 3)
    state["audio_branch.head.bias"] = torch.zeros(527)
    state["audio_branch.layers.1.blocks.1.attn_mask"] = torch.zeros(16, 64, 64)
    state["text_transform.sequential.0.weight"] = torch.zeros(side, side)
    state["audio_transform.sequential.3.bias"] = torch.zeros(side)
    return state


def write_original(path: Path, model: Any, **more: Any) -> Path:
    """Write a checkpoint as LAION's training leaves it: scores and the optimiser beside."""
    import torch

    state = {f"module.{name}": value for name, value in original_state(model).items()}
    kept = {"epoch": 15, "name": "clap", "best": np.float64(0.9), "state_dict": state, **more}
    torch.save({**kept, "optimizer": {"state": {0: torch.zeros(3)}}}, path)
    return path


def _htsat(name: str) -> str:
    name = name.replace("audio_model.audio_encoder.", "audio_branch.")
    for new, old in _HTSAT.items():
        if f".{new}." in name:
            return name.replace(f".{new}.", f".{old}.")
    return name


def _make_lively(model: Any) -> None:
    """Move weights and statistics from where they start: random towers tell too little apart."""
    import torch

    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.05)
        for name, buffer in model.named_buffers():
            wide = "audio_encoder.batch_norm" in name  # of decibels
            if name.endswith("running_mean"):
                buffer.copy_(torch.randn_like(buffer) * 5 - 30 if wide else buffer + 0.1)
            elif name.endswith("running_var"):
                buffer.copy_(torch.rand_like(buffer) * 100 + 50 if wide else buffer * 0.7)
