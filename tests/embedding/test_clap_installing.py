"""Adding a CLAP: as transformers saves it, as LAION published it first, or not at all."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assetman.core.errors import BadInput, EnvironmentProblem, WrongUse
from assetman.core.inputs import Modality
from assetman.core.models import ModelState
from assetman.embedding.catalogue import ModelCatalogue
from assetman.embedding.pool import EncoderPool
from kit.claps import SENTENCES, PublishedClap, original_state, write_original, write_tokenizer
from kit.hub import paper_hub
from kit.sounds import noise


def windows() -> Any:
    return np.stack([noise(10, 0.2), noise(10, 0.01, seed=2)])


def vectors(catalogue: ModelCatalogue, name: str) -> tuple[np.ndarray, np.ndarray]:
    encoder = catalogue.encoder(name, "cpu")
    return encoder.encode_sounds(windows()), encoder.encode_texts(SENTENCES)


def left_in(models: Path) -> list[str]:
    return sorted(path.name for path in models.rglob("*") if path.name != ".lock")


@pytest.fixture
def copy(tiny_clap: PublishedClap, tmp_path: Path) -> Path:
    """A published folder to spoil."""
    folder = tmp_path / "copy"
    shutil.copytree(tiny_clap.folder, folder)
    return folder


@pytest.fixture
def original(tiny_clap: PublishedClap, tmp_path: Path) -> Path:
    """A checkpoint of LAION's with the tokenizer beside it."""
    write_tokenizer(tmp_path / "laion")
    return write_original(tmp_path / "laion" / "630k-audioset-best.pt", tiny_clap.model)


@pytest.fixture(scope="module")
def known(
    tiny_clap: PublishedClap, tmp_path_factory: pytest.TempPathFactory
) -> tuple[np.ndarray, np.ndarray]:
    """Give what the published model makes of the sounds and sentences, once it is installed."""
    catalogue = ModelCatalogue(tmp_path_factory.mktemp("known"))
    return vectors(catalogue, catalogue.install("", str(tiny_clap.folder), "known").name)


def change(path: Path, **values: Any) -> None:
    told = json.loads(path.read_text())
    told.update(values)
    path.write_text(json.dumps(told))


def test_an_installed_clap_is_listed_as_a_model_for_sounds_also_after_a_restart(
    tiny_clap: PublishedClap, models: Path
) -> None:
    info = ModelCatalogue(models).install("", str(tiny_clap.folder), "mine")

    again = ModelCatalogue(models)
    assert info in again.infos()
    assert info.state is ModelState.INSTALLED
    assert info.indexes is Modality.SOUND
    assert again.space_of("mine").dimension == 48
    assert again.input_spec_of("mine") is None
    spec = again.sound_input_of("mine")
    assert spec is not None
    assert spec.rate == 48_000


def test_an_installed_clap_answers_through_the_pool(tiny_clap: PublishedClap, models: Path) -> None:
    catalogue = ModelCatalogue(models)
    catalogue.install("clap", str(tiny_clap.folder), "mine")
    pool = EncoderPool(catalogue, "cpu")
    try:
        pool.warm("mine", Modality.SOUND)
        assert pool.sounds("mine", windows()).shape == (2, 48)
        assert pool.texts("mine", SENTENCES).shape == (4, 48)
        with pytest.raises(WrongUse, match="no pictures"):
            pool.images("mine", np.zeros((1, 8, 8, 3), np.uint8))
    finally:
        pool.close()


def test_a_checkpoint_of_laions_gives_the_same_vectors_as_the_converted_one(
    original: Path, known: tuple[np.ndarray, np.ndarray], models: Path
) -> None:
    catalogue = ModelCatalogue(models)
    catalogue.install("", str(original), "original")
    # All but equal: LAION's text tower adds 1e-5 where transformers' conversion adds 1e-12.
    for some, others in zip(vectors(catalogue, "original"), known, strict=True):
        assert np.abs(some - others).max() < 1e-4


def test_a_fused_checkpoint_of_laions_is_known_for_one(
    tiny_fused: PublishedClap, models: Path, tmp_path: Path
) -> None:
    write_tokenizer(tmp_path / "w")
    path = write_original(tmp_path / "w" / "630k-audioset-fusion-best.pt", tiny_fused.model)
    catalogue = ModelCatalogue(models)
    catalogue.install("", str(path), "original")
    catalogue.install("", str(tiny_fused.folder), "converted")
    heard = [
        catalogue.encoder(n, "cpu").encode_sounds(windows()) for n in ("original", "converted")
    ]
    assert np.abs(heard[0] - heard[1]).max() < 1e-4


