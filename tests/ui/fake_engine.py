"""A small engine in memory: real pictures, real thumbnails on disk, meaning by colour.

It does what `EngineApi` says with nothing but Qt, so that the window can be tried without models.
A word that names a colour finds pictures of that colour; any other word is looked for in names.
An example finds pictures of its own mean colour. What the tests steer: `fail_with`, `hold`,
`emit`, `say_progress`, `lose`, `calls`.
"""

from __future__ import annotations

import hashlib
import os
import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from assetman.core.assets import Asset, AssetState, Box, Failure, Folder, Kind, Passage, Root
from assetman.core.changes import Changes
from assetman.core.errors import BadInput, EnvironmentProblem, WrongUse
from assetman.core.inputs import Modality
from assetman.core.models import DeviceChoice, ModelInfo, ModelState
from assetman.core.progress import Counts, Phase, Progress
from assetman.core.queries import Example, Filters, Hit, Query, Results, Sort
from assetman.core.sounds import Waveform
from assetman.engine.protocol import Card, Details, Event, Listener, Preview, Status
from tests.ui.fake_duplicates import FakeDuplicates
from tests.ui.fake_exports import FakeExports
from tests.ui.fake_films import Colour, FakeFilms
from tests.ui.fake_language import FakeLanguage, without_conditions
from tests.ui.fake_living import FakeLiving
from tests.ui.fake_organising import FakeOrganising, typed_filters
from tests.ui.fake_searches import FakeSearches
from tests.ui.fake_sounds import FakeSounds, hue_heard

PICTURES = {
    "red barn.jpg": ("#c0392b", 480, 320),
    "green hills.jpg": ("#3f9b4b", 480, 320),
    "Coast/blue bay.png": ("#2f6fc4", 320, 480),
    "Coast/evening.jpg": ("#e08a4f", 640, 320),
    "grey stones.webp": ("#8a9096", 400, 400),
}
COLOURS = {
    "red": "#c0392b",
    "green": "#3f9b4b",
    "blue": "#2f6fc4",
    "orange": "#e08a4f",
    "grey": "#8a9096",
}
EXTENSIONS = (".jpg", ".png", ".webp", ".heic", ".bmp", ".gif")


def paint_pictures(folder: Path, named: dict[str, tuple[str, int, int]] | None = None) -> None:
    """Paint pictures (name: colour, width, height) into a folder."""
    for name, (colour, width, height) in (named or PICTURES).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        assert paint(QColor(colour), width, height).save(str(path))


