"""Files between decoder and catalogue: what was read of each, and what waits to be embedded."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from assetman.core.assets import Kind, Passage, Probe, SegmentDraft, SegmentKind, SoundFacts
from assetman.core.inputs import Modality, SoundSpec
from assetman.core.moments import clock
from assetman.core.timelines import Timeline
from assetman.library.contents import Derived, Pending
from assetman.media.handler import Extraction, Stretch

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from assetman.core.inputs import Spec

LONG_KINDS = frozenset({Kind.VIDEO, Kind.AUDIO})  # are read in stretches

_MOST_STRETCHES = 10_000  # of one file; the longest film has some hundreds
_MOST_PASSAGES = 100_000  # of one file; what is said in ten films
_UNKNOWN = 0.5  # read, of a file that goes on where it says it ends: as much may follow again


@dataclass(frozen=True, slots=True)
class Target:
    """A space being filled: its row in the catalogue, its model, the input the model takes."""

    space_id: int
    model: str
    spec: Spec

    @property
    def modality(self) -> Modality:
        """What it has embeddings of: what is seen, or what is heard."""
        return Modality.SOUND if isinstance(self.spec, SoundSpec) else Modality.IMAGE


@dataclass(eq=False, slots=True)
class Reading:
    """One file on its way from the decoder to the catalogue; a long one goes a stretch at a time.

    It holds no pixels and no samples, so that the longest film takes little memory.
    """

    item: Pending
    targets: tuple[Target, ...]  # those of the spaces it lacks
    probe: Probe | None = None
    passages: list[Passage] = field(default_factory=list)
    timeline: Timeline = field(default_factory=Timeline)
    colors: tuple[tuple[str, float], ...] | None = None  # the main ones; None: not looked for
    segments: list[SegmentDraft] = field(default_factory=list)
    vectors: dict[int, list[np.ndarray]] = field(default_factory=dict)  # by space, in order
    stretch: Stretch = field(default_factory=Stretch)  # that is read now, or next
    sheets: int = 0  # that its frames lie on so far; a stretch may have nothing to be seen
    derived: Derived = field(default_factory=Derived)  # what was written beside its thumbnail
    read: bool = False  # nothing of it is left to be decoded
    dropped: bool = False  # it will not be stored
    waiting: int = 0  # segments that are decoded and not embedded

    @classmethod
    def of(cls, item: Pending, targets: Iterable[Target]) -> Reading:
        """Begin to read a file for those of the targets that it lacks; a picture is not heard."""
        heard = item.kind in LONG_KINDS
        lacking = (each for each in targets if each.space_id in item.spaces)
        return cls(item, tuple(x for x in lacking if heard or x.modality is Modality.IMAGE))

    @property
    def in_stretches(self) -> bool:
        """Whether it may be too long to be read at once."""
        return self.item.kind in LONG_KINDS

    @property
    def is_long(self) -> bool:
        """Whether reading it takes its time: a film, or a sound that goes on after a stretch."""
        return self.item.kind is Kind.VIDEO or self.stretch.number > 0

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
        if not length:
            return 0.0
        share = self.stretch.start / length
        return share if share < 1 else _UNKNOWN

    def take(self, extraction: Extraction) -> list[Portion]:
        """Keep what a stretch gave, and give what of it is to be embedded.

        Raises ValueError if that is not what was asked for.
        """
        portions = [
            self._portion(modality, _of(modality, extraction.segments), extraction)
            for modality in (Modality.IMAGE, Modality.SOUND)
        ]
        self.probe = _joined(self.probe, extraction.probe)
        on_sheet = [draft.sheet is not None for draft in extraction.segments]
        self.segments += [
            replace(draft, sheet=self.sheets) if there else draft
            for draft, there in zip(extraction.segments, on_sheet, strict=True)
        ]
        self.sheets += any(on_sheet)
        self.colors = self.colors or extraction.colors
        self.passages += extraction.passages[: _MOST_PASSAGES - len(self.passages)]
        self.timeline += extraction.timeline
        now, rest = self.stretch, extraction.rest
        if rest is None or rest <= now.start or now.number >= _MOST_STRETCHES:
            self.read = True
        else:
            self.stretch = Stretch(
                start=rest,
                number=now.number + 1,
                ordinal=len(_of(Modality.IMAGE, self.segments)),
                window=len(_of(Modality.SOUND, self.segments)),
                seen=extraction.seen,
            )
        portions = [portion for portion in portions if portion.inputs and portion.count]
        self.waiting += sum(portion.count for portion in portions)
        return portions

    def end(self, why: str) -> None:
        """Be content with what was read: a damage in the middle takes only what follows it."""
        assert self.probe is not None
        until = f"{clock(self.stretch.start)} ({why})"
        self.probe = replace(self.probe, facts={**self.probe.facts, "read until": until})
        self.read = True

    def embedded(self, segment_ids: list[int]) -> dict[int, tuple[list[int], list[np.ndarray]]]:
        """Pair the ids that the segments were given with their vectors, by space."""
        ids = {
            modality: [
                segment_id
                for segment_id, draft in zip(segment_ids, self.segments, strict=True)
                if _modality(draft) is modality
            ]
            for modality in (Modality.IMAGE, Modality.SOUND)
        }
        return {
            target.space_id: (ids[target.modality], self.vectors[target.space_id])
            for target in self.targets
            if target.space_id in self.vectors
        }

    def _portion(
        self, modality: Modality, segments: list[SegmentDraft], extraction: Extraction
    ) -> Portion:
        inputs = {}
        for spec in {target.spec for target in self.targets if target.modality is modality}:
            # a picture has nothing to be heard, and says nothing of it
            given = extraction.inputs.get(spec)
            if (0 if given is None else len(given)) != len(segments):
                raise ValueError("the decoder gave more or fewer inputs than segments")
            if given is not None:
                inputs[spec] = given
        return Portion(self, modality, inputs, len(segments))


@dataclass(eq=False, slots=True)
class Portion:
    """Decoded frames, or windows of sound, of one file, as each space takes them."""

    reading: Reading
    modality: Modality
    inputs: dict[Spec, NDArray[Any]]  # `count` rows each
    count: int

    @property
    def size(self) -> int:
        """The bytes it takes."""
        return sum(rows.nbytes for rows in self.inputs.values())

    def cut(self, first: int) -> tuple[Portion, Portion]:
        """Give the first so many rows, and the others."""
        return (
            Portion(
                self.reading,
                self.modality,
                {s: rows[:first] for s, rows in self.inputs.items()},
                first,
            ),
            Portion(
                self.reading,
                self.modality,
                {s: rows[first:] for s, rows in self.inputs.items()},
                self.count - first,
            ),
        )


class Backlog:
    """What is decoded and not embedded yet, in the order in which it came, by modality."""

    def __init__(self) -> None:
        self._portions: dict[Modality, deque[Portion]] = {}
        self._counts: dict[Modality, int] = {}

    def __len__(self) -> int:
        return sum(self._counts.values())

    @property
    def size(self) -> int:
        """The bytes it takes."""
        return sum(portion.size for queue in self._portions.values() for portion in queue)

    def count(self, modality: Modality) -> int:
        """Count the rows that wait."""
        return self._counts.get(modality, 0)

    def add(self, portion: Portion) -> None:
        """Put a portion at the end."""
        self._portions.setdefault(portion.modality, deque()).append(portion)
        self._counts[portion.modality] = self.count(portion.modality) + portion.count

    def take(self, modality: Modality, most: int) -> list[Portion]:
        """Take the next, at most so many rows; what has been dropped is left out."""
        taken: list[Portion] = []
        queue = self._portions.get(modality, deque())
        while queue and most:
            portion = queue.popleft()
            if not portion.reading.dropped:
                if portion.count > most:
                    portion, rest = portion.cut(most)
                    queue.appendleft(rest)
                most -= portion.count
                taken.append(portion)
            self._counts[modality] -= portion.count
        return taken


def _modality(draft: SegmentDraft) -> Modality:
    return Modality.SOUND if draft.kind is SegmentKind.WINDOW else Modality.IMAGE


def _of(modality: Modality, segments: Iterable[SegmentDraft]) -> list[SegmentDraft]:
    return [draft for draft in segments if _modality(draft) is modality]


def _joined(before: Probe | None, after: Probe) -> Probe:
    """Join what a file says: some things show only at its end."""
    if before is None:
        return after
    return replace(
        before,
        facts=before.facts | after.facts,
        duration=after.duration or before.duration,
        sound=_joined_sound(before.sound, after.sound),
    )


def _joined_sound(before: SoundFacts | None, after: SoundFacts | None) -> SoundFacts | None:
    if before is None or after is None:
        return before or after
    return SoundFacts(
        rate=before.rate if after.rate is None else after.rate,
        channels=before.channels if after.channels is None else after.channels,
        loudness=before.loudness if after.loudness is None else after.loudness,
        peak=before.peak if after.peak is None else after.peak,
        bpm=before.bpm if after.bpm is None else after.bpm,
        key=before.key if after.key is None else after.key,
    )
