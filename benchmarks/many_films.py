"""What it costs to look for the copies of one more film, by how many films there are already.

usage: python -m benchmarks.many_films [--sizes N,N,…] [--asked N]

Timelines are made: scenes of two to eight seconds, each a smooth pattern of its own that stands
still, moves or grows darker, and notes of random pitch and loudness; films of 8 s to 5 minutes, most
of them below half a minute. Some are asked for that are copies: of a part, noisier, of other
brightness, quieter; as many others are copies of nothing. Beside the index, in the same run, every
mark is compared with every other, as an index would find if it missed nothing. Printed are
milliseconds of the processor to look one film up and to compare it with what is likely, how many
that is, and how many of the copies are found; a pass over a library costs the sum of such films.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from assetman.core.assets import Kind
from assetman.core.timelines import BANDS, HEARD_HOP, HEARD_RATE, SEEN, SIDE, Timeline
from assetman.library.timelines import Along
from assetman.search import mark_index
from assetman.search.recurring import Marks, Recurrence

EVERY = 0.5  # seconds between two frames
ROWS = HEARD_RATE / HEARD_HOP  # a second
NOTE = (2, 12)  # rows


def film(seed: int) -> Along:
    """Make what is known along a film."""
    chance = np.random.default_rng(seed)
    seconds = float(np.clip(chance.lognormal(3.0, 0.8), 8, 300))
    times = np.arange(0, seconds, EVERY)
    frames = np.empty((len(times), SIDE * SIDE))
    start = 0
    while start < len(times):
        count = min(int(chance.uniform(2, 8) / EVERY), len(times) - start)
        frames[start : start + count] = scene(count, chance)
        start += count
    return along(times, frames, notes(int(seconds * ROWS), chance), seconds)


def along(
    times: NDArray[np.floating],
    frames: NDArray[np.floating],
    levels: NDArray[np.floating],
    seconds: float,
) -> Along:
    """Keep frames, (n, 64) grey levels, and levels, (m, 16), as a library does."""
    seen = np.empty(len(times), SEEN)
    seen["time"], seen["grid"] = times, np.clip(frames, 0, 255)
    heard = np.clip(levels, 0, 255).astype(np.uint8)
    return Along(Timeline(seen.tobytes(), heard.tobytes()).thinned, seconds)


def scene(count: int, chance: np.random.Generator) -> NDArray[np.floating]:
    """Make frames of one smooth pattern: (count, 64) grey levels."""
    side = 2 * SIDE
    waves = np.fft.rfft2(chance.standard_normal((side, side)))
    far = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None]) * side
    pattern = np.fft.irfft2(waves / np.maximum(far, 1.0), (side, side))
    pattern = 128 + 50 * (pattern - pattern.mean()) / pattern.std()
    kind = chance.integers(3)
    shown = np.empty((count, SIDE * SIDE))
    for number in range(count):
        step = int(number * EVERY) if kind == 1 else 0
        light = 1 - 0.5 * number / count if kind == 2 else 1.0
        shown[number] = light * np.roll(pattern, step, 1)[:SIDE, :SIDE].ravel()
    return shown


def notes(count: int, chance: np.random.Generator) -> NDArray[np.floating]:
    """Make the loudness of a melody, each note in a few bands of pitch: (count, 16)."""
    lengths = chance.integers(*NOTE, count // NOTE[0] + 1)
    played = np.repeat(np.arange(len(lengths)), lengths)[:count]
    since = np.arange(count) - (np.cumsum(lengths) - lengths)[played]
    pitch = chance.uniform(0, BANDS, (2, len(lengths)))
    loud = chance.uniform(90, 220, (2, len(lengths)))
    away = np.abs(np.arange(BANDS)[None, None] - pitch[..., None])
    levels: NDArray[np.floating] = np.maximum(loud[..., None] - 35 * away, 40).max(axis=0)[played]
    return levels - 4.0 * since[:, None] + chance.normal(0, 3, levels.shape)


def copy_of(original: Along, seed: int) -> Along:
    """Make a copy of a part of a film: noisier, of other brightness, quieter."""
    chance = np.random.default_rng(seed)
    seconds = original.duration or 0.0
    start, end = chance.uniform(0, 0.15) * seconds, chance.uniform(0.85, 1) * seconds
    looks = original.timeline.looks
    inside = looks[(looks["time"] >= start) & (looks["time"] < end)]
    frames = 0.85 * inside["grid"] + 12 + chance.normal(0, 3, inside["grid"].shape)
    rate = 1 / original.timeline.step
    levels = original.timeline.levels[round(start * rate) : round(end * rate)] - 20.0
    kept = along(
        inside["time"] - start, frames, levels + chance.normal(0, 3, levels.shape), end - start
    )
    return replace(kept, timeline=replace(kept.timeline, step=original.timeline.step))


@dataclass(frozen=True)
class Found:
    """What looking for copies took, for one film in the mean, and what it found."""

    looked_up: float  # milliseconds of the processor
    compared: float
    likely: float
    right: int
    wrong: int


def asked(films: list[Along], marks: list[Marks], size: int, count: int) -> Found:
    """Look for as many copies, and as many others, among so many films."""
    kept = dict(enumerate(films[:size]))
    known = Recurrence(Kind.VIDEO, lambda *_: [], kept.__getitem__)
    for number in range(size):
        known.add(number, marks[number])
    originals = np.linspace(0, size - 1, count).astype(int).tolist()
    spent = np.zeros(2)
    likely = right = wrong = 0
    for place, original in enumerate([*originals, *[None] * count]):
        number = 10_000_000 + place
        kept[number] = film(number) if original is None else copy_of(films[original], number)
        own = known.marks_of(number)
        begun = time.process_time()
        likely += len(known._likely(number, own))
        middle = time.process_time()
        relations, _ = known.copies(number, own)
        spent += middle - begun, time.process_time() - middle
        spent[1] -= middle - begun  # it looks up too
        partners = {each.other for each in relations}
        right += original in partners
        wrong += len(partners - {original})
    each = 1000 * spent / (2 * count)
    return Found(each[0], each[1], likely / (2 * count), right, wrong)


def one_by_one(work: Callable[[], Found]) -> Found:
    """Do it without the index."""
    loose, mark_index._LOOSE = mark_index._LOOSE, 1 << 60
    try:
        return work()
    finally:
        mark_index._LOOSE = loose


def main() -> None:
    """Print a row for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="100,1000,10000")
    parser.add_argument("--asked", type=int, default=20)
    given = parser.parse_args()
    sizes = [int(each) for each in given.sizes.split(",")]
    films = [film(number) for number in range(max(sizes))]
    seen = dict(enumerate(films))
    marking = Recurrence(Kind.VIDEO, lambda *_: [], seen.__getitem__)
    marks = [marking.marks_of(number) for number in seen]
    print(
        "films    marks  looked up  one by one  likely  compared  copies found (one by one)  wrong"
    )
    for size in sizes:
        many = sum(len(seen) + len(heard) for seen, heard in marks[:size])
        ours = asked(films, marks, size, given.asked)
        plain = one_by_one(partial(asked, films, marks, size, given.asked))
        print(
            f"{size:6} {many:8} {ours.looked_up:8.1f} ms {plain.looked_up:8.1f} ms {ours.likely:7.1f} "
            f"{ours.compared:6.1f} ms  {ours.right:2} of {given.asked} ({plain.right})"
            f"{ours.wrong:18} ({plain.wrong})",
            flush=True,
        )


if __name__ == "__main__":
    main()
