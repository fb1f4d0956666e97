"""Whether words find the moment of a film at which their picture is shown.

usage: python -m benchmarks.moments DIR [--model NAME] [--models FOLDER] [--films N]
                                    [--seconds N] [--keep FOLDER]

DIR holds `stamps`, pictures with a caption in a text file beside each. Of them films are made:
scenes of about three seconds, still, panned or zoomed, joined by cuts, dissolves and fades,
sound under every second film, in every codec and container in turn. They go through a real
library: its pipeline, its index, its search. Each caption is asked as a question.

Counted are scenes whose picture alone, framed as the film shows it, is among the first 5 for its
caption in a library of all these pictures and nothing else. Of these, *found*: the scene is among
the 5 best moments of all films; *inside*: the frame of that moment lies inside the scene, and so
does the time from which it is played, but for half a second; *film*: the film is among the first
5 and its hit's time lies inside the scene. Half of the pictures, chosen by their names, belong to
the half that others may have tuned on; the table has a row for each half.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import random
import sys
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from assetman.core.moments import Moment
from assetman.core.queries import Hit, Query
from assetman.engine.service import EngineService
from assetman.workspace import Workspace, default_models
from benchmarks.pipeline import pipeline_seconds
from benchmarks.retrieval import captions, plain
from tests.kit.films import Film, How, Join, Motion, Scene, make_film, planned

FORMS = [
    (codec, ending)
    for codec, endings in {
        "h264": "mp4 mkv mov avi",
        "h265": "mp4 mkv mov",
        "vp9": "webm mkv mp4",
        "av1": "mp4 webm mkv",
        "mpeg4": "avi mp4 mkv mov",
        "prores": "mov mkv",
        "mjpeg": "avi mov mkv",
    }.items()
    for ending in endings.split()
]
SIZE = (480, 360)
BEST = 5
NEAR = 0.5  # seconds by which a boundary may be missed


@dataclass(frozen=True)
class Shown:
    """A picture as a scene of a film."""

    picture: Path
    caption: str
    film: Film
    scene: int
    form: str
    untouched: bool  # no half of which anybody tuned anything on


@dataclass(frozen=True)
class Found:
    """What became of asking for one scene."""

    moment: bool  # the scene is among the best moments
    inside: bool  # and its times lie inside it
    film: bool  # the film is among the first, with a time inside the scene


def untouched(picture: Path) -> bool:
    """Tell the half of the pictures that nothing is tuned on, by their names."""
    return zlib.crc32(picture.stem.encode()) % 2 == 1


def framed(path: Path) -> np.ndarray:
    """Give a picture whole on white, as large as a frame takes it: (h, w, 3) uint8."""
    picture = Image.open(path).convert("RGBA")
    ground = Image.new("RGBA", picture.size, "white")
    ground.alpha_composite(picture)
    return np.asarray(ImageOps.pad(ground.convert("RGB"), SIZE, color="white"))


def make_films(
    told: dict[Path, str], folder: Path, films: int, seconds: float
) -> Iterator[list[Shown]]:
    """Make films of all pictures, each picture once; gives the scenes of each."""
    chance = random.Random(4)
    pictures = list(told)
    chance.shuffle(pictures)
    count = films or max(len(FORMS), len(pictures) // 8)
    for number in range(count):
        mine = pictures[number::count]
        codec, ending = FORMS[number % len(FORMS)]
        path = folder / f"film {number:03}.{ending}"
        there = path.exists()  # kept of an earlier run
        looks = [np.zeros((1, 1, 3), np.uint8) if there else framed(each) for each in mine]
        scenes = [_scene(look, seconds, chance) for look in looks]
        how = How(codec=codec, size=SIZE, sound=220.0 if number % 2 else None)
        film = planned(path, scenes, SIZE, 25.0) if there else make_film(path, scenes, **how)
        yield [
            Shown(each, told[each], film, scene, f"{codec} {ending}", untouched(each))
            for scene, each in enumerate(mine)
        ]
        print(f"\rfilms {number + 1} of {count}", end="", file=sys.stderr, flush=True)


def _scene(pixels: np.ndarray, seconds: float, chance: random.Random) -> Scene:
    motion = chance.choices(list(Motion), (4, 1, 1))[0]
    join = chance.choices(list(Join), (4, 1, 1))[0]
    return Scene(pixels, seconds * chance.uniform(0.7, 1.6), motion, join, 0.8)


def found_alone(given: argparse.Namespace, told: dict[Path, str], folder: Path) -> set[Path]:
    """Give the pictures that are among the first for their captions, in a library of them alone."""
    paths = list(told)
    stills = folder / "stills"
    stills.mkdir(parents=True, exist_ok=True)
    place = {str(stills / f"{number:04}.png"): path for number, path in enumerate(paths)}
    for still, path in place.items():
        Image.fromarray(framed(path)).save(still)
    found = set()
    with indexed(given, folder / "alone", stills) as engine:
        for path in paths:
            hits = engine.search(Query(plain(told[path]), fold=False)).hits
            ranked = [place[each] for each in paths_of(engine, hits)]
            rivals = [each for each in ranked if each == path or told[each] != told[path]]
            if path in rivals[:BEST]:
                found.add(path)
    return found


@contextlib.contextmanager
def indexed(given: argparse.Namespace, library: Path, root: Path) -> Iterator[EngineService]:
    """Give a library in which the files of a folder are found."""
    workspace = Workspace.open(library, models=given.models or default_models())
    engine = EngineService(workspace)
    try:
        workspace.use_model(given.model)
        pipeline_seconds(workspace, root)
        if failures := workspace.library.failures.all():
            raise SystemExit(str(failures))
        yield engine
    finally:
        engine.close()


def paths_of(engine: EngineService, hits: Sequence[Hit]) -> list[str]:
    """Give where the file of each hit lies."""
    ids = [hit.asset_id for hit in hits]
    paths = {each.asset.id: each.asset.path for each in engine.cards(ids)}
    return [paths[each] for each in ids]


def ask(engine: EngineService, shown: Shown, alike: Sequence[Shown]) -> Found:
    """Ask for a scene by its caption; others of the same caption neither count nor stand before."""
    query = Query(plain(shown.caption), fold=False)
    hits = engine.search(query).hits[: BEST + len(alike)]
    paths = dict(zip((hit.asset_id for hit in hits), paths_of(engine, hits), strict=True))
    others = [each for each in alike if each is not shown]
    best: dict[tuple[str, float, float], Moment] = {}  # of each shot, its best frame
    for hit in hits:
        for moment in engine.moments(hit.asset_id, query):
            shot = (paths[hit.asset_id], moment.start, moment.end)
            if moment.score is not None and moment.score > (best.get(shot, moment).score or -1.0):
                best[shot] = moment
            best.setdefault(shot, moment)
    ranked = sorted(best.items(), key=lambda item: -(item[1].score or 0.0))
    ranked = [
        (shot, moment)
        for shot, moment in ranked
        if not any(_lies_in(each, shot[0], moment.at) for each in others)
    ]
    first = [moment for shot, moment in ranked[:BEST] if _lies_in(shown, shot[0], moment.at)]
    return Found(
        moment=bool(first),
        inside=bool(first) and _lies_in(shown, str(shown.film.path), first[0].start, NEAR),
        film=any(
            hit.start is not None and _lies_in(shown, paths[hit.asset_id], hit.start, NEAR)
            for hit in hits[:BEST]
        ),
    )


def _lies_in(shown: Shown, path: str, time: float, early: float = 0.0) -> bool:
    """Tell whether a time of a film lies in a scene, or a little before it."""
    span = shown.film.spans[shown.scene]
    return path == str(shown.film.path) and span.start - early <= time < span.end


def report(rows: Sequence[tuple[Shown, Found]]) -> None:
    """Print one table: by codec and container, by half, all."""
    groups: dict[str, list[Found]] = collections.defaultdict(list)
    for shown, found in rows:
        groups[shown.form].append(found)
    for shown, found in rows:
        half = "nothing tuned on" if shown.untouched else "the other half"
        groups[f"**{half}**"].append(found)
        groups["**all**"].append(found)
    print("| films | scenes | moment found | time inside | film found |")
    print("|---|---|---|---|---|")
    for name, found_here in groups.items():
        count = len(found_here)
        shares = [
            sum(each.moment for each in found_here) / count,
            sum(each.inside for each in found_here) / max(1, sum(e.moment for e in found_here)),
            sum(each.film for each in found_here) / count,
        ]
        print(f"| {name} | {count} | {' | '.join(f'{share:.3f}' for share in shares)} |")


def measure(given: argparse.Namespace, folder: Path) -> None:
    """Make the films, index them, ask for each scene."""
    told = {
        path: said["en"] for path, said in captions(given.dir / "stamps").items() if said.get("en")
    }
    if not told:
        raise SystemExit(f"{given.dir / 'stamps'} holds no pictures with captions")
    films = folder / "films"
    shown = [each for some in make_films(told, films, given.films, given.seconds) for each in some]
    print(file=sys.stderr)
    alone = found_alone(given, told, folder)
    alike = collections.defaultdict(list)
    for each in shown:
        alike[each.caption].append(each)
    asked = [each for each in shown if each.picture in alone]
    with indexed(given, folder / "library", films) as engine:
        rows = [(each, ask(engine, each, alike[each.caption])) for each in asked]
    count = len({each.film.path for each in shown})
    print(f"{len(shown)} scenes in {count} films; {len(asked)} found by their pictures alone\n")
    report(sorted(rows, key=lambda row: FORMS.index(tuple(row[0].form.split()))))  # type: ignore[arg-type]


def main() -> None:
    parser = argparse.ArgumentParser(description="Whether words find the moment of a film.")
    parser.add_argument("dir", type=Path)
    parser.add_argument("--model", default="starter")
    parser.add_argument("--models", type=Path, default=None, help="where installed models lie")
    parser.add_argument("--films", type=int, default=0, help="how many; 0: eight scenes in each")
    parser.add_argument("--seconds", type=float, default=3.0, help="of a scene, about")
    parser.add_argument(
        "--keep", type=Path, default=None, help="a folder for films, made once, and library"
    )
    given = parser.parse_args()
    if given.keep:
        measure(given, given.keep)
        return
    with tempfile.TemporaryDirectory() as folder:
        measure(given, Path(folder))


if __name__ == "__main__":
    main()
