"""What the engine can be asked, and the values it answers with.

`EngineApi` is satisfied by the engine itself (`service.EngineService`) and by the client that
talks to one in another process (`client.EngineClient`): window and commands see only this.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from assetman.core.assets import Asset, Failure, Folder, Passage, Root
from assetman.core.changes import Changes
from assetman.core.duplicates import Comparison, DuplicateGroup, Likeness
from assetman.core.errors import EnvironmentProblem
from assetman.core.exports import Export, ExportForm
from assetman.core.lettering import TextReading
from assetman.core.models import DeviceChoice, ModelInfo
from assetman.core.moments import Moment
from assetman.core.organising import Collection, History, Step, Tag
from assetman.core.progress import Pace, Progress
from assetman.core.queries import Query, Results
from assetman.core.sounds import Waveform
from assetman.core.watching import Watch
from assetman.engine.asking import LanguageApi, SearchesApi

PROTOCOL_VERSION = 3


class EngineLost(EnvironmentProblem):
    """The engine's process ended, or its connection broke, before it answered."""


@dataclass(frozen=True, slots=True)
class Card:
    """An asset as the grid paints it."""

    asset: Asset
    thumbnail: str | None  # path of a WebP file that exists, None until it is made
    failure: str | None = None  # why there will be none
    waveform: Waveform | None = None  # of a sound; None until it is made


@dataclass(frozen=True, slots=True)
class Details:
    """An asset as the inspector shows it."""

    card: Card
    folder: str  # absolute
    root_name: str
    relative_folder: str
    facts: dict[str, str | int | float]
    copies: tuple[str, ...] = ()  # absolute paths of other assets with the same content
    kept_until: float | None = None  # seconds since the epoch, where its file is missing


@dataclass(frozen=True, slots=True)
class Preview:
    """A picture file that Qt can load, upright sRGB, and its size in pixels."""

    path: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Status:
    """Counts for `assetman status` and the window's sidebar."""

    library: str
    assets: dict[str, int] = field(default_factory=dict)  # by kind; offline ones included
    segments: int = 0
    embeddings: dict[str, int] = field(default_factory=dict)  # by space key
    missing: int = 0
    offline: int = 0
    failed: int = 0
    waiting: int = 0  # contents that the models which answer have yet to see or hear
    roots: tuple[Root, ...] = ()
    model: str = ""  # the one that answers about what is seen
    filling: str | None = None  # the one being filled to take over
    sound_model: str = ""  # the one that answers about what is heard
    sound_filling: str | None = None
    speech: str | None = None  # the model that writes down what is said; None: it is off
    text: bool = False  # whether text in pictures is read
    read_only: bool = False
    device: DeviceChoice | None = None
    ignored: int = 0  # failures the person does not want to hear of
    watches: tuple[Watch, ...] = ()  # one a root, in the order of the roots
    pace: Pace = Pace.AUTO
    notices: tuple[str, ...] = ()  # what was done to the library that the person should know
    keep_missing_days: float = 30.0  # that missing files and removed folders are kept


Event = Changes | Progress | Export
Listener = Callable[[Event], None]


class RootsApi(Protocol):
    """The folders of the library, and what it made of their files."""

    def status(self) -> Status: ...

    def roots(self) -> list[Root]: ...

    def folders(self, root_id: int) -> list[Folder]:
        """List every folder of a root that holds assets, itself or below, sorted by path."""
        ...

    def add_root(self, path: str) -> Root:
        """Add a folder. It is not indexed until `index` is called."""
        ...

    def remove_root(self, root_id: int) -> None:
        """Forget a folder; its files stay untouched. Can be undone."""
        ...

    def relocate_root(self, root_id: int, path: str) -> Root:
        """Say that a root lies elsewhere now; its assets stay as they are. Can be undone.

        Raises WrongUse where the other folder holds none of the root's files.
        """
        ...

    def forget_missing(self, asset_ids: Sequence[int] | None = None) -> None:
        """Drop assets whose files are gone (default: all such) for good."""
        ...

    def failures(self) -> list[Failure]: ...

    def retry(self, failure_ids: Sequence[int] | None = None) -> int:
        """Forget failures (default: all not ignored) and start a run that tries them again."""
        ...

    def ignore_failures(self, failure_ids: Sequence[int], ignored: bool = True) -> None:
        """Keep failures out of the count, or count them again. A file that changes is tried."""
        ...

    def dismiss_notices(self) -> None:
        """The person has read the notices of the status."""
        ...

    def check(self) -> list[str]:
        """Check the catalogue; give what is wrong with it, a sentence each."""
        ...


