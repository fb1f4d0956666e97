"""A library of many made files, written as fast as SQLite takes them.

Each file is a picture with one vector. Its width is its place in a random order, so that
`width:<=N` leaves N files by chance; every tenth lies in the same folder, bears a tag, or has a
colour. What a run of the pipeline would write beside that (a journal entry for each) is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from assetman.core.spaces import Space
from assetman.library.library import Library

FOLDERS = 10
RED = "#c01818"
_BATCH = 10_000
_CONTENTS = """
INSERT INTO contents (id, key, digest, size, whole, kind, extracted, heard, width, height, taken,
    facts, camera, placed, colored)
VALUES (?1, printf('%032x', ?1), printf('%032x', ?1), 1000 + ?1, 1, 'image', 1, 1, ?2, 480,
    1.4e9 + 60 * ?1, '{}', 1 + ?1 % 3, ?1 % 2, 1)"""
_ASSETS = """
INSERT INTO assets (id, root_id, path, folder, name, name_key, folded, ext, content_id, kind, size,
    mtime_ns, moment, inode, device, added, width, height, camera, placed)
SELECT ?1, ?2, CAST(?3 || '/' || name AS BLOB), CAST(?3 || '/' AS BLOB), name, name, name, 'jpg',
    ?1, 'image', 1000 + ?1, 1000000000 * ?1, 1.4e9 + 60 * ?1, ?1, '1', 0, ?4, 480, 1 + ?1 % 3,
    ?1 % 2 FROM (SELECT printf('%08d.jpg', ?1) AS name)"""
_SEGMENTS = "INSERT INTO segments (id, content_id, kind, ordinal) VALUES (?1, ?1, 'image', 0)"
_COLORS = """
INSERT INTO colors (content_id, color, share, box, lightness, a, b, chroma)
SELECT value, color, share, box, lightness, a, b, chroma
FROM json_each(?), (SELECT * FROM colors WHERE content_id = 1)"""


def vectors(number: int, dimension: int) -> Iterator[np.ndarray]:
    """Draw unit vectors (n, dimension) float16 in clusters of about fifty, some at a time."""
    random = np.random.default_rng(0)
    centres = random.standard_normal((max(8, number // 50), dimension), np.float32)
    for first in range(0, number, _BATCH):
        count = min(_BATCH, number - first)
        near = centres[random.integers(0, len(centres), count)]
        rows = near + 0.7 * random.standard_normal(near.shape, np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        yield rows.astype(np.float16)


def fill(library: Library, space_id: int, space: Space, number: int, folder: Path) -> None:
    """Write `number` files into an empty library, in a root at `folder`."""
    folder.mkdir()
    root, _ = library.roots.add(str(folder))
    widths = np.random.default_rng(2).permutation(number) + 1
    database = library._database
    first = 1
    for rows in vectors(number, space.dimension):
        ids = list(range(first, first + len(rows)))
        wide = widths[first - 1 : first - 1 + len(rows)].tolist()
        with library.writing():
            sequence = library.journal.append("embeddings.add")
            database.execute_many(_CONTENTS, zip(ids, wide, strict=True))
            database.execute_many(
                _ASSETS,
                (
                    (each, root.id, f"folder {each % FOLDERS}", width)
                    for each, width in zip(ids, wide, strict=True)
                ),
            )
            database.execute_many(_SEGMENTS, ((each,) for each in ids))
            database.execute_many(
                "INSERT INTO embeddings VALUES (?, ?, ?, ?)",
                (
                    (space_id, each, sequence, row.tobytes())
                    for each, row in zip(ids, rows, strict=True)
                ),
            )
            if first == 1:
                database.execute_many(
                    "INSERT INTO gear (name, key) VALUES (?, ?)",
                    [(f"Camera {letter}", f"camera {letter.lower()}") for letter in "ABC"],
                )
                library.colors.set([(1, [(RED, 0.5)])])
            tenth = [each for each in ids if each % FOLDERS == 1 and each > 1]
            database.execute(_COLORS, (str(tenth),))
        library.tags.tag([each for each in ids if each % FOLDERS == 2], ["tenth"])
        first += len(rows)
