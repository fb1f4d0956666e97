"""Exact search: right by construction, and the fastest there is up to a measured size."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Self, cast

import numpy as np
from numpy.typing import ArrayLike

from assetman.vectors import coarse
from assetman.vectors.coarse import Coarse, Codes
from assetman.vectors.comparing import nearest
from assetman.vectors.folders import (
    DamagedFiles,
    Facts,
    array_writer,
    mapped_array,
    number,
    read_facts,
    write_folder,
)
from assetman.vectors.index import (
    Floats,
    Halves,
    Ids,
    Neighbours,
    checked_count,
    checked_ids,
    checked_pair,
    unit_rows,
)
from assetman.vectors.rows import GATHER_BLOCK, Digests, Rows

ROWS = "rows"
CODES, SCALES = "codes.npy", "scales.npy"


class ExactIndex:
    """Compares a question with every vector; searches never wait for writers."""

    restriction_limit: int | None = None

    def __init__(self, dimension: int, rows: Rows | None = None) -> None:
        self.dimension = dimension
        self.lock = threading.RLock()  # one writer at a time
        self.rows = rows if rows is not None else Rows.none(dimension)

    def __len__(self) -> int:
        return self.rows.live

    def add(self, ids: ArrayLike, vectors: ArrayLike) -> None:
        known, units = checked_pair(ids, vectors, self.dimension)
        with self.lock:
            self.rows = self.rows.with_added(known, units)

    def remove(self, ids: ArrayLike) -> None:
        known = checked_ids(ids)
        with self.lock:
            self.rows = self.rows.without(known)

    def search(
        self, vectors: ArrayLike, count: int, allowed: ArrayLike | None = None
    ) -> Neighbours:
        rows = self.rows
        queries = unit_rows(vectors, self.dimension)
        if allowed is None:
            return nearest(rows, queries, checked_count(count))
        places = rows.places_among(checked_ids(allowed))
        return nearest(rows, queries, checked_count(count), places)

    def save(self, path: Path, sequence: int) -> None:
        write_rows(path, self.rows, sequence)

    @classmethod
    def load(cls, path: Path) -> tuple[Self, int]:
        rows, facts = read_rows(path)
        return cls(rows.dimension, rows), number(facts, "sequence")


def write_rows(path: Path, rows: Rows, sequence: int, token: str = "") -> None:
    """Write the live rows as a folder, in the order of their ids. Raises OSError."""
    facts: Facts = {"sequence": sequence, "dimension": rows.dimension, "token": token}
    facts["count"] = rows.live
    digests = rows.digests[rows.order]
    writers = {
        "ids.npy": array_writer([rows.live_ids], np.int64, (rows.live,)),
        "digests.npy": array_writer([digests], np.uint64, (rows.live,)),
        "vectors.npy": array_writer(rows.blocks(), np.float16, (rows.live, rows.dimension)),
    }
    if rows.live >= coarse.LEAST:
        codes, scales = coarse.codes_of(rows.blocks()), coarse.scales_of(rows.blocks())
        shape = (rows.live, rows.dimension)
        writers[CODES] = array_writer(codes, np.int8, shape)
        writers[SCALES] = array_writer(scales, np.float32, shape[:1])
    write_folder(path, ROWS, facts, writers)


def read_rows(path: Path) -> tuple[Rows, Facts]:
    """Map a folder of rows into memory, with what its manifest says. Raises DamagedFiles."""
    facts = read_facts(path, ROWS)
    dimension, count = number(facts, "dimension"), number(facts, "count")
    ids = cast(Ids, np.array(mapped_array(path / "ids.npy", np.int64, None)))
    digests = cast(Digests, np.array(mapped_array(path / "digests.npy", np.uint64, None)))
    vectors = cast(Halves, mapped_array(path / "vectors.npy", np.float16, dimension))
    if not len(ids) == len(digests) == len(vectors) == count:
        raise DamagedFiles(f"{path} does not hold {count} rows")
    if (np.diff(ids) <= 0).any():
        raise DamagedFiles(f"{path}: its ids are not in order")
    return Rows.of(ids, vectors, digests, _coarse(path, vectors)), facts


def _coarse(path: Path, vectors: Halves) -> Coarse | None:
    """Map the codes of rows; few have none, and those of folders of before are made now."""
    if len(vectors) < coarse.LEAST:
        return None
    if not (path / CODES).exists():
        blocks = (vectors[at : at + GATHER_BLOCK] for at in range(0, len(vectors), GATHER_BLOCK))
        return Coarse.of(blocks, vectors.shape[1])
    codes = cast(Codes, mapped_array(path / CODES, np.int8, vectors.shape[1]))
    scales = cast(Floats, np.array(mapped_array(path / SCALES, np.float32, None)))
    if not len(codes) == len(scales) == len(vectors):
        raise DamagedFiles(f"{path}: its codes are of other rows")
    return Coarse(codes, scales)
