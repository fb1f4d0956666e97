"""Whether the second of a film is found at which something is heard, shown or not.

usage: python -m benchmarks.heard_moments DIR [--model NAME] [--sound-model NAME] [--models FOLDER]
                                          [--things N] [--keep FOLDER] [--added X …]

DIR holds `stamps`, pictures with a caption in a text file beside each and, for some, the sound of
the thing. Of those with a sound three sets of films are made, of six scenes each, every scene at
most ten seconds long, under names that say nothing:

- *heard*: the sound of the thing, while a picture of something else is shown;
- *seen*: the picture of the thing, while the sound of something else is heard;
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
from collections.abc import Sequence
from dataclasses import dataclass
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
from benchmarks.retrieval import captions
from tests.kit.films import Film, Scene, make_film

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
        sound = picture.with_suffix(".ogg")
        handler = handler_for(str(sound))
        if not said.get("en") or not sound.exists() or handler is None:
            continue
        heard = handler.extract(str(sound), (TRACK,), None, 64, Limits())
        if len(heard.inputs[TRACK]) and heard.segments[0].end:
            length = min(TRACK.length, round(heard.segments[0].end * TRACK.rate))
            found.append(Thing(picture, said["en"], heard.inputs[TRACK][0][:length]))
    random.Random(3).shuffle(found)
    return found[:most] if most else found


def make_films(every: Sequence[Thing], folder: Path, which: str) -> dict[Path, Placed]:
    """Make one set of films; tells where each thing is, by its picture."""
    others = [*every[SCENES:], *every[:SCENES]]  # never of the same film
    placed: dict[Path, Placed] = {}
    for number, first in enumerate(range(0, len(every), SCENES)):
        mine = every[first : first + SCENES]
        strange = others[first : first + SCENES]
        shown = strange if which == "heard" else mine
        told = strange if which == "seen" else mine
        lengths = [thing.seconds for thing in told]
        track = np.concatenate([_padded(thing) for thing in told])
        path = folder / which / f"{number:03}{FORMS[number % len(FORMS)]}"
        scenes = [
            Scene(framed(thing.picture), seconds)
            for thing, seconds in zip(shown, lengths, strict=True)
        ]
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


def middle(thing: Thing) -> Example:
    """Give the middle third of a sound as a question."""
    seconds = len(thing.sound) / TRACK.rate
    path = str(thing.picture.with_suffix(".ogg"))
    return Example(path=path, start=seconds / 3, end=2 * seconds / 3)


def measure(given: argparse.Namespace, folder: Path) -> None:
    """Make the films, index them, ask."""
    every = things(given.dir / "stamps", given.things)
    placed = {which: make_films(every, folder / "films", which) for which in SETS}
    workspace = Workspace.open(folder / "library", models=given.models or default_models())
    engine = EngineService(workspace)
    try:
        workspace.use_model(given.model)
        workspace.use_model(given.sound_model)
        root, _ = workspace.library.roots.add(str(folder / "films"))
        workspace.pipeline.wait(workspace.pipeline.start([root.id]))
        if failures := workspace.library.failures.all():
            raise SystemExit(f"{failures}")
        inside = {which: Filters(folders=(FolderFilter(root.id, which),)) for which in SETS}
        films = -(-len(every) // SCENES)
        print(f"{len(every)} things in {films} films of each set\n")
        print("| asked with, set | questions | hit@1 | hit@5 | hit@10 | MRR | time right |")
        print("|---|---|---|---|---|---|---|")
        for which in SETS:
            asked = Asked(engine)
            for thing in every:
                asked.ask(Query(thing.caption, filters=inside[which]), placed[which][thing.picture])
            print(asked.row(f"text, {which}"), flush=True)
        whole, part = Asked(engine), Asked(engine)
        for thing in every:
            right = placed["heard"][thing.picture]
            sound = Example(path=str(thing.picture.with_suffix(".ogg")))
            whole.ask(Query(examples=(sound,), filters=inside["heard"]), right)
            part.ask(Query(examples=(middle(thing),), filters=inside["heard"]), right)
        print(whole.row("sound, heard"))
        print(part.row("middle of the sound, heard"), flush=True)
        for added in given.added:
            moments.ADDED = added
            asked = Asked(engine)
            for thing in every:
                asked.ask(
                    Query(thing.caption, filters=inside["both"]), placed["both"][thing.picture]
                )
            print(asked.row(f"text, both, {added} added"), flush=True)
    finally:
        engine.close()


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
