"""Sounds of the small engine in memory: parts made of colours, their outlines on real files.

What tests steer: `add_sound`, `add_sounds`, `add_heard`, `spoken`, `speech`.
"""

from __future__ import annotations

import math
import os
import wave
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtGui import QColor

from assetman.core.assets import (
    Asset,
    AssetState,
    Kind,
    Passage,
    Root,
    SegmentKind,
    SoundFacts,
)
from assetman.core.errors import BadInput, WrongUse
from assetman.core.inputs import WINDOW_HOP, WINDOW_SECONDS
from assetman.core.lettering import TextReading
from assetman.core.models import ModelInfo, ModelState
from assetman.core.moments import Moment
from assetman.core.sounds import Waveform, peak_rate

if TYPE_CHECKING:
    from tests.ui.fake_engine import _Row

FAKE_RATE = 8000  # of the WAVs that are really written
USUAL = SoundFacts(48_000, 2, -16.4, -1.2, 120.0, "Am")
KEYS = ("C", "Am", "F#m", "Eb", "G", "Bm", "Db", "")


@dataclass(frozen=True)
class FakePart:
    """Some seconds of a sound that mean a colour, at a level of 0 (silence) to 1."""

    colour: str
    seconds: float
    level: float = 0.8


class FakeSounds:
    """The part of the engine that knows what is said and heard."""

    folder: Path
    rows: dict[int, _Row]
    root_rows: dict[int, Root]
    film_frames: dict[int, list[Any]]
    _begin: Callable[..., None]
    _id: Callable[[], int]
    spoken: dict[int, list[Passage]]  # by asset
    speech: str | None
    text_on: bool
    speech_rows: tuple[ModelInfo, ...] = (
        ModelInfo("tiny", "Tiny", "English, fast.", "MIT", 75 << 20, (), ModelState.INSTALLED),
    )

    # -- what tests steer ---------------------------------------------------------------

    def add_sound(
        self,
        path: str,
        parts: Sequence[FakePart],
        facts: SoundFacts | None = USUAL,
        *,
        outlined: bool = True,
        cover: str | None = None,
    ) -> int:
        """Add a sound under an absolute path, a real WAV where its folder is there and it is one.

        `outlined` False leaves its outline still to be made; `cover` is the path of a picture.
        """
        key = f"sound{self._id()}"
        length = sum(part.seconds for part in parts)
        if os.path.isdir(os.path.dirname(path)) and path.endswith(".wav"):
            write_wav(path, parts)
        waveform = None
        if outlined:
            file = self.folder / "thumbnails" / f"{key}.0.npy"
            np.save(file, _outline(parts, peak_rate(length)))
            waveform = Waveform((str(file),), peak_rate(length))
        asset_id = self._add_audio(path, key, length, facts, parts)
        self.rows[asset_id].waveform = waveform
        self.rows[asset_id].thumbnail = cover
        return asset_id

    def add_sounds(self, count: int, root: str = "/media/sounds") -> list[int]:
        """Add sounds that nobody ever recorded: a few outlines serve them all."""
        shades = ("#c0392b", "#3f9b4b", "#2f6fc4", "#e08a4f")
        models = [
            self.add_sound(
                f"{root}/model {n}.wav",
                [
                    FakePart(shades[(n + part) % 4], 1.0 + part * n / 2, (0.2, 0.9, 0.5)[part % 3])
                    for part in range(n + 1)
                ],
            )
            for n in range(8)
        ]
        made = []
        for number in range(count):
            model = models[number * 5 % 8]
            row = self.rows[model]
            facts = SoundFacts(
                (44_100, 48_000, 96_000)[number % 3],
                1 + number % 2,
                -31.0 + number * 7 % 26,
                -9.0 + number % 9,
                None if number % 4 == 0 else 60.0 + number * 13 % 120,
                KEYS[number % 8] or None,
            )
            name = ("door slam", "surf on pebbles", "kick", "choir pad", "glass break")[number % 5]
            path = f"{root}/{name} {number:05}.wav"
            length = row.asset.duration or 0.0
            fresh = self._add_audio(path, f"heard{number}", length, facts, [])
            self.rows[fresh].waveform = row.waveform
            self.film_frames[fresh] = [
                replace(frame, moment=replace(frame.moment, segment_id=self._id()))
                for frame in self.film_frames[model]
            ]
            made.append(fresh)
        for model in models:
            del self.rows[model], self.film_frames[model]
        return made

    def add_heard(self, asset_id: int, start: float, end: float, colour: str) -> int:
        """Let some seconds of a video sound like a colour; gives the segment."""
        from tests.ui.fake_engine import mean_colour, paint
        from tests.ui.fake_films import _Frame

        moment = Moment(self._id(), start, end, (start + end) / 2, kind=SegmentKind.WINDOW)
        colours = mean_colour(paint(QColor(colour), 64, 64))
        self.film_frames[asset_id].append(_Frame(moment, colours))
        return moment.segment_id

    # -- the verbs ----------------------------------------------------------------------

    def passages(self, asset_id: int) -> list[Passage]:
        self._begin("passages", asset_id)
        return self.spoken.get(asset_id, [])

    def speech_models(self) -> list[ModelInfo]:
        self._begin("speech_models")
        return [replace(row, active=row.name == self.speech) for row in self.speech_rows]

    def add_speech_model(self, source: str, name: str | None = None) -> ModelInfo:
        self._begin("add_speech_model", (source, name))
        if not source.startswith("hf-hub:"):
            raise BadInput(f"{source} holds no model that faster-whisper could read.")
        added = replace(self.speech_rows[0], name=name or source.rpartition("/")[2])
        self.speech_rows = (*self.speech_rows, added)
        return added

    def use_speech(self, name: str | None) -> int:
        self._begin("use_speech", name)
        if name is not None and not any(row.name == name for row in self.speech_rows):
            raise WrongUse(f"There is no model of speech called “{name}”.")
        self.speech = name
        return 1

    def text_reading(self) -> TextReading:
        self._begin("text_reading")
        return TextReading(self.text_on, "PP-OCR", 3 if self.text_on else 0, 12)

    def read_text(self, on: bool) -> int:
        self._begin("read_text", on)
        self.text_on = on
        return 1

    # -- inside -------------------------------------------------------------------------

    def _add_audio(
        self,
        path: str,
        key: str,
        length: float,
        facts: SoundFacts | None,
        parts: Sequence[FakePart],
    ) -> int:
        from tests.ui.fake_engine import _Row

        folder = os.path.dirname(path)
        roots = [root for root in self.root_rows.values() if path.startswith(root.path + "/")]
        if not roots:
            roots = [Root(self._id(), folder, True)]
            self.root_rows[roots[0].id] = roots[0]
        asset = Asset(
            self._id(),
            roots[0].id,
            path,
            Kind.AUDIO,
            AssetState.PRESENT,
            round(length * 96_000) + 44 + self._id() % 997,
            1.6e9 + self._id() * 3600.0,
            None,
            None,
            None,
            key,
            duration=length,
            sound=facts,
        )
        relative = os.path.relpath(path, roots[0].path).replace(os.sep, "/")
        self.rows[asset.id] = _Row(asset, relative, (0.0, 0.0, 0.0), None, indexed=True)
        self.film_frames[asset.id] = self._windows(length, parts)
        return asset.id

    def _windows(self, length: float, parts: Sequence[FakePart]) -> list[Any]:
        """Make the windows of a sound: each means what is heard in its middle."""
        from tests.ui.fake_engine import mean_colour, paint
        from tests.ui.fake_films import _Frame

        made = []
        count = 1 + max(0, math.ceil((length - WINDOW_SECONDS - 1) / WINDOW_HOP))
        for number in range(count if parts else 0):
            start = number * WINDOW_HOP
            end = min(length, start + WINDOW_SECONDS)
            middle, at = (start + end) / 2, 0.0
            for part in parts:
                if at <= middle <= at + part.seconds:
                    colour = mean_colour(paint(QColor(part.colour), 64, 64))
                    moment = Moment(self._id(), start, end, middle, kind=SegmentKind.WINDOW)
                    made.append(_Frame(moment, colour))
                    break
                at += part.seconds
        return made


