"""Hours of sound indexed in an hour, against what decoders and encoder could do alone.

usage: python -m benchmarks.sound [--minutes N] [--files N] [--samples N] [--rounds N]
                                  [--model NAME] [--memory HOURS] [--folder DIR]

Long sounds are made of chords, beats and noise that change every few seconds, as MP3, FLAC and
Ogg; short samples as WAV, a tenth of a second to three seconds long. With --folder the
sounds of a folder are taken instead. In one run, in turn: the decoders alone read every file, as
many at once as there are cores; the encoder alone embeds as many windows; the pipeline brings the
files into an empty library. Where encoder and decoders share the cores the bound is the sum of
what each costs alone on all of them; where the encoder has its own device, the slower of the two.
Aim: 90 % of the bound.

With --memory the memory of an engine and its decoders is watched while one sound of so many hours
is indexed; what grows is named, and the exit status is then 1. `ffmpeg` must be installed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assetman.core.inputs import Modality, SoundSpec
from assetman.core.settings import Settings
from assetman.media.handler import Limits, Stretch
from assetman.media.registry import kind_of
from assetman.media.workers import DecodePool
from assetman.workspace import Workspace
from benchmarks.long_video import table, watch
from benchmarks.pipeline import pipeline_seconds
from tests.kit.sounds import write_wav

RATE = 44_100
LIMITS = Limits(seconds=600)  # the machine may be shared
SETTINGS = Settings(decode_seconds=600.0)
FORMS = {"mp3": ["-b:a", "192k"], "flac": [], "ogg": ["-c:a", "libvorbis", "-q:a", "5"]}
BATCH = 32


@dataclass(frozen=True)
class Heard:
    """What there is to hear in some files."""

    seconds: float
    windows: int


def music(seconds: float, chance: np.random.Generator) -> np.ndarray:
    """Make (2, n) float32: chords with a beat and some noise, another one every four seconds."""
    parts: list[np.ndarray] = []
    times = np.arange(4 * RATE) / RATE
    while len(parts) * 4 < seconds:
        root = 55 * 2 ** (chance.integers(0, 36) / 12)
        chord = sum(np.sin(2 * np.pi * root * each * times) for each in (1, 1.26, 1.5, 2, 3))
        beat = np.exp(-6 * (times * chance.uniform(1, 3) % 1))
        grain = chance.normal(0, 0.03, (2, len(times)))
        parts.append(0.1 * chord * beat + grain * beat[::-1])
    return np.concatenate(parts, axis=1)[:, : round(seconds * RATE)].astype(np.float32)


def make_long(folder: Path, files: int, minutes: float) -> None:
    """Write long sounds, in several forms in turn; no two are alike."""
    folder.mkdir(parents=True)
    chance = np.random.default_rng(0)
    raw = folder.parent / "raw.wav"
    for number in range(files):
        ending, how = list(FORMS.items())[number % len(FORMS)]
        write_wav(raw, music(minutes * 60, chance), RATE)
        made = folder / f"{number:04}.{ending}"
        subprocess.run(["ffmpeg", "-v", "error", "-i", str(raw), *how, str(made)], check=True)
    raw.unlink(missing_ok=True)


def make_samples(folder: Path, number: int) -> None:
    """Write short samples, as WAV and FLAC in turn; no two are alike."""
    chance = np.random.default_rng(1)
    whole = music(240, chance)
    for index in range(number):
        place = folder / f"{index // 500:03}"
        length, start = round(chance.uniform(0.1, 3) * RATE), chance.integers(0, 230 * RATE)
        part = whole[:, start : start + length] * chance.uniform(0.1, 1)
        write_wav(place / f"{index:05}.wav", part, RATE)


def decode_seconds(files: list[str], spec: SoundSpec, workers: int) -> tuple[float, Heard]:
    """Decode every file with all cores and nothing else to do; gives what was heard, too."""
    pool = DecodePool(workers, LIMITS, 512)

    def whole(path: str) -> Heard:
        stretch, windows = Stretch(), 0
        while True:
            found = pool.extract(path, (spec,), None, stretch).result()
            windows += len(found.segments)
            if found.rest is None:
                return Heard(found.probe.duration or 0.0, windows)
            stretch = Stretch(found.rest, stretch.number + 1, window=windows, seen=found.seen)

    try:
        with ThreadPoolExecutor(workers) as lanes:
            list(lanes.map(whole, files[:workers]))  # warm
            started = time.perf_counter()
            heard = list(lanes.map(whole, files))
            seconds = time.perf_counter() - started
        return seconds, Heard(sum(h.seconds for h in heard), sum(h.windows for h in heard))
    finally:
        pool.close()


def encode_seconds(workspace: Workspace, model: str, spec: SoundSpec, windows: int) -> float:
    """Embed so many windows with all cores and nothing else to do."""
    noise = np.random.default_rng(0).normal(0, 0.1, (BATCH, spec.length)).astype(np.float32)
    workspace.encoders.sounds(model, noise[:8])
    started = time.perf_counter()
    for first in range(0, windows, BATCH):
        workspace.encoders.sounds(model, noise[: min(BATCH, windows - first)])
    return time.perf_counter() - started


def measure(folder: Path, model: str, scratch: Path) -> tuple[Heard, int, dict[str, float]]:
    """Measure one folder once; seconds by what took them."""
    files = [
        os.path.join(where, name)
        for where, _, names in os.walk(folder)
        for name in names
        if kind_of(name)
    ]
    workspace = Workspace.open(scratch / "library", SETTINGS, models=scratch / "models")
    try:
        workspace.use_model(model)
        spec = workspace.encoders.sound_input(model)
        assert spec is not None
        decode, heard = decode_seconds(files, spec, workspace.decoders.workers)
        encode = encode_seconds(workspace, model, spec, heard.windows)
        whole = pipeline_seconds(workspace, folder)
        space = workspace.library.spaces.active(Modality.SOUND)
        assert space is not None
        shared = workspace.encoders.device().device == "cpu"
        bound = encode + decode if shared else max(encode, decode)
        seconds = {"decoders alone": decode, "encoder alone": encode, "bound": bound}
        return heard, len(files), {**seconds, "pipeline": whole}
    finally:
        workspace.close()


def report(title: str, folder: Path, given: argparse.Namespace) -> None:
    """Print the rates of one folder; hours of sound in an hour, and files in a second."""
    rows: list[dict[str, float]] = []
    for _ in range(given.rounds):
        with tempfile.TemporaryDirectory() as scratch:
            heard, files, row = measure(folder, given.model, Path(scratch))
            rows.append(row)
    print(f"\n{title}: {files} files, {heard.seconds / 3600:.2f} hours, {heard.windows} windows,")
    print(f"model {given.model}, {given.rounds} rounds (median, least to most)")
    for name in rows[0]:
        rates = [heard.seconds / row[name] for row in rows]
        each = files / statistics.median(row[name] for row in rows)
        spread = f"{min(rates):.0f} to {max(rates):.0f}"
        print(f"  {name:18} {statistics.median(rates):8.0f} h/h   {spread:18} {each:8.1f} files/s")
    shares = [row["bound"] / row["pipeline"] for row in rows]
    print(f"  pipeline / bound   {statistics.median(shares):8.2f}       "
          f"{min(shares):.2f} to {max(shares):.2f}")  # fmt: skip


def remember(given: argparse.Namespace) -> int:
    """Watch the memory while one long sound is indexed; gives the exit status."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name).resolve()
        make_long(place / "minutes", 1, 10)
        root = place / "sounds"
        root.mkdir()
        (short,) = (place / "minutes").iterdir()
        long = root / f"long{short.suffix}"
        times = max(0, round(given.memory * 6) - 1)
        loop = ["ffmpeg", "-v", "error", "-stream_loop", str(times), "-i", str(short)]
        subprocess.run([*loop, "-c", "copy", str(long)], check=True)
        samples, windows = watch(place / "library", root, given)
    print(f"{given.memory:g} hours of sound, {windows} windows; {samples[-1].minute:.1f} minutes\n")
    growing = table(samples)
    print(f"Growing: {', '.join(growing)}." if growing else "Nothing grows.")
    return 1 if growing else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0, help="of each long sound")
    parser.add_argument("--files", type=int, default=6, help="long sounds; 0: none")
    parser.add_argument("--samples", type=int, default=1000, help="short samples; 0: none")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--model", default="starter-sound")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--memory", type=float, help="hours of the sound that is watched")
    parser.add_argument("--every", type=float, default=1.0, help="seconds between two looks")
    given = parser.parse_args()
    if given.memory:
        return remember(given)
    if given.folder:
        report(str(given.folder), given.folder, given)
        return 0
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        if given.files:
            make_long(place / "long", given.files, given.minutes)
            report("long sounds", place / "long", given)
        if given.samples:
            make_samples(place / "samples", given.samples)
            report("short samples", place / "samples", given)
    return 0


if __name__ == "__main__":
    sys.exit(main())
