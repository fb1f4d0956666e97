"""How long the silence is between two sounds that are auditioned one after the other.

usage: python benchmarks/audition.py [--rounds N]

Three tones in each of some formats are played in turn, and what reaches a sound server of our own
(PulseAudio with a null sink) is recorded. `ready`: the next one was prepared, as for the arrow keys;
`opened`: it was opened when it was wanted, and the one before stopped first, as a plain player does.
Milliseconds of silence, and of both heard together.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parents[1]))

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from assetman.core.assets import Asset, AssetState, Kind
from assetman.ui.listening.listening import Listening
from tests.kit.sounds import tone, write_sound
from tests.ui.listening.null_sink import NullSink, is_here

PITCHES = (400.0, 800.0, 1600.0)
ENDINGS = (".wav", ".flac", ".mp3", ".ogg", ".m4a")
STEP = 0.004  # seconds, of what is looked at


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=8)
    rounds = parser.parse_args().rounds
    if not is_here():
        print("This needs pulseaudio and parec (Debian: pulseaudio, pulseaudio-utils).")
        return 3
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sink = NullSink(folder / "sound")
        os.environ["PULSE_SERVER"] = sink.address
        try:
            application = QApplication(sys.argv[:1])
            place = QSettings.Format.IniFormat, QSettings.Scope.UserScope
            QSettings.setPath(*place, str(folder / "settings"))
            print(f"{'':6}{'silence, ready':>28}{'silence, opened':>28}{'both heard, ready':>28}")
            for ending in ENDINGS:
                print(_line(ending, folder, sink, rounds), flush=True)
            del application
        finally:
            sink.close()
    return 0


def _line(ending: str, folder: Path, sink: NullSink, rounds: int) -> str:
    assets = [_asset(n, folder / f"{n}{ending}", pitch) for n, pitch in enumerate(PITCHES)]
    listening = Listening()
    ready = _switched(listening, assets, sink, rounds, prepared=True)
    opened = _switched(listening, assets, sink, rounds, prepared=False)
    listening.silence()
    listening.let_go()
    columns = [[gap for gap, _ in ready], [gap for gap, _ in opened], [both for _, both in ready]]
    words = (f"median {statistics.median(c):.0f}, most {max(c):.0f} ms" for c in columns)
    return f"{ending:6}" + "".join(f"{each:>28}" for each in words)


def _switched(
    listening: Listening, assets: list[Asset], sink: NullSink, rounds: int, *, prepared: bool
) -> list[tuple[float, float]]:
    """Go from sound to sound; give the silence and the overlap of each change, milliseconds."""
    found = []
    listening.hear(assets[0], 1.0)
    for number in range(1, rounds + 1):
        asset, before = assets[number % 3], assets[(number - 1) % 3]
        if prepared:
            listening.prepare([(asset, 1.0)])
        _wait(lambda before=before: (listening.at(before.id) or 0.0) > 1.4)  # type: ignore[misc]
        since = sink.now() - 0.1
        if not prepared:
            listening.let_go()
            listening.voices.close()
        listening.hear(asset, 1.0)
        _wait(lambda asset=asset: (listening.at(asset.id) or 0.0) > 1.4)  # type: ignore[misc]
        until = sink.now()
        heard = sink.heard(PITCHES, since, until)
        both = sum(len(each) > 1 for each in heard) * STEP
        found.append((1000 * sink.longest_gap(since, until), 1000 * both))
    return found


def _asset(number: int, path: Path, pitch: float) -> Asset:
    write_sound(path, tone(pitch, 8.0))
    size = path.stat().st_size
    return Asset(
        number, 1, str(path), Kind.AUDIO, AssetState.PRESENT, size, 1.0, None, None, None, str(path),
        duration=8.0,
    )  # fmt: skip


def _wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it never began"
        QApplication.processEvents()
        time.sleep(0.001)


if __name__ == "__main__":
    sys.exit(main())
