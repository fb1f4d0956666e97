"""Writing down what is said, as one library has it switched on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from assetman.core.changes import Changes
from assetman.core.errors import EnvironmentProblem, WrongUse
from assetman.core.models import ModelInfo
from assetman.embedding.speech import RATE, SpeechModels
from assetman.ingest.speech import Listening, SpeechPass, Turn
from assetman.ingest.tally import Tally
from assetman.library.library import Library
from assetman.media.handler import Decoder

_CHOSEN = "speech"  # the fact in the library


class Transcribing:
    """Knows the models of speech, which of them is switched on, and listens with it."""

    def __init__(
        self,
        library: Library,
        decoder: Decoder,
        publish: Callable[[Changes], None],
        folder: Path,
        device: str,
    ) -> None:
        self._library = library
        self._pass = SpeechPass(library, decoder, publish)
        self._models = SpeechModels(folder)
        self._device = device

    @property
    def chosen(self) -> str | None:
        """The model that is switched on; None: nothing is written down."""
        return self._library.recall(_CHOSEN)

    def infos(self) -> list[ModelInfo]:
        """List the models of speech, with what the chosen one has still to listen to."""
        chosen = self.chosen
        pending = self._library.transcripts.count_lacking(chosen) if chosen else 0
        return [
            replace(info, active=True, pending=pending) if info.name == chosen else info
            for info in self._models.infos()
        ]

    def choose(self, name: str | None) -> Changes:
        """Switch a model on, or none; what was written down stays until another has listened.

        Raises WrongUse for a model that is not here.
        """
        if name is not None:
            self._models.transcriber(name)
        self._library.remember(_CHOSEN, name)
        return Changes(spaces=True)

    def install(self, source: str, name: str | None = None) -> ModelInfo:
        """Install a model; raises as `SpeechModels.install` does."""
        return self._models.install(source, name)

    def listen(self, tally: Tally, turn: Turn) -> None:
        """Listen to all that the chosen model has not heard; without one, do nothing."""
        name = self.chosen
        if name is None or not self._library.transcripts.count_lacking(name):
            return
        try:
            transcriber = self._models.transcriber(name, self._device)
        except WrongUse as error:
            raise EnvironmentProblem(
                f"The model of speech “{name}” is not here any more: choose another, or none."
            ) from error
        self._pass.run(Listening(name, transcriber, RATE), tally, turn)
