"""What the window knows of the library as a whole, renewed when it changes."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from assetman.core.assets import Kind
from assetman.core.changes import Changes
from assetman.core.models import ModelInfo, ModelState
from assetman.core.progress import Phase, Progress
from assetman.engine.protocol import EngineApi, Status
from assetman.ui.bridge import EngineBridge

RENEW_MS = 400


class LibraryWatch(QObject):
    """Keeps the counts, the roots, the models and the progress as they were last told."""

    renewed = Signal()
    progressed = Signal(object)  # Progress

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.status: Status | None = None
        self.models: list[ModelInfo] = []
        self.progress = Progress()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(RENEW_MS)
        self._timer.timeout.connect(self.renew)
        bridge.changed.connect(self._changed)
        bridge.progressed.connect(self._progressed)
        bridge.lost.connect(self._engine_lost)
        bridge.back.connect(self.renew)

    @property
    def empty(self) -> bool:
        """Whether nothing was ever added."""
        return self.status is not None and not self.status.roots

    @property
    def working(self) -> bool:
        return self.progress.phase is not Phase.IDLE

    @property
    def no_adding(self) -> str:
        """Say why nothing can be added, if nothing can."""
        if self.status is not None and self.status.read_only:
            return "This library is on a read-only disk: it can be searched, nothing can be added."
        return ""

    @property
    def model_line(self) -> str:
        """Say in a few words which models answer and where they run.

        The one for sounds is named where there is something to hear.
        """
        if self.status is None:
            return ""
        titles = {model.name: model.title for model in self.models}
        status, names = self.status, [self.status.model]
        heard = any(status.assets.get(kind) for kind in (Kind.AUDIO, Kind.VIDEO))
        if heard and status.sound_model:
            names.append(status.sound_model)
        coming = [name for name in (status.filling, status.sound_filling) if name]
        words = [titles.get(name, name) for name in names if name]
        words += [f"{titles.get(name, name)} being prepared" for name in coming]
        line = ", ".join(words)
        device = self.status.device
        return f"{line} · {_short(device.device)}" if device is not None and line else line

    @property
    def uses_built_in(self) -> bool:
        """Whether the model that answers is the one that came with the app."""
        return any(m.active and m.state is ModelState.BUILT_IN for m in self.models)

    @Slot()
    def renew(self) -> None:
        """Ask how things are now."""

        def ask(api: EngineApi) -> tuple[Status, list[ModelInfo], Progress]:
            return api.status(), api.models(), api.progress()

        self._bridge.call(self, ask).on_done(self._take).start()

    def _take(self, found: tuple[Status, list[ModelInfo], Progress]) -> None:
        self.status, self.models, self.progress = found
        self.renewed.emit()
        self.progressed.emit(self.progress)

    @Slot()
    def _engine_lost(self) -> None:
        """Nothing is being done while there is no engine."""
        self.progress = Progress()
        self.progressed.emit(self.progress)

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        if not self._timer.isActive():
            self._timer.start()

    @Slot(object)
    def _progressed(self, progress: Progress) -> None:
        ended = self.working and progress.phase is Phase.IDLE
        self.progress = progress
        self.progressed.emit(progress)
        if ended and not self._timer.isActive():
            self._timer.start()


def _short(device: str) -> str:
    return {"cpu": "CPU", "cuda": "GPU", "mps": "GPU"}.get(device, device)
