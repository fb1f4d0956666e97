"""Take pictures of the whole window, to be looked at: `python tests/ui/look.py FOLDER [SCALE]`.

Every picture shows the real window over the small engine in memory: light and dark, empty, with
five assets and with ten thousand, in three sizes, its sounds, and its dialogs.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
if len(sys.argv) > 2:
    os.environ["QT_SCALE_FACTOR"] = sys.argv[2]
sys.path.insert(0, str(Path(__file__).parents[2]))

from PySide6.QtCore import QMimeData, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from assetman.core.assets import Kind
from assetman.core.changes import Changes
from assetman.core.duplicates import Comparison, Copy, DuplicateGroup, Likeness
from assetman.core.progress import Phase, Progress
from assetman.core.queries import Example, FolderFilter, Query, Sort
from assetman.ui.add_model import AddModel
from assetman.ui.bridge import EngineBridge
from assetman.ui.confirm import Confirm
from assetman.ui.controller.state import (
    ExampleChip,
    FolderChip,
    KindChip,
    RatingChip,
    SearchState,
    TagChip,
)
from assetman.ui.controller.text_chip import TextChip
from assetman.ui.duplicates.comparing import CompareDialog
from assetman.ui.duplicates.dialog import DuplicatesDialog
from assetman.ui.failures_dialog import FailuresDialog
from assetman.ui.folders_dialog import FoldersDialog
from assetman.ui.library_actions import place_of
from assetman.ui.models_dialog import ModelsDialog
from assetman.ui.speech_dialog import SpeechDialog
from assetman.ui.theme import Scheme, appearance
from assetman.ui.window import MainWindow
from tests.ui.fake_engine import FakeEngine, paint_pictures
from tests.ui.fake_films import FakeShot
from tests.ui.fake_sounds import FakePart

SIZES = ((800, 600), (1440, 900), (2560, 1440))


def settle(seconds: float = 0.6) -> None:
    """Let everything that was asked for arrive and be painted."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        QApplication.processEvents()
        time.sleep(0.01)


