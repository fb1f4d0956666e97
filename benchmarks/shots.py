"""How well and how fast shots are found, by codec, beside PySceneDetect and every-frame decoding.

usage: python -m benchmarks.shots PICTURES [--films N] [--seconds S] [--seed N] [--half 0|1]
                                  [--codecs NAME,…] [--size WxH] [--gradual SHARE] [--keep FOLDER]

Films are made of a folder's pictures (scenes.py): stills, pans, zooms, moving and shaking things,
grain, flashes and captions, joined by cuts, dissolves and fades. `--half` takes every second
picture: what was tuned, was tuned on half 0 and seeds below 100. A boundary is found if one is
named within 0.5 s of it (of its middle); whatever else is named counts against what it was taken
for, a cut or a gradual one, and against both where the method does not tell. Seconds are of one
core's time; the unit is decoding key frames alone.
"""

from __future__ import annotations

import argparse
import importlib
import json
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av

from assetman.core.errors import BadInput
from assetman.media import files
from assetman.media.handler import Limits
from assetman.media.joints import Joint, joints_of
from assetman.media.looks import look_of
from assetman.media.shots import Shot, read_shots
from assetman.media.video_film import OpenFilm, opened_film
from benchmarks.scenes import Studio, Truth, frames_of, plan, truth_of
from tests.kit.films import ordinary_priority

RATE = 25
NEAR = 0.5  # seconds


@dataclass(frozen=True)
class Codec:
    ending: str
    encoder: str
    options: dict[str, str] = field(default_factory=dict)
    pixels: str = "yuv420p"
    rate: int = 0  # bits a second; 0: the encoder's own way


CODECS = {
    "h264": Codec("mp4", "libx264"),
    "h264 veryfast": Codec("mp4", "libx264", {"preset": "veryfast"}),
    "h264 gop 600": Codec("mkv", "libx264", {"g": "600"}),
    "h264 gop 50": Codec("mp4", "libx264", {"g": "50", "sc_threshold": "0"}),
    "h264 intra": Codec("mov", "libx264", {"g": "1"}),
    "h265": Codec("mkv", "libx265", {"x265-params": "log-level=none"}),
    "vp9": Codec("webm", "libvpx-vp9", {"crf": "34", "deadline": "realtime", "cpu-used": "6"}),
    "av1": Codec("mkv", "libsvtav1", {"preset": "11", "crf": "38"}),
    "mpeg4": Codec("avi", "mpeg4", rate=4_000_000),
    "prores": Codec("mov", "prores_ks", {"profile": "0"}, "yuv422p10le"),
    "mjpeg": Codec("avi", "mjpeg", {}, "yuvj420p", 20_000_000),
}


@dataclass(frozen=True, slots=True)
class Boundary:
    """Where a method sees one scene become another, and how, where it tells."""

    time: float  # seconds
    gradual: bool | None = None


Method = Callable[[Path], list[Boundary]]


def write_film(
    pictures: Sequence[Path], seed: int, options: argparse.Namespace, folder: Path
) -> Truth:
    """Make one film in all codecs, in one go; what is there already is kept."""
    known = folder / f"{seed}.json"
    if known.exists():
        return Truth(**json.loads(known.read_text()))
    size = options.size
    scenes = plan(Studio(pictures, size, seed), options.seconds, seed, options.gradual)
    outs: list[tuple[Any, Any]] = []
    for name in options.codecs:
        codec = CODECS[name]
        out = av.open(str(film_path(folder, seed, name)), "w")
        stream: Any = out.add_stream(codec.encoder, rate=RATE, options=codec.options)
        stream.width, stream.height = size
        stream.pix_fmt = codec.pixels
        stream.thread_count = 1
        if codec.rate:
            stream.bit_rate = codec.rate
        outs.append((out, stream))
    with ordinary_priority():
        for number, pixels in enumerate(frames_of(scenes, RATE)):
            frame = av.VideoFrame.from_ndarray(pixels, "rgb24")
            for out, stream in outs:
                shown = frame.reformat(format=stream.pix_fmt)
                shown.pts, shown.time_base = number, Fraction(1, RATE)
                out.mux(stream.encode(shown))
        for out, stream in outs:
            out.mux(stream.encode(None))
            out.close()
    truth = truth_of(scenes, RATE)
    known.write_text(json.dumps(asdict(truth)))
    return truth


