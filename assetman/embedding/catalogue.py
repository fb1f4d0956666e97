"""The models on offer: one row of `catalogue.toml` each, those installed, those of others.

Importing this imports neither torch nor any model.
"""

from __future__ import annotations

import importlib.metadata
import logging
import threading
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from assetman.core.errors import EnvironmentProblem, WrongUse
from assetman.core.inputs import InputSpec, Modality, SoundSpec
from assetman.core.models import ModelInfo, ModelState
from assetman.core.progress import CancelToken
from assetman.core.spaces import Space
from assetman.embedding import (
    clap,
    clip,
    installing,
    starter,
    starter_sound,
    yamnet,
    yamnet_weights,
)
from assetman.embedding.download import PREFIX, Said
from assetman.embedding.encoder import Encoder
from assetman.embedding.sources import Wanted, safe_name

ENTRY_POINTS = "assetman.encoders"

logger = logging.getLogger(__name__)


class Model(Protocol):
    """A model that can be used: its row in the list, and how to get its encoder.

    An entry point in the group `assetman.encoders` names an instance of this. All but
    the encoder's towers must be cheap.
    """

    @property
    def info(self) -> ModelInfo: ...

    @property
    def space(self) -> Space: ...

    @property
    def image_input(self) -> InputSpec | None: ...

    @property
    def sound_input(self) -> SoundSpec | None:
        """The samples it takes; a model of pictures need not have this."""
        ...

    def encoder(self, device: str) -> Encoder:
        """Give an encoder for "cpu", "cuda" or "mps"; its towers load when first used."""
        ...


@dataclass(frozen=True, slots=True)
class Offer:
    """A row of `catalogue.toml`: a model worth having, and where its weights come from."""

    name: str
    title: str
    summary: str
    licence: str
    size: int  # bytes of weights
    architecture: str = ""  # as open_clip names it, or "clap"
    source: str = ""  # "hf-hub:owner/name"
    indexes: str = "image"  # or "sound": what of a library it embeds
    asked_with: tuple[str, ...] = ("image", "text")

    @property
    def info(self) -> ModelInfo:
        """Show it as a model that is still to be brought."""
        info = _info(self, ModelState.AVAILABLE)
        return info if self.source else replace(info, summary=self.lacking)

    @property
    def lacking(self) -> str:
        """Say what there is to do before it can be used."""
        if self.source:
            return f"The weights of “{self.name}” have not been downloaded yet."
        return f"“{self.name}” is not here: “{yamnet_weights.COMMAND}” brings it."


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A model that comes with the app."""

    info: ModelInfo
    space: Space
    make: Callable[[str], Encoder]  # an encoder for a device
    image_input: InputSpec | None = None
    sound_input: SoundSpec | None = None

    def encoder(self, device: str) -> Encoder:
        return self.make(device)


class ModelCatalogue:
    """Every model a person can choose. `folder` holds the installed ones, a folder each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._guard = threading.Lock()
        self._models: dict[str, Model] | None = None
        self._offers = {offer.name: offer for offer in read_offers()}

    def infos(self) -> list[ModelInfo]:
        """List all models: built in, installed, then those that can be downloaded."""
        models = self._usable()
        infos = [model.info for model in models.values()]
        return infos + [offer.info for name, offer in self._offers.items() if name not in models]

    def model(self, name: str) -> Model:
        """Find a model that can be used.

        Raises WrongUse for a name nobody knows, EnvironmentProblem for a model whose
        weights are not here.
        """
        models = self._usable()
        if name in models:
            return models[name]
        if name in self._offers:
            raise EnvironmentProblem(self._offers[name].lacking)
        raise WrongUse(f"There is no model called “{name}”. There are: {', '.join(models)}.")

    def encoder(self, name: str, device: str) -> Encoder:
        """Give a new encoder of a model; raises as `model` does."""
        return self.model(name).encoder(device)

    def space_of(self, name: str) -> Space:
        """Tell a model's space without loading it; raises as `model` does."""
        return self.model(name).space

    def input_spec_of(self, name: str) -> InputSpec | None:
        """Tell which pixels a model takes without loading it; raises as `model` does."""
        return self.model(name).image_input

    def sound_input_of(self, name: str) -> SoundSpec | None:
        """Tell which samples a model takes without loading it; raises as `model` does."""
        return getattr(self.model(name), "sound_input", None)

    def install(
        self,
        architecture: str,
        source: str,
        name: str | None = None,
        said: Said | None = None,
        cancel: CancelToken | None = None,
    ) -> ModelInfo:
        """Add a model and give its row.

        `source` is a file of weights, a folder, or `hf-hub:owner/name`; `architecture` is
        open_clip's name for it or "clap", "" where the source says so itself, or the name of a
        row of the catalogue; with an empty source, what that row offers is downloaded.
        `said(done, total)` tells the bytes of a download. Raises as `installing.install` does.
        """
        offer = self._offers.get(architecture)
        if not source and (offer is None or not offer.source):
            raise WrongUse(f"There is nothing to download for “{architecture}”.")
        wanted = _wanted(architecture, source, name, offer)
        if wanted.name in self._usable():
            raise WrongUse(f"There is a model called “{wanted.name}” already.")
        model = installing.install(self.folder, wanted, said, cancel)
        with self._guard:
            self._models = None
        return model.info

    def _usable(self) -> dict[str, Model]:
        with self._guard:
            if self._models is None:
                built_in = _built_in(self._offers)
                self._models = {**built_in, **_of_others(), **_installed(self.folder)}
            return self._models


