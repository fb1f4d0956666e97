"""Whether our vectors are open_clip's own, on real pictures and with random weights.

usage: python benchmarks/parity.py FOLDER [--architectures ViT-B-32,ViT-B-16-SigLIP2] [--count N]

FOLDER holds pictures, at any depth. For each architecture, weights are drawn at random and
published as a hub would have them; the model is installed and used as the app does, and
compared with open_clip's own preprocess, encode_image and encode_text. Random towers map
everything near one vector, so the least cosine is taken again after subtracting the mean of
each set: that is the one that tells. Three wrong preparations follow, which must fail.
Only upright, opaque sRGB pictures decoded in full are compared; what decoding JPEGs at
reduced scale costs is told at the end.
"""

from __future__ import annotations

import argparse
import json
import logging
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from assetman.core.inputs import Fit, InputSpec, Interpolation
from assetman.core.settings import Settings
from assetman.embedding import architectures, starter
from assetman.embedding.catalogue import ModelCatalogue
from assetman.embedding.clip import ClipEncoder, ClipModel
from assetman.embedding.encoder import Vectors, unit
from assetman.media.fitting import fit
from assetman.media.handler import Limits
from assetman.media.registry import handler_for

ENDINGS = {".jpg", ".jpeg", ".png", ".webp"}
SENTENCES = ("a photo of a frog", "an old castle", "two boats on a lake", "a red apple", "rain")
ENOUGH = 0.9999


def opaque(folder: Path, count: int) -> list[tuple[Path, Image.Image]]:
    """Open pictures that any reader sees alike: RGB, upright, without a colour profile."""
    found: list[tuple[Path, Image.Image]] = []
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in ENDINGS and len(found) < count:
            picture = Image.open(path)
            plain = picture.mode in ("RGB", "L") and "icc_profile" not in picture.info
            if plain and picture.getexif().get(0x0112, 1) == 1 and min(picture.size) > 32:
                found.append((path, picture.convert("RGB")))
    return found


def publish(name: str, folder: Path) -> None:
    """Write a repository as a hub has it, with weights drawn at random."""
    import torch
    from safetensors.torch import save_file

    described = architectures.named(name)
    text = {"model_cfg": described.model, "preprocess_cfg": described.preprocess}
    (folder / architectures.CONFIG_FILE).write_text(json.dumps(text))
    torch.manual_seed(0)
    model = architectures.build(described, None, folder, "fp32", "cpu")
    state = {key: value.clone().contiguous() for key, value in model.state_dict().items()}
    save_file(state, folder / "open_clip_model.safetensors")
    if described.tokenizer_name:
        write_tokenizer(folder)


