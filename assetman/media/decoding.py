"""Inside a decode process: take one task, decode, hand over, wait for the next."""

from __future__ import annotations

import gc
import io
import os
import pickle
import traceback
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assetman.core.assets import (
    Box,
    Kind,
    Passage,
    PassageKind,
    Probe,
    SegmentDraft,
    SegmentKind,
    SoundFacts,
)
from assetman.core.errors import BadInput, EnvironmentProblem
from assetman.core.inputs import Excerpt, Fit, InputSpec, Interpolation, Padding, SoundSpec, Spec
from assetman.core.timelines import Timeline
from assetman.media.blocks import borrowed
from assetman.media.clip import ClipFacts, SoundPart, Track
from assetman.media.files import lent
from assetman.media.handler import Extraction, Limits, Stretch
from assetman.media.lending import LENDS, borrow
from assetman.media.process_limits import MEMORY, allow_seconds, confine

if TYPE_CHECKING:
    from mmap import mmap

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class ExtractTask:
    """Decode a file for every spec, and make its thumbnail, sheet and outline if paths are given."""

    path: str
    specs: tuple[Spec, ...]
    thumbnail: Path | None
    thumbnail_side: int
    excerpt: Excerpt | Stretch | None

    @property
    def targets(self) -> tuple[Path, ...]:
        """The files to be written, if there are any."""
        stretch = self.excerpt if isinstance(self.excerpt, Stretch) else Stretch()
        wanted = (self.thumbnail, stretch.sheet, stretch.outline)
        return tuple(target for target in wanted if target is not None)


@dataclass(frozen=True, slots=True)
class PreviewTask:
    """Write a picture of a file that Qt loads."""

    path: str
    side: int | None
    target: Path

    @property
    def targets(self) -> tuple[Path, ...]:
        """The file to be written."""
        return (self.target,)


@dataclass(frozen=True, slots=True)
class FrameTask:
    """Write the frame of a video that is shown at a time (seconds), in its full size."""

    path: str
    at: float
    target: Path

    @property
    def targets(self) -> tuple[Path, ...]:
        """The file to be written."""
        return (self.target,)


@dataclass(frozen=True, slots=True)
class ClipTask:
    """Say what has to be known of a video before the part from a time (seconds) is saved."""

    path: str
    start: float

    @property
    def targets(self) -> tuple[Path, ...]:
        """No file is written."""
        return ()


@dataclass(frozen=True, slots=True)
class SoundTask:
    """Write the samples that are heard from a time to another (seconds)."""

    path: str
    start: float
    end: float
    target: Path

    @property
    def targets(self) -> tuple[Path, ...]:
        """The file to be written."""
        return (self.target,)


@dataclass(frozen=True, slots=True)
class DescribeTask:
    """Read what a file says in words: of itself, or of the one it is a sidecar of."""

    path: str

    @property
    def targets(self) -> tuple[Path, ...]:
        """No file is written."""
        return ()


Task = ExtractTask | DescribeTask | PreviewTask | FrameTask | ClipTask | SoundTask
Answer = Extraction | tuple[Passage, ...] | tuple[int, int] | ClipFacts | SoundPart


@dataclass(frozen=True, slots=True)
class Ready:
    """The process has started; `rights` says what it may not do, in words for the person."""

    rights: tuple[str, ...]

    @property
    def limited(self) -> bool:
        """False where its memory has to be watched."""
        return MEMORY in self.rights


@dataclass(frozen=True, slots=True)
class Room:
    """The process has so many bytes of pixels and waits to be lent a block."""

    size: int


