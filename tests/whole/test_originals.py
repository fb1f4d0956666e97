"""Nothing is ever written into a folder of the person's, whatever is done with the library."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import shutil
import stat
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from assetman.cli.console import Console
from assetman.cli.main import COMMANDS
from assetman.cli.main import run as run_command
from assetman.core.assets import Box
from assetman.core.errors import AssetmanError, EnvironmentProblem, WrongUse
from assetman.core.exports import Export, ExportForm, ExportState
from assetman.core.progress import Pace, Phase
from assetman.core.queries import Example, Filters, Query, Sort
from assetman.engine.client import EngineClient, connect
from assetman.engine.codec import VERBS
from assetman.engine.endpoint import endpoints
from kit.pictures import paint
from kit.sounds import bext, joined, tone, write_sound, write_wav
from tests.kit.films import Scene, make_film

Wait = Callable[[Callable[[], object]], None]
Facts = dict[str, tuple[object, ...]]

pytestmark = [
    pytest.mark.timeout(240),
    pytest.mark.skipif(sys.platform == "win32", reason="looks at inodes and modes"),
]


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Two folders with pictures, films and sounds, broken ones, and what is none of ours."""
    one, other = tmp_path / "one", tmp_path / "other"
    for number, colour in enumerate(("red", "green", "blue", "yellow")):
        paint(one / f"{colour}.png", colour, number, size=(2100, 900))
        paint(one / "deep" / "deeper" / f"{colour} too.png", colour, number + 10)
        paint(other / f"{colour}.png", colour, number + 20)
    shutil.copy(one / "red.png", other / "copy of red.png")
    scenes = [Scene(colour, 2.0) for colour in ("red", "green", "blue")]
    film = make_film(one / "deep" / "film.mp4", scenes, sound=440.0, gop=25)
    make_film(other / "film.mkv", scenes, codec="mpeg4", subtitles=[(1, 3, "Land in sight")])
    (one / "torn.mp4").write_bytes(film.path.read_bytes()[:-3000])
    (other / "torn.mkv").write_bytes((other / "film.mkv").read_bytes()[:-3000])
    cover, song = (one / "red.png").read_bytes(), joined(tone(200, 4), tone(800, 4))
    write_sound(one / "deep" / "song.mp3", song, tags={"title": "Land in sight"}, cover=cover)
    write_wav(other / "hum.wav", tone(200, 3), before=[bext("A hum")])
    write_sound(other / "only sound.mp4", tone(3200, 3))
    write_sound(one / "torn.flac", tone(800, 5))
    (one / "torn.flac").write_bytes((one / "torn.flac").read_bytes()[:5000])
    (other / "noise.ogg").write_bytes(bytes(range(256)) * 40)
    (one / "torn.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    (one / "empty.png").touch()
    (one / "drawing.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'
    )
    (one / "notes.txt").write_text("mine")
    (one / ".hidden").write_text("mine, too")
    (one / os.fsdecode(b"caf\xe9.png")).write_bytes((one / "blue.png").read_bytes())
    (one / "link.png").symlink_to("red.png")
    os.link(one / "green.png", one / "hard link.png")
    (one / "locked.png").write_bytes((other / "yellow.png").read_bytes())
    (one / "locked.png").chmod(0o400)
    (one / "nobody writes here").mkdir(mode=0o555)
    return one, other


def everything(*folders: Path) -> Facts:
    """Say all that can be said of every file and folder, but when it was read last."""
    facts: Facts = {}
    for top in folders:
        for folder, names, files in os.walk(top):
            for path in [folder, *(os.path.join(folder, name) for name in [*names, *files])]:
                found = os.lstat(path)
                facts[path] = (
                    found.st_mode, found.st_ino, found.st_nlink, found.st_uid, found.st_gid,
                    found.st_size, found.st_mtime_ns, found.st_ctime_ns,
                    *sorted(os.listdir(path) if stat.S_ISDIR(found.st_mode) else ()),
                    hashlib.sha256(Path(path).read_bytes()).hexdigest()
                    if stat.S_ISREG(found.st_mode) else "",
                )  # fmt: skip
    return facts


class Guard:
    """Looks all the time for a file of the person's that the engine or a child has open to write."""

    def __init__(self, library: Path, folders: tuple[Path, ...]) -> None:
        self.found: set[str] = set()
        self.looks = 0
        self._library = library
        self._folders = tuple(os.path.join(folder, "") for folder in folders)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._live)
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        self._thread.join()

    def _live(self) -> None:
        while not self._over.wait(0.02):
            for endpoint in endpoints(self._library):
                with contextlib.suppress(psutil.Error):
                    engine = psutil.Process(endpoint.pid)
                    for process in [engine, *engine.children(recursive=True)]:
                        self._look(process.pid)

    def _look(self, pid: int) -> None:
        with contextlib.suppress(OSError):
            for name in os.listdir(f"/proc/{pid}/fd"):
                self.looks += 1
                with contextlib.suppress(OSError):
                    target = os.readlink(f"/proc/{pid}/fd/{name}")
                    if target.startswith(self._folders):
                        self._check(pid, name, target)

    def _check(self, pid: int, name: str, target: str) -> None:
        for line in Path(f"/proc/{pid}/fdinfo/{name}").read_text("ascii").splitlines():
            what, _, value = line.partition(":")
            if what == "flags" and int(value, 8) & os.O_ACCMODE != os.O_RDONLY:
                self.found.add(target)


