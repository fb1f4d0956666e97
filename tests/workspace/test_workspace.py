"""One library with all its parts: what happens to it between opening and closing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assetman.core.assets import Box
from assetman.core.changes import Changes
from assetman.core.errors import BadInput, EnvironmentProblem, LibraryBusy, WrongUse
from assetman.core.queries import Example, Query, Sort
from assetman.engine.service import EngineService
from assetman.indexes import Indexes
from assetman.workspace import Workspace
from kit.pictures import paint
from kit.service import PATIENCE, Open, best, index


def test_a_folder_that_was_added_is_found_by_meaning(service: EngineService, photos: Path) -> None:
    index(service, photos)
    assert [best(service, colour) for colour in ("red", "blue")] == ["red.png", "blue.png"]
    status = service.status()
    assert status.assets == {"image": 6}
    assert status.segments == 6
    assert status.embeddings == {"colours-1-p1-4": 6}
    assert status.model == "colours"


def test_deleted_indexes_and_thumbnails_come_back_by_themselves(
    open_service: Open, photos: Path, tmp_path: Path
) -> None:
    first = open_service()
    first.use_model("colours")
    index(first, photos)
    first.close()
    shutil.rmtree(tmp_path / "library" / "vectors", ignore_errors=True)
    second = open_service()
    assert best(second, "green") == "green.png"


def test_deleted_thumbnails_are_made_again_by_the_next_run(
    service: EngineService, photos: Path, tmp_path: Path
) -> None:
    index(service, photos)
    shutil.rmtree(tmp_path / "library" / "thumbnails")
    index(service)
    cards = service.cards(service.search(Query()).listed)
    assert all(card.thumbnail and Path(card.thumbnail).is_file() for card in cards)


def test_what_was_stored_and_not_published_is_found_after_opening_again(
    open_service: Open, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = open_service()
    first.use_model("colours")
    with monkeypatch.context() as patch:

        def die(*args: object) -> None:
            raise EnvironmentProblem("the power went")

        patch.setattr(Indexes, "of", die)
        root = first.add_root(str(photos))
        first._workspace.pipeline.wait(first.index([root.id]), PATIENCE)
    first.close()
    second = open_service()
    found = second.status().embeddings["colours-1-p1-4"]
    assert found > 0
    assert len(second.search(Query("red", fold=False)).hits) == found
    index(second)
    assert len(second.search(Query("red", fold=False)).hits) == 6


def test_search_goes_on_while_another_model_is_filled_and_then_it_answers(
    service: EngineService, photos: Path
) -> None:
    index(service, photos)
    service.use_model("shades")
    answered = {service.status().model}
    for _ in range(50):
        assert best(service, "yellow") == "yellow.png"
        answered.add(service.status().model)
    assert service._workspace.pipeline.wait(service.index(()), PATIENCE)
    status = service.status()
    assert (status.model, status.filling) == ("shades", None)
    assert status.embeddings == {"colours-1-p1-4": 6, "shades-1-p1-4": 6}
    assert answered <= {"colours", "shades"}
    assert best(service, "yellow") == "yellow.png"
    service.use_model("colours")
    assert service._workspace.pipeline.wait(service.index(()), PATIENCE)
    assert service.status().model == "colours"


def test_an_unknown_model_is_wrong_use(service: EngineService) -> None:
    with pytest.raises(WrongUse, match="nonsense"):
        service.use_model("nonsense")
    assert service.status().model == "colours"


def test_one_library_is_opened_once(service: EngineService, tmp_path: Path) -> None:
    with pytest.raises(LibraryBusy):
        Workspace.open(tmp_path / "library", models=tmp_path / "models")


def test_another_process_is_kept_out_and_let_in_after_a_kill(
    open_service: Open, tmp_path: Path
) -> None:
    code = (
        "import sys, pathlib; from assetman.workspace import Workspace\n"
        "Workspace.open(pathlib.Path(sys.argv[1])); print('open', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "library")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(LibraryBusy):
            open_service()
        holder.kill()
    open_service()


def test_a_removed_root_is_forgotten_and_its_files_stay(
    service: EngineService, photos: Path
) -> None:
    index(service, photos)
    before = {path.name: path.read_bytes() for path in photos.iterdir()}
    heard: list[Changes] = []
    service.subscribe(lambda event: heard.append(event) if isinstance(event, Changes) else None)
    service.remove_root(service.roots()[0].id)
    assert {path.name: path.read_bytes() for path in photos.iterdir()} == before
    assert service.search(Query("red")).hits == ()
    assert service.status().assets == {}
    assert len(heard[-1].assets_removed) == 6


@pytest.mark.parametrize("bad", ["does not exist", "a file.txt"])
def test_a_folder_that_is_none_cannot_be_added(
    service: EngineService, tmp_path: Path, bad: str
) -> None:
    (tmp_path / "a file.txt").write_text("x")
    with pytest.raises(EnvironmentProblem, match=bad):
        service.add_root(str(tmp_path / bad))


def test_the_librarys_own_folder_cannot_be_added_and_is_passed_over_inside_another(
    service: EngineService, tmp_path: Path, photos: Path
) -> None:
    with pytest.raises(WrongUse):
        service.add_root(str(tmp_path / "library"))
    index(service, tmp_path)
    index(service)
    assert service.status().assets == {"image": 6}


def test_a_preview_is_made_once_and_is_as_large_as_asked(
    service: EngineService, photos: Path
) -> None:
    paint(photos / "large.png", "cyan", 1, size=(3000, 1500))
    index(service, photos)
    asset = service.asset_at(str(photos / "large.png"))
    assert asset is not None
    fitted = service.preview(asset, 900)
    assert (fitted.width, fitted.height) == (1024, 512)
    whole = service.preview(asset, None)
    assert (whole.width, whole.height) == (3000, 1500)
    made = os.stat(whole.path).st_mtime_ns
    os.rename(photos / "large.png", photos / "moved.png")
    assert service.preview(asset, None) == whole
    assert os.stat(whole.path).st_mtime_ns >= made


def test_details_name_the_folder_the_facts_and_the_copies(
    service: EngineService, photos: Path
) -> None:
    copy = photos / "sub" / "rouge.png"
    copy.parent.mkdir()
    shutil.copy(photos / "red.png", copy)
    index(service, photos)
    asset = service.asset_at(str(copy))
    assert asset is not None
    details = service.details(asset)
    assert details.root_name == "photos"
    assert details.relative_folder == "sub"
    assert details.copies == (str(photos / "red.png"),)
    assert details.facts


def test_an_example_can_be_part_of_a_picture_in_the_library(
    service: EngineService, photos: Path
) -> None:
    index(service, photos)
    asset = service.asset_at(str(photos / "green.png"))
    example = Example(asset_id=asset, box=Box(0.5, 0.5, 0.5, 0.5))
    found = service.search(Query(examples=(example,))).hits
    assert found[0].asset_id == asset


def test_failures_are_listed_and_tried_again_when_asked(
    service: EngineService, photos: Path
) -> None:
    bad = photos / "bad.png"
    good = (photos / "red.png").read_bytes()
    bad.write_bytes(good[:60])
    index(service, photos)
    failures = service.failures()
    assert [os.path.basename(failure.path) for failure in failures] == ["bad.png"]
    run = service.retry([failures[0].id])
    assert service._workspace.pipeline.wait(run, PATIENCE)
    assert len(service.failures()) == 1
    assert service.progress().counts.failed == 1


def test_questions_that_make_no_sense_say_so_and_the_rest_goes_on(
    service: EngineService, photos: Path, tmp_path: Path
) -> None:
    index(service, photos)
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(BadInput, match=r"notes\.txt"):
        service.search(Query(examples=(Example(path=str(tmp_path / "notes.txt")),)))
    with pytest.raises(WrongUse):
        service.details(12345)
    assert service.search(Query(sort=Sort.NAME)).listed


def test_settings_that_make_no_sense_are_named(tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "settings.toml").write_text("colour = 1")
    with pytest.raises(EnvironmentProblem, match="colour"):
        Workspace.open(tmp_path / "library", models=tmp_path / "models")


def test_a_library_inside_a_folder_never_holds_its_own_thumbnails(
    photos: Path, models: None, tmp_path: Path
) -> None:
    way = tmp_path / "way"
    way.symlink_to(photos)  # the same folder by another name
    service = EngineService(Workspace.open(way / "library", models=tmp_path / "models"))
    try:
        service.use_model("colours")
        index(service, photos)
        index(service, photos)
        assert service.status().assets == {"image": 6}
    finally:
        service.close()


def test_a_lock_that_cannot_be_held_is_no_licence_to_write(
    open_service: Open, tmp_path: Path
) -> None:
    open_service().close()
    (tmp_path / "library" / "library.lock").unlink(missing_ok=True)
    (tmp_path / "library" / "library.lock").mkdir()
    with pytest.raises(EnvironmentProblem, match=r"library\.lock cannot be used"):
        open_service()


def test_a_folder_that_went_is_offline_where_nobody_watches(
    service: EngineService, photos: Path
) -> None:
    index(service, photos)
    photos.rename(photos.with_name("elsewhere"))
    status = service.status()
    assert [root.online for root in status.roots] == [False]
    assert status.offline == 6
    assert not service.roots()[0].online
    assert best(service, "red") == "red.png"
