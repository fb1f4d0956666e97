"""Whether CLAP's vectors are transformers' own, on real sounds and with random weights.

usage: python benchmarks/parity_sound.py FOLDER [--variants general,fused,unfused] [--count N]

FOLDER holds sounds, at any depth. For each variant, weights of its real size are drawn at random and
published as a hub would have them; the model is installed and used as the app does, from the
file to the vector, and compared with transformers' own ClapProcessor and ClapModel. Those are given
the samples as PyAV decodes them, the channels' mean, resampled by a long filter in double
precision. Only the first ten seconds of each sound are compared. Random towers map everything near
one vector, so the least cosine is taken again after subtracting the mean of each set: that is the
one that tells. Wrong preparations follow, which must fail; then what there is to know beside.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from math import gcd
from pathlib import Path
from typing import Any

import av
import numpy as np
from scipy.signal import firwin, resample_poly

from assetman.core.inputs import WINDOW_HOP, WINDOW_SECONDS, Padding, SoundSpec
from assetman.embedding import clap
from assetman.embedding.catalogue import ModelCatalogue
from assetman.embedding.encoder import Samples, Vectors, unit
from assetman.media.handler import Limits
from assetman.media.registry import handler_for
from benchmarks.parity import ENOUGH, line

ENDINGS = {".wav", ".flac", ".ogg", ".mp3", ".aiff", ".m4a", ".opus"}
SENTENCES = ("the bark of a dog", "rain on a roof", "a train goes by", "glass breaks", "a flute")
RATE = 48_000
SIZES = {"tiny": (96, [2, 2, 6, 2]), "base": (128, [2, 2, 12, 2])}
# What transformers' configurations of LAION's models say: size, fused.
VARIANTS = {
    "general": ("base", False),  # music, and music and speech, are of the same build
    "fused": ("tiny", True),
    "unfused": ("tiny", False),
}


def publish(variant: str, folder: Path) -> tuple[Any, Any]:
    """Write a repository as a hub has it, with weights drawn at random; give model, processor."""
    import torch
    from tokenizers import ByteLevelBPETokenizer

    transformers = clap.load_transformers()
    size, fused = VARIANTS[variant]
    width, depths = SIZES[size]
    audio = {
        "patch_embeds_hidden_size": width,
        "hidden_size": width * 8,
        "depths": depths,
        "enable_fusion": fused,
    }
    torch.manual_seed(0)
    model = transformers.ClapModel(transformers.ClapConfig(audio_config=audio)).eval()
    with torch.no_grad():
        for name, value in model.named_buffers():
            if name.endswith("batch_norm.running_mean"):
                value.fill_(-35.0)  # of decibels, as they come
            elif name.endswith("batch_norm.running_var"):
                value.fill_(400.0)
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    words = ByteLevelBPETokenizer()  # a stand-in for RoBERTa's, which only the hub has
    words.train_from_iterator(list(SENTENCES) * 5, 500, 2, False, special)
    folder.mkdir()
    words.save_model(str(folder))
    tokenizer = transformers.RobertaTokenizer.from_pretrained(str(folder))
    truncation = "fusion" if fused else "rand_trunc"
    front = transformers.ClapFeatureExtractor(truncation=truncation, frequency_min=50)
    processor = transformers.ClapProcessor(front, tokenizer)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return model, processor


def found(folder: Path, count: int) -> list[Path]:
    """List sounds, taken evenly from all there are."""
    every = [path for path in sorted(folder.rglob("*")) if path.suffix.lower() in ENDINGS]
    return every[:: max(1, len(every) // count)][:count]


def decoded(path: Path) -> tuple[Any, int]:
    """Decode the first ten seconds: (n,) float64, the mean of the channels, and their rate."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        rate = int(stream.rate)
        wanted = int(rate * (WINDOW_SECONDS + 1))
        to_float = av.AudioResampler("fltp", stream.layout, rate)
        parts: list[Any] = []
        for frame in container.decode(stream):
            parts += [part.to_ndarray().mean(0) for part in to_float.resample(frame)]
            if sum(map(len, parts)) > wanted:
                break
    return np.concatenate(parts).astype(np.float64), rate


def resampled(samples: Any, rate: int) -> Any:
    """Bring samples to 48 kHz by a long filter in double precision."""
    common = gcd(RATE, rate)
    there, back = RATE // common, rate // common
    if there != back:
        widest = max(there, back)
        filtered = firwin(128 * widest + 1, 0.98 / widest, window=("kaiser", 14))
        samples = resample_poly(samples, there, back, window=filtered)
    return samples[: int(RATE * WINDOW_SECONDS)]


def windows(paths: Sequence[Path], spec: SoundSpec) -> Samples:
    """Read the first window of each sound, as the app does."""
    limits = Limits()
    rows = []
    for path in paths:
        handler = handler_for(str(path))
        assert handler is not None
        rows.append(handler.extract(str(path), [spec], None, 512, limits, None).inputs[spec][0])
    return np.stack(rows)