def write_tokenizer(folder: Path) -> None:
    """Write a stand-in for a tokenizer that only its hub has: one number a word."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    words = sorted({word for sentence in SENTENCES for word in sentence.split()})
    known = {word: row for row, word in enumerate(["<pad>", "</s>", "<unk>", *words])}
    tokenizer = Tokenizer(models.WordLevel(known, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", 1)]
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    ).save_pretrained(folder)


def theirs(folder: Path, pictures: Sequence[Image.Image]) -> tuple[Vectors, Vectors]:
    """Embed as open_clip does."""
    import torch

    open_clip = architectures.load_open_clip()
    source = f"local-dir:{folder}"
    model, _, preprocess = open_clip.create_model_and_transforms(source)
    tokenizer = open_clip.get_tokenizer(source)
    model.eval()
    with torch.inference_mode():
        seen = [model.encode_image(preprocess(picture)[None])[0] for picture in pictures]
        read = model.encode_text(tokenizer(list(SENTENCES)))
    return unit(torch.stack(seen).numpy()), unit(read.numpy())


def ours(model: ClipModel, pictures: Sequence[Image.Image]) -> Vectors:
    """Embed as the app does."""
    assert model.image_input is not None
    encoder = ClipEncoder(model, "cpu", "fp32")
    pixels = [fit(picture, model.image_input) for picture in pictures]
    return np.concatenate([encoder.encode_images(one[None]) for one in pixels])


def line(what: str, some: Vectors, others: Vectors, right: bool = True) -> bool:
    """Print the least cosines of two sets; tell whether they came out as they should."""
    plain = float((some * others).sum(1).min())
    centred = (unit(some - some.mean(0)) * unit(others - others.mean(0))).sum(1)
    least = float(centred.min())
    fine = (min(plain, least) >= ENOUGH) == right
    verdict = "as it should be" if fine else "WRONG"
    print(f"  {what:<28} {plain:.6f}  {least:.6f}  {verdict}")
    return fine


def wrong(model: ClipModel) -> dict[str, ClipModel]:
    """Make models that prepare pictures wrongly, each in one way."""
    spec = model.image_input
    assert spec is not None
    told = model.architecture.preprocess
    other = (0.5, 0.5, 0.5) if tuple(told["mean"]) != (0.5, 0.5, 0.5) else (0.48, 0.46, 0.41)
    shifted = replace(model.architecture, preprocess={**told, "mean": other})
    fits = Fit.SQUASH if spec.fit is Fit.CROP else Fit.CROP
    bilinear = spec.interpolation is Interpolation.BILINEAR
    filters = Interpolation.BICUBIC if bilinear else Interpolation.BILINEAR
    return {
        "wrong normalisation": replace(model, architecture=shifted),
        "wrong fit": replace(model, image_input=replace(spec, fit=fits)),
        "wrong interpolation": replace(model, image_input=replace(spec, interpolation=filters)),
    }


def compare(name: str, pictures: Sequence[Image.Image], spare: Path) -> bool:
    """Print the table of one architecture; tell whether all is as it should be."""
    published = spare / name
    published.mkdir()
    publish(name, published)
    seen, read = theirs(published, pictures)
    catalogue = ModelCatalogue(spare / "models")
    model = catalogue.model(catalogue.install("", str(published), name).name)
    assert isinstance(model, ClipModel)
    spec = model.image_input
    assert spec is not None
    print(f"{name}: {spec.size} pixels, {spec.fit}, {spec.interpolation}")
    print(f"  {'':<28} {'cosine':<8}  {'centred':<8}")
    fine = line("pictures", ours(model, pictures), seen)
    fine &= line("sentences", ClipEncoder(model, "cpu", "fp32").encode_texts(SENTENCES), read)
    for what, other in wrong(model).items():
        fine &= line(what, ours(other, pictures), seen, right=False)
    return fine


def reduced(paths: Sequence[Path], encoder: Any, spec: InputSpec) -> None:
    """Print what decoding JPEGs at reduced scale does to vectors."""
    settings = Settings()
    limits = Limits(settings.decode_pixels, settings.decode_seconds, settings.decode_memory)
    whole, small = [], []
    for path in paths:
        handler = handler_for(str(path))
        assert handler is not None
        taken = handler.extract(str(path), [spec], None, 512, limits, None)
        small.append(encoder.encode_images(taken.inputs[spec]))
        whole.append(encoder.encode_images(fit(Image.open(path).convert("RGB"), spec)[None]))
    some, others = np.concatenate(whole), np.concatenate(small)
    cosines = (some * others).sum(1)
    centred = (unit(some - some.mean(0)) * unit(others - others.mean(0))).sum(1)
    print(
        f"  {encoder.space.model:<20} mean {cosines.mean():.4f}, least {cosines.min():.4f}; "
        f"centred mean {centred.mean():.4f}, least {centred.min():.4f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Whether our vectors are open_clip's own.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--architectures", default="ViT-B-32,ViT-B-16-SigLIP2")
    parser.add_argument("--count", type=int, default=24, help="pictures")
    given = parser.parse_args()
    logging.disable(logging.WARNING)  # open_clip warns of random weights: here they are meant
    found = opaque(given.folder, given.count)
    if len(found) < 3:
        raise SystemExit(f"{given.folder} holds too few plain pictures")
    print(f"{len(found)} pictures, {len(SENTENCES)} sentences; enough is {ENOUGH}\n")
    fine = True
    large = [path for path, picture in found if path.suffix.lower() in (".jpg", ".jpeg")]
    with tempfile.TemporaryDirectory() as spare:
        for name in given.architectures.split(","):
            fine &= compare(name, [picture for _, picture in found], Path(spare))
            print()
        if large:
            print(
                f"{len(large)} JPEGs decoded at reduced scale, cosine with those decoded in full:"
            )
            reduced(large, starter.StarterEncoder("cpu"), starter.IMAGE_INPUT)
            for name in given.architectures.split(","):
                model = ModelCatalogue(Path(spare) / "models").model(name)
                assert model.image_input is not None
                reduced(large, model.encoder("cpu"), model.image_input)
    raise SystemExit(0 if fine else 1)


if __name__ == "__main__":
    main()
