"""Runs `ffmpeg`: hears how far it is, stops it when it is called off, says why it failed."""

from __future__ import annotations

import os
import queue
import re
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import IO

import psutil

from assetman.core.errors import AssetmanError, BadInput, EnvironmentProblem
from assetman.core.progress import CancelToken

_LOOK_SECONDS = 0.1  # between two looks whether it is still wanted
_END_SECONDS = 5.0  # for a killed program to be gone; one that hangs in the kernel is left
_NICENESS, _GENTLE_NICENESS = 5, 19
_LAST_LINES = 12  # of what it complained about
_DISK_TROUBLE = {
    "No space left on device": "The disk is full",
    "Disk quota exceeded": "The disk quota is used up",
    "File too large": "The disk takes no file as large as this clip",
    "Read-only file system": "The disk cannot be written to any more",
    "Input/output error": "A disk failed while the clip was written",
    "Stale file handle": "A disk went away while the clip was written",
    "Transport endpoint is not connected": "A disk went away while the clip was written",
    "No such device": "A disk went away while the clip was written",
    "Cannot allocate memory": "There is too little memory",
}
_WRITTEN_IN_PART = re.compile(
    "|".join(["Error writing trailer", "Error closing file", *map(re.escape, _DISK_TROUBLE)])
)
_DOES_NOT_FIT = re.compile(
    r"[Cc]ould not find tag for codec (?P<a>\S+)"
    r"|codec (?P<b>\S+ )?(is )?not (currently )?supported in container"
    r"|Only \S.* (video|audio|streams?) .*(are|is) supported"
    r"|[Uu]nsupported (audio|video) codec"
    r"|incompatible with output codec"
    r"|(?P<c>\S+) only supports "
)


def follow(
    command: Sequence[str],
    inherited: tuple[int, ...],
    tell: Callable[[float], None],
    cancel: CancelToken,
    gentle: bool,
) -> int:
    """Run a command that reports with `-progress pipe:1`; `tell` hears the seconds written.

    Gives the number of frames that were written.
    Raises Cancelled, with the program and all it started gone; BadInput and EnvironmentProblem,
    in words for the person, when it fails.
    """
    cancel.check()
    process = _start(command, inherited)
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    complaints: deque[str] = deque(maxlen=_LAST_LINES)

    def keep(line: str | None) -> None:
        if line:
            complaints.append(line)

    assert process.stdout is not None
    assert process.stderr is not None
    readers = [
        threading.Thread(target=_read, args=(process.stdout, lines.put), daemon=True),
        threading.Thread(target=_read, args=(process.stderr, keep), daemon=True),
    ]
    for reader in readers:
        reader.name = "ffmpeg"
        reader.start()
    try:
        _give_way(process.pid, _GENTLE_NICENESS if gentle else _NICENESS)
        frames = 0
        while (line := _next(lines, cancel)) is not None:
            name, _, value = line.partition("=")
            if name == "frame" and value.isdecimal():
                frames = int(value)
            elif name == "out_time_us" and value.isdecimal():  # before the start it is below 0
                tell(int(value) / 1_000_000)
        status = _status(process, cancel)
    finally:
        _kill(process)
        for reader in readers:
            reader.join(_END_SECONDS)
    # It ends well with half a file on a full disk, having complained.
    if status or _WRITTEN_IN_PART.search("\n".join(complaints)):
        raise _why(status, list(complaints))
    return frames


def _start(command: Sequence[str], inherited: tuple[int, ...]) -> subprocess.Popen[bytes]:
    own = os.environ | {"LC_ALL": "C"}  # its complaints are read
    own.pop("FFREPORT", None)  # it would write a log where nobody wants one
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=own,
            cwd=os.path.abspath(os.sep),  # no drive is held by it
            pass_fds=inherited,
            start_new_session=os.name == "posix",
            creationflags=0x08000000 if sys.platform == "win32" else 0,  # no console window
        )
    except OSError as error:
        raise EnvironmentProblem(
            f"The program {command[0]} cannot be started: {error.strerror or error}."
        ) from error


def _read(stream: IO[bytes], put: Callable[[str | None], None]) -> None:
    """Pass on lines, then None, until the program is gone or the stream is closed."""
    with suppress(OSError, ValueError), stream:
        for line in stream:
            put(line.decode("utf-8", "replace").strip())
    put(None)


def _next(lines: queue.SimpleQueue[str | None], cancel: CancelToken) -> str | None:
    while True:
        cancel.check()
        with suppress(queue.Empty):
            return lines.get(timeout=_LOOK_SECONDS)


def _status(process: subprocess.Popen[bytes], cancel: CancelToken) -> int:
    while True:
        cancel.check()
        with suppress(subprocess.TimeoutExpired):
            return process.wait(_LOOK_SECONDS)


def _give_way(pid: int, niceness: int) -> None:
    """Let the person's other programs go first; when gentle also at the disk."""
    with suppress(psutil.Error, OSError, ValueError, AttributeError):
        process = psutil.Process(pid)
        if sys.platform == "win32":
            idle = niceness == _GENTLE_NICENESS
            below = psutil.BELOW_NORMAL_PRIORITY_CLASS
            process.nice(psutil.IDLE_PRIORITY_CLASS if idle else below)
            return
        process.nice(niceness)
        if niceness == _GENTLE_NICENESS and sys.platform == "linux":
            process.ionice(psutil.IOPRIO_CLASS_IDLE)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the program and whatever it started; nothing happens where it has ended."""
    if process.poll() is None:
        with suppress(OSError):
            if sys.platform == "win32":
                process.kill()
            else:
                os.killpg(process.pid, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_END_SECONDS)


def _why(status: int, complaints: list[str]) -> AssetmanError:
    """Say in one sentence why the program failed."""
    said = "\n".join(complaints)
    for sign, sentence in _DISK_TROUBLE.items():
        if sign in said:
            return EnvironmentProblem(f"{sentence}. Nothing was saved.")
    if status < 0:
        number = -status
        name = signal.Signals(number).name if number in set(signal.Signals) else str(number)
        return EnvironmentProblem(
            f"ffmpeg was ended ({name}) before the clip was whole; perhaps memory is short."
            " Nothing was saved."
        )
    if _DOES_NOT_FIT.search(said):
        return BadInput(
            "A file of this kind cannot hold the video or its sound as they are: save the clip as"
            " .mkv, or exactly."
        )
    last = complaints[-1] if complaints else f"it ended with status {status}"
    return BadInput(f"ffmpeg could not save the clip: {_plain(last)}")


def _plain(line: str) -> str:
    """Take the part that speaks at the start of a line away: “[mp4 @ 0x55…] ”."""
    return re.sub(r"^(\[[^\]]*\]\s*)+", "", line)[:200]
