"""Films and sounds with their copies, and others that are no copies though they share something.

A family is an original and what became of it: encoded anew, scaled, trimmed, letterboxed, an
excerpt, with another sound. Its neighbours are other films: such that begin with the same black
and the same title card, that have the same music, that were taken by a camera that stands still.
All are made by the program `ffmpeg`, and kept, so that a second run need not make them.
"""

from __future__ import annotations

import random
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.scenes import KINDS, Scene, Studio, frames_of, plan

SIZE = (320, 180)
RATE = 15
_H264 = ("-c:v", "libx264", "-preset", "superfast", "-pix_fmt", "yuv420p")


@dataclass(frozen=True)
class Made:
    """A file, the family it belongs to, and what became of it there; "" is the original."""

    path: Path
    family: str
    change: str


def film_families(
    folder: Path, pictures: Sequence[Path], sounds: Sequence[Path], count: int, seed: int
) -> list[Made]:
    """Make so many films with their copies."""
    chance = random.Random(seed)
    made: list[Made] = []
    for number in range(count):
        name = f"film{seed}-{number:02}"
        kind = ("cuts", "cuts", "take", "quiet")[number % 4]
        original = folder / f"{name}.mp4"
        seconds = chance.uniform(18, 36) if kind != "take" else chance.uniform(12, 20)
        music = chance.sample(list(sounds), 4)
        if not original.exists():
            studio = Studio(pictures, SIZE, 1000 * seed + number)
            scenes = (
                [_take(studio, seconds, chance)]
                if kind == "take"
                else plan(studio, seconds, 1000 * seed + number, 0.3)
            )
            heard = () if kind == "quiet" else music
            _encode_film(scenes, heard, seconds, original, chance.choice((10, 15, 250)))
        made.append(Made(original, name, ""))
        for change, options in film_changes(seconds, chance).items():
            ending = ".webm" if "libvpx-vp9" in options else ".mp4"
            copy = folder / f"{name}-{change}{ending}"
            made.append(Made(copy, name, change))
            if copy.exists():
                continue
            if change == "other sound":
                options = _with_music(chance.choice(list(sounds)), options)
            _ffmpeg(*_trimmed(options, original), copy)
    return made


def _take(studio: Studio, seconds: float, chance: random.Random) -> Scene:
    """Give one long scene, as most films of a telephone are."""
    kind = chance.choice([kind for kind in KINDS if kind not in ("still", "flash", "overlay")])
    return studio.scene(kind, seconds, "cut", 0.0)


