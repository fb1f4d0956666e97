"""Videos, and what goes by their names, that mean harm: each costs itself, nothing else happens.

As in `test_hostile`: a root of them is brought into a library, and the network, the files beside
the root, the disk and the memory of the decoders are watched. The bait is a video: what follows
a list to it would show its colour.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image

from assetman.workspace import Workspace
from tests.kit.films import Scene, make_film
from tests.torture.hostile_pictures import Bait
from tests.torture.hostile_videos import hostile_videos, playlists, sparse_videos
from tests.torture.ordeals import (
    DISK,
    MEMORY,
    SENTENCES,
    SLACK,
    Most,
    bring_in,
    found,
    named,
    told,
)
from tests.torture.watching_eyes import Ear, Eye

pytestmark = pytest.mark.timeout(600)

OWN = ("m3u8", "m3u", "mpd", "ffconcat", "concat", "sdp", "rtsp", "pls", "asx", "xspf", "smil",
       "avs", "vpy", "ram", "txt", "imf", "idx",
       "ts")  # text under .ts is TypeScript  # fmt: skip


@pytest.fixture
def bait(tmp_path: Path, ear: Ear) -> Bait:
    film = make_film(tmp_path / "outside" / "bait.mp4", [Scene("magenta", 1)], size=(64, 48))
    return Bait(film.path, ear.port)


def good(root: Path, name: str = "good.mp4", seconds: float = 1) -> Path:
    return make_film(root / name, [Scene("green", seconds)], size=(64, 48), rate=10).path


def test_hostile_videos_are_found_or_told_of_and_nothing_else_happens(
    workspace: Workspace,
    root: Path,
    bait: Bait,
    ear: Ear,
    eye: Eye,
    temporary: Path,
    tmp_path: Path,
) -> None:
    paths = {str(good(root))}
    for name, data in hostile_videos(bait, tmp_path):
        (root / name).write_bytes(data)
        paths.add(str(root / name))
    for name, start, size in sparse_videos(tmp_path):
        (root / name).write_bytes(start)
        os.truncate(root / name, size)
        paths.add(str(root / name))
    assert eye.seen() == []
    most = Most((tmp_path / "library", temporary))
    bring_in(workspace, root, most.look)
    most.look()
    failures, videos = told(workspace), found(workspace)
    assert str(root / "good.mp4") in videos
    assert videos | set(failures) == paths
    assert not videos & set(failures)
    senseless = {path: why for path, why in failures.items() if not SENTENCES.fullmatch(why)}
    assert not senseless
    assert (ear.heard(), eye.seen()) == (False, [])
    assert 0 < most.memory < MEMORY + SLACK
    assert 0 < most.disk < DISK
    workspace.close()
    assert not [name for name in os.listdir(temporary) if not name.startswith("pymp-")]
    assert not list((tmp_path / "library").rglob("*.part"))
    assert not list(tmp_path.rglob("escaped*"))
    shown = list((tmp_path / "library" / "thumbnails").rglob("*.webp"))
    assert len(shown) > 50
    assert not [path for path in shown if _shows_magenta(path)]


def _shows_magenta(path: Path) -> bool:
    with Image.open(path) as picture:
        colours = picture.convert("RGB").resize((64, 64)).getcolors(1 << 20)
    assert colours
    return any(red > 150 and green < 80 < 150 < blue for _, (red, green, blue) in colours)


def test_lists_of_other_files_are_passed_over_under_their_own_endings(
    workspace: Workspace, root: Path, bait: Bait, ear: Ear, eye: Eye
) -> None:
    for number, (name, data) in enumerate(playlists(bait).items()):
        (root / f"{name}.{OWN[number % len(OWN)]}").write_bytes(data)
    wanted = {str(good(root))}
    eye.seen()
    bring_in(workspace, root)
    assert (found(workspace), told(workspace)) == (wanted, {})
    assert (ear.heard(), eye.seen()) == (False, [])


def test_no_name_of_a_video_is_taken_for_anything_but_a_name(
    workspace: Workspace, root: Path, ear: Ear
) -> None:
    wanted = named(root, ".mp4", lambda number: good(root, "plain.mp4", 0.5 + number / 10))
    assert len(wanted) > 15
    bring_in(workspace, root)
    assert told(workspace) == {}
    assert found(workspace) == wanted
    assert not list(root.rglob("escaped*"))
    assert not os.path.exists("escaped")
    assert not ear.heard()
