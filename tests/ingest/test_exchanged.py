"""Files that change names while they are decoded: each content gets its own vectors."""

from __future__ import annotations

import os
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assetman.media.handler import Extraction
from assetman.media.workers import DecodePool
from kit.bench import LIMITS, Bench
from kit.pictures import paint

MOMENT = 1_700_000_000_000_000_000  # ns


class Exchanging(DecodePool):
    """Exchanges the names of two files before the first is decoded, and back after if asked."""

    def __init__(self, one: Path, other: Path, back: bool) -> None:
        super().__init__(1, LIMITS, 64)
        self._files = one, other
        self._back = back
        self._left = 2 if back else 1

    def extract(self, *arguments: Any, **named: Any) -> Future[Extraction]:
        if not self._left:
            return super().extract(*arguments, **named)
        self._left -= 1
        exchange(*self._files)
        future = super().extract(*arguments, **named)
        if self._back:
            future.exception()
            exchange(*self._files)
        return future


def exchange(one: Path, other: Path) -> None:
    aside = one.with_suffix(".aside")
    one.rename(aside)
    other.rename(one)
    aside.rename(other)


def vectors(bench: Bench) -> dict[str, bytes]:
    found = {}
    for name, asset in bench.assets().items():
        ids = [segment.id for segment in bench.library.segments.of_asset(asset.id)]
        _, rows = bench.library.embeddings.read(bench.space.id, ids)
        found[name] = rows.tobytes()
    return found


@pytest.mark.parametrize("back", [True, False])
def test_files_of_equal_size_and_time_that_exchange_names_keep_their_own_vectors(
    bench: Bench, photos: Path, tmp_path: Path, back: bool
) -> None:
    files = paint(photos / "a.bmp", "red"), paint(photos / "b.bmp", "blue")
    for path in files:
        os.utime(path, ns=(MOMENT, MOMENT))
    bench.add(photos)
    usual = bench.tools.decoder
    exchanging = Exchanging(*files, back)
    try:
        bench.tools = replace(bench.tools, decoder=exchanging)
        bench.index()
    finally:
        exchanging.close()
    bench.tools = replace(bench.tools, decoder=usual)
    bench.index()
    fresh = Bench(tmp_path / "fresh")
    try:
        fresh.add(photos)
        fresh.index()
        assert vectors(bench) == vectors(fresh)
        assert bench.library.failures.all() == []
    finally:
        fresh.close()
