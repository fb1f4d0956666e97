"""CLAP's weights as LAION published them first, renamed to what transformers calls them.

`630k-audioset-best.pt` and its kin hold one tower as HTSAT names it and one as RoBERTa does, beside
the state of the optimiser and parts that are only there for training. What the model looks like
is not told: the shapes of its weights say it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from assetman.core.errors import BadInput

if TYPE_CHECKING:
    import torch

    State = dict[str, torch.Tensor]

AUDIO, TEXT = "audio_model.audio_encoder.", "text_model."
_ORIGINAL = ("audio_branch.", "text_branch.")
_TOWERS = {"audio_branch.": AUDIO, "text_branch.": TEXT}
_RENAMED = (
    (".attn.proj.", ".attention.output.dense."),
    (".attn.", ".attention.self."),
    (".mlp.fc1.", ".intermediate.dense."),
    (".mlp.fc2.", ".output.dense."),
    (".norm1.", ".layernorm_before."),
    (".norm2.", ".layernorm_after."),
    (".bn0.", ".batch_norm."),
)
_PROJECTION = re.compile(r"^(audio|text)_projection\.([02])\.")
# Of the front end, which is made anew, and of heads that only training had.
_LEFT_OUT = re.compile(
    r"spectrogram_extractor|logmel_extractor|tscam_conv|\.head\.|_transform\.|attn_mask"
    r"|relative_position_index|position_ids|token_type_ids"
)
_ROBERTA_EPSILON = 1e-5
_HEAD = 64  # numbers of a head of RoBERTa's, whatever its size


def is_original(state: State) -> bool:
    """Tell whether these are CLAP's weights as LAION names them."""
    return all(any(name.startswith(branch) for name in state) for branch in _ORIGINAL)


def is_clap(state: State) -> bool:
    """Tell whether these are CLAP's weights as transformers names them."""
    return f"{AUDIO}batch_norm.weight" in state and f"{TEXT}pooler.dense.weight" in state


def renamed(state: State) -> State:
    """Give the weights of an original checkpoint as transformers names them."""
    given: State = {}
    for name, value in state.items():
        if _LEFT_OUT.search(name):
            continue
        branch = next((b for b in _ORIGINAL if name.startswith(b)), "")
        if branch == _ORIGINAL[0]:
            name = "." + name.removeprefix(branch)
            for old, new in _RENAMED:
                name = name.replace(old, new)
            name = AUDIO + name[1:]
        elif branch:
            name = TEXT + name.removeprefix(branch)
        else:
            name = _PROJECTION.sub(_linear, name)
        if ".qkv." in name:
            parts = zip(("query", "key", "value"), value.chunk(3), strict=True)
            given.update((name.replace("qkv", part), share) for part, share in parts)
        else:
            given[name] = value
    return given


def shape_of(state: State, original: bool) -> dict[str, Any]:
    """Read off what a ClapConfig must say for these weights, named as transformers does.

    Raises BadInput for weights of a CLAP of another build.
    """
    try:
        return {
            "audio_config": _audio(state),
            "text_config": _text(state, original),
            "projection_dim": state["audio_projection.linear1.weight"].shape[0],
        }
    except (KeyError, IndexError, ValueError) as error:
        raise BadInput(
            "These are weights of a CLAP of another build than LAION's with HTSAT and RoBERTa."
        ) from error


def _linear(match: re.Match[str]) -> str:
    return f"{match[1]}_projection.linear{1 if match[2] == '0' else 2}."


def _audio(state: State) -> dict[str, Any]:
    width, _, patch, _ = state[f"{AUDIO}patch_embed.proj.weight"].shape
    stages = 1 + _highest(state, rf"{re.escape(AUDIO)}layers\.(\d+)\.")
    depths, heads = [], []
    for stage in range(stages):
        depths.append(1 + _highest(state, rf"{re.escape(AUDIO)}layers\.{stage}\.blocks\.(\d+)\."))
        table = f"{AUDIO}layers.{stage}.blocks.0.attention.self.relative_position_bias_table"
        places, count = state[table].shape
        heads.append(count)
    inner = state[f"{AUDIO}layers.0.blocks.0.intermediate.dense.weight"].shape[0]
    return {
        "patch_size": patch,
        "patch_embeds_hidden_size": width,
        "hidden_size": width * 2 ** (stages - 1),
        "num_hidden_layers": stages,
        "depths": depths,
        "num_attention_heads": heads,
        "window_size": (round(places**0.5) + 1) // 2,
        "mlp_ratio": inner / width,
        "num_mel_bins": state[f"{AUDIO}batch_norm.weight"].shape[0],
        "enable_fusion": f"{AUDIO}patch_embed.mel_conv2d.weight" in state,
        "qkv_bias": f"{AUDIO}layers.0.blocks.0.attention.self.query.bias" in state,
    }


def _text(state: State, original: bool) -> dict[str, Any]:
    words, width = state[f"{TEXT}embeddings.word_embeddings.weight"].shape
    told: dict[str, Any] = {
        "vocab_size": words,
        "hidden_size": width,
        "num_hidden_layers": 1 + _highest(state, rf"{re.escape(TEXT)}encoder\.layer\.(\d+)\."),
        "num_attention_heads": max(1, width // _HEAD),
        "intermediate_size": state[f"{TEXT}encoder.layer.0.intermediate.dense.weight"].shape[0],
        "max_position_embeddings": state[f"{TEXT}embeddings.position_embeddings.weight"].shape[0],
        "type_vocab_size": state[f"{TEXT}embeddings.token_type_embeddings.weight"].shape[0],
    }
    if original:  # what LAION trained with; transformers' conversions say 1e-12
        told["layer_norm_eps"] = _ROBERTA_EPSILON
    return told


def _highest(state: State, pattern: str) -> int:
    found = re.compile(pattern)
    return max(int(match[1]) for name in state if (match := found.match(name)))
