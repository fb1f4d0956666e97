"""Words in sounds and pictures: what writes down the spoken ones, what reads the written ones."""

from __future__ import annotations

from PySide6.QtWidgets import QFileDialog, QWidget

from assetman.core.changes import Changes
from assetman.core.models import ModelInfo, ModelState
from assetman.ui.bridge import EngineBridge
from assetman.ui.controls import Separator, button, label
from assetman.ui.models_dialog import ModelRow
from assetman.ui.rows_dialog import RowsDialog
from assetman.ui.text_row import TextRow
from assetman.ui.theme import theme

_ABOUT = (
    "A model of speech listens to your sounds and videos when all other work is done, on this "
    "computer alone. What it writes down is found with said:“…”, and plays where it is said."
)


class SpeechRow(ModelRow):
    """One model of speech, and what can be done with it."""

    def _right_side(self) -> QWidget:
        info = self.info
        if info.active:
            return label(f"On, {info.pending:,} to go" if info.pending else "On", "good", self)
        away = info.state is ModelState.AVAILABLE
        text, wanted = (
            ("Download", self.download_wanted) if away else ("Switch on", self.use_wanted)
        )
        way = button(text, "", self)
        way.setAccessibleName(f"{text}: {info.title}")
        way.clicked.connect(lambda: wanted.emit(info.name))
        return way


class SpeechDialog(RowsDialog):
    """Lists the models of speech, switches one on or all off, adds one; and switches reading."""

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__("Words in sounds and pictures", parent)
        self._bridge = bridge
        self.rows: list[SpeechRow] = []
        self.add_folder = button("Add from folder…", "", self)
        self.switch_off = button("Stop listening", "", self)
        about = label(_ABOUT, "secondary", self)
        about.setWordWrap(True)
        self.text = TextRow(bridge, self)
        self._lay_out(
            (self.add_folder, self.switch_off),
            above=(self.text, Separator(self), label("What is said", "heading", self), about),
        )
        self.resize(theme().px(580), theme().px(520))
        self.add_folder.clicked.connect(self._choose)
        self.switch_off.clicked.connect(lambda: self._use(None))
        bridge.changed.connect(self._library_changed)
        self.refresh()

    def refresh(self) -> None:
        """Ask for the models as they are now."""
        self._bridge.call(self, lambda api: api.speech_models()).on_done(self._show).start()
        self.text.refresh()

    def _show(self, models: list[ModelInfo]) -> None:
        self._clear()
        self.rows = []
        for info in models:
            if self.rows:
                self._rows_layout.addWidget(Separator(self._list))
            row = SpeechRow(info, self._list)
            row.use_wanted.connect(self._use)
            row.download_wanted.connect(self._download)
            self._rows_layout.addWidget(row)
            self.rows.append(row)
        self._rows_layout.addStretch(1)
        self.switch_off.setEnabled(any(info.active for info in models))

    def _use(self, name: str | None) -> None:
        self.message.hide()
        job = self._bridge.call(self, lambda api: api.use_speech(name))
        job.on_done(lambda _: self.refresh()).start()

    def _download(self, name: str) -> None:
        title = next((row.info.title for row in self.rows if row.info.name == name), name)
        self.say(f"{title} is being downloaded. It can be switched on when it is here.")
        self._install(name)

    def _choose(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "A model as faster-whisper reads it")
        if folder:
            self._install(folder)

    def _install(self, source: str) -> None:
        job = self._bridge.call(self, lambda api: api.add_speech_model(source))
        job.on_done(self._installed).start()

    def _installed(self, info: ModelInfo) -> None:
        self.say(f"{info.title} is here and can be switched on.")
        self.refresh()

    def _library_changed(self, changes: Changes) -> None:
        if changes.spaces or changes.assets_changed:
            self.refresh()