def film_changes(seconds: float, chance: random.Random) -> dict[str, tuple[str, ...]]:
    """Say what becomes of a film: options of ffmpeg by what they do."""
    start, part = seconds * chance.uniform(0.08, 0.3), seconds * chance.uniform(0.55, 0.65)
    at, ten = seconds * chance.uniform(0.2, 0.5), min(10.0, 0.4 * seconds)
    aac = ("-c:a", "aac", "-b:a", "96k")
    return {
        "small": (*_H264, "-crf", "34", "-g", "250", "-vf", "scale=160:-2", *aac),
        "mpeg4": ("-c:v", "mpeg4", "-q:v", "9", "-g", "60", "-c:a", "libmp3lame", "-b:a", "64k"),
        "vp9": (
            *("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "200k"),
            *("-c:a", "libopus", "-b:a", "48k"),
        ),
        "trimmed": ("-ss", f"{start:.2f}", "-t", f"{part:.2f}", *_H264, "-crf", "28", *aac),
        "excerpt": ("-ss", f"{at:.2f}", "-t", f"{ten:.2f}", *_H264, "-crf", "28", *aac),
        "letterboxed": (*(*_H264, "-crf", "28", "-vf", "pad=320:240:0:30:black", *aac),),
        "pillarboxed": (*(*_H264, "-crf", "28", "-vf", "pad=428:180:54:0:black", *aac),),
        "brighter": (*_H264, "-crf", "28", "-vf", "eq=brightness=0.06:contrast=0.85", *aac),
        "fewer frames": (*_H264, "-crf", "28", "-r", "10", *aac),
        "other sound": (*_H264, "-crf", "28", *aac),
        "mute": (*_H264, "-crf", "28", "-an"),
    }


def film_strangers(
    folder: Path, pictures: Sequence[Path], sounds: Sequence[Path], films: Sequence[Path], seed: int
) -> list[Made]:
    """Make films that are copies of nothing here, though they share something with another."""
    chance = random.Random(seed + 7)
    made: list[Made] = []
    music = chance.choice(list(sounds))
    card = Studio(pictures, SIZE, 5 * seed).scene("card", 4.0, "cut", 0.0)
    logo = Studio(pictures, SIZE, 5 * seed + 1).scene("zoom", 3.0, "fade", 0.5)
    for number in range(4):
        for share in ("titles", "music"):
            target = folder / f"stranger{seed}-{share}-{number}.mp4"
            made.append(Made(target, target.stem, "stranger"))
            if target.exists():
                continue
            studio = Studio(pictures, SIZE, 900 * seed + 10 * number + len(share))
            seconds = chance.uniform(14, 24)
            scenes = plan(studio, seconds, 17 * number + seed + len(share), 0.3)
            if share == "titles":
                scenes = [card, logo, *scenes]
            heard = [music] if share == "music" else chance.sample(list(sounds), 3)
            _encode_film(scenes, heard, seconds, target, 50, black=2.5 * (share == "titles"))
    for film in films:  # of a camera that stands still: one part of it is not another
        for number in range(3):
            target = folder / f"stranger-{film.stem}-{number}.mp4"
            made.append(Made(target, target.stem, "stranger"))
            if not target.exists():
                part = ("-ss", f"{number * 9}", "-t", "8.5", *_H264, "-crf", "26", "-an")
                _ffmpeg(*_trimmed(part, film), target)
    return made


def sound_families(folder: Path, sounds: Sequence[Path]) -> list[Made]:
    """Make copies of sounds; each is the original of its family."""
    made: list[Made] = []
    for sound in sounds:
        seconds = seconds_of(sound)
        made.append(Made(sound, sound.stem, ""))
        for change, (ending, options) in sound_changes(seconds).items():
            copy = folder / f"{sound.stem}-{change}.{ending}"
            made.append(Made(copy, sound.stem, change))
            if not copy.exists():
                _ffmpeg(*_trimmed((*options, "-vn"), sound), copy)
    return made


def sound_changes(seconds: float) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Say what becomes of a sound, by what it is: ending, and options of ffmpeg."""
    changes = {
        "mp3 64": ("mp3", ("-b:a", "64k")),
        "aac 96": ("m4a", ("-c:a", "aac", "-b:a", "96k")),
        "opus 48": ("ogg", ("-c:a", "libopus", "-b:a", "48k")),
        "mono 22k": ("wav", ("-ac", "1", "-ar", "22050")),
        "quieter": ("flac", ("-af", "volume=-9dB")),
        "silence before": ("flac", ("-af", "adelay=730:all=1")),
    }
    if seconds > 3:
        start, part = 0.17 * seconds, 0.6 * seconds
        changes["trimmed"] = ("mp3", ("-ss", f"{start:.3f}", "-t", f"{part:.3f}", "-b:a", "128k"))
    if seconds > 9:
        changes["excerpt"] = ("m4a", ("-ss", "2.3", "-t", "4", "-c:a", "aac", "-b:a", "96k"))
    return changes


def long_sounds(folder: Path, sounds: Sequence[Path], count: int, seed: int) -> list[Path]:
    """Make pieces of a minute or so, each of short sounds that no other has."""
    chance = random.Random(seed)
    mixed = chance.sample(list(sounds), len(sounds))
    made = []
    for number in range(count):
        target = folder / f"piece{seed}-{number:02}.flac"
        parts = mixed[number::count]
        pattern = [chance.choice(parts) for _ in range(30)]
        if not target.exists():
            _ffmpeg(*_joined(pattern), "-t", "75", target)
        made.append(target)
    return made


def seconds_of(sound: Path) -> float:
    """Ask how long a sound is."""
    asked = ("ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0")
    return float(subprocess.check_output([*asked, str(sound)], text=True))


def _joined(sounds: Sequence[Path]) -> list[str]:
    named = [part for sound in sounds for part in ("-i", str(sound))]
    taken = "".join(
        f"[{n}:a]aresample=44100,aformat=channel_layouts=mono[a{n}];" for n in range(len(sounds))
    )
    ends = "".join(f"[a{n}]" for n in range(len(sounds)))
    return [
        *named,
        "-filter_complex",
        f"{taken}{ends}concat=n={len(sounds)}:v=0:a=1[o]",
        "-map",
        "[o]",
    ]


def _encode_film(
    scenes: Sequence[Scene],
    heard: Sequence[Path],
    seconds: float,
    target: Path,
    gop: int,
    black: float = 0.0,
) -> None:
    """Write a film with the given sounds one after the other, again and again."""
    size = f"{SIZE[0]}x{SIZE[1]}"
    raw = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", size, "-r", str(RATE), "-i", "-")
    aside = target.with_suffix(".part.mp4")
    track = aside.with_suffix(".flac")
    if heard:
        _ffmpeg(*_joined(heard), track)
    heard_too = (
        ("-stream_loop", "-1", "-i", str(track), "-shortest", "-c:a", "aac", "-b:a", "128k")
        if heard
        else ()
    )
    command = [
        "ffmpeg",
        "-v",
        "error",
        "-y",
        *raw,
        *heard_too,
        *_H264,
        "-crf",
        "22",
        "-g",
        str(gop),
    ]
    with subprocess.Popen([*command, str(aside)], stdin=subprocess.PIPE) as encoder:
        assert encoder.stdin is not None
        for _ in range(round(black * RATE)):
            encoder.stdin.write(np.zeros((SIZE[1], SIZE[0], 3), np.uint8).tobytes())
        for frame in frames_of(scenes, RATE):
            encoder.stdin.write(frame.tobytes())
        encoder.stdin.close()
    track.unlink(missing_ok=True)
    aside.replace(target)


def _with_music(sound: Path, options: Sequence[str]) -> tuple[str, ...]:
    return (
        "-stream_loop",
        "-1",
        "-i",
        str(sound),
        "-map",
        "0:v",
        "-map",
        "1:a",
        "-shortest",
        *options,
    )


def _trimmed(options: Sequence[str], source: Path) -> list[str]:
    """Put the name of the file behind what chooses a part of it."""
    before = 2 * sum(option in ("-ss", "-t") for option in options)
    return [*options[:before], "-i", str(source), *options[before:]]


def _ffmpeg(*options: str | Path) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-y", *map(str, options)], check=True)