def wait_for(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    """Let events pass until something is true."""
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        QApplication.processEvents()
        time.sleep(0.01)
    assert condition()


class Album:
    """Puts pictures of widgets into a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.tail = f"@{sys.argv[2]}x" if len(sys.argv) > 2 else ""

    def take(self, widget: QWidget, name: str) -> None:
        assert widget.grab().save(str(self.folder / f"{name}{self.tail}.png"))


def open_window(engine: FakeEngine, folder: Path, scheme: Scheme) -> MainWindow:
    """Open a window over an engine."""
    window = MainWindow(EngineBridge(), folder / "pasted")
    appearance().set_scheme(scheme)
    window.show()
    window.bridge.attach(engine)
    wait_for(lambda: window.session.results is not None and window.library.watch.status is not None)
    return window


def engines(folder: Path) -> dict[str, FakeEngine]:
    """Make an empty engine, one with five assets and one with ten thousand."""
    empty = FakeEngine(folder / "empty")
    five = FakeEngine(folder / "five")
    paint_pictures(folder / "Photos")
    five.add_root(str(folder / "Photos"))
    five.index()
    many = FakeEngine(folder / "many")
    many.add_root(str(folder / "Photos"))
    many.index()
    many.add_many(10_000, "/media/Archive disk")
    archive = list(many.root_rows)[-1]
    many.root_rows[archive] = replace(many.root_rows[archive], online=False)
    for number in range(3):
        many.add_failure(f"/media/Archive disk/2021/broken {number}.jpg", "The file is cut short.")
    return {"0": empty, "5": five, "10000": many}


def busy(engine: FakeEngine, window: MainWindow) -> None:
    """Have it index, with a question that has chips."""
    root = next(iter(engine.root_rows.values()))
    asset = next(iter(engine.rows.values()))
    session = window.session
    session.add(
        [
            ExampleChip(Example(asset_id=asset.asset.id), "sunset.jpg", asset.thumbnail),
            FolderChip(FolderFilter(root.id), root.name),
        ]
    )
    window.top_bar.search.words.setText("red barn in the evening")
    engine.searchable = 3
    session.say("red")
    settle()
    engine.say_progress(
        Progress(1, Phase.INDEXING, "Photos", 1312, 2118, 3, rate=14.2, seconds_left=57.0)
    )
    settle()


def shoot_sounds(album: Album, folder: Path, scheme: Scheme) -> None:
    """Take sounds: as cards small and large, found, under the pointer, as a list, as questions."""
    engine = FakeEngine(folder / f"sounds-{scheme}")
    photos = folder / "Photos"
    engine.add_root(str(photos))
    engine.index()
    engine.add_sounds(60)
    cover = str(photos / "Coast" / "evening.jpg")
    engine.add_sound(str(photos / "surf.wav"), [FakePart("#2f6fc4", 3)])
    song = [FakePart("#c0392b", 40, 0.1), FakePart("#2f6fc4", 30, 0.9), FakePart("#c0392b", 9, 0)]
    engine.add_sound(str(photos / "A song.flac"), song, cover=cover)
    film = engine.add_film(str(photos / "harbour.mp4"), [FakeShot("#c0392b", 20)])
    engine.add_heard(film, 5, 15, "#2f6fc4")
    window = open_window(engine, folder, scheme)
    window.resize(1280, 800)
    window.session.say("blue")
    settle(1.0)
    grid = window.content.grid
    grid.go_to(grid.ids()[2])
    QTest.mouseMove(grid.viewport(), grid.picture_rect(1).center())
    settle(0.8)
    album.take(window, f"sounds-found-{scheme}")
    window.top_bar.sizes.slider.setValue(96)
    settle()
    album.take(window, f"sounds-small-{scheme}")
    window.top_bar.sizes.slider.setValue(384)
    settle()
    album.take(window, f"sounds-large-{scheme}")
    window.views.toggle()
    settle()
    album.take(window, f"sounds-list-found-{scheme}")
    window.session.add(
        [
            ExampleChip(Example(path=str(photos / "surf.wav")), "surf.wav", None, True),
            ExampleChip(Example(asset_id=film, start=5, end=15), "harbour.mp4", cover),
        ]
    )
    settle(1.0)
    album.take(window, f"sounds-asked-{scheme}")
    window.session.go(SearchState(sort=Sort.LOUDNESS))
    settle()
    for width, height in ((800, 600), (2200, 1200)):
        window.resize(width, height)
        settle()
        album.take(window, f"sounds-list-{scheme}-{width}")
    order = window.top_bar.order.menu()
    order.popup(window.mapToGlobal(window.rect().center()))
    settle(0.2)
    album.take(order, f"sounds-orders-{scheme}")
    order.close()
    window.views.toggle()
    window.top_bar.sizes.slider.setValue(168)
    window.close()
    window.deleteLater()
    settle(0.1)


def shoot_trust(album: Album, folder: Path, scheme: Scheme) -> None:
    """Take how sure results are, what is typed and offered, what was kept and asked before."""
    engine = FakeEngine(folder / f"trust-{scheme}")
    engine.add_root(str(folder / "Photos"))
    engine.index()
    engine.add_many(300)
    engine.save_search("Golden hour, no people", Query("orange -people"))
    for asked in ("waves on rocks -people", "red barn size:>1mb", "green OR blue"):
        engine.remember(Query(asked))
    window = open_window(engine, folder, scheme)
    words = window.top_bar.search.words
    for width, height in ((800, 600), (1440, 900)):
        window.resize(width, height)
        for name, least in (("sure", 0.68), ("none", 3.0)):
            engine.sure = least
            window.session.go(SearchState(f"red {name}"))
            window.session.go(SearchState("red -people", (TextChip("color:teal"),)))
            settle(0.8)
            window.content.grid.go_to(window.content.grid.ids()[1])
            settle(0.8)
            album.take(window, f"trust-{name}-{scheme}-{width}")
        window.session.go(SearchState())
    for typed, name in (("barn orientation:", "offered"), ("red size:much", "mistake")):
        words.clear()
        words.setFocus()
        QTest.keyClicks(words, typed)
        settle(1.5)
        album.take(window, f"trust-{name}-{scheme}")
    words.clear()
    window.searches.show_history()
    settle()
    album.take(window, f"trust-history-{scheme}")
    window.close()
    window.deleteLater()
    settle(0.1)


def shoot(album: Album, folder: Path) -> None:
    """Take all the pictures."""
    for name, engine in engines(folder).items():
        for scheme in (Scheme.DARK, Scheme.LIGHT):
            window = open_window(engine, folder, scheme)
            for width, height in SIZES:
                if (width, height) == SIZES[2] and name != "10000":
                    continue
                window.resize(width, height)
                settle()
                if name == "10000":
                    window.content.grid.go_to(window.content.grid.ids()[3])
                settle(0.3)
                album.take(window, f"{name}-{scheme}-{width}")
            if name == "5":
                window.resize(1440, 900)
                busy(engine, window)
                album.take(window, f"busy-{scheme}-1440")
                window.resize(800, 600)
                settle()
                album.take(window, f"busy-{scheme}-800")
            if name == "10000":
                shoot_organised(album, window, scheme)
                shoot_parts(album, window, scheme)
            window.close()
            window.deleteLater()
            settle(0.1)
    for scheme in (Scheme.DARK, Scheme.LIGHT):
        shoot_sounds(album, folder, scheme)
        shoot_trust(album, folder, scheme)
        shoot_copies(album, folder, scheme)


def shoot_parts(album: Album, window: MainWindow, scheme: Scheme) -> None:
    """Take the parts that come and go: open folders, menus, targets, dialogs, messages."""
    window.resize(1440, 900)
    tree = window.library.sidebar.tree
    tree.expand(window.library.folders.index(1, 0))
    settle(0.3)
    tree.expand(window.library.folders.index(0, 0, window.library.folders.index(1, 0)))
    tree.setFocus(Qt.FocusReason.TabFocusReason)
    window.session.add([KindChip(Kind.IMAGE)])
    window.message_bar.say("The disk is full: free some space, then resume.", problem=True)
    settle()
    album.take(window, f"tree-{scheme}")
    window.message_bar.hide()
    mime = QMimeData()
    root = next(iter(window.library.folders.roots()))
    mime.setUrls(
        [QUrl.fromLocalFile(root.root.path), QUrl.fromLocalFile(root.root.path + "/a.jpg")]
    )
    event = QDragEnterEvent(
        QPointF(400, 300).toPoint(),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dragEnterEvent(event)
    settle()
    album.take(window, f"drop-{scheme}")
    window.intake.targets.hide()
    for dialog in (
        ModelsDialog(window.bridge, window),
        SpeechDialog(window.bridge, window),
        FailuresDialog(window.bridge, window),
        FoldersDialog(window.bridge, window.library.watch, window.library.actions, window),
        AddModel(window.bridge, "", [], False, window),
    ):
        dialog.open()
        settle()
        album.take(dialog, f"{type(dialog).__name__}-{scheme}")
        dialog.close()
    shoot_missing(album, window, scheme)
    window.menu.popup(window.mapToGlobal(window.rect().center()))
    settle(0.2)
    album.take(window.menu, f"menu-{scheme}")
    window.menu.close()
    window.top_bar.filters.popup(window.mapToGlobal(window.rect().center()))
    settle(0.2)
    album.take(window.top_bar.filters, f"filters-{scheme}")
    window.top_bar.filters.close()


def add_copies(engine: FakeEngine, folder: Path) -> None:
    """Let some files be copies of each other, and two of them comparable."""
    one, two, three, four, five, *more = sorted(engine.rows)
    apart = ("cropped by 12 %", "640 × 480", "more compressed", "2 tags")
    best = Copy(one, ("largest: 4,032 × 3,024", "has the camera's data", "oldest"))
    near = (best, Copy(two, apart), Copy(three, ("mirrored", "in another light")))
    film = (Copy(five, ("whole",)), Copy(four, ("cut short", "more compressed"), 12.0, 40.0))
    exact = (Copy(more[0], ("oldest",)), *(Copy(i, ("the same bytes",)) for i in more[1:7]))
    engine.copy_groups = [
        DuplicateGroup(1, Likeness.NEAR, near, 48_300_000),
        DuplicateGroup(2, Likeness.NEAR, film, 12_100_000),
        DuplicateGroup(3, Likeness.EXACT, exact, 940_000),
    ]
    engine.tag([two], ["beach", "summer"])
    engine.rate([two], 4)
    paths = [str(folder / f"compared {name}.png") for name in ("first", "second", "lit")]
    for path, marked in zip(paths, (False, True, False), strict=True):
        image = QImage(640, 480, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent if path == paths[2] else QColor("#5c7f9c"))
        with QPainter(image) as painter:
            if path == paths[2]:
                painter.fillRect(400, 120, 120, 90, QColor(255, 64, 64, 180))
            elif marked:
                painter.fillRect(400, 120, 120, 90, QColor("#e0c060"))
        assert image.save(path)
    engine.comparisons[one, two] = Comparison(*paths, 0.035)


def shoot_copies(album: Album, folder: Path, scheme: Scheme) -> None:
    """Take the duplicates: the list, a choice, two side by side, what was done, none."""
    engine = FakeEngine(folder / f"copies-{scheme}")
    engine.add_root(str(folder / "Photos"))
    engine.index()
    engine.add_many(20)
    window = open_window(engine, folder, scheme)
    window.library.show_duplicates()
    dialog = next(iter(window.findChildren(DuplicatesDialog)))
    settle()
    album.take(dialog, f"copies-none-{scheme}")
    add_copies(engine, folder)
    engine.emit(Changes(duplicates=True))
    settle(1.0)
    album.take(dialog, f"copies-{scheme}")
    album.take(window, f"copies-window-{scheme}")
    dialog.compare(dialog.copies.rows[1].copy.asset_id)
    settle()
    comparing = next(iter(dialog.findChildren(CompareDialog)))
    album.take(comparing, f"copies-compared-{scheme}")
    comparing.accept()
    dialog.keep_chosen()
    settle(1.0)
    dialog.groups.setCurrentIndex(dialog.groups.groups.index(1))
    dialog.copies.take_focus()
    settle()
    album.take(dialog, f"copies-kept-{scheme}")
    dialog.close()
    window.close()
    window.deleteLater()
    settle(0.1)


def organise(engine: FakeEngine) -> None:
    """Give assets ratings, tags of all lengths and collections."""
    ids = sorted(engine.rows)
    for number in range(40):
        name = "a tag with a long name that says more than a tag should" if not number else ""
        engine.tag(ids[number :: 7 + number], [name or f"tag {number}"])
    for rating in range(1, 6):
        engine.rate(ids[rating::9], rating)
    engine.make_collection("Coast film", ids[:9])
    engine.make_collection("Poster references for the spring exhibition", ids[4:7])


def shoot_organised(album: Album, window: MainWindow, scheme: Scheme) -> None:
    """Take ratings, tags and collections: of one, of all, being typed, chosen at the left."""
    engine, grid = window.bridge.api, window.content.grid
    assert isinstance(engine, FakeEngine)
    if not engine.collection_rows:
        organise(engine)
    window.resize(1280, 800)
    window.session.go(SearchState())
    wait_for(lambda: len(window.organiser.tags) == 40 and len(grid.ids()) > 100)
    grid.setFocus()
    grid.go_to(grid.ids()[1])
    settle()
    album.take(window, f"organised-one-{scheme}")
    grid.selectAll()
    settle(1.5)
    window.organiser.tags_wanted.emit(grid.selected_ids())
    QTest.keyClicks(window.content.tagging.editor.field, "tag 1")
    settle()
    album.take(window, f"organised-all-{scheme}")
    window.content.tagging.editor.field.clear()
    window.content.tagging.leave()
    window.session.add([TagChip("tag 3"), RatingChip(3)])
    window.library.sidebar.tags.more.click()
    settle()
    album.take(window, f"organised-filtered-{scheme}")
    window.session.go(SearchState())
    window.library.sidebar.tags.more.click()


def shoot_missing(album: Album, window: MainWindow, scheme: Scheme) -> None:
    """Take the list of missing files, what is asked before they are forgotten, and an undo."""
    engine = window.bridge.api
    assert isinstance(engine, FakeEngine)
    window.session.go(SearchState())
    wait_for(lambda: len(window.content.grid.ids()) > 12)
    engine.lose_files(window.content.grid.ids()[:12])
    window.living.show_missing()
    wait_for(lambda: 12 <= len(window.content.grid.ids()) < 100)
    window.content.grid.go_to(window.content.grid.ids()[2])
    settle()
    album.take(window, f"missing-{scheme}")
    window.living.forget_missing()
    settle(0.3)
    for box in window.findChildren(Confirm):
        album.take(box, f"forget-{scheme}")
        box.close()
    window.library.sidebar.everything.click()
    settle()
    window.library.actions.remove(place_of(window.library.folders.roots()[0]))
    settle()
    album.take(window, f"undo-{scheme}")
    window.living.undo.undo()
    settle()


def main() -> None:
    """Take the pictures."""
    application = QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        QSettings.setPath(
            QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(folder / "settings")
        )
        appearance().set_scale(float(os.environ.get("ASSETMAN_TEXT", "1")))
        shoot(Album(Path(sys.argv[1])), folder)
        application.processEvents()


if __name__ == "__main__":
    main()
