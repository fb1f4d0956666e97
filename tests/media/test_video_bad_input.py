"""Videos that are broken, odd or no videos give what can be had, or a failure that says why."""

from __future__ import annotations

import io
import os
import random
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from assetman.core.assets import Kind
from assetman.core.errors import BadInput
from assetman.core.inputs import Fit, InputSpec
from assetman.core.progress import CancelToken
from assetman.ingest.ignore import IgnoreRules
from assetman.ingest.scan import walk
from assetman.media import video_film
from assetman.media.handler import Extraction, Limits, Stretch
from assetman.media.image import ImageHandler
from assetman.media.registry import is_program_text, reader_of
from assetman.media.video import VideoHandler
from assetman.media.video_film import opened_film
from assetman.media.video_places import place_in, without_place
from assetman.media.workers import DecodePool
from tests.kit.films import Scene, make_film

SQUARE = InputSpec(16, Fit.SQUASH)
LIMITS = Limits()
GREY = np.linspace(0, 255, 64, dtype=np.uint8)[:, np.newaxis, np.newaxis].repeat(3, 2).repeat(64, 1)


def read(path: Path, limits: Limits = LIMITS) -> Extraction:
    return VideoHandler().extract(str(path), [SQUARE], None, 64, limits, Stretch())


def ten_seconds(path: Path, codec: str = "h264", **how: Any) -> bytes:
    make_film(path, [Scene(GREY, 10)], size=(64, 64), rate=10, gop=10, codec=codec, **how)
    return path.read_bytes()


def repeated(
    path: Path,
    source: Path,
    seconds: int,
    options: dict[str, str] | None = None,
    keys: bool = True,
) -> Path:
    """Write a film that shows another again and again, without encoding anything."""
    with av.open(str(source)) as container, av.open(str(path), "w", options=options) as target:
        stream = container.streams.video[0]
        out = target.add_stream_from_template(stream)
        packets = [(bytes(each), each.is_keyframe) for each in container.demux(stream) if each.size]
        rate = round(float(stream.average_rate or 10))
        for number in range(seconds * rate):
            data, key = packets[number % len(packets)]
            packet: Any = av.Packet(data)
            packet.pts = packet.dts = number
            packet.duration, packet.time_base = 1, Fraction(1, rate)
            packet.stream, packet.is_keyframe = out, key and keys
            target.mux(packet)
    return path


