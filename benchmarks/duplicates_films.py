"""How surely copies of films and of sounds are found, and told from what is not one.

usage: python -m benchmarks.duplicates_films DIR [--films N] [--sounds N] [--pieces N] [--seed N]
                                             [--of films|sounds] [--keep FOLDER]

DIR holds `stamps`, pictures with a caption beside each, `samples`, sounds, and `videos` with
`vtest.avi` and `tree.avi`, which cameras took that stand still. Films are made of the pictures,
with cuts, dissolves, in one take, with and without sound; pieces of a minute are made of the
sounds. What becomes of each is in `benchmarks.film_families`. Among the films are others that
share a black beginning, a title card and a moving logo with each other, others with the same
music, and parts of the films of the still cameras, each of which is no copy of the other part.

A pair is an original and its copy (that is what recall counts), or any two files that were called
copies (precision: they are of one family). Odd seeds draw from one half of the pictures and
sounds, on which the numbers in the code were chosen; even ones from the other half, which is
reported. Beside it in the same run, at the threshold that suits each best on these very files:

- films: one hash of the whole film, as videohash and programs like it have it: frames spread evenly
  over its length, 64 bits each (pHash), and how many bits differ in the mean;
- sounds: Chromaprint as `ffmpeg` has it, what Czkawka compares sounds by: the share of bits that
  are the same where the two lie best beside each other.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import imagehash
import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from assetman.core.assets import Kind
from assetman.core.errors import BadInput
from assetman.core.timelines import Timeline
from assetman.library.timelines import Along
from assetman.media.files import opened
from assetman.media.frame_print import densely, frame_print
from assetman.media.handler import Limits, Stretch
from assetman.media.registry import handler_for
from assetman.media.video_film import opened_film
from assetman.search.recurring import Recurrence
from benchmarks.film_families import (
    Made,
    film_families,
    film_strangers,
    long_sounds,
    seconds_of,
    sound_families,
)
from benchmarks.retrieval import captions

FRAMES = 10  # of a film, for its one hash
LONG = 4.0  # seconds of a sound; Chromaprint says nothing of one that is much shorter
LEAST = 1.5  # seconds of a sound that is music of a film
Pair = tuple[int, int]
Each = TypeVar("Each")


@dataclass(frozen=True)
class Score:
    """How many copies were found, of how many, and how many of the pairs that were found are right."""

    found: int
    copies: int
    right: int
    called: int

    @property
    def recall(self) -> float:
        return self.found / max(1, self.copies)

    @property
    def precision(self) -> float:
        return self.right / max(1, self.called)

    def __str__(self) -> str:
        low, high = binomtest(self.found, max(1, self.copies)).proportion_ci(method="wilson")
        return (
            f"recall {self.recall:.3f} ({low:.3f}..{high:.3f}; {self.found} of {self.copies}), "
            f"precision {self.precision:.4f} ({self.right} of {self.called} pairs)"
        )


def along(path: Path) -> Along:
    """Read the timeline of a file as the library does."""
    handler = handler_for(str(path))
    assert handler is not None
    timeline, stretch, duration = Timeline(), Stretch(), None
    while True:
        made = handler.extract(str(path), (), None, 64, Limits(), stretch)
        timeline += made.timeline
        duration = made.probe.duration or duration
        if made.rest is None:
            return Along(timeline.thinned, duration)
        stretch = Stretch(made.rest, stretch.number + 1, seen=made.seen)


def closely(path: Path) -> Along:
    """Read it as the library does where it is in doubt: every half second of a film."""
    with opened(str(path)) as file, opened_film(file, Limits()) as film:
        seen = frame_print(densely(film, [], 0.0, None))
        length = film.duration
    before = along(path)
    return Along(Timeline(seen.seen, before.timeline.heard, before.timeline.step), length)


def found_by_app(made: Sequence[Made], kind: Kind, timelines: Sequence[Along]) -> set[Pair]:
    """Compare every file with those before it, as the app does after a run."""
    known = list(timelines)
    close: set[int] = set()
    recurrence = Recurrence(kind, lambda *_: [], known.__getitem__)
    found: set[Pair] = set()
    for number in told("compared", len(made), range(len(made))):
        marks = recurrence.marks_of(number)
        relations, doubts = recurrence.copies(number, marks)
        for doubt in doubts:
            for each in {doubt.one, doubt.other} - close:
                known[each] = closely(made[each].path)
                close.add(each)
                recurrence.forget(each)
            if (relation := recurrence.settled(doubt)) is not None:
                relations.append(relation)
        found |= {(min(each.one, each.other), max(each.one, each.other)) for each in relations}
        recurrence.add(number, marks)
    if kind is Kind.VIDEO:
        print(f"   {len(close)} of {len(made)} films were looked at more closely")
    return found


def score(made: Sequence[Made], found: Iterable[Pair]) -> Score:
    """Count what was found."""
    pairs = set(found)
    originals = {each.family: n for n, each in enumerate(made) if not each.change}
    copies = [
        (min(n, originals[each.family]), max(n, originals[each.family]))
        for n, each in enumerate(made)
        if each.change and each.family in originals
    ]
    right = sum(made[one].family == made[other].family for one, other in pairs)
    return Score(sum(pair in pairs for pair in copies), len(copies), right, len(pairs))


def by_change(made: Sequence[Made], found: set[Pair]) -> None:
    """Print how many copies of each change were found."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    originals = {each.family: n for n, each in enumerate(made) if not each.change}
    for number, each in enumerate(made):
        if each.change and each.family in originals:
            first = originals[each.family]
            counts[each.change][0] += (min(number, first), max(number, first)) in found
            counts[each.change][1] += 1
    said = (f"{change} {found}/{of}" for change, (found, of) in counts.items())
    print("   " + ", ".join(said))
    for one, other in sorted(found):
        if made[one].family != made[other].family:
            print(f"   wrong: {made[one].path.name} = {made[other].path.name}")


