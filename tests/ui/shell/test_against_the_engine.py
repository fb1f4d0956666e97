"""The window over the real engine in its own process, while folders and files come and go."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import psutil
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from assetman.core.duplicates import Likeness
from assetman.core.exports import ExportForm
from assetman.core.queries import Sort
from assetman.engine.client import connect
from assetman.ui.controller.state import SearchState
from assetman.ui.controller.text_chip import TextChip
from assetman.ui.duplicates.comparing import CompareDialog
from assetman.ui.duplicates.copy_rows import CopyRow
from assetman.ui.duplicates.dialog import DuplicatesDialog
from assetman.ui.export_dialog import ExportDialog
from assetman.ui.grid import GridView
from assetman.ui.grid.outlines import OutlinePicture
from assetman.ui.library_actions import place_of
from assetman.ui.player.clip import Clip
from assetman.ui.window import MainWindow
from kit.colours import publish
from kit.scenes import scene
from tests.kit.numbered import numbered_film, numbers_in
from tests.kit.sounds import joined, silence, tone, write_wav
from tests.ui.fake_engine import paint_pictures
from tests.ui.shell.conftest import Open

CHECKOUT = Path(__file__).parents[3]
LEFT = Qt.MouseButton.LeftButton
LIMIT = 60_000  # milliseconds
pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def living(
    open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MainWindow]:
    """Give a window over an engine of its own, whose model knows colours."""
    ways = [str(publish(tmp_path / "site")), str(CHECKOUT / "tests"), str(CHECKOUT)]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(ways))
    library = tmp_path / "library"
    api = connect(library)
    api.use_model("colours")
    window = open_window(None)
    window.bridge.attach(api)
    yield window
    window.close()
    window.bridge.close()
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if str(library) in process.cmdline():
                process.kill()
                process.wait(10)


def test_what_happens_in_the_folders_is_seen_undone_and_found_again(
    qtbot: QtBot, living: MainWindow, tmp_path: Path
) -> None:
    def until(condition: Callable[[], bool]) -> None:
        qtbot.waitUntil(condition, timeout=30_000)

    window, photos = living, tmp_path / "Photos"
    watch, grid, bar = window.library.watch, window.content.grid, window.message_bar
    paint_pictures(photos)
    window.library.actions.add([str(photos)])
    until(lambda: len(grid.ids()) == 5 and not watch.working)

    grid.go_to(grid.ids()[0])
    grid.setFocus()
    qtbot.keyClick(grid, Qt.Key.Key_4)
    until(bar.action.isVisible)
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    until(lambda: bar.sentence.text() == "Undone: Rate 1 file 4.")

    (photos / "red barn.jpg").rename(tmp_path / "red barn.jpg")
    until(window.library.sidebar.missing.isVisible)
    window.living.show_missing()
    until(lambda: len(grid.ids()) == 1)
    (tmp_path / "red barn.jpg").rename(photos / "red barn.jpg")
    until(window.content.empty.action.isVisible)
    window.content.empty.action.click()
    until(lambda: len(grid.ids()) == 5)

    shutil.move(photos, tmp_path / "New disk")
    until(lambda: watch.status is not None and watch.status.offline == 5)
    place = place_of(window.library.folders.roots()[0])
    window.library.actions.relocate(place, str(tmp_path / "New disk"))
    until(lambda: watch.status is not None and watch.status.offline == 0)
    until(lambda: bar.sentence.text().startswith("“Photos” is found in"))

    window.library.actions.remove(place_of(window.library.folders.roots()[0]))
    until(lambda: grid.ids() == [])
    until(lambda: bar.sentence.text().startswith("“New disk” is no longer"))
    qtbot.mouseClick(bar.action, Qt.MouseButton.LeftButton)
    until(lambda: len(grid.ids()) == 5)


def test_what_is_asked_is_offered_explained_corrected_and_kept(
    qtbot: QtBot, living: MainWindow, tmp_path: Path
) -> None:
    def until(condition: Callable[[], bool]) -> None:
        qtbot.waitUntil(condition, timeout=LIMIT)

    window, words = living, living.top_bar.search.words
    paint_pictures(tmp_path / "Photos")
    window.library.actions.add([str(tmp_path / "Photos")])
    until(lambda: len(window.content.grid.ids()) == 5 and not window.library.watch.working)

    qtbot.keyClicks(words, "barn ext:")
    until(lambda: window.completing.suggestions.labels() == ["jpg", "png", "webp"])
    qtbot.keyClick(words, Qt.Key.Key_Tab)
    assert words.text() == "barn ext:jpg "
    qtbot.keyClicks(words, "size:much")
    until(lambda: bool(words.mistakes))
    (mistake,) = words.mistakes
    assert words.text()[mistake.start : mistake.end] == "size:much"

    grid, results = window.content.grid, window.session.results
    assert results is not None
    assert results.hits  # what was understood is searched
    grid.go_to(grid.ids()[0])
    until(lambda: bool(window.inspector.reasons.rows()))
    shares = [row.part.share for row in window.inspector.reasons.rows()]
    assert sum(shares) == pytest.approx(grid.assets.hits[grid.ids()[0]].score, abs=1e-6)

    chosen = SearchState(chips=(TextChip("orientation:portrait"), TextChip("ext:png")))
    window.session.go(chosen)
    until(lambda: len(grid.ids()) == 1)
    query = window.session.state.query()
    window.organiser.write(lambda api: api.save_search("Tall", query), "Kept")
    side = window.library.sidebar.searches.list.rows
    until(lambda: [(row.name, row.count) for row in side.entries] == [("Tall", 1)])
    window.session.go(SearchState())
    window.searches.restore(query)
    until(lambda: window.session.state == chosen)
    window.narrowing.copy_as_text(query)
    until(lambda: window.message_bar.sentence.text().startswith("Copied: "))


def test_copies_are_found_compared_put_into_the_trash_and_brought_back(
    qtbot: QtBot, living: MainWindow, tmp_path: Path
) -> None:
    def until(condition: Callable[[], bool]) -> None:
        qtbot.waitUntil(condition, timeout=LIMIT)

    window, photos = living, tmp_path / "Photos"
    photos.mkdir()
    whole = scene(1)
    whole.save(photos / "boat.png")
    shutil.copy(photos / "boat.png", photos / "boat copy.png")
    whole.resize((320, 210)).save(photos / "small.jpg", quality=80)
    whole.crop((30, 20, whole.width - 40, whole.height - 10)).save(photos / "cropped.jpg")
    scene(2).save(photos / "other.png")
    window.library.actions.add([str(photos)])
    until(window.library.sidebar.duplicates.isVisible)
    qtbot.mouseClick(window.library.sidebar.duplicates, LEFT)
    dialog = window.findChild(DuplicatesDialog)
    assert isinstance(dialog, DuplicatesDialog)
    until(lambda: largest(dialog) == 4)  # the same bytes are known before what shows the same
    qtbot.mouseClick(dialog.filters[Likeness.NEAR], LEFT)
    until(
        lambda: sorted(named(dialog)) == ["boat copy.png", "boat.png", "cropped.jpg", "small.jpg"]
    )
    ids = {row.name.text(): row.copy.asset_id for row in dialog.copies.rows}
    assert "whole" in dialog.copies.rows[0].why.text()
    window.organiser.write(lambda api: api.tag([ids["small.jpg"]], ["harbour"]), "Tagged")

    qtbot.mouseClick(row_of(dialog, "small.jpg").compare, LEFT)
    comparing = dialog.findChild(CompareDialog)
    assert isinstance(comparing, CompareDialog)
    until(lambda: "both show differs" in comparing.message.text())
    qtbot.keyClick(comparing, Qt.Key.Key_Escape)

    trash = Path(os.environ["XDG_DATA_HOME"]) / "Trash"
    before = trashed(trash)  # by other tests
    row_of(dialog, "boat.png").keep.setChecked(True)
    assert dialog.keep.text() == "Keep this, move the 3 others to the trash"
    qtbot.mouseClick(dialog.keep, LEFT)
    until(lambda: bool(dialog.messages.sentence.text()))
    assert dialog.messages.sentence.text().startswith("Kept “boat.png”: the 3 others")
    assert sorted(os.listdir(photos)) == ["boat.png", "other.png"]
    gone = ("boat copy.png", "cropped.jpg", "small.jpg")
    assert trashed(trash) - before == {quote(f"{photos}/{name}") for name in gone}
    until(lambda: dialog.empty.isVisible())
    grid = window.content.grid
    grid.go_to(ids["boat.png"])
    until(lambda: tags_of(window, ids["boat.png"]) == ("harbour",))

    until(dialog.messages.action.isVisible)
    qtbot.mouseClick(dialog.messages.action, LEFT)
    until(lambda: len(os.listdir(photos)) == 5 and len(named(dialog)) == 4)
    assert trashed(trash) == before
    until(lambda: tags_of(window, ids["boat.png"]) == ())
    window.session.go(SearchState(words="blue"))
    until(lambda: sorted(row_counts(grid)) == [1, 4])
    lead = next(hit.asset_id for hit in grid.assets.hits.values() if hit.stack)
    grid.stacks.open(lead)
    until(lambda: len(grid.ids()) == 5 and set(grid.ids()) <= set(grid.assets.hits))
    until(lambda: row_of(dialog, "small.jpg").part.isVisible())
    qtbot.mouseClick(row_of(dialog, "small.jpg").part, LEFT)
    until(lambda: "small.jpg" not in named(dialog) and len(named(dialog)) == 3)
    dialog.close()


def trashed(trash: Path) -> set[str]:
    """List where the files in the trash came from, as it writes that down."""
    notes = (trash / "info").glob("*.trashinfo")
    lines = [line for note in notes for line in note.read_text().splitlines()]
    return {line.removeprefix("Path=") for line in lines if line.startswith("Path=")}


def row_counts(grid: GridView) -> list[int]:
    """Say of each hit how many files it stands for."""
    return [len(hit.stack.asset_ids) if hit.stack else 1 for hit in grid.assets.hits.values()]


def largest(dialog: DuplicatesDialog) -> int:
    return max((len(group.copies) for group in dialog.groups.groups.groups), default=0)


def named(dialog: DuplicatesDialog) -> list[str]:
    return [row.name.text() for row in dialog.copies.rows]


def row_of(dialog: DuplicatesDialog, name: str) -> CopyRow:
    return dialog.copies.rows[named(dialog).index(name)]


def tags_of(window: MainWindow, asset_id: int) -> tuple[str, ...]:
    card = window.content.grid.assets.store.get(asset_id)
    return card.asset.tags if card is not None else ("not here yet",)


def test_a_frame_and_a_clip_saved_in_the_window_lie_where_they_should(
    qtbot: QtBot, living: MainWindow, tmp_path: Path
) -> None:
    film = numbered_film(tmp_path / "videos" / "film.mp4", 50).path
    before = film.read_bytes()
    place = tmp_path / "place"
    place.mkdir()
    living.memory.saved_in = str(place)
    grid = living.content.grid
    living.library.actions.add([str(film.parent)])
    qtbot.waitUntil(lambda: len(grid.ids()) == 1, timeout=LIMIT)
    clip = Clip(grid.ids()[0], 1.4, 1.6, 1.48)
    forms = [ExportForm.FRAME]
    forms += [ExportForm.QUICK] if shutil.which("ffmpeg") else []
    for form in forms:
        grid.export_wanted.emit(clip)
        qtbot.waitUntil(lambda: bool(living.findChildren(ExportDialog)), timeout=LIMIT)
        (dialog,) = living.findChildren(ExportDialog)
        dialog.choices[form].setChecked(True)
        target = place / dialog.name.text()
        qtbot.mouseClick(dialog.do, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(target.exists, timeout=LIMIT)
        qtbot.waitUntil(lambda: not living.findChildren(ExportDialog), timeout=LIMIT)
    if shutil.which("ffmpeg"):
        assert numbers_in(target)[0] == 25
        said = living.message_bar.sentence
        qtbot.waitUntil(lambda: "0.4 s early" in said.text(), timeout=LIMIT)
    assert len(os.listdir(place)) == len(forms)
    assert film.read_bytes() == before


def test_sounds_show_their_outlines_and_are_ordered_by_what_was_measured_of_them(
    qtbot: QtBot, living: MainWindow, tmp_path: Path
) -> None:
    folder = tmp_path / "Sounds"
    for name, level in (("quiet", 0.02), ("loud", 0.8), ("middling", 0.2)):
        write_wav(folder / f"{name}.wav", joined(silence(1), tone(440, 2, level)))
    grid = living.content.grid
    living.library.actions.add([str(folder)])
    qtbot.waitUntil(lambda: len(grid.ids()) == 3, timeout=LIMIT)

    def outlined() -> bool:
        return all(isinstance(grid.sight.source(row), OutlinePicture) for row in range(3))

    def names() -> list[str]:
        cards = [grid.assets.card(row) for row in range(3)]
        return [card.asset.name for card in cards if card is not None]

    qtbot.waitUntil(lambda: outlined() and not living.library.watch.working, timeout=LIMIT)
    qtbot.waitUntil(lambda: grid.sight.thumbnail(2) is not None, timeout=LIMIT)
    living.views.toggle()
    grid.listing.header.order_wanted.emit(Sort.LOUDNESS, True)
    loudest = ["loud.wav", "middling.wav", "quiet.wav"]
    qtbot.waitUntil(lambda: names() == loudest, timeout=LIMIT)
    assert living.library.watch.model_line.count(",") == 1