def film_path(folder: Path, seed: int, codec: str) -> Path:
    return folder / f"{seed} {codec}.{CODECS[codec].ending}"


def all_shots(film: OpenFilm) -> tuple[list[Shot], list[Joint]]:
    shots: list[Shot] = []
    joints: list[Joint] = []
    start: float | None = 0.0
    seen: Sequence[str] = ()
    while start is not None:
        reading = read_shots(film, start, 24, seen)
        shots += [Shot(shot.start, shot.end, ()) for shot in reading]
        joints += reading.joints
        start, seen = reading.rest, reading.cards
    return shots, joints


def ours(path: Path) -> list[Boundary]:
    with files.opened(str(path)) as file, opened_film(file, Limits()) as film:
        shots, joints = all_shots(film)
    return [_between(one, other, joints) for one, other in pairwise(shots)]


def _between(one: Shot, other: Shot, joints: Sequence[Joint]) -> Boundary:
    """Name the boundary of two shots as the joint nearest to it, if there is one near."""
    time = (one.end + other.start) / 2
    joint = min(joints, key=lambda each: abs(each.middle - time), default=None)
    if joint is None or abs(joint.middle - time) > NEAR:
        return Boundary(time)
    return Boundary(time, joint.end > joint.start)


def every_frame(path: Path) -> list[Boundary]:
    """Look at every frame as we look where something happens."""
    with files.opened(str(path)) as file, opened_film(file, Limits()) as film:
        looks = [look_of(frame) for frame in film.frames(0.0, 1e9)]
    return [Boundary(joint.middle, joint.end > joint.start) for joint in joints_of(looks)]


def key_frames_alone(path: Path) -> list[Boundary]:
    """Decode key frames and do nothing with them: the unit."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        stream.codec_context.skip_frame = "NONKEY"
        for _ in container.decode(stream):
            pass
    return []


def detector(name: str, keys_only: bool = False) -> Method:
    """Give PySceneDetect's detector of a name with its own settings."""

    def find(path: Path) -> list[Boundary]:
        scenedetect: Any = importlib.import_module("scenedetect")
        if keys_only:
            return among_keys(path, getattr(scenedetect, name)(min_scene_len=1))
        video = scenedetect.open_video(str(path), backend="pyav")
        manager = scenedetect.SceneManager()
        manager.add_detector(getattr(scenedetect, name)())
        manager.detect_scenes(video)
        return [Boundary(start.seconds) for start, _ in manager.get_scene_list()[1:]]

    return find


def among_keys(path: Path, found_by: Any) -> list[Boundary]:
    """Show a detector nothing but the key frames, as if they followed each other."""
    scenedetect: Any = importlib.import_module("scenedetect")
    times: list[float] = []
    found: list[int] = []
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        stream.codec_context.skip_frame = "NONKEY"
        for number, frame in enumerate(container.decode(stream)):
            times.append(frame.time or 0.0)
            small = frame.reformat(width=256, height=144, format="bgr24").to_ndarray()
            cuts = found_by.process_frame(scenedetect.FrameTimecode(number, float(RATE)), small)
            found += [cut.frame_num for cut in cuts]
    return [Boundary(times[number]) for number in found]


METHODS: dict[str, Method] = {
    "ours": ours,
    "every frame, ours": every_frame,
    "Content": detector("ContentDetector"),
    "Adaptive": detector("AdaptiveDetector"),
    "Content, key frames": detector("ContentDetector", keys_only=True),
}


