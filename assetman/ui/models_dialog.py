"""The models: which there are, which answers, how to add one, and where they run."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from assetman.core.changes import Changes
from assetman.core.inputs import Modality
from assetman.core.models import DeviceChoice, ModelInfo, ModelState
from assetman.engine.protocol import EngineApi
from assetman.ui.add_model import AddModel
from assetman.ui.bridge import EngineBridge
from assetman.ui.controls import Separator, button, label
from assetman.ui.rows_dialog import RowsDialog
from assetman.ui.theme import Text, theme

# What a model embeds, and how its part of the list is called.
_SECTIONS = ((Modality.IMAGE, "For what is seen"), (Modality.SOUND, "For what is heard"))
_TAKES = {Modality.IMAGE: "pictures", Modality.TEXT: "words", Modality.SOUND: "sounds"}
_GROUPS = (
    (ModelState.BUILT_IN, "Built in"),
    (ModelState.INSTALLED, "Installed"),
    (ModelState.AVAILABLE, "Available"),
)


class ModelRow(QWidget):
    """One model: what it is good for, how large it is, its licence, and what can be done."""

    use_wanted = Signal(str)
    add_wanted = Signal(str)
    download_wanted = Signal(str)

    def __init__(self, info: ModelInfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        px = theme().px
        self.info = info
        row = QHBoxLayout(self)
        row.setContentsMargins(0, px(10), 0, px(10))
        row.setSpacing(px(16))
        words = QVBoxLayout()
        words.setSpacing(px(2))
        words.addWidget(label(info.title, "title", self))
        summary = label(info.summary, "", self)
        summary.setWordWrap(True)
        words.addWidget(summary)
        facts = label(facts_text(info), "secondary", self)
        facts.setWordWrap(True)
        words.addWidget(facts)
        row.addLayout(words, 1)
        row.addWidget(self._right_side(), 0, Qt.AlignmentFlag.AlignVCenter)

    def _right_side(self) -> QWidget:
        info = self.info
        if info.active:
            return label("In use", "good", self)
        if info.filling:
            left = f"Being prepared\n{info.pending:,} to go" if info.pending else "Being prepared"
            shown = label(left, "secondary", self)
            shown.setAlignment(Qt.AlignmentFlag.AlignRight)
            return shown
        if info.state is ModelState.AVAILABLE:
            return self._ways_to_add()
        use = button("Use", "", self)
        use.setAccessibleName(f"Use {info.title}")
        use.clicked.connect(lambda: self.use_wanted.emit(info.name))
        return use

    def _ways_to_add(self) -> QWidget:
        info = self.info
        both = QWidget(self)
        column = QVBoxLayout(both)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme().px(4))
        for text, wanted in (
            ("Download", self.download_wanted),
            ("From file…", self.add_wanted),
        ):
            way = button(text, "" if text == "Download" else "quiet", both)
            way.setAccessibleName(f"{text.rstrip('…')}: {info.title}")
            way.clicked.connect(lambda _, wanted=wanted: wanted.emit(info.name))
            column.addWidget(way)
        return both


def facts_text(info: ModelInfo) -> str:
    """Say how large a model is, under which licence, and what it takes."""
    parts = [] if info.size is None else [size_text(info.size)]
    parts.append(info.licence or "licence unknown")
    *most, last = [_TAKES[modality] for modality in info.modalities] or [""]
    takes = f"{', '.join(most)} and {last}" if most else last
    parts.append(f"asked with {takes}" if takes else "")
    return " · ".join(part for part in parts if part)


def size_text(size: int) -> str:
    """Write a size in bytes as a person says it."""
    if size >= 1_000_000_000:
        return f"{size / 1e9:.1f} GB"
    return f"{max(1, round(size / 1e6))} MB"


class ModelsDialog(RowsDialog):
    """Lists the models, switches between them, adds one."""

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__("Models", parent)
        self._bridge = bridge
        self.rows: list[ModelRow] = []
        self.device = label("", "secondary", self)
        self.device.setWordWrap(True)
        self.add_file = button("Add from file…", "", self)
        self.add_folder = button("Add from folder…", "", self)
        self._lay_out((self.add_file, self.add_folder), beneath=(Separator(self), self.device))
        self.resize(theme().px(620), theme().px(560))
        self.add_file.clicked.connect(lambda: self._add("", folder=False))
        self.add_folder.clicked.connect(lambda: self._add("", folder=True))
        bridge.changed.connect(self._library_changed)
        self.refresh()

    def refresh(self) -> None:
        """Ask for the models as they are now."""

        def both(api: EngineApi) -> tuple[list[ModelInfo], DeviceChoice | None]:
            return api.models(), api.status().device

        self._bridge.call(self, both).on_done(lambda found: self._show(*found)).start()

    def _show(self, models: list[ModelInfo], device: DeviceChoice | None) -> None:
        self._clear()
        self.rows = []
        several = len({info.indexes for info in models}) > 1
        for modality, section in _SECTIONS:
            of_it = [info for info in models if info.indexes is modality]
            if several and of_it:
                self._show_section(section)
            for state, heading in _GROUPS:
                group = [info for info in of_it if info.state is state]
                if group:
                    self._show_group(heading, group)
        self._rows_layout.addStretch(1)
        self.device.setText(device_text(device))

    def _show_section(self, heading: str) -> None:
        title = label(heading, "", self._list)
        title.setFont(theme().font(Text.TITLE))
        title.setContentsMargins(0, theme().px(18) if self.rows else 0, 0, theme().px(4))
        self._rows_layout.addWidget(title)

    def _show_group(self, heading: str, group: list[ModelInfo]) -> None:
        px = theme().px
        title = label(heading, "heading", self._list)
        title.setFont(theme().font(Text.HEADING))
        title.setContentsMargins(0, px(10) if self._rows_layout.count() else 0, 0, px(2))
        self._rows_layout.addWidget(title)
        for place, info in enumerate(group):
            if place:
                self._rows_layout.addWidget(Separator(self._list))
            row = ModelRow(info, self._list)
            row.use_wanted.connect(self._use)
            row.download_wanted.connect(self._download)
            row.add_wanted.connect(lambda name: self._add(name, folder=False))
            self._rows_layout.addWidget(row)
            self.rows.append(row)

    def _use(self, name: str) -> None:
        self.message.hide()
        self._bridge.call(self, lambda api: api.use_model(name)).on_done(
            lambda _: self.refresh()
        ).start()

    def _download(self, name: str) -> None:
        title = next((row.info.title for row in self.rows if row.info.name == name), name)
        self.say(f"{title} is being downloaded. It can be used when it is here.")
        job = self._bridge.call(self, lambda api: api.add_model(name, ""))
        job.on_done(self._downloaded).start()

    def _downloaded(self, info: ModelInfo) -> None:
        self.say(f"{info.title} is here and can be used.")
        self.refresh()

    def _add(self, architecture: str, folder: bool) -> None:
        self.message.hide()
        known = [row.info.name for row in self.rows if row.info.state is not ModelState.BUILT_IN]
        known.append("clap")
        dialog = AddModel(self._bridge, architecture, known, folder, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.added.connect(lambda _: self.refresh())
        dialog.open()

    def _library_changed(self, changes: Changes) -> None:
        if changes.spaces or changes.embedded:
            self.refresh()


def device_text(device: DeviceChoice | None) -> str:
    """Say where models run, and why not on the GPU when they do not."""
    if device is None:
        return ""
    reason = device.reason.strip()
    if reason and not reason.endswith((".", "!", "?")):
        reason += "."
    return f"Runs on {device.title}. {reason}".strip()
