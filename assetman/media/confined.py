"""Starts `ffmpeg` so that it ends with us and, on Linux, can open two files of the person's only.

Its own process runs this module for a moment, gives up what it will not need, and becomes the
program. Where that cannot be done (other systems, a program that lies at an odd place) it is
started as it is.
"""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from assetman.media.landlock import EXECUTE, READ, WRITE, shut_files

_DEATH_SIGNAL, _NO_NEW_PRIVILEGES = 1, 38  # PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS
_KILL = 9
_TRY_SECONDS = 20.0
_LIBRARIES = ("/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/nix/store")
_START = "import sys; sys.path.insert(0, sys.argv[1]); from assetman.media import confined; confined.become()"
_HOME = str(Path(__file__).parents[2])


def confined(command: Sequence[str], source: str, written: str) -> list[str]:
    """Give a command that starts the other one, able to read one file and to write one."""
    if not _works(command[0]):
        return list(command)
    return [*_starter(), source, written, *command]


def become() -> None:
    """Give up rights and become a program: the process's own arguments say which."""
    _, parent, source, written, *command = sys.argv[1:]
    _confine(int(parent), source, written, command[0])
    os.execv(command[0], command)


def _starter() -> list[str]:
    return [sys.executable, "-I", "-S", "-c", _START, _HOME, str(os.getpid())]


@functools.lru_cache(maxsize=4)
def _works(program: str) -> bool:
    """Try once whether a program still runs with so few rights."""
    if sys.platform != "linux" or getattr(sys, "frozen", False):
        return False
    try:
        done = subprocess.run(
            [*_starter(), os.devnull, os.devnull, program, "-version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TRY_SECONDS,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def _confine(parent: int, source: str, written: str, program: str) -> None:
    import ctypes

    kernel = ctypes.CDLL(None)
    kernel.prctl(_DEATH_SIGNAL, ctypes.c_ulong(_KILL), 0, 0, 0)
    if os.getppid() != parent:  # it died before it could be asked for
        os._exit(1)
    kernel.prctl(_NO_NEW_PRIVILEGES, ctypes.c_ulong(1), 0, 0, 0)
    runs = [(path, READ | EXECUTE) for path in (*_LIBRARIES, os.path.realpath(program))]
    shut_files([*runs, (source, READ), (written, READ | WRITE)])
