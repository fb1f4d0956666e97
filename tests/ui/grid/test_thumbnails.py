from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QSize
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from assetman.core.errors import EnvironmentProblem
from assetman.ui.bridge import EngineBridge
from assetman.ui.grid.pictures import CellSpec, cell_image, fitted, read_image
from assetman.ui.grid.thumbnails import ThumbnailLoader
from tests.ui.fake_engine import paint

SPEC = CellSpec(120, 90)


@pytest.fixture
def owner(bridge: EngineBridge) -> QObject:
    return QObject(bridge)


def painted_files(folder: Path, count: int) -> list[str]:
    paths = [str(folder / f"{number}.webp") for number in range(count)]
    for path in paths:
        assert paint(QColor("#4477aa"), 400, 300).save(path)
    return paths


def test_only_the_newest_wish_is_decoded(qtbot: QtBot, owner: QObject, tmp_path: Path) -> None:
    paths = painted_files(tmp_path, 40)
    loader = ThumbnailLoader(owner)
    loader.want(paths[:30], SPEC)
    loader.want(paths[30:], SPEC)
    qtbot.waitUntil(lambda: all(loader.get(path) is not None for path in paths[30:]))
    qtbot.waitUntil(lambda: not loader._working)
    assert loader.decoded <= 10 + 3  # those that were at work already


def test_what_was_not_seen_for_long_makes_room(
    qtbot: QtBot, owner: QObject, tmp_path: Path
) -> None:
    paths = painted_files(tmp_path, 6)
    loader = ThumbnailLoader(owner, capacity=3 * 120 * 90 * 4)
    for path in paths:
        loader.want([path], SPEC)
        qtbot.waitUntil(lambda path=path: loader.get(path) is not None)
    assert [loader.get(path) is not None for path in paths] == [False] * 3 + [True] * 3


def test_another_size_is_decoded_anew_and_the_old_one_serves_meanwhile(
    qtbot: QtBot, owner: QObject, tmp_path: Path
) -> None:
    (path,) = painted_files(tmp_path, 1)
    loader = ThumbnailLoader(owner)
    loader.want([path], SPEC)
    qtbot.waitUntil(lambda: loader.get(path) is not None)
    larger = CellSpec(240, 180)
    loader.want([path], larger)
    kept = loader.get(path)
    assert kept is not None
    assert kept.image.size() == QSize(120, 90)

    def renewed() -> bool:
        now = loader.get(path)
        return now is not None and now.image.size() == QSize(240, 180)

    qtbot.waitUntil(renewed)


def test_a_thumbnail_that_cannot_be_read_is_tried_once(
    qtbot: QtBot, owner: QObject, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.webp"
    broken.write_bytes(b"RIFFnothing")
    loader = ThumbnailLoader(owner)
    loader.want([str(broken)], SPEC)
    qtbot.waitUntil(lambda: (str(broken), SPEC) in loader._failed)
    loader.want([str(broken)], SPEC)
    assert not loader._working
    assert paint(QColor("red"), 40, 30).save(str(broken), "WEBP")  # type: ignore[call-overload]
    loader.forget(str(broken))
    loader.want([str(broken)], SPEC)
    qtbot.waitUntil(lambda: loader.get(str(broken)) is not None)


def test_a_picture_is_shown_whole_or_covers_its_cell() -> None:
    wide = QSize(400, 100)
    assert fitted(wide, SPEC) == QSize(120, 30)
    assert fitted(wide, CellSpec(120, 90, fill=True)) == QSize(360, 90)
    assert fitted(QSize(20, 15), SPEC) == QSize(40, 30)  # twice its size and no more
    assert fitted(QSize(20, 15), CellSpec(240, 180, ratio=2.0)) == QSize(80, 60)
    assert fitted(QSize(1, 4000), SPEC) == QSize(1, 90)


def test_corners_are_cut_off_once(tmp_path: Path) -> None:
    (path,) = painted_files(tmp_path, 1)
    image = cell_image(path, CellSpec(120, 90, fill=True, radius=8, ratio=1.0))
    assert image.size() == QSize(120, 90)
    assert image.pixelColor(0, 0).alpha() == 0
    assert image.pixelColor(60, 45).alpha() == 255


def test_a_file_whose_name_is_not_text_is_read(tmp_path: Path) -> None:
    (path,) = painted_files(tmp_path, 1)
    odd = str(tmp_path / "caf\udce9.webp")
    try:
        Path(path).rename(odd)
    except OSError:
        pytest.skip("this disk takes only names that are text")
    image: QImage = read_image(odd)
    assert image.size() == QSize(400, 300)
    with pytest.raises(EnvironmentProblem):
        read_image(path)
