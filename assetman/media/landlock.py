"""Which files a decode process may still open by name (Landlock, Linux 5.13).

The file to decode and the file to write come to it open (`lending`), so it needs no more than
its own libraries and the system's fonts: no other file of the person's can be reached, whatever
a decoder is made to do.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import struct
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # calls of the kernel, the same on every machine
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _TRUNCATE = 1, 1 << 1, 1 << 2, 1 << 3, 1 << 14
READ, WRITE, EXECUTE = _READ_FILE | _READ_DIR, _WRITE_FILE | _TRUNCATE, _EXECUTE
# How many rights over files each version of Landlock knows: those it knows are given up.
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
_RIGHTS_NOW = 16
_NET_FROM, _SCOPE_FROM = 4, 6
_NET, _SCOPE = 0b11, 0b11  # bind and connect; others' abstract sockets and signals

# Where decoders lie.
_PACKAGES = ("assetman", "numpy", "PIL", "pi_heif", "rawpy", "resvg_py", "cv2", "av")
_SYSTEM = (
    *("/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib"),
    *("/nix/store", "/gnu/store", "/app", "/etc/ld.so.cache", "/etc/localtime"),
    *("/etc/fonts", "/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/fontconfig"),
    *("/run/host/fonts", "/usr/share/zoneinfo", "/dev/urandom", "/dev/random"),
    *("/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/self", "/proc/sys/vm"),
    *("/sys/devices/system/cpu", "/sys/devices/system/node", "/sys/fs/cgroup"),
)
_FONTS_AT_HOME = (".fonts", ".local/share/fonts", ".config/fontconfig")
_WRITTEN = ("/dev/null",)


def shut_files(further: Iterable[tuple[str, int]] = ()) -> bool:
    """Give up every file but libraries, fonts and `further` ones; False where that cannot be done.

    Those come with what may still be done to them: `READ`, `WRITE`, `EXECUTE`.

    It holds for this thread and all it starts. New privileges must have been given up before.
    """
    if not sys.platform.startswith("linux"):
        return False
    kernel = ctypes.CDLL(None)
    version = kernel.syscall(_CREATE, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return False
    handled = (1 << _RIGHTS.get(version, _RIGHTS_NOW)) - 1
    wanted = struct.pack("=Q", handled)
    wanted += struct.pack("=Q", _NET) if version >= _NET_FROM else b""
    wanted += struct.pack("=Q", _SCOPE) if version >= _SCOPE_FROM else b""
    rules = kernel.syscall(_CREATE, ctypes.c_char_p(wanted), ctypes.c_size_t(len(wanted)), 0)
    if rules < 0:
        return False
    try:
        for path in _readable():
            _allow(kernel, rules, path, READ)
        for path in _WRITTEN:
            _allow(kernel, rules, path, _READ_FILE | _WRITE_FILE)
        for path, rights in further:
            _allow(kernel, rules, path, rights & handled)
        return bool(kernel.syscall(_RESTRICT, rules, 0) == 0)
    finally:
        os.close(rules)


def _allow(kernel: ctypes.CDLL, rules: int, path: str, rights: int) -> None:
    try:
        there = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # most systems lack some of them
        return
    try:
        if not os.path.isdir(path):
            rights &= ~_READ_DIR
        rule = struct.pack("=Qi", rights, there)
        path_beneath = 1
        kernel.syscall(_ADD, rules, path_beneath, ctypes.c_char_p(rule), 0)
    finally:
        os.close(there)


def _readable() -> Iterator[str]:
    yield from _SYSTEM
    yield from (sys.base_prefix, sys.prefix)
    yield from map(sysconfig.get_path, ("stdlib", "platstdlib", "purelib", "platlib"))
    yield from os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep)
    for name in _PACKAGES:  # one may have been installed elsewhere
        with suppress(ImportError, ValueError):
            found = importlib.util.find_spec(name)
            if found is not None and found.origin is not None:
                yield from _around(Path(found.origin))
    home = Path(os.path.expanduser("~"))
    yield from (str(home / place) for place in _FONTS_AT_HOME)
    data = os.environ.get("XDG_DATA_HOME")
    if data:
        yield os.path.join(data, "fonts")


def _around(origin: Path) -> Iterator[str]:
    """Give a package's folder and, beside it, the libraries that came with it."""
    if origin.name != "__init__.py":  # a module that is one file
        yield str(origin)
        return
    folder = origin.parent
    yield str(folder)
    for beside in folder.parent.glob(f"{folder.name}*.libs"):
        yield str(beside)
