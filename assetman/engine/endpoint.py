"""Where a library's engine can be found: its address, its key, its log.

The engine writes `engine.json` into the library's folder, readable by its owner alone; for a
library on a read-only disk, into a private folder of the system's runtime files. Light on
purpose: a command looks here before it loads anything.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
import secrets
import shutil
import stat
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from assetman import __version__
from assetman.core.errors import EnvironmentProblem
from assetman.engine.protocol import PROTOCOL_VERSION

_FILE = "engine.json"
_LOG = "engine.log"
_ROOM_TO_LOG = 64 << 10  # bytes; on a full disk nobody would hear that it is full
_LONGEST_ADDRESS = 100  # bytes; the shortest limit among systems is 104, its final zero included


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What a client needs to reach an engine and to prove that it may."""

    address: str
    family: str  # "AF_UNIX", "AF_PIPE"
    key: str  # hexadecimal
    pid: int
    protocol: int = PROTOCOL_VERSION
    version: str = __version__

    @property
    def secret(self) -> bytes:
        return bytes.fromhex(self.key)


def new_endpoint(folder: Path) -> Endpoint:
    """Choose an address for the engine of a library, with a new key.

    Whoever calls holds the library's lock: what lies at that address is a dead engine's.
    Raises EnvironmentProblem if there is no private place for a socket.
    """
    key = secrets.token_hex(32)
    if sys.platform == "win32":
        address = rf"\\.\pipe\assetman-{_name(folder)}-{secrets.token_hex(8)}"
        return Endpoint(address, "AF_PIPE", key, os.getpid())
    socket = _private_folder() / f"{_name(folder)}.sock"
    socket.unlink(missing_ok=True)
    return Endpoint(str(socket), "AF_UNIX", key, os.getpid())


def publish(folder: Path, endpoint: Endpoint) -> Path:
    """Write down where the engine is, for its owner's eyes only; give the file."""
    text = json.dumps(dataclasses.asdict(endpoint))
    try:
        return _write_privately(folder / _FILE, text)
    except OSError:  # a read-only disk
        return _write_privately(_private_folder() / f"{_name(folder)}.json", text)


def withdraw(path: Path, endpoint: Endpoint) -> None:
    """Take back what `publish` wrote, unless another engine has written there since."""
    if _read(path) == endpoint:
        with contextlib.suppress(OSError):
            path.unlink()


def endpoints(folder: Path) -> list[Endpoint]:
    """List where an engine of the library may be; it may be gone without a word."""
    places = [folder / _FILE]
    with contextlib.suppress(EnvironmentProblem):
        places.append(_private_folder() / f"{_name(folder)}.json")
    return [found for place in places if (found := _read(place)) is not None]


def log_path(folder: Path) -> Path:
    """Give the file the library's engine logs to; creates it. Raises EnvironmentProblem."""
    for place in (folder / _LOG, _private_folder() / f"{_name(folder)}.log"):
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
            if shutil.disk_usage(place.parent).free < _ROOM_TO_LOG:
                continue
        except OSError:
            continue
        return place
    raise EnvironmentProblem(f"nothing can be written to {folder}, nor to the temporary folder")


def _read(path: Path) -> Endpoint | None:
    try:
        given = json.loads(path.read_bytes())
        known = {field.name for field in dataclasses.fields(Endpoint)}
        endpoint = Endpoint(**{name: given[name] for name in known & given.keys()})
        bytes.fromhex(endpoint.key)
    except (OSError, ValueError, TypeError, AttributeError):
        return None
    return endpoint if endpoint.family in ("AF_UNIX", "AF_PIPE") else None


def _write_privately(path: Path, text: str) -> Path:
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.unlink(missing_ok=True)
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text)
        return aside.replace(path)
    except OSError:  # a full disk
        aside.unlink(missing_ok=True)
        raise


def _name(folder: Path) -> str:
    """Name a library in a few letters, the same for every way to write its folder."""
    real = os.path.normcase(os.path.realpath(folder))
    return hashlib.sha256(os.fsencode(real)).hexdigest()[:16]


def _private_folder() -> Path:
    """Give a folder that only this person can enter, with a path short enough for a socket."""
    if sys.platform == "win32":
        folder = Path(tempfile.gettempdir()) / "assetman"  # the temporary folder is per person
        folder.mkdir(exist_ok=True)
        return folder
    mine = os.getuid()
    for parent in (os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir(), "/tmp"):
        if not parent or not Path(parent).is_absolute():
            continue
        folder = Path(parent) / f"assetman-{mine}"
        if len(os.fsencode(folder / f"{'0' * 16}.sock")) > _LONGEST_ADDRESS:
            continue
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            found = folder.lstat()
            # In a folder that all may write to, another person could have been here first.
            if stat.S_ISDIR(found.st_mode) and found.st_uid == mine:
                folder.chmod(0o700)
                return folder
        except OSError:
            continue
    raise EnvironmentProblem("there is no private folder for the engine's socket: is /tmp full?")
