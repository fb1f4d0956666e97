"""A library written to without any files, a transaction at a time, and what it holds."""

from __future__ import annotations

import random

import numpy as np

from assetman.core.assets import Kind, Probe, SegmentDraft, SegmentKind
from assetman.library.assets import FileStat
from assetman.library.library import Library

State = tuple[tuple[str, int, tuple[str, ...], bytes], ...]


def state(library: Library) -> State:
    """Say what a library holds: path, rating, tags, vectors."""
    rows = []
    spaces = library.spaces.all()
    for asset in library.assets.get(library.assets.ids()):
        segments = [each.id for each in library.segments.of_asset(asset.id)]
        vectors = b""
        if spaces:
            vectors = library.embeddings.read(spaces[0].id, segments)[1].tobytes()
        rows.append((asset.path, asset.rating, asset.tags, vectors))
    return tuple(sorted(rows))


def write_something(library: Library, number: int, chance: random.Random) -> None:
    """Do what a run or a person does: one transaction."""
    if number % 4 == 3:
        ids = library.assets.ids()
        some = chance.sample(ids, min(len(ids), 9))
        if chance.random() < 0.5:
            library.tags.tag(some, [f"tag {number}"])
        else:
            library.tags.rate(some, 1 + number % 5)
        return
    root, space = library.roots.all()[0].id, library.spaces.all()[0].id
    with library.writing():
        segments: list[int] = []
        for file in range(chance.randrange(1, 25)):
            name = f"{number:032x}{file:04x}"
            content, _ = library.contents.add(name, 10, True, Kind.IMAGE)
            library.assets.add(root, f"{number}/{file}.jpg", FileStat(10, 10**9, file, 1), content)
            library.contents.set_probe(content, Probe(Kind.IMAGE, 30, 20, None, {"n": name}))
            draft = SegmentDraft(SegmentKind.IMAGE, 0)
            segments += library.segments.replace(content, [draft])
        vectors = np.random.default_rng(number).standard_normal((len(segments), 64))
        library.embeddings.add(space, segments, vectors.astype(np.float32))
