"""The list of models: those for what is seen and those for what is heard, each added and chosen."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from assetman.core.inputs import Modality
from assetman.core.models import ModelInfo, ModelState
from assetman.ui.add_model import AddModel
from assetman.ui.models_dialog import ModelsDialog, facts_text
from assetman.ui.window import MainWindow
from tests.ui.fake_engine import FakeEngine
from tests.ui.shell.test_library_side import dialog_of

HEARD = (Modality.TEXT, Modality.SOUND)


def for_sounds(name: str, title: str, state: ModelState, *more: Modality) -> ModelInfo:
    return ModelInfo(
        name,
        title,
        "Finds sounds by what they are called.",
        "Apache-2.0",
        776_000_000,
        (*HEARD, *more),
        state,
        indexes=Modality.SOUND,
    )


@pytest.fixture
def dialog(qtbot: QtBot, window: MainWindow, engine: FakeEngine) -> ModelsDialog:
    starter = for_sounds("starter-sound", "Starter for sound", ModelState.BUILT_IN, Modality.IMAGE)
    offered = for_sounds("clap-general", "CLAP (general)", ModelState.AVAILABLE)
    engine.model_rows += [starter, offered]
    window.library.show_models()
    dialog = dialog_of(qtbot, window, ModelsDialog)
    assert isinstance(dialog, ModelsDialog)
    qtbot.waitUntil(lambda: len(dialog.rows) == 4)
    return dialog


def test_models_for_what_is_heard_stand_apart_from_those_for_what_is_seen(
    dialog: ModelsDialog,
) -> None:
    labels = [one.text() for one in dialog.findChildren(QLabel) if one.isVisibleTo(dialog)]
    wanted = ["For what is seen", "Starter", "SigLIP 2 base", "For what is heard"]
    wanted += ["Starter for sound", "CLAP (general)"]
    assert [text for text in labels if text in wanted] == wanted
    assert [row.info.name for row in dialog.rows][2:] == ["starter-sound", "clap-general"]


def test_a_row_says_what_a_model_can_be_asked_with(dialog: ModelsDialog) -> None:
    assert facts_text(dialog.rows[0].info).endswith("asked with pictures and words")
    said = facts_text(dialog.rows[2].info)
    assert said == "776 MB · Apache-2.0 · asked with words, sounds and pictures"


def test_a_model_for_sounds_is_chosen_as_one_for_pictures_is(
    qtbot: QtBot, dialog: ModelsDialog, engine: FakeEngine
) -> None:
    dialog.rows[2].use_wanted.emit("starter-sound")
    qtbot.waitUntil(lambda: ("use_model", "starter-sound") in engine.calls)


def test_weights_of_a_model_on_offer_come_from_a_file_under_its_name(
    qtbot: QtBot, dialog: ModelsDialog, engine: FakeEngine, tmp_path: Path
) -> None:
    weights = tmp_path / "630k-audioset-best.pt"
    weights.write_bytes(b"")
    dialog.rows[3].add_wanted.emit("clap-general")
    qtbot.waitUntil(lambda: dialog.findChild(AddModel) is not None)
    form = dialog.findChild(AddModel)
    assert isinstance(form, AddModel)
    assert form.architecture.text() == "clap-general"
    qtbot.keyClicks(form.source, str(weights))
    qtbot.mouseClick(form.add, Qt.MouseButton.LeftButton)
    asked = ("add_model", ("clap-general", str(weights), None))
    qtbot.waitUntil(lambda: asked in engine.calls)


def test_a_folder_that_says_what_it_is_for_needs_no_architecture(
    qtbot: QtBot, dialog: ModelsDialog, engine: FakeEngine, tmp_path: Path
) -> None:
    qtbot.mouseClick(dialog.add_folder, Qt.MouseButton.LeftButton)
    form = dialog.findChild(AddModel)
    assert isinstance(form, AddModel)
    assert not form.add.isEnabled()
    qtbot.keyClicks(form.source, str(tmp_path))
    assert form.add.isEnabled()
    qtbot.mouseClick(form.add, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: ("add_model", ("", str(tmp_path), None)) in engine.calls)