@pytest.mark.parametrize("home", [b"numpy.core", b"numpy._core"])
def test_a_score_that_numpy_made_does_not_hinder(
    home: bytes, original: Path, models: Path, tmp_path: Path
) -> None:
    renamed = tmp_path / "laion" / "other.pt"
    with zipfile.ZipFile(original) as old, zipfile.ZipFile(renamed, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith("data.pkl"):
                assert b"core.multiarray" in content
                content = content.replace(b"numpy._core.multiarray", b"numpy.core.multiarray")
                content = content.replace(b"numpy.core.multiarray", home + b".multiarray")
            new.writestr(name, content)
    info = ModelCatalogue(models).install("clap", str(renamed), "mine")
    assert info.indexes is Modality.SOUND


class _Malicious:
    def __init__(self, target: Path) -> None:
        self._target = target

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self._target),)


def test_a_checkpoint_that_would_run_something_is_refused_and_not_run(
    tiny_clap: PublishedClap, models: Path, tmp_path: Path
) -> None:
    trace = tmp_path / "was-here"
    write_original(tmp_path / "evil.pt", tiny_clap.model, args=_Malicious(trace))
    with pytest.raises(BadInput, match="nothing in it was run"):
        ModelCatalogue(models).install("clap", str(tmp_path / "evil.pt"))
    assert not trace.exists()
    assert left_in(models) == []


def test_a_checkpoint_without_its_tokenizer_says_what_is_missing(
    tiny_clap: PublishedClap, models: Path, tmp_path: Path
) -> None:
    path = write_original(tmp_path / "630k-audioset-best.pt", tiny_clap.model)
    with pytest.raises(BadInput, match=r"vocab\.json and merges\.txt"):
        ModelCatalogue(models).install("", str(path))
    assert left_in(models) == []


def test_a_checkpoint_takes_the_tokenizer_of_a_clap_that_is_installed(
    tiny_clap: PublishedClap,
    known: tuple[np.ndarray, np.ndarray],
    models: Path,
    tmp_path: Path,
) -> None:
    path = write_original(tmp_path / "630k-audioset-best.pt", tiny_clap.model)
    catalogue = ModelCatalogue(models)
    catalogue.install("", str(tiny_clap.folder), "first")
    catalogue.install("", str(path), "second")
    read = catalogue.encoder("second", "cpu").encode_texts(SENTENCES)
    assert np.abs(read - known[1]).max() < 1e-4


def test_a_file_of_weights_alone_is_known_by_its_shapes(
    copy: Path, known: tuple[np.ndarray, np.ndarray], models: Path
) -> None:
    catalogue = ModelCatalogue(models)
    (copy / "config.json").unlink()
    (copy / "processor_config.json").unlink()
    catalogue.install("", str(copy / "model.safetensors"), "alone")
    for some, others in zip(vectors(catalogue, "alone"), known, strict=True):
        assert np.abs(some - others).max() < 1e-5


# A few of the settings that transformers wrote in 2023, and that LAION's repositories still have.
OLD_SETTINGS = {
    "_name_or_path": "",
    "bad_words_ids": None,
    "dropout_rate": 0.1,
    "enable_patch_fusion": True,
    "fusion_num_hidden_layers": 2,
    "id2label": {"0": "LABEL_0", "1": "LABEL_1"},
    "max_length": 20,
    "num_beams": 1,
    "position_embedding_type": "absolute",
    "pruned_heads": {},
    "return_dict": True,
    "torch_dtype": None,
    "transformers_version": "4.27.0.dev0",
    "use_bfloat16": False,
}


def test_a_folder_as_transformers_saved_it_in_2023_is_understood(
    tiny_clap: PublishedClap,
    copy: Path,
    known: tuple[np.ndarray, np.ndarray],
    models: Path,
) -> None:
    import torch

    config = json.loads((copy / "config.json").read_text())
    for part in ("audio_config", "text_config"):
        config[part] = {**OLD_SETTINGS, **config[part]}
    (copy / "config.json").write_text(json.dumps({**config, "_commit_hash": None}))
    front = json.loads((copy / "processor_config.json").read_text())["feature_extractor"]
    (copy / "preprocessor_config.json").write_text(json.dumps({**front, "chunk_length_s": 10}))
    for name in ("processor_config.json", "model.safetensors", "tokenizer.json"):
        (copy / name).unlink()
    write_tokenizer(copy)
    told = {"tokenizer_class": "RobertaTokenizer", "add_prefix_space": False, "trim_offsets": True}
    (copy / "tokenizer_config.json").write_text(json.dumps(told))
    torch.save(tiny_clap.model.state_dict(), copy / "pytorch_model.bin")

    catalogue = ModelCatalogue(models)
    catalogue.install("", str(copy), "old")
    for some, others in zip(vectors(catalogue, "old"), known, strict=True):
        assert np.abs(some - others).max() < 1e-5


