"""Sidecars: files of XMP in which programs write about the file beside them."""

from __future__ import annotations

import codecs
import re

from assetman.core.assets import Passage
from assetman.core.errors import BadInput
from assetman.media.captions import passages_of
from assetman.media.files import opened
from assetman.media.xmp import parsed, texts_of

_MOST = 4 << 20  # bytes; one with all that was ever done to a picture has some hundred thousand
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What declares another Unicode in letters of ASCII is not written in it.
_DECLARED = re.compile(
    rb"\s*<\?xml[^>]{0,80}?encoding\s*=\s*[\"'](iso-8859-\d{1,2}|windows-125\d)[\"']", re.IGNORECASE
)


def read_sidecar(path: str) -> tuple[Passage, ...]:
    """Read what a sidecar says, as passages of a whole file. Raises BadInput."""
    with opened(path) as file:
        data = file.read(_MOST + 1)
    if len(data) > _MOST:
        raise BadInput(f"The sidecar is larger than {_MOST >> 20} MB")
    if not data.strip(b"\0 \t\r\n"):
        raise BadInput("The sidecar is empty")
    root = parsed(_decoded(data))
    if root is None:
        raise BadInput("The sidecar is damaged, or no XMP")
    return passages_of(texts_of(root))


def _decoded(data: bytes) -> str:
    encoding, start = "utf-8", 0
    if (declared := _DECLARED.match(data)) is not None:
        encoding = declared[1].decode("ascii")
    for mark, name in _MARKS:
        if data.startswith(mark):
            encoding, start = name, len(mark)
            break
    try:
        return data[start:].decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise BadInput(f"The sidecar is not written in {encoding}, as it says") from error
