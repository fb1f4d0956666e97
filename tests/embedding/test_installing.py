"""Adding a model: whole or not at all, and whatever is wrong with it is said."""

from __future__ import annotations

import os
import pickle
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assetman.core.errors import BadInput, EnvironmentProblem, WrongUse
from assetman.core.inputs import Fit, InputSpec
from assetman.core.models import ModelState
from assetman.embedding.catalogue import ModelCatalogue
from kit.published import TINY, TINY_ROBERTA, TINY_SIGLIP, Published, write_tokenizer


def left_in(models: Path) -> list[str]:
    """Name what lies in the folder of models, but for the lock."""
    return sorted(path.name for path in models.rglob("*") if path.name != ".lock")


def as_torch(published: Published, target: Path, wrapper: str | None = None) -> Path:
    import torch

    state = published.model.state_dict()
    torch.save({wrapper: state, "epoch": 3} if wrapper else state, target)
    return target


@pytest.mark.parametrize(
    ("suffix", "wrapper"), [(".pt", "state_dict"), (".pth", "model"), (".bin", None)]
)
def test_every_usual_file_of_weights_gives_the_same_model(
    suffix: str, wrapper: str | None, tiny: Published, models: Path, tmp_path: Path
) -> None:
    catalogue = ModelCatalogue(models)
    catalogue.install(TINY, str(tiny.weights), "one")
    catalogue.install(TINY, str(as_torch(tiny, tmp_path / f"w{suffix}", wrapper)), "two")

    vectors = [catalogue.encoder(name, "cpu").encode_texts(["a bird"]) for name in ("one", "two")]
    assert np.array_equal(*vectors)


def test_an_installed_model_is_listed_also_after_a_restart(tiny: Published, models: Path) -> None:
    info = ModelCatalogue(models).install("", str(tiny.folder))

    assert info.state is ModelState.INSTALLED
    again = ModelCatalogue(models)
    assert info in again.infos()
    assert again.space_of(info.name).dimension == 32
    assert again.input_spec_of(info.name) == InputSpec(64)


def test_the_source_may_go_away_once_the_model_is_installed(
    tiny_siglip: Published, models: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "download"
    shutil.copytree(tiny_siglip.folder, folder)
    catalogue = ModelCatalogue(models)
    info = catalogue.install("", str(folder), "mine")
    shutil.rmtree(folder)

    encoder = catalogue.encoder(info.name, "cpu")
    assert encoder.encode_texts(["a red bird"]).shape == (1, 48)
    assert encoder.image_input is not None
    assert encoder.image_input.fit is Fit.SQUASH


def test_other_weights_make_another_space(
    tiny: Published, models: Path, tmp_path: Path, open_clip: Any
) -> None:
    import torch

    state = tiny.model.state_dict()
    torch.save({name: value + 0.01 for name, value in state.items()}, tmp_path / "other.pt")
    catalogue = ModelCatalogue(models)
    catalogue.install(TINY, str(tiny.weights), "one")
    catalogue.install(TINY, str(tmp_path / "other.pt"), "two")

    assert catalogue.space_of("one").revision != catalogue.space_of("two").revision


def test_half_precision_weights_stay_half_the_size(
    tiny: Published, models: Path, tmp_path: Path
) -> None:
    import torch

    torch.save({k: v.half() for k, v in tiny.model.state_dict().items()}, tmp_path / "half.pt")
    catalogue = ModelCatalogue(models)
    whole = catalogue.install(TINY, str(tiny.weights), "whole")
    half = catalogue.install(TINY, str(tmp_path / "half.pt"), "half")

    assert whole.size is not None
    assert half.size is not None
    assert half.size < whole.size * 0.6
    vectors = [
        catalogue.encoder(name, "cpu").encode_texts(["a bird"]) for name in ("whole", "half")
    ]
    assert (vectors[0] * vectors[1]).sum() > 0.999


class _Malicious:
    def __init__(self, target: Path) -> None:
        self._target = target

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self._target),)


def test_a_file_that_would_run_something_is_refused_and_not_run(
    models: Path, tmp_path: Path, open_clip: Any
) -> None:
    import torch

    trace = tmp_path / "was-here"
    torch.save({"state_dict": _Malicious(trace)}, tmp_path / "evil.pt")
    (tmp_path / "evil.bin").write_bytes(pickle.dumps(_Malicious(trace)))
    for name in ("evil.pt", "evil.bin"):
        with pytest.raises(BadInput, match="nothing in it was run"):
            ModelCatalogue(models).install(TINY, str(tmp_path / name))
    assert not trace.exists()
    assert left_in(models) == []


@pytest.mark.parametrize("name", ["w.safetensors", "w.pt", "w.bin"])
def test_a_file_that_is_no_weights_is_refused(
    name: str, models: Path, tmp_path: Path, open_clip: Any
) -> None:
    (tmp_path / name).write_bytes(b"It was a dark and stormy night. " * 100)
    with pytest.raises(BadInput, match=name):
        ModelCatalogue(models).install(TINY, str(tmp_path / name))
    assert left_in(models) == []