@pytest.fixture
def guard(library: Path, folders: tuple[Path, Path]) -> Iterator[Guard]:
    made = Guard(library, folders)
    yield made
    made.close()


class Witness:
    """An engine's client that remembers which verbs it was asked."""

    def __init__(self, client: EngineClient) -> None:
        self.asked: set[str] = set()
        self._client = client

    def __getattr__(self, name: str) -> Any:
        self.asked.add(name)
        return getattr(self._client, name)


def rest(engine: Any, wait_for: Wait, run: int | None = None) -> None:
    """Wait until a run, or whatever goes on, has ended."""
    wait_for(lambda: engine.progress().phase is Phase.IDLE and engine.progress().run >= (run or 0))


def index_look_and_search(engine: Any, folders: tuple[Path, Path], wait_for: Wait) -> None:
    engine.use_model("colours")
    engine.use_model("tones")
    for folder in folders:
        engine.add_root(str(folder))
    engine.set_pace(Pace.GENTLE)
    run = engine.index()
    engine.pause()
    engine.resume()
    engine.set_pace(Pace.FULL)
    rest(engine, wait_for, run)
    ids = list(engine.search(Query(sort=Sort.NAME)).ids)
    engine.look_at(ids)
    assert len(engine.cards(ids)) == len(ids) >= 14
    for root in engine.roots():
        engine.folders(root.id)
    red = engine.asset_at(str(folders[0] / "red.png"))
    assert len(engine.details(red).copies) >= 1
    for side in (700, 2000, None):
        assert engine.preview(red, side).width > 0
    engine.search(Query("a red wall"))
    engine.search(Query(examples=(Example(asset_id=red, box=Box(0.1, 0.1, 0.5, 0.5)),)))
    engine.search(Query(examples=(Example(path=str(folders[1] / "blue.png")),)))
    assert engine.check() == []
    assert [model.name for model in engine.models()]
    with contextlib.suppress(AssetmanError):
        engine.add_model("ViT-B-32", str(folders[0]))
    rest(engine, wait_for, engine.use_model("shades"))
    rest(engine, wait_for, engine.use_model("chords"))


def hear(engine: Any, folders: tuple[Path, Path], wait_for: Wait) -> None:
    """Do all that can be done with sounds."""
    song = engine.asset_at(str(folders[0] / "deep" / "song.mp3"))
    (card,) = engine.cards([song])
    assert card.waveform is not None
    assert card.thumbnail is not None
    assert engine.preview(song, 700).width > 0
    assert engine.moments(song, Query("a hum"))
    assert [passage.text for passage in engine.passages(song)]
    assert engine.search(Query("hum type:audio")).hits
    assert engine.search(Query(examples=(Example(asset_id=song, start=1.0, end=3.5),))).hits
    path = str(folders[1] / "hum.wav")
    assert engine.search(Query(examples=(Example(path=path),))).hits
    for sort in Sort:
        engine.search(Query(sort=sort))
    engine.speech_models()
    with contextlib.suppress(AssetmanError):
        engine.use_speech("no such model")
    with contextlib.suppress(AssetmanError):
        engine.add_speech_model(str(folders[0]))
    rest(engine, wait_for, engine.use_speech(None))


