"""QtMultimedia, when it is first needed and if it is there; its objects, made so that they end."""

from __future__ import annotations

import importlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QFile, QIODevice, QObject
from PySide6.QtGui import QImageReader

from assetman.core.errors import EnvironmentProblem

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QAudioOutput, QMediaPlayer, QVideoSink

# A file that names others (a playlist under a film's name) must not make the player open them.
_SOUNDS = (b"#!amr", b"#!silk")  # they begin as lists of files do
_WHITELIST = ("QT_FFMPEG_PROTOCOL_WHITELIST", "data")


@dataclass(frozen=True, slots=True)
class Machine:
    """What plays: the player, what it draws into, what it is heard through."""

    player: QMediaPlayer
    sink: QVideoSink | None  # None where only what is heard is wanted
    sound: QAudioOutput


def make_machine(owner: QObject, *, seen: bool = True) -> Machine:
    """Make a player, of pictures too if they are to be `seen`.

    Raises EnvironmentProblem where QtMultimedia, or what it needs, is missing.
    """
    os.environ.setdefault(*_WHITELIST)
    try:
        importlib.import_module("PySide6.QtMultimedia")
        from PySide6.QtMultimedia import QAudioOutput, QMediaPlayer, QVideoSink
    except ImportError as error:
        raise EnvironmentProblem(_missing(str(error), seen)) from error
    sink = QVideoSink(owner) if seen else None
    machine = Machine(QMediaPlayer(owner), sink, QAudioOutput(owner))
    if not machine.player.isAvailable():
        raise EnvironmentProblem(_missing("", seen))
    signals = [machine.player.positionChanged, machine.sound.volumeChanged]
    if sink is not None:
        signals.append(sink.videoSizeChanged)
    for signal in signals:
        # Qt's threads tell these objects that a connection has ended, and Python is asked, once,
        # whether it wants to know. Asked here: there the answer would wait for the interpreter
        # while the interpreter waits, in `setSourceDevice`, for that thread to end.
        signal.connect(_nothing)
        signal.disconnect(_nothing)
    if sink is not None:
        machine.player.setVideoSink(sink)
    machine.player.setAudioOutput(machine.sound)
    return machine


class OpenFile:
    """A file open to be read, as Qt's threads read it; nobody else's work is in the way of it."""

    def __init__(self, path: str) -> None:
        """Open a file. Raises OSError; may take long on a drive that sleeps."""
        self._file = open(path, "rb", buffering=0)  # noqa: SIM115  # closed by `close`
        self._reader: QImageReader | None = None
        self.head = self._file.read(64)
        self._file.seek(0)

    def device(self) -> QIODevice:
        """Give the file as Qt reads it. On the thread of the window."""
        # A QFile that C++ made: one made here would ask Python about every single read.
        self._reader = QImageReader(os.devnull)
        device = self._reader.device()
        device.close()
        assert isinstance(device, QFile)
        device.open(self._file.fileno(), QIODevice.OpenModeFlag.ReadOnly)
        return device

    def close(self) -> None:
        """Let go of the file."""
        if self._reader is not None:
            self._reader.device().close()
            self._reader = None
        self._file.close()

    @property
    def names_others(self) -> bool:
        """Tell whether this is a list of other files and no film or sound."""
        start = self.head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
        if start.startswith(_SOUNDS):
            return False
        return start.startswith((b"#ext", b"ffconcat", b"<", b"[", b"v=0", b"rtsp", b"#"))


def _nothing(*_: object) -> None:
    """Take no notice."""


def _missing(error: str, seen: bool) -> str:
    library = next((word.strip(":,'\"") for word in error.split() if ".so" in word), "")
    part = f" ({library})" if library else ""
    what = "Videos" if seen else "Sounds"
    return f"{what} cannot be played here: a part of the system is missing{part}."
