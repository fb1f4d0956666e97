"""Embedding spaces. Only vectors of one space are ever compared."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Space:
    """One embedding space: model, revision of its weights, version of its preprocessing."""

    model: str  # the name in the catalogue of models, for example "starter"
    revision: str  # of the weights: a version or the start of their sha256
    preprocessing: int  # raised when the same file would give another vector
    dimension: int

    @property
    def key(self) -> str:
        """Name the space in one word that is safe in a file name."""
        safe = "".join(c if c.isalnum() or c in "._-" else "_" for c in self.model)
        return f"{safe}-{self.revision}-p{self.preprocessing}-{self.dimension}"
