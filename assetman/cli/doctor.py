"""`assetman doctor`: look whether all that Assetman needs is there, and say how to mend it."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import importlib
import importlib.metadata
import platform
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assetman import __version__
from assetman.cli.desk import Desk
from assetman.cli.files import counted
from assetman.core.errors import AssetmanError
from assetman.core.watching import WatchMode
from assetman.embedding import operators

if TYPE_CHECKING:
    from assetman.engine.protocol import Status

HELP = "check the installation and the library, and say how to mend them"

_LEAST_SPACE = 1 << 30  # bytes
_OLDEST_PYTHON = (3, 11)
_OPTIONAL = frozenset({"hnswlib"})  # compiled at install, where there is a compiler
# What is imported, what it comes with, what it is for.
_LIBRARIES = (
    ("PySide6.QtWidgets", "PySide6-Addons", "the window"),
    ("torch", "torch", "models"),
    ("open_clip", "open_clip_torch", "models"),
    ("hnswlib", "hnswlib", "fast search"),
    ("PIL.Image", "pillow", "pictures"),
    ("pi_heif", "pi-heif", "pictures of telephones"),
    ("rawpy", "rawpy", "pictures of cameras"),
    ("resvg_py", "resvg-py", "drawings"),
    ("sqlite_utils", "sqlite-utils", "the catalogue"),
    ("usearch.index", "usearch", "fast search, where hnswlib is missing"),
    ("cattrs", "cattrs", "the engine"),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    what: str
    sound: bool
    detail: str
    mend: str = ""
    warning: bool = False  # it works, and the person should know


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--json", action="store_true", help="print one list")


def run(given: argparse.Namespace, desk: Desk) -> int:
    """Look at everything; 3 if something needs mending."""
    sick = False
    findings = []
    for finding in _examine(desk):
        sick = sick or not finding.sound
        findings.append(dataclasses.asdict(finding))
        if not given.json:
            mark = "ok " if finding.sound else "BAD"
            mark = "!  " if finding.sound and finding.warning else mark
            desk.console.print(f"{mark} {finding.what}: {finding.detail}")
            if finding.mend:
                desk.console.print(f"    {finding.mend}")
            desk.console.out.flush()
    if given.json:
        desk.console.print_json(findings)
    return 3 if sick else 0


def _examine(desk: Desk) -> Iterator[Finding]:
    yield Finding("Assetman", True, f"{__version__} on {platform.platform()}")
    yield _python()
    for module, package, purpose in _LIBRARIES:
        yield _library(module, package, purpose)
    yield _space(desk.folder)
    yield _decoders()
    yield _ffmpeg()
    yield from _catalogue(desk)
    yield _backups(desk.folder)
    yield from _damaged(desk.folder)


def _python() -> Finding:
    detail = f"{platform.python_version()} in {sys.prefix}"
    if sys.version_info >= _OLDEST_PYTHON:
        return Finding("Python", True, detail)
    return Finding("Python", False, detail, "Install Python 3.11 or newer.")


def _library(module: str, package: str, purpose: str) -> Finding:
    """Import a library in earnest: a wheel may be there and a system library it needs not."""
    try:
        if package == "open_clip_torch":
            operators.prepare()
        importlib.import_module(module)
        return Finding(package, True, _version(package))
    except ImportError as error:
        detail = f"not there, it serves {purpose}: {error}"
        mend = f"{sys.executable} -m pip install {package}"
        return Finding(package, package in _OPTIONAL, detail, mend)
    except Exception as error:  # a broken library may raise anything
        detail = f"breaks when loaded, it serves {purpose}: {error!r}"
        mend = f"{sys.executable} -m pip install --force-reinstall {package}"
        return Finding(package, False, detail, mend)


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:  # a frozen program has no lists of packages
        return "there"


def _space(folder: Path) -> Finding:
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    try:
        free = shutil.disk_usage(place).free
    except OSError as error:
        return Finding(
            "disk", False, f"{folder} cannot be looked at: {error}", "Is the disk there?"
        )
    detail = f"{free / 1e9:,.1f} GB free for {folder}"
    if free >= _LEAST_SPACE:
        return Finding("disk", True, detail)
    mend = "Make room, or name another folder with --library."
    return Finding("disk", True, detail, mend, warning=True)


def _decoders() -> Finding:
    """Tell which rights a process that reads foreign files is left with."""
    from assetman.media.workers import rights

    try:
        found = rights()
    except AssetmanError as error:
        return Finding("decoders", False, str(error), "Is there memory and room for a process?")
    return Finding("decoders", True, "; ".join(found))


def _ffmpeg() -> Finding:
    """Tell whether the program that saves clips of videos is there."""
    from assetman.media import ffmpeg

    try:
        program = ffmpeg.find()
    except AssetmanError as error:
        return Finding("ffmpeg", True, "clips cannot be saved", str(error), warning=True)
    encoder = program.first_of("libx264", *ffmpeg.OTHER_H264) or "mpeg4"
    return Finding("ffmpeg", True, f"{program.version} in {program.path}, exact clips by {encoder}")


def _backups(folder: Path) -> Finding:
    """Tell how old the newest backup of the catalogue is."""
    ages = []
    for path in (folder / "backups").glob("*.sqlite"):
        with contextlib.suppress(OSError):
            ages.append(time.time() - path.stat().st_mtime)
    if not ages:
        return Finding("backups", True, "none yet; one is taken each day that the window is open")
    hours = round(min(ages) / 3600)
    age = counted(hours, "hour") if hours < 48 else counted(round(hours / 24), "day")
    return Finding("backups", True, f"{len(ages)}, the newest {age} old")


def _damaged(folder: Path) -> Iterator[Finding]:
    """Tell of catalogues that were put aside when they were recovered."""
    for path in sorted(folder.glob("library.damaged-*.sqlite")):
        mend = "It is kept from a recovery; delete it when nothing is missed."
        with contextlib.suppress(OSError):
            yield Finding("library", True, f"{path}: {path.stat().st_size / 1e6:,.1f} MB", mend)


def _watching(status: Status) -> Iterator[Finding]:
    """Tell what the system allows for watching, and which folders are polled instead."""
    with contextlib.suppress(OSError, ValueError):
        most = int(Path("/proc/sys/fs/inotify/max_user_watches").read_text("ascii"))
        yield Finding("watching", True, f"{most:,} folders can be watched at once")
    paths = {root.id: root.path for root in status.roots}
    for watch in status.watches:
        if watch.mode is WatchMode.POLLING:
            detail = f"{paths.get(watch.root_id, '')} is looked through now and then"
            yield Finding("watching", True, detail, watch.reason, warning=True)


def _catalogue(desk: Desk) -> Iterator[Finding]:
    try:
        with desk.engine() as engine:
            status, torn = engine.status(), engine.check()
    except AssetmanError as error:
        yield Finding("library", False, str(error))
        return
    if torn:
        mend = f"Copies from before each update lie beside it, in {desk.folder}."
        yield Finding("library", False, " ".join(torn), mend)
    else:
        yield Finding("library", True, f"{sum(status.assets.values()):,} assets, sound")
    for notice in status.notices:
        yield Finding("library", True, notice, "“assetman status --dismiss” takes note of it.")
    yield from _watching(status)
    for root in status.roots:
        if not root.online:
            mend = "Connect its drive, or say where it lies now: “assetman roots --move”."
            yield Finding("folder", True, f"{root.path} is offline", mend, warning=True)
    if status.failed:
        listed = "“assetman failures” lists them."
        yield Finding("files", True, f"{status.failed:,} could not be read", listed)
    if status.device is not None:
        why = f": {status.device.reason}" if status.device.reason else ""
        yield Finding("device", True, f"{status.device.title}{why}")
