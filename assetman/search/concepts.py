"""Everyday things that any question is compared with: a fixed vocabulary, in each space of words.

Whether a file answers a question is seen from how well it would answer others. `concepts.txt`
names some 700 everyday things, doings and sounds, none of them meant for any model or library.
Their vectors are made once for each space, in the background where there is one, and kept; they
are derived, and may be deleted.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Protocol

import numpy as np

from assetman.core.errors import AssetmanError
from assetman.core.inputs import Modality
from assetman.core.spaces import Space

_FILE = Path(__file__).with_name("concepts.txt")
_AT_ONCE = 32  # texts; about half a second


@cache
def concepts() -> tuple[str, ...]:
    """Give the vocabulary."""
    return tuple(_FILE.read_text("utf-8").split("\n")[:-1])


class Wordy(Protocol):
    """Embeds words; `embedding.pool.EncoderPool` does."""

    def modalities(self, name: str) -> frozenset[Modality]: ...

    def texts(self, name: str, texts: Sequence[str]) -> np.ndarray: ...


class Concepts:
    """The vectors of the vocabulary, by space; kept in `folder`, where one is given."""

    def __init__(self, encoders: Wordy, folder: Path | None = None) -> None:
        self._encoders = encoders
        self._folder = folder
        self._lock = threading.Lock()
        self._known: dict[str, np.ndarray] = {}

    def of(self, space: Space) -> np.ndarray | None:
        """Give them as (n, d) float32, unit length; None where a model takes no words.

        Unprepared it takes a while. Raises AssetmanError where the model cannot be used.
        """
        if Modality.TEXT not in self._encoders.modalities(space.model):
            return None
        name = _name(space)
        with self._lock:
            if name not in self._known:
                rows = self._kept(name)
                if rows is None:
                    rows = self._encoders.texts(space.model, concepts())
                    self._keep(name, rows)
                self._known[name] = rows
            return self._known[name]

    def prepare(self, spaces: Iterable[Space], goes_on: Callable[[], bool]) -> None:
        """Make what is lacking before anybody asks; left undone once `goes_on` says no."""
        for space in spaces:
            with suppress(AssetmanError):  # a model that cannot be used: whoever asks is told
                if Modality.TEXT in self._encoders.modalities(space.model):
                    self._prepare(space, goes_on)

    def _prepare(self, space: Space, goes_on: Callable[[], bool]) -> None:
        name, made = _name(space), []
        with self._lock:
            if name in self._known or self._kept(name) is not None:
                return
        for start in range(0, len(concepts()), _AT_ONCE):
            if not goes_on() or name in self._known:
                return
            made.append(self._encoders.texts(space.model, concepts()[start : start + _AT_ONCE]))
        with self._lock:
            if name not in self._known:
                self._known[name] = np.concatenate(made)
                self._keep(name, self._known[name])

    def _path(self, name: str) -> Path | None:
        edition = hashlib.sha256("\n".join(concepts()).encode()).hexdigest()[:12]
        safe = "".join(c if c.isalnum() or c in "._-" else "_" for c in name)
        return None if self._folder is None else self._folder / f"{safe}-{edition}.npy"

    def _kept(self, name: str) -> np.ndarray | None:
        path = self._path(name)
        return None if path is None else _read(path)

    def _keep(self, name: str, rows: np.ndarray) -> None:
        path = self._path(name)
        if path is not None:
            with suppress(OSError):  # a full or read-only disk: they are made again next time
                path.parent.mkdir(exist_ok=True)
                aside = path.with_suffix(f".{os.getpid()}")
                with aside.open("wb") as file:
                    np.save(file, rows.astype(np.float16))
                aside.replace(path)


def _name(space: Space) -> str:
    return f"{space.model}-{space.revision}-{space.preprocessing}"


def _read(path: Path) -> np.ndarray | None:
    """Read what was kept; None where there is nothing, or nothing that can be used."""
    with suppress(OSError, ValueError, EOFError):
        rows: np.ndarray = np.load(path, allow_pickle=False)
        if rows.ndim == 2 and len(rows) == len(concepts()) and np.isfinite(rows).all():
            return rows.astype(np.float32)
    return None
