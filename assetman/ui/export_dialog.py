"""Asking how a moment of a video, or a part of a sound, is saved, and under which name."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from assetman.core.assets import display
from assetman.core.exports import ExportForm, endings, proposed_name
from assetman.core.moments import clock
from assetman.ui.controls import button, label
from assetman.ui.jobs import Job
from assetman.ui.player.clip import Clip
from assetman.ui.theme import theme
from assetman.ui.times import length_text, span_text

Save = Callable[[str, ExportForm, Callable[[], object], Callable[[str], object]], object]
"""Is given the target and the form, what to call when it has begun, and with a sentence if not."""

_LEAST = 0.001  # seconds; what is shorter is no clip
_MOST_TRIED = 999  # numbers behind a name that is taken


class ExportDialog(QDialog):
    """The ways to save a moment, a line about each; a name that is free and a folder.

    It closes when the saving has begun and says why when it cannot begin.
    """

    def __init__(
        self,
        source: str,
        clip: Clip,
        folder: str,
        forms: Sequence[ExportForm],
        save: Save,
        parent: QWidget,
    ) -> None:
        """Offer these forms; the first of them is chosen."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._source = source
        self._clip = clip
        self._save = save
        self._folder = folder
        self._named = False  # by the person
        what = "part" if set(forms) == {ExportForm.SOUND} else "moment"
        self.setWindowTitle(f"Save a {what}")
        self.title = label(f"Save a {what} of “{display(os.path.basename(source))}”", "title", self)
        self.title.setWordWrap(True)
        self.choices: dict[ExportForm, QRadioButton] = {}
        self.name = QLineEdit(self)
        self.name.setAccessibleName("Name")
        self.place = label("", "secondary", self)
        self.choose = button("Choose…", "", self)
        self.choose.setAccessibleName("Choose the folder")
        self.trouble = label("", "warning", self)
        self.trouble.setWordWrap(True)
        self.trouble.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.trouble.hide()
        self.do = button("Save", "accept", self)
        self.do.setDefault(True)
        self.leave = button("Cancel", "", self)
        self._lay_out(self._offer(forms))
        self.name.textEdited.connect(self._typed)
        self.choose.clicked.connect(self._choose_folder)
        self.do.clicked.connect(self._ask)
        self.leave.clicked.connect(self.reject)
        is_clip = clip.end - clip.start > _LEAST
        for each, choice in self.choices.items():
            choice.setEnabled(is_clip or each is ExportForm.FRAME)
        self.choices[next((f for f in forms if self.choices[f].isEnabled()), forms[0])].click()
        self._propose()
        self.choices[self.form].setFocus()

    @property
    def form(self) -> ExportForm:
        """How it is to be saved."""
        return next(form for form, choice in self.choices.items() if choice.isChecked())

    @property
    def folder(self) -> str:
        """Where it is to be saved."""
        return self._folder

    def _offer(self, forms: Sequence[ExportForm]) -> QGridLayout:
        """Make the choices, each with its line."""
        clip, grid = self._clip, QGridLayout()
        seconds = f"{span_text(clip.start, clip.end)}, {length_text(clip.end - clip.start)}"
        grid.setVerticalSpacing(theme().px(2))
        group = QButtonGroup(self)
        for row, (form, name, meaning) in enumerate(
            (
                (ExportForm.QUICK, f"Quick clip ({seconds})",
                 "Copied, nothing is lost. May begin a little early, at a key frame."),
                (ExportForm.EXACT, f"Exact clip ({seconds})",
                 "Just these seconds, encoded anew. Takes longer."),
                (ExportForm.FRAME, f"Picture (the frame at {clock(clip.at)})",
                 "The whole frame as it is shown, as PNG or JPEG."),
                (ExportForm.SOUND, f"Sound ({seconds})",
                 "What is heard in just these seconds, as WAV."),
            )
        ):  # fmt: skip
            if form not in forms:
                continue
            choice = self.choices[form] = QRadioButton(name, self)
            choice.setAccessibleDescription(meaning)
            choice.toggled.connect(self._chosen)
            group.addButton(choice)
            grid.addWidget(choice, 2 * row, 0)
            line = label(meaning, "secondary", self)
            line.setContentsMargins(theme().px(22), 0, 0, theme().px(8))
            grid.addWidget(line, 2 * row + 1, 0)
        return grid

    def _lay_out(self, choices: QGridLayout) -> None:
        px = theme().px
        where = QHBoxLayout()
        where.setSpacing(px(8))
        where.addWidget(self.place, 1)
        where.addWidget(self.choose)
        row = QHBoxLayout()
        row.setSpacing(px(8))
        row.addStretch(1)
        row.addWidget(self.leave)
        row.addWidget(self.do)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(20), px(18), px(20), px(16))
        layout.setSpacing(px(10))
        layout.addWidget(self.title)
        layout.addLayout(choices)
        layout.addWidget(self.name)
        layout.addLayout(where)
        layout.addWidget(self.trouble)
        layout.addLayout(row)
        self.setFixedWidth(px(480))

    def _chosen(self, now: bool) -> None:
        if now:
            self._be_quiet()
            self._propose()

    def _propose(self) -> None:
        """Show the folder, and a name of the present form that is free in it."""
        shown = display(self._folder)
        room = self.width() - self.choose.sizeHint().width() - theme().px(60)
        elided = self.place.fontMetrics().elidedText(shown, Qt.TextElideMode.ElideMiddle, room)
        self.place.setText(elided)
        self.place.setToolTip(shown)
        self.place.setAccessibleName(f"Folder: {shown}")
        if self._named:
            self.name.setText(_with_ending(self.name.text(), self._source, self.form))
            return
        name, folder = self._proposed(), self._folder
        self.name.setText(display(name))
        Job(self, lambda: free_name(folder, name)).on_done(self._found_free).start()

    def _proposed(self) -> str:
        clip, form = self._clip, self.form
        start = clip.at if form is ExportForm.FRAME else clip.start
        return display(proposed_name(self._source, start, clip.end, form))

    def _found_free(self, name: str) -> None:
        if not self._named and os.path.splitext(name)[1] == os.path.splitext(self._proposed())[1]:
            self.name.setText(name)

    def _typed(self) -> None:
        self._named = True
        self._be_quiet()

    def _be_quiet(self) -> None:
        self.do.setEnabled(True)
        if self.trouble.isVisible():
            self.trouble.hide()
            self.adjustSize()

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, "Where it is saved", self._folder)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setLabelText(QFileDialog.DialogLabel.Accept, "Choose")
        dialog.fileSelected.connect(self._take_folder)
        dialog.open()

    def _take_folder(self, folder: str) -> None:
        self._folder = os.path.normpath(folder)
        self._be_quiet()
        self._propose()

    def _ask(self) -> None:
        typed = self.name.text().strip()
        name = _with_ending(typed, self._source, self.form)
        if typed.lower() in ("", *endings(self.form)) or os.path.basename(name) != name:
            self._refuse("That is no name for a file.")
            return
        self.name.setText(name)
        self.do.setEnabled(False)
        self._save(os.path.join(self._folder, name), self.form, self._begun, self._refuse)

    def _begun(self) -> None:
        if shiboken6.isValid(self):  # it may have been closed before the answer came
            self.accept()

    def _refuse(self, sentence: str) -> None:
        if not shiboken6.isValid(self):
            return
        self.do.setEnabled(True)
        self.trouble.setText(sentence)
        self.trouble.show()
        self.adjustSize()
        QAccessible.updateAccessibility(QAccessibleEvent(self.trouble, QAccessible.Event.Alert))


def free_name(folder: str, name: str) -> str:
    """Give a name that no file of the folder has: “clip.mp4”, “clip 2.mp4”. Asks the disk."""
    stem, ending = os.path.splitext(name)
    for number in range(2, _MOST_TRIED):
        if not os.path.lexists(os.path.join(folder, name)):
            return name
        name = f"{stem} {number}{ending}"
    return name


def _with_ending(name: str, source: str, form: ExportForm) -> str:
    """See to it that a name ends as files of its form do; what the person chose stays."""
    stem, ending = os.path.splitext(name)
    if ending.lower() in endings(form):
        return name
    known = {each for every in ExportForm for each in endings(every)}
    usual = os.path.splitext(proposed_name(source, 0.0, 1.0, form))[1]
    return f"{stem if ending.lower() in known else name}{usual}"
