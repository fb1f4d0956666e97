"""Questions and answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from assetman.core.assets import Box, Kind
from assetman.core.conditions import (
    MISSING,
    Condition,
    InCollection,
    InFolder,
    Key,
    Not,
    Span,
    Test,
    either,
    every,
)
from assetman.core.duplicates import Stack
from assetman.core.mistakes import Mistake

MATCH = 0.3  # the score from which on a hit is called a match: see docs/decisions/confidence.md
HEARD = "sound: "  # before the names of the reasons of what is heard


class Sort(StrEnum):
    """What a list of results is ordered by."""

    RELEVANCE = "relevance"
    DATE = "date"  # taken, else modified
    NAME = "name"
    SIZE = "size"
    DURATION = "duration"
    LOUDNESS = "loudness"
    BPM = "bpm"
    KEY = "key"
    RATE = "rate"  # samples a second
    KIND = "kind"
    RATING = "rating"


class Aspect(StrEnum):
    """In what something is to be like an example."""

    MEANING = "meaning"
    LOOK = "look"  # colours, and where in the picture they are
    SHAPE = "shape"  # how a sound begins, swells and ends


class Sense(StrEnum):
    """By what something speaks for a hit."""

    SEEN = "seen"
    HEARD = "heard"
    WRITTEN = "written"  # in a description: title, caption, keywords, tags of a sound
    SAID = "said"  # in speech, subtitles, chapters
    NAME = "name"  # of the file or its folder
    TAG = "tag"
    TEXT = "text"  # in the picture
    PASSED = "passed"  # it is what the question asks for without any meaning


@dataclass(frozen=True, slots=True)
class Example:
    """A file, or a rectangle, a frame or some seconds of one, that is part of a question.

    Exactly one of `asset_id`, `path` and `collection_id` is given. Of a collection every member
    is an example, and none is an answer. `weight` is positive for "like this", negative for
    "less like this".
    """

    asset_id: int | None = None
    path: str | None = None
    box: Box | None = None
    weight: float = 1.0
    start: float | None = None  # seconds; alone: the frame shown then
    end: float | None = None
    by: Aspect = Aspect.MEANING
    collection_id: int | None = None

    def __post_init__(self) -> None:
        given = (self.asset_id, self.path, self.collection_id)
        if sum(each is not None for each in given) != 1:
            raise ValueError("an example is either an asset, a file or a collection")


@dataclass(frozen=True, slots=True)
class FolderFilter:
    """A folder and everything below it; `path` is relative to the root, "" the whole root."""

    root_id: int
    path: str = ""


@dataclass(frozen=True, slots=True)
class Filters:
    """What an asset must be to count at all; an empty tuple asks for nothing."""

    kinds: tuple[Kind, ...] = ()  # any of them
    folders: tuple[FolderFilter, ...] = ()  # in any of them
    tags: tuple[str, ...] = ()  # all of them; case does not matter
    not_tags: tuple[str, ...] = ()  # none of them
    ratings: tuple[int, int] | None = None  # least and most, both included
    collections: tuple[int, ...] = ()  # ids; in any of them
    said: tuple[str, ...] = ()  # words of speech, subtitles, chapters; all, each in one passage
    not_said: tuple[str, ...] = ()  # none of them in any passage
    missing: bool = False  # only assets whose files are gone, instead of only the others

    def __bool__(self) -> bool:
        return self != Filters()

    def condition(self) -> Condition:
        """Give them as the tree that everything else is made of."""
        kinds = [Test(Key.TYPE, str(kind)) for kind in self.kinds]
        folders = [InFolder(each.root_id, each.path) for each in self.folders]
        collections = [InCollection(each) for each in self.collections]
        return every(
            *(either(*choice) for choice in (kinds, folders, collections) if choice),
            *(Test(Key.TAG, tag) for tag in self.tags),
            *(Not(Test(Key.TAG, tag)) for tag in self.not_tags),
            *([Test(Key.RATING, Span(*self.ratings))] if self.ratings else ()),
            *(Test(Key.SAID, words) for words in self.said),
            *(Not(Test(Key.SAID, words)) for words in self.not_said),
            *([MISSING] if self.missing else ()),
        )


@dataclass(frozen=True, slots=True)
class Query:
    """What the person asked: words, examples, filters.

    With neither words nor examples it lists every asset that passes the filters. `text` is
    what was typed, filters written in it (`type:image`, `in:Holiday`) included.
    """

    text: str = ""
    examples: tuple[Example, ...] = ()
    filters: Filters = Filters()
    leave_out: tuple[int, ...] = ()  # asset ids
    sort: Sort = Sort.RELEVANCE
    descending: bool = True
    limit: int | None = None  # hits; None is the planner's own (200) for a question, all for a list
    fold: bool = True  # whether copies and bursts among the hits become one hit with a stack


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that speaks for a hit, or against it, and how much of the score it gave."""

    name: str  # as a person reads it: “red kite”, “like the example”, the name of the file
    share: float  # of the score; below 0 for what is not wanted. They add up to the score
    kind: Sense
    model: str = ""  # that saw or heard it
    segment_id: int | None = None
    start: float | None = None  # seconds
    end: float | None = None
    page: int | None = None
    text: str = ""  # the passage, name or tag that matched
    words: tuple[tuple[int, int], ...] = ()  # where in it: start and end, in characters
    box: Box | None = None  # where in the picture the text stands


@dataclass(frozen=True, slots=True)
class Hit:
    """An asset with its score, the segment that matched best and the reasons."""

    asset_id: int
    score: float  # 0..1; 0 in a plain list
    segment_id: int | None = None
    start: float | None = None  # seconds
    end: float | None = None
    page: int | None = None
    box: Box | None = None
    reasons: dict[str, float] = field(default_factory=dict)  # parts of the score, by name
    confident: bool | None = None  # None: not measured
    evidence: tuple[Evidence, ...] = ()  # what gave the score, the most first
    stack: Stack | None = None  # the hits that are folded into this one, itself first

    @property
    def heard(self) -> bool:
        """Tell whether its segment was found by what is heard in it."""
        return any(name.startswith(HEARD) for name in self.reasons)


@dataclass(frozen=True, slots=True)
class Results:
    """The answer to one query, best first.

    A plain list (no words, no examples) has its assets in `listed` and no hits: it may be
    the whole library. Where it asks what is said (`Filters.said`), it has both: the hits say when.
    """

    query: Query
    hits: tuple[Hit, ...] = ()
    listed: tuple[int, ...] = ()  # asset ids
    elsewhere: int = 0  # matches that only the filters hide; counted when nothing passes them
    searchable: int = 0  # assets within the filters that the answering space knows
    total: int = 0  # assets within the filters
    seconds: float = 0.0
    confident: bool | None = None
    notes: tuple[str, ...] = ()  # sentences for the person about the whole of it
    mistakes: tuple[Mistake, ...] = ()  # at their places in what was typed, `query.text`

    @property
    def good(self) -> int:
        """Count the hits that are matches; by relevance they come before all others."""
        return sum(hit.confident is True for hit in self.hits)

    @property
    def ids(self) -> tuple[int, ...]:
        return self.listed or tuple(hit.asset_id for hit in self.hits)
