"""A library with a root and a space, and short ways to fill it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from assetman.core.assets import (
    Kind,
    Passage,
    PassageKind,
    Probe,
    SegmentDraft,
    SegmentKind,
    SoundFacts,
)
from assetman.core.spaces import Space
from assetman.library.assets import FileStat
from assetman.library.contents import Derived
from assetman.library.library import Library

ROOT = "/photos" if Path("/").is_absolute() else "C:\\photos"
SECOND = 1_000_000_000
DIMENSION = 4
LOUD = SoundFacts(48_000, 2, loudness=-14.0, peak=-1.0, bpm=120.0, key="F#m")
Said = tuple[str, float, float]


def stat(mtime: float = 1000, size: int = 10) -> FileStat:
    """Make what the system says of a file; `mtime` in seconds."""
    return FileStat(size, int(mtime * SECOND), inode=7, device=1)


def unit(*seeds: int) -> np.ndarray:
    """Make one vector of length 1 for each seed."""
    rows = np.stack([np.random.default_rng(seed).standard_normal(DIMENSION) for seed in seeds])
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@dataclass
class Shelf:
    """A library that is filled by hand."""

    library: Library
    root: int = 0
    space: int = 0
    digests: Iterator[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        root, _ = self.library.roots.add(ROOT)
        space, _ = self.library.spaces.ensure(Space("first", "1", 1, DIMENSION))
        self.root, self.space = root.id, space.id

    def content(self, kind: Kind = Kind.IMAGE, size: int = 10) -> int:
        """Add a content of its own."""
        return self.library.contents.add(f"{next(self.digests):032x}", size, True, kind)[0]

    def file(
        self,
        path: str,
        kind: Kind = Kind.IMAGE,
        mtime: float = 1000,
        content: int | None = None,
        root: int | None = None,
    ) -> int:
        """Add a file, with a content of its own unless one is given."""
        with self.library.writing():
            content = self.content(kind) if content is None else content
            return self.library.assets.add(root or self.root, path, stat(mtime), content)[0]

    def extract(
        self, asset: int, segments: int = 1, taken: float | None = None, windows: int = 0
    ) -> list[int]:
        """Give the content of an asset its probe and segments: what is seen, and what is heard."""
        content = self.library.contents.of_asset(asset)
        with self.library.writing():
            probe = Probe(content.kind, 30, 20, taken, {"camera": "Box"})
            self.library.contents.set_probe(content.id, probe)
            drafts = [
                SegmentDraft(kind, i, float(i), i + 1.0)
                for kind, count in ((SegmentKind.SHOT, segments), (SegmentKind.WINDOW, windows))
                for i in range(count)
            ]
            return self.library.segments.replace(content.id, drafts)

    def film(
        self, path: str, shots: Sequence[tuple[float, float]], said: Sequence[Said] = ()
    ) -> tuple[int, list[int]]:
        """Add a video with a frame in the middle of each shot; give its id and its segments'."""
        asset = self.file(path, kind=Kind.VIDEO)
        content = self.library.contents.of_asset(asset).id
        length = max((end for _, end in shots), default=0.0)
        with self.library.writing():
            self.library.contents.set_probe(content, Probe(Kind.VIDEO, 640, 360, duration=length))
            self.say(asset, said)
            drafts = [
                SegmentDraft(
                    *(SegmentKind.SHOT, i, start, end),
                    at=(start + end) / 2,
                    look=f"{i:016x}",
                    sheet=i // 24,
                    cell=i % 24,
                )
                for i, (start, end) in enumerate(shots)
            ]
            segments = self.library.segments.replace(content, drafts)
            self.embed(segments)
        return asset, segments

    def sound(self, path: str, windows: int, facts: SoundFacts = LOUD) -> tuple[int, list[int]]:
        """Add a sound with an outline of two files; give its id and its segments'."""
        asset = self.file(path, kind=Kind.AUDIO)
        content = self.library.contents.of_asset(asset).id
        with self.library.writing():
            probe = Probe(Kind.AUDIO, duration=5.0 * windows, sound=facts)
            self.library.contents.set_probe(content, probe)
            self.library.contents.set_derived(content, Derived(2, 100.0, pictured=False))
            drafts = [
                SegmentDraft(SegmentKind.WINDOW, i, 5.0 * i, 5.0 * i + 10, at=5.0 * i + 1)
                for i in range(windows)
            ]
            return asset, self.library.segments.replace(content, drafts)

    def say(self, asset: int, said: Sequence[Said]) -> None:
        """Give a video subtitles: text, start and end of each."""
        passages = [Passage(PassageKind.SUBTITLE, *each) for each in said]
        self.library.passages.replace(self.library.contents.of_asset(asset).id, passages)

    def embed(self, segments: Sequence[int], space: int | None = None) -> None:
        """Give segments vectors."""
        if segments:
            self.library.embeddings.add(space or self.space, segments, unit(*segments))

    def done(self, path: str, **given: object) -> int:
        """Add a file of which nothing lacks."""
        asset = self.file(path, **given)  # type: ignore[arg-type]
        self.embed(self.extract(asset))
        return asset

    def pending(self, *spaces: int) -> list[int]:
        """List the assets that pending contents are to be read from."""
        found = self.library.contents.pending(spaces or (self.space,), 1000)
        return [item.asset_id for item in found]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def library(folder: Path) -> Iterator[Library]:
    with Library.open(folder) as library:
        yield library


@pytest.fixture
def shelf(library: Library) -> Shelf:
    return Shelf(library)
