"""Derived files on disk: immutable folders that are whole or are not there.

A folder is written aside, flushed and renamed; its manifest is written last and names the size
and checksum of each file. Names are never reused, because Windows cannot replace a file that is
mapped into memory: older folders are removed when nobody uses them any more.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np
import xxhash
from numpy.lib import format as npy
from numpy.typing import NDArray

MANIFEST = "manifest.json"
FORMAT = 1
Facts = dict[str, str | int]
Writer = Callable[[Path], None]


class DamagedFiles(Exception):
    """A folder of derived files is incomplete, changed, or not what it was taken for."""


def write_folder(path: Path, what: str, facts: Facts, writers: Mapping[str, Writer]) -> None:
    """Write a folder whole or not at all; `writers` make its files. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    shutil.rmtree(aside, ignore_errors=True)
    try:
        aside.mkdir()
        files: dict[str, list[int]] = {}
        for name, write in writers.items():
            write(aside / name)
            _flush(aside / name)
            files[name] = [(aside / name).stat().st_size, _checksum(aside / name)]
        manifest = {"format": FORMAT, "what": what, "facts": facts, "files": files}
        (aside / MANIFEST).write_text(json.dumps(manifest, indent=1), "utf-8")
        _flush(aside / MANIFEST)
        _flush_names(aside)
        if path.exists():
            shutil.rmtree(path)
        aside.rename(path)
        _flush_names(path.parent)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise


def read_facts(path: Path, what: str) -> Facts:
    """Check a folder's manifest and every file's checksum and give what the manifest says.

    Raises DamagedFiles.
    """
    try:
        manifest = json.loads((path / MANIFEST).read_text("utf-8"))
        if manifest["format"] != FORMAT or manifest["what"] != what:
            raise DamagedFiles(f"{path} is not {what} of format {FORMAT}")
        for name, (size, checksum) in manifest["files"].items():
            file = path / name
            if file.stat().st_size != size or _checksum(file) != checksum:
                raise DamagedFiles(f"{file} is not as it was written")
        facts: Facts = dict(manifest["facts"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedFiles(f"{path} cannot be read: {error}") from error
    return facts


def number(facts: Facts, name: str) -> int:
    """Read a whole number from facts; raises DamagedFiles where there is none."""
    value = facts.get(name)
    if not isinstance(value, int):
        raise DamagedFiles(f"{name} is {value!r}, not a number")
    return value


def array_writer(
    blocks: Iterable[NDArray[np.generic]], dtype: type[np.generic], shape: tuple[int, ...]
) -> Writer:
    """Give a writer of one .npy file from blocks of rows.

    Through a file, never through a mapping: a full disk is an error here and a crash there.
    """

    def write(path: Path) -> None:
        with path.open("wb") as file:
            descr = npy.dtype_to_descr(np.dtype(dtype))
            header = {"descr": descr, "fortran_order": False, "shape": shape}
            npy.write_array_header_1_0(file, header)
            for block in blocks:
                file.write(np.ascontiguousarray(block, dtype).data)

    return write


def mapped_array(path: Path, dtype: type[np.generic], columns: int | None) -> NDArray[np.generic]:
    """Map a .npy file into memory; raises DamagedFiles if it is not of that type and width."""
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise DamagedFiles(f"{path} cannot be read: {error}") from error
    width = array.shape[1:] if columns is None else (columns,)
    if (
        array.dtype != dtype
        or array.shape[1:] != width
        or array.ndim != (1 if columns is None else 2)
    ):
        raise DamagedFiles(f"{path} holds {array.dtype} {array.shape}")
    result: NDArray[np.generic] = array
    return result


def _checksum(path: Path) -> int:
    state = xxhash.xxh3_64()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            state.update(block)
    return state.intdigest()


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _flush_names(folder: Path) -> None:
    """Make the names in a folder last; Windows cannot and need not be told."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Generations:
    """The numbered folders of one kind below a folder; the highest number is the newest."""

    def __init__(self, folder: Path, prefix: str) -> None:
        self._folder = folder
        self._prefix = prefix
        self._last = 0

    def newest_first(self) -> list[Path]:
        """List the folders that were finished."""
        try:
            found = [path for path in self._folder.iterdir() if self._number(path) is not None]
        except OSError:
            return []
        return sorted(found, key=lambda path: self._number(path) or 0, reverse=True)

    def next(self) -> Path:
        """Name a folder that has never been there."""
        there = [self._number(path) or 0 for path in self.newest_first()[:1]]
        self._last = max([self._last, *there]) + 1
        return self._folder / f"{self._prefix}-{self._last:08d}"

    def keep_only(self, path: Path | None) -> None:
        """Remove all others, and what was left half-written, as far as that can be done now."""
        try:
            present = list(self._folder.iterdir())
        except OSError:
            return
        for other in present:
            if other != path and other.name.startswith(f"{self._prefix}-"):
                shutil.rmtree(other, ignore_errors=True)

    def _number(self, path: Path) -> int | None:
        prefix, _, digits = path.name.rpartition("-")
        return int(digits) if prefix == self._prefix and digits.isdecimal() else None