@dataclass(frozen=True, slots=True)
class Decoded:
    """The task is done. The arrays lie one after another in the block, in this order."""

    answer: Answer
    shapes: tuple[tuple[Spec, tuple[int, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Failed:
    """The task is not done. `kind` is "bad input", "memory", "environment" or "bug"."""

    kind: str
    message: str


Message = Ready | Room | Decoded | Failed


# What a message may be made of. Any other class in it is refused: a decoder that was taken over
# by a file would otherwise have the parent, which has all rights, call what it likes.
_PARTS = (
    *(Ready, Room, Decoded, Failed, Extraction, ClipFacts, Track, SoundPart),
    *(InputSpec, Fit, Interpolation, SoundSpec, Padding, SoundFacts, Timeline),
)
_KNOWN = {
    (part.__module__, part.__qualname__): part
    for part in (*_PARTS, Probe, Kind, SegmentDraft, SegmentKind, Box, Passage, PassageKind)
}


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> object:
        if (module, name) not in _KNOWN:
            raise pickle.UnpicklingError(f"a message holds {module}.{name}")
        return _KNOWN[module, name]


def understood(data: bytes) -> Message:
    """Read a message of a decode process; raises ValueError if it is none."""
    try:
        message = _Reader(io.BytesIO(data)).load()
    except Exception as error:
        raise ValueError("not a message of a decoder") from error
    if not isinstance(message, Ready | Room | Decoded | Failed):
        raise ValueError("not a message of a decoder")
    return message


def serve(connection: Connection, parent: int, limits: Limits) -> None:
    """Decode tasks until the parent closes the pipe."""
    rights = confine(limits.memory, parent)
    # one task at a time on one core; the pool has as many processes as there are cores to use
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    with suppress(EOFError, OSError):  # the parent has closed the pipe, or is gone
        connection.send(Ready(rights))
        while True:
            task: Task = connection.recv()
            connection.send(_answer(connection, task, limits))
            _let_go_of_frames(task.path)
            del task


def _let_go_of_frames(path: str) -> None:
    """Free what a film leaves: frames hold on to themselves, and Python does not see their size."""
    from assetman.media.registry import kind_of

    if kind_of(path) in (Kind.VIDEO, Kind.AUDIO):
        gc.collect()


def _answer(connection: Connection, task: Task, limits: Limits) -> Message:
    paths = [task.path, *map(str, task.targets)]
    with lent(dict(zip(paths, borrow(connection, len(paths)), strict=True)) if LENDS else {}):
        # a file may use several cores; the parent counts the time that passes
        allow_seconds(2 * limits.seconds)
        answer = _attempt(task, limits)
    if isinstance(answer, Extraction):
        return _hand_over(connection, answer)
    return answer if isinstance(answer, Failed) else Decoded(answer)


def _attempt(task: Task, limits: Limits) -> Answer | Failed:
    try:
        return _decode(task, limits)
    except BadInput as error:
        return Failed("bad input", str(error))
    except EnvironmentProblem as error:
        return Failed("environment", str(error))
    except MemoryError:
        return Failed("memory", "")
    except (SystemExit, KeyboardInterrupt):
        raise
    except BaseException as error:  # a panic in Rust is no Exception
        return Failed("bug", "".join(traceback.format_exception(error)))


def _decode(task: Task, limits: Limits) -> Answer:
    from assetman.media.registry import described, reader_of

    if isinstance(task, FrameTask):
        from assetman.media.video import VideoHandler

        return VideoHandler().frame(task.path, task.at, task.target, limits)
    if isinstance(task, ClipTask):
        from assetman.media.video_clip import read_clip

        return read_clip(task.path, task.start, limits)
    if isinstance(task, SoundTask):
        from assetman.media.sound_part import read_part

        return read_part(task.path, task.start, task.end, task.target, limits)
    if isinstance(task, DescribeTask):
        return described(task.path, limits)
    # what the person drops may have no ending at all: its content will tell
    handler = reader_of(task.path)
    if isinstance(task, PreviewTask):
        return handler.preview(task.path, task.side, task.target, limits)
    return handler.extract(
        task.path, task.specs, task.thumbnail, task.thumbnail_side, limits, task.excerpt
    )


def _hand_over(connection: Connection, extraction: Extraction) -> Decoded:
    """Write pixels and samples into a block of the parent's."""
    # samples first: they lie at whole multiples of their size then
    arrays = sorted(extraction.inputs.items(), key=lambda each: -each[1].itemsize)
    extraction.inputs = {}
    size = sum(array.nbytes for _, array in arrays)
    if size:
        connection.send(Room(size))
        with borrowed(connection, size) as block:
            _fill(block, [array for _, array in arrays])
    return Decoded(extraction, tuple((spec, array.shape) for spec, array in arrays))


def _fill(block: mmap | memoryview, arrays: list[NDArray[Any]]) -> None:
    import numpy as np

    at = 0
    for array in arrays:
        room = np.ndarray(array.shape, array.dtype, buffer=block, offset=at)
        room[...] = array
        at += array.nbytes