def watch_and_save(engine: Any, folders: tuple[Path, Path], saved: Path, wait_for: Wait) -> None:
    """Do all that can be done with videos."""
    saved.mkdir()
    film = engine.asset_at(str(folders[0] / "deep" / "film.mp4"))
    moments = engine.moments(film, Query("a red wall"))
    assert engine.frames([moment.segment_id for moment in moments])
    assert engine.preview(film, 700).width > 0
    assert engine.search(Query("said:land")).hits
    assert engine.search(Query(examples=(Example(asset_id=film, start=1.0, end=3.5),))).hits
    path = str(folders[1] / "film.mkv")
    assert engine.search(Query(examples=(Example(path=path, start=1.0),))).hits
    ended: dict[int, Export] = {}
    unsubscribe = engine.subscribe(
        lambda event: (
            ended.update({event.number: event})
            if isinstance(event, Export) and event.state is not ExportState.RUNNING
            else None
        )
    )
    names = ("frame.png", "quick.mp4", "exact.mp4", "part.wav")
    for form, name in zip(ExportForm, names, strict=True):
        with pytest.raises(WrongUse):
            engine.export(film, 1.0, 3.0, str(folders[0] / "red.png"), form)
        with contextlib.suppress(EnvironmentProblem):  # where there is no ffmpeg
            number = engine.export(film, 1.0, 3.0, str(saved / name), form).number
            wait_for(lambda number=number: number in ended)
            assert ended[number].state is ExportState.DONE
            engine.cancel_export(number)
    assert (saved / "frame.png").exists()
    unsubscribe()


def organise_and_take_back(engine: Any) -> None:
    ids = list(engine.search(Query()).ids)
    engine.rate(ids, 4)
    engine.tag(ids, ["pond", "lake"])
    engine.untag(ids[:2], ["pond"])
    engine.rename_tag("lake", "sea")
    assert len(engine.tags()) == 2
    made = engine.make_collection("Best", ids[:3])
    engine.collect(made.id, ids[3:5])
    engine.rename_collection(made.id, "Better")
    assert len(engine.collections()) == 1
    assert len(engine.search(Query(filters=Filters(tags=("sea",), ratings=(3, 5)))).ids) > 3
    engine.delete_collection(made.id)
    while engine.history().undo is not None and "folder" not in engine.history().undo.sentence:
        engine.undo()
    while engine.redo() is not None:
        pass


def compare_keep_and_recall(engine: Any) -> None:
    """Do all that can be done with copies, questions that are kept, and what was asked."""
    group = engine.duplicates()[0]
    ids = [copy.asset_id for copy in group.copies]
    with contextlib.suppress(WrongUse):  # sounds, or pictures of one colour
        engine.compare_copies(*ids[:2])
    engine.part_copies(ids[:2])
    engine.undo()
    engine.remember(Query("a red wall"))
    assert engine.search_history()
    engine.forget_history()
    made = engine.save_search("Walls", Query("wall"))
    engine.change_search(made.id, Query("a red wall"))
    engine.rename_search(made.id, "Red walls")
    assert engine.smart_searches()
    engine.delete_search(made.id)
    assert engine.complete("typ", 3).options
    assert engine.as_text(Query("wall", filters=Filters(ratings=(3, 5))))
    engine.text_reading()
    engine.read_text(False)


