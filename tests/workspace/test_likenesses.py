"""What looks alike, sounds of one shape, what belongs to a collection, stacks: through the engine."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from assetman.core.assets import Box
from assetman.core.changes import Changes
from assetman.core.errors import BadInput, WrongUse
from assetman.core.queries import Aspect, Example, Query
from assetman.engine.service import EngineService
from assetman.workspace import Workspace
from kit.colours import COLOURS
from kit.pictures import paint
from kit.service import index, of_both_senses
from kit.sounds import write_sound

RATE = 48_000
LIMIT = 20.0  # seconds


def flag(path: Path, top: str, bottom: str, seed: int = 0, taken: str | None = None) -> Path:
    """Paint one colour over another, with noise of its own."""
    pixels = np.zeros((60, 80, 3))
    pixels[:30], pixels[30:] = COLOURS[top], COLOURS[bottom]
    pixels += np.random.default_rng(seed).normal(0, 8, pixels.shape)
    picture = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
    exif = Image.Exif()
    if taken is not None:
        exif.get_ifd(0x8769)[0x9003] = taken  # DateTimeOriginal
        exif[0x0132] = taken
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, exif=exif)
    return path


def sound(path: Path, pitch: float, swelling: bool) -> Path:
    """Write a tone that is struck and dies away, or one that swells."""
    time = np.arange(RATE) / RATE
    course = np.exp(-6 * (time[::-1] if swelling else time))
    return write_sound(path, (0.5 * course * np.sin(2 * np.pi * pitch * time)).astype(np.float32))


@pytest.fixture(scope="module")
def things(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("things")
    flag(folder / "red over blue.png", "red", "blue", 1)
    flag(folder / "red over blue again.png", "red", "blue", 2)
    flag(folder / "blue over red.png", "blue", "red", 3)
    flag(folder / "green over white.png", "green", "white", 4)
    for seed, colour in enumerate(("green", "yellow", "black", "cyan")):
        paint(folder / f"{colour}.png", colour, seed)
    for second in range(4):
        flag(
            folder / "burst" / f"shot {second}.jpg",
            "yellow",
            "magenta",
            10 + second,
            f"2024:05:03 12:00:0{second * 2}",
        )
    sound(folder / "low struck.wav", 200, swelling=False)
    sound(folder / "high struck.wav", 3200, swelling=False)
    sound(folder / "low swelling.wav", 200, swelling=True)
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, things: Path) -> Iterator[Path]:
    """A library that knows the things; closed."""
    with of_both_senses(tmp_path_factory) as service:
        library = Path(service.status().library)
        index(service, things)
        service.close()
        shutil.copytree(library, library / "copy")
        yield library


@pytest.fixture(scope="module")
def service(made: Path) -> Iterator[EngineService]:
    opened = EngineService(Workspace.open(made, models=made / "models"))
    yield opened
    opened.close()


def asset(service: EngineService, path: Path) -> int:
    found = service.asset_at(str(path))
    assert found is not None
    return found


def found(
    service: EngineService, *examples: Example, text: str = "", fold: bool = False
) -> list[str]:
    """Name what answers, the examples themselves left out."""
    out = tuple(each.asset_id for each in examples if each.asset_id is not None)
    hits = service.search(Query(text, examples, leave_out=out, fold=fold)).hits
    return [card.asset.name for card in service.cards([hit.asset_id for hit in hits])]


def test_what_has_the_same_colours_in_the_same_places_comes_first(
    service: EngineService, things: Path
) -> None:
    example = Example(asset(service, things / "red over blue.png"), by=Aspect.LOOK)
    names = found(service, example)
    assert names[0] == "red over blue again.png"
    assert names.index("blue over red.png") < names.index("green over white.png")
    assert not any(name.endswith(".wav") for name in names)


def test_a_picture_from_elsewhere_and_a_part_of_one_are_asked_with(
    service: EngineService, things: Path, tmp_path: Path
) -> None:
    path = flag(tmp_path / "new.png", "green", "white", 9)
    assert found(service, Example(path=str(path), by=Aspect.LOOK))[0] == "green over white.png"
    top = Box(0, 0, 1, 0.48)
    part = Example(asset(service, things / "green over white.png"), box=top, by=Aspect.LOOK)
    assert found(service, part)[0] == "green.png"


def test_sounds_of_one_shape_are_found_whatever_their_pitch(
    service: EngineService, things: Path
) -> None:
    struck = asset(service, things / "low struck.wav")
    assert found(service, Example(struck, by=Aspect.SHAPE))[0] == "high struck.wav"
    assert found(service, Example(struck))[0] == "low swelling.wav", "by meaning it is the pitch"
    outside = Example(path=str(things / "high struck.wav"), by=Aspect.SHAPE)
    assert found(service, outside)[:2] == ["high struck.wav", "low struck.wav"]


def test_what_cannot_be_compared_is_said(service: EngineService, things: Path) -> None:
    picture, heard = asset(service, things / "green.png"), asset(service, things / "low struck.wav")
    for example in (Example(picture, by=Aspect.SHAPE), Example(heard, by=Aspect.LOOK)):
        with pytest.raises(BadInput):
            found(service, example)


def test_words_and_looks_are_asked_together(service: EngineService, things: Path) -> None:
    example = Example(asset(service, things / "red over blue.png"), by=Aspect.LOOK)
    names = found(service, example, text="yellow")
    assert names.index("yellow.png") < names.index("black.png")
    assert names.index("red over blue again.png") < names.index("cyan.png")
    unlike = Example(asset(service, things / "yellow.png"), by=Aspect.LOOK, weight=-2.0)
    assert found(service, unlike, text="yellow")[0].startswith("shot")


def test_what_belongs_to_a_collection_is_like_some_of_its_members(
    service: EngineService, things: Path
) -> None:
    members = [asset(service, things / name) for name in ("red over blue.png", "green.png")]
    box = service.make_collection("Red and green", members)
    names = found(service, Example(collection_id=box.id, by=Aspect.LOOK))
    assert not {"red over blue.png", "green.png"} & set(names), "its members are known"
    assert names[0] == "red over blue again.png"
    meant = found(service, Example(collection_id=box.id))
    assert meant[0] in ("green over white.png", "red over blue again.png", "blue over red.png")
    less = Example(asset(service, things / "blue over red.png"), weight=-1.0)
    assert found(service, Example(collection_id=box.id), less)[0] == "green over white.png"
    empty = service.make_collection("Empty")
    with pytest.raises(WrongUse, match="nothing in “Empty”"):
        found(service, Example(collection_id=empty.id))


def test_a_burst_is_one_card(service: EngineService, things: Path) -> None:
    hits = service.search(Query("yellow")).hits
    stacked = [hit.stack for hit in hits if hit.stack is not None]
    shots = {asset(service, path) for path in (things / "burst").iterdir()}
    assert [set(stack.asset_ids) for stack in stacked] == [shots]
    names = found(service, text="yellow")
    assert sum(name.startswith("shot") for name in names) == 4, "unless nothing is to be folded"


def test_looks_and_shapes_are_made_again_without_reading_a_file(made: Path, things: Path) -> None:
    copy = made / "copy"
    assert (copy / "vectors" / "likenesses").is_dir(), "they were made while the files were read"
    shutil.rmtree(copy / "vectors" / "likenesses")
    away = things.with_name("away")
    things.rename(away)
    opened = EngineService(Workspace.open(copy, models=made / "models"))
    try:
        example = Example(asset(opened, things / "red over blue.png"), by=Aspect.LOOK)
        assert found(opened, example)[0] == "red over blue again.png"
        struck = Example(asset(opened, things / "low struck.wav"), by=Aspect.SHAPE)
        assert found(opened, struck)[0] == "high struck.wav"
    finally:
        opened.close()
        away.rename(things)


def test_counts_of_smart_searches_are_those_of_now(service: EngineService, things: Path) -> None:
    told = threading.Event()

    def hear(event: object) -> None:
        if isinstance(event, Changes) and event.searches:
            told.set()

    stop = service.subscribe(hear)
    try:
        saved = service.save_search("Burst", Query("in:burst"))
        assert saved.count is None
        told.clear()
        service.smart_searches()
        assert told.wait(LIMIT)
        (search,) = service.smart_searches()
        assert (search.name, search.count) == ("Burst", 4)
        (counted,) = service.smart_searches(counted=True)
        assert counted == search
        service.delete_search(saved.id)
        assert service.smart_searches() == []
        step = service.undo()
        assert step is not None
        assert service.smart_searches(counted=True) == [search]
        service.remember(Query("in:burst"))
        assert service.search_history() == [Query("in:burst")]
        service.forget_history()
        assert service.search_history() == []
    finally:
        stop()
