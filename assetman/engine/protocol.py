"""What the engine can be asked, and the values it answers with.

`EngineApi` is satisfied by the engine itself (`service.EngineService`) and by the client that
talks to one in another process (`client.EngineClient`): window and commands see only this.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from assetman.core.assets import Asset, Failure, Folder, Root
from assetman.core.changes import Changes
from assetman.core.errors import EnvironmentProblem
from assetman.core.models import DeviceChoice, ModelInfo
from assetman.core.progress import Progress
from assetman.core.queries import Query, Results

PROTOCOL_VERSION = 1


class EngineLost(EnvironmentProblem):
    """The engine's process ended, or its connection broke, before it answered."""


@dataclass(frozen=True, slots=True)
class Card:
    """An asset as the grid paints it."""

    asset: Asset
    thumbnail: str | None  # path of a WebP file that exists, None until it is made
    failure: str | None = None  # why there will be none


@dataclass(frozen=True, slots=True)
class Details:
    """An asset as the inspector shows it."""

    card: Card
    folder: str  # absolute
    root_name: str
    relative_folder: str
    facts: dict[str, str | int | float]
    copies: tuple[str, ...] = ()  # absolute paths of other assets with the same content


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
    roots: tuple[Root, ...] = ()
    model: str = ""  # the one that answers
    filling: str | None = None  # the one being filled to take over
    read_only: bool = False
    device: DeviceChoice | None = None


Event = Changes | Progress
Listener = Callable[[Event], None]


class EngineApi(Protocol):
    """One library's engine. Every method may be called from any thread and may block.

    All raise the errors of `core.errors`; a client raises `EngineLost` when the engine died.
    """

    def status(self) -> Status: ...

    def roots(self) -> list[Root]: ...

    def folders(self, root_id: int) -> list[Folder]:
        """List every folder of a root that holds assets, itself or below, sorted by path."""
        ...

    def add_root(self, path: str) -> Root:
        """Add a folder. It is not indexed until `index` is called."""
        ...

    def remove_root(self, root_id: int) -> None:
        """Forget a folder; its files stay untouched."""
        ...

    def index(self, root_ids: Sequence[int] | None = None) -> int:
        """Bring roots (default: all) up to date in the background; give the run's number."""
        ...

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    def stop(self) -> None:
        """Stop the present run within a second; what is stored stays."""
        ...

    def progress(self) -> Progress: ...

    def look_at(self, asset_ids: Sequence[int]) -> None:
        """Say what the person sees just now, so that it is worked on first."""
        ...

    def search(self, query: Query) -> Results: ...

    def cards(self, asset_ids: Sequence[int]) -> list[Card]:
        """Give the cards of those of the assets that still exist, in the order asked."""
        ...

    def details(self, asset_id: int) -> Details: ...

    def preview(self, asset_id: int, side: int | None) -> Preview:
        """Make a picture of at most `side` pixels on its longer side (None: full size)."""
        ...

    def asset_at(self, path: str) -> int | None:
        """Find the asset of an absolute path."""
        ...

    def failures(self) -> list[Failure]: ...

    def retry(self, failure_ids: Sequence[int] | None = None) -> int:
        """Forget failures (default: all) and start a run that tries those files again."""
        ...

    def models(self) -> list[ModelInfo]: ...

    def add_model(self, architecture: str, source: str, name: str | None = None) -> ModelInfo:
        """Install weights: a local file, a folder, or a hub id (`hf-hub:owner/name`)."""
        ...

    def use_model(self, name: str) -> int:
        """Choose a model; the old one answers until the new one is complete. Gives the run."""
        ...

    def check(self) -> list[str]:
        """Check the catalogue; give what is wrong with it, a sentence each."""
        ...

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every event, on a thread of the engine's; returns unsubscribe."""
        ...

    def close(self) -> None: ...
