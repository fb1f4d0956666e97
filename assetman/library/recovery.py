"""A damaged catalogue made whole again, as far as what is left of it and its backups allow.

Nothing is written into the damaged file: it is moved aside, a new catalogue is filled from its
pages, and from the newest sound backup where a page is lost. A mark beside the catalogue says
what is under way, so that a recovery that is cut short is taken up again.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from assetman.core.assets import display
from assetman.core.errors import EnvironmentProblem
from assetman.library import salvage
from assetman.library.backup import BACKUPS, is_sound, newest_first, taken_at
from assetman.library.connections import connect
from assetman.library.making import (
    beside,
    migrate,
    remove,
    sentences,
    set_up,
    steps_known,
    steps_taken,
    trees,
)
from assetman.library.notices import Rescue, told
from assetman.library.pages import Image
from assetman.library.problems import MARK, CatalogueDamaged, DiskFull, from_system, mark

_KEPT = 3  # damaged files
_HEADROOM = 32 << 20  # bytes


@dataclass(frozen=True, slots=True)
class _Work:
    """What is recovered from, and into what."""

    catalogue: Path
    damaged: Path  # where the damaged file is, or is to go
    backup: Path | None

    @property
    def aside(self) -> Path:
        return self.catalogue.with_suffix(".new")


def is_due(catalogue: Path) -> bool:
    """Tell whether a catalogue was found damaged, is lost, or was being recovered."""
    if (catalogue.parent / MARK).exists():
        return True
    return not catalogue.exists() and _sound_backup(catalogue) is not None


def recover(catalogue: Path, problem: CatalogueDamaged | None = None) -> None:
    """Put a sound catalogue where a damaged one is; one that proves sound is left alone.

    Raises `problem`, or another EnvironmentProblem, where the file is not ours, is newer, or
    nothing is left to be saved: then nothing was changed.
    """
    try:
        work = _resumed(catalogue) or _begun(catalogue, problem)
        if work is None:
            (catalogue.parent / MARK).unlink(missing_ok=True)
            return
        _move(work)
        if not catalogue.exists():
            _rebuild(work)
        remove(catalogue.parent / MARK)
        _limit(catalogue)
    except OSError as error:
        raise from_system(error, catalogue, "be mended") from error


def _resumed(catalogue: Path) -> _Work | None:
    """Take up a recovery that was cut short."""
    try:
        name = (catalogue.parent / MARK).read_text("utf-8").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    if not name.startswith(f"{catalogue.stem}.damaged-") or "/" in name or "\\" in name:
        return None
    return _Work(catalogue, catalogue.with_name(name), _sound_backup(catalogue))


def _begun(catalogue: Path, problem: CatalogueDamaged | None) -> _Work | None:
    """Look whether a catalogue is to be recovered, and note that it is."""
    if problem is None and catalogue.exists() and _is_sound_now(catalogue):
        return None  # what was met was not on the disk
    stamp = time.strftime("%Y%m%d-%H%M%S")
    damaged = catalogue.with_name(f"{catalogue.stem}.damaged-{stamp}{catalogue.suffix}")
    work = _Work(catalogue, damaged, _sound_backup(catalogue))
    with closing(Image(*_files(catalogue))) as image:
        remains = salvage.look_into(image, _as_made())
    if remains.newer:
        raise EnvironmentProblem(
            f"The library {display(str(catalogue))} was made by a newer Assetman and is damaged; "
            "please update this one. Nothing in it was changed."
        )
    if remains.foreign or (not remains.ours and work.backup is None):
        raise problem or CatalogueDamaged(
            f"The catalogue {display(str(catalogue))} is damaged, and nothing of it can be saved. "
            "Move it away to begin a new library."
        )
    if shutil.disk_usage(catalogue.parent).free < _size(catalogue) + _HEADROOM:
        raise DiskFull(
            f"The catalogue {display(str(catalogue))} is damaged. To mend it takes "
            f"{(_size(catalogue) + _HEADROOM) >> 20:,} MB on its disk: free some space."
        )
    mark(catalogue, damaged.name)
    return work


def _move(work: _Work) -> None:
    """Take the damaged files out of the way, unless the new catalogue stands already."""
    if work.damaged.exists() and work.catalogue.exists():
        return
    for name, kept in zip(_files(work.catalogue), _files(work.damaged), strict=True):
        if name.exists() and not kept.exists():
            name.rename(kept)
    remove(*beside(work.catalogue))


def _files(catalogue: Path) -> tuple[Path, Path]:
    return catalogue, beside(catalogue)[0]


def _rebuild(work: _Work) -> None:
    """Make the new catalogue aside, and put it in place when it is whole and on the disk."""
    with closing(Image(*_files(work.damaged))) as image, sentences(work.catalogue):
        remains = salvage.look_into(image, _as_made())
        remove(work.aside, *beside(work.aside))
        try:
            work.aside.touch()
            set_up(work.aside)
            migrate(work.aside, _first_untaken(remains.steps))
            with closing(connect(work.aside)) as connection:
                _fill(work, connection, image, remains)
        except BaseException:
            remove(work.aside, *beside(work.aside))
            raise
    with work.aside.open("rb+") as file:
        os.fsync(file.fileno())
    work.aside.replace(work.catalogue)


def _fill(
    work: _Work, connection: sqlite3.Connection, image: Image, remains: salvage.Remains
) -> None:
    for pragma in ("journal_mode=MEMORY", "synchronous=OFF", "foreign_keys=OFF"):
        connection.execute(f"PRAGMA {pragma}")
    with _copy_for(work.backup, remains) as backup:
        if backup is not None:
            connection.execute("ATTACH ? AS backup", (str(backup),))
        connection.execute("BEGIN")
        for table in salvage.tables(connection):
            connection.execute(f'DELETE FROM main."{table}"')
        accounts = salvage.fill(connection, image, remains.roots)
        if backup is not None:
            salvage.join(connection, accounts)
        salvage.make_whole(connection, accounts, image, remains.roots)
        taken = None if work.backup is None else taken_at(work.backup)
        kept = work.damaged.name if work.damaged.exists() else ""
        told(connection, Rescue(accounts, taken, kept))
        connection.execute("COMMIT")
        if backup is not None:
            connection.execute("DETACH backup")
    found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    assert found == "ok", f"a recovered catalogue is not sound: {found}"
    connection.execute("PRAGMA journal_mode=WAL")


class _copy_for:  # noqa: N801 - reads as a function where it is used
    """Lend a copy of a backup, brought to the step of the catalogue that is recovered."""

    def __init__(self, backup: Path | None, remains: salvage.Remains) -> None:
        self._backup = backup
        self._stop = _first_untaken(remains.steps)
        self._folder: TemporaryDirectory[str] | None = None

    def __enter__(self) -> Path | None:
        if self._backup is None:
            return None
        self._folder = TemporaryDirectory(prefix="assetman-")
        copy = Path(self._folder.name, "backup.sqlite")
        shutil.copyfile(self._backup, copy)
        with closing(connect(copy)) as connection:
            ahead = self._stop is not None and self._stop in steps_taken(connection)
        if ahead:  # taken after an update that the damaged file knows nothing of
            return None
        migrate(copy, self._stop)
        return copy

    def __exit__(self, *_: object) -> None:
        if self._folder is not None:
            self._folder.cleanup()


@cache
def _as_made() -> Mapping[str, int]:
    """Say where the trees of a new catalogue begin."""
    with TemporaryDirectory(prefix="assetman-") as folder:
        new = Path(folder, "new.sqlite")
        new.touch()
        set_up(new)
        migrate(new)
        with closing(connect(new)) as connection:
            return trees(connection)


def _first_untaken(steps: frozenset[str]) -> str | None:
    """Name the step to stop before; None to take all, also where none is known to be taken."""
    if not steps:
        return None
    return next((name for name in steps_known() if name not in steps), None)


def _is_sound_now(catalogue: Path) -> bool:
    try:
        with closing(connect(catalogue)) as connection:
            if connection.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
                return False
            for table in salvage.tables(connection):  # texts are not a part of that check
                for _ in connection.execute(f'SELECT * FROM "{table}"'):
                    pass
            return True
    except (sqlite3.Error, UnicodeDecodeError, EnvironmentProblem):
        return False


def _sound_backup(catalogue: Path) -> Path | None:
    """Find the newest backup that can be relied on."""
    return next(filter(is_sound, newest_first(catalogue.parent / BACKUPS)), None)


def _size(catalogue: Path) -> int:
    return sum(path.stat().st_size for path in _files(catalogue) if path.exists())


def _limit(catalogue: Path) -> None:
    """Let a disk that damages files again and again not be filled with them."""
    kept = sorted(catalogue.parent.glob(f"{catalogue.stem}.damaged-*{catalogue.suffix}"))
    for old in kept[:-_KEPT]:
        with suppress(OSError):
            remove(old, *beside(old))
