"""Roots, assets, segments: what a library is made of."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What a file is to a person."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    DOCUMENT = "document"


class SegmentKind(StrEnum):
    """The smallest things a search can find."""

    IMAGE = "image"
    SHOT = "shot"
    WINDOW = "window"  # of sound
    PAGE = "page"
    PASSAGE = "passage"
    TABLE = "table"
    FIGURE = "figure"
    FACE = "face"


class AssetState(StrEnum):
    """Where an asset's file is."""

    PRESENT = "present"
    OFFLINE = "offline"  # its root cannot be read just now
    MISSING = "missing"  # its root can be read and the file is not there


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of a picture, each number a share of its width or height, 0..1."""

    left: float
    top: float
    width: float
    height: float

    def __post_init__(self) -> None:
        inside = 0 <= self.left <= 1 and 0 <= self.top <= 1
        reaches = self.left + self.width <= 1 + 1e-6 and self.top + self.height <= 1 + 1e-6
        if not (inside and reaches and self.width > 0 and self.height > 0):
            raise ValueError(f"not a rectangle inside the picture: {self}")


@dataclass(frozen=True, slots=True)
class Root:
    """A folder the person added. `path` is absolute, as `os.fsdecode` gives it."""

    id: int
    path: str
    online: bool
    assets: int = 0

    @property
    def name(self) -> str:
        return os.path.basename(self.path.rstrip(os.sep)) or self.path


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder of a root: its path relative to the root ("" is the root) and its assets.

    `assets` counts those in it and below it.
    """

    root_id: int
    path: str
    assets: int


@dataclass(frozen=True, slots=True)
class SoundFacts:
    """What is known of a sound, or of the soundtrack of a video; None where nothing is."""

    rate: int | None = None  # samples a second, as the file has them
    channels: int | None = None
    loudness: float | None = None  # LUFS, integrated (ITU-R BS.1770)
    peak: float | None = None  # dBFS, of the samples
    bpm: float | None = None  # as the file says
    key: str | None = None  # as the file says: "C", "F#m"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file of one root, as a list or a grid shows it.

    Paths may hold surrogate escapes (`os.fsdecode`); `display_name` never does.
    """

    id: int
    root_id: int
    path: str  # absolute
    kind: Kind
    state: AssetState
    size: int  # bytes
    modified: float  # seconds since the epoch
    taken: float | None  # seconds since the epoch, the camera's wall clock read as UTC
    width: int | None  # pixels, upright
    height: int | None
    fingerprint: str  # of its content; names its thumbnail
    rating: int = 0  # 0 (none) to 5, the person's
    tags: tuple[str, ...] = ()  # the person's, sorted as they are shown
    missing_since: float | None = None  # seconds since the epoch; only where state is MISSING
    duration: float | None = None  # seconds, of what plays
    sound: SoundFacts | None = None  # of what can be heard

    @property
    def name(self) -> str:
        return os.path.basename(self.path)

    @property
    def display_name(self) -> str:
        return display(self.name)


@dataclass(frozen=True, slots=True)
class SegmentDraft:
    """A segment as a decoder found it, before the catalogue gave it an id."""

    kind: SegmentKind
    ordinal: int = 0
    start: float | None = None  # seconds
    end: float | None = None
    page: int | None = None
    box: Box | None = None
    at: float | None = None  # seconds; the frame that stands for a shot, a window's loudest moment
    look: str | None = None  # that frame's perceptual hash, 16 hexadecimal digits
    sheet: int | None = None  # the sheet of frames, by its number, that holds its picture
    cell: int | None = None  # and its place there, row by row


class PassageKind(StrEnum):
    """Where text with a time comes from."""

    SUBTITLE = "subtitle"
    CHAPTER = "chapter"
    SPEECH = "speech"  # as a model heard it
    TEXT = "text"  # in a picture or a frame, as a model read it
    DESCRIPTION = "description"  # of the whole file: artist, album, notes
    TITLE = "title"
    CAPTION = "caption"
    KEYWORD = "keyword"  # all of a file's on a line each
    PERSON = "person"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Passage:
    """Text of a file: some seconds of a video or a sound, or all of it, from 0 to its length."""

    kind: PassageKind
    text: str  # one or a few lines
    start: float  # seconds
    end: float
    language: str | None = None  # as the file has it, "eng" for example
    box: Box | None = None  # where in the picture it is read


@dataclass(frozen=True, slots=True)
class Probe:
    """What a file says of itself. `facts` is flat and ready to show: camera, lens, format, …"""

    kind: Kind
    width: int | None = None  # pixels, upright
    height: int | None = None
    taken: float | None = None  # seconds since the epoch, the camera's wall clock read as UTC
    facts: dict[str, str | int | float] = field(default_factory=dict)
    duration: float | None = None  # seconds
    sound: SoundFacts | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be read, and why, in words a person understands."""

    id: int
    root_id: int
    path: str  # absolute
    stage: str  # "scan", "identify", "extract", "embed", "store"
    kind: str  # "bad input", "environment", "bug"
    message: str
    at: float  # seconds since the epoch
    ignored: bool = False  # the person does not want to hear of it until the file changes


def display(path: str) -> str:
    """Give a path as text that any screen and any encoder takes.

    Bytes that are not UTF-8 become U+FFFD, control characters (newlines among them) their
    visible pictures, and marks that turn the direction of text are dropped.
    """
    text = os.fsencode(path).decode("utf-8", "replace")
    text = "".join(chr(0x2400 + ord(c)) if ord(c) < 0x20 else c for c in text)
    return "".join(c for c in text if c not in _DIRECTION_MARKS)


_DIRECTION_MARKS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