def theirs(model: Any, processor: Any, heard: Sequence[Any], toss: bool) -> Vectors:
    """Embed as transformers does; with `toss` one by one, its processor calling each one long."""
    import torch

    def embed(sounds: list[Any]) -> Any:
        given = processor(audio=sounds, sampling_rate=RATE, return_tensors="pt")
        return model.get_audio_features(**given).pooler_output

    long = np.sin(np.arange(RATE * 11))  # beside a long sound the processor tosses no coin
    with torch.inference_mode():
        rows = [embed([one]) for one in heard] if toss else [embed([*heard, long])[:-1]]
    return unit(torch.cat(rows).numpy())


def compare(variant: str, paths: Sequence[Path], heard: Sequence[Any], spare: Path) -> bool:
    """Print the table of one variant; tell whether all is as it should be."""
    import torch

    folder = spare / variant
    published, processor = publish(variant, folder)
    right = theirs(published, processor, heard, toss=False)
    fused = VARIANTS[variant][1]
    tossed = theirs(published, processor, heard, toss=True) if fused else None
    with torch.inference_mode():
        given = processor(text=list(SENTENCES), padding=True, return_tensors="pt")
        read = unit(published.get_text_features(**given).pooler_output.numpy())
    del published
    catalogue = ModelCatalogue(spare / "models")
    model = catalogue.model(catalogue.install("", str(folder), variant).name)
    assert isinstance(model, clap.ClapModel)
    encoder = clap.ClapEncoder(model, "cpu", "fp32")
    spec = model.front.spec
    mine = windows(paths, spec)
    print(f"{variant}: {model.space.dimension} dimensions, {model.front}")
    print(f"  {'':<28} {'cosine':<8}  {'centred':<8}")
    vectors = np.concatenate([encoder.encode_sounds(row[None]) for row in mine])
    fine = line("sounds", vectors, right)
    fine &= line("sentences", encoder.encode_texts(SENTENCES), read)
    half = clap.ClapEncoder(model, "cpu", "fp16")
    halved = np.concatenate([half.encode_sounds(row[None]) for row in mine[:2]])
    print(f"  half precision, two sounds   {(halved * right[:2]).sum(1).min():.6f}")
    other = "slaney" if model.front.scale == "htk" else "htk"
    silent = windows(paths, replace(spec, padding=Padding.SILENCE))
    slow = windows(paths, replace(spec, rate=44_100))
    slow = np.pad(slow, ((0, 0), (0, spec.length - slow.shape[1])))
    for what, front, samples in (
        ("wrong bands", replace(model.front, scale=other), mine),
        ("wrong lowest pitch", replace(model.front, low=0.0), mine),
        ("wrong padding", model.front, silent),
        ("wrong rate", model.front, slow),
    ):
        wrong = clap.ClapEncoder(replace(model, front=front), "cpu", "fp32")
        made = np.concatenate([wrong.encode_sounds(row[None]) for row in samples])
        fine &= line(what, made, right, right=False)
    if tossed is not None:
        print(f"  one by one, its coin tossed  {(vectors * tossed).sum(1).min():.6f}")
    pace(encoder, processor, mine[:3])
    return fine


def pace(encoder: clap.ClapEncoder, processor: Any, mine: Samples) -> None:
    """Print what making spectrograms costs, here and there, beside the encoder.

    On one thread each, in seconds of that core, which other work on the machine changes little.
    """
    import torch

    front = encoder._model.front
    exact = [np.asarray(row, np.float64) for row in mine]
    banks = torch.from_numpy(front.banks())
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    spent = []
    for work in (
        lambda: processor.feature_extractor(exact, sampling_rate=RATE),
        lambda: front.spectrograms(mine, banks),
        lambda: [encoder.encode_sounds(row[None]) for row in mine],
    ):
        started = time.process_time()
        work()
        spent.append((time.process_time() - started) / len(mine))
    torch.set_num_threads(threads)
    print(
        f"  spectrograms: {spent[0] * 1e3:.0f} ms a window there, {spent[1] * 1e3:.0f} here "
        f"({spent[0] / spent[1]:.1f} times as fast); the encoder takes {spent[2] * 1e3:.0f} ms in all, "
        f"{WINDOW_HOP / spent[2]:.1f} times real time on a core\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Whether CLAP's vectors are transformers' own.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--variants", default=",".join(VARIANTS))
    parser.add_argument("--count", type=int, default=6, help="sounds")
    given = parser.parse_args()
    paths = found(given.folder, given.count)
    if len(paths) < 3:
        raise SystemExit(f"{given.folder} holds too few sounds")
    taken = [decoded(path) for path in paths]
    heard = [resampled(samples, rate) for samples, rate in taken]
    rates = sorted({rate for _, rate in taken})
    lengths = [len(one) / RATE for one in heard]
    print(f"{len(paths)} sounds, {min(lengths):.1f} to {max(lengths):.1f} s, at {rates} Hz;")
    print(f"{len(SENTENCES)} sentences; enough is {ENOUGH}\n")
    fine = True
    with tempfile.TemporaryDirectory() as spare:
        for variant in given.variants.split(","):
            fine &= compare(variant, paths, heard, Path(spare))
    raise SystemExit(0 if fine else 1)


if __name__ == "__main__":
    main()