def lose_fail_and_find(engine: Any, folders: tuple[Path, Path], wait_for: Wait) -> None:
    failures = engine.failures()
    assert failures
    engine.ignore_failures([failures[0].id])
    engine.ignore_failures([failures[0].id], False)
    rest(engine, wait_for, engine.retry())
    other = engine.roots()[1]
    engine.remove_root(other.id)
    assert len(engine.roots()) == 1
    engine.undo()
    rest(engine, wait_for)
    assert len(engine.roots()) == 2
    engine.forget_missing()
    engine.dismiss_notices()
    run = engine.index()
    engine.stop()
    rest(engine, wait_for, run)
    engine.status()


def test_nothing_that_the_engine_can_be_asked_touches_an_original(
    library: Path, folders: tuple[Path, Path], guard: Guard, tmp_path: Path, wait_for: Wait
) -> None:
    before = everything(*folders)
    with connect(library) as client:
        engine = Witness(client)
        index_look_and_search(engine, folders, wait_for)
        watch_and_save(engine, folders, tmp_path / "saved", wait_for)
        hear(engine, folders, wait_for)
        organise_and_take_back(engine)
        compare_keep_and_recall(engine)
        lose_fail_and_find(engine, folders, wait_for)
        assert everything(*folders) == before
        elsewhere = tmp_path / "elsewhere"
        os.rename(folders[1], elsewhere)
        moved = everything(elsewhere)
        root = next(root for root in engine.roots() if root.path == str(folders[1]))
        assert engine.relocate_root(root.id, str(elsewhere)).online
        rest(engine, wait_for)
        assert len(engine.search(Query()).ids) >= 14
        assert everything(elsewhere) == moved
        assert everything(folders[0]).items() <= before.items()
        # What `keep_copy` is asked to move to the trash has tests of its own.
        assert engine.asked >= VERBS.keys() - {"keep_copy"}
        process = psutil.Process(endpoints(library)[0].pid)
    process.terminate()
    process.wait(60)
    assert everything(elsewhere) == moved
    assert everything(folders[0]).items() <= before.items()
    assert guard.looks > 100 or sys.platform != "linux"
    assert not guard.found


def test_no_command_touches_an_original(
    library: Path, folders: tuple[Path, Path], guard: Guard, tmp_path: Path, wait_for: Wait
) -> None:
    one, other = map(str, folders)
    red = str(folders[0] / "red.png")
    film = str(folders[0] / "deep" / "film.mp4")
    song = str(folders[0] / "deep" / "song.mp3")
    before = everything(*folders)
    run: set[str] = set()
    with connect(library) as window:
        window.use_model("colours")
        window.use_model("tones")
        for line in (
            ("add", one), ("search", "--in", other, "a", "red", "wall"), ("index",),
            ("search", "--like", red), ("similar", red), ("search", "--like", film),
            ("similar", str(folders[1] / "film.mkv")), ("search", "said:land", "--json"),
            ("export", film, str(tmp_path), "--from", "1", "--frame"), ("status", "--json"),
            ("search", "--like", song), ("similar", song), ("speech",), ("speech", "off"),
            ("export", song, str(tmp_path), "--from", "1", "--to", "2", "--sound"),
            ("tag", "lake", one), ("untag", "lake", red), ("rate", "4", other), ("tags",),
            ("collections", "--put", "Best", red), ("undo",), ("redo",),
            ("search", "tag:lake", "rating:>=1"), ("failures", "--ignore", one),
            ("failures", "--unignore", one), ("failures", "--retry"), ("missing", "--forget"),
            ("roots", "--remove", other), ("undo",), ("roots",), ("models",), ("pace", "full"),
            ("doctor",), ("duplicates",), ("searches",), ("text",), ("text", "off"),
        ):  # fmt: skip
            # Here, and not in a process each: the engine they all ask is one.
            console = Console(io.StringIO(), io.StringIO(), io.BytesIO())
            status = run_command(["--library", str(library), *line], console)
            assert status in (0, 1), (line, console.err)
            run.add(line[0])
        rest(window, wait_for)
        process = psutil.Process(endpoints(library)[0].pid)
    process.terminate()
    process.wait(60)
    assert run == COMMANDS.keys() - {"engine"}
    assert everything(*folders) == before
    assert not guard.found
