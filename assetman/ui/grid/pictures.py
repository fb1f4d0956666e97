"""Picture files to images that can be painted as they are. Runs on any thread but the painting one."""

from __future__ import annotations

import os
from dataclasses import dataclass
from urllib.parse import quote

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize, Qt, QUrl
from PySide6.QtGui import QBrush, QImage, QImageReader, QPainter

from assetman.core.errors import EnvironmentProblem

ENLARGED = 2  # a small picture is shown at most twice its size: more would only be blur
MEGABYTES = 2048  # Qt's own limit of 256 would refuse a panorama


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


def cell_image(path: str, spec: CellSpec) -> QImage:
    """Decode a thumbnail into the form of its cell, corners rounded."""
    image = read_image(path)
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
