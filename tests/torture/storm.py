"""A storm over a library: what a person and their programs do to files, and what must be kept.

`Files` does it to real files and remembers where everything that was given to a file belongs.
"""

from __future__ import annotations

import itertools
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from kit.colours import COLOURS
from kit.pictures import paint


@dataclass
class Mark:
    """A tag that one file alone was given, with a rating and a collection."""

    tag: str
    rating: int
    path: Path | None  # where its file is; None: nowhere
    bytes: bytes  # that its file has, or had last
    last: Path  # where its file was last
    seen: bytes  # that its file had when the library was last known to know it
    inode: int  # that it has had from the first, or -1; systems give inodes away again
    certain: bool = True  # nothing happened that can be understood in two ways


@dataclass
class File:
    """A file as the library was last seen to know it."""

    bytes: bytes
    inode: int
    pristine: bool = True  # the same inode since it was first looked at


@dataclass
class Files:
    """Roots of real files, and the marks on them."""

    folder: Path
    roots: list[Path] = field(default_factory=list)
    away: dict[Path, Path] = field(default_factory=dict)  # where unmounted roots wait
    out: set[Path] = field(default_factory=set)  # roots taken out of the library
    marks: list[Mark] = field(default_factory=list)
    known: dict[Path, File] = field(default_factory=dict)  # when all was calm last
    thrown: list[tuple[bytes, int]] = field(default_factory=list)  # bytes, time
    shared: set[bytes] = field(default_factory=set)  # bytes that more than one file has had
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def start(self, roots: int, files: int) -> None:
        for number in range(roots):
            root = self.folder / f"root{number}"
            self.roots.append(root)
            self.draw(root / "keep.png")
            for _ in range(files):
                self.draw(root / f"f{next(self.numbers)}.png")

    # -- looking

    def here(self) -> list[Path]:
        """List the files that can be reached, those aside that keep a root from being empty."""
        found = []
        for root in self.mounted():
            found += [path for path in root.rglob("*.png") if path.name != "keep.png"]
        return sorted(found)

    def mounted(self) -> list[Path]:
        return [root for root in self.roots if root not in self.away and root not in self.out]

    def folders(self) -> list[Path]:
        return sorted(p for root in self.mounted() for p in [root, *root.rglob("*")] if p.is_dir())

    def calm(self) -> None:
        """Keep how things are, now that the library has seen all of it."""
        before = self.known
        self.known = {path: file for path, file in before.items() if self.is_away(path)}
        for path in self.here():
            inode, old = path.stat().st_ino, before.get(path)
            same = old is None or (old.pristine and old.inode == inode)
            self.known[path] = File(path.read_bytes(), inode, same)

    def is_away(self, path: Path) -> bool:
        return any(map(path.is_relative_to, (*self.away, *self.out)))

    def unseen(self, mark: Mark) -> bool:
        """Tell whether a file came to a root, or changed there, that went before anyone looked."""
        if mark.path is None or not self.is_away(mark.path):
            return False
        return mark.path not in self.known or self.known[mark.path].bytes != mark.bytes

    def settled(self, path: Path) -> bool:
        """Tell whether the library knows a file as it is."""
        known = self.known.get(path)
        return known is not None and known.bytes == path.read_bytes()

    # -- doing

    def draw(self, path: Path) -> None:
        """Write bytes that nothing else has; no two writes have the same time."""
        number = next(self.numbers)
        paint(path, list(COLOURS)[number % len(COLOURS)], number, (16, 12))
        self.stamp(path)

    def stamp(self, path: Path) -> None:
        moment = (1_700_000_000 + next(self.numbers)) * 1_000_000_000
        os.utime(path, ns=(moment, moment))

    def free(self, folder: Path) -> Path:
        return folder / f"f{next(self.numbers)}.png"

    def create(self, folder: Path) -> None:
        self.draw(self.free(folder))

    def copy(self, path: Path, folder: Path, whole: bool) -> None:
        target = folder / path.name
        target = self.free(folder) if target.exists() else target
        (shutil.copy2 if whole else shutil.copy)(path, target)
        data = path.read_bytes()
        self.shared.add(data)
        for mark in self.marks:  # the copy may lie where the file lay when it was looked at
            if mark.bytes == data:
                there = mark.path is not None and mark.path.exists()
                mark.certain &= there and self.settled(mark.path)
        if not whole:
            self.stamp(target)

    def rename(self, path: Path, target: Path) -> None:
        path.rename(target)
        self._follow(path, target)

    def move_folder(self, folder: Path, target: Path) -> None:
        inside = list(folder.rglob("*.png"))
        shutil.move(folder, target)
        for path in inside:
            self._follow(path, target / path.relative_to(folder))

    def replace(self, path: Path, target: Path) -> None:
        """Rename a file over another."""
        bearing = [mark for mark in self.marks if mark.path == path]
        for mark in self.marks:
            if mark.path == target:
                if bearing:
                    self._lose(mark)
                    mark.certain = False  # edited before anyone looked, the other is this one
                else:  # a program's way to save: whatever is at a path is that path's
                    mark.certain &= self.settled(target)
                    self._doubt(mark)
                    mark.bytes = path.read_bytes()
                    mark.inode = -1
                    self._doubt(mark)
        os.replace(path, target)
        self._follow(path, target)

    def swap(self, one: Path, other: Path) -> None:
        aside = one.with_name("aside")
        one.rename(aside)
        other.rename(one)
        aside.rename(other)
        places = {one: other, other: one}
        for mark in [mark for mark in self.marks if mark.path in places]:
            assert mark.path is not None
            self._put(mark, places[mark.path])
            # Between two roots it may be seen by half, and then looks like an edit in place.
            mark.certain &= (
                one.relative_to(self.folder).parts[0] == (other.relative_to(self.folder).parts[0])
            )

    def edit(self, path: Path, in_place: bool) -> None:
        """Write new bytes as programs do: into the file, or aside and renamed over it."""
        known = self.known.get(path)
        moved = known is None or known.inode != path.stat().st_ino
        traceable = in_place and self._first_inode(path)
        if in_place:
            fresh = self.folder / "fresh.png"
            self.draw(fresh)
            with path.open("r+b") as file:
                file.truncate()
                file.write(fresh.read_bytes())
            fresh.unlink()
            self.stamp(path)
        else:
            self.draw(path.with_name("saving.tmp.png"))
            os.replace(path.with_name("saving.tmp.png"), path)
        for mark in self.marks:
            if mark.path == path:
                self._doubt(mark)
                mark.bytes = path.read_bytes()
                mark.certain &= (traceable and mark.inode == path.stat().st_ino) or not moved
                mark.inode = mark.inode if in_place else -1

    def delete(self, path: Path) -> None:
        self.thrown.append((path.read_bytes(), path.stat().st_mtime_ns))
        settled = self.settled(path)
        path.unlink()
        for mark in self.marks:
            if mark.path == path:
                self._lose(mark)
                mark.certain &= settled

    def restore(self, number: int, folder: Path) -> None:
        data, moment = self.thrown.pop(number % len(self.thrown))
        path = self.free(folder)
        path.write_bytes(data)
        os.utime(path, ns=(moment, moment))
        for mark in self.marks:
            if mark.path is None and mark.bytes == data:
                mark.path = mark.last = path

    def unmount(self, root: Path, leave_empty: bool) -> None:
        for mark in self.marks:  # of one that went out of it unseen, the bytes alone prove nothing
            if mark.path is None and mark.last.is_relative_to(root):
                mark.certain = False
            if mark.inode == -1 and mark.path is not None and mark.path.exists():
                mark.certain &= self.settled(mark.path)
        self.away[root] = root.with_name(f"away {root.name}")
        root.rename(self.away[root])
        if leave_empty:
            root.mkdir()

    def mount(self, root: Path) -> None:
        if root.exists():
            root.rmdir()
        self.away.pop(root).rename(root)

    def relocate(self, root: Path) -> Path:
        """Give a root another name."""
        target = root.with_name(f"root{next(self.numbers)}")
        inside = list(root.rglob("*.png"))
        root.rename(target)
        self.roots[self.roots.index(root)] = target
        for mark in self.marks:
            if mark.path is None and mark.last.is_relative_to(root):
                mark.last = target / mark.last.relative_to(root)
        for path in inside:
            moved = target / path.relative_to(root)
            self._follow(path, moved)
            if path in self.known:
                self.known[moved] = self.known.pop(path)
        return target

    def mark(self, path: Path) -> Mark:
        number = next(self.numbers)
        data, inode = path.read_bytes(), path.stat().st_ino
        mark = Mark(f"t{number}", 1 + number % 5, path, data, path, data, inode)
        self.marks.append(mark)
        return mark

    def _follow(self, path: Path, target: Path) -> None:
        for mark in self.marks:
            if mark.path == path:
                self._put(mark, target)

    def _put(self, mark: Mark, target: Path) -> None:
        """Let a mark's file be at another place, where it lies already."""
        mark.path = mark.last = target
        inode, data = target.stat().st_ino, target.read_bytes()
        mark.certain &= data == mark.seen or any(
            file.inode == inode == mark.inode and file.pristine for file in self.known.values()
        )
        self._doubt(mark)

    def _lose(self, mark: Mark) -> None:
        mark.path, mark.inode = None, -1
        self._doubt(mark)

    def _doubt(self, mark: Mark) -> None:
        """Where several files had the same bytes, each may have been taken for the other."""
        mark.certain &= mark.bytes not in self.shared

    def _first_inode(self, path: Path) -> bool:
        inode = path.stat().st_ino
        return any(file.inode == inode and file.pristine for file in self.known.values())
