"""Duplicates, as a person looks through them: groups, copies, two side by side, what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, QSize, Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from assetman.core.assets import AssetState, Kind
from assetman.core.changes import Changes
from assetman.core.duplicates import Comparison, Copy, DuplicateGroup, Likeness
from assetman.core.errors import EnvironmentProblem
from assetman.core.queries import Hit, Stack
from assetman.ui.duplicates.comparing import CompareDialog
from assetman.ui.duplicates.dialog import DuplicatesDialog
from assetman.ui.duplicates.wording import differing_text
from assetman.ui.grid.stack_mark import stack_text, stack_words
from assetman.ui.window import MainWindow
from tests.ui.fake_engine import FakeEngine
from tests.ui.shell.test_library_side import called

LEFT = Qt.MouseButton.LeftButton
NONE, CONTROL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def ids(engine: FakeEngine) -> dict[str, int]:
    """The pictures by name; three of them are near copies, two hold the same bytes."""
    found = {row.asset.name: id_ for id_, row in engine.rows.items()}
    near = (
        Copy(found["green hills.jpg"], ("whole", "largest: 4,032 × 3,024")),
        Copy(found["red barn.jpg"], ("cropped by 12 %", "mirrored")),
        Copy(found["evening.jpg"], ("more compressed",)),
    )
    exact = (
        Copy(found["blue bay.png"], ("oldest",)),
        Copy(found["grey stones.webp"], ("the same bytes",)),
    )
    engine.copy_groups = [
        DuplicateGroup(3, Likeness.NEAR, near, 48_000_000),
        DuplicateGroup(4, Likeness.EXACT, exact, 940_000),
    ]
    return found


@pytest.fixture
def dialog(
    qtbot: QtBot, engine: FakeEngine, ids: dict[str, int], window: MainWindow
) -> Iterator[DuplicatesDialog]:
    """The dialog, opened from the menu."""
    next(a for a in window.menu.actions() if a.text() == "Duplicates…").trigger()
    opened = window.findChild(DuplicatesDialog)
    assert isinstance(opened, DuplicatesDialog)
    qtbot.waitUntil(lambda: len(opened.copies.rows) == 3)
    qtbot.waitUntil(lambda: opened.copies.rows[0].name.text() == "green hills.jpg")
    yield opened
    opened.close()


def listed(dialog: DuplicatesDialog) -> list[str]:
    """Read the groups as a screen reader does."""
    model = dialog.groups.groups
    rows = (model.index(row, 0, QModelIndex()) for row in range(model.rowCount()))
    return [str(model.data(row, Qt.ItemDataRole.AccessibleTextRole)) for row in rows]


def choose_row(qtbot: QtBot, dialog: DuplicatesDialog, row: int) -> None:
    place = dialog.groups.visualRect(dialog.groups.groups.index(row)).center()
    qtbot.mouseClick(dialog.groups.viewport(), LEFT, NONE, place)


def test_a_quiet_row_at_the_side_counts_the_groups_and_opens_them(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine, ids: dict[str, int]
) -> None:
    groups, engine.copy_groups = engine.copy_groups, []
    row = window.library.sidebar.duplicates
    engine.emit(Changes(duplicates=True))
    qtbot.waitUntil(lambda: len(called(engine, "duplicates")) > 1)
    engine.copy_groups = groups
    engine.emit(Changes(duplicates=True))
    qtbot.waitUntil(row.isVisible)
    assert row.accessibleName() == "Duplicates, 2 groups"
    qtbot.mouseClick(row, LEFT)
    qtbot.waitUntil(lambda: window.findChild(DuplicatesDialog) is not None)
    engine.copy_groups = []
    engine.emit(Changes(duplicates=True))
    qtbot.waitUntil(lambda: not row.isVisible())
    opened = window.findChild(DuplicatesDialog)
    assert isinstance(opened, DuplicatesDialog)
    qtbot.waitUntil(lambda: opened.empty.text() == "There are no duplicates.")
    assert not opened.keep.isVisible()
    opened.close()


def test_groups_say_what_they_waste_and_copies_what_sets_them_apart(
    qtbot: QtBot, dialog: DuplicatesDialog
) -> None:
    qtbot.waitUntil(lambda: "not loaded" not in " ".join(listed(dialog)))
    assert listed(dialog) == [
        "green hills.jpg, 3 near copies, 48 MB to be freed",
        "blue bay.png, 2 exact copies, 940 kB to be freed",
    ]
    assert dialog.summary.text() == "2 groups, up to 49 MB could be freed"
    first, second, _ = dialog.copies.rows
    assert first.why.text() == "Proposed to be kept: whole, largest: 4,032 × 3,024"
    assert first.keep.isChecked()
    assert not first.compare.isVisible()
    assert second.why.text() == "Cropped by 12 %, mirrored"
    assert second.folder.text().endswith("Photos")
    assert second.keep.accessibleName().startswith("Keep red barn.jpg, Cropped by 12 %")
    qtbot.mouseClick(dialog.filters[Likeness.EXACT], LEFT)
    assert [words.split(",")[0] for words in listed(dialog)] == ["blue bay.png"]
    assert dialog.keep.text() == "Keep this, move the other to the trash"


def test_a_film_says_which_seconds_of_the_first_it_shows(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine, ids: dict[str, int]
) -> None:
    for id_ in (ids["blue bay.png"], ids["evening.jpg"]):
        asset = engine.rows[id_].asset
        engine.rows[id_].asset = replace(asset, kind=Kind.VIDEO, duration=90.0)
    film = (Copy(ids["blue bay.png"], ("whole",)), Copy(ids["evening.jpg"], ("cut",), 12.0, 40.0))
    engine.copy_groups = [DuplicateGroup(1, Likeness.NEAR, film, 1000)]
    window.library.show_duplicates()
    opened = window.findChild(DuplicatesDialog)
    assert isinstance(opened, DuplicatesDialog)
    qtbot.waitUntil(lambda: len(opened.copies.rows) == 2)
    said = opened.copies.rows[1].seconds
    qtbot.waitUntil(lambda: said.text() == "Shows 0:12 – 0:40 of “blue bay.png”")
    opened.close()


def test_the_one_chosen_is_kept_with_tags_and_rating_and_undo_brings_the_others_back(
    qtbot: QtBot,
    window: MainWindow,
    engine: FakeEngine,
    ids: dict[str, int],
    dialog: DuplicatesDialog,
) -> None:
    green, red = ids["green hills.jpg"], ids["red barn.jpg"]
    engine.tag([green], ["spring"])
    engine.rate([green], 4)
    qtbot.keyClick(dialog.groups, Qt.Key.Key_Return)  # on to the copies
    first, second = (row.keep for row in dialog.copies.rows[:2])
    qtbot.keyClick(first, Qt.Key.Key_Down)
    assert second.isChecked()
    qtbot.keyClick(second, Qt.Key.Key_Return, CONTROL)
    sentence = (
        "Kept “red barn.jpg”: the 2 others are in the trash, "
        "their tags and ratings are on this one now."
    )
    qtbot.waitUntil(lambda: dialog.messages.sentence.text() == sentence)
    assert called(engine, "keep_copy") == [(red, (green, ids["evening.jpg"]))]
    assert engine.rows[red].asset.tags == ("spring",)
    assert engine.rows[green].asset.state is AssetState.MISSING
    qtbot.waitUntil(lambda: len(listed(dialog)) == 1)
    qtbot.waitUntil(lambda: window.message_bar.sentence.text() == sentence)
    qtbot.waitUntil(lambda: window.message_bar.action.text() == "Undo")
    qtbot.keyClick(dialog, Qt.Key.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: len(listed(dialog)) == 2)
    assert engine.rows[green].asset.state is AssetState.PRESENT
    assert engine.rows[red].asset.tags == ()


def test_what_is_no_duplicate_goes_and_comes_back_with_undo(
    qtbot: QtBot, engine: FakeEngine, ids: dict[str, int], dialog: DuplicatesDialog
) -> None:
    choose_row(qtbot, dialog, 1)
    assert len(dialog.copies.rows) == 2
    qtbot.mouseClick(dialog.part, LEFT)
    said = "The two files are no longer shown as duplicates."
    qtbot.waitUntil(lambda: dialog.messages.sentence.text() == said)
    assert called(engine, "part_copies") == [(ids["blue bay.png"], ids["grey stones.webp"])]
    qtbot.waitUntil(lambda: len(listed(dialog)) == 1)
    qtbot.mouseClick(dialog.messages.action, LEFT)
    qtbot.waitUntil(lambda: len(listed(dialog)) == 2)


def test_one_file_is_taken_out_of_its_group_and_comes_back_with_undo(
    qtbot: QtBot, engine: FakeEngine, ids: dict[str, int], dialog: DuplicatesDialog
) -> None:
    green, red, evening = (row.copy.asset_id for row in dialog.copies.rows)
    out = dialog.copies.rows[1].part
    assert out.accessibleName() == "red barn.jpg is not a duplicate of the others"
    out.setFocus()
    qtbot.keyClick(out, Qt.Key.Key_Space)
    said = "“red barn.jpg” is no longer shown as a duplicate of the others."
    qtbot.waitUntil(lambda: dialog.messages.sentence.text() == said)
    assert called(engine, "part_copies") == [((red,), (green, evening))]
    qtbot.waitUntil(lambda: len(dialog.copies.rows) == 2)
    assert [row.copy.asset_id for row in dialog.copies.rows] == [green, evening]
    assert not dialog.copies.rows[0].part.isVisible()  # of two: the button below says it of both
    qtbot.keyClick(dialog, Qt.Key.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: len(dialog.copies.rows) == 3)


def test_a_large_group_is_listed_whole_and_nothing_unseen_goes_unsaid(
    qtbot: QtBot, engine: FakeEngine, ids: dict[str, int], dialog: DuplicatesDialog
) -> None:
    before = set(engine.rows)
    engine.add_many(70)
    many = sorted(set(engine.rows) - before)
    group = DuplicateGroup(9, Likeness.EXACT, tuple(map(Copy, many)), 90_000_000)
    engine.copy_groups = [group]
    dialog.refresh()
    qtbot.waitUntil(lambda: len(dialog.copies.rows) == 50)
    assert dialog.keep.text() == (
        "Keep this, move all 69 others (20 not looked at yet) to the trash"
    )
    bar = dialog.copies.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    bar.setValue(bar.maximum())
    qtbot.waitUntil(lambda: len(dialog.copies.rows) == 70)
    assert dialog.keep.text() == "Keep this, move the 69 others to the trash"
    assert [row.copy.asset_id for row in dialog.copies.rows] == many
    last = dialog.copies.rows[-1].keep
    last.setFocus()
    qtbot.keyClick(last, Qt.Key.Key_Space)
    assert dialog.copies.kept == many[-1]
    engine.copy_groups = [replace(group, wasted=1)]  # another answer, the same group
    dialog.refresh()
    qtbot.waitUntil(lambda: dialog.groups.group == engine.copy_groups[0])
    assert dialog.copies.kept == many[-1]


def test_what_cannot_be_moved_is_told_in_the_dialog_and_nothing_is_done(
    qtbot: QtBot, engine: FakeEngine, dialog: DuplicatesDialog
) -> None:
    engine.fail_with["keep_copy"] = EnvironmentProblem("There is no trash on this disk.")
    qtbot.mouseClick(dialog.keep, LEFT)
    qtbot.waitUntil(dialog.messages.isVisible)
    assert dialog.messages.sentence.text() == "There is no trash on this disk."
    assert dialog.keep.isEnabled()
    assert len(listed(dialog)) == 2


def test_two_are_compared_and_a_key_lights_what_differs(
    qtbot: QtBot,
    engine: FakeEngine,
    ids: dict[str, int],
    dialog: DuplicatesDialog,
    tmp_path: Path,
) -> None:
    paths = []
    for name, colour in (("first", "#204060"), ("second", "#204060"), ("lit", "#b4ff4040")):
        image = QImage(QSize(64, 48), QImage.Format.Format_ARGB32)
        image.fill(QColor(colour))
        paths.append(str(tmp_path / f"{name}.png"))
        assert image.save(paths[-1])
    pair = ids["green hills.jpg"], ids["red barn.jpg"]
    engine.comparisons[pair] = Comparison(*paths, 0.034)
    qtbot.mouseClick(dialog.copies.rows[1].compare, LEFT)
    comparing = dialog.findChild(CompareDialog)
    assert isinstance(comparing, CompareDialog)
    qtbot.waitUntil(comparing.toggle.isVisible)
    assert comparing.message.text() == "3 % of what both show differs."
    assert [name.text() for name in comparing.names] == ["green hills.jpg", "red barn.jpg"]
    pane = comparing.panes[1]
    lit = pane.grab().toImage().pixelColor(pane.width() // 2, 20)
    qtbot.keyClick(comparing, Qt.Key.Key_Space)
    plain = pane.grab().toImage().pixelColor(pane.width() // 2, 20)
    assert plain == QColor("#204060")
    assert lit.red() > plain.red()
    assert comparing.toggle.text() == "Show differences"
    qtbot.keyClick(comparing, Qt.Key.Key_Escape)
    assert dialog.isVisible()


def test_what_cannot_be_compared_is_told_in_a_sentence(
    qtbot: QtBot, dialog: DuplicatesDialog
) -> None:
    qtbot.mouseClick(dialog.copies.rows[2].compare, LEFT)
    comparing = dialog.findChild(CompareDialog)
    assert isinstance(comparing, CompareDialog)
    said = comparing.message
    qtbot.waitUntil(lambda: said.text() == "These pictures do not show the same.")
    assert not comparing.toggle.isVisible()
    comparing.close()


def test_of_films_it_is_said_that_one_frame_is_compared() -> None:
    assert differing_text(0.004) == "Less than 1 % of what both show differs."
    assert differing_text(0.0, film=True) == (
        "Nothing that both show differs. This is one frame of each."
    )


def test_a_card_that_stands_for_copies_says_how_many() -> None:
    near, burst = (Hit(1, 0.5, stack=Stack((1, 2, 3), like)) for like in (Likeness.NEAR, None))
    assert stack_text(near) == "3"
    assert (stack_words(near), stack_words(burst)) == ("3 near copies", "a burst of 3")
    assert stack_text(Hit(1, 0.5)) == ""
    assert stack_text(None) == ""
