"""An engine in memory: real folders, real runs, meaning by the words in a file's name.

It keeps what `EngineApi` promises without a model or a catalogue, so that processes, wires and
commands can be tried alone. A test steers it through the library's folder: a file whose name
holds `slow` is worked on, and the question `wait` is thought about, until a file `go` lies
there; a name that holds `broken` fails; the questions `bug`, `die` and `damage` do what they
say; a file `news` is a notice.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from filelock import FileLock, Timeout

from assetman.core.assets import Asset, AssetState, Failure, Folder, Kind, Root
from assetman.core.changes import Changes
from assetman.core.errors import BadInput, EnvironmentProblem, LibraryBusy, WrongUse
from assetman.core.inputs import Modality
from assetman.core.models import DeviceChoice, ModelInfo, ModelState
from assetman.core.progress import Counts, Pace, Phase, Progress
from assetman.core.queries import Example, Filters, Hit, Query, Results
from assetman.core.watching import Watch, WatchMode
from assetman.engine.protocol import Card, Details, Event, Listener, Preview, Status
from kit.paper_duplicates import PaperDuplicates
from kit.paper_films import PaperFilms
from kit.paper_organising import PaperOrganising
from kit.paper_searches import PaperSearches

LIMIT = 60.0  # seconds that anything here waits at most
ENDINGS = {".jpg": Kind.IMAGE, ".png": Kind.IMAGE, ".mp4": Kind.VIDEO}


def paper_command(folder: Path) -> list[str]:
    """Give the command line of a process that is this engine and soon ends without clients."""
    tests = str(Path(__file__).parents[1])
    code = f"import sys; sys.path.insert(0, {tests!r}); import kit.paper_engine as e; e.serve()"
    return [sys.executable, "-c", code, str(folder), "0.2"]


class PaperEngine(PaperOrganising, PaperSearches, PaperDuplicates, PaperFilms):
    """Satisfies `EngineApi`, and `process.Served`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = FileLock(folder / "library.lock", thread_local=False)
        try:
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise LibraryBusy(f"Another process is using the library in {folder}.") from error
        self._state = threading.RLock()
        self._roots: dict[int, Root] = {}
        self._assets: dict[int, Asset] = {}
        self._failures: dict[str, Failure] = {}
        self._listeners: list[Listener] = []
        self._progress = Progress()
        self._stop = threading.Event()
        self._runs: list[threading.Thread] = []
        self._model = "starter"
        self._pace = Pace.AUTO
        self._watched = False
        self._damaged: Callable[[str], None] = print
        self._start_organising()
        self._start_searches()
        self._start_duplicates()
        self._start_films()

    @classmethod
    def open(cls, folder: Path) -> PaperEngine:
        """Open as the real one is opened; a folder named `sick` cannot be."""
        if folder.name == "sick":
            raise EnvironmentProblem("The library was written by a newer Assetman.")
        folder.mkdir(parents=True, exist_ok=True)
        return cls(folder)

    def status(self) -> Status:
        kinds = [asset.kind.value for asset in self._assets.values()]
        return Status(
            library=str(self.folder),
            assets={kind: kinds.count(kind) for kind in sorted(set(kinds))},
            segments=len(kinds),
            embeddings={"starter-1-p1-2": len(kinds)},
            missing=sum(asset.state is AssetState.MISSING for asset in self._assets.values()),
            failed=sum(not failure.ignored for failure in self._failures.values()),
            roots=tuple(self.roots()),
            model=self._model,
            device=DeviceChoice("cpu", "CPU", "there is no GPU"),
            ignored=sum(failure.ignored for failure in self._failures.values()),
            watches=tuple(Watch(root, WatchMode.SYSTEM) for root in self._roots if self._watched),
            pace=self._pace,
            notices=(news.read_text(),) if (news := self.folder / "news").exists() else (),
        )

    def roots(self) -> list[Root]:
        paths = [asset.root_id for asset in self._assets.values()]
        return [replace(root, assets=paths.count(root.id)) for root in self._roots.values()]

    def folders(self, root_id: int) -> list[Folder]:
        return [Folder(root_id, "", self._root(root_id).assets)]

    def add_root(self, path: str) -> Root:
        path = os.path.realpath(path)
        with self._state:
            for root in self._roots.values():
                if path == root.path or path.startswith(root.path + os.sep):
                    return root
            root = Root(len(self._roots) + 1, path, online=True)
            self._roots[root.id] = root
        self._tell(Changes(roots=True))
        return root

    def remove_root(self, root_id: int) -> None:
        name = self._root(root_id).name
        gone = {asset.id for asset in self._assets.values() if asset.root_id == root_id}
        with self._act(f"Remove folder {name}"):
            del self._roots[root_id]
            for asset_id in gone:
                del self._assets[asset_id]
        self._tell(Changes(assets_removed=frozenset(gone), roots=True))

    def relocate_root(self, root_id: int, path: str) -> Root:
        root = self._root(root_id)
        here = [asset for asset in self._assets.values() if asset.root_id == root_id]
        places = {
            each.id: os.path.join(path, os.path.relpath(each.path, root.path)) for each in here
        }
        if here and not any(os.path.exists(place) for place in places.values()):
            raise WrongUse(f"{path} holds none of the files of {root.name}.")
        with self._act(f"Move folder {root.name}"):
            self._roots[root_id] = replace(root, path=path)
            for asset in here:
                self._assets[asset.id] = replace(asset, path=places[asset.id])
        self._tell(Changes(roots=True))
        return self._root(root_id)

    def forget_missing(self, asset_ids: Sequence[int] | None = None) -> None:
        for asset in list(self._assets.values()):
            if asset.state is AssetState.MISSING and (asset_ids is None or asset.id in asset_ids):
                del self._assets[asset.id]

    def index(self, root_ids: Sequence[int] | None = None) -> int:
        roots = [self._root(each) for each in (self._roots if root_ids is None else root_ids)]
        with self._state:
            run = self._progress.run + 1
            self._stop = threading.Event()
            self._progress = Progress(run=run, phase=Phase.SCANNING)
            thread = threading.Thread(target=self._work, args=(run, roots, self._stop))
            self._runs.append(thread)
        thread.start()
        return run

    def pause(self) -> None:
        self._say(phase=Phase.PAUSED)

    def resume(self) -> None:
        self._say(phase=Phase.IDLE)

    def stop(self) -> None:
        self._stop.set()

    def progress(self) -> Progress:
        return self._progress

    def set_pace(self, pace: Pace) -> None:
        self._pace = pace

    def look_at(self, asset_ids: Sequence[int]) -> None:
        self.cards(asset_ids)

    def search(self, query: Query) -> Results:
        began = time.monotonic()
        if query.text == "bug":
            raise KeyError("no such thing")
        if query.text == "die":
            os._exit(9)
        if query.text == "damage":
            self._damaged("The catalogue is damaged.")
            raise EnvironmentProblem("The catalogue is damaged.")
        if query.text == "wait":
            self._await("go")
        words = self._words(query)
        left_out = {*query.leave_out, *self._members(query.examples)}
        passing = [asset for asset in self._assets.values() if self._passes(asset, query.filters)]
        if not words:
            ids = tuple(asset.id for asset in passing if asset.id not in left_out)
            return Results(query, listed=ids[: query.limit], total=len(ids))
        hits = []
        for asset in passing:
            score = len(words & _words(asset.name)) / len(words)
            if score > 0 and asset.id not in left_out:
                hit = Hit(asset.id, score, asset.id, reasons={"name": score})
                hits.append(self._at_its_moment(hit))
        hits.sort(key=lambda hit: -hit.score)
        seconds = time.monotonic() - began
        number = len(passing)
        return Results(query, tuple(hits[: query.limit]), (), 0, number, number, seconds)

    def cards(self, asset_ids: Sequence[int]) -> list[Card]:
        return [Card(self._assets[each], None) for each in asset_ids if each in self._assets]

    def details(self, asset_id: int) -> Details:
        if asset_id not in self._assets:
            raise WrongUse("There is no such asset any more.")
        asset = self._assets[asset_id]
        folder = os.path.dirname(asset.path)
        return Details(Card(asset, None), folder, self._root(asset.root_id).name, "", {"size": 1.5})

    def preview(self, asset_id: int, side: int | None) -> Preview:
        self._await("go")
        return Preview(self.details(asset_id).card.asset.path, side or 100, side or 100)

    def asset_at(self, path: str) -> int | None:
        path = os.path.realpath(path)
        return next((asset.id for asset in self._assets.values() if asset.path == path), None)

    def failures(self) -> list[Failure]:
        return list(self._failures.values())

    def retry(self, failure_ids: Sequence[int] | None = None) -> int:
        for path, failure in list(self._failures.items()):
            if not failure.ignored if failure_ids is None else failure.id in failure_ids:
                del self._failures[path]
        return self.index()

    def ignore_failures(self, failure_ids: Sequence[int], ignored: bool = True) -> None:
        for path, failure in self._failures.items():
            if failure.id in failure_ids:
                self._failures[path] = replace(failure, ignored=ignored)
        self._tell(Changes(failures=True))

    def dismiss_notices(self) -> None:
        (self.folder / "news").unlink(missing_ok=True)

    def models(self) -> list[ModelInfo]:
        return [
            ModelInfo(name, name.title(), "Good for tests.", "Apache-2.0", 1 << 20,
                      (Modality.IMAGE, Modality.TEXT), ModelState.BUILT_IN, name == self._model)
            for name in ("starter", "other")
        ]  # fmt: skip

    def add_model(self, architecture: str, source: str, name: str | None = None) -> ModelInfo:
        raise BadInput(f"{source} holds no weights of {architecture}.")

    def use_model(self, name: str) -> int:
        if name not in {model.name for model in self.models()}:
            raise WrongUse(f"There is no model “{name}”.")
        self._model = name
        return self.index()

    def check(self) -> list[str]:
        return ["A page is torn."] if (self.folder / "torn").exists() else []

    def watch(self) -> None:
        self._watched = True

    def on_damage(self, tell: Callable[[str], None]) -> None:
        self._damaged = tell

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def close(self) -> None:
        self._stop.set()
        self._end_films()
        for run in self._runs:
            run.join()
        self._lock.release()

    def emit(self, event: Event) -> None:
        """Tell the subscribers something, as a run would."""
        self._tell(event)

    def _work(self, run: int, roots: list[Root], stop: threading.Event) -> None:
        began = time.monotonic()
        counts = Counts()
        self._look_for_missing()
        known = {asset.path for asset in self._assets.values()}
        paths = [(root, path) for root in roots for path in sorted(_pictures(root.path))]
        for done, (root, path) in enumerate(paths):
            if stop.is_set():
                break
            self._say(run=run, phase=Phase.INDEXING, label=root.name, done=done, total=len(paths))
            if path in known:
                counts = replace(counts, unchanged=counts.unchanged + 1)
            elif "broken" in os.path.basename(path):
                counts = replace(counts, failed=counts.failed + 1)
                self._fail(root, path)
            else:
                if "slow" in os.path.basename(path):
                    self._await("go", stop)
                if not stop.is_set():
                    counts = replace(counts, added=counts.added + 1, embedded=counts.embedded + 1)
                    self._add(root, path)
        self._say(run=run, phase=Phase.IDLE, seconds=time.monotonic() - began, counts=counts,
                  done=len(paths), failed=counts.failed)  # fmt: skip

    def _look_for_missing(self) -> None:
        for number, asset in list(self._assets.items()):
            there = os.path.exists(asset.path)
            state = AssetState.PRESENT if there else AssetState.MISSING
            since = None if there else asset.missing_since or time.time()
            self._assets[number] = replace(asset, state=state, missing_since=since)

    def _add(self, root: Root, path: str) -> None:
        with self._state:
            number = len(self._assets) + 1
            kind = ENDINGS[Path(path).suffix]
            stat = os.stat(path)
            self._assets[number] = Asset(
                number, root.id, path, kind, AssetState.PRESENT, stat.st_size,
                stat.st_mtime, None, 10, 10, f"print{number}",
            )  # fmt: skip
        self._tell(Changes(assets_added=frozenset({number}), embedded=1))

    def _fail(self, root: Root, path: str) -> None:
        number = len(self._failures) + 1
        if path not in self._failures:
            self._failures[path] = Failure(
                number,
                root.id,
                path,
                "extract",
                "bad input",
                "The picture is cut off.",
                time.time(),
            )
            self._tell(Changes(failures=True))

    def _words(self, query: Query) -> set[str]:
        words = _words(query.text)
        for example in query.examples:
            for name in self._names(example):
                words |= _words(name)
        return words

    def _members(self, examples: Sequence[Example]) -> set[int]:
        found = [self._collection(each.collection_id)[1] for each in examples if each.collection_id]
        return set().union(*found)

    def _names(self, example: Example) -> list[str]:
        if example.collection_id is not None:
            _, members = self._collection(example.collection_id)
            return [self._assets[member].name for member in sorted(members)]
        return [self._name(example)] if example.weight > 0 else []

    def _name(self, example: Example) -> str:
        if example.asset_id is not None:
            return self.details(example.asset_id).card.asset.name
        assert example.path is not None
        if "broken" in os.path.basename(example.path):
            raise BadInput(f"{example.path} is no picture.")
        return os.path.basename(example.path)

    def _passes(self, asset: Asset, filters: Filters) -> bool:
        if filters.kinds and asset.kind not in filters.kinds:
            return False
        if filters.missing != (asset.state is AssetState.MISSING):
            return False
        if not filters.folders:
            return True
        folder = os.path.dirname(asset.path)
        wanted = [os.path.join(self._root(f.root_id).path, f.path) for f in filters.folders]
        return any((folder + os.sep).startswith(os.path.join(each, "")) for each in wanted)

    def _root(self, root_id: int) -> Root:
        for root in self.roots():
            if root.id == root_id:
                return root
        raise WrongUse("There is no such root.")

    def _say(self, **what: object) -> None:
        self._progress = replace(self._progress, **what)  # type: ignore[arg-type]
        self._tell(self._progress)

    def _tell(self, event: Event) -> None:
        for listener in list(self._listeners):
            listener(event)

    def _await(self, name: str, stop: threading.Event | None = None) -> None:
        deadline = time.monotonic() + LIMIT
        while time.monotonic() < deadline and not (self.folder / name).exists():
            if (stop or self._stop).wait(0.01):
                return


def _pictures(folder: str) -> list[str]:
    found = []
    for parent, _, names in os.walk(folder):
        found += [os.path.join(parent, n) for n in names if Path(n).suffix in ENDINGS]
    return found


def _words(text: str) -> set[str]:
    return set(Path(text).stem.lower().replace("_", " ").split())


def serve() -> None:
    """Be the engine's process for the folder on the command line."""
    from assetman.engine import process

    sys.exit(process.main(Path(sys.argv[1]), PaperEngine.open, float(sys.argv[2])))
