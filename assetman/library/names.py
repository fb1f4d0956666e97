"""Names that the person gives: what they may be, and when two are the same."""

from __future__ import annotations

import unicodedata

from assetman.core.errors import WrongUse
from assetman.library.values import readable

_LONGEST = 200  # characters


def cleaned(text: str, what: str) -> str:
    """Give a name as it is kept, spaces around it dropped; `what` as in "tag".

    Raises WrongUse for one that is empty, longer than 200 characters or not one line.
    """
    name = unicodedata.normalize("NFC", readable(text)).strip()
    if not name:
        raise WrongUse(f"A {what} needs a name.")
    if len(name) > _LONGEST:
        raise WrongUse(f"The name of a {what} has at most {_LONGEST} characters.")
    if len(name.splitlines()) > 1 or any(unicodedata.category(char) == "Cc" for char in name):
        raise WrongUse(f"The name of a {what} is one line.")
    return name


def identity(name: str) -> str:
    """Give what is equal for names that are the same: case and spaces around do not matter."""
    folded = unicodedata.normalize("NFC", readable(name)).strip().casefold()
    return unicodedata.normalize("NFC", folded)


def files(count: int) -> str:
    """Say how many files: "1 file", "12 files"."""
    return f"{count:,} file{'s' * (count != 1)}"
