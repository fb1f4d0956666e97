"""A rescan of unchanged files against `find -size` on the same tree in the same run.

usage: python benchmarks/rescan.py [--files N] [--rounds N] [--keep DIR]

Makes a tree of small files and a catalogue that knows all of them as they are, then takes turns:
`find`, which looks at every file's size and prints it with its time and path; a rescan as the
app does it (the catalogue's rows read back, every folder walked, every file's size, time and
inode compared, a few thumbnails looked for); and the parts of it. Caches are warm for both;
starting Python and opening the library are left out. Give `--keep` a folder to use a tree again.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from assetman.core.assets import Kind, Probe
from assetman.core.progress import CancelToken, Counts
from assetman.core.spaces import Space
from assetman.ingest.ignore import IgnoreRules
from assetman.ingest.places import Place
from assetman.ingest.scan import compare
from assetman.ingest.survey import Survey
from assetman.ingest.tally import Tally
from assetman.library.assets import FileStat
from assetman.library.library import Library
from assetman.media.files import write_whole
from assetman.media.thumbnails import ThumbnailCache

IN_FOLDER = 100
WHOLE = b"RIFF\x04\0\0\0WEBP"  # a thumbnail to whoever looks at its length
PROBE = Probe(Kind.IMAGE, 8, 8)


def plant(root: Path, number: int) -> None:
    """Write files in folders of a hundred, as a person's years and events lie."""
    for index in range(number):
        at = index // IN_FOLDER
        folder = root / f"{2000 + at // 100}" / f"event {at % 100:02}"
        if index % IN_FOLDER == 0:
            folder.mkdir(parents=True, exist_ok=True)
        (folder / f"IMG_{index:06}.jpg").write_bytes(b"%d" % index)


def learn(library: Library, thumbnails: ThumbnailCache, root: Path) -> None:
    """Let the catalogue know every file, as if each had been decoded and embedded."""
    space, _ = library.spaces.ensure(Space("none", "1", 1, 4))
    library.spaces.choose(space.id)
    known, _ = library.roots.add(str(root))
    paths = sorted(root.rglob("*.jpg"))
    for first in range(0, len(paths), 1000):
        with library.writing():
            for path in paths[first : first + 1000]:
                found = path.stat()
                digest = f"{found.st_ino:032x}"
                content, _ = library.contents.add(digest, found.st_size, True, Kind.IMAGE)
                stat = FileStat(found.st_size, found.st_mtime_ns, found.st_ino, found.st_dev)
                library.assets.add(known.id, path.relative_to(root).as_posix(), stat, content)
                library.contents.set_probe(content, PROBE)
                write_whole(thumbnails.path_of(digest), lambda file: file.write(WHOLE))


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    folder = given.keep or Path(tempfile.mkdtemp(prefix="rescan-"))
    tree, home = folder / "tree", folder / "library"
    fresh = not tree.exists()
    if fresh:
        plant(tree, given.files)
    library, thumbnails = Library.open(home), ThumbnailCache(home / "thumbnails")
    if fresh:
        learn(library, thumbnails, tree)
    root = library.roots.all()[0]

    def find() -> None:
        command = ["find", str(tree), "-type", "f", "-size", "+0", "-printf", "%s %T@ %p\n"]
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)

    def rescan() -> Counts:
        tally = Tally(1)
        survey = Survey(library, thumbnails, IgnoreRules(), tally, lambda changes: None)
        survey.run([Place(root.id)], CancelToken())
        return tally.report().counts

    counts = rescan()
    assert counts == Counts(unchanged=root.assets), counts
    known = library.known.of_root(root.id)
    parts: dict[str, Callable[[], object]] = {
        "find -size": find,
        "rescan": rescan,
        "  rows read back": lambda: library.known.of_root(root.id),
        "  walk and compare": lambda: compare(str(tree), known, IgnoreRules(), CancelToken()),
    }
    took: dict[str, list[float]] = {name: [] for name in parts}
    for _ in range(given.rounds):
        for name, work in parts.items():
            took[name].append(seconds(work))
    print(f"{root.assets:,} files, {given.rounds} rounds, median (least to most), seconds")
    for name, times in took.items():
        print(f"{name:20} {statistics.median(times):6.3f}  ({min(times):.3f} to {max(times):.3f})")
    ratios = [
        ours / theirs for ours, theirs in zip(took["rescan"], took["find -size"], strict=True)
    ]
    print(
        f"rescan / find        {statistics.median(ratios):6.2f}  "
        f"({min(ratios):.2f} to {max(ratios):.2f}); the aim is 4"
    )
    library.close()
    if given.keep is None:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
