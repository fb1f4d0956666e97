"""What a recovery tells the person."""

from __future__ import annotations

import json
import sqlite3
import time
from dataclasses import dataclass

from assetman.library.facts import NOTICES
from assetman.library.salvage import Accounts

# What can be read from the files again; the rest came from the person.
_READ_AGAIN = frozenset(
    {"contents", "segments", "embeddings", "passages", "failures", "journal", "meta"}
)
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True)
class Rescue:
    """What became of a damaged catalogue."""

    accounts: Accounts
    backup: float | None  # when the backup was taken that filled the holes
    kept: str  # the name of the damaged file; empty where there was none


def told(connection: sqlite3.Connection, rescue: Rescue) -> None:
    """Keep in a catalogue what the person should know of how it came to be."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (NOTICES,)).fetchone()
    try:
        waiting = [str(sentence) for sentence in json.loads(row[0])] if row else []
    except (ValueError, TypeError):
        waiting = []
    connection.execute(
        "INSERT OR REPLACE INTO meta VALUES (?, ?)",
        (NOTICES, json.dumps([*waiting, sentence(rescue)])),
    )


def sentence(rescue: Rescue) -> str:
    """Say in words a person understands what was done and what may be missing."""
    files = rescue.accounts["assets"]
    personal = [
        account.lost
        for table, account in rescue.accounts.items()
        if table not in _READ_AGAIN and account.lost
    ]
    day = "" if rescue.backup is None else _day(rescue.backup)
    said = [
        "The catalogue was damaged on disk and has been mended."
        if rescue.kept
        else "The catalogue was gone from the disk."
    ]
    if not files.lost:
        said.append(f"All {files.saved:,} files in it were saved.")
    elif files.restored:
        total = files.saved + files.restored
        if files.saved:
            said.append(f"{files.saved:,} of {total:,} files were saved,")
            said.append(f"{files.restored:,} come from the backup of {day}.")
        else:
            said.append(f"Its {total:,} files come from the backup of {day}.")
    else:
        said.append(f"{files.saved:,} files were saved.")
    if not personal:
        said.append("No tag, rating or collection was lost.")
    elif day:
        said.append(f"Tags, ratings and collections made since {day} may be lost in part.")
    else:
        said.append(
            "There was no backup: files that are lost are found again in their folders, but "
            "some tags, ratings and collections may be gone."
        )
    if rescue.kept:
        said.append(f"The damaged file is kept as “{rescue.kept}”.")
    return " ".join(said)


def _day(moment: float) -> str:
    local = time.localtime(moment)
    return f"{local.tm_mday} {_MONTHS[local.tm_mon - 1]} {local.tm_year}"
