"""The list of models: what it offers, and what others add to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from assetman.core.inputs import Modality, SoundSpec
from assetman.core.models import ModelState
from assetman.embedding.catalogue import ModelCatalogue, read_offers

BUILT_IN = ("starter", "starter-sound")
THEIRS = """
from assetman.core.inputs import InputSpec, Modality, SoundSpec
from assetman.core.models import ModelInfo, ModelState
from assetman.core.spaces import Space

class Theirs:
    info = ModelInfo("theirs", "Theirs", "", "MIT", None, (Modality.IMAGE,), ModelState.INSTALLED)
    space = Space("theirs", "1", 1, 5)
    image_input = InputSpec(32)

    def encoder(self, device):
        raise NotImplementedError

theirs = Theirs()

class Hearing:
    info = ModelInfo("hearing", "Hearing", "", "MIT", None, (Modality.SOUND,),
                     ModelState.INSTALLED, indexes=Modality.SOUND)
    space = Space("hearing", "1", 1, 7)
    image_input = None
    sound_input = SoundSpec(16000)

    def encoder(self, device):
        raise NotImplementedError

hearing = Hearing()
"""


def add_package(folder: Path, entry: str) -> None:
    """Write a package as pip would have installed it."""
    (folder / "their_models.py").write_text(THEIRS)
    told = folder / "their_models-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: their-models\nVersion: 1.0\n")
    (told / "entry_points.txt").write_text(f"[assetman.encoders]\n{entry}\n")


def test_every_offer_can_be_shown_and_says_where_it_comes_from() -> None:
    offers = read_offers()
    assert offers[0].name == "starter"
    for offer in offers:
        if offer.name in BUILT_IN:
            continue
        assert offer.source.startswith("hf-hub:")
        assert offer.architecture
        assert offer.licence
        assert offer.size > 0


def test_every_architecture_on_offer_is_one_that_open_clip_knows() -> None:
    from assetman.embedding.architectures import image_input, named

    for offer in read_offers():
        if offer.name not in BUILT_IN and offer.indexes == "image":
            assert image_input(named(offer.architecture)).size >= 224


def test_every_model_for_sounds_on_offer_is_a_clap_that_takes_words_and_sounds() -> None:
    hearing = [offer for offer in read_offers() if offer.indexes == "sound"]
    on_offer = [offer for offer in hearing if offer.name not in BUILT_IN]
    assert {"clap-general", "clap-music", "clap-fused"} <= {offer.name for offer in on_offer}
    for offer in on_offer:
        assert offer.architecture == "clap"
        assert offer.info.indexes is Modality.SOUND
        assert set(offer.info.modalities) == {Modality.TEXT, Modality.SOUND}


def test_the_starters_are_built_in_and_all_else_is_to_be_had(tmp_path: Path) -> None:
    states = {info.name: info.state for info in ModelCatalogue(tmp_path / "none").infos()}
    assert states["starter"] is ModelState.BUILT_IN
    others = {state for name, state in states.items() if name not in BUILT_IN}
    assert others == {ModelState.AVAILABLE}


def test_a_package_may_bring_a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_package(tmp_path, "theirs = their_models:theirs")
    monkeypatch.syspath_prepend(str(tmp_path))
    catalogue = ModelCatalogue(tmp_path / "models")
    assert catalogue.space_of("theirs").dimension == 5
    assert "theirs" in [info.name for info in catalogue.infos()]


def test_a_package_may_bring_a_model_that_hears(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_package(tmp_path, "hearing = their_models:hearing")
    monkeypatch.syspath_prepend(str(tmp_path))
    catalogue = ModelCatalogue(tmp_path / "models")
    assert catalogue.sound_input_of("hearing") == SoundSpec(16_000)
    assert catalogue.input_spec_of("hearing") is None
    assert catalogue.model("hearing").info.indexes is Modality.SOUND


@pytest.mark.logs("cannot be loaded")
def test_a_broken_package_takes_no_other_model_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_package(tmp_path, "theirs = their_models:nothing")
    monkeypatch.syspath_prepend(str(tmp_path))
    names = [info.name for info in ModelCatalogue(tmp_path / "models").infos()]
    assert "starter" in names
    assert "theirs" not in names
