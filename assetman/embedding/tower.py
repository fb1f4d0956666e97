"""One tower of one encoder in use: one call at a time, in batches of the right size."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from assetman.core.errors import EnvironmentProblem
from assetman.embedding.encoder import Pixels, Vectors

BATCH_SECONDS = 0.4  # aimed at on a CPU, so that stopping is felt at once
LARGEST = {"cpu": 32, "cuda": 128, "mps": 64}  # rows in a batch

Batch = TypeVar("Batch", Pixels, Sequence[str])


class Tower:
    """Feeds one tower. On a CPU a batch takes about half a second, learnt by doing."""

    def __init__(self, device: str) -> None:
        self.lock = threading.Lock()
        self.used = time.monotonic()
        self.rows = 1 if device == "cpu" else LARGEST[device]
        self._device = device
        self._warm = False

    def encode(self, work: Callable[[Batch], Vectors], whole: Batch) -> Vectors:
        """Encode batch by batch; other callers get their turn between batches.

        Raises EnvironmentProblem if not even one row fits into the GPU's memory.
        """
        parts: list[Vectors] = []
        done = 0
        while done < len(whole):
            with self.lock:
                rows = min(self.rows, len(whole) - done)
                started = time.monotonic()
                try:
                    parts.append(work(whole[done : done + rows]))
                except (RuntimeError, MemoryError) as error:
                    self._give_way(error)
                    continue
                finally:
                    self.used = time.monotonic()
                self._learn(rows, self.used - started)
                done += rows
        return np.concatenate(parts)

    def forget(self) -> None:
        """Take note that the weights were freed."""
        self._warm = False

    def _learn(self, rows: int, seconds: float) -> None:
        if self._device != "cpu":
            return
        if not self._warm:  # the first call loads the weights: it says nothing about speed
            self._warm = True
            return
        fitting = int(rows * BATCH_SECONDS / max(seconds, 1e-4))
        self.rows = max(1, min(LARGEST["cpu"], fitting, self.rows * 2))

    def _give_way(self, error: RuntimeError | MemoryError) -> None:
        """Halve the batch if memory was too small for it; raise anything else again."""
        if not _out_of_memory(error):
            raise error
        if self.rows == 1:
            raise EnvironmentProblem(
                "There is too little free memory for this model. Close other programs, "
                "or choose a smaller model."
            ) from error
        self.rows //= 2
        if self._device == "cuda":
            import torch

            torch.cuda.empty_cache()


def _out_of_memory(error: Exception) -> bool:
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    message = str(error).lower()
    return "out of memory" in message or "can't allocate memory" in message
