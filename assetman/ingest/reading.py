"""Files between decoder and catalogue: what was read of each, and what waits to be embedded."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from assetman.core.assets import Kind, Passage, Probe, SegmentDraft
from assetman.core.moments import clock
from assetman.library.contents import Pending
from assetman.media.handler import Extraction, Stretch

if TYPE_CHECKING:
    import numpy as np

    from assetman.core.inputs import InputSpec

_MOST_STRETCHES = 10_000  # of one file; the longest film has some hundreds
_MOST_PASSAGES = 100_000  # of one file; what is said in ten films


@dataclass(frozen=True, slots=True)
class Target:
    """A space being filled: its row in the catalogue, its model, the pixels the model takes."""

    space_id: int
    model: str
    spec: InputSpec


@dataclass(eq=False, slots=True)
class Reading:
    """One file on its way from the decoder to the catalogue; a film goes a stretch at a time.

    It holds no pixels, so that the longest film takes little memory.
    """

    item: Pending
    targets: tuple[Target, ...]  # those of the spaces it lacks
    probe: Probe | None = None
    passages: list[Passage] = field(default_factory=list)
    segments: list[SegmentDraft] = field(default_factory=list)
    vectors: dict[int, list[np.ndarray]] = field(default_factory=dict)  # by space, in order
    stretch: Stretch = field(default_factory=Stretch)  # that is read now, or next
    read: bool = False  # nothing of it is left to be decoded
    dropped: bool = False  # it will not be stored
    waiting: int = 0  # frames that are decoded and not embedded

    @property
    def is_film(self) -> bool:
        """Whether it is read in stretches."""
        return self.item.kind is Kind.VIDEO

    @property
    def complete(self) -> bool:
        """Whether it can be stored."""
        return self.read and not self.waiting and not self.dropped

    @property
    def share(self) -> float:
        """How much of it is decoded, 0..1."""
        if self.read:
            return 1.0
        length = self.probe.duration if self.probe else None
        return min(1.0, self.stretch.start / length) if length else 0.0

    def take(self, extraction: Extraction) -> Frames:
        """Keep what a stretch gave, and give its frames, which are to be embedded.

        Raises ValueError if these are not what was asked for.
        """
        count = len(extraction.segments)
        pixels = {target.spec: extraction.inputs[target.spec] for target in self.targets}
        if any(len(of_spec) != count for of_spec in pixels.values()):
            raise ValueError("the decoder gave more or fewer frames than segments")
        if self.probe is None:
            self.probe = extraction.probe
        else:  # some things show only at its end
            facts = self.probe.facts | extraction.probe.facts
            duration = extraction.probe.duration or self.probe.duration
            self.probe = replace(self.probe, facts=facts, duration=duration)
        self.segments += extraction.segments
        self.passages += extraction.passages[: _MOST_PASSAGES - len(self.passages)]
        now, rest = self.stretch, extraction.rest
        if rest is None or rest <= now.start or now.number >= _MOST_STRETCHES:
            self.read = True
        else:
            self.stretch = Stretch(rest, now.number + 1, len(self.segments), seen=extraction.seen)
        self.waiting += count if self.targets else 0
        return Frames(self, pixels, count)

    def end(self, why: str) -> None:
        """Be content with what was read: a damage in the middle takes only what follows it."""
        assert self.probe is not None
        until = f"{clock(self.stretch.start)} ({why})"
        self.probe = replace(self.probe, facts={**self.probe.facts, "read until": until})
        self.read = True


@dataclass(eq=False, slots=True)
class Frames:
    """Decoded frames of one file, in the form of each space they are embedded in."""

    reading: Reading
    inputs: dict[InputSpec, np.ndarray]  # (count, size, size, 3) uint8 each
    count: int


class Backlog:
    """Frames that are decoded and not embedded yet, in the order in which they came."""

    def __init__(self) -> None:
        self._frames: deque[Frames] = deque()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, frames: Frames) -> None:
        """Put frames at the end."""
        self._frames.append(frames)
        self._count += frames.count

    def take(self, most: int) -> list[Frames]:
        """Take the next, at most so many; what has been dropped is left out."""
        taken: list[Frames] = []
        while self._frames and most:
            frames = self._frames.popleft()
            self._count -= frames.count
            if frames.reading.dropped:
                continue
            if frames.count > most:
                rest = {spec: pixels[most:] for spec, pixels in frames.inputs.items()}
                self._frames.appendleft(Frames(frames.reading, rest, frames.count - most))
                self._count += frames.count - most
                first = {spec: pixels[:most] for spec, pixels in frames.inputs.items()}
                frames = Frames(frames.reading, first, most)
            most -= frames.count
            taken.append(frames)
        return taken