@pytest.mark.parametrize(
    ("codec", "ending"),
    [
        ("h264", "mkv"),
        ("vp8", "webm"),
        ("mpeg4", "avi"),
        ("h264", "ts"),
        ("mpeg2", "mpg"),
        ("h264", "flv"),
    ],
)
def test_a_film_that_is_cut_off_gives_what_is_there(
    tmp_path: Path, codec: str, ending: str
) -> None:
    path = tmp_path / f"cut.{ending}"
    data = ten_seconds(path, codec)
    path.write_bytes(data[: len(data) * 6 // 10])
    found = read(path)
    assert found.rest is None
    assert found.inputs[SQUARE].shape[0] == len(found.segments) >= 1
    assert 3 < (found.segments[-1].end or 0) < 8
    assert 3 < (found.probe.duration or 0) < 8


def test_a_film_that_says_more_than_it_has_says_so(tmp_path: Path) -> None:
    path = tmp_path / "cut.mp4"
    ten_seconds(path, options={"bf": "0"})
    again = repeated(tmp_path / "front.mp4", path, 10, {"movflags": "faststart"})
    again.write_bytes(again.read_bytes()[: again.stat().st_size * 6 // 10])
    found = read(again)
    assert 1 < (found.probe.duration or 0) < 8
    assert str(found.probe.facts["read until"]).endswith("of the 0:10 that the file claims")


def test_a_film_whose_index_is_missing_says_that_it_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "cut.mov"
    data = ten_seconds(path)
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(BadInput, match="cut off: the part that says what lies where"):
        read(path)


def test_damage_in_the_middle_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "damaged.ts"
    data = bytearray(ten_seconds(path))
    middle = range(len(data) * 4 // 10, len(data) * 5 // 10)
    dice = random.Random(1)
    for place in middle:
        data[place] = dice.randrange(256)
    path.write_bytes(data)
    found = read(path)
    assert (found.segments[-1].end or 0) > 9


@pytest.mark.parametrize("name", ["list.mp4", "list.mkv", "list.ts"])
@pytest.mark.parametrize(
    "text",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '{}'\n",
        "v=0\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\na={}\n",
    ],
)
def test_a_list_of_files_is_not_followed(tmp_path: Path, name: str, text: str) -> None:
    ten_seconds(tmp_path / "other.mp4")
    (tmp_path / name).write_text(text.format(tmp_path / "other.mp4"))
    with pytest.raises(BadInput, match="list of other files"):
        read(tmp_path / name)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "TIFF"])
def test_a_picture_under_the_name_of_a_video_is_called_one(tmp_path: Path, form: str) -> None:
    Image.new("RGB", (32, 32), "red").save(tmp_path / "film.mp4", form)
    with pytest.raises(BadInput, match=f"a picture \\({form}\\)"):
        read(tmp_path / "film.mp4")


@pytest.mark.parametrize("ending", ["mp4", "mkv", "avi", "ts", "flv"])
def test_a_video_under_the_name_of_a_picture_is_called_one(tmp_path: Path, ending: str) -> None:
    data = ten_seconds(tmp_path / f"film.{ending}", "mpeg4" if ending == "avi" else "h264")
    (tmp_path / "film.jpg").write_bytes(data)
    with pytest.raises(BadInput, match="no picture but a video"):
        ImageHandler().probe(str(tmp_path / "film.jpg"), LIMITS)


def test_a_video_without_an_ending_can_be_asked_about(tmp_path: Path) -> None:
    (tmp_path / "dropped").write_bytes(ten_seconds(tmp_path / "film.mp4"))
    assert reader_of(str(tmp_path / "dropped")).kind is Kind.VIDEO
    Image.new("RGB", (8, 8)).save(tmp_path / "picture", "PNG")
    assert reader_of(str(tmp_path / "picture")).kind is Kind.IMAGE
    assert reader_of(str(tmp_path / "film.jpg")).kind is Kind.IMAGE


def test_a_container_is_read_by_its_content(tmp_path: Path) -> None:
    data = ten_seconds(tmp_path / "film.mkv")
    for name in ("a.mp4", "b.avi", "c.mpg"):
        (tmp_path / name).write_bytes(data)
        assert read(tmp_path / name).probe.facts["format"] == "Matroska"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "The file is empty"),
        (b"only words " * 100, "This is not a video"),
        (b"\x1a\x45\xdf\xa3" + b"\0" * 500, "damaged"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "cut off"),
        (bytes(range(256)) * 40, "This is not a video"),
    ],
)
def test_what_is_no_video_says_why(tmp_path: Path, data: bytes, why: str) -> None:
    (tmp_path / "film.mp4").write_bytes(data)
    with pytest.raises(BadInput, match=why):
        read(tmp_path / "film.mp4")


def test_sound_alone_says_that_it_is_sound(tmp_path: Path) -> None:
    path = tmp_path / "song.mp4"
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("aac", 48000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4096), np.float32), "fltp", "mono")
        frame.sample_rate = 48000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with pytest.raises(BadInput, match="only sound"):
        read(path)


@pytest.mark.parametrize(
    ("code", "why"), [(b"zzzz", "coded as “zzzz”"), (b"drmi", "protected against copying")]
)
def test_what_there_is_no_decoder_for_is_named(tmp_path: Path, code: bytes, why: str) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(ten_seconds(path).replace(b"avc1", code))
    with pytest.raises(BadInput, match=why):
        read(path)