@dataclass
class Tally:
    """What a method found in several films."""

    cuts: int = 0
    cuts_found: int = 0
    gradual: int = 0
    gradual_found: int = 0
    wrong: int = 0
    wrong_cuts: int = 0
    wrong_gradual: int = 0
    seconds: float = 0.0
    failed: int = 0

    def add(self, found: Sequence[Boundary], truth: Truth) -> None:
        wanted = [(at, True) for at in truth.cuts]
        wanted += [((start + end) / 2, False) for start, end in truth.gradual]
        pairs = sorted(
            (abs(each.time - here), one, other)
            for one, each in enumerate(found)
            for other, (here, _) in enumerate(wanted)
            if abs(each.time - here) <= NEAR + 1e-6
        )
        mine: set[int] = set()
        theirs: set[int] = set()
        for _, one, other in pairs:
            if one not in mine and other not in theirs:
                mine.add(one)
                theirs.add(other)
        self.cuts += len(truth.cuts)
        self.gradual += len(truth.gradual)
        self.cuts_found += sum(wanted[number][1] for number in theirs)
        self.gradual_found += sum(not wanted[number][1] for number in theirs)
        wrong = [each for one, each in enumerate(found) if one not in mine]
        self.wrong += len(wrong)
        self.wrong_cuts += sum(each.gradual is not True for each in wrong)
        self.wrong_gradual += sum(each.gradual is not False for each in wrong)

    def __iadd__(self, other: Tally) -> Tally:
        for name in vars(self):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        return self

    def row(self, unit: float) -> str:
        return (
            f"{_f1(self.cuts_found, self.cuts, self.wrong_cuts):5.2f} "
            f"{_f1(self.gradual_found, self.gradual, self.wrong_gradual):8.2f} "
            f"{self.wrong:6d} {self.seconds:8.2f} {self.seconds / max(unit, 1e-9):8.1f}"
        )


def _f1(right: int, wanted: int, wrong: int) -> float:
    return 2 * right / (right + wrong + wanted) if wanted else float("nan")


def timed(method: Method, path: Path) -> tuple[list[Boundary], float]:
    started = time.process_time()
    found = method(path)
    return found, time.process_time() - started


def measure(codec: str, films: Iterable[tuple[Path, Truth]]) -> dict[str, Tally]:
    """Try every method on the films of a codec, and print a table of them."""
    tallies = {name: Tally() for name in METHODS}
    unit = 0.0
    for path, truth in films:
        unit += timed(key_frames_alone, path)[1]
        for name, method in METHODS.items():
            try:
                found, seconds = timed(method, path)
            except BadInput as problem:
                print(f"  {name}: {path.name}: {problem}")
                tallies[name].failed += 1
                continue
            tallies[name].add(found, truth)
            tallies[name].seconds += seconds
    print(f"{codec}: {tallies['ours'].cuts} cuts, {tallies['ours'].gradual} dissolves and fades")
    for name, tally in tallies.items():
        print(f"  {name:22s} {tally.row(unit)}")
    print(f"  {'key frames alone':22s} {'':21s} {unit:8.2f} {1.0:8.1f}", flush=True)
    tallies["key frames alone"] = Tally(seconds=unit)
    return tallies


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("pictures", type=Path)
    parser.add_argument("--films", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=101)
    parser.add_argument("--half", type=int, default=1, choices=(0, 1))
    parser.add_argument("--codecs", type=lambda text: text.split(","), default=list(CODECS))
    parser.add_argument("--size", type=_size, default=(640, 360))
    parser.add_argument("--gradual", type=float, default=0.35)
    parser.add_argument("--keep", type=Path, help="a folder where films stay")
    return parser.parse_args()


def _size(text: str) -> tuple[int, int]:
    width, height = text.split("x")
    return int(width), int(height)


def main() -> None:
    options = arguments()
    pictures = sorted(options.pictures.rglob("*.png"))[options.half :: 2]
    with tempfile.TemporaryDirectory() as spare:
        folder = options.keep or Path(spare)
        folder.mkdir(parents=True, exist_ok=True)
        seeds = range(options.seed, options.seed + options.films)
        truths = {seed: write_film(pictures, seed, options, folder) for seed in seeds}
        print(f"{'':24s}  cuts  gradual  wrong  seconds    times")
        whole: dict[str, Tally] = {}
        for codec in options.codecs:
            films = [(film_path(folder, seed, codec), truths[seed]) for seed in seeds]
            for name, tally in measure(codec, films).items():
                whole.setdefault(name, Tally())
                whole[name] += tally
        print("all")
        for name, tally in whole.items():
            print(f"  {name:22s} {tally.row(whole['key frames alone'].seconds)}")


if __name__ == "__main__":
    main()
