"""A frame becomes an upright picture with square pixels in sRGB, whatever it is stored as."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from assetman.core.inputs import Excerpt, Fit, InputSpec
from assetman.media.handler import Limits
from assetman.media.video import VideoHandler
from assetman.media.video_light import HLG, PQ, Light, in_plain_light, peak_of, to_plain
from tests.kit.films import Scene, make_film

from .conftest import BLUE, GREEN, RED, YELLOW, assert_corners, quarters

SQUARE = InputSpec(32, Fit.SQUASH)
LIMITS = Limits()
QUARTERS = np.asarray(quarters())


def shown(path: Path, time: float, folder: Path) -> Image.Image:
    target = folder / "frame.png"
    size = VideoHandler().frame(str(path), time, target, LIMITS)
    with Image.open(target) as picture:
        assert picture.size == size
        return picture.convert("RGBA" if picture.mode == "RGBA" else "RGB")


def write_raw(
    path: Path,
    planes: np.ndarray,
    form: str,
    codec: str = "ffv1",
    change: Callable[[Any], None] = lambda context: None,
    frames: int = 2,
) -> Path:
    """Write frames of exactly these codes, and what they are said to mean."""
    with av.open(str(path), "w") as container:
        frame = av.VideoFrame.from_ndarray(planes, form)
        stream: Any = container.add_stream(codec, 10)
        stream.width, stream.height, stream.pix_fmt = frame.width, frame.height, form
        change(stream.codec_context)
        for number in range(frames):
            frame.pts, frame.time_base = number, Fraction(1, 10)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_film_is_shown_upright(tmp_path: Path, rotation: int) -> None:
    path = tmp_path / "turned.mp4"
    make_film(path, [Scene(QUARTERS, 0.5)], size=(96, 64), rotation=rotation)
    picture = shown(path, 0.2, tmp_path)
    assert picture.size == (96, 64)
    assert_corners(picture, RED, GREEN, BLUE, YELLOW)
    probe = VideoHandler().probe(str(path), LIMITS)
    assert (probe.width, probe.height) == (96, 64)


def test_a_mirrored_film_is_shown_as_its_matrix_says(tmp_path: Path) -> None:
    path = tmp_path / "mirrored.mp4"
    make_film(path, [Scene(QUARTERS, 0.5)], size=(96, 64))
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 44
    data[at : at + 4] = (-1 << 16).to_bytes(4, "big", signed=True)
    path.write_bytes(data)
    assert_corners(shown(path, 0.2, tmp_path), GREEN, RED, YELLOW, BLUE)


@pytest.mark.parametrize("aspect", [(2, 1), (1, 2), (64, 45)])
def test_pixels_become_square(tmp_path: Path, aspect: tuple[int, int]) -> None:
    path = tmp_path / "wide.mkv"
    stored = (64, 48)
    size = (round(stored[0] * aspect[0] / aspect[1]), stored[1])
    make_film(path, [Scene(QUARTERS, 0.5)], size=size, sample_aspect=aspect)
    picture = shown(path, 0.0, tmp_path)
    assert picture.width / picture.height == pytest.approx(size[0] / size[1], rel=0.02)
    assert min(picture.width / stored[0], picture.height / stored[1]) >= 1
    assert_corners(picture, RED, GREEN, BLUE, YELLOW)


def test_transparent_parts_lie_on_the_ground(tmp_path: Path) -> None:
    pixels = np.zeros((64, 96, 4), np.uint8)
    pixels[:, :48] = (*RED, 255)
    path = write_raw(tmp_path / "clear.mkv", pixels, "bgra")
    picture = shown(path, 0.0, tmp_path)
    assert picture.mode == "RGBA"
    assert picture.getpixel((80, 30))[3] == 0  # type: ignore[index]
    video = VideoHandler()
    found = video.extract(str(path), [SQUARE], tmp_path / "p.webp", 96, LIMITS, Excerpt(start=0))
    assert found.inputs[SQUARE][0, 16, 28].tolist() == [255, 255, 255]
    video.extract(str(path), [], tmp_path / "p.webp", 96, LIMITS)
    with Image.open(tmp_path / "p.webp") as poster:
        assert poster.mode == "RGB"
        assert min(poster.getpixel((80, 30))) > 200  # type: ignore[arg-type, type-var]
    assert video.probe(str(path), LIMITS).facts["colour"] == "with transparency"


@pytest.mark.parametrize("codec", ["libvpx", "libvpx-vp9"])
def test_transparent_webm_is_seen_as_such(tmp_path: Path, codec: str) -> None:
    pixels = np.zeros((64, 96, 4), np.uint8)
    pixels[:, :48] = (*RED, 255)
    planes = av.VideoFrame.from_ndarray(pixels, "rgba").reformat(format="yuva420p")
    path = tmp_path / "clear.webm"
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(codec, 10, options={"auto-alt-ref": "0"})
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuva420p"
        for number in range(20):
            planes.pts, planes.time_base = number, Fraction(1, 10)
            container.mux(stream.encode(planes))
        container.mux(stream.encode(None))
    for time in (0.0, 1.5, 0.3):
        picture = shown(path, time, tmp_path)
        assert picture.mode == "RGBA"
        assert picture.getpixel((80, 30))[3] < 10  # type: ignore[index]
    found = VideoHandler().extract(str(path), [SQUARE], tmp_path / "p.webp", 96, LIMITS)
    assert min(found.inputs[SQUARE][0, 16, 28]) > 245
    assert found.inputs[SQUARE][0, 16, 4].tolist()[0] > 200


YUV = {  # red, 8 bit: matrix in ITU-T H.273, and whether all codes are used
    (1, False): (63, 102, 240),
    (1, True): (54, 99, 255),
    (5, False): (81, 90, 240),
    (5, True): (76, 85, 255),
    (9, False): (74, 97, 240),
}


@pytest.mark.parametrize(("matrix", "full"), YUV)
def test_the_matrix_and_range_a_film_names_are_used(
    tmp_path: Path, matrix: int, full: bool
) -> None:
    def change(context: Any) -> None:
        context.colorspace, context.color_range = matrix, 2 if full else 1

    codes = np.concatenate(
        [
            np.full(n, c, np.uint8)
            for n, c in zip((4096, 1024, 1024), YUV[matrix, full], strict=True)
        ]
    )
    path = write_raw(tmp_path / "red.mkv", codes.reshape(96, 64), "yuv420p", change=change)
    assert_corners(shown(path, 0.0, tmp_path), *[(255, 0, 0)] * 4)


@pytest.mark.parametrize(("size", "matrix"), [((320, 180), 5), ((1280, 720), 1)])
def test_a_film_that_names_no_matrix_has_that_of_its_size(
    tmp_path: Path, size: tuple[int, int], matrix: int
) -> None:
    pixels = size[0] * size[1]
    counts = (pixels, pixels // 4, pixels // 4)
    codes = np.concatenate(
        [np.full(n, c, np.uint8) for n, c in zip(counts, YUV[matrix, False], strict=True)]
    )
    path = write_raw(tmp_path / "red.mkv", codes.reshape(size[1] * 3 // 2, size[0]), "yuv420p")
    assert_corners(shown(path, 0.0, tmp_path), *[(255, 0, 0)] * 4)


def pq_code(nits: float) -> float:
    """SMPTE ST 2084, the other way round than it is read."""
    power = (nits / 10_000) ** 0.1593017578125
    return float(((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375)


def test_light_of_hdr_is_brought_into_a_plain_screens(tmp_path: Path) -> None:
    def grey(signal: float) -> int:
        return round(64 + 876 * signal)

    def change(context: Any) -> None:
        context.color_trc, context.color_primaries, context.colorspace = PQ, 9, 9
        context.color_range = 1

    nits = [0.05, 5, 100, 1000]
    planes = np.full((96, 64), 512, np.uint16)
    for number, light in enumerate(nits):
        planes[:64, number * 16 : number * 16 + 16] = grey(pq_code(light))
    path = write_raw(tmp_path / "hdr.mkv", planes, "yuv420p10le", change=change)
    picture = np.asarray(shown(path, 0.0, tmp_path)).astype(int)
    found = [picture[32, number * 16 + 8] for number in range(4)]
    for each in found:
        assert max(each) - min(each) <= 4  # grey stays grey
    levels = [int(each.mean()) for each in found]
    assert levels[0] < 10
    assert 30 < levels[1] < 70
    assert 165 < levels[2] < 205  # white paper in a room, not the black of an untouched film
    assert levels[3] > 245
    assert VideoHandler().probe(str(path), LIMITS).facts["dynamic range"] == "HDR (PQ)"


def test_the_curve_of_light_never_falls_and_keeps_what_is_dark() -> None:
    for light in (Light(PQ, 9), Light(PQ, 9, 4000.0), Light(PQ, 1, 400.0), Light(HLG, 9)):
        codes = np.repeat(np.arange(0, 65536, 64, dtype=np.uint16)[:, np.newaxis], 3, axis=1)
        levels = to_plain(codes, light).astype(int)
        assert (np.ptp(levels, axis=1) <= 1).all()
        assert (np.diff(levels[:, 1]) >= 0).all()
        assert (levels[0, 1], levels[-1, 1]) == (0, 255)
    # up to a tenth of white nothing is bent: 10 nits are a twentieth of 203
    code = round(pq_code(10) * 65535)
    linear = 10 / 203
    wanted = 255 * (1.055 * linear ** (1 / 2.4) - 0.055)
    found = to_plain(np.full((1, 3), code, np.uint16), Light(PQ, 9))[0, 1]
    assert abs(int(found) - wanted) <= 1
    # the middle of HLG's white is that of PQ's
    assert abs(int(to_plain(np.full((1, 3), 49151, np.uint16), Light(HLG, 9))[0, 1]) - 229) <= 3


def test_wide_colours_become_the_nearest_plain_ones() -> None:
    codes = np.array([[65535, 0, 0], [0, 65535, 0], [0, 0, 65535], [32768] * 3], np.uint16)
    for primaries in (9, 11, 12):
        red, green, blue, grey = to_plain(codes, Light(1, primaries)).astype(int)
        assert red[0] == 255
        assert green[1] > 240
        assert blue[2] > 180
        assert max(red[1], green[0], blue[0]) < 10
        assert np.abs(grey - 128).max() <= 1
    assert Light(1, 1).plain
    picture = Image.new("RGB", (4, 4), (128, 128, 128))
    assert in_plain_light(picture, Light(13, 9)).getpixel((0, 0)) == (128, 128, 128)


def test_a_claimed_peak_of_light_is_believed_where_a_screen_may_have_it() -> None:
    def mastered(nits: int) -> bytes:
        return np.array([0] * 16 + [1, 10000, nits * 10000, 10000, 1, 1], "=i4").tobytes()

    assert peak_of(None, None) == 1000
    assert peak_of(mastered(4000), None) == 4000
    assert peak_of(mastered(0), None) == 1000
    assert peak_of(b"\0" * 10, np.array([600, 100], "=u4").tobytes()) == 600
    assert peak_of(None, np.array([4_000_000_000, 1], "=u4").tobytes()) == 1000


def test_two_moments_woven_into_one_frame_are_taken_apart(tmp_path: Path) -> None:
    woven = np.empty((64, 96), np.uint8)
    woven[0::2] = np.where(np.arange(96) < 30, 235, 16)
    woven[1::2] = np.where(np.arange(96) < 66, 235, 16)
    planes = np.vstack([woven, np.full((32, 96), 128, np.uint8)])

    def change(context: Any) -> None:
        context.options = {"flags": "+ildct+ilme", "b": "4M"}

    path = write_raw(tmp_path / "woven.mpg", planes, "yuv420p", "mpeg2video", change, frames=4)
    assert "interlaced" in str(VideoHandler().probe(str(path), LIMITS).facts["video"])
    picture = np.asarray(shown(path, 0.1, tmp_path).convert("L")).astype(int)
    between = picture[10:50, 40:56]
    assert np.abs(np.diff(between, axis=0)).max() < 60  # no comb
    assert picture.shape == (64, 96)
