"""Where models run, and why not on the GPU."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from functools import cache
from pathlib import Path

from assetman.core.models import DeviceChoice
from assetman.core.settings import cores

REQUESTS = ("auto", "cpu", "cuda", "mps")


@cache
def choose_device(requested: str = "auto") -> DeviceChoice:
    """Choose the GPU where there is one, and say why not where there is none.

    `requested` is the setting: "auto", "cpu", "cuda" or "mps". What cannot be had becomes
    the CPU. torch is imported only where it was built for a GPU.
    """
    if requested not in REQUESTS:
        return _cpu(f"there is no device called “{requested}”, only {', '.join(REQUESTS)}")
    if requested == "cpu":
        return _cpu("the settings ask for the CPU")
    built_for = _built_for()
    if requested != "mps" and built_for in ("cuda", "rocm"):
        return _cuda(built_for)
    if requested != "cuda" and built_for == "mps":
        return _mps()
    if requested == "mps":
        return _cpu("MPS is there on Macs with Apple's own chips only")
    if built_for == "":
        return _cpu("PyTorch is not installed")
    if shutil.which("nvidia-smi"):
        return _cpu("there is an NVIDIA GPU, but PyTorch was installed without CUDA")
    return _cpu("PyTorch was installed without CUDA, and no NVIDIA GPU answers")


def _cpu(reason: str) -> DeviceChoice:
    count = cores()
    return DeviceChoice("cpu", f"CPU, {count} core{'s' if count > 1 else ''}", reason)


def _cuda(built_for: str) -> DeviceChoice:
    import torch

    if not torch.cuda.is_available():
        maker = "NVIDIA" if built_for == "cuda" else "AMD"
        return _cpu(f"PyTorch found no {maker} GPU that answers, or its driver is too old")
    return DeviceChoice("cuda", torch.cuda.get_device_name())


def _mps() -> DeviceChoice:
    import torch

    if not torch.backends.mps.is_available():
        return _cpu("this Mac has no GPU that PyTorch can use")
    return DeviceChoice("mps", "Apple GPU")


def _built_for() -> str:
    """Read from torch's version file, without importing torch, which GPUs it was built for.

    "cuda", "rocm", "mps", "cpu", or "" if torch is not installed.
    """
    found = importlib.util.find_spec("torch")
    if found is None or not found.submodule_search_locations:
        return ""
    if sys.platform == "darwin":
        return "mps"
    path = Path(next(iter(found.submodule_search_locations))) / "version.py"
    spec = importlib.util.spec_from_file_location("_torch_version", path)
    if spec is None or spec.loader is None:
        return "cpu"
    version = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(version)
    if getattr(version, "cuda", None):
        return "cuda"
    return "rocm" if getattr(version, "hip", None) else "cpu"
