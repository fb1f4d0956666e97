"""Memory of the engine and its decoders while a film of two hours is indexed.

usage: python -m benchmarks.long_video [--hours N] [--size WIDTHxHEIGHT] [--model NAME]
                                       [--every SECONDS] [--film FILE]

A film of a minute is made and looped by stream copy. An engine of its own indexes it; its memory
and that of its largest decoder is looked at all the while. The table holds medians of each quarter of
the time, the most there was, and the slope of the last half; what grows by more than a tenth from
the second quarter to the last is called growing, and the exit status is then 1.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil

from assetman.core.progress import Phase
from assetman.engine.client import EngineClient, connect
from assetman.engine.endpoint import endpoints
from benchmarks.video import DEFAULT, RATE, looped, scenes
from tests.kit.films import How, make_film

GROWING = 1.10
SLACK = 16.0  # MB


@dataclass(frozen=True)
class Sample:
    """The memory of the engine, and of its largest child, at one moment; MB."""

    minute: float
    share: float  # of the film that was read
    engine_pss: float
    engine_rss: float
    decoder_pss: float
    decoder_rss: float


def sample(library: Path, client: EngineClient, started: float) -> Sample:
    """Look at everything once."""
    engine = psutil.Process(endpoints(library)[0].pid)
    own = engine.memory_full_info()
    pss = rss = 0.0
    for child in engine.children(recursive=True):
        with suppress(psutil.Error):
            memory = child.memory_full_info()
            pss = max(pss, getattr(memory, "pss", memory.rss) / 1e6)
            rss = max(rss, memory.rss / 1e6)
    minute = (time.monotonic() - started) / 60
    share = client.progress().begun
    return Sample(minute, share, getattr(own, "pss", own.rss) / 1e6, own.rss / 1e6, pss, rss)


def watch(library: Path, root: Path, given: argparse.Namespace) -> tuple[list[Sample], int]:
    """Index the film; gives what was seen, and how many frames stand for its shots."""
    samples = []
    with connect(library) as client:
        engine = psutil.Process(endpoints(library)[0].pid)
        client.use_model(given.model)
        client.add_root(str(root))
        run = client.index()
        started = time.monotonic()
        while client.progress().run < run or client.progress().phase is not Phase.IDLE:
            samples.append(sample(library, client, started))
            one = samples[-1]
            print(f"\r{one.minute:6.1f} min  {one.share:4.0%}  engine {one.engine_pss:.0f} MB  "
                  f"decoder {one.decoder_pss:.0f} MB ", end="", file=sys.stderr, flush=True)  # fmt: skip
            time.sleep(given.every)
        failures = client.failures()
        if failures:
            raise SystemExit(f"{failures}")
        frames = client.status().segments
    engine.wait(60)
    print(file=sys.stderr)
    return samples, frames


def table(samples: Sequence[Sample]) -> list[str]:
    """Print what each quarter of the time was like; give what is growing."""
    rows = {
        "engine, PSS MB": [each.engine_pss for each in samples],
        "engine, RSS MB": [each.engine_rss for each in samples],
        "the largest decoder, PSS MB": [each.decoder_pss for each in samples],
        "the largest decoder, RSS MB": [each.decoder_rss for each in samples],
    }
    minutes = np.array([each.minute for each in samples])
    quarter, half = max(1, len(samples) // 4), len(samples) // 2
    print("| | 1st quarter | 2nd | 3rd | 4th | most | slope of the last half, an hour | |")
    print("|---|---|---|---|---|---|---|---|")
    growing = []
    for name, values in rows.items():
        parts = [values[n * quarter : (n + 1) * quarter] or values[-1:] for n in range(4)]
        medians = [statistics.median(part) for part in parts]
        slope = 60 * np.polyfit(minutes[half:], values[half:], 1)[0]
        grows = medians[3] > GROWING * medians[1] + SLACK
        growing += [name] * grows
        cells = " | ".join(f"{median:.0f}" for median in medians)
        verdict = "growing" if grows else "flat"
        print(f"| {name} | {cells} | {max(values):.0f} | {slope:+.0f} | {verdict} |")
    return growing


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hours", type=float, default=2.0)
    parser.add_argument("--size", default="1920x1080")
    parser.add_argument("--model", default="starter")
    parser.add_argument("--every", type=float, default=1.0, help="seconds between two looks")
    parser.add_argument("--film", type=Path, help="what to loop instead of a made one")
    given = parser.parse_args()
    width, height = map(int, given.size.split("x"))
    with tempfile.TemporaryDirectory() as name:
        place = Path(name).resolve()
        root = place / "films"
        root.mkdir()
        how = How(size=(width, height), rate=RATE, options=DEFAULT)
        film = given.film or make_film(place / "a minute.mp4", scenes(60), **how).path
        long = looped(film, root / "long.mp4", given.hours * 60, 0)
        size = long.stat().st_size / 1e9
        samples, frames = watch(place / "library", root, given)
    print(f"{given.hours:g} hours of {given.size}, {size:.2f} GB, {frames} frames stand for its")
    print(f"shots; {samples[-1].minute:.1f} minutes, {len(samples)} looks\n")
    growing = table(samples)
    print(f"Growing: {', '.join(growing)}." if growing else "Nothing grows.")
    return 1 if growing else 0


if __name__ == "__main__":
    sys.exit(main())