def one_hash(path: Path) -> NDArray[np.bool_] | None:
    """Give the hashes of frames spread evenly over a film: (FRAMES * 64,) bool."""
    bits = []
    with opened(str(path)) as file, opened_film(file, Limits()) as film:
        film.share = 0.25
        for number in range(FRAMES):
            at = film.duration * (number + 0.5) / FRAMES
            try:
                bits.append(imagehash.phash(film.shown_at(at).picture()).hash.ravel())
            except BadInput:
                return None
    return np.concatenate(bits)


def bits_apart(one: NDArray[np.bool_] | None, other: NDArray[np.bool_] | None) -> float:
    """Give how many bits of 64 differ in the mean."""
    return 64.0 if one is None or other is None else float((one != other).mean() * 64)


def chromaprint(path: Path) -> NDArray[np.uint32]:
    """Have FFmpeg make a fingerprint: (n,) uint32, eight a second."""
    asked = ("-f", "chromaprint", "-fp_format", "raw", "-")
    command = ("ffmpeg", "-v", "error", "-i", str(path), "-vn", *asked)
    raw = subprocess.run(command, check=True, capture_output=True).stdout
    return np.frombuffer(raw, "<u4")


def unlike(one: NDArray[np.uint32], other: NDArray[np.uint32]) -> float:
    """Give the least share of bits that differ, wherever they lie beside each other."""
    if len(other) < len(one):
        one, other = other, one
    least = max(1, round(0.6 * len(one)))
    best = 0.5
    for shift in range(least - len(one), len(other) - least + 1):
        first, begin = max(0, -shift), max(0, shift)
        count = min(len(one) - first, len(other) - begin)
        if count < least or not count:
            continue
        apart = np.bitwise_count(one[first : first + count] ^ other[begin : begin + count])
        best = min(best, float(apart.mean()) / 32)
    return best


def at_best(made: Sequence[Made], apart: Mapping[Pair, float], least: float = 0.99) -> Score:
    """Give what a method finds at the threshold at which its precision is that and recall highest."""
    scores = [
        score(made, [pair for pair, value in apart.items() if value <= limit])
        for limit in sorted(set(np.round(list(apart.values()), 3)))[:400]
    ]
    good = [each for each in scores if each.precision >= least]
    return max(good or scores, key=lambda each: (each.recall, each.precision))


