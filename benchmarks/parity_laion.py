"""Whether a checkpoint of LAION's gives the vectors that LAION's own code gives.

usage: python benchmarks/parity_laion.py PLACE [--size tiny|base] [--fused]

PLACE is a folder with LAION's package, which is not wanted beside the app:
    pip install --target PLACE --no-deps laion-clap torchlibrosa librosa lazy_loader numba llvmlite \
        h5py soundfile soxr audioread pooch decorator msgpack
Weights of the real size are drawn at random in LAION's own network, saved as its training saves
them, installed as the app does, and compared on sounds that are made here. The package is not imported
whole: that would fetch tokenizers.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
import types
from pathlib import Path
from typing import Any

import numpy as np

from assetman.core.inputs import WINDOW_SECONDS
from assetman.embedding import clap
from assetman.embedding.catalogue import ModelCatalogue
from assetman.embedding.clap_mel import MelFront
from assetman.embedding.encoder import Samples, Vectors, unit
from benchmarks.parity import ENOUGH, line

RATE = 48_000
SENTENCES = ("the bark of a dog", "rain on a roof", "a train goes by", "glass breaks", "a flute")
WIDTHS = {"tiny": 768, "base": 1024}
SOUND = {
    "audio_length": 1024,
    "clip_samples": 480_000,
    "mel_bins": 64,
    "sample_rate": RATE,
    "window_size": 1024,
    "hop_size": 480,
    "fmin": 50,
    "fmax": 14_000,
    "class_num": 527,
    "model_type": "HTSAT",
}
WORDS = {"context_length": 77, "vocab_size": 49408, "width": 512, "heads": 8, "layers": 12}


def original(place: Path, size: str, fused: bool) -> Any:
    """Build LAION's own network with random weights."""
    import torch

    transformers = clap.load_transformers()
    # Imported before the other folder is looked into, which may hold other versions.
    roberta = transformers.RobertaModel, transformers.BertModel, transformers.BartModel
    sys.path.append(str(place))
    for name in ("laion_clap", "laion_clap.clap_module"):
        module = types.ModuleType(name)
        module.__path__ = [str(place / name.replace(".", "/"))]
        sys.modules[name] = module
    theirs: Any = importlib.import_module("laion_clap.clap_module.model")
    config = transformers.RobertaConfig(
        vocab_size=50265, max_position_embeddings=514, type_vocab_size=1, layer_norm_eps=1e-5
    )
    theirs.RobertaModel = types.SimpleNamespace(from_pretrained=lambda name: roberta[0](config))
    torch.manual_seed(0)
    words = {**WORDS, "model_type": "roberta"}
    fusion = "aff_2d" if fused else "None"
    model = theirs.CLAP(WIDTHS[size], {**SOUND, "model_name": size}, words, False, fused, fusion)
    with torch.no_grad():
        for name, value in model.named_parameters():
            if "extractor" not in name:  # of its front end
                value.add_(torch.randn_like(value) * 0.02)
        model.audio_branch.bn0.running_mean.fill_(-35.0)
        model.audio_branch.bn0.running_var.fill_(400.0)
    return model.eval()


def publish(model: Any, folder: Path) -> Path:
    """Save a checkpoint as LAION's training does, with a stand-in for RoBERTa's tokenizer."""
    import torch
    from tokenizers import ByteLevelBPETokenizer

    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    words = ByteLevelBPETokenizer()
    words.train_from_iterator(list(SENTENCES) * 5, 500, 2, False, special)
    words.save_model(str(folder))
    state = {f"module.{name}": value for name, value in model.state_dict().items()}
    target = folder / "630k-audioset-best.pt"
    torch.save({"epoch": 15, "best": np.float64(0.9), "state_dict": state}, target)
    return target


def sounds() -> Samples:
    """Make windows of short and long sounds, filled up as LAION's code does it."""
    random = np.random.default_rng(1)
    length = int(RATE * WINDOW_SECONDS)
    rows = []
    for seconds, pace in ((0.3, 0.01), (1, 0.1), (4.7, 0.3), (9.99, 0.5), (10, 0.02)):
        times = np.arange(int(RATE * seconds))
        one = random.standard_normal(len(times)) * 0.1 * np.sin(times * pace)
        whole = np.tile(one, length // len(one))
        rows.append(np.pad(whole, (0, length - len(whole))))
    return np.stack(rows).astype(np.float32)


def theirs(model: Any, windows: Samples, front: MelFront, fused: bool) -> Vectors:
    """Embed sounds as LAION's own code does when none is longer than a window."""
    import torch

    given = {"waveform": torch.from_numpy(windows), "longer": torch.zeros(len(windows), 1)}
    if fused:  # its front end is then torchaudio's, which is not wanted here: ours, four times
        seen = front.spectrograms(windows, torch.from_numpy(front.banks()))
        given["mel_fusion"] = seen.repeat(1, 4, 1, 1)
    with torch.inference_mode():
        embedded = model.encode_audio(given, device="cpu")["embedding"]
        return unit(model.audio_projection(embedded).numpy())


def main() -> None:
    parser = argparse.ArgumentParser(description="Whether LAION's checkpoints are read rightly.")
    parser.add_argument("place", type=Path)
    parser.add_argument("--size", choices=tuple(WIDTHS), default="tiny")
    parser.add_argument("--fused", action="store_true")
    given = parser.parse_args()
    import torch

    own = original(given.place, given.size, given.fused)
    with tempfile.TemporaryDirectory() as spare:
        path = publish(own, Path(spare))
        catalogue = ModelCatalogue(Path(spare) / "models")
        model = catalogue.model(catalogue.install("", str(path), "original").name)
        assert isinstance(model, clap.ClapModel)
        encoder = clap.ClapEncoder(model, "cpu", "fp32")
        windows = sounds()
        print(f"HTSAT-{given.size}{', fused' if given.fused else ''}; enough is {ENOUGH}")
        print(f"  {'':<28} {'cosine':<8}  {'centred':<8}")
        right = theirs(own, windows, model.front, given.fused)
        fine = line("sounds", encoder.encode_sounds(windows), right)
        tokenizer = clap.load_tokenizer(model.folder)
        cut = tokenizer(
            list(SENTENCES), padding="max_length", max_length=77, truncation=True,
            return_tensors="pt",
        )  # fmt: skip
        with torch.inference_mode():
            read = own.get_text_embedding(dict(cut)).numpy()
        fine &= line("sentences", encoder.encode_texts(SENTENCES), unit(read))
    raise SystemExit(0 if fine else 1)


if __name__ == "__main__":
    main()
