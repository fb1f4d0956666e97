"""Between Python's values and SQLite's."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable

import numpy as np

from assetman.core.assets import Box, display
from assetman.core.conditions import folded
from assetman.core.facts import ext_of


def id_list(ids: Iterable[int] | np.ndarray) -> str:
    """Give any number of ids as one parameter, for `IN (SELECT value FROM json_each(?))`."""
    return json.dumps(ids.tolist() if isinstance(ids, np.ndarray) else [int(i) for i in ids])


def to_bytes(path: str) -> bytes:
    """Give a path as the bytes the system knows it by."""
    return os.fsencode(path)


def from_bytes(path: bytes) -> str:
    """Give the bytes of a path as `os.fsdecode` does."""
    return path.decode(ENCODING, ERRORS)


def on_disk(path: bytes) -> bytes:
    """Give the path an asset's file had, without the mark of one that was displaced.

    No path holds a NUL: what follows it only tells assets apart that had the same place.
    """
    return path.partition(b"\0")[0]


def absolute(root: bytes, path: bytes) -> str:
    """Join a root and a path inside it as this platform writes it."""
    inside = os.fsdecode(on_disk(path))
    if os.sep != "/":
        inside = inside.replace("/", os.sep)
    return os.path.join(os.fsdecode(root), inside) if inside else os.fsdecode(root)


PARTS = ("path", "folder", "name", "name_key", "folded", "ext")  # the columns of `parts`


def parts(path: str) -> tuple[bytes, bytes, str, str, str, str]:
    """Give a relative path as it is stored: path, folder, and of its name all that is known."""
    folder, slash, name = path.rpartition("/")
    shown = display(name)
    folder_bytes = os.fsencode(folder + slash)
    return os.fsencode(path), folder_bytes, shown, name_key(shown), folded(shown), ext_of(shown)


def name_key(name: str) -> str:
    """Give a text that sorts as people sort names: no case, and 2 before 10."""
    return _NUMBER.sub(_padded, name.casefold())


def within(folder: str) -> tuple[bytes, bytes]:
    """Give the bounds, lower included and upper not, of a folder and those below it."""
    path = os.fsencode(folder)
    return path + b"/", path + b"0"  # "0" is the byte after "/"


def readable(text: str) -> str:
    """Give a text without the lone surrogates that SQLite cannot store."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def box_text(box: Box | None) -> str | None:
    """Give a rectangle as it is stored."""
    return None if box is None else json.dumps([box.left, box.top, box.width, box.height])


def box_of(stored: str | None) -> Box | None:
    """Give a stored rectangle."""
    return Box(*json.loads(stored)) if stored else None


def _padded(match: re.Match[str]) -> str:
    number = match[0].lstrip("0")
    return f"{len(number):03d}{number}"


# What os.fsdecode uses; a scan decodes a path of every file, and its checks take half the time.
ENCODING = sys.getfilesystemencoding()
ERRORS = sys.getfilesystemencodeerrors()
_NUMBER = re.compile("[0-9]+")