def test_a_film_of_one_frame_or_none(tmp_path: Path) -> None:
    make_film(tmp_path / "one.mp4", [Scene(GREY, 0.04)], size=(64, 64))
    found = read(tmp_path / "one.mp4")
    assert len(found.segments) == 1
    assert found.probe.duration == pytest.approx(0.04)
    with av.open(str(tmp_path / "none.mp4"), "w") as container:
        stream: Any = container.add_stream("libx264", 25)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        container.start_encoding()
    with pytest.raises(BadInput, match="There are no moving pictures"):
        read(tmp_path / "none.mp4")


@pytest.mark.parametrize("size", [(1, 64), (64, 1), (1, 1), (2, 1080)])
def test_a_film_one_pixel_wide(tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "thin.mov"
    make_film(path, [Scene(GREY, 1)], size=size, rate=5, codec="png", pixels="rgb24")
    sheet, poster = tmp_path / "sheet.webp", tmp_path / "poster.webp"
    video = VideoHandler()
    found = video.extract(str(path), [SQUARE], poster, 64, LIMITS, Stretch(sheet=sheet))
    assert (found.probe.width, found.probe.height) == size
    for written in (sheet, poster):
        with Image.open(written) as picture:
            assert min(picture.size) >= 1
    assert video.preview(str(path), None, tmp_path / "preview", LIMITS) == size


def test_many_frames_a_second(tmp_path: Path) -> None:
    path = tmp_path / "fast.mp4"
    film = make_film(path, [Scene(GREY, 1), Scene(GREY[::-1], 1)], size=(64, 64), rate=240)
    found = read(path)
    assert found.probe.facts["frame rate"] == "240 fps"
    assert {film.scene_at(each.at or 0.0) for each in found.segments} == {0, 1}


def test_a_film_of_8k_is_read_and_a_larger_one_than_allowed_is_not(tmp_path: Path) -> None:
    path = tmp_path / "8k.mkv"
    make_film(path, [Scene("grey", 0.1)], size=(7680, 4320), rate=10, codec="mjpeg")
    found = read(path)
    assert (found.probe.width, found.probe.height) == (7680, 4320)
    assert found.inputs[SQUARE].shape[0] == 1
    with pytest.raises(BadInput, match="7,680 × 4,320 pixels, more than the 1 million allowed"):
        read(path, Limits(pixels=1_000_000))


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("ten.mp4", {}),
        ("ten.mkv", {}),
        ("ten.ts", {}),
        ("live.mkv", {"live": "1"}),
        ("ten.flv", {"flvflags": "no_duration_filesize"}),
    ],
)
def test_ten_hours_are_read_anywhere(tmp_path: Path, name: str, options: dict[str, str]) -> None:
    make_film(
        tmp_path / "one.mkv", [Scene(GREY, 10)], size=(64, 64), rate=1, gop=10, options={"bf": "0"}
    )
    path = repeated(tmp_path / name, tmp_path / "one.mkv", 36_000, options)
    for start in (0.0, 18_000.0, 35_990.0):
        found = VideoHandler().extract(
            str(path), [SQUARE], None, 64, LIMITS, Stretch(start, int(start))
        )
        assert 1 <= found.inputs[SQUARE].shape[0] <= 24
        assert start <= (found.segments[0].at or 0.0) < start + 60
        assert found.rest is None or start < found.rest < start + 3600
        if start == 0:
            assert found.probe.duration == pytest.approx(36_000, rel=0.02)
    assert found.rest is None


