"""What every reader of files offers, and what it gives back."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from assetman.core.assets import Kind, Passage, Probe, SegmentDraft
from assetman.core.errors import BadInput
from assetman.core.inputs import Excerpt, Spec
from assetman.core.timelines import Timeline

if TYPE_CHECKING:
    from numpy.typing import NDArray


class OtherKind(BadInput):
    """The file is of another kind than its ending says: a film without pictures is a sound."""

    def __init__(self, message: str, kind: Kind) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost before it is given up."""

    pixels: int = 500_000_000  # decoded
    seconds: float = 60.0
    memory: int = 4 << 30  # bytes, of the process that decodes


@dataclass(frozen=True, slots=True)
class Stretch:
    """As much of a long file as is read at once; the next begins at the extraction's `rest`."""

    start: float = 0.0  # seconds
    number: int = 0  # counts the stretches of a file, and names their sheets
    ordinal: int = 0  # of its first segment that is seen
    sheet: Path | None = None  # the file for pictures of its frames, if they are wanted
    window: int = 0  # ordinal of its first window of sound
    outline: Path | None = None  # the .npy file for the outline of a sound, if it is wanted
    seen: tuple[str, ...] = ()  # what the stretch before says in `Extraction.seen`
    dense: bool = False  # a film's timeline is to have a frame each half second


@dataclass(slots=True)
class Extraction:
    """One file, decoded once for everyone who needs it.

    `inputs` holds for every spec of pictures (n, size, size, 3) uint8, sRGB, upright, n being the
    segments that are seen, in their order; for every spec of sound (m, length) float32, m being
    the segments that are heard.
    `opened` is of the file that was read: another one may have its name before and after.
    """

    probe: Probe
    segments: tuple[SegmentDraft, ...]
    inputs: dict[Spec, NDArray[Any]] = field(default_factory=dict)
    opened: tuple[int, int, int] | None = None  # size, mtime_ns, inode of it, where known
    passages: tuple[Passage, ...] = ()  # that begin in this stretch
    colors: tuple[tuple[str, float], ...] | None = None  # the main ones; None: not looked for
    rest: float | None = None  # seconds; where the next stretch begins; None: it is all read
    seen: tuple[str, ...] = ()  # what the next stretch must know of those before, a few short words
    timeline: Timeline = field(default_factory=Timeline)  # of this stretch


class MediaHandler(Protocol):
    """Reads one kind of file. All methods raise BadInput in words a person understands."""

    @property
    def kind(self) -> Kind: ...

    @property
    def extensions(self) -> frozenset[str]:
        """Name the endings it is asked to read, lower-case, with their dot."""
        ...

    def probe(self, path: str, limits: Limits) -> Probe:
        """Read what the file says of itself, decoding no more than needed."""
        ...

    def extract(
        self,
        path: str,
        specs: Sequence[Spec],
        thumbnail: Path | None,
        thumbnail_side: int,
        limits: Limits,
        excerpt: Excerpt | Stretch | None = None,
    ) -> Extraction:
        """Decode once: what every spec asks for, and the thumbnail file if a path is given.

        With an `Excerpt` the inputs are those of that part. A file that is long is read a `Stretch`
        at a time, None being the first without a sheet; other kinds of file have one stretch.
        """
        ...

    def describe(self, path: str, limits: Limits) -> tuple[Passage, ...]:
        """Read what the file says of all of it in words, decoding nothing."""
        ...

    def preview(self, path: str, side: int | None, target: Path, limits: Limits) -> tuple[int, int]:
        """Write a picture that Qt loads, its longer side at most `side` pixels (None: all).

        Gives its width and height.
        """
        ...


class Describer(Protocol):
    """Reads what files and sidecars say in words, somewhere; `workers.DecodePool` is one."""

    def describe(self, path: str) -> Future[tuple[Passage, ...]]: ...


class Decoder(Protocol):
    """Takes pixels out of files, somewhere; `workers.DecodePool` is one."""

    def extract(
        self,
        path: str,
        specs: Sequence[Spec],
        thumbnail: Path | None,
        excerpt: Excerpt | Stretch | None = None,
    ) -> Future[Extraction]: ...
