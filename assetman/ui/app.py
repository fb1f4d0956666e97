"""The window's process: a first frame at once, the engine as soon as it is there."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtGui import QIcon, QImageReader
from PySide6.QtWidgets import QApplication

from assetman.engine.protocol import EngineApi
from assetman.ui.bridge import EngineBridge
from assetman.ui.jobs import Job, finish
from assetman.ui.window import MainWindow

LEAVE_MS = 3000
NO_DISPLAY = (
    "There is no display here. The commands work without one: assetman search WORDS --in FOLDER"
)
PICTURE_MIB = 512  # a dropped picture that needs more stays without a thumbnail of its own


def main(folder: Path) -> int:
    """Open the window of the library in `folder`; returns the exit status."""
    if not _has_display():
        print(NO_DISPLAY, file=sys.stderr)
        return 3
    application = _application()
    QImageReader.setAllocationLimit(PICTURE_MIB)
    bridge = EngineBridge()
    window = MainWindow(bridge, folder / "pasted")
    _connect_engine(window, folder)
    window.show()
    status = application.exec()
    window.hide()
    bridge.close()
    if not finish(LEAVE_MS):
        # A call that never returns must not keep the process; everything is stored elsewhere.
        sys.stdout.flush()
        os._exit(status)
    return status


def _has_display() -> bool:
    """Tell whether Qt will find a screen: without one it would abort."""
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _application() -> QApplication:
    running = QApplication.instance()
    application = running if isinstance(running, QApplication) else QApplication(sys.argv[:1])
    QCoreApplication.setApplicationName("Assetman")
    QCoreApplication.setOrganizationName("Assetman")
    application.setDesktopFileName("assetman")
    icon = Path(__file__).parent / "resources" / "assetman.svg"
    application.setWindowIcon(QIcon(str(icon)))
    return application


def _connect_engine(window: MainWindow, folder: Path) -> None:
    """Connect in the background, and again when the person asks for it."""

    def begin() -> None:
        window.content.line.show_nothing()
        window.content.show_sentence("Opening the library…")
        Job(window, lambda: _connect(folder)).on_done(window.bridge.attach).on_error(
            window.show_unconnected
        ).start()

    window.connect_wanted.connect(begin)
    QTimer.singleShot(0, begin)


def _connect(folder: Path) -> EngineApi:
    # Imported here, off the painting thread, so that the first frame does not wait for it.
    from assetman.engine.client import connect

    return connect(folder, again=True)
