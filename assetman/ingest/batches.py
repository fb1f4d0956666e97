"""How much is embedded at once, and what comes next."""

from __future__ import annotations

from assetman.core.inputs import Modality
from assetman.ingest.reading import Backlog, Portion

_SECONDS = 0.4  # of encoding, on a CPU: work there comes in small batches
# Least and most rows of a batch, the cores being shared with the decoders or not.
_LIMITS = {
    Modality.IMAGE: {True: (4, 64), False: (16, 256)},
    Modality.SOUND: {True: (1, 32), False: (8, 64)},  # a window has ten times a picture's bytes
}


class Batches:
    """The size of a batch of each modality, as the encoder's speed suggests."""

    def __init__(self, shared: bool) -> None:
        self._sizes = {modality: limits[shared][0] * 2 for modality, limits in _LIMITS.items()}

    def of(self, modality: Modality) -> int:
        """Say how many rows make a batch."""
        return self._sizes[modality]

    def full(self, backlog: Backlog) -> bool:
        """Tell whether as much as a batch waits."""
        return any(backlog.count(modality) >= size for modality, size in self._sizes.items())

    def take(self, backlog: Backlog) -> list[Portion]:
        """Take the next batch, of whatever has gathered most."""
        modality = max(self._sizes, key=lambda each: backlog.count(each) / self._sizes[each])
        return backlog.take(modality, self._sizes[modality])

    def shrink(self, shared: bool) -> None:
        """Be content with the least."""
        self._sizes = {modality: limits[shared][0] for modality, limits in _LIMITS.items()}

    def took(self, batch: list[Portion], seconds: float, shared: bool) -> None:
        """Learn from how long a batch took."""
        modality, count = batch[0].modality, sum(portion.count for portion in batch)
        least, most = _LIMITS[modality][shared]
        fitting = int(count * _SECONDS / max(seconds, 1e-3))
        self._sizes[modality] = max(least, min(most, fitting, self._sizes[modality] * 2))
