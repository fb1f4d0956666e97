"""Models on offer and what they run on, as a person sees them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assetman.core.inputs import Modality


class ModelState(StrEnum):
    """Whether a model can be used now."""

    BUILT_IN = "built in"
    INSTALLED = "installed"
    AVAILABLE = "available"  # its weights are still to be chosen or downloaded


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """One row of the list of models."""

    name: str
    title: str
    summary: str  # one sentence: what it is good for
    licence: str
    size: int | None  # bytes of weights
    modalities: tuple[Modality, ...]  # that it can be asked with
    state: ModelState
    active: bool = False  # answers searches
    filling: bool = False  # chosen, and not yet complete
    pending: int = 0  # segments it still lacks
    indexes: Modality = Modality.IMAGE  # what of the library it answers about


@dataclass(frozen=True, slots=True)
class DeviceChoice:
    """Where models run and why: `reason` says why not on the GPU when they do not."""

    device: str  # "cpu", "cuda", "mps"
    title: str  # "CPU, 2 cores", "NVIDIA H100"
    reason: str = ""
