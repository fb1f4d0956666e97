"""A library that lives: roots that go and come back, files that fail and recover, its pace."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assetman.core.assets import AssetState
from assetman.core.changes import Changes
from assetman.core.errors import WrongUse
from assetman.core.progress import Pace
from assetman.core.queries import Filters, Query
from assetman.engine.service import EngineService
from kit.pictures import paint

PATIENCE = 60.0
DAY = 86400.0
Open = Callable[[], EngineService]


def settle(service: EngineService, run: int | None = None) -> None:
    """Wait until the run, or whatever goes on, has ended."""
    number = service.progress().run if run is None else run
    assert service._workspace.pipeline.wait(number, PATIENCE)
    assert not service.progress().problem


def index(service: EngineService, folder: Path) -> int:
    root = service.add_root(str(folder))
    settle(service, service.index([root.id]))
    return root.id


def found(service: EngineService, text: str = "red") -> list[str]:
    cards = service.cards(service.search(Query(text, fold=False)).ids)
    return sorted(card.asset.name for card in cards)


def heard_by(service: EngineService) -> list[Changes]:
    heard: list[Changes] = []
    service.subscribe(lambda event: heard.append(event) if isinstance(event, Changes) else None)
    return heard


def embedded(service: EngineService) -> int:
    return service.progress().counts.embedded


def test_a_removed_root_is_not_found_and_comes_back_whole_without_embedding(
    service: EngineService, photos: Path
) -> None:
    root = index(service, photos)
    ids = list(service.search(Query()).ids)
    service.rate(ids, 4)
    service.tag(ids[:2], ["lake"])
    heard = heard_by(service)
    service.remove_root(root)
    assert heard[-1].roots
    assert heard[-1].history
    assert (found(service), service.status().assets) == ([], {})
    assert service.search(Query()).ids == ()
    step = service.undo()
    assert step is not None
    settle(service)
    assert embedded(service) == 0
    assert len(found(service)) == 6
    assert [tag.assets for tag in service.tags()] == [2]
    assert {card.asset.rating for card in service.cards(ids)} == {4}


def test_what_was_removed_and_brought_back_survives_a_restart(
    open_service: Open, photos: Path
) -> None:
    first = open_service()
    first.use_model("colours")
    root = index(first, photos)
    first.remove_root(root)
    first.close()
    second = open_service()
    assert found(second) == []
    second.undo()
    assert len(found(second)) == 6
    second.redo()
    assert second.roots() == []


def test_a_root_that_lies_elsewhere_is_taken_up_there_with_all_it_had(
    service: EngineService, photos: Path, tmp_path: Path
) -> None:
    root = index(service, photos)
    service.rate(service.search(Query()).ids, 5)
    elsewhere = tmp_path / "mounted" / "photos"
    elsewhere.parent.mkdir()
    os.rename(photos, elsewhere)
    settle(service, service.index())
    assert not service.roots()[0].online
    moved = service.relocate_root(root, str(elsewhere))
    assert (moved.path, moved.online) == (str(elsewhere), True)
    settle(service)
    assert embedded(service) == 0
    cards = service.cards(service.search(Query("red", fold=False)).ids)
    assert {card.asset.state for card in cards} == {AssetState.PRESENT}
    assert {card.asset.rating for card in cards} == {5}
    assert all(card.asset.path.startswith(str(elsewhere)) for card in cards)
    service.undo()
    assert service.roots()[0].path == str(photos)


def test_a_folder_without_the_roots_files_is_not_where_it_lies(
    service: EngineService, photos: Path, tmp_path: Path
) -> None:
    root = index(service, photos)
    paint(tmp_path / "others" / "red.png", "cyan", size=(200, 10))
    with pytest.raises(WrongUse, match="none of the files of photos"):
        service.relocate_root(root, str(tmp_path / "others"))
    service.add_root(str(tmp_path / "others"))
    with pytest.raises(WrongUse, match="a folder of the library already"):
        service.relocate_root(root, str(tmp_path / "others"))
    assert service.roots()[0].path == str(photos)


def test_missing_files_are_listed_with_their_end_and_forgotten_when_asked(
    service: EngineService, photos: Path
) -> None:
    index(service, photos)
    (photos / "red.png").unlink()
    (photos / "blue.png").unlink()
    settle(service, service.index())
    assert service.status().missing == 2
    gone = service.search(Query(filters=Filters(missing=True))).ids
    details = service.details(gone[0])
    assert details.kept_until is not None
    assert details.kept_until > time.time() + 29 * DAY
    present = service.search(Query()).ids
    service.forget_missing([gone[0], *present])
    assert service.status().missing == 1
    service.forget_missing()
    assert (service.status().missing, len(service.search(Query()).ids)) == (0, 4)


def test_a_file_that_was_mended_since_it_failed_is_looked_at_anew_by_a_retry(
    service: EngineService, photos: Path
) -> None:
    (photos / "late.png").touch()
    index(service, photos)
    (failure,) = service.failures()
    paint(photos / "late.png", "cyan", 7)
    settle(service, service.retry([failure.id]))
    assert service.failures() == []
    assert service.progress().counts.failed == 0
    assert found(service, "cyan")


def test_a_retry_where_nothing_failed_or_while_all_is_paused_ends(
    service: EngineService, photos: Path
) -> None:
    index(service, photos)
    settle(service, service.retry())
    (photos / "torn.png").write_bytes((photos / "red.png").read_bytes()[:60])
    settle(service, service.index())
    service.pause()
    settle(service, service.retry())
    assert len(service.failures()) == 1


def test_an_ignored_failure_is_not_counted_and_not_retried(
    service: EngineService, photos: Path
) -> None:
    (photos / "torn.png").write_bytes((photos / "red.png").read_bytes()[:60])
    index(service, photos)
    (failure,) = service.failures()
    heard = heard_by(service)
    service.ignore_failures([failure.id])
    assert heard[-1].failures
    assert (service.status().failed, service.status().ignored) == (0, 1)
    settle(service, service.retry())
    assert service.failures()[0].at == failure.at
    service.ignore_failures([failure.id], False)
    assert service.status().failed == 1


def test_the_pace_is_kept_for_the_next_start(open_service: Open) -> None:
    first = open_service()
    assert first.status().pace is Pace.AUTO
    first.set_pace(Pace.GENTLE)
    assert first.progress().gentle
    first.close()
    second = open_service()
    assert second.status().pace is Pace.GENTLE
    assert second.progress().gentle


def test_gentle_work_still_stops_at_once_and_questions_are_answered_meanwhile(
    service: EngineService, photos: Path
) -> None:
    service.set_pace(Pace.GENTLE)
    for number in range(30):
        paint(photos / "many" / f"{number}.png", "red", number)
    root = service.add_root(str(photos))
    run = service.index([root.id])
    service.search(Query("red"))
    service.stop()
    settle(service, run)
    settle(service, service.index())
    assert len(service.search(Query("red", limit=None, fold=False)).hits) == 36


def test_a_command_that_indexes_leaves_the_backup_of_the_day(
    service: EngineService, photos: Path, tmp_path: Path
) -> None:
    index(service, photos)
    settle(service, service.index())
    assert len(list((tmp_path / "library" / "backups").glob("*.sqlite"))) == 1


def test_the_house_is_kept_backups_are_taken_and_what_is_long_gone_goes(
    service: EngineService, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paint(tmp_path / "other" / "cyan.png", "cyan", 1)
    index(service, photos)
    other = index(service, tmp_path / "other")
    (photos / "red.png").unlink()
    settle(service, service.index())
    service.remove_root(other)
    keeping = service._workspace._housekeeping
    keeping.tidy()
    assert list((tmp_path / "library" / "backups").glob("*.sqlite"))
    assert service.status().missing == 1
    now = time.time()
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: now + 31 * DAY)
        keeping.tidy()
    assert service.status().missing == 0
    assert service.status().segments == 5
    assert len(service.search(Query("red", fold=False)).hits) == 5
