"""Weights from a hub: whole, unchanged, and going on where they stopped."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from assetman.core.errors import BadInput, Cancelled, EnvironmentProblem, WrongUse
from assetman.core.progress import CancelToken
from assetman.embedding.catalogue import ModelCatalogue
from assetman.embedding.clip import ClipModel
from kit.hub import PaperHub, paper_hub
from kit.published import TINY, Published

WEIGHTS = "open_clip_model.safetensors"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[PaperHub]:
    with paper_hub() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.endpoint)
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        yield hub


@pytest.fixture
def source(hub: PaperHub, tiny: Published) -> str:
    hub.add("makers/tiny", tiny.folder)
    return "hf-hub:makers/tiny"


def left_in(models: Path) -> list[str]:
    return sorted(
        path.name for path in models.rglob("*") if path.is_file() and path.name != ".lock"
    )


def test_a_downloaded_model_is_the_published_one(
    source: str, tiny: Published, models: Path
) -> None:
    said: list[tuple[int, int]] = []
    catalogue = ModelCatalogue(models)
    info = catalogue.install("", source, said=lambda done, total: said.append((done, total)))
    catalogue.install("", str(tiny.folder), "from-folder")

    vectors = [
        catalogue.encoder(n, "cpu").encode_texts(["a bird"]) for n in (info.name, "from-folder")
    ]
    assert np.array_equal(*vectors)
    assert info.licence == "mit"
    assert [done for done, _ in said] == sorted(done for done, _ in said)
    assert said[-1][0] == said[-1][1] > 0
    assert sorted(left_in(models)) == sorted(["model.json", "weights.safetensors"] * 2)


def test_a_broken_download_goes_on_where_it_stopped(
    source: str, hub: PaperHub, models: Path
) -> None:
    hub.stop_after = 5000
    with pytest.raises(EnvironmentProblem, match="goes on from there"):
        ModelCatalogue(models).install("", source)
    info = ModelCatalogue(models).install("", source)

    assert hub.ranges(WEIGHTS) == ["", "bytes=5000-"]
    assert (models / info.name / "weights.safetensors").is_file()


def test_a_hub_that_knows_no_ranges_starts_again(source: str, hub: PaperHub, models: Path) -> None:
    hub.stop_after = 5000
    with pytest.raises(EnvironmentProblem):
        ModelCatalogue(models).install("", source)
    hub.ignores_ranges = True
    ModelCatalogue(models).install("", source)


def test_changed_bytes_are_refused_and_thrown_away(
    source: str, hub: PaperHub, models: Path
) -> None:
    hub.corrupt = True
    with pytest.raises(BadInput, match="promised"):
        ModelCatalogue(models).install("", source)
    assert left_in(models) == []


def test_a_cancelled_download_stops_and_can_go_on(source: str, hub: PaperHub, models: Path) -> None:
    cancel = CancelToken()
    with pytest.raises(Cancelled):
        ModelCatalogue(models).install("", source, said=lambda *_: cancel.cancel(), cancel=cancel)
    assert [name for name in left_in(models) if name == "model.json"] == []
    ModelCatalogue(models).install("", source)


def test_a_tokenizer_is_brought_from_where_the_model_refers_to(
    hub: PaperHub, tiny_siglip: Published, models: Path, tmp_path: Path
) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    for name in ("open_clip_config.json", WEIGHTS):
        shutil.copyfile(tiny_siglip.folder / name, bare / name)
    hub.add("makers/bare", bare)
    hub.add("nobody/tiny", tiny_siglip.folder)
    catalogue = ModelCatalogue(models)
    info = catalogue.install("", "hf-hub:makers/bare")

    assert catalogue.encoder(info.name, "cpu").encode_texts(["a red bird"]).shape == (1, 48)
    assert hub.ranges(WEIGHTS) == [""]


def test_the_shape_of_a_text_tower_is_brought_from_where_the_model_refers_to(
    hub: PaperHub, tiny_roberta: Published, models: Path, tmp_path: Path
) -> None:
    shared = tmp_path / "shared"
    shutil.copytree(tiny_roberta.folder, shared)
    described = json.loads((shared / "open_clip_config.json").read_text())
    described["model_cfg"]["text_cfg"]["hf_model_name"] = "nobody/tiny-roberta"
    (shared / "open_clip_config.json").write_text(json.dumps(described))
    (shared / "config.json").write_text('{"model_type": "clip"}')
    hub.add("makers/shared", shared)
    hub.add("nobody/tiny-roberta", tiny_roberta.folder)
    catalogue = ModelCatalogue(models)
    info = catalogue.install("", "hf-hub:makers/shared")

    assert catalogue.encoder(info.name, "cpu").encode_texts(["a red bird"]).shape == (1, 32)


def test_the_architecture_may_be_given_where_the_hub_does_not_tell(
    hub: PaperHub, tiny: Published, models: Path, tmp_path: Path
) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    shutil.copyfile(tiny.weights, bare / WEIGHTS)
    hub.add("makers/bare", bare)
    catalogue = ModelCatalogue(models)
    model = catalogue.model(catalogue.install(TINY, "hf-hub:makers/bare", "mine").name)
    assert isinstance(model, ClipModel)
    assert model.architecture.name == TINY


@pytest.mark.parametrize(
    ("source", "kind", "words"),
    [
        ("hf-hub:makers/nothing", BadInput, "has no model"),
        ("hf-hub:gated/model", BadInput, "not open"),
        ("hf-hub:too/many/parts", WrongUse, "owner/name"),
        ("hf-hub:", WrongUse, "owner/name"),
    ],
)
def test_what_the_hub_does_not_have_is_said(
    source: str, kind: type[Exception], words: str, hub: PaperHub, models: Path
) -> None:
    with pytest.raises(kind, match=words):
        ModelCatalogue(models).install(TINY, source, "mine")
    assert left_in(models) == []


def test_no_network_is_said(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with pytest.raises(EnvironmentProblem, match="cannot be reached"):
        ModelCatalogue(models).install(TINY, "hf-hub:makers/tiny")


def test_a_row_of_the_catalogue_downloads_what_it_offers(
    hub: PaperHub, tiny: Published, models: Path
) -> None:
    """The row's architecture is a real one, so the tiny weights cannot fit: it says so."""
    hub.add("laion/CLIP-ViT-B-32-laion2B-s34B-b79K", tiny.folder)
    with pytest.raises(BadInput, match="ViT-B-32"):
        ModelCatalogue(models).install("clip-vit-b-32", "")
    assert hub.ranges(WEIGHTS) == [""]
