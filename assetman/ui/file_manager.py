"""Showing a file where the person's file manager shows it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QUrl
from PySide6.QtDBus import QDBusConnection, QDBusMessage
from PySide6.QtGui import QDesktopServices

from assetman.core.assets import display
from assetman.core.errors import EnvironmentProblem
from assetman.ui.jobs import Job, report

_ANSWER_MS = 3000


def show_in_file_manager(owner: QObject, path: str) -> None:
    """Open the folder of `path` in the file manager, with the file selected where it can be."""

    def opened(answer: tuple[bool, str]) -> None:
        done, folder = answer
        if not done and not QDesktopServices.openUrl(QUrl.fromLocalFile(folder)):
            report(owner, EnvironmentProblem(f"No file manager opened {display(folder)}."))

    Job(owner, lambda: _reveal(path)).on_done(opened).start()


def _reveal(path: str) -> tuple[bool, str]:
    """Ask the platform; whether a file manager took it, and the folder to open if none did.

    Runs off the thread that paints. Raises EnvironmentProblem for what is not there.
    """
    if not os.path.lexists(path):
        raise EnvironmentProblem(f"{display(path)} is not there just now.")
    folder = path if Path(path).is_dir() else os.path.dirname(path)
    if sys.platform == "win32":
        started = QProcess.startDetached("explorer.exe", ["/select,", os.path.normpath(path)])
        return bool(started[0]), folder
    if sys.platform == "darwin":
        return bool(QProcess.startDetached("open", ["-R", path])[0]), folder
    return _ask_bus(path), folder


def _ask_bus(path: str) -> bool:
    """Ask the file manager over D-Bus, as freedesktop.org's FileManager1 says."""
    bus = QDBusConnection.sessionBus()
    if not bus.isConnected():
        return False
    service = "org.freedesktop.FileManager1"
    message = QDBusMessage.createMethodCall(
        service, "/org/freedesktop/FileManager1", service, "ShowItems"
    )
    url = bytes(QUrl.fromLocalFile(path).toEncoded().data()).decode("ascii")
    message.setArguments([[url], ""])
    return bus.call(message, timeout=_ANSWER_MS).type() == QDBusMessage.MessageType.ReplyMessage