@pytest.mark.parametrize(
    ("name", "options"),
    [("live.mkv", {"live": "1"}), ("live.flv", {})],
)
def test_a_film_without_a_list_of_times_is_not_read_from_its_beginning_again(
    tmp_path: Path, name: str, options: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(video_film, "_FAR", 1 << 18)
    scenes = [Scene(GREY, 5), Scene(GREY[::-1], 5)]
    bare = {"bf": "0"}
    make_film(tmp_path / "one.mkv", scenes, size=(64, 64), rate=2, gop=10, options=bare)
    path = repeated(tmp_path / name, tmp_path / "one.mkv", 7200, options)
    size = path.stat().st_size

    def stretch(start: float, seen: tuple[str, ...]) -> Extraction:
        return VideoHandler().extract(
            str(path), [SQUARE], None, 64, LIMITS, Stretch(start, 1, seen=seen)
        )

    first = stretch(3600.0, ())
    assert first.rest is not None
    place = place_in(first.seen)
    assert place is not None
    assert size // 3 < place.at < size * 2 // 3
    with path.open("rb") as file, opened_film(file, LIMITS, place) as film:
        assert film.size == size
        group = next(film.groups(first.rest, 0.5))
        assert group.key.time == pytest.approx(first.rest, abs=5.1)
        assert group.key.time <= first.rest + 1e-3
    second, anew = stretch(first.rest, first.seen), stretch(first.rest, without_place(first.seen))
    assert second.segments == anew.segments
    assert second.rest == anew.rest
    assert place_in(second.seen) is not None
    assert np.array_equal(second.inputs[SQUARE], anew.inputs[SQUARE])


def test_a_film_that_marks_no_key_frame_is_read_all_the_same(tmp_path: Path) -> None:
    scenes = [Scene(GREY, 5), Scene(GREY[::-1], 5)]
    bare = {"bf": "0"}
    make_film(tmp_path / "one.mkv", scenes, size=(64, 64), rate=10, gop=25, options=bare)
    path = repeated(tmp_path / "keyless.mkv", tmp_path / "one.mkv", 10, keys=False)
    found = read(path)
    assert found.rest is None
    times = [each.at or 0.0 for each in found.segments]
    assert min(times) < 5 <= max(times)
    assert found.probe.duration == pytest.approx(10, abs=0.2)


def test_frames_at_odd_times_are_found(tmp_path: Path) -> None:
    path = tmp_path / "varying.mkv"
    left_out = [n for n in range(60) if n % 7 or 30 <= n < 50]
    make_film(
        path,
        [Scene(GREY, 3), Scene(GREY[::-1], 3)],
        size=(64, 64),
        rate=10,
        left_out=left_out,
        begins=1.5,
        options={"bf": "0"},
    )
    kept = [n / 10 for n in range(60) if n not in left_out]
    with path.open("rb") as file, opened_film(file, LIMITS) as film:
        assert [round(each.time, 3) for each in film.frames(0, 10)] == kept
        for time in (0.0, 0.69, 2.0, 4.9, 5.59, 100.0):
            wanted = max(each for each in kept if each <= time + 1e-3)
            assert film.shown_at(time).time == pytest.approx(wanted, abs=1e-3)
        assert film.duration < 6.5


def test_a_cover_is_not_taken_for_the_film(tmp_path: Path) -> None:
    path = tmp_path / "covered.mp4"
    cover = io.BytesIO()
    Image.new("RGB", (640, 640), "red").save(cover, "JPEG")
    make_film(tmp_path / "plain.mp4", [Scene(GREY, 1)], size=(64, 64), options={"bf": "0"})
    with av.open(str(tmp_path / "plain.mp4")) as source, av.open(str(path), "w") as target:
        jpeg: Any = target.add_stream("mjpeg", 1)
        jpeg.width, jpeg.height, jpeg.pix_fmt = 640, 640, "yuvj420p"
        jpeg.disposition = av.stream.Disposition.attached_pic
        film = target.add_stream_from_template(source.streams.video[0])
        picture: Any = av.Packet(cover.getvalue())
        picture.pts = picture.dts = 0
        picture.time_base, picture.stream, picture.is_keyframe = Fraction(1, 1), jpeg, True
        target.mux(picture)
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = film
                target.mux(packet)
    assert (read(path).probe.width, read(path).probe.height) == (64, 64)


def test_programs_that_share_an_ending_with_videos_are_no_media(tmp_path: Path) -> None:
    ten_seconds(tmp_path / "film.ts")
    texts = {
        "code.ts": b"export const a: number = 1;\n",
        "mark.mts": "\ufeff// größer\nimport x\r\n".encode(),
        "long.ts": b"// \xc3\xa4\n" * 10_000,
    }
    for name, data in texts.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "empty.ts").write_bytes(b"")
    found = [path for path in sorted(tmp_path.iterdir()) if is_program_text(str(path))]
    assert {path.name for path in found} == set(texts)
    assert not is_program_text(str(tmp_path / "gone.ts"))
    seen = walk(str(tmp_path), IgnoreRules(), CancelToken())
    assert {each.path for each in seen} == {"film.ts", "empty.ts"}


