"""The models a library is filled with and asked by: one for what is seen, one for what is heard."""

from __future__ import annotations

from collections.abc import Callable

from assetman.core.changes import Changes
from assetman.core.errors import AssetmanError
from assetman.core.inputs import Modality, Spec
from assetman.embedding.pool import EncoderPool
from assetman.ingest.stages import Target
from assetman.library.embeddings import StoredSpace
from assetman.library.library import Library
from assetman.vectors.store import VectorStore

# What a new library is filled with, by what of it they embed.
DEFAULT_MODELS = {Modality.IMAGE: "starter", Modality.SOUND: "starter-sound"}


class ChosenModels:
    """Keeps the spaces of a library in step with the models that are here."""

    def __init__(
        self,
        library: Library,
        encoders: EncoderPool,
        store_of: Callable[[StoredSpace], VectorStore],
    ) -> None:
        self._library = library
        self._encoders = encoders
        self._store_of = store_of
        self._absent: dict[int, str] = {}  # spaces whose models cannot be used, and why

    def ensure(self) -> None:
        """Give a new library the built-in models, and models that were renewed a new space.

        Words cannot be asked in the space of weights that are no longer here, so the new space
        answers at once, with as much as it has.
        """
        spaces = self._library.spaces
        for modality, default in DEFAULT_MODELS.items():
            active = spaces.active(modality)
            try:
                present = self._encoders.space(active.space.model if active else default)
            except AssetmanError:  # no longer installed: whoever searches is told
                continue
            if active is None or active.space != present:
                space, _ = spaces.ensure(present, modality)
                spaces.choose(space.id)
                spaces.switch(modality)

    def use(self, name: str) -> Changes:
        """Choose a model for what it embeds; the one before answers until it is complete.

        Raises WrongUse for an unknown model, EnvironmentProblem for one without its weights.
        """
        spaces, modality = self._library.spaces, self._encoders.indexes(name)
        space, changes = spaces.ensure(self._encoders.space(name), modality)
        changes |= spaces.choose(space.id)
        return changes | self._switch_if_complete(modality)

    def switch_if_complete(self) -> Changes:
        """Let spaces that are being filled answer once nothing is pending in them."""
        changes = Changes()
        for modality in DEFAULT_MODELS:
            changes |= self._switch_if_complete(modality)
        return changes

    def targets(self) -> list[Target]:
        """Name the spaces that files are embedded in now; a model that is not here has none."""
        self._absent.clear()
        found = []
        for space in self.spaces():
            try:
                spec = self._spec(space)
            except AssetmanError as problem:
                self._absent[space.id] = str(problem)
                continue
            if spec is not None:
                found.append(Target(space.id, space.space.model, spec))
        return found

    def spaces(self) -> list[StoredSpace]:
        """List the spaces that answer, or will once they are complete."""
        stored = self._library.spaces
        each = ((stored.active(one), stored.filling(one)) for one in DEFAULT_MODELS)
        return [space for both in each for space in both if space is not None]

    def problem(self) -> str:
        """Say what keeps files from being embedded that are all read; "" where nothing does."""
        for space, why in self._absent.items():
            if self._library.contents.count_pending([space])[0]:
                return why
        return ""

    def _switch_if_complete(self, modality: Modality) -> Changes:
        filling = self._library.spaces.filling(modality)
        if filling is None or self._library.contents.count_pending([filling.id])[0]:
            return Changes()
        self._store_of(filling).catch_up()
        return self._library.spaces.switch(modality)

    def _spec(self, space: StoredSpace) -> Spec | None:
        """Tell in what form the model of a space takes what it embeds."""
        if space.modality is Modality.SOUND:
            return self._encoders.sound_input(space.space.model)
        return self._encoders.input_spec(space.space.model)
