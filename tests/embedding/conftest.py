"""Models with random weights in the real formats, and open_clip that knows them."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from kit.claps import PublishedClap, publish_clap
from kit.published import CONFIGS, TINY, TINY_ROBERTA, TINY_SIGLIP, Published, publish


@pytest.fixture(scope="session")
def open_clip(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """open_clip, knowing the tiny architectures."""
    from assetman.embedding.architectures import load_open_clip

    folder = tmp_path_factory.mktemp("architectures")
    for name, config in CONFIGS.items():
        (folder / f"{name}.json").write_text(json.dumps(config))
    open_clip = load_open_clip()
    open_clip.add_model_config(folder)
    return open_clip


def _published(
    name: str, factory: pytest.TempPathFactory, open_clip: Any, patch: pytest.MonkeyPatch
) -> Published:
    # open_clip warns that a model has random weights: here it shall.
    patch.setattr(logging.getLogger(), "disabled", True)
    return publish(factory.mktemp("hub") / name, name, open_clip)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory, open_clip: Any) -> Published:
    with pytest.MonkeyPatch.context() as patch:
        return _published(TINY, tmp_path_factory, open_clip, patch)


@pytest.fixture(scope="session")
def tiny_siglip(tmp_path_factory: pytest.TempPathFactory, open_clip: Any) -> Published:
    with pytest.MonkeyPatch.context() as patch:
        return _published(TINY_SIGLIP, tmp_path_factory, open_clip, patch)


@pytest.fixture(scope="session")
def tiny_roberta(tmp_path_factory: pytest.TempPathFactory, open_clip: Any) -> Published:
    with pytest.MonkeyPatch.context() as patch:
        return _published(TINY_ROBERTA, tmp_path_factory, open_clip, patch)


@pytest.fixture(scope="session")
def tiny_clap(tmp_path_factory: pytest.TempPathFactory) -> PublishedClap:
    return publish_clap(tmp_path_factory.mktemp("hub") / "tiny-clap", fused=False)


@pytest.fixture(scope="session")
def tiny_fused(tmp_path_factory: pytest.TempPathFactory) -> PublishedClap:
    return publish_clap(tmp_path_factory.mktemp("hub") / "tiny-fused", fused=True)


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """The folder of installed models."""
    return tmp_path / "models"