def test_the_largest_of_several_films_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "several.mkv"
    with av.open(str(path), "w") as container:
        streams: list[Any] = []
        for side in (32, 64, 48):
            stream: Any = container.add_stream("libx264", 10)
            stream.width, stream.height, stream.pix_fmt = side, side, "yuv420p"
            streams.append(stream)
        for number in range(10):
            for stream in streams:
                frame = av.VideoFrame.from_ndarray(GREY[: stream.height, : stream.width])
                frame.pts, frame.time_base = number, Fraction(1, 10)
                container.mux(stream.encode(frame))
        for stream in streams:
            container.mux(stream.encode(None))
    found = read(path)
    assert found.probe.width == 64
    assert found.probe.facts["further pictures"] == 2


def test_a_file_that_grows_is_read_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "growing.ts"
    data = ten_seconds(path)
    half = len(data) // 2 // 188 * 188
    path.write_bytes(data[:half])
    with path.open("rb") as file, opened_film(file, LIMITS) as film:
        groups = film.groups(0.0, 0.0)
        first = next(groups)
        with path.open("ab") as more:
            more.write(data[half:])
        times = [first.key.time, *(each.key.time for each in groups)]
        assert 3 <= times[-1] < 6
    assert (read(path).segments[-1].end or 0) > 9


def test_a_film_that_shrinks_while_it_is_read_ends_there(tmp_path: Path) -> None:
    path = tmp_path / "shrinking.ts"
    data = ten_seconds(path)
    with path.open("rb") as file, opened_film(file, LIMITS) as film:
        groups = film.groups(0.0, 0.0)
        next(groups)
        os.truncate(path, len(data) // 10)
        assert len(list(groups)) < 10


def test_a_hole_without_end_costs_no_more_than_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "hole.ts"
    ten_seconds(path)
    os.truncate(path, 1 << 36)
    found = read(path)
    assert found.segments
    assert found.rest is None


@pytest.fixture
def pool() -> Any:
    pools: list[DecodePool] = []

    def make(**limits: float) -> DecodePool:
        pools.append(DecodePool(1, Limits(**limits), 64))  # type: ignore[arg-type]
        return pools[-1]

    yield make
    for each in pools:
        each.close()


def test_no_worker_outlives_its_limits(tmp_path: Path, pool: Callable[..., DecodePool]) -> None:
    path = tmp_path / "large.mkv"
    make_film(path, [Scene("grey", 0.1)], size=(7680, 4320), rate=10, codec="mjpeg")
    small = pool(memory=150 << 20)
    with pytest.raises(BadInput, match="memory"):
        small.extract(str(path), [SQUARE], None, Stretch()).result(60)
    good = tmp_path / "good.mp4"
    make_film(good, [Scene(GREY, 1)], size=(64, 64))
    hasty = pool(seconds=0.01)
    with pytest.raises(BadInput, match=r"longer than the 0\.01 seconds"):
        hasty.extract(str(good), [SQUARE], None, Stretch()).result(60)