class RunApi(Protocol):
    """The work in the background."""

    def index(self, root_ids: Sequence[int] | None = None) -> int:
        """Bring roots (default: all) up to date in the background; give the run's number."""
        ...

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    def stop(self) -> None:
        """Stop the present run within a second; what is stored stays."""
        ...

    def progress(self) -> Progress: ...

    def set_pace(self, pace: Pace) -> None:
        """Choose how much of the machine the work takes; it is kept for the next start."""
        ...

    def look_at(self, asset_ids: Sequence[int]) -> None:
        """Say what the person sees just now, so that it is worked on first."""
        ...


class SearchApi(Protocol):
    """Questions, and the assets that answer them."""

    def search(self, query: Query) -> Results: ...

    def cards(self, asset_ids: Sequence[int]) -> list[Card]:
        """Give the cards of those of the assets that still exist, in the order asked."""
        ...

    def details(self, asset_id: int) -> Details: ...

    def preview(self, asset_id: int, side: int | None) -> Preview:
        """Make a picture of at most `side` pixels on its longer side (None: full size)."""
        ...

    def moments(self, asset_id: int, query: Query | None = None) -> list[Moment]:
        """List the frames that stand for a video's shots, and the windows of what is heard.

        Each kind is in its order. With a query each moment has its score for it.
        """
        ...

    def frames(self, segment_ids: Sequence[int]) -> list[Moment]:
        """Give the moments of those of the segments that still exist, in the order asked."""
        ...

    def passages(self, asset_id: int) -> list[Passage]:
        """List what is said in an asset, or written in it with a time, in order."""
        ...

    def asset_at(self, path: str) -> int | None:
        """Find the asset of an absolute path."""
        ...


class OrganisingApi(Protocol):
    """Ratings, tags, collections, and taking back what was done. Each can be undone."""

    def rate(self, asset_ids: Sequence[int], rating: int) -> None:
        """Rate assets 0 (none) to 5. Raises WrongUse for another number."""
        ...

    def tags(self) -> list[Tag]:
        """List the tags that assets bear, sorted as a person sorts names."""
        ...

    def tag(self, asset_ids: Sequence[int], names: Sequence[str]) -> None:
        """Give assets tags; those not known yet come into being.

        Raises WrongUse for a name that is empty, longer than 200 characters or not one line.
        """
        ...

    def untag(self, asset_ids: Sequence[int], names: Sequence[str]) -> None:
        """Take tags off assets. A tag that nothing bears any more is gone."""
        ...

    def rename_tag(self, name: str, new_name: str) -> None:
        """Give a tag another name; where that is another tag's, the two become one."""
        ...

    def collections(self) -> list[Collection]:
        """List the collections, sorted as a person sorts names."""
        ...

    def make_collection(self, name: str, asset_ids: Sequence[int] = ()) -> Collection:
        """Make a collection. Raises WrongUse for a name that is empty or taken."""
        ...

    def rename_collection(self, collection_id: int, name: str) -> None:
        """Give a collection another name. Raises WrongUse for one that is empty or taken."""
        ...

    def delete_collection(self, collection_id: int) -> None:
        """Delete a collection; its assets stay."""
        ...

    def collect(self, collection_id: int, asset_ids: Sequence[int], inside: bool = True) -> None:
        """Put assets into a collection, or take them out."""
        ...

    def history(self) -> History: ...

    def undo(self) -> Step | None:
        """Take back the last thing the person did; None if there is nothing."""
        ...

    def redo(self) -> Step | None:
        """Do again what was undone last; None if there is nothing."""
        ...


