"""Drawings: SVG and SVGZ, drawn by resvg at the size that is needed.

A drawing may name other files and addresses; resvg would read the files. Every such link is
taken out before resvg sees the drawing, so that looking at one never opens anything else.
"""

from __future__ import annotations

import base64
import io
import re
import threading
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import BinaryIO
from xml.etree import ElementTree

from PIL import Image

from assetman.core.assets import PassageKind
from assetman.core.errors import BadInput
from assetman.media import fonts
from assetman.media.captions import passages_of
from assetman.media.handler import Limits
from assetman.media.metadata import Metadata
from assetman.media.raster import check_pixels

_LARGEST = 64 << 20  # bytes of XML
_LONGEST_SIDE = 8192  # pixels drawn
_FULL_SIDE = 2048  # pixels of a drawing at full size, if it does not ask for more
_INNER = 1 << 18  # characters of a picture inside a drawing that tell its size
_STACK = 64 << 20  # bytes; resvg gives up at 1024 levels
_START = 4096  # bytes that tell a drawing from other text
_GZIP = b"\x1f\x8b"
_NAMESPACE = "{http://www.w3.org/2000/svg}"

_LENGTH = re.compile(r"\s*([+]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*([a-z]*)\s*$")
_UNITS = {
    "": 1.0,
    "px": 1.0,
    "pt": 4 / 3,
    "pc": 16.0,
    "in": 96.0,
    "cm": 96 / 2.54,
    "mm": 9.6 / 2.54,
    "em": 16.0,
    "ex": 8.0,
}

DAMAGED = "The drawing is damaged and cannot be read"
NO_PICTURE = "This is not a picture Assetman can read"


class SvgPicture:
    """A drawing that is parsed and not drawn yet. `width` and `height` are its own, in pixels."""

    def __init__(self, root: ElementTree.Element, limits: Limits) -> None:
        self._root = root
        self._limits = limits
        self._text = any(_local(element.tag) in ("text", "tspan") for element in root.iter())
        if self._text:
            fonts.with_fallbacks(root)
        width, height = _own_size(root)
        self.width, self.height = max(1, round(width)), max(1, round(height))
        self._size = (width, height)
        self.full_share = max(1.0, _FULL_SIDE / max(width, height))
        self.metadata = Metadata(facts={"format": "SVG", "colour": "drawing"})
        title = root.find(f"{_NAMESPACE}title")
        if title is not None and title.text and title.text.strip():
            self.metadata.facts["title"] = " ".join(title.text.split())[:500]
        self.written = passages_of(
            (kind, element.text or "")
            for kind, name in ((PassageKind.TITLE, "title"), (PassageKind.CAPTION, "desc"))
            for element in root.iter(f"{_NAMESPACE}{name}")
        )

    def pixels(self, share: float) -> Image.Image:
        """Draw it at `share` of its own size, which may be beyond 1, as RGBA."""
        import resvg_py  # loaded by those who have drawings

        width, height = self._size
        share = min(share, _LONGEST_SIDE / max(width, height))
        share = min(share, (self._limits.pixels / (width * height)) ** 0.5)
        drawn = (max(1, round(width * share)), max(1, round(height * share)))
        self._root.set("width", str(drawn[0]))
        self._root.set("height", str(drawn[1]))
        try:
            text = ElementTree.tostring(self._root, encoding="unicode")
            if self._text:
                draw = partial(resvg_py.svg_to_bytes, svg_string=text, **fonts.families())
            else:
                draw = partial(resvg_py.svg_to_bytes, svg_string=text, skip_system_fonts=True)
            png = _on_a_deep_stack(draw)
        except (ValueError, RecursionError) as error:
            raise BadInput(DAMAGED) from error
        except BaseException as error:  # a panic in Rust, which is no Exception
            if type(error).__name__ == "PanicException":
                raise BadInput(DAMAGED) from error
            raise
        with Image.open(io.BytesIO(bytes(png)), formats=["PNG"]) as picture:
            return picture.convert("RGBA")


