"""The hearing tower of the starter: YAMNet, for inference only.

YAMNet (Google, Apache-2.0) is a MobileNet v1 over log mel spectrograms that tells the 521 kinds
of sound of AudioSet apart, 0.96 seconds at a time. The numbers below are those of its own
`params.py`; `yamnet_weights.py` says where its weights come from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from assetman.core.inputs import SoundSpec
from assetman.embedding import yamnet_weights
from assetman.embedding.encoder import Samples, Vectors

if TYPE_CHECKING:
    import torch

RATE = 16_000
CLASSES = 521
FEATURES = 1024
FRAME, STEP, FFT = 400, 160, 512  # samples: 25 ms, 10 ms
BANDS, LOWEST, HIGHEST = 64, 125.0, 7500.0  # mel bands, Hz
OFFSET = 0.001  # before the logarithm
PATCH, PATCH_STEP = 96, 48  # frames: 0.96 s, every 0.48 s
SHORTEST = FRAME + (PATCH - 1) * STEP  # samples of one patch
STRIDES = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1)  # of the depthwise convolutions
AT_ONCE = 64  # patches: bounds the memory of the first layers
QUIETEST = 1e-4  # power of a patch that counts, as a share of the loudest: 40 dB below
SOUND_INPUT = SoundSpec(RATE)


@dataclass(frozen=True, slots=True)
class Heard:
    """What the network says of each patch of each window."""

    features: NDArray[np.float32]  # (n, patches, 1024)
    logits: NDArray[np.float32]  # (n, patches, 521)
    power: NDArray[
        np.float32
    ]  # (n, patches): mean square of the samples; where 0, features are 0 too


class HearingTower:
    """Turns windows of sound into features and class logits, patch by patch.

    Raises EnvironmentProblem where the package of its weights is not installed.
    """

    def __init__(self, device: str) -> None:
        import torch

        self._device = device
        held = {
            name: torch.from_numpy(weights).to(device)
            for name, weights in yamnet_weights.load().items()
        }
        self._kernels = [held[f"kernel{i}"] for i in range(1 + 2 * len(STRIDES))]
        self._biases = [held[f"bias{i}"] for i in range(1 + 2 * len(STRIDES))]
        self._classifier, self._prior = held["classifier"], held["prior"]
        self._mel = torch.from_numpy(mel_weights()).to(device)
        self._taper = torch.hann_window(FRAME, device=device)

    def hear(self, samples: Samples) -> Heard:
        """Listen to (n, length) float32 windows at 16 kHz, -1..1."""
        import torch

        with torch.inference_mode():
            x = torch.from_numpy(samples).to(self._device)
            missing = SHORTEST - x.shape[1]  # to one patch, or below to the next whole one
            hop = PATCH_STEP * STEP
            x = torch.nn.functional.pad(x, (0, missing if missing > 0 else missing % hop))
            power = (x**2).unfold(1, SHORTEST, hop).mean(2)
            patches = self._log_mel(x).unfold(1, PATCH, PATCH_STEP).transpose(2, 3)
            features = torch.zeros((*power.shape, FEATURES), device=self._device)
            loud = power > 0
            features[loud] = self._in_parts(patches[loud])
            logits = features @ self._classifier + self._prior
            return Heard(features.cpu().numpy(), logits.cpu().numpy(), power.cpu().numpy())

    def _in_parts(self, patches: torch.Tensor) -> torch.Tensor:
        import torch

        starts = range(0, len(patches), AT_ONCE)
        parts = [self._network(patches[start : start + AT_ONCE]) for start in starts]
        return torch.cat(parts) if parts else patches.new_zeros((0, FEATURES))

    def _log_mel(self, x: torch.Tensor) -> torch.Tensor:
        """Give the (n, frames, 64) log mel spectrogram."""
        import torch

        frames = x.unfold(1, FRAME, STEP) * self._taper
        return torch.log(torch.fft.rfft(frames, FFT).abs() @ self._mel + OFFSET)

    def _network(self, patches: torch.Tensor) -> torch.Tensor:
        """Give the (m, 1024) features of (m, 96, 64) patches."""
        x = self._convolve(patches[:, None], 0, 2)
        for block, stride in enumerate(STRIDES):
            x = self._convolve(x, 1 + 2 * block, stride)
            x = self._convolve(x, 2 + 2 * block, 1)
        return x.mean((2, 3))

    def _convolve(self, x: torch.Tensor, layer: int, stride: int) -> torch.Tensor:
        from torch.nn import functional

        kernel = self._kernels[layer]
        if kernel.shape[-1] == 3:  # TensorFlow's SAME: the odd row goes to the end
            down, right = (max((-(-n // stride) - 1) * stride + 3 - n, 0) for n in x.shape[-2:])
            x = functional.pad(x, (right // 2, right - right // 2, down // 2, down - down // 2))
        groups = kernel.shape[0] if layer and kernel.shape[1] == 1 else 1
        return functional.conv2d(x, kernel, self._biases[layer], stride, groups=groups).relu_()


def class_logits(heard: Heard) -> Vectors:
    """Give the (n, 521) mean logits of the patches of each window that are not silent.

    Each window's own mean is taken off: all 521 rise and fall together with how clear a sound is.
    """
    logits = _mean(heard, heard.logits)
    return np.asarray(logits - logits.mean(1, keepdims=True), dtype=np.float32)


def mean_features(heard: Heard) -> Vectors:
    """Give the (n, 1024) mean features of the patches of each window that are not silent."""
    return _mean(heard, heard.features)


def _mean(heard: Heard, values: NDArray[np.float32]) -> Vectors:
    counts = heard.power >= np.maximum(heard.power.max(1, keepdims=True) * QUIETEST, 1e-12)
    weights = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    return np.asarray(np.einsum("np,npc->nc", weights, values), dtype=np.float32)


def mel_weights() -> Vectors:
    """Make the (257, 64) matrix of `tf.signal.linear_to_mel_weight_matrix`."""

    def mel(hertz: NDArray[np.float64] | float) -> NDArray[np.float64]:
        return np.asarray(1127.0 * np.log1p(np.asarray(hertz) / 700.0))

    bins = mel(np.linspace(0, RATE / 2, FFT // 2 + 1))[:, None]
    edges = np.linspace(mel(LOWEST), mel(HIGHEST), BANDS + 2)
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    weights = np.maximum(0, np.minimum(rising, falling))
    weights[0] = 0
    return np.asarray(weights, dtype=np.float32)