def paint(colour: QColor, width: int, height: int) -> QImage:
    """Paint a sky over a darker land."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(colour.lighter(115))
    painter = QPainter(image)
    land = QRect(0, height * 6 // 10, width, height - height * 6 // 10)
    painter.fillRect(land, colour.darker(170))
    painter.end()
    return image


def mean_colour(image: QImage, box: Box | None = None) -> tuple[float, float, float]:
    """Give the mean of a picture, or of a rectangle of it."""
    if box is not None:
        image = image.copy(
            round(box.left * image.width()),
            round(box.top * image.height()),
            max(1, round(box.width * image.width())),
            max(1, round(box.height * image.height())),
        )
    small = image.scaled(
        1, 1, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    colour = small.pixelColor(0, 0)
    return colour.redF(), colour.greenF(), colour.blueF()


@dataclass
class _Row:
    asset: Asset
    relative: str
    colour: tuple[float, float, float]
    thumbnail: str | None
    failure: str | None = None
    indexed: bool = False
    waveform: Waveform | None = None


@dataclass
class FakeEngine(
    FakeFilms,
    FakeSounds,
    FakeLiving,
    FakeOrganising,
    FakeSearches,
    FakeLanguage,
    FakeDuplicates,
    FakeExports,
):
    """An engine over folders of pictures, all in memory but the thumbnails."""

    folder: Path
    read_only: bool = False
    fail_with: dict[str, Exception] = field(default_factory=dict)  # by verb, raised once
    spoken: dict[int, list[Passage]] = field(default_factory=dict)  # by asset
    speech: str | None = None
    text_on: bool = False
    calls: list[tuple[str, object]] = field(default_factory=list)
    searchable: int | None = None  # how many assets the model knows; None: all
    sure: float | None = None  # the least score of a good match; None: it is not measured

    def __post_init__(self) -> None:
        self.rows: dict[int, _Row] = {}
        self.begin_organising()
        self.begin_searches()
        self.begin_duplicates()
        self.begin_living()
        self.begin_films()
        self.begin_exports()
        self.root_rows: dict[int, Root] = {}
        self.failure_rows: dict[int, Failure] = {}
        self.model = "starter"
        self.filling: str | None = None
        self.sound_model = ""
        self.device = DeviceChoice("cpu", "CPU, 2 cores", "No supported GPU was found.")
        self.model_rows = [
            ModelInfo(
                "starter",
                "Starter",
                "Finds everyday things with no download.",
                "Apache-2.0",
                120_000_000,
                (Modality.IMAGE, Modality.TEXT),
                ModelState.BUILT_IN,
                active=True,
            ),
            ModelInfo(
                "siglip2-base",
                "SigLIP 2 base",
                "Understands whole sentences in many languages.",
                "Apache-2.0",
                750_000_000,
                (Modality.IMAGE, Modality.TEXT),
                ModelState.AVAILABLE,
            ),
        ]
        self.hold = threading.Event()  # searches wait while this is cleared
        self.hold.set()
        self.closed = False
        self._lock = threading.RLock()
        self._listeners: list[Listener] = []
        self._lost: list[Callable[[], None]] = []
        self._back: list[Callable[[], None]] = []
        self._next = 1
        self._run = 0
        self._progress = Progress()
        (self.folder / "thumbnails").mkdir(parents=True, exist_ok=True)

    # -- what tests steer ---------------------------------------------------------------

    def add_many(self, count: int, root: str = "/media/archive") -> None:
        """Add assets whose files nobody ever painted: a few thumbnails serve them all."""
        shades = []
        for number in range(24):
            colour = QColor.fromHsv(number * 15, 60 + number * 5, 120 + number * 5)
            sides = (480, 320) if number % 3 else (320, 480)
            thumbnail = self.folder / "thumbnails" / f"shade{number}.webp"
            image = paint(colour, *sides)
            assert image.save(str(thumbnail))
            shades.append((str(thumbnail), mean_colour(image), sides))
        root_id = self._id()
        self.root_rows[root_id] = Root(root_id, root, True)
        for number in range(count):
            thumbnail_path, colours, sides = shades[number * 7 % 24]
            relative = f"{2019 + number % 8}/{number % 12 + 1:02}/IMG_{number:05}.jpg"
            asset = Asset(
                self._id(),
                root_id,
                f"{root}/{relative}",
                Kind.IMAGE,
                AssetState.PRESENT,
                200_000 + number * 37 % 900_000,
                1.6e9 + number * 3600.0,
                None,
                *sides,
                f"many{number}",
            )
            self.rows[asset.id] = _Row(asset, relative, colours, thumbnail_path, indexed=True)

    def say_progress(self, progress: Progress) -> None:
        """Push progress to whoever listens."""
        self._progress = progress
        self.emit(progress)

    def emit(self, event: Event) -> None:
        """Push an event, on a thread that is not the window's."""
        listeners = list(self._listeners)
        thread = threading.Thread(target=lambda: [listener(event) for listener in listeners])
        thread.start()
        thread.join()

    def lose(self) -> None:
        """Die and come back."""
        for function in self._lost:
            function()
        self._progress = Progress()
        for function in self._back:
            function()

    def on_lost(self, function: Callable[[], None]) -> None:
        self._lost.append(function)

    def on_back(self, function: Callable[[], None]) -> None:
        self._back.append(function)

    def add_failure(self, path: str, message: str) -> None:
        """Remember a file that could not be read."""
        root_id = next(iter(self.root_rows), 1)
        number = self._id()
        self.failure_rows[number] = Failure(
            number, root_id, path, "extract", "bad input", message, time.time()
        )

    # -- the verbs ----------------------------------------------------------------------

    def status(self) -> Status:
        self._begin("status")
        kinds: dict[str, int] = {}
        for row in self._present():
            kinds[row.asset.kind] = kinds.get(row.asset.kind, 0) + 1
        return Status(
            str(self.folder),
            kinds,
            segments=len(self.rows),
            missing=sum(row.asset.state is AssetState.MISSING for row in self.rows.values()),
            offline=sum(row.asset.state is AssetState.OFFLINE for row in self.rows.values()),
            failed=sum(not row.ignored for row in self.failure_rows.values()),
            roots=tuple(self._roots()),
            model=self.model,
            filling=self.filling,
            sound_model=self.sound_model,
            speech=self.speech,
            read_only=self.read_only,
            device=self.device,
            ignored=sum(row.ignored for row in self.failure_rows.values()),
            watches=self.watches(),
            pace=self.pace,
            notices=tuple(self.notice_rows),
        )

    def roots(self) -> list[Root]:
        self._begin("roots")
        return self._roots()

    def folders(self, root_id: int) -> list[Folder]:
        self._begin("folders", root_id)
        counts: dict[str, int] = {"": 0}
        for row in self._present():
            if row.asset.root_id != root_id:
                continue
            counts[""] += 1
            parts = row.relative.split("/")[:-1]
            for depth in range(1, len(parts) + 1):
                folder = "/".join(parts[:depth])
                counts[folder] = counts.get(folder, 0) + 1
        return [Folder(root_id, path, count) for path, count in sorted(counts.items())]

    def add_root(self, path: str) -> Root:
        self._begin("add_root", path)
        if self.read_only:
            raise EnvironmentProblem("The library is on a read-only disk.")
        if not Path(path).is_dir():
            raise EnvironmentProblem(f"There is no folder {path}.")
        for root in self.root_rows.values():
            if root.path == path:
                return root
        root = Root(self._id(), path, True)
        self.root_rows[root.id] = root
        self.emit(Changes(roots=True))
        return root

    def index(self, root_ids: Sequence[int] | None = None) -> int:
        self._begin("index", root_ids)
        self._run += 1
        added = []
        for root in list(self.root_rows.values()):
            if root_ids is None or root.id in root_ids:
                added += self._scan(root)
        self._progress = Progress(
            self._run, Phase.IDLE, done=len(added), total=len(added), counts=Counts(len(added))
        )
        self.emit(Changes(assets_added=frozenset(added), embedded=len(added)))
        self.emit(self._progress)
        return self._run

    def pause(self) -> None:
        self._begin("pause")
        self.say_progress(replace(self._progress, phase=Phase.PAUSED))

    def resume(self) -> None:
        self._begin("resume")
        self.say_progress(replace(self._progress, phase=Phase.INDEXING))

    def stop(self) -> None:
        self._begin("stop")
        self.say_progress(replace(self._progress, phase=Phase.IDLE))

    def progress(self) -> Progress:
        self._begin("progress")
        return self._progress

    def look_at(self, asset_ids: Sequence[int]) -> None:
        self._begin("look_at", tuple(asset_ids))

    def search(self, query: Query) -> Results:
        self._begin("search", query)
        self.hold.wait(10)
        return self._answer(query)

    def _answer(self, query: Query) -> Results:
        with self._lock:
            words, typed = typed_filters(without_conditions(query.text))
            mistakes = self.mistakes_in(query.text)
            passing = [row for row in self._listed(query) if self._passes(row, query.filters)]
            inside = [row for row in passing if self.passes_organised(row, typed)]
            inside = [row for row in inside if self.passes_typed(row, query.text)]
            if not words and not query.examples:
                rows = _ordered(inside, query)
                listed = tuple(row.asset.id for row in rows)
                here = len(listed)
                return Results(query, (), listed, searchable=here, total=here, mistakes=mistakes)
            hits = self._hits(query, inside)
            hits = self.folded(hits) if query.fold else hits
            elsewhere = 0
            if not hits and query.filters:
                elsewhere = len(self._hits(query, list(self._present())))
            searchable = len(inside) if self.searchable is None else self.searchable
            return Results(
                query,
                hits=tuple(hits[: query.limit or 200]),
                confident=None if self.sure is None else any(hit.confident for hit in hits),
                elsewhere=elsewhere,
                searchable=searchable,
                total=len(inside),
                seconds=0.03,
                mistakes=mistakes,
            )

    def cards(self, asset_ids: Sequence[int]) -> list[Card]:
        self._begin("cards", tuple(asset_ids))
        with self._lock:
            rows = [self.rows[i] for i in asset_ids if i in self.rows]
        return [Card(row.asset, row.thumbnail, row.failure, row.waveform) for row in rows]

    def details(self, asset_id: int) -> Details:
        self._begin("details", asset_id)
        row = self._row(asset_id)
        root = self._root(row.asset.root_id)
        facts: dict[str, str | int | float] = {"Format": "JPEG", "Camera": "Assetman Painter"}
        if row.asset.kind is Kind.AUDIO:
            facts = {"format": "WAV", "codec": "PCM, 24 bit", "title": row.asset.name[:-4]}
        copies = tuple(
            other.asset.path
            for other in self.rows.values()
            if other.asset.fingerprint == row.asset.fingerprint and other is not row
        )
        return Details(
            Card(row.asset, row.thumbnail, row.failure, row.waveform),
            os.path.dirname(row.asset.path),
            root.name,
            os.path.dirname(row.relative),
            facts,
            copies,
            None if row.asset.missing_since is None else row.asset.missing_since + 30 * 86400,
        )

    def preview(self, asset_id: int, side: int | None) -> Preview:
        self._begin("preview", (asset_id, side))
        row = self._row(asset_id)
        source = row.asset.path if Path(row.asset.path).exists() else row.thumbnail
        image = QImage(source or "")
        if image.isNull():
            raise BadInput(f"{row.asset.display_name} cannot be read.")
        if side is not None and max(image.width(), image.height()) > side:
            image = image.scaled(
                side,
                side,
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        target = self.folder / "thumbnails" / f"preview{asset_id}-{side}.webp"
        image.save(str(target))
        return Preview(str(target), image.width(), image.height())

    def asset_at(self, path: str) -> int | None:
        self._begin("asset_at", path)
        return next((i for i, row in self.rows.items() if row.asset.path == path), None)

    def retry(self, failure_ids: Sequence[int] | None = None) -> int:
        self._begin("retry", failure_ids)
        every = [number for number, row in self.failure_rows.items() if not row.ignored]
        for number in every if failure_ids is None else failure_ids:
            self.failure_rows.pop(number, None)
        self.emit(Changes(failures=True))
        self._run += 1
        return self._run

    def models(self) -> list[ModelInfo]:
        self._begin("models")
        return [
            replace(row, active=row.name == self.model, filling=row.name == self.filling, pending=0)
            for row in self.model_rows
        ]

    def add_model(self, architecture: str, source: str, name: str | None = None) -> ModelInfo:
        self._begin("add_model", (architecture, source, name))
        if not source.startswith("hf-hub:") and not Path(source).exists():
            raise BadInput(f"There is no file {source}.")
        made = ModelInfo(
            name or architecture.lower(),
            name or architecture,
            f"{architecture}, added by you.",
            "unknown",
            None,
            (Modality.IMAGE, Modality.TEXT),
            ModelState.INSTALLED,
        )
        self.model_rows.append(made)
        return made

    def use_model(self, name: str) -> int:
        self._begin("use_model", name)
        if not any(row.name == name for row in self.model_rows):
            raise WrongUse(f"There is no model “{name}”.")
        self.filling = name
        self._run += 1
        self.emit(Changes(spaces=True))
        return self._run

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def check(self) -> list[str]:
        self._begin("check")
        return []

    def close(self) -> None:
        self.closed = True

    # -- inside -------------------------------------------------------------------------

    def _begin(self, verb: str, argument: object = None) -> None:
        self.calls.append((verb, argument))
        error = self.fail_with.pop(verb, None)
        if error is not None:
            raise error

    def _id(self) -> int:
        with self._lock:
            self._next += 1
            return self._next

    def _listed(self, query: Query) -> list[_Row]:
        if not query.filters.missing:
            return self._present()
        return [row for row in self.rows.values() if row.asset.state is AssetState.MISSING]

    def _present(self) -> list[_Row]:
        with self._lock:
            rows = list(self.rows.values())
        return [row for row in rows if row.asset.state is not AssetState.MISSING]

    def _roots(self) -> list[Root]:
        counts: dict[int, int] = {}
        for row in self._present():
            counts[row.asset.root_id] = counts.get(row.asset.root_id, 0) + 1
        return [replace(root, assets=counts.get(root.id, 0)) for root in self.root_rows.values()]

    def _root(self, root_id: int) -> Root:
        if root_id not in self.root_rows:
            raise WrongUse("There is no such folder in the library.")
        return self.root_rows[root_id]

    def _row(self, asset_id: int) -> _Row:
        if asset_id not in self.rows:
            raise WrongUse("There is no such asset.")
        return self.rows[asset_id]

    def _scan(self, root: Root) -> list[int]:
        known = {row.asset.path for row in self.rows.values()}
        added = []
        for folder, _, names in sorted(os.walk(root.path)):
            for name in sorted(names):
                path = os.path.join(folder, name)
                if path not in known and name.lower().endswith(EXTENSIONS):
                    added.append(self._take(root, path))
        return added

    def _take(self, root: Root, path: str) -> int:
        stat = Path(path).stat()
        image = QImage(path)
        with open(path, "rb") as file:
            fingerprint = hashlib.blake2b(file.read(), digest_size=16).hexdigest()
        asset_id = self._id()
        relative = os.path.relpath(path, root.path).replace(os.sep, "/")
        thumbnail: str | None = None
        failure: str | None = None
        if image.isNull():
            failure = "This is not a picture."
            self.add_failure(path, failure)
        else:
            thumbnail = str(self.folder / "thumbnails" / f"{fingerprint}.webp")
            image.scaled(
                512,
                512,
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            ).save(thumbnail)
        asset = Asset(
            asset_id,
            root.id,
            path,
            Kind.IMAGE,
            AssetState.PRESENT,
            stat.st_size,
            stat.st_mtime,
            None,
            image.width() or None,
            image.height() or None,
            fingerprint,
        )
        colour = mean_colour(image) if failure is None else (0.0, 0.0, 0.0)
        self.rows[asset_id] = _Row(asset, relative, colour, thumbnail, failure, failure is None)
        return asset_id

    def _passes(self, row: _Row, filters: Filters) -> bool:
        if filters.kinds and row.asset.kind not in filters.kinds:
            return False
        if not self.passes_organised(row, filters):
            return False
        return not filters.folders or any(
            row.asset.root_id == folder.root_id
            and (not folder.path or row.relative.startswith(folder.path + "/"))
            for folder in filters.folders
        )

    def _wanted(self, query: Query) -> list[tuple[Colour, float]]:
        """Give the colours that a question names or shows, each with its weight."""
        words = _words(query.text)
        wanted = [
            (mean_colour(paint(QColor(COLOURS[word]), 64, 64)), 1.0)
            for word in words
            if word in COLOURS
        ]
        for example in query.examples:
            wanted += [(colour, example.weight) for colour in self._colours_of(example)]
        return wanted

    def _colours_of(self, example: Example) -> list[Colour]:
        if example.collection_id is not None:
            return [self._row(each).colour for each in self._kept(example.collection_id).inside]
        if example.asset_id is not None and example.start is not None:
            return self._colours_between(example.asset_id, example.start, example.end)
        if example.asset_id is not None and example.box is None:
            if self.rows[example.asset_id].asset.kind is Kind.AUDIO:
                return self._colours_between(example.asset_id, 0.0, 1e9)
            return [self._row(example.asset_id).colour]
        path = example.path or self._row(example.asset_id or 0).asset.path
        if path.endswith(".wav"):
            heard = QColor.fromHsv(hue_heard(path), 190, 190)
            return [mean_colour(paint(heard, 64, 64))]
        image = QImage(path)
        if image.isNull():
            raise BadInput(f"{os.path.basename(path)} is not a picture.")
        return [mean_colour(image, example.box)]

    def _score(self, wanted: list[tuple[Colour, float]], found: Colour) -> float:
        score = 0.5 if not wanted else 0.0
        for colour, weight in wanted:
            apart = sum((a - b) ** 2 for a, b in zip(colour, found, strict=True)) ** 0.5
            score += weight * max(0.0, 1 - apart) / len(wanted)
        return max(0.0, score)

    def _hits(self, query: Query, rows: list[_Row]) -> list[Hit]:
        words = _words(query.text)
        wanted = self._wanted(query)
        plain = [word for word in words if word not in COLOURS]
        examples = [each.collection_id for each in query.examples if each.collection_id]
        left_out = set(query.leave_out).union(*(self._kept(each).inside for each in examples))
        hits = []
        for row in rows:
            if row.asset.id in left_out or not row.indexed:
                continue
            if plain and not all(word in row.asset.name.lower() for word in plain):
                continue
            hit = self._film_hit(row.asset.id, wanted)
            if hit is None:
                score = self._score(wanted, row.colour)
                hit = Hit(row.asset.id, round(score, 4), reasons={"picture": score})
            hits.append(hit)
        if self.sure is not None:
            hits = [replace(hit, confident=hit.score >= self.sure) for hit in hits]
        hits.sort(key=lambda hit: (-hit.score, hit.asset_id))
        if query.sort is not Sort.RELEVANCE:
            by_id = {hit.asset_id: hit for hit in hits}
            ordered = _ordered([self.rows[i] for i in by_id], query)
            hits = [by_id[row.asset.id] for row in ordered]
        return hits


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", typed_filters(without_conditions(text))[0].lower())


def _ordered(rows: list[_Row], query: Query) -> list[_Row]:
    keys: dict[Sort, Callable[[_Row], object]] = {
        Sort.NAME: lambda row: row.asset.name.lower(),
        Sort.SIZE: lambda row: row.asset.size,
        Sort.DATE: lambda row: row.asset.taken or row.asset.modified,
        Sort.KIND: lambda row: row.asset.kind,
        Sort.RATING: lambda row: row.asset.rating,
        Sort.DURATION: lambda row: row.asset.duration,
        Sort.LOUDNESS: lambda row: row.asset.sound and row.asset.sound.loudness,
        Sort.BPM: lambda row: row.asset.sound and row.asset.sound.bpm,
        Sort.KEY: lambda row: row.asset.sound and row.asset.sound.key,
        Sort.RATE: lambda row: row.asset.sound and row.asset.sound.rate,
    }
    key = keys.get(query.sort, keys[Sort.DATE])
    lacking = [row for row in rows if key(row) is None]  # last, whichever way the list runs
    there = [row for row in rows if key(row) is not None]
    there.sort(key=lambda row: (key(row), row.asset.id), reverse=query.descending)
    return there + lacking