def _on_a_deep_stack(draw: Callable[[], bytes]) -> bytes:
    """Draw where groups in groups do not run out of stack: 300 levels take 8 MB."""
    before = threading.stack_size(_STACK)
    try:
        with ThreadPoolExecutor(1) as painter:
            return painter.submit(draw).result()
    finally:
        threading.stack_size(before)


def looks_like_svg(start: bytes) -> bool:
    """Tell from the first kilobyte whether a file may be a drawing."""
    if start.startswith(_GZIP):
        unpacker = zlib.decompressobj(wbits=31)
        try:
            start = unpacker.decompress(start, 4096)
        except zlib.error:
            return False
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = start.replace(b"\0", b"")
    return start.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")


def open_svg(file: BinaryIO, limits: Limits) -> SvgPicture:
    """Parse a drawing and take every link to anything outside it out; raises BadInput."""
    data = file.read(_LARGEST + 1)
    if data.startswith(_GZIP):
        unpacker = zlib.decompressobj(wbits=31)
        try:
            data = unpacker.decompress(data, _LARGEST + 1)
        except zlib.error as error:
            raise BadInput(DAMAGED) from error
        if not unpacker.eof and len(data) <= _LARGEST:
            raise BadInput("The drawing is cut off: the file ends before the drawing does")
    if len(data) > _LARGEST:
        raise BadInput(f"The drawing is more than {_LARGEST >> 20} MB of text")
    try:
        # expat expands what the file itself defines, within bounds, and loads nothing
        root = ElementTree.fromstring(data)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        drawing = b"svg" in data[:_START].replace(b"\0", b"")
        raise BadInput(DAMAGED if drawing else NO_PICTURE) from error
    if _local(root.tag) != "svg":
        raise BadInput(NO_PICTURE)
    for element in root.iter():
        for name in [name for name in element.attrib if _local(name) == "href"]:
            target = element.attrib[name].strip()
            if target[:5].lower() == "data:":
                _check_inner(target, limits)
            elif not target.startswith("#"):
                del element.attrib[name]
    return SvgPicture(root, limits)


def _check_inner(target: str, limits: Limits) -> None:
    """Refuse a picture inside a drawing that is too large; resvg decodes all of it."""
    head, _, data = target.partition(",")
    if not head.lower().endswith(";base64"):
        return
    start = "".join(data[:_INNER].split())
    try:
        inner = io.BytesIO(base64.b64decode(start[: len(start) // 4 * 4]))
        with Image.open(inner, formats=["PNG", "JPEG", "GIF", "WEBP"]) as picture:
            size = picture.size
    except Exception:  # resvg leaves out what it cannot read
        return
    check_pixels(*size, limits)


def _local(name: object) -> str:
    return name.rpartition("}")[2].lower() if isinstance(name, str) else ""


def _own_size(root: ElementTree.Element) -> tuple[float, float]:
    """Find the size of a drawing and make sure that it has a viewBox to be scaled by."""
    box = _view_box(root.get("viewBox"))
    width, height = _length(root.get("width")), _length(root.get("height"))
    if box is None:
        # without either size SVG's own default holds
        width, height = width or 300.0, height or 150.0
        root.set("viewBox", f"0 0 {width} {height}")
        return width, height
    ratio = box[0] / box[1]
    if width and height:
        return width, height
    if width:
        return width, max(width / ratio, 1e-6)
    if height:
        return max(height * ratio, 1e-6), height
    return box


def _view_box(text: str | None) -> tuple[float, float] | None:
    try:
        numbers = [float(part) for part in re.split(r"[\s,]+", (text or "").strip())]
    except ValueError:
        return None
    if len(numbers) != 4 or not all(1e-6 < number < 1e9 for number in numbers[2:]):
        return None
    return numbers[2], numbers[3]


def _length(text: str | None) -> float | None:
    found = _LENGTH.match((text or "").lower())
    unit = _UNITS.get(found[2]) if found else None
    if found is None or unit is None:
        return None
    length = float(found[1]) * unit
    return length if 1e-6 < length < 1e9 else None