def _outline(parts: Sequence[FakePart], rate: float) -> Any:
    """Draw what the parts sound like: (n, 2) int8, lowest and highest of each piece."""
    levels = [np.full(max(1, round(part.seconds * rate)), part.level) for part in parts]
    level = np.concatenate(levels) if levels else np.zeros(1)
    generator = np.random.default_rng(len(level))
    swell = generator.uniform(0.25, 1.0, 90)
    shape = np.interp(np.linspace(0, 89, len(level)), np.arange(90), swell)
    drawn = generator.uniform(0.5, 1.0, (2, len(level))) * shape
    both = np.stack([-drawn[0] * level, drawn[1] * level], axis=1)
    return np.rint(both * 127).astype(np.int8)


def write_wav(path: str, parts: Sequence[FakePart]) -> None:
    """Write each part as a tone whose pitch is the hue of its colour."""
    pieces = []
    for part in parts:
        times = np.arange(round(part.seconds * FAKE_RATE)) / FAKE_RATE
        pitch = 200 + 4 * max(0, QColor(part.colour).hue())
        pieces.append(np.sin(times * (2 * np.pi * pitch)) * part.level * 0.5)
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(FAKE_RATE)
        file.writeframes((np.concatenate(pieces) * 32767).astype("<i2").tobytes())


def hue_heard(path: str) -> int:
    """Hear the hue of a WAV that `write_wav` wrote: the one of its first half second."""
    with wave.open(path, "rb") as file:
        samples = np.frombuffer(file.readframes(FAKE_RATE // 2), "<i2")
        rate = file.getframerate()
    turns = int((np.diff(np.sign(samples)) > 0).sum())
    return max(0, min(359, round((turns * rate / max(1, len(samples)) - 200) / 4)))
