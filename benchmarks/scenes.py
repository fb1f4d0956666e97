"""Films made of pictures, with the boundaries of their scenes known: what shots are tried on.

A film is a list of scenes, each a function of time over pictures it drew from a pool, joined by
cuts, dissolves and fades. The pool, the seed and the length decide all; the frames come one by
one, so that they can go into several encoders at once.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Pixels = NDArray[np.uint8]
Painter = Callable[[float], Image.Image]  # seconds within the scene -> the frame

KINDS = ("still", "pan", "zoom", "object", "shake", "grain", "flash", "overlay", "lively")


@dataclass
class Truth:
    """What a film is made of: scenes and joints in seconds."""

    seconds: float = 0.0
    scenes: list[tuple[float, float, str]] = field(default_factory=list)  # start, end, kind
    cuts: list[float] = field(default_factory=list)
    gradual: list[tuple[float, float]] = field(default_factory=list)  # begin and end


@dataclass(frozen=True)
class Scene:
    kind: str
    seconds: float
    paint: Painter
    joint: str  # how it is left: "cut", "dissolve", "fade"
    joint_seconds: float


class Studio:
    """Draws scenes from pictures."""

    def __init__(self, pictures: Sequence[Path], size: tuple[int, int], seed: int) -> None:
        self._pictures = list(pictures)
        self._size = size
        self._chance = random.Random(seed)
        self._noise = np.random.default_rng(seed)

    def scene(self, kind: str, seconds: float, joint: str, joint_seconds: float) -> Scene:
        makers = {
            "still": self._still,
            "card": self._card,
            "pan": self._pan,
            "zoom": self._zoom,
            "object": self._object,
            "shake": self._shake,
            "grain": self._grain,
            "flash": self._flash,
            "overlay": self._overlay,
            "lively": self._lively,
        }
        return Scene(kind, seconds, makers[kind](seconds), joint, joint_seconds)

    def _ground(self, scale: float = 1.0) -> Image.Image:
        """Clouds of two colours with grain, as out-of-focus photographs have."""
        width, height = (math.ceil(side * scale) for side in self._size)
        field_ = np.zeros((height, width), np.float32)
        for octave in (3, 6, 12, 48):
            rough = self._noise.random((octave, octave), np.float32)
            layer = Image.fromarray(rough, "F").resize((width, height), Image.Resampling.BICUBIC)
            field_ += np.asarray(layer) * (3.0 / octave)
        field_ = (field_ - field_.min()) / max(float(np.ptp(field_)), 1e-6)
        low, high = (self._noise.integers(0, 256, 3) for _ in range(2))
        colours = low + (high - low) * field_[..., None]
        colours += self._noise.normal(0, 4, (height, width, 1))
        return Image.fromarray(np.clip(colours, 0, 255).astype(np.uint8))

    def _stamp(self, side: float) -> Image.Image:
        while True:
            with Image.open(self._chance.choice(self._pictures)) as opened:
                stamp = opened.convert("RGBA")
            scale = side / max(stamp.size)
            if min(stamp.size) * scale >= 8:
                size = (round(stamp.width * scale), round(stamp.height * scale))
                return stamp.resize(size, Image.Resampling.BICUBIC)

    def _place(self, scale: float = 1.0, stamps: int = 3) -> Image.Image:
        """A ground with pictures on it, `scale` times the size of a frame."""
        place = self._ground(scale)
        for _ in range(stamps):
            stamp = self._stamp(min(self._size) * self._chance.uniform(0.4, 0.9))
            left = self._chance.randint(-stamp.width // 3, place.width - stamp.width // 2)
            top = self._chance.randint(-stamp.height // 3, place.height - stamp.height // 2)
            place.paste(stamp, (left, top), stamp)
        return place

    def _still(self, seconds: float) -> Painter:
        place = self._place()
        return lambda _at: place

    def _card(self, seconds: float) -> Painter:
        place = Image.new("RGB", self._size, tuple(self._noise.integers(0, 90, 3).tolist()))
        words = f"Chapter {self._chance.randint(1, 99)}"
        font = ImageFont.load_default(self._size[1] // 8)
        middle = (self._size[0] // 2, self._size[1] // 2)
        ImageDraw.Draw(place).text(middle, words, (240, 240, 230), font, anchor="mm")
        return lambda _at: place

    def _window(self, place: Image.Image, left: float, top: float, zoom: float = 1) -> Image.Image:
        width, height = self._size
        box = (left, top, left + width / zoom, top + height / zoom)
        return place.resize(self._size, Image.Resampling.BILINEAR, box=box)

    def _pan(self, seconds: float) -> Painter:
        place = self._place(2.0, 10)
        width, height = self._size
        right, down = self._chance.choice([(1, 0), (0, 1), (1, 1), (1, 0.3)])
        share = self._chance.uniform(0.3, 1.0)
        back = self._chance.random() < 0.5

        def paint(at: float) -> Image.Image:
            done = min(at / seconds, 1.0) * share
            done = 1 - done if back else done
            return self._window(place, width * done * right * 0.99, height * done * down * 0.99)

        return paint

    def _zoom(self, seconds: float) -> Painter:
        place = self._place(2.0, 9)
        start, end = self._chance.choice([(0.52, 1.3), (1.3, 0.52), (0.7, 1.0)])

        def paint(at: float) -> Image.Image:
            zoom = start + (end - start) * min(at / seconds, 1)
            left = place.width / 2 - self._size[0] / zoom / 2
            return self._window(place, left, place.height / 2 - self._size[1] / zoom / 2, zoom)

        return paint

    def _object(self, seconds: float) -> Painter:
        place, stamp = self._place(1.0, 1), self._stamp(min(self._size) * 0.7)
        way = self._chance.choice([1, -1])
        rounds = self._chance.uniform(0.5, 2.5)

        def paint(at: float) -> Image.Image:
            frame = place.copy()
            swing = 0.5 + 0.5 * way * math.sin(rounds * math.tau * at / seconds)
            left = round(swing * (frame.width - stamp.width))
            bob = abs(math.sin(at * 3)) * 0.2 + 0.2
            frame.paste(stamp, (left, round(frame.height * bob)), stamp)
            return frame

        return paint

    def _shake(self, seconds: float) -> Painter:
        place = self._place(1.25, 5)
        width, height = self._size
        phase = self._chance.uniform(0, 9)

        def paint(at: float) -> Image.Image:
            left = 0.12 * width * (1 + math.sin(at * 7.3 + phase) * math.sin(at * 2.1))
            top = 0.12 * height * (1 + math.sin(at * 9.1 + phase) * math.cos(at * 3.3))
            return self._window(place, left, top)

        return paint

    def _grain(self, seconds: float) -> Painter:
        place = np.asarray(self._place(), np.int16)
        grains = [
            self._noise.normal(0, 12, (*place.shape[:2], 1)).astype(np.int16) for _ in range(7)
        ]

        def paint(at: float) -> Image.Image:
            grain = grains[int(at * 25) % 7]
            return Image.fromarray(np.clip(place + grain, 0, 255).astype(np.uint8))

        return paint

    def _flash(self, seconds: float) -> Painter:
        inner = self._chance.choice([self._still, self._object, self._pan])(seconds)
        count = max(1, round(seconds / 4))
        flashes = [self._chance.uniform(0.3, max(seconds - 0.3, 0.4)) for _ in range(count)]
        white = Image.new("RGB", self._size, (255, 255, 255))

        def paint(at: float) -> Image.Image:
            lit = any(0 <= at - flash < 0.1 for flash in flashes)
            return Image.blend(inner(at), white, 0.8) if lit else inner(at)

        return paint

    def _overlay(self, seconds: float) -> Painter:
        inner = self._chance.choice([self._still, self._object, self._pan])(seconds)
        width, height = self._size
        font = ImageFont.load_default(height // 12)
        begin, end = seconds * 0.3, seconds * 0.7

        def paint(at: float) -> Image.Image:
            frame = inner(at)
            if begin <= at < end:
                frame = frame.copy()
                pen = ImageDraw.Draw(frame)
                pen.rectangle((0, height * 0.78, width, height * 0.92), (20, 30, 90))
                pen.text((width * 0.05, height * 0.8), "Ann Example, painter", (255,) * 3, font)
            return frame

        return paint

    def _lively(self, seconds: float) -> Painter:
        """Several things at once: a shaking view in which two pictures move."""
        shaken = self._shake(seconds)
        stamps = [self._stamp(min(self._size) * size) for size in (0.8, 0.5)]
        speeds = [self._chance.uniform(0.6, 2.5) for _ in stamps]
        width, height = self._size

        def paint(at: float) -> Image.Image:
            frame = shaken(at).copy()
            for number, (stamp, speed) in enumerate(zip(stamps, speeds, strict=True)):
                left = round(width * (0.5 + 0.5 * math.sin(at * speed + number)) - stamp.width / 2)
                top = round(height * (0.4 + 0.3 * math.cos(at * speed * 1.3)) - stamp.height / 4)
                frame.paste(stamp, (left, top), stamp)
            return frame

        return paint


def plan(studio: Studio, seconds: float, seed: int, gradual: float) -> list[Scene]:
    """Draw scenes for a film; `gradual` is the share of joints that are no cuts."""
    chance = random.Random(seed * 7 + 1)
    scenes: list[Scene] = []
    total = 0.0
    while total < seconds:
        length = chance.choice([1.2, 2.0, 2.8, 3.6, 4.4, 5.2, 7.6, 11.2, 16.0])
        joint, joint_seconds = "cut", 0.0
        if chance.random() < gradual:
            joint = chance.choice(["dissolve", "fade"])
            joint_seconds = chance.choice([0.48, 0.8, 1.0, 1.6, 2.0])
            length = max(length, 2.8)
        scenes.append(studio.scene(chance.choice(KINDS), length, joint, joint_seconds))
        total += length
    return scenes


def truth_of(scenes: Sequence[Scene], rate: int) -> Truth:
    """Say when what happens; a joint begins where its scene has `seconds` left out of it."""
    truth = Truth()
    frame = 0
    for number, scene in enumerate(scenes):
        last = number == len(scenes) - 1
        begin = frame
        frame += round(scene.seconds * rate)
        truth.scenes.append((begin / rate, frame / rate, scene.kind))
        if last:
            break
        half = scene.joint_seconds / 2
        if scene.joint == "cut":
            truth.cuts.append(frame / rate)
        else:
            truth.gradual.append((frame / rate - half, frame / rate + half))
    truth.seconds = frame / rate
    return truth


def frames_of(scenes: Sequence[Scene], rate: int) -> Iterator[Pixels]:
    """Paint the film frame by frame, (h, w, 3) uint8; joints lie half in either scene."""
    counts = [round(scene.seconds * rate) for scene in scenes]
    black = None
    for number, scene in enumerate(scenes):
        before = scenes[number - 1] if number else None
        after = scenes[number + 1] if number + 1 < len(scenes) else None
        for index in range(counts[number]):
            at = index / rate
            left = (counts[number] - index) / rate
            own = scene.paint(at)
            black = black or Image.new("RGB", own.size)
            if before and before.joint != "cut" and at < before.joint_seconds / 2:
                done = 0.5 + at / before.joint_seconds
                other = before.paint(counts[number - 1] / rate + at)
                own = _joined(other, own, done, before.joint, black)
            elif after and scene.joint != "cut" and left <= scene.joint_seconds / 2:
                done = 0.5 - left / scene.joint_seconds
                own = _joined(own, after.paint(0.0), done, scene.joint, black)
            yield np.asarray(own)


def _joined(
    old: Image.Image, new: Image.Image, done: float, joint: str, black: Image.Image
) -> Image.Image:
    if joint == "dissolve":
        return Image.blend(old, new, done)
    if done < 0.5:
        return Image.blend(old, black, done * 2)
    return Image.blend(black, new, done * 2 - 1)
