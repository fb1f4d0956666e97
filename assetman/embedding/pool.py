"""The encoders in use: loaded when first needed, fed in batches, let go when idle."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from assetman.core.errors import WrongUse
from assetman.core.inputs import InputSpec, Modality, SoundSpec
from assetman.core.models import DeviceChoice
from assetman.core.settings import cores
from assetman.core.spaces import Space
from assetman.embedding.catalogue import ModelCatalogue
from assetman.embedding.device import choose_device
from assetman.embedding.encoder import Encoder, Pixels, Samples, Vectors
from assetman.embedding.tower import Tower

REMEMBERED = 512  # texts
_NOUNS = {Modality.IMAGE: "pictures", Modality.TEXT: "words", Modality.SOUND: "sounds"}


class _InUse:
    """An encoder with the state of its towers."""

    def __init__(self, encoder: Encoder, device: str) -> None:
        self.encoder = encoder
        self.images = Tower(device, lanes=cores())
        self.sounds = Tower(device, lanes=cores())
        self.texts = Tower(device)

    @property
    def used(self) -> float:
        return max(self.images.used, self.sounds.used, self.texts.used)

    def keep_narrow(self, narrow: bool) -> None:
        self.images.narrow = self.sounds.narrow = narrow

    def unload(self) -> None:
        with self.images.lock, self.sounds.lock, self.texts.lock:
            self.encoder.unload()
            for tower in (self.images, self.sounds, self.texts):
                tower.forget()


class EncoderPool:
    """Every encoder of a process. Any method may be called from any thread.

    The towers of an encoder (pictures, sounds, words) do not wait for each other: a question is
    answered while a folder is being embedded.
    """

    def __init__(self, catalogue: ModelCatalogue, device: str = "auto") -> None:
        self._catalogue = catalogue
        self._requested = device
        self._guard = threading.Lock()
        self._in_use: dict[str, _InUse] = {}
        self._texts: OrderedDict[tuple[str, str], Vectors] = OrderedDict()
        self._gentle = False

    def set_gentle(self, gentle: bool) -> None:
        """Let pictures and sounds take one core at most, or all there are."""
        with self._guard:
            self._gentle = gentle
            for model in self._in_use.values():
                model.keep_narrow(gentle)

    def device(self) -> DeviceChoice:
        """Tell where models run, and why not on the GPU."""
        return choose_device(self._requested)

    def space(self, name: str) -> Space:
        """Tell a model's space, without loading it; raises as `ModelCatalogue.model` does."""
        return self._catalogue.space_of(name)

    def input_spec(self, name: str) -> InputSpec | None:
        """Tell which pixels a model takes, without loading it; None if it takes none."""
        return self._catalogue.input_spec_of(name)

    def sound_input(self, name: str) -> SoundSpec | None:
        """Tell which samples a model takes, without loading it; None if it takes none."""
        return self._catalogue.sound_input_of(name)

    def indexes(self, name: str) -> Modality:
        """Tell what of a library a model embeds, IMAGE or SOUND, without loading it."""
        return self._catalogue.model(name).info.indexes

    def modalities(self, name: str) -> frozenset[Modality]:
        """Tell what a model can be asked with, without loading it."""
        return frozenset(self._catalogue.model(name).info.modalities)

    def images(self, name: str, pixels: Pixels) -> Vectors:
        """Embed (n, size, size, 3) uint8 pixels as (n, d) float32 of unit length.

        Raises WrongUse if the model takes no pictures, EnvironmentProblem if it cannot run.
        """
        model = self._model(name, Modality.IMAGE)
        if not len(pixels):
            return self._nothing(name)
        return model.images.encode(model.encoder.encode_images, pixels)

    def sounds(self, name: str, samples: Samples) -> Vectors:
        """Embed (n, length) float32 windows, mono, -1..1, as (n, d) float32 of unit length.

        Raises WrongUse if the model takes no sounds, EnvironmentProblem if it cannot run.
        """
        model = self._model(name, Modality.SOUND)
        if not len(samples):
            return self._nothing(name)
        return model.sounds.encode(model.encoder.encode_sounds, samples)

    def texts(self, name: str, texts: Sequence[str]) -> Vectors:
        """Embed sentences as (n, d) float32 of unit length; recent ones are remembered.

        Raises WrongUse if the model takes no text, EnvironmentProblem if it cannot run.
        """
        model = self._model(name, Modality.TEXT)
        with self._guard:
            known = {text: self._texts.get((name, text)) for text in texts}
        new = [text for text, vector in known.items() if vector is None]
        if new:
            vectors = model.texts.encode(model.encoder.encode_texts, new)
            known.update(zip(new, vectors, strict=True))
        rows = [vector for text in texts if (vector := known[text]) is not None]
        with self._guard:
            for text, vector in known.items():
                if vector is not None:
                    self._texts[name, text] = vector
                    self._texts.move_to_end((name, text))
            while len(self._texts) > REMEMBERED:
                self._texts.popitem(last=False)
        return np.stack(rows) if rows else self._nothing(name)

    def warm(self, name: str, modality: Modality) -> None:
        """Load a tower before it is needed."""
        model = self._model(name, modality)
        seen, heard = model.encoder.image_input, model.encoder.sound_input
        if modality is Modality.TEXT:
            model.texts.encode(model.encoder.encode_texts, ["a picture"])
        elif modality is Modality.SOUND and heard is not None:
            silence = np.zeros((1, heard.length), np.float32)
            model.sounds.encode(model.encoder.encode_sounds, silence)
        elif modality is Modality.IMAGE and seen is not None:
            blank = np.zeros((1, seen.size, seen.size, 3), np.uint8)
            model.images.encode(model.encoder.encode_images, blank)

    def unload_idle(self, seconds: float) -> None:
        """Free the models that nobody used for so long; they load again when used."""
        with self._guard:
            before = time.monotonic() - seconds
            idle = [name for name, model in self._in_use.items() if model.used < before]
            models = [self._in_use.pop(name) for name in idle]
        for model in models:
            model.unload()

    def close(self) -> None:
        """Free everything."""
        with self._guard:
            models = list(self._in_use.values())
            self._in_use.clear()
            self._texts.clear()
        for model in models:
            model.unload()

    def _model(self, name: str, modality: Modality) -> _InUse:
        with self._guard:
            model = self._in_use.get(name)
            if model is None:
                device = self.device().device
                model = _InUse(self._catalogue.encoder(name, device), device)
                model.keep_narrow(self._gentle)
                self._in_use[name] = model
        if modality not in model.encoder.modalities:
            raise WrongUse(f"The model “{name}” takes no {_NOUNS[modality]}.")
        return model

    def _nothing(self, name: str) -> Vectors:
        return np.zeros((0, self.space(name).dimension), np.float32)
