"""Saving moments of videos and parts of sounds: from the wish to the file, and what is heard of it."""

from __future__ import annotations

import os
from collections.abc import Callable

from PySide6.QtCore import QObject, QStandardPaths, Qt, Slot
from PySide6.QtWidgets import QWidget

from assetman.core.assets import Asset, Kind, display
from assetman.core.errors import AssetmanError, Cancelled
from assetman.core.exports import Export, ExportForm, ExportState
from assetman.engine.protocol import Card, EngineLost
from assetman.ui.bridge import EngineBridge
from assetman.ui.export_dialog import ExportDialog
from assetman.ui.export_line import ExportLine
from assetman.ui.grid.file_manager import reveal
from assetman.ui.jobs import Job, report
from assetman.ui.memory import WindowMemory
from assetman.ui.message_bar import MessageBar
from assetman.ui.player.clip import Clip

Refuse = Callable[[str], object]

_NOTICED = 0.05  # seconds that a clip begins early before it is worth a word


class Exporting(QObject):
    """Asks how, has the engine do it, shows how far it is, and where the file is in the end."""

    def __init__(
        self, bridge: EngineBridge, messages: MessageBar, memory: WindowMemory, window: QWidget
    ) -> None:
        super().__init__(window)
        self._bridge = bridge
        self._messages = messages
        self._memory = memory
        self._window = window
        self._heard: dict[int, Export] = {}  # the newest of each, of other windows too
        self._own: dict[int, float] = {}  # the numbers of ours that have not ended, and their marks
        self._lost: list[str] = []  # names of what an engine that died was saving
        self.line = ExportLine()
        self.line.cancel_wanted.connect(self.cancel)
        bridge.exported.connect(self._hear)
        bridge.lost.connect(self._lose)
        # Behind the news that the engine is back, which it takes the place of.
        bridge.back.connect(self._tell_loss, Qt.ConnectionType.QueuedConnection)

    @Slot(object)
    def save(self, clip: Clip) -> None:
        """Ask how a moment is to be saved."""

        def ask(cards: list[Card]) -> None:
            if cards:
                self._open_dialog(cards[0].asset, clip)

        self._bridge.call(self, lambda api: api.cards([clip.asset_id])).on_done(ask).start()

    def cancel(self, number: int) -> None:
        """Stop the saving of one."""
        self._bridge.call(self, lambda api: api.cancel_export(number)).start()

    def _open_dialog(self, asset: Asset, clip: Clip) -> None:
        heard = asset.kind is Kind.AUDIO

        def save(
            target: str, form: ExportForm, taken: Callable[[], object], refuse: Refuse
        ) -> None:
            start = clip.at if form is ExportForm.FRAME else clip.start

            def done(begun: Export) -> None:
                self._memory.saved_in = os.path.dirname(target)
                if not heard:  # of a sound there is no choice
                    self._memory.saved_as = form
                taken()
                self._begin(begun, start)

            def failed(error: BaseException) -> None:
                if isinstance(error, AssetmanError) and not isinstance(error, Cancelled):
                    refuse(str(error))
                else:
                    taken()
                    report(self, error)

            job = self._bridge.call(
                self, lambda api: api.export(clip.asset_id, start, clip.end, target, form)
            )
            job.on_error(failed).on_done(done).start()

        usual = ExportForm.SOUND if heard else self._memory.saved_as
        others = [] if heard else [form for form in ExportForm if form is not usual]
        dialog = ExportDialog(
            asset.path, clip, self._folder(), [usual, *others], save, self._window
        )
        dialog.open()

    def _folder(self) -> str:
        """Give the folder used last, else the one that films belong in."""
        last = self._memory.saved_in
        if last and os.path.isdir(last):
            return last
        places = QStandardPaths.StandardLocation
        for place in (places.MoviesLocation, places.HomeLocation):
            folder = QStandardPaths.writableLocation(place)
            if os.path.isdir(folder):
                return os.path.normpath(folder)
        return os.path.expanduser("~")

    def _begin(self, begun: Export, mark: float) -> None:
        self._own[begun.number] = mark
        self._hear(self._heard.get(begun.number, begun))  # it may have ended before the answer

    @Slot(object)
    def _hear(self, export: Export) -> None:
        self._heard[export.number] = export
        if export.number not in self._own:
            return
        if export.state is not ExportState.RUNNING:
            self._tell_end(export, self._own.pop(export.number))
        self.line.show_exports({number: self._heard[number] for number in self._own})

    def _tell_end(self, export: Export, mark: float) -> None:
        folder, name = os.path.split(export.target)
        say = self._messages.say
        if export.state is ExportState.FAILED:
            say(f"“{display(name)}” was not saved. {export.message}", problem=True)
        elif export.state is ExportState.CANCELLED:
            say(f"Stopped. Nothing of “{display(name)}” was kept.")
        else:
            early = 0.0 if export.start is None else mark - export.start
            note = f" It begins {early:.1f} s early, at a key frame." if early > _NOTICED else ""
            where = display(os.path.basename(folder) or folder)
            sentence = f"Saved “{display(name)}” in “{where}”.{note}"
            self._messages.offer(
                sentence, "Show in file manager", lambda: self._show(export.target)
            )

    def _show(self, target: str) -> None:
        def failed(error: BaseException) -> None:
            if isinstance(error, AssetmanError) and not isinstance(error, EngineLost):
                self._messages.say(str(error), problem=True)
            else:
                report(self, error)

        Job(self, lambda: reveal([target])).on_error(failed).start()

    @Slot()
    def _lose(self) -> None:
        """Know that an engine that died took what it was saving with it."""
        self._lost += [os.path.basename(self._heard[number].target) for number in self._own]
        self._own.clear()
        self._heard.clear()  # the next engine counts from one again
        self.line.show_exports({})

    @Slot()
    def _tell_loss(self) -> None:
        if self._lost:
            listed = ", ".join(f"“{display(name)}”" for name in self._lost)
            what = "was" if len(self._lost) == 1 else "were"
            self._messages.say(
                f"The engine stopped and was started again. {listed} {what} not saved.", True
            )
        self._lost.clear()
