"""What an encoder is given equals what open_clip's own preprocessing gives it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from assetman.core.assets import Box
from assetman.core.inputs import Fit, InputSpec, Interpolation
from assetman.media.fitting import fit, needed_share

MODES = {Fit.CROP: "shortest", Fit.PAD: "longest", Fit.SQUASH: "squash"}


def _let_torchvision_import() -> object:
    """Define the operators that a torchvision made for CUDA lacks beside a CPU torch."""
    library = torch.library.Library("torchvision", "FRAGMENT")
    for name in ("nms", "qnms"):
        with contextlib.suppress(RuntimeError):  # already there
            library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    return library


@pytest.fixture(scope="module")
def reference() -> Callable[[Image.Image, InputSpec], np.ndarray]:
    """open_clip's transform with its normalisation taken off again."""
    _keep = _let_torchvision_import()
    from open_clip.transform import PreprocessCfg, image_transform_v2

    def preprocess(picture: Image.Image, spec: InputSpec) -> np.ndarray:
        config = PreprocessCfg(
            size=spec.size,
            mean=(0.0, 0.0, 0.0),
            std=(1.0, 1.0, 1.0),
            interpolation=spec.interpolation.value,
            resize_mode=MODES[spec.fit],
            fill_color=spec.fill,  # type: ignore[arg-type]
        )
        tensor = image_transform_v2(config, is_train=False)(picture)
        return np.asarray((tensor * 255).round().permute(1, 2, 0).to(torch.uint8))

    _ = _keep
    return preprocess


def noise(width: int, height: int) -> Image.Image:
    generator = np.random.default_rng(width * 10_007 + height)
    return Image.fromarray(generator.integers(0, 256, (height, width, 3), dtype=np.uint8))


@given(
    width=st.integers(1, 700),
    height=st.integers(1, 700),
    size=st.sampled_from([32, 63, 224]),
    how=st.sampled_from(Fit),
    interpolation=st.sampled_from(Interpolation),
)
@example(224, 224, 224, Fit.CROP, Interpolation.BICUBIC)
@example(225, 224, 224, Fit.CROP, Interpolation.BICUBIC)
@example(224, 227, 224, Fit.CROP, Interpolation.BICUBIC)
@example(333, 500, 224, Fit.PAD, Interpolation.BICUBIC)
@example(1, 1, 224, Fit.PAD, Interpolation.BILINEAR)
def test_pixels_equal_open_clips_bit_for_bit(
    reference: Callable[[Image.Image, InputSpec], np.ndarray],
    width: int,
    height: int,
    size: int,
    how: Fit,
    interpolation: Interpolation,
) -> None:
    spec = InputSpec(size, how, interpolation, fill=(90, 90, 90))
    if how is Fit.PAD and round(min(width, height) * size / max(width, height)) == 0:
        return  # open_clip refuses a picture that is thinner than a pixel
    picture = noise(width, height)
    np.testing.assert_array_equal(fit(picture, spec), reference(picture, spec))


@pytest.mark.parametrize("shape", [(30, 2), (2, 41), (5000, 31), (3, 4096), (2500, 7)])
@pytest.mark.parametrize("how", Fit)
def test_long_thin_pictures_equal_open_clips(
    reference: Callable[[Image.Image, InputSpec], np.ndarray], shape: tuple[int, int], how: Fit
) -> None:
    spec = InputSpec(64, how)
    if how is Fit.PAD and round(min(shape) * 64 / max(shape)) == 0:
        pytest.skip("open_clip refuses a picture that is thinner than a pixel")
    np.testing.assert_array_equal(fit(noise(*shape), spec), reference(noise(*shape), spec))


def test_only_the_middle_of_an_endless_strip_is_made(
    reference: Callable[[Image.Image, InputSpec], np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    picture, spec = noise(3001, 9), InputSpec(64)
    monkeypatch.setattr("assetman.media.fitting._RESIZED_WHOLE", 0)
    apart = fit(picture, spec).astype(int) - reference(picture, spec)
    assert np.abs(apart).max() <= 2


def test_a_strip_that_would_fill_the_memory_is_fitted() -> None:
    strip = Image.new("RGB", (1, 60_000), (10, 20, 30))
    assert fit(strip, InputSpec(224))[0, 0].tolist() == [10, 20, 30]
    assert fit(strip, InputSpec(224, Fit.PAD, fill=(0, 0, 0))).shape == (224, 224, 3)


def test_padding_takes_the_fill_colour() -> None:
    spec = InputSpec(10, Fit.PAD, fill=(1, 2, 3))
    square = fit(Image.new("RGB", (20, 10), "white"), spec)
    assert square[0, 0].tolist() == [1, 2, 3]
    assert square[5, 5].tolist() == [255, 255, 255]


def test_only_rgb_is_fitted() -> None:
    with pytest.raises(ValueError, match="RGB"):
        fit(Image.new("L", (4, 4)), InputSpec(4))


@given(
    width=st.integers(1, 5000),
    height=st.integers(1, 5000),
    how=st.sampled_from(Fit),
    across=st.floats(0.01, 1),
    down=st.floats(0.01, 1),
)
def test_a_picture_decoded_at_the_needed_share_is_never_enlarged(
    width: int, height: int, how: Fit, across: float, down: float
) -> None:
    share = needed_share(width, height, InputSpec(100, how), Box(0, 0, across, down))
    sides = sorted((width * across * share, height * down * share))
    assert sides[how is Fit.PAD] >= 100 * (1 - 1e-9)