def test_weights_in_half_precision_stay_half_the_size(
    tiny_clap: PublishedClap,
    copy: Path,
    known: tuple[np.ndarray, np.ndarray],
    models: Path,
) -> None:
    from safetensors.torch import save_file

    state = tiny_clap.model.state_dict()
    halved = {n: v.half() if v.is_floating_point() else v for n, v in state.items()}
    save_file({n: v.clone().contiguous() for n, v in halved.items()}, copy / "model.safetensors")
    catalogue = ModelCatalogue(models)
    half = catalogue.install("", str(copy), "half")
    assert half.size is not None
    assert half.size < tiny_clap.weights.stat().st_size * 0.75
    pairs = zip(vectors(catalogue, "half"), known, strict=True)
    assert all((some * others).sum(1).min() > 0.999 for some, others in pairs)


def _short_of_a_layer(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    change(folder / "config.json", text_config={**config["text_config"], "num_hidden_layers": 3})


def _of_nonsense(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    change(folder / "config.json", audio_config={**config["audio_config"], "depths": [10**9]})


def _of_thirty_seconds(folder: Path) -> None:
    told = json.loads((folder / "processor_config.json").read_text())["feature_extractor"]
    change(folder / "processor_config.json", feature_extractor={**told, "max_length_s": 30})


def _of_no_frequencies(folder: Path) -> None:
    told = json.loads((folder / "processor_config.json").read_text())["feature_extractor"]
    change(folder / "processor_config.json", feature_extractor={**told, "hop_length": 0})


def _without_words(folder: Path) -> None:
    (folder / "tokenizer.json").write_text("{}")


def _of_another_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()
    write_tokenizer(folder, " ".join(f"w{n} x{n * 7} q{n * 13}" for n in range(400)))
    words = json.loads((folder / "vocab.json").read_text())
    shifted = {word: number + (300 if number > 4 else 0) for word, number in words.items()}
    (folder / "vocab.json").write_text(json.dumps(shifted))


def _of_other_weights(folder: Path) -> None:
    import torch
    from safetensors.torch import save_file

    save_file({"visual.proj": torch.zeros(3, 3)}, folder / "model.safetensors")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_short_of_a_layer, "not those of the CLAP described"),
        (_of_nonsense, "does not describe a model"),
        (_of_thirty_seconds, "30 seconds"),
        (_of_no_frequencies, "make no sense"),
        (_without_words, "tokenizer"),
        (_of_another_tokenizer, "not the one of this model"),
        (_of_other_weights, "not those of a CLAP"),
    ],
)
def test_a_folder_with_something_wrong_is_refused_and_leaves_nothing(
    spoil: Callable[[Path], None], said: str, copy: Path, models: Path
) -> None:
    spoil(copy)
    with pytest.raises(BadInput, match=said):
        ModelCatalogue(models).install("", str(copy))
    assert left_in(models) == []


def test_a_clap_with_another_text_tower_is_refused(
    tiny_clap: PublishedClap, models: Path, tmp_path: Path
) -> None:
    import torch

    state = {
        name.replace("text_branch.embeddings", "text_branch.shared"): value
        for name, value in original_state(tiny_clap.model).items()
    }
    torch.save({"state_dict": state}, tmp_path / "bart.pt")
    with pytest.raises(BadInput, match="another build"):
        ModelCatalogue(models).install("clap", str(tmp_path / "bart.pt"))


def test_a_damaged_installed_clap_asks_to_be_added_again(
    tiny_clap: PublishedClap, models: Path
) -> None:
    catalogue = ModelCatalogue(models)
    catalogue.install("", str(tiny_clap.folder), "mine")
    weights = models / "mine" / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(EnvironmentProblem, match="add it again"):
        catalogue.encoder("mine", "cpu").encode_texts(["rain"])


def test_weights_for_a_row_of_the_catalogue_may_come_from_a_folder(
    tiny_clap: PublishedClap, models: Path
) -> None:
    info = ModelCatalogue(models).install("clap-general", str(tiny_clap.folder))
    assert info.name == "clap-general"
    assert info.licence == "Apache-2.0"
    assert info.state is ModelState.INSTALLED


def test_a_clap_is_downloaded_with_all_that_belongs_to_it(
    tiny_fused: PublishedClap, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with paper_hub() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.endpoint)
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        hub.add("laion/clap-htsat-fused", tiny_fused.folder)
        catalogue = ModelCatalogue(models)
        info = catalogue.install("clap-fused", "")
        catalogue.install("", str(tiny_fused.folder), "from-folder")
    assert info.name == "clap-fused"
    read = [
        catalogue.encoder(n, "cpu").encode_texts(SENTENCES) for n in ("clap-fused", "from-folder")
    ]
    assert np.array_equal(*read)
    assert not list(models.glob(".partial/*"))
