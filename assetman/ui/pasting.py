"""What comes from other programs: files, folders, pictures as data.

Nothing is ever fetched from an address: a browser's drag counts only if it carries the picture.
"""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData, QMimeDatabase
from PySide6.QtGui import QImage

from assetman.core.errors import BadInput, EnvironmentProblem

KEPT_DAYS = 30
# Encoded pictures as programs hand them over, best first. They are decoded off the painting
# thread; only a platform's own picture data is turned into a QImage by Qt on the spot.
_FORMATS = ("image/png", "image/jpeg", "image/webp", "image/bmp", "image/tiff", "image/gif")
# Videos that are not called so.
_VIDEOS = {"application/mxf", "application/vnd.ms-asf", "application/vnd.rn-realmedia"}
# Sounds by their endings, where Qt's list of types does not know them; and what it takes for
# sounds although nothing is heard in it.
_SOUNDS = (
    ".3ga", ".awb", ".bwf", ".caf", ".dtshd", ".eac3", ".ec3", ".latm", ".loas", ".mlp", ".mpa",
    ".rf64", ".w64",
)  # fmt: skip
_SILENT = {"audio/x-mpegurl", "audio/x-scpls", "audio/midi", "audio/x-ms-asx"}


@dataclass(frozen=True)
class Brought:
    """What a drop or the clipboard holds, as far as can be told without looking at the disk."""

    paths: tuple[str, ...] = ()  # local files and folders
    data: bytes | QImage | None = None  # a picture
    addresses: bool = False  # links to elsewhere
    text: str = ""

    def __bool__(self) -> bool:
        return bool(self.paths or self.data is not None)


@dataclass(frozen=True)
class Sorted:
    """Local paths told apart by looking at the disk."""

    folders: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    videos: tuple[str, ...] = ()
    sounds: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def carries_picture(mime: QMimeData | None) -> bool:
    """Tell whether the clipboard holds files or a picture rather than words."""
    if mime is None:
        return False
    return any(url.isLocalFile() for url in mime.urls()) or _has_picture(mime)


def is_of_interest(mime: QMimeData) -> bool:
    """Tell whether a drag over the window could mean anything, without copying its data."""
    return mime.hasUrls() or _has_picture(mime) or mime.hasText()


def brought(mime: QMimeData) -> Brought:
    """Take what a drop or the clipboard holds. Copies bytes; decodes nothing it can leave."""
    urls = mime.urls()
    paths = tuple(url.toLocalFile() for url in urls if url.isLocalFile())
    addresses = any(not url.isLocalFile() for url in urls)
    if paths:
        return Brought(tuple(os.path.normpath(path) for path in paths), addresses=addresses)
    for name in _FORMATS:
        if mime.hasFormat(name):
            return Brought(data=bytes(mime.data(name).data()), addresses=addresses)
    if mime.hasImage():
        image = mime.imageData()
        if isinstance(image, QImage) and not image.isNull():
            return Brought(data=image, addresses=addresses)
    return Brought(addresses=addresses, text="" if urls else mime.text())


def sort_paths(paths: tuple[str, ...]) -> Sorted:
    """Tell folders, pictures, videos, sounds and the rest apart. Looks at the disk."""
    types = QMimeDatabase()
    folders, pictures, videos, sounds, others = [], [], [], [], []
    for path in paths:
        by_name = types.mimeTypeForFile(path, QMimeDatabase.MatchMode.MatchExtension).name()
        if Path(path).is_dir():
            folders.append(path)
        elif by_name.startswith("image/"):
            pictures.append(path)
        elif (by_name.startswith("audio/") and by_name not in _SILENT) or path.lower().endswith(
            _SOUNDS
        ):
            sounds.append(path)
        elif by_name.startswith("video/") or by_name in _VIDEOS:
            videos.append(path)
        else:
            others.append(path)
    return Sorted(tuple(folders), tuple(pictures), tuple(videos), tuple(sounds), tuple(others))


def keep_picture(data: bytes | QImage, folder: Path) -> str:
    """Write a picture as a PNG named by its content, and give its path. Decodes and writes.

    Raises BadInput for data that is no picture, EnvironmentProblem if it cannot be written.
    """
    image = data if isinstance(data, QImage) else QImage.fromData(data)
    if image.isNull():
        raise BadInput("That is not a picture that can be read.")
    bits = image.convertToFormat(QImage.Format.Format_RGBA8888)
    digest = hashlib.blake2b(bytes(bits.constBits()), digest_size=12)
    digest.update(f"{bits.width()}x{bits.height()}".encode())
    target = folder / f"{digest.hexdigest()}.png"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            aside = target.with_suffix(f".{os.getpid()}.png")  # the name says the format
            if not image.save(str(aside)):
                raise EnvironmentProblem("The pasted picture could not be kept: is the disk full?")
            aside.replace(target)
        os.utime(target)
    except OSError as error:
        raise EnvironmentProblem(f"The pasted picture could not be kept: {error}.") from error
    return str(target)


def forget_old_pictures(folder: Path, now: float | None = None) -> None:
    """Remove pasted pictures that nobody has used for a month."""
    oldest = (time.time() if now is None else now) - KEPT_DAYS * 86400
    for path in folder.glob("*.png"):
        try:
            if path.stat().st_mtime < oldest:
                path.unlink()
        except OSError:
            continue  # another window was faster


def _has_picture(mime: QMimeData) -> bool:
    return mime.hasImage() or any(mime.hasFormat(name) for name in _FORMATS)
