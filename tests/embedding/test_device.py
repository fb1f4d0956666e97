"""Where models run, and what is said about it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from assetman.embedding import device


@pytest.fixture(autouse=True)
def _afresh() -> None:
    device.choose_device.cache_clear()


def test_the_cpu_can_be_asked_for() -> None:
    choice = device.choose_device("cpu")
    assert choice.device == "cpu"
    assert "core" in choice.title
    assert choice.reason == "the settings ask for the CPU"


def test_a_torch_without_cuda_is_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "_built_for", lambda: "cpu")
    monkeypatch.setattr(device.shutil, "which", lambda name: "/usr/bin/nvidia-smi")
    choice = device.choose_device("auto")
    assert choice.device == "cpu"
    assert "without CUDA" in choice.reason
    assert "NVIDIA GPU" in choice.reason


def test_an_unknown_device_becomes_the_cpu_and_says_why() -> None:
    choice = device.choose_device("quantum")
    assert choice.device == "cpu"
    assert "quantum" in choice.reason


def test_what_torch_was_built_for_is_read_as_torch_itself_says() -> None:
    import torch

    expected = "cuda" if torch.version.cuda else "rocm" if torch.version.hip else "cpu"
    if sys.platform == "darwin":
        expected = "mps"
    assert device._built_for() == expected


def test_torchvision_imports_whichever_torch_there_is() -> None:
    program = (
        "from assetman.embedding import operators\n"
        "operators.prepare(); operators.prepare()\n"
        "import torchvision, timm\n"
        "operators.prepare()\n"
        "print('fine')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "fine", done.stderr
