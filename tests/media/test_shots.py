"""Shots: their boundaries, the frames that stand for them, and how much is read at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from assetman.media import files
from assetman.media.handler import Limits
from assetman.media.keyframes import Film, Frame, Group
from assetman.media.shots import Shot, read_shots
from assetman.media.video_film import opened_film
from tests.kit import films
from tests.kit.films import Join, Motion, Scene, make_film

MOST = 24  # frames that stand for shots, in one stretch


def picture(seed: int, size: tuple[int, int] = (320, 180)) -> np.ndarray:
    """Make a picture of clouds in colours of its own, with blocks on it."""
    chance = np.random.default_rng(seed)
    clouds = Image.fromarray(chance.random((4, 6), np.float32), "F")
    share = np.asarray(clouds.resize(size, Image.Resampling.BICUBIC))[..., None]
    low, high = chance.integers(0, 256, 3), chance.integers(0, 256, 3)
    ground = Image.fromarray(np.clip(low + (high - low) * share, 0, 255).astype(np.uint8))
    pen = ImageDraw.Draw(ground)
    for _ in range(8):
        left, top = chance.integers(0, size[0]), chance.integers(0, size[1])
        colour = tuple(chance.integers(0, 256, 3).tolist())
        pen.rectangle((left, top, left + size[0] // 6, top + size[1] // 4), colour)
    return np.asarray(ground)


def black() -> np.ndarray:
    return np.zeros((180, 320, 3), np.uint8)


class Counted:
    """A film that counts the frames that are taken from it."""

    def __init__(self, film: Film) -> None:
        self._film = film
        self.duration, self.pixels = film.duration, film.pixels
        self.keys = self.others = 0

    def groups(self, start: float, spacing: float) -> Iterator[Group]:
        for group in self._film.groups(start, spacing):
            self.keys += 1
            yield group

    def frames(self, start: float, end: float, swift: bool = False) -> Iterator[Frame]:
        for frame in self._film.frames(start, end, swift):
            self.others += 1
            yield frame


@contextmanager
def opened(path: Path) -> Iterator[Counted]:
    with files.opened(str(path)) as file, opened_film(file, Limits()) as film:
        yield Counted(film)


def all_shots(film: Film, most: int = MOST) -> list[Shot]:
    """Read a film to its end, a stretch at a time."""
    shots: list[Shot] = []
    start: float | None = 0.0
    seen: Sequence[str] = ()
    while start is not None:
        reading = read_shots(film, start, most, seen)
        shots += list(reading)
        assert reading.rest is None or reading.rest > start
        start, seen = reading.rest, reading.cards
    return shots


def boundaries(shots: Sequence[Shot]) -> list[float]:
    return [(one.end + next_.start) / 2 for one, next_ in pairwise(shots)]


def assert_found(shots: Sequence[Shot], film: films.Film) -> None:
    """Each boundary was found within half a second, and nothing else was taken for one."""
    found, wanted = boundaries(shots), [boundary.time for boundary in film.boundaries]
    assert len(found) == len(wanted), f"{found} is not {wanted}"
    assert np.abs(np.array(found) - np.array(wanted)).max() <= 0.5, f"{found} is not {wanted}"


LIVELY = (
    Scene(picture(1), 2.2),
    Scene(picture(2), 2.6, Motion.PAN),
    Scene(picture(3), 3.0, Motion.ZOOM, Join.DISSOLVE),
    Scene(picture(4), 2.4),
    Scene(picture(5), 3.0, Motion.PAN, Join.FADE),
    Scene(picture(6), 1.8),
)


@pytest.mark.parametrize(
    ("name", "codec", "gop"),
    [
        ("a.mp4", "h264", None),
        ("a.mkv", "h264", 600),
        ("a.mov", "h264", 1),
        ("a.mp4", "h265", None),
        ("a.webm", "vp9", None),
        ("a.mkv", "av1", None),
        ("a.avi", "mpeg4", None),
        ("a.mov", "prores", None),
        ("a.avi", "mjpeg", None),
    ],
)
def test_cuts_fades_and_dissolves_are_found_in_every_codec(
    tmp_path: Path, name: str, codec: str, gop: int | None
) -> None:
    made = make_film(tmp_path / name, LIVELY, codec=codec, gop=gop)

    with opened(made.path) as film:
        shots = all_shots(film)

    assert_found(shots, made)
    for shot, span in zip(shots, made.spans, strict=True):
        for frame in shot.frames:
            assert span.clear[0] - 0.05 <= frame.time <= span.clear[1], "a frame of a transition"


def test_a_film_of_cuts_is_read_by_its_key_frames_alone(tmp_path: Path) -> None:
    scenes = [Scene(picture(seed), 2.0 + seed % 3) for seed in range(10)]
    made = make_film(tmp_path / "cuts.mp4", scenes)

    with opened(made.path) as film:
        assert_found(all_shots(film), made)
        assert film.keys <= 12
        assert film.others == 0


def test_a_flash_is_no_cut_and_a_caption_neither(tmp_path: Path) -> None:
    shown = picture(7)
    caption = shown.copy()
    caption[140:165] = (20, 30, 90)
    white = np.full_like(shown, 250)
    scenes = [
        *[Scene(shown, 2.0), Scene(white, 0.08), Scene(shown, 1.5), Scene(caption, 1.5)],
        *[Scene(shown, 1.5), Scene(picture(8), 2.0)],
    ]
    made = make_film(tmp_path / "flash.mp4", scenes)

    with opened(made.path) as film:
        found = boundaries(all_shots(film))

    assert found == pytest.approx([made.spans[-1].start], abs=0.1)


def test_black_is_no_content(tmp_path: Path) -> None:
    scenes = [
        *[Scene(black(), 1.5), Scene(picture(9), 2.0), Scene(picture(10), 3.0, join=Join.FADE)],
        Scene(black(), 1.0),
    ]
    made = make_film(tmp_path / "dark.mp4", scenes)

    with opened(made.path) as film:
        shots = all_shots(film)

    assert [shot.start for shot in shots] == pytest.approx([1.5, 3.5], abs=0.5)
    assert shots[-1].end == pytest.approx(6.5, abs=0.5)
    assert all(np.asarray(frame.picture()).mean() > 20 for shot in shots for frame in shot.frames)


def test_a_long_still_is_one_shot_with_one_frame(tmp_path: Path) -> None:
    made = make_film(tmp_path / "still.mp4", [Scene(picture(11), 70.0)], rate=5)

    with opened(made.path) as film:
        (shot,) = all_shots(film)

    assert len(shot.frames) == 1
    assert (shot.start, shot.end) == (0.0, pytest.approx(70.0, abs=0.3))


def test_a_long_lively_take_is_split_and_each_part_has_frames(tmp_path: Path) -> None:
    made = make_film(tmp_path / "take.mp4", [Scene(picture(12), 70.0, Motion.PAN)], rate=5, gop=20)

    with opened(made.path) as film:
        parts = all_shots(film)

    assert len(parts) == 3
    assert parts[0].end == parts[1].start
    assert all(part.frames for part in parts)


def test_a_title_card_is_content_once(tmp_path: Path) -> None:
    card = np.full((180, 320, 3), (30, 30, 60), np.uint8)
    card[70:110, 60:260] = (240, 235, 220)
    other = card.copy()
    other[70:110, 130:150] = (30, 30, 60)
    views = [Scene(picture(seed), 2.0) for seed in range(20, 24)]
    title, another = Scene(card, 1.5), Scene(other, 1.5)
    scenes = [title, views[0], title, views[1], another, views[2], title, views[3]]
    made = make_film(tmp_path / "titles.mp4", scenes)

    with opened(made.path) as film:
        at_once = all_shots(film)
        in_pieces = all_shots(film, most=2)

    kept = [made.spans[number].start for number in (0, 1, 3, 4, 5, 7)]
    assert [shot.start for shot in at_once] == pytest.approx(kept, abs=0.2)
    assert [shot.start for shot in in_pieces] == pytest.approx(kept, abs=0.2)


def test_a_film_reads_the_same_in_short_stretches_and_twice(tmp_path: Path) -> None:
    scenes = [*LIVELY, *(Scene(picture(seed), 1.6) for seed in range(30, 36))]
    made = make_film(tmp_path / "long.mp4", scenes)

    with opened(made.path) as film:
        times = [
            [(shot.start, shot.end, *(frame.time for frame in shot.frames)) for shot in shots]
            for shots in (all_shots(film), all_shots(film), all_shots(film, most=3))
        ]
        in_pieces = all_shots(film, most=3)

    assert times[0] == times[1]
    assert_found(in_pieces, made)


def test_a_film_of_one_frame_has_one_shot(tmp_path: Path) -> None:
    made = make_film(tmp_path / "one.mp4", [Scene(picture(40), 0.04)])

    with opened(made.path) as film:
        (shot,) = all_shots(film)

    assert [frame.time for frame in shot.frames] == [0.0]
    assert np.asarray(shot.frames[0].picture()).std() > 10
