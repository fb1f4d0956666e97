"""A sound server of one's own whose loudspeaker is a file: what is heard can be looked at."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

RATE = 48_000
PROGRAMS = ("pulseaudio", "parec")
_WINDOW, _STEP = 0.024, 0.004  # seconds that are looked at together to tell pitches apart
_FINE = 0.002  # to tell sound from silence
_PATIENCE = 20.0  # seconds


class NullSink:
    """Runs until it is closed. `address` is what a program needs as PULSE_SERVER."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        place = folder / "speaker"
        self.address = f"unix:{place}"
        self._recorded = folder / "heard.raw"
        nowhere = {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), "PATH": "/usr/bin:/bin"}
        self._server = subprocess.Popen(
            [
                *("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1"),
                *("--use-pid-file=no", "--disable-shm=yes"),
                *("-L", f"module-null-sink sink_name=null rate={RATE}"),
                *("-L", f"module-native-protocol-unix socket={place} auth-anonymous=1"),
            ],
            env=nowhere,
            stderr=subprocess.DEVNULL,
        )
        self._wait_for(lambda: _answers(place))
        # As long as somebody listens closely the sink takes what comes at once, as a card does.
        with self._recorded.open("wb") as target:
            self._recorder = subprocess.Popen(
                [
                    *("parec", f"--server={self.address}", "-d", "null.monitor"),
                    *(f"--rate={RATE}", "--channels=1", "--format=s16le", "--latency-msec=10"),
                ],
                env=nowhere,
                stdout=target,
                stderr=subprocess.DEVNULL,
            )
        self._wait_for(lambda: self._recorded.stat().st_size > 0)

    def now(self) -> float:
        """Give the seconds that were recorded so far."""
        return self._recorded.stat().st_size / 2 / RATE

    def heard(self, pitches: Sequence[float], since: float, until: float) -> list[set[float]]:
        """Tell which of some pitches (Hz) were heard, in steps of 4 ms."""
        samples = self._samples(since, until)
        size = round(_WINDOW * RATE)
        shape = np.hanning(size)
        waves = np.exp(-2j * np.pi * np.outer(np.array(pitches), np.arange(size)) / RATE)
        found = []
        for at in range(0, len(samples) - size, round(_STEP * RATE)):
            levels = np.abs(waves @ (samples[at : at + size] * shape)) / shape.sum() * 2
            found.append({p for p, level in zip(pitches, levels, strict=True) if level > 0.05})
        return found

    def longest_gap(self, since: float, until: float) -> float:
        """Give the longest silence between two things that were heard, seconds."""
        samples, size = self._samples(since, until), round(_FINE * RATE)
        blocks = samples[: len(samples) // size * size].reshape(-1, size)
        loud = np.flatnonzero(np.sqrt((blocks**2).mean(axis=1)) > 0.01)
        return max((int(b - a) - 1 for a, b in pairwise(loud)), default=0) * _FINE

    def _samples(self, since: float, until: float) -> np.ndarray:
        data = self._recorded.read_bytes()
        whole = np.frombuffer(data[: len(data) // 2 * 2], "<i2")
        return whole[round(since * RATE) : round(until * RATE)] / 32768

    def close(self) -> None:
        for process in (self._recorder, self._server):
            process.terminate()
            process.wait(10)

    def _wait_for(self, condition: object) -> None:
        deadline = time.monotonic() + _PATIENCE
        while not condition():  # type: ignore[operator]  # a function
            assert self._server.poll() is None, "there is no sound server"
            assert time.monotonic() < deadline
            time.sleep(0.02)


def is_here() -> bool:
    """Tell whether there is what it is made of."""
    return all(map(shutil.which, PROGRAMS))


def _answers(place: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as asking:
        try:
            asking.connect(str(place))
        except OSError:
            return False
    return True
