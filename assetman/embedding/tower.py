"""One tower of one encoder in use: one call at a time, in batches of the right size."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from assetman.core.errors import EnvironmentProblem
from assetman.core.turns import Turns
from assetman.embedding.encoder import Pixels, Samples, Vectors

BATCH_SECONDS = 0.4  # aimed at on a CPU, so that stopping is felt at once
LARGEST = {"cpu": 32, "cuda": 128, "mps": 64}  # rows in a batch

Batch = TypeVar("Batch", Pixels, Samples, Sequence[str])


class Tower:
    """Feeds one tower. On a CPU a batch takes about half a second, learnt by doing.

    `lanes` splits each batch between so many threads, each with one core of its own. A network
    that spreads each of its hundreds of steps over all cores waits for the slowest core at every
    step, and on a machine that is at work otherwise does little but wait.
    """

    def __init__(self, device: str, lanes: int = 1) -> None:
        self.lock = Turns()
        self.used = time.monotonic()
        self.narrow = False  # one lane, whatever there are
        self.rows = 1 if device == "cpu" else LARGEST[device]
        self._device = device
        self._warm = False
        self._lanes = lanes if device == "cpu" else 1
        self._threads: ThreadPoolExecutor | None = None

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
                    parts += self._work(work, whole[done : done + rows])
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
        if self._threads is not None:
            self._threads.shutdown()
            self._threads = None

    def _work(self, work: Callable[[Batch], Vectors], batch: Batch) -> list[Vectors]:
        """Encode one batch, in lanes once the weights are loaded."""
        if self._lanes == 1:
            return [work(batch)]
        if self._threads is None:
            self._threads = ThreadPoolExecutor(self._lanes, "encode", _keep_to_one_core)
        lanes = min(self._lanes, len(batch)) if self._warm and not self.narrow else 1
        share = -(-len(batch) // lanes)
        starts = range(0, len(batch), share)
        return list(self._threads.map(lambda start: work(batch[start : start + share]), starts))

    def _learn(self, rows: int, seconds: float) -> None:
        if self._device != "cpu":
            return
        if not self._warm:  # the first call loads the weights: it says nothing about speed
            self._warm = True
            return
        fitting = int(rows * BATCH_SECONDS / max(seconds, 1e-4))
        self.rows = max(self._lanes, min(LARGEST["cpu"], fitting, self.rows * 2))

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


def _keep_to_one_core() -> None:
    import torch

    torch.set_num_threads(1)  # it counts for the calling thread


def _out_of_memory(error: Exception) -> bool:
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    message = str(error).lower()
    return "out of memory" in message or "can't allocate memory" in message
