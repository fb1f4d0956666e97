"""Takes what comes from other programs, by drop or by paste, and says what it means here."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from assetman.core.assets import display
from assetman.core.errors import AssetmanError
from assetman.core.queries import Example
from assetman.engine.protocol import EngineApi
from assetman.ui.bridge import EngineBridge
from assetman.ui.controller.state import ExampleChip
from assetman.ui.drop_targets import NOTHING_TO_SEE, DropTargets, Target, offer_for
from assetman.ui.jobs import Job
from assetman.ui.pasting import (
    Brought,
    Sorted,
    brought,
    forget_old_pictures,
    is_of_interest,
    keep_picture,
    sort_paths,
)

_UNENTERED_MS = 200


class Intake(QObject):
    """Shows the targets of a drag, takes the drop, and hands on what it means."""

    examples = Signal(tuple)  # ExampleChips to add to the question
    folders = Signal(tuple)  # absolute paths to add to the library
    words = Signal(str)
    said = Signal(str)

    def __init__(self, bridge: EngineBridge, pasted: Path, window: QWidget) -> None:
        super().__init__(window)
        self._bridge = bridge
        self._pasted = pasted
        self.no_adding = ""  # why folders cannot be added, if they cannot
        self.targets = DropTargets(window)
        self._held = Brought()
        self._sorted: Sorted | None = None
        self._number = 0
        self.targets.dropped.connect(self._dropped)
        self._fade = QTimer(self)
        self._fade.setSingleShot(True)
        self._fade.timeout.connect(self.targets.hide)
        self.targets.entered.connect(self._fade.stop)  # it left the window for what covers it
        Job(self, lambda: forget_old_pictures(pasted)).start()

    # -- drags over the window ----------------------------------------------------------

    def enter(self, event: QDragEnterEvent) -> None:
        """Meet a drag that has come over the window. Our own cards never ask by accident."""
        mime = event.mimeData()
        if event.source() is not None or not is_of_interest(mime):
            event.ignore()
            return
        self._fade.stop()
        self._hold(mime)
        event.acceptProposedAction()

    def left(self) -> None:
        """Meet a drag leaving the window itself: usually for the targets that now cover it."""
        self._fade.start(_UNENTERED_MS)

    def drop(self, event: QDropEvent) -> None:
        """Take a drop that fell before the targets had covered the window."""
        if event.source() is None:
            if not self.targets.isVisible():
                self._hold(event.mimeData())
            self.targets.drop_at(event)

    # -- paste --------------------------------------------------------------------------

    def paste(self, mime: QMimeData) -> None:
        """Take what is on the clipboard: files and pictures ask, words are typed."""
        held = brought(mime)
        if not held and held.text:
            self.words.emit(held.text)
        elif held:
            self._number += 1
            self._sorted = None
            self.take(held, None, "Pasted picture")

    # -- both ---------------------------------------------------------------------------

    def take(self, held: Brought, wish: Target | None, name: str) -> None:
        """Do what a drop or a paste means; without a wish, whatever it can mean.

        `name` is what a picture is called that has no file of its own.
        """
        if held.data is not None:
            data = held.data
            job = Job(self, lambda: keep_picture(data, self._pasted))
            job.on_done(lambda path: self._ask_like((path,), name)).start()
        elif held.paths:
            Job(self, lambda: sort_paths(held.paths)).on_done(
                lambda found: self._take_files(found, wish)
            ).start()
        elif held.text.strip():
            self.words.emit(held.text.strip())

    def _hold(self, mime: QMimeData) -> None:
        self._number += 1
        number = self._number
        held = self._held = brought(mime)
        self._sorted = None
        known = not held.paths
        self.targets.show_offer(offer_for(held, None, self.no_adding), known)
        if held.paths:
            Job(self, lambda: sort_paths(held.paths)).on_done(
                lambda found: self._offer(number, found)
            ).start()

    def _offer(self, number: int, found: Sorted) -> None:
        if number == self._number and self.targets.isVisible():
            self._sorted = found
            self.targets.show_offer(offer_for(self._held, found, self.no_adding), True)

    @Slot(object)
    def _dropped(self, target: Target | None) -> None:
        self._fade.stop()
        self.take(self._held, target, "Dropped picture")

    def _take_files(self, found: Sorted, wish: Target | None) -> None:
        took = False
        likes = found.pictures + found.videos + found.sounds
        if likes and wish in (None, Target.SIMILAR):
            self._ask_like(likes, None, found.videos, found.sounds)
            took = True
        if found.folders and wish in (None, Target.ADD):
            took = True
            if self.no_adding:
                self.said.emit(self.no_adding)
            else:
                self.folders.emit(found.folders)
        if not took:
            self.said.emit(NOTHING_TO_SEE)

    def _ask_like(
        self,
        paths: tuple[str, ...],
        name: str | None,
        videos: tuple[str, ...] = (),
        sounds: tuple[str, ...] = (),
    ) -> None:
        job = self._bridge.call(self, lambda api: chips_for(api, paths, name, videos, sounds))
        job.on_done(self.examples.emit).start()


def chips_for(
    api: EngineApi,
    paths: tuple[str, ...],
    name: str | None,
    videos: tuple[str, ...] = (),
    sounds: tuple[str, ...] = (),
) -> tuple[ExampleChip, ...]:
    """Make chips of files; those that are assets show their own thumbnail.

    `videos` and `sounds` are those among them that Qt cannot show small by itself.
    """
    chips = []
    for path in paths:
        thumbnail = None if path in videos or path in sounds else path
        try:
            asset_id = api.asset_at(path)
            cards = [] if asset_id is None else api.cards([asset_id])
            if cards and cards[0].thumbnail is not None:
                thumbnail = cards[0].thumbnail
        except AssetmanError:
            pass  # the chip shows the file itself
        shown = name or display(os.path.basename(path))
        chips.append(ExampleChip(Example(path=path), shown, thumbnail, path in sounds))
    return tuple(chips)
