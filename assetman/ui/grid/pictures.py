"""Picture files to images that can be painted as they are. Runs on any thread but the painting one."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from dataclasses import dataclass
from urllib.parse import quote

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, QRectF, QSize, Qt, QUrl
from PySide6.QtGui import QBrush, QImage, QImageReader, QPainter

from assetman.core.errors import EnvironmentProblem
from assetman.core.moments import Picture
from assetman.ui.grid.outline_pictures import outline_image
from assetman.ui.grid.outlines import OutlinePicture

Source = str | Picture | OutlinePicture  # a picture file, a rectangle of one, or a sound

ENLARGED = 2  # a small picture is shown at most twice its size: more would only be blur
MEGABYTES = 2048  # Qt's own limit of 256 would refuse a panorama
SHEETS = 12  # decoded sheets kept: a video's frames lie side by side and are wanted together


@dataclass(frozen=True, slots=True)
class CellSpec:
    """The form a thumbnail takes in a cell; measures in the screen's own pixels."""

    width: int
    height: int
    fill: bool = False
    radius: float = 0.0
    ratio: float = 1.0  # screen pixels in one of the window's


def read_image(path: str) -> QImage:
    """Decode a whole picture file, upright. Raises EnvironmentProblem if it cannot be loaded."""
    QImageReader.setAllocationLimit(MEGABYTES)
    reader, keep = _reader(path)
    reader.setAutoTransform(True)
    image = reader.read()
    problem = reader.errorString()
    if keep is not None:
        keep.close()
    if image.isNull():
        raise EnvironmentProblem(f"{os.path.basename(path)!a} cannot be loaded: {problem}")
    return image


class Sheets:
    """The sheets of frames decoded last, so that each is decoded once for all its frames."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, int], QImage] = OrderedDict()
        self._busy: dict[str, threading.Lock] = {}

    def read(self, path: str) -> QImage:
        """Give a whole sheet. Raises EnvironmentProblem if it cannot be loaded."""
        with self._lock:
            busy = self._busy.setdefault(path, threading.Lock())
        with busy:  # whoever comes second waits for the first instead of decoding it as well
            try:
                key = path, os.stat(path).st_mtime_ns  # a sheet that was made again is another
            except OSError as error:
                raise EnvironmentProblem(f"{path!a} cannot be read: {error.strerror}") from error
            with self._lock:
                if (found := self._kept.get(key)) is not None:
                    self._kept.move_to_end(key)
                    return found
            image = read_image(path)
            with self._lock:
                self._kept[key] = image
                while len(self._kept) > SHEETS:
                    dropped, _ = self._kept.popitem(last=False)
                    self._busy.pop(dropped[0], None)
            return image


_sheets = Sheets()


def read_source(source: str | Picture) -> QImage:
    """Decode a picture file, or the rectangle of one that is a frame of a video.

    Raises EnvironmentProblem if it cannot be loaded, or is not as large as it should be.
    """
    if isinstance(source, str):
        return read_image(source)
    sheet = _sheets.read(source.path)
    place = QRect(source.left, source.top, source.width, source.height)
    if place.isEmpty() or not sheet.rect().contains(place):
        raise EnvironmentProblem(f"{os.path.basename(source.path)!a} has no such frame")
    return sheet.copy(place)


def cell_image(source: Source, spec: CellSpec) -> QImage:
    """Decode a thumbnail into the form of its cell, corners rounded."""
    if isinstance(source, OutlinePicture):
        return outline_image(source, QSize(spec.width, spec.height), spec.radius, spec.ratio)
    image = read_source(source)
    size = fitted(image.size(), spec)
    if size != image.size():
        image = image.scaled(
            size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
    if spec.fill:
        across, down = min(size.width(), spec.width), min(size.height(), spec.height)
        image = image.copy((size.width() - across) // 2, (size.height() - down) // 2, across, down)
    return rounded(image, spec.radius, spec.ratio)


def fitted(size: QSize, spec: CellSpec) -> QSize:
    """Give the size a picture is drawn at: whole inside its cell, or covering it."""
    cell = QSize(spec.width, spec.height)
    if spec.fill:
        return size.scaled(cell, Qt.AspectRatioMode.KeepAspectRatioByExpanding)
    limit = size * (ENLARGED * spec.ratio)
    wanted = size.scaled(cell.boundedTo(limit), Qt.AspectRatioMode.KeepAspectRatio)
    return wanted.expandedTo(QSize(1, 1))


def rounded(image: QImage, radius: float, ratio: float) -> QImage:
    """Cut off the corners once, so that painting is a plain copy."""
    made = QImage(image.size(), QImage.Format.Format_ARGB32_Premultiplied)
    made.fill(Qt.GlobalColor.transparent)
    with QPainter(made) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(image))
        painter.drawRoundedRect(QRectF(made.rect()), radius, radius)
    made.setDevicePixelRatio(ratio)
    return made


def file_url(path: str) -> QUrl:
    """Make the URL of a file, also of one whose name is not valid text."""
    if os.name == "nt":
        return QUrl.fromLocalFile(path)
    return QUrl.fromEncoded(QByteArray(b"file://" + quote(os.fsencode(path)).encode("ascii")))


def _reader(path: str) -> tuple[QImageReader, QBuffer | None]:
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        # Qt cannot open a file whose name is not valid text; Python can.
        try:
            with open(path, "rb") as file:
                content = QByteArray(file.read())
        except OSError as error:
            raise EnvironmentProblem(f"{path!a} cannot be read: {error.strerror}") from error
        buffer = QBuffer()
        buffer.setData(content)
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        return QImageReader(buffer), buffer
    return QImageReader(path), None