@pytest.mark.parametrize("suffix", [".safetensors", ".pt"])
def test_a_file_cut_short_is_refused(
    suffix: str, tiny: Published, models: Path, tmp_path: Path
) -> None:
    whole = tiny.weights if suffix == ".safetensors" else as_torch(tiny, tmp_path / "whole.pt")
    short = tmp_path / f"short{suffix}"
    short.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with pytest.raises(BadInput, match="cut short"):
        ModelCatalogue(models).install(TINY, str(short))
    assert left_in(models) == []


def test_a_program_is_refused(tiny: Published, models: Path, tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "jit.pt", "w") as archive:
        archive.writestr("model/code/__torch__.py", "class Model: pass")
        archive.writestr("model/data.pkl", b"")
    with pytest.raises(BadInput, match="program"):
        ModelCatalogue(models).install(TINY, str(tmp_path / "jit.pt"))


def test_weights_of_another_architecture_are_refused(
    tiny: Published, tiny_roberta: Published, models: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "mixed"
    shutil.copytree(tiny_roberta.folder, folder)
    shutil.copyfile(tiny.weights, folder / tiny_roberta.weights.name)
    with pytest.raises(BadInput, match="not those of tiny-roberta"):
        ModelCatalogue(models).install(TINY_ROBERTA, str(folder))
    assert left_in(models) == []


def test_weights_without_an_architecture_ask_for_one(
    tiny: Published, models: Path, tmp_path: Path
) -> None:
    shutil.copyfile(tiny.weights, tmp_path / "w.safetensors")
    with pytest.raises(WrongUse, match="architecture"):
        ModelCatalogue(models).install("", str(tmp_path / "w.safetensors"))


def test_an_unknown_architecture_is_named_with_its_neighbours(
    tiny: Published, models: Path
) -> None:
    with pytest.raises(WrongUse, match="ViT-B-32"):
        ModelCatalogue(models).install("ViT-B32", str(tiny.weights), "x")
    assert left_in(models) == []


def test_a_file_that_is_not_there_is_said(models: Path, tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="no file or folder"):
        ModelCatalogue(models).install(TINY, str(tmp_path / "nowhere.pt"))


def test_a_name_is_taken_once(tiny: Published, models: Path) -> None:
    catalogue = ModelCatalogue(models)
    catalogue.install("", str(tiny.folder), "mine")
    with pytest.raises(WrongUse, match="already"):
        catalogue.install("", str(tiny.folder), "mine")
    with pytest.raises(WrongUse, match="already"):
        catalogue.install("", str(tiny.folder), "starter")


def test_a_name_cannot_leave_the_folder_of_models(tiny: Published, models: Path) -> None:
    info = ModelCatalogue(models).install("", str(tiny.folder), "../../etc/x y")
    assert (models / info.name / "model.json").is_file()
    assert "/" not in info.name


def test_a_model_without_its_tokenizer_says_what_is_missing(
    tiny_siglip: Published, models: Path, tmp_path: Path
) -> None:
    shutil.copyfile(tiny_siglip.weights, tmp_path / "w.safetensors")
    with pytest.raises(BadInput, match="tokenizer"):
        ModelCatalogue(models).install(TINY_SIGLIP, str(tmp_path / "w.safetensors"))
    assert left_in(models) == []


def test_a_tokenizer_without_words_is_refused(
    tiny_siglip: Published, models: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(tiny_siglip.folder, folder)
    write_tokenizer(folder, words="")
    with pytest.raises(BadInput, match="knows no words"):
        ModelCatalogue(models).install("", str(folder))


def test_a_tokenizer_of_another_model_is_refused(
    tiny_siglip: Published, models: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(tiny_siglip.folder, folder)
    write_tokenizer(folder, words=" ".join(f"w{n}" for n in range(80)) + " a red bird four wheels")
    with pytest.raises(BadInput, match="not the one of"):
        ModelCatalogue(models).install("", str(folder))


def test_a_folder_without_weights_is_refused(models: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadInput, match="holds no weights"):
        ModelCatalogue(models).install(TINY, str(tmp_path / "empty"))


def test_a_damaged_installed_model_asks_to_be_added_again(tiny: Published, models: Path) -> None:
    catalogue = ModelCatalogue(models)
    info = catalogue.install("", str(tiny.folder))
    weights = models / info.name / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(EnvironmentProblem, match="add it again"):
        catalogue.encoder(info.name, "cpu").encode_texts(["a bird"])


def test_a_broken_description_hides_the_model_and_no_other(tiny: Published, models: Path) -> None:
    catalogue = ModelCatalogue(models)
    catalogue.install("", str(tiny.folder), "one")
    catalogue.install("", str(tiny.folder), "two")
    (models / "one" / "model.json").write_text("{")
    names = [info.name for info in ModelCatalogue(models).infos()]
    assert "two" in names
    assert "one" not in names


def test_an_unknown_model_is_said_with_those_there_are(models: Path) -> None:
    with pytest.raises(WrongUse, match="starter"):
        ModelCatalogue(models).space_of("nonsense")


def test_a_model_on_offer_has_to_be_downloaded_first(models: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="not been downloaded"):
        ModelCatalogue(models).space_of("clip-vit-b-32")