class DuplicatesApi(Protocol):
    """Files that are the same thing; what is done about them can be undone."""

    def duplicates(self, likeness: Likeness | None = None) -> list[DuplicateGroup]:
        """List the groups, those that waste the most first; the copy to keep is the first of each.

        Exact groups hold files of the same bytes, near ones all that show the same thing. `Changes`
        with `duplicates` say that there are others.
        """
        ...

    def keep_copy(self, keep: int, others: Sequence[int]) -> Step:
        """Keep one copy and move others to the system's trash; nothing is ever deleted.

        What the person added to the others is added to the one kept. Undo brings the files back.
        Raises WrongUse where they are no copies or have changed, EnvironmentProblem where there
        is no trash for one: then nothing is done at all.
        """
        ...

    def compare_copies(self, one: int, other: int) -> Comparison:
        """Lay a picture on another that shows the same, and light what differs.

        Raises WrongUse for what is no picture or has no thumbnail, and for pictures that show
        different things.
        """
        ...

    def part_copies(self, asset_ids: Sequence[int], others: Sequence[int] | None = None) -> None:
        """Keep that these assets are not duplicates of each other; with `others`, not of those."""
        ...


class ExportApi(Protocol):
    """Moments of videos as files of their own."""

    def export(
        self, asset_id: int, start: float, end: float, target: str, form: ExportForm
    ) -> Export:
        """Begin to write the seconds from `start` to `end` of a video to a new file.

        What becomes of it comes as events. Raises WrongUse where the target exists or lies in a
        folder of the library's own, EnvironmentProblem where there is no `ffmpeg`.
        """
        ...

    def cancel_export(self, number: int) -> None:
        """Stop an export; what it has written goes."""
        ...


class ModelsApi(Protocol):
    """The models that turn files and questions into vectors."""

    def models(self) -> list[ModelInfo]: ...

    def add_model(self, architecture: str, source: str, name: str | None = None) -> ModelInfo:
        """Install weights: a local file, a folder, or a hub id (`hf-hub:owner/name`)."""
        ...

    def use_model(self, name: str) -> int:
        """Choose a model for what it indexes, pictures or sounds; gives the run.

        The old one answers until the new one is complete.
        """
        ...


class SpeechApi(Protocol):
    """Writing down what is said in videos and sounds."""

    def speech_models(self) -> list[ModelInfo]:
        """List the models that write down what is said."""
        ...

    def add_speech_model(self, source: str, name: str | None = None) -> ModelInfo:
        """Install one: a row's name, a local folder, or a hub id (`hf-hub:owner/name`)."""
        ...

    def use_speech(self, name: str | None) -> int:
        """Have what is said written down by a model from now on, or by none; gives the run."""
        ...


class TextApi(Protocol):
    """Reading text in pictures and frames."""

    def text_reading(self) -> TextReading:
        """Say whether text is read, and what is still to be read."""
        ...

    def read_text(self, on: bool) -> int:
        """Have text in pictures read from now on, or no longer; gives the run."""
        ...


class EngineApi(
    RootsApi,
    RunApi,
    SearchApi,
    LanguageApi,
    SearchesApi,
    OrganisingApi,
    DuplicatesApi,
    ExportApi,
    ModelsApi,
    SpeechApi,
    TextApi,
    Protocol,
):
    """One library's engine. Every method may be called from any thread and may block.

    All raise the errors of `core.errors`; a client raises `EngineLost` when the engine died.
    """

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every event, on a thread of the engine's; returns unsubscribe."""
        ...

    def close(self) -> None: ...
