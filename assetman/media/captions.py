"""What is written in a picture file about the picture: title, caption, keywords, people, places.

It is said in four ways that programs have used one after the other, and often in all of them.
Anybody may have written it: nothing raises, and what makes no sense is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from PIL import Image, ImageFile, IptcImagePlugin

from assetman.core.assets import Passage, PassageKind
from assetman.media.xmp import read_xmp

_LONGEST = 4000  # characters of a text
_MOST = 200  # texts of a kind
_LISTS = (PassageKind.KEYWORD, PassageKind.PERSON, PassageKind.PLACE)  # that share a passage
# What cameras and programs write where nobody wrote anything.
_JUNK = re.compile(
    r"(.* )?digital camera|sony dsc|default|untitled|untitled-\d+|dcim\\.*|charset=.{0,20}"
    r"|created with (the )?gimp|lead technologies.*|picasa|exif_jpeg_picture|\W*",
    re.IGNORECASE | re.DOTALL,
)
_EXIF = {
    0x010E: PassageKind.CAPTION,
    0x9C9B: PassageKind.TITLE,
    0x9C9C: PassageKind.CAPTION,
    0x9C9E: PassageKind.KEYWORD,
    0x9C9F: PassageKind.CAPTION,
    0x013B: PassageKind.DESCRIPTION,
}
_PHOTO, _COMMENT = 0x8769, 0x9286
_IPTC = {  # IIM 4.2, of its second record
    5: PassageKind.TITLE,
    105: PassageKind.TITLE,
    120: PassageKind.CAPTION,
    25: PassageKind.KEYWORD,
    20: PassageKind.KEYWORD,
    92: PassageKind.PLACE,
    90: PassageKind.PLACE,
    95: PassageKind.PLACE,
    101: PassageKind.PLACE,
    80: PassageKind.DESCRIPTION,
}
_CHUNKS = {
    "title": PassageKind.TITLE,
    "description": PassageKind.CAPTION,
    "comment": PassageKind.CAPTION,
    "parameters": PassageKind.CAPTION,  # what a picture was made of by a model
    "keywords": PassageKind.KEYWORD,
    "author": PassageKind.DESCRIPTION,
}
Text = tuple[PassageKind, str]


def captions_of(picture: Image.Image) -> tuple[Passage, ...]:
    """Give what is written in an open picture, its pixels not decoded."""
    return passages_of([*_safely(_of_xmp, picture), *_safely(_of_iptc, picture),
                        *_safely(_of_exif, picture), *_safely(_of_chunks, picture)])  # fmt: skip


def passages_of(texts: Iterable[Text], end: float = 0.0) -> tuple[Passage, ...]:
    """Give texts as passages of a whole file of a length (seconds), each said once."""
    found: dict[PassageKind, dict[str, str]] = {kind: {} for kind in PassageKind}
    said: set[str] = set()
    for kind, text in texts:
        shown = cleaned(text)
        key = shown.casefold()
        if not shown or _JUNK.fullmatch(shown) or len(found[kind]) >= _MOST:
            continue
        if kind in _LISTS or key not in said:
            found[kind].setdefault(key, shown)
            said.add(key)
    passages = []
    for kind, kept in found.items():
        whole = ["\n".join(kept.values())] if kind in _LISTS and kept else kept.values()
        passages += [Passage(kind, text, 0.0, max(0.0, end)) for text in whole]
    return tuple(passages)


def cleaned(text: str) -> str:
    """Bring a text to lines that any screen takes."""
    lines = (
        " ".join("".join(c if c.isprintable() else " " for c in line).split())
        for line in text[:_LONGEST].replace("\0", "\n").splitlines()
    )
    return "\n".join(line for line in lines if line)


def _safely(read: Callable[[Image.Image], Iterable[Text]], picture: Image.Image) -> list[Text]:
    # Pillow reads lazily and trusts what it finds: any error of any kind may come out.
    try:
        return list(read(picture))
    except Exception:
        return []


def _of_xmp(picture: Image.Image) -> Iterator[Text]:
    yield from read_xmp(picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp"))


def _of_iptc(picture: Image.Image) -> Iterator[Text]:
    if not isinstance(picture, ImageFile.ImageFile):
        return
    found = IptcImagePlugin.getiptcinfo(picture) or {}
    utf8 = b"\x1b%G" in _several(found.get((1, 90)))
    for (record, number), value in found.items():
        if record == 2 and number in _IPTC:
            for text in _several(value):
                yield _IPTC[number], _decoded(text, utf8)


def _of_exif(picture: Image.Image) -> Iterator[Text]:
    exif = picture.getexif()
    for tag, kind in _EXIF.items():
        value = exif.get(tag)
        text = _wide(value) if tag >= 0x9C9B else _plain(value)
        texts = text.split(";") if kind is PassageKind.KEYWORD else [text]
        yield from ((kind, each) for each in texts)
    yield PassageKind.CAPTION, _comment(exif.get_ifd(_PHOTO).get(_COMMENT))


def _of_chunks(picture: Image.Image) -> Iterator[Text]:
    for name, value in picture.info.items():
        kind = _CHUNKS.get(str(name).lower())
        if kind is not None:
            text = _plain(value)
            texts = re.split("[,;]", text) if kind is PassageKind.KEYWORD else [text]
            yield from ((kind, each) for each in texts)


def _several(value: object) -> list[bytes]:
    values = value if isinstance(value, list) else [value]
    return [each for each in values if isinstance(each, bytes)]


def _decoded(text: bytes, utf8: bool) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("utf-8" if utf8 else "cp1252", "replace")


def _plain(value: object) -> str:
    if isinstance(value, bytes):
        return _decoded(value, False)
    if not isinstance(value, str):
        return ""
    try:  # Pillow takes bytes of EXIF for Latin-1
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


def _wide(value: object) -> str:
    if isinstance(value, tuple):
        value = bytes(each for each in value if isinstance(each, int) and 0 <= each < 256)
    return value.decode("utf-16-le", "replace") if isinstance(value, bytes) else _plain(value)


def _comment(value: object) -> str:
    """Read a comment of the person's, which says first in which letters it is (EXIF 4.6.5)."""
    if not isinstance(value, bytes):
        return _plain(value)
    if value.startswith(b"UNICODE\0"):
        rest = value[8:]
        big = rest[:1] == b"\0"  # the byte order of the file, which programs do not keep to
        return rest.decode("utf-16-be" if big else "utf-16-le", "replace")
    return _plain(value[8:] if value[:5] in (b"ASCII", b"\0\0\0\0\0") else value)