def read_offers() -> list[Offer]:
    """Read the rows of `catalogue.toml`."""
    text = Path(__file__).with_name("catalogue.toml").read_text("utf-8")
    return [Offer(**row) for row in tomllib.loads(text)["model"]]


def _info(offer: Offer, state: ModelState) -> ModelInfo:
    return ModelInfo(
        offer.name,
        offer.title,
        offer.summary,
        offer.licence,
        offer.size,
        tuple(Modality(word) for word in offer.asked_with),
        state,
        indexes=Modality(offer.indexes),
    )


def _built_in(offers: dict[str, Offer]) -> dict[str, Model]:
    """Give the starters; without the package that hears, the one for pictures alone."""
    hears = yamnet_weights.present()
    seeing = _info(offers["starter"], ModelState.BUILT_IN)
    if not hears:
        asked = tuple(m for m in seeing.modalities if m is not Modality.SOUND)
        seeing = replace(seeing, modalities=asked)
    models: dict[str, Model] = {
        "starter": BuiltIn(
            seeing,
            starter.SPACE,
            starter.StarterEncoder,
            image_input=starter.IMAGE_INPUT,
            sound_input=yamnet.SOUND_INPUT if hears else None,
        )
    }
    if hears:
        models["starter-sound"] = BuiltIn(
            _info(offers["starter-sound"], ModelState.BUILT_IN),
            starter_sound.SPACE,
            starter_sound.StarterSoundEncoder,
            image_input=starter.IMAGE_INPUT,
            sound_input=yamnet.SOUND_INPUT,
        )
    return models


def _wanted(architecture: str, source: str, name: str | None, offer: Offer | None) -> Wanted:
    if offer is not None:
        called = safe_name(name or "") or offer.name
        return Wanted(
            offer.architecture,
            source or offer.source,
            called,
            offer.title,
            offer.summary,
            offer.licence,
        )
    # A folder or a repository has a name of its own; that of a file often says little.
    own = Path(source.removeprefix(PREFIX).rstrip("/"))
    title = (name or "").strip() or architecture or own.stem
    safe = safe_name(title)
    if not safe:
        raise WrongUse(f"“{title}” cannot be the name of a model.")
    return Wanted(architecture, source, safe, title)


def _installed(folder: Path) -> dict[str, Model]:
    if not folder.is_dir():
        return {}
    folders = [path for path in sorted(folder.iterdir()) if path.name[0] != "."]
    found = [clap.read_model(path) or clip.read_model(path) for path in folders]
    return {model.info.name: model for model in found if model is not None}


def _of_others() -> dict[str, Model]:
    models: dict[str, Model] = {}
    for point in importlib.metadata.entry_points(group=ENTRY_POINTS):
        try:
            models[point.name] = point.load()
        except (ImportError, AttributeError) as error:
            logger.warning("the model %s cannot be loaded: %s", point.value, error)
    return models
