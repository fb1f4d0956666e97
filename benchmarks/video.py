"""Hours of 1080p H.264 indexed in an hour, against ffmpeg on the same cores in the same run.

usage: python -m benchmarks.video [--minutes N] [--files N] [--rounds N] [--gops FRAMES,…]
                                  [--model NAME] [--film FILE] [--cuts]

A film of a minute is made of photo-like pictures, panned, zoomed and still, with cuts and now and
then a fade or a dissolve, by x264 at its default GOP (250 frames, key frames at cuts), and looped
by stream copy to files of N minutes that differ in a tag. Then, in turn: ffmpeg decodes every
frame, and key frames alone (`-skip_frame nokey`), as many files at once as there are cores; the
decoders alone read the files; the encoder alone embeds as many frames as stand for the shots; the
pipeline brings the files into an empty library. Aim: pipeline / (key frames + encoder) <= 1.3.

With --gops the film is made again with longer GOPs and no key frames at cuts, and a second table
says what finding shots costs beyond key frames, in one thread, and what it finds: F1 within half
a second of what was made. `ffmpeg` must be installed.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from assetman.core.inputs import InputSpec
from assetman.core.settings import Settings, cores
from assetman.media.handler import Limits, Stretch
from assetman.media.keyframes import Film as Watched
from assetman.media.keyframes import Frame, Group
from assetman.media.shots import read_shots
from assetman.media.video_film import OpenFilm, opened_film
from assetman.media.workers import DecodePool
from assetman.workspace import Workspace
from benchmarks.pipeline import encode_seconds, pipeline_seconds
from tests.kit.films import Film, How, Join, Motion, Scene, make_film

SIZE = (1920, 1080)
RATE = 25.0
DEFAULT = {"preset": "veryfast", "crf": "24"}  # GOP and scene cuts are x264's own
LIMITS = Limits(seconds=600)  # the machine may be shared
SETTINGS = Settings(decode_seconds=600.0)
NEAR = 0.5  # seconds
JOINS = (20, 1, 1)  # cuts to fades to dissolves


def photo(chance: np.random.Generator) -> np.ndarray:
    """Make a picture with shapes and grain as photographs have them: (h, w, 3) uint8."""
    coarse = chance.integers(0, 256, (9, 16, 3), dtype=np.uint8)
    wide = Image.fromarray(coarse).resize((2560, 1440), Image.Resampling.BICUBIC)
    grain = chance.normal(0, 5, (1440, 2560, 1)).astype(np.int16)
    edges = chance.integers(-40, 40, (90, 160, 1)).repeat(16, 0).repeat(16, 1).astype(np.int16)
    whole = np.asarray(wide).astype(np.int16) + grain + edges
    pixels: np.ndarray = np.clip(whole, 0, 255).astype(np.uint8)
    return pixels


def scenes(seconds: float, joins: Sequence[int] = JOINS, seed: int = 5) -> list[Scene]:
    """Make scenes of two to nine seconds, most of them moving."""
    chance, noise = random.Random(seed), np.random.default_rng(seed)
    made: list[Scene] = []
    while sum(each.seconds for each in made) < seconds:
        motion = chance.choices(list(Motion), (2, 6, 1))[0]
        join = chance.choices(list(Join), joins)[0]
        made.append(Scene(photo(noise), chance.uniform(2, 9), motion, join, 1.0))
    return made


def looped(film: Path, target: Path, minutes: float, number: int) -> Path:
    """Loop a film by stream copy; another number gives other bytes of the same frames."""
    command = ["ffmpeg", "-v", "error", "-stream_loop", "-1", "-i", str(film), "-c", "copy"]
    tags = ["-metadata", f"title=Film {number}", "-t", str(minutes * 60)]
    subprocess.run([*command, *tags, str(target)], check=True)
    return target


def ffmpeg_cost(files: Sequence[Path], *options: str) -> Cost:
    """Let ffmpeg decode files, as many at once as there are cores."""

    def decode(path: Path) -> None:
        command = ["ffmpeg", "-v", "error", "-threads", "1", *options, "-i", str(path)]
        command += ["-map", "0:v:0", "-fps_mode", "passthrough", "-f", "null", "-"]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)

    return spent(lambda: together(decode, files))


def together(work: Callable[[Path], None], files: Sequence[Path]) -> None:
    with ThreadPoolExecutor(cores()) as threads:
        list(threads.map(work, files))


@dataclass(frozen=True)
class Cost:
    """Seconds by the clock, and of all processors; the latter mind other work less."""

    clock: float
    processor: float

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.clock + other.clock, self.processor + other.processor)


def spent(work: Callable[[], object]) -> Cost:
    """Do something, the end of its processes included."""
    started, before = time.perf_counter(), sum(os.times()[:4])
    work()
    return Cost(time.perf_counter() - started, sum(os.times()[:4]) - before)


def frames_of(files: Sequence[Path], spec: InputSpec, folder: Path) -> int:
    """Read files with the decoders and nothing else to do; gives the frames that stand."""
    pool = DecodePool(cores(), LIMITS, 512)
    frames: list[int] = []

    def read(path: Path) -> None:
        stretch: Stretch | None = Stretch(sheet=folder / f"{path.stem}.webp")
        while stretch is not None:
            thumbnail = None if stretch.number else folder / f"{path.stem}.small.webp"
            found = pool.extract(str(path), (spec,), thumbnail, stretch).result()
            frames.append(len(found.segments))
            ordinal, sheet = stretch.ordinal + len(found.segments), stretch.sheet
            stretch = (
                None
                if found.rest is None
                else Stretch(found.rest, stretch.number + 1, ordinal, sheet, seen=found.seen)
            )

    try:
        together(read, files)
        return sum(frames)
    finally:
        pool.close()


def measure(files: Sequence[Path], model: str, scratch: Path) -> tuple[dict[str, Cost], int]:
    """Measure everything once; gives the frames that stand for shots, too."""
    frames: list[int] = []
    every = ffmpeg_cost(files)
    keys = ffmpeg_cost(files, "-skip_frame", "nokey")
    workspace = Workspace.open(scratch / "library", SETTINGS, scratch / "models")
    workspace.use_model(model)
    spec = workspace.encoders.input_spec(model)
    assert spec is not None
    decoders = spent(lambda: frames.append(frames_of(files, spec, scratch)))
    noise = np.random.default_rng(0)
    pixels = noise.integers(0, 256, (frames[0], spec.size, spec.size, 3), dtype=np.uint8)
    encode_seconds(workspace, model, pixels[:32])
    encoder = spent(lambda: encode_seconds(workspace, model, pixels))

    def bring_in() -> None:
        pipeline_seconds(workspace, files[0].parent)
        failures = workspace.library.failures.all()
        workspace.close()
        if failures:
            raise SystemExit(f"{failures}")

    costs = {
        "ffmpeg, every frame": every,
        "ffmpeg, key frames": keys,
        "decoders alone": decoders,
        "encoder alone": encoder,
        "the pipeline": spent(bring_in),
    }
    return costs, frames[0]


def speed(film: Path, given: argparse.Namespace, scratch: Path) -> None:
    """Print the first table."""
    folder = scratch / "films"
    folder.mkdir()
    files = [
        looped(film, folder / f"{number}.mp4", given.minutes, number)
        for number in range(given.files)
    ]
    hours = given.files * given.minutes / 60
    size = sum(path.stat().st_size for path in files) / hours / 1e9
    rounds = []
    for number in range(given.rounds):
        place = scratch / f"round {number}"
        place.mkdir()
        rounds.append(measure(files, given.model, place))
    print(f"{hours:.2f} hours in {given.files} files, {size:.2f} GB an hour, {cores()} cores,")
    print(f"{rounds[0][1]} frames stand for their shots; {given.rounds} rounds, medians\n")
    print("| | seconds | of processors | hours in an hour |")
    print("|---|---|---|---|")
    middle = {
        name: Cost(
            statistics.median(costs[name].clock for costs, _ in rounds),
            statistics.median(costs[name].processor for costs, _ in rounds),
        )
        for name in rounds[0][0]
    }
    for name, cost in middle.items():
        pace = hours * 3600 / cost.clock
        print(f"| {name} | {cost.clock:.1f} | {cost.processor:.1f} | {pace:.0f} |")
    floor = middle["ffmpeg, key frames"] + middle["encoder alone"]
    whole = middle["the pipeline"]
    ratios = f"{whole.clock / floor.clock:.2f} | {whole.processor / floor.processor:.2f}"
    print(f"| the pipeline / (key frames + encoder) | {ratios} | |")


@dataclass
class KeysOnly:
    """A film whose key frames alone can be had."""

    film: OpenFilm

    @property
    def duration(self) -> float:
        return self.film.duration

    @property
    def pixels(self) -> int:
        return self.film.pixels

    def groups(self, start: float, spacing: float) -> Iterator[Group]:
        return self.film.groups(start, spacing)

    def frames(self, start: float, end: float, swift: bool = False) -> Iterator[Frame]:
        return iter(())


def boundaries(film: Watched) -> list[float]:
    """Find where shots begin, all stretches, the first left out."""
    start: float | None = 0.0
    found: set[float] = set()
    cards: tuple[str, ...] = ()
    while start is not None:
        reading = read_shots(film, start, 24, cards)
        found |= {shot.start for shot in reading}
        start, cards = reading.rest, reading.cards
    return sorted(found)[1:]


def f1(found: Sequence[float], film: Film) -> float:
    """Match what was found with what was made, each boundary once, within half a second."""
    left = list(found)
    hits = 0
    for each in film.boundaries:
        near = [time for time in left if each.start - NEAR <= time <= each.end + NEAR]
        if near:
            left.remove(min(near, key=lambda time: abs(time - each.time)))
            hits += 1
    return 2 * hits / max(1, len(found) + len(film.boundaries))


def searched(film: Watched) -> tuple[list[float], Cost]:
    found: list[float] = []
    return found, spent(lambda: found.extend(boundaries(film)))


def long_gops(gops: Sequence[int], seconds: float, scratch: Path) -> None:
    """Print the second table; its times are of processors."""
    print("\n| GOP | ffmpeg, every frame | key frames | shots of key frames | F1 | shots | F1 "
          "| decoding added | F1 won |")  # fmt: skip
    print("|---" * 9 + "|")
    for gop in gops:
        options = DEFAULT if gop == 250 else {**DEFAULT, "sc_threshold": "0"}
        how = How(size=SIZE, rate=RATE, gop=gop, options=options)
        film = make_film(scratch / f"gop {gop}.mp4", scenes(seconds), **how)
        every = ffmpeg_cost([film.path]).processor
        keys = ffmpeg_cost([film.path], "-skip_frame", "nokey").processor
        with film.path.open("rb") as file, opened_film(file, LIMITS) as opened:
            plain, alone = searched(KeysOnly(opened))
            better, whole = searched(opened)
        of_keys, of_all = f1(plain, film), f1(better, film)
        added = whole.processor - alone.processor
        cells = f"{every:.1f} s | {keys:.1f} s | {alone.processor:.1f} s | {of_keys:.3f}"
        cells += f" | {whole.processor:.1f} s | {of_all:.3f} | {added:.1f} s"
        cells += f" ({added / every:.0%} of every frame) | {of_all - of_keys:+.3f}"
        print(f"| {gop} | {cells} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=15.0, help="of each file")
    parser.add_argument("--files", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--gops", default="250,500,1000,3000")
    parser.add_argument("--model", default="starter")
    parser.add_argument("--film", type=Path, help="1080p H.264 to loop instead of a made one")
    parser.add_argument("--cuts", action="store_true", help="join the scenes by cuts alone")
    given = parser.parse_args()
    if shutil.which("ffmpeg") is None:
        raise SystemExit("ffmpeg is not installed")
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        joins = (1, 0, 0) if given.cuts else JOINS
        how = How(size=SIZE, rate=RATE, options=DEFAULT)
        film = given.film or make_film(scratch / "a minute.mp4", scenes(60, joins), **how).path
        if given.rounds:
            speed(film, given, scratch)
        if given.gops:
            long_gops([int(gop) for gop in given.gops.split(",")], 60, scratch)


if __name__ == "__main__":
    os.environ.setdefault("SVT_LOG", "1")
    main()
