"""Whether the second of a film is found at which something is heard, shown or not.

usage: python -m benchmarks.heard_moments DIR [--model NAME] [--sound-model NAME] [--models FOLDER]
                                          [--things N] [--keep FOLDER] [--added X …]

DIR holds `stamps`, pictures with a caption in a text file beside each and, for some, the sound of
the thing, and `samples`, other sounds. Of what has a sound three sets of films are made, of six
scenes each, every scene at most ten seconds long, under names that say nothing:

- *heard*: the sound of the thing, while one of the pictures without a sound is shown;
- *seen*: the picture of the thing, while one of the samples is heard;
- *both*: its picture and its sound.

They go through a real library: its pipeline, its indexes, its search. Asked is each caption
(text), of each set alone, and for *heard* also the sound itself, as its file is and the middle
third of it. hit@k: the film is among the first k and its hit lies in the scene: the frame does, or
the window of sound shares half of the scene or more with it. Beside it the share of films among
the first ten whose time is right. Nothing that is heard was used to make the starter.

With --added the films with *both* are asked about once for each number: how much of what the other
sense says is added to a moment (assetman.search.moments.ADDED).
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from assetman.core.assets import SegmentKind
from assetman.core.inputs import SoundSpec
from assetman.core.queries import Example, Filters, FolderFilter, Hit, Query
from assetman.engine.service import EngineService
from assetman.media.handler import Limits
from assetman.media.registry import handler_for
from assetman.search import moments
from assetman.workspace import Workspace, default_models
from benchmarks.moments import framed
from benchmarks.retrieval import captions, plain
from tests.kit.films import Film, Scene, make_film, planned

SIZE = (320, 240)
RATE = 5.0  # frames a second
TRACK = SoundSpec(48_000)
SCENES = 6  # a film
LEAST = 8.0  # seconds of a scene; what is short is followed by silence
FORMS = (".mp4", ".mkv", ".mov")
CUTOFFS = (1, 5, 10)
SETS = ("heard", "seen", "both")


@dataclass(frozen=True)
class Thing:
    """Something with its picture, its caption and its sound."""

    picture: Path
    caption: str
    sound: np.ndarray  # (n,) float32 at 48 kHz

    @property
    def seconds(self) -> float:
        return max(LEAST, len(self.sound) / TRACK.rate)


@dataclass(frozen=True)
class Placed:
    """Where in which film a thing is."""

    film: str
    start: float
    end: float


def things(stamps: Path, most: int) -> list[Thing]:
    """Read what has a picture, a caption and a sound that can be heard."""
    found = []
    for picture, said in captions(stamps).items():
        sound = heard_in(picture.with_suffix(".ogg"))
        if said.get("en") and sound is not None:
            found.append(Thing(picture, said["en"], sound))
    random.Random(3).shuffle(found)
    return found[:most] if most else found


def strangers(folder: Path, count: int) -> list[Thing]:
    """Pair pictures that have no sound with sounds that have no picture."""
    pictures = [
        each for each in captions(folder / "stamps") if not each.with_suffix(".ogg").exists()
    ]
    sounds = sorted((folder / "samples").glob("*.flac"))
    random.Random(4).shuffle(pictures)
    random.Random(5).shuffle(sounds)
    heard = [sound for each in sounds[: 2 * count] if (sound := heard_in(each)) is not None]
    return [
        Thing(pictures[number % len(pictures)], "", heard[number % len(heard)])
        for number in range(count)
    ]


def heard_in(path: Path) -> np.ndarray | None:
    """Read the first ten seconds of a sound: (n,) float32; None where there is nothing."""
    handler = handler_for(str(path)) if path.exists() else None
    if handler is None:
        return None
    heard = handler.extract(str(path), (TRACK,), None, 64, Limits())
    if not len(heard.inputs[TRACK]) or not heard.segments[0].end:
        return None
    length = min(TRACK.length, round(heard.segments[0].end * TRACK.rate))
    samples: np.ndarray = heard.inputs[TRACK][0][:length]
    return samples


def make_films(
    every: Sequence[Thing], others: Sequence[Thing], folder: Path, which: str
) -> dict[Path, Placed]:
    """Make one set of films; tells where each thing is, by its picture."""
    placed: dict[Path, Placed] = {}
    for number, first in enumerate(range(0, len(every), SCENES)):
        mine, strange = every[first : first + SCENES], others[first : first + SCENES]
        shown = strange if which == "heard" else mine
        told = strange if which == "seen" else mine
        path = folder / which / f"{number:03}{FORMS[number % len(FORMS)]}"
        there = path.exists()  # kept of an earlier run
        scenes = [
            Scene(np.zeros((1, 1, 3), np.uint8) if there else framed(look.picture), sound.seconds)
            for look, sound in zip(shown, told, strict=True)
        ]
        track = np.concatenate([_padded(thing) for thing in told])
        if there:
            film = planned(path, scenes, SIZE, RATE)
        else:
            film = make_film(path, scenes, size=SIZE, rate=RATE, sound=track)
        placed |= _places(film, mine)
        print(f"\r{which}: film {number + 1}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return placed


def _padded(thing: Thing) -> np.ndarray:
    track = np.zeros(round(thing.seconds * TRACK.rate), np.float32)
    track[: len(thing.sound)] = thing.sound
    return track


def _places(film: Film, mine: Sequence[Thing]) -> dict[Path, Placed]:
    return {
        thing.picture: Placed(str(film.path), span.start, span.end)
        for thing, span in zip(mine, film.spans, strict=True)
    }


class Asked:
    """Ranks of films with the right time, and how often the time was right."""

    def __init__(self, engine: EngineService) -> None:
        self._engine = engine
        self.ranks: list[float] = []
        self._films = self._timed = 0

    def ask(self, query: Query, right: Placed) -> None:
        hits = self._engine.search(query).hits
        ids = [hit.asset_id for hit in hits]
        names = {card.asset.id: card.asset.path for card in self._engine.cards(ids)}
        rank = float("inf")
        for place, hit in enumerate(hits, 1):
            if names[hit.asset_id] == right.film:
                timed = self._inside(hit, right)
                self._films += place <= CUTOFFS[-1]
                self._timed += timed and place <= CUTOFFS[-1]
                rank = place if timed else rank
        self.ranks.append(rank)

    def _inside(self, hit: Hit, right: Placed) -> bool:
        (moment,) = self._engine.frames([hit.segment_id or 0])
        if moment.kind is not SegmentKind.WINDOW:
            return right.start <= moment.at < right.end
        shared = min(moment.end, right.end) - max(moment.start, right.start)
        return shared >= (right.end - right.start) / 2

    def row(self, name: str) -> str:
        ranks = np.array(self.ranks)
        shares = [float((ranks <= cut).mean()) for cut in CUTOFFS]
        numbers = [*shares, float((1 / ranks).mean()), self._timed / max(1, self._films)]
        return f"| {name} | {len(ranks)} | " + " | ".join(f"{each:.2f}" for each in numbers) + " |"


def whole(thing: Thing) -> Example:
    """Give the file of a sound as a question."""
    return Example(path=str(thing.picture.with_suffix(".ogg")))


def middle(thing: Thing) -> Example:
    """Give the middle third of a sound as a question."""
    seconds = len(thing.sound) / TRACK.rate
    path = str(thing.picture.with_suffix(".ogg"))
    return Example(path=path, start=seconds / 3, end=2 * seconds / 3)


def measure(given: argparse.Namespace, folder: Path) -> None:
    """Make the films, index them, ask."""
    every = things(given.dir / "stamps", given.things)
    others = strangers(given.dir, len(every))
    placed = {which: make_films(every, others, folder / "films", which) for which in SETS}
    workspace = Workspace.open(folder / "library", models=given.models or default_models())
    engine = EngineService(workspace)
    try:
        workspace.use_model(given.model)
        workspace.use_model(given.sound_model)
        root, _ = workspace.library.roots.add(str(folder / "films"))
        workspace.pipeline.wait(workspace.pipeline.start([root.id]))
        if failures := workspace.library.failures.all():
            raise SystemExit(f"{failures}")
        films = -(-len(every) // SCENES)
        print(f"{len(every)} things in {films} films of each set\n")
        report(engine, root.id, every, placed, given.added)
    finally:
        engine.close()


def report(
    engine: EngineService,
    root: int,
    every: Sequence[Thing],
    placed: dict[str, dict[Path, Placed]],
    added: Sequence[float],
) -> None:
    """Ask for everything in every way, and print the table."""
    inside = {which: Filters(folders=(FolderFilter(root, which),)) for which in SETS}

    def row(name: str, which: str, question: Callable[[Thing], Query]) -> None:
        asked = Asked(engine)
        for thing in every:
            query = replace(question(thing), filters=inside[which], fold=False)
            asked.ask(query, placed[which][thing.picture])
        print(asked.row(f"{name}, {which}"), flush=True)

    def words(thing: Thing) -> Query:
        return Query(plain(thing.caption))

    print("| asked with, set | questions | hit@1 | hit@5 | hit@10 | MRR | time right |")
    print("|---|---|---|---|---|---|---|")
    for which in SETS:
        row("text", which, words)
    row("sound", "heard", lambda thing: Query(examples=(whole(thing),)))
    row("middle of the sound", "heard", lambda thing: Query(examples=(middle(thing),)))
    for each in added:
        moments.ADDED = each
        row(f"text, {each} added", "both", words)


def main() -> None:
    parser = argparse.ArgumentParser(description="Whether the second is found of what is heard.")
    parser.add_argument("dir", type=Path)
    parser.add_argument("--model", default="starter")
    parser.add_argument("--sound-model", default="starter-sound")
    parser.add_argument("--models", type=Path, default=None, help="where installed models lie")
    parser.add_argument("--things", type=int, default=0, help="how many; 0: all with a sound")
    parser.add_argument("--added", type=float, nargs="*", default=[], metavar="X")
    parser.add_argument("--keep", type=Path, default=None, help="a folder for films and library")
    given = parser.parse_args()
    if given.keep:
        measure(given, given.keep)
        return
    with tempfile.TemporaryDirectory() as folder:
        measure(given, Path(folder))


if __name__ == "__main__":
    main()