def told(what: str, count: int, work: Iterable[Each]) -> Iterator[Each]:
    """Say on standard error how far work has come."""
    for number, each in enumerate(work, 1):
        if number % 10 == 0 or number == count:
            print(f"   {what} {number} of {count}", file=sys.stderr, flush=True)
        yield each


def compare(
    made: Sequence[Made],
    kind: Kind,
    hashed: Callable[[Path], object],
    apart: Callable[..., float],
    other: str,
) -> None:
    """Print what the app finds, and what another method does."""
    paths = [each.path for each in made]
    with ProcessPoolExecutor() as processes:
        timelines = list(told("read", len(made), processes.map(along, paths)))
        hashes = list(told("hashed", len(made), processes.map(hashed, paths)))
    found = found_by_app(made, kind, timelines)
    print(f"   Assetman: {score(made, found)}")
    by_change(made, found)
    values = {
        (one, two): apart(hashes[one], hashes[two])
        for two in range(len(made))
        for one in range(two)
    }
    print(f"   {other}, at its best: {at_best(made, values)}")
    if kind is Kind.AUDIO:
        _of_long(made, [each.duration or 0.0 for each in timelines], found, values, other)


def _of_long(
    made: Sequence[Made],
    lengths: Sequence[float],
    found: set[Pair],
    values: Mapping[Pair, float],
    other: str,
) -> None:
    """Print the same for the sounds of which Chromaprint says something at all."""
    kept = {
        number: place for place, number in enumerate(n for n, s in enumerate(lengths) if s >= LONG)
    }
    some = [made[number] for number in kept]
    called = [(kept[a], kept[b]) for a, b in found if a in kept and b in kept]
    apart = {(kept[a], kept[b]): v for (a, b), v in values.items() if a in kept and b in kept}
    print(f"   of {len(some)} of {LONG:g} s and more: Assetman: {score(some, called)}")
    print(f"   {other}, at its best: {at_best(some, apart)}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the families, and compare."""
    parser = argparse.ArgumentParser(prog="benchmarks.duplicates_films", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--films", type=int, default=12)
    parser.add_argument("--sounds", type=int, default=60)
    parser.add_argument("--pieces", type=int, default=6)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--of", choices=("films", "sounds"), help="of one kind alone")
    parser.add_argument("--keep", type=Path, help="where the files are, and stay")
    options = parser.parse_args(arguments)
    folder, seed = options.folder, options.seed
    pictures = sorted(captions(folder / "stamps"))[seed % 2 :: 2]
    sounds = sorted((folder / "samples").glob("*.flac"))[seed % 2 :: 2]
    music = [each for each in sounds if seconds_of(each) >= LEAST]
    with tempfile.TemporaryDirectory() as passing:
        kept = (options.keep or Path(passing)) / str(seed)
        kept.mkdir(parents=True, exist_ok=True)
        if options.of != "sounds":
            still = [folder / "videos" / name for name in ("vtest.avi", "tree.avi")]
            films = film_families(kept, pictures, music, options.films, seed)
            print(f"{len(films)} films are made", file=sys.stderr, flush=True)
            films += film_strangers(kept, pictures, music, still, seed)
            strangers = sum(each.change == "stranger" for each in films)
            print(f"{len(films)} films, of {options.films} families and {strangers} strangers")
            compare(films, Kind.VIDEO, one_hash, bits_apart, "one hash of the film")
        if options.of != "films":
            taken, others = sounds[: options.sounds], sounds[options.sounds :] or sounds
            pieces = long_sounds(kept, others, options.pieces, seed)
            heard = sound_families(kept, [*taken, *pieces])
            print(f"{len(heard)} sounds, of {len(taken) + len(pieces)} families")
            compare(heard, Kind.AUDIO, chromaprint, unlike, "Chromaprint")
    return 0


if __name__ == "__main__":
    sys.exit(main())
