"""Our vector for a picture or a sentence is open_clip's own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from assetman.core.inputs import Fit, Interpolation
from assetman.embedding.catalogue import ModelCatalogue
from assetman.embedding.clip import ClipEncoder, ClipModel
from assetman.media.fitting import fit
from kit.published import Published

SENTENCES = ["a photo of the red bird", "four wheels", "a bird", "of four birds the red"]
ENOUGH = 0.9999


def pictures(count: int = 12) -> list[Image.Image]:
    """Make pictures of all shapes, with edges and colours."""
    random = np.random.default_rng(3)
    made = []
    for _ in range(count):
        width, height = (int(side) for side in random.integers(40, 300, 2))
        coarse = random.integers(0, 255, (6, 7, 3), dtype=np.uint8)
        made.append(Image.fromarray(coarse).resize((width, height), Image.Resampling.NEAREST))
    return made


def theirs(published: Published, open_clip: Any) -> tuple[np.ndarray, np.ndarray]:
    """Embed as open_clip does: its own model, preprocessing and tokenizer."""
    import torch

    source = f"local-dir:{published.folder}"
    model, _, preprocess = open_clip.create_model_and_transforms(source, pretrained_text=False)
    tokenizer = open_clip.get_tokenizer(source)
    with torch.inference_mode():
        seen = model.eval().encode_image(torch.stack([preprocess(p) for p in pictures()]))
        read = model.encode_text(tokenizer(SENTENCES))
    return unit(seen.numpy()), unit(read.numpy())


def ours(encoder: ClipEncoder) -> tuple[np.ndarray, np.ndarray]:
    """Embed as the house does: media's pixels, the encoder's vectors."""
    assert encoder.image_input is not None
    pixels = np.stack([fit(picture, encoder.image_input) for picture in pictures()])
    return encoder.encode_images(pixels), encoder.encode_texts(SENTENCES)


def least_cosine(some: np.ndarray, others: np.ndarray) -> float:
    """Compare row by row, as they are and with each set's mean taken away; give the least."""
    plain = (unit(some) * unit(others)).sum(1).min()
    centred = (unit(some - some.mean(0)) * unit(others - others.mean(0))).sum(1).min()
    return float(min(plain, centred))


def unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def installed(published: Published, models: Path) -> ClipModel:
    catalogue = ModelCatalogue(models)
    model = catalogue.model(catalogue.install("", str(published.folder)).name)
    assert isinstance(model, ClipModel)
    return model


@pytest.mark.parametrize("kind", ["tiny", "tiny_siglip", "tiny_roberta"])
def test_vectors_equal_open_clips_own(
    kind: str, request: pytest.FixtureRequest, open_clip: Any, models: Path
) -> None:
    published = request.getfixturevalue(kind)
    encoder = ClipEncoder(installed(published, models), "cpu", "fp32")

    for mine, own in zip(ours(encoder), theirs(published, open_clip), strict=True):
        assert np.allclose(np.linalg.norm(mine, axis=1), 1, atol=1e-5)
        assert least_cosine(mine, own) >= ENOUGH


@pytest.mark.parametrize("kind", ["tiny", "tiny_siglip"])
def test_half_precision_costs_a_thousandth_at_most(
    kind: str, request: pytest.FixtureRequest, open_clip: Any, models: Path
) -> None:
    published = request.getfixturevalue(kind)
    encoder = ClipEncoder(installed(published, models), "cpu", "fp16")

    for mine, own in zip(ours(encoder), theirs(published, open_clip), strict=True):
        assert (mine * own).sum(1).min() >= 0.999


def test_a_wrong_preparation_would_be_noticed(
    tiny: Published, open_clip: Any, models: Path
) -> None:
    right = installed(tiny, models)
    own, _ = theirs(tiny, open_clip)
    spec = right.image_input
    assert spec is not None
    shifted = {**right.architecture.preprocess, "mean": (0.5, 0.5, 0.5), "std": (0.5, 0.5, 0.5)}
    wrong = {
        "normalisation": replace(
            right, architecture=replace(right.architecture, preprocess=shifted)
        ),
        "crop": replace(right, image_input=replace(spec, fit=Fit.SQUASH)),
        "interpolation": replace(
            right, image_input=replace(spec, interpolation=Interpolation.BILINEAR)
        ),
    }
    for what, model in wrong.items():
        mine, _ = ours(ClipEncoder(model, "cpu", "fp32"))
        assert least_cosine(mine, own) < ENOUGH, what


def test_a_question_does_not_load_the_vision_tower(tiny: Published, models: Path) -> None:
    encoder = ClipEncoder(installed(tiny, models), "cpu", "fp32")
    encoder.encode_texts(["a bird"])
    assert encoder._vision is None
    assert encoder._text is not None
    blocks = encoder._text.visual.transformer.resblocks
    assert len(blocks) == 1  # of the two that the vision tower has: a stand-in


def test_an_unloaded_model_loads_again(tiny: Published, models: Path) -> None:
    encoder = ClipEncoder(installed(tiny, models), "cpu", "fp32")
    before = ours(encoder)
    encoder.unload()
    for first, again in zip(before, ours(encoder), strict=True):
        assert np.array_equal(first, again)
