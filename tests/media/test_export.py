"""Clips are what was asked for, and nothing is ever replaced or left behind."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import av
import psutil
import pytest

from assetman.core.errors import AssetmanError, BadInput, Cancelled, EnvironmentProblem, WrongUse
from assetman.core.exports import ExportForm
from assetman.core.progress import CancelToken
from assetman.media import aside, ffmpeg
from assetman.media.clip import ClipFacts
from assetman.media.confined import confined
from assetman.media.export import Clip, build, write_clip
from assetman.media.handler import Limits
from assetman.media.video_clip import read_clip
from tests.kit.films import Scene, make_film
from tests.kit.numbered import key_numbers_in, numbered_film, numbers_in, timed_numbers_in

needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not here")
QUICK, EXACT = ExportForm.QUICK, ExportForm.EXACT


def nothing(_: float) -> None:
    return


def save(
    source: Path,
    start: float,
    end: float,
    target: Path,
    form: ExportForm = EXACT,
    *,
    tell: Callable[[float], None] = nothing,
    cancel: CancelToken | None = None,
    program: ffmpeg.Program | None = None,
) -> ClipFacts:
    facts = read_clip(str(source), start, Limits())
    clip = Clip(str(source), start, end, target, form)
    write_clip(clip, facts, program or ffmpeg.find(), tell, cancel or CancelToken(), False)
    return facts


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return numbered_film(tmp_path_factory.mktemp("film") / "film.mp4", sound=440.0).path


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder for what is saved, empty at first."""
    (tmp_path / "place").mkdir()
    return tmp_path / "place"


@needs_ffmpeg
@pytest.mark.parametrize(
    ("source", "codec", "target"),
    [
        (".mp4", "h264", ".mp4"),
        (".mkv", "h265", ".mkv"),
        (".webm", "vp9", ".mp4"),
        (".avi", "mpeg4", ".mov"),
        (".ts", "h264", ".mp4"),
        (".mov", "prores", ".webm"),
    ],
)
def test_an_exact_clip_has_the_frames_shown_in_its_seconds_and_no_other(
    place: Path, tmp_path: Path, source: str, codec: str, target: str
) -> None:
    film = numbered_film(tmp_path / f"film{source}", 75, codec=codec).path
    zero = timed_numbers_in(film)[0][1]  # some containers begin before their first frame
    save(film, 1.5, 2.12, place / f"clip{target}")
    found = numbers_in(place / f"clip{target}")
    assert found == list(range(found[0], found[0] + len(found)))
    assert abs(found[0] - zero - 37) <= (2 if source == ".ts" else 0)
    assert abs(len(found) - 16) <= 1


@needs_ffmpeg
def test_an_exact_clip_begins_with_the_frame_that_was_seen_then(film: Path, place: Path) -> None:
    save(film, 1.519, 1.521, place / "one.mp4")  # frame 37 is shown until 1.52, 38 from then on
    save(film, 1.52, 1.6, place / "two.mp4")
    assert numbers_in(place / "one.mp4") == [37, 38]
    assert timed_numbers_in(place / "two.mp4") == [(0.0, 38), (0.04, 39)]


@needs_ffmpeg
@pytest.mark.parametrize(
    ("ending", "codec"),
    [(".mp4", "h264"), (".mkv", "h264"), (".mkv", "h265"), (".webm", "vp9"), (".ts", "h264")],
)
def test_a_quick_clip_begins_at_the_key_frame_before_and_says_so(
    place: Path, tmp_path: Path, ending: str, codec: str
) -> None:
    film = numbered_film(tmp_path / f"film{ending}", 75, codec=codec, sound=440.0).path
    target = place / f"clip{ending}"
    facts = save(film, 1.6, 2.4, target, QUICK)
    found = numbers_in(target)
    key = max(number for number in key_numbers_in(film) if number <= 40)
    assert found[0] == key
    assert facts.key * 25 == pytest.approx(key, abs=2)
    assert 58 <= found[-1] <= 64  # frames wait for those they are made from
    with av.open(str(film)) as before, av.open(str(target)) as after:
        assert bytes(after.streams.video[0].codec_context.extradata or b"") == bytes(
            before.streams.video[0].codec_context.extradata or b""
        )
        sound = next(after.decode(after.streams.audio[0]))
        after.seek(0)
        picture = next(after.decode(after.streams.video[0]))
        assert abs(float(sound.time or 0) - float(picture.time or 0)) < 0.15


@needs_ffmpeg
@pytest.mark.parametrize("ending", [".mp4", ".ts"])
def test_a_clip_from_the_very_beginning_has_the_first_frame(
    tmp_path: Path, place: Path, ending: str
) -> None:
    film = numbered_film(tmp_path / f"film{ending}", 30, sound=440.0).path
    save(film, 0.0, 0.5, place / f"quick{ending}", QUICK)
    save(film, 0.0, 0.48, place / "exact.mp4")
    assert numbers_in(place / f"quick{ending}")[0] == 0
    exact = numbers_in(place / "exact.mp4")
    assert exact == list(range(len(exact)))
    assert len(exact) in (11, 12)


@needs_ffmpeg
def test_the_full_range_of_motion_jpeg_is_neither_lost_nor_stretched(
    tmp_path: Path, place: Path
) -> None:
    film = make_film(tmp_path / "film.avi", [Scene((200, 90, 20), 1)], codec="mjpeg")
    save(film.path, 0.0, 0.5, place / "clip.mp4")
    means = []
    for path in (film.path, place / "clip.mp4"):
        with av.open(str(path)) as container:
            frame = next(container.decode(video=0))
            means.append(frame.to_ndarray(format="rgb24").reshape(-1, 3).mean(axis=0))
    assert abs(means[0] - means[1]).max() < 4


@needs_ffmpeg
def test_seconds_in_which_nothing_is_shown_give_no_file(film: Path, place: Path) -> None:
    with pytest.raises(BadInput, match="shows nothing"):
        save(film, 5.0, 5.5, place / "clip.mp4")  # it lasts 4
    assert os.listdir(place) == []


@needs_ffmpeg
@pytest.mark.parametrize("form", [QUICK, EXACT])
@pytest.mark.parametrize("target", ["a.mp4", "b.mkv"])
def test_words_that_are_said_in_a_clip_go_with_it(
    tmp_path: Path, place: Path, form: ExportForm, target: str
) -> None:
    said = [(0.2, 0.9, "before"), (2.0, 2.4, "inside"), (3.5, 3.9, "behind")]
    film = numbered_film(
        tmp_path / "film.mp4", subtitles=said, chapters=[(0, 1.5, "A"), (1.5, 4, "B")]
    )
    save(film.path, 1.4, 3.0, place / target, form)
    with av.open(str(place / target)) as container:
        words = [bytes(packet) for packet in container.demux(container.streams.subtitles[0])]
        assert len(container.chapters()) == 2
    text = b"".join(words)
    assert b"inside" in text
    assert b"before" not in text
    assert b"behind" not in text
    assert numbers_in(place / target)[0] == (25 if form is QUICK else 35)


@needs_ffmpeg
def test_all_tracks_of_sound_go_with_a_clip(film: Path, tmp_path: Path, place: Path) -> None:
    two = tmp_path / "two.mkv"
    with av.open(str(film)) as source, av.open(str(two), "w") as written:
        picture, sound = source.streams.video[0], source.streams.audio[0]
        streams = [written.add_stream_from_template(each) for each in (picture, sound, sound)]
        for packet in source.demux(picture, sound):
            if packet.dts is None:
                continue
            data, first = bytes(packet), packet.stream is picture
            for stream in streams[:1] if first else streams[1:]:
                copy = av.Packet(data)
                copy.pts, copy.dts, copy.time_base = packet.pts, packet.dts, packet.time_base
                copy.is_keyframe = packet.is_keyframe
                copy.stream = stream
                written.mux(copy)
    for form in (QUICK, EXACT):
        target = place / f"{form}.mkv"
        save(two, 1.0, 2.0, target, form)
        with av.open(str(target)) as container:
            assert len(container.streams.audio) == 2


@needs_ffmpeg
@pytest.mark.parametrize("form", [QUICK, EXACT])
def test_a_clip_of_a_turned_video_is_shown_as_upright_as_that(
    tmp_path: Path, place: Path, form: ExportForm
) -> None:
    film = numbered_film(tmp_path / "film.mp4", 50, rotation=90).path
    save(film, 0.0, 0.4, place / "clip.mp4", form)
    with av.open(str(place / "clip.mp4")) as container:
        frame = next(container.decode(video=0))
    upright = (
        (frame.width, frame.height) if frame.rotation % 180 == 0 else (frame.height, frame.width)
    )
    assert upright == (320, 176)


@needs_ffmpeg
@pytest.mark.parametrize("form", [QUICK, EXACT])
def test_a_clip_keeps_the_colours_and_the_depth_of_hdr(
    tmp_path: Path, place: Path, form: ExportForm
) -> None:
    tags = "log-level=none:pools=2:colorprim=9:transfer=16:colormatrix=9:range=limited"
    film = make_film(
        tmp_path / "film.mp4",
        [Scene("red", 1)],
        codec="h265",
        pixels="yuv420p10le",
        options={"x265-params": tags},
    )
    save(film.path, 0.0, 0.5, place / "clip.mp4", form)
    with av.open(str(place / "clip.mp4")) as container:
        context = container.streams.video[0].codec_context
        next(container.decode(video=0))
        assert context.pix_fmt == "yuv420p10le"
        colour = (context.color_primaries, context.color_trc, context.colorspace)
        assert tuple(map(int, colour)) == (9, 16, 9)


@needs_ffmpeg
def test_frames_of_a_varying_rate_keep_their_times(tmp_path: Path, place: Path) -> None:
    film = numbered_film(tmp_path / "film.mp4", 75, left_out=[30, 31, 33, 40, 41, 42]).path
    save(film, 1.0, 1.8, place / "clip.mp4")
    expected = [number for number in range(25, 45) if number not in (30, 31, 33, 40, 41, 42)]
    found = timed_numbers_in(place / "clip.mp4")
    assert [number for _, number in found] == expected
    assert [round(time * 25) + 25 for time, _ in found] == expected


@needs_ffmpeg
@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("-y.mp4", QUICK),
        ("a:b 'c' %d \"e\".mp4", EXACT),
        ("new\nline.mp4", QUICK),
        (b"\xff\xfe.mp4", QUICK),
    ],
)
def test_odd_names_are_names_and_nothing_else(
    film: Path, tmp_path: Path, name: str | bytes, form: ExportForm
) -> None:
    odd = os.fsdecode(name)
    source, target = tmp_path / odd, tmp_path / f"-{odd}"
    shutil.copy(film, source)
    save(source, 1.0, 1.4, target, form)
    assert numbers_in_bytes(target)[0] == 25
    assert sorted(os.listdir(tmp_path)) == sorted([source.name, target.name])


def numbers_in_bytes(path: Path) -> list[int]:
    plain = path.parent / "plain.mp4"
    shutil.copy(path, plain)
    try:
        return numbers_in(plain)
    finally:
        plain.unlink()


@needs_ffmpeg
def test_a_kind_of_file_that_cannot_hold_the_video_says_what_can(
    tmp_path: Path, place: Path
) -> None:
    film = numbered_film(tmp_path / "film.mp4", 30).path
    with pytest.raises(BadInput, match=r"save the clip as \.mkv, or exactly"):
        save(film, 0.0, 1.0, place / "clip.webm", QUICK)
    assert os.listdir(place) == []


@needs_ffmpeg
def test_a_file_that_is_there_is_left_alone(film: Path, place: Path) -> None:
    (place / "clip.mp4").write_bytes(b"mine")
    with pytest.raises(WrongUse, match="exists already"):
        save(film, 1.0, 1.4, place / "clip.mp4")
    assert (place / "clip.mp4").read_bytes() == b"mine"
    assert os.listdir(place) == ["clip.mp4"]


@needs_ffmpeg
def test_a_file_that_comes_while_a_clip_is_made_is_left_alone(film: Path, place: Path) -> None:
    def come(_: float) -> None:
        (place / "clip.mp4").write_bytes(b"mine")

    with pytest.raises(WrongUse, match="exists already"):
        save(film, 1.0, 1.4, place / "clip.mp4", tell=come)
    assert (place / "clip.mp4").read_bytes() == b"mine"
    assert os.listdir(place) == ["clip.mp4"]


@pytest.mark.parametrize("way", ["unnamed", "link", "rename", "reserve"])
def test_of_many_who_write_one_file_at_once_one_gets_it(
    place: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    def cannot(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    if way != "unnamed":
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)
        monkeypatch.setattr(aside.sys, "platform", "elsewhere")
    if way in ("rename", "reserve"):
        monkeypatch.setattr(aside, "_link", cannot)
    if way == "reserve":
        monkeypatch.setattr(aside, "_rename_exclusively", cannot)
    target, won, lost = place / "file", [], []
    ready = threading.Barrier(8)

    def write(number: int) -> None:
        try:
            with aside.appearing(target) as file:
                os.write(file.descriptor, b"%d" % number * 1000)
                ready.wait()
            won.append(number)
        except WrongUse:
            lost.append(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert len(lost) == 7
    assert target.read_bytes() == b"%d" % won[0] * 1000
    assert os.listdir(place) == ["file"]


def program(tmp_path: Path, script: str) -> ffmpeg.Program:
    """Make a program that behaves as `ffmpeg` may."""
    path = tmp_path / "ffmpeg"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return ffmpeg.Program(str(path), "5.1", frozenset({"libx264", "aac"}))


def test_a_cancelled_clip_ends_every_process_and_leaves_nothing(
    film: Path, tmp_path: Path, place: Path
) -> None:
    cancel = CancelToken()
    slow = program(tmp_path, "sleep 600 &\necho out_time_us=100000\nwait")
    with pytest.raises(Cancelled):
        save(
            film, 1.0, 2.0, place / "clip.mp4", tell=lambda _: cancel.cancel(), cancel=cancel, program=slow
        )  # fmt: skip
    assert os.listdir(place) == []
    left = [each for each in psutil.Process().children() if each.status() != psutil.STATUS_ZOMBIE]
    assert not [each for each in left if "sleep" in each.cmdline()]


@pytest.mark.parametrize(
    ("script", "kind", "sentence"),
    [
        ("kill -9 $$", EnvironmentProblem, r"ended \(SIGKILL\)"),
        ("echo 'x: No space left on device' >&2; exit 1", EnvironmentProblem, "The disk is full"),
        (
            "echo '[mov @ 0x1] bad header' >&2; exit 1",
            BadInput,
            "could not save the clip: bad header",
        ),
        ("exit 0", BadInput, "shows nothing"),
    ],
)
def test_a_failure_is_one_sentence_and_leaves_nothing(
    film: Path, tmp_path: Path, place: Path, script: str, kind: type[AssetmanError], sentence: str
) -> None:
    with pytest.raises(kind, match=sentence):
        save(film, 1.0, 2.0, place / "clip.mp4", program=program(tmp_path, script))
    assert os.listdir(place) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 kB of its own."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if os.name != "posix" or os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("no small disk can be mounted here")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], capture_output=True)


@needs_ffmpeg
@pytest.mark.parametrize("form", [QUICK, EXACT])
def test_a_disk_that_fills_up_is_said_to_be_full_and_left_as_it_was(
    film: Path, small_disk: Path, form: ExportForm
) -> None:
    (small_disk / "mine").write_bytes(os.urandom(60_000))
    with pytest.raises(EnvironmentProblem, match="disk is full"):
        save(film, 0.0, 4.0, small_disk / "clip.mp4", form)
    assert os.listdir(small_disk) == ["mine"]


@needs_ffmpeg
def test_a_drive_that_goes_away_meanwhile_is_missed(film: Path, small_disk: Path) -> None:
    def pull_out(_: float) -> None:
        subprocess.run(["umount", "--lazy", str(small_disk)], capture_output=True)

    with pytest.raises(EnvironmentProblem, match="drive went away"):
        save(film, 1.0, 1.2, small_disk / "clip.mp4", tell=pull_out)
    assert os.listdir(small_disk) == []


def test_a_folder_that_is_gone_is_said_to_be(film: Path, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="There is no folder"):
        save(film, 1.0, 2.0, tmp_path / "gone" / "clip.mp4", program=program(tmp_path, "exit 0"))


def test_nothing_but_a_container_of_pictures_is_ever_read_by_ffmpeg(film: Path) -> None:
    facts = read_clip(str(film), 1.0, Limits())
    clip = Clip(str(film), 1.0, 2.0, film.with_name("new.mp4"), EXACT)
    has = ffmpeg.Program("ffmpeg", "7.0", frozenset({"libx264", "aac"}))
    line = build(clip, facts, has, "out")
    assert line[line.index("-protocol_whitelist") + 1] == "file"
    assert line[line.index("-format_whitelist") + 1] == line[line.index("-f") + 1] == "mov"
    assert "-nostdin" in line
    with pytest.raises(BadInput):
        build(clip, replace(facts, container="concat"), has, "out")


@pytest.mark.parametrize(
    ("encoders", "chosen"),
    [({"libx264"}, "libx264"), ({"libopenh264"}, "libopenh264"), (set(), "mpeg4")],
)
def test_an_exact_clip_takes_the_best_encoder_there_is(
    film: Path, encoders: set[str], chosen: str
) -> None:
    facts = read_clip(str(film), 1.0, Limits())
    clip = Clip(str(film), 1.0, 2.0, film.with_name("new.mp4"), EXACT)
    line = build(clip, facts, ffmpeg.Program("ffmpeg", "4.2", frozenset(encoders)), "out")
    assert line[line.index("-c:v") + 1] == chosen
    assert line[line.index("-vsync") + 1] == "vfr"  # what older programs call it


@pytest.mark.parametrize(
    ("release", "platform", "command"),
    [
        ('ID=ubuntu\nID_LIKE="debian"', "linux", "sudo apt install ffmpeg"),
        ("ID=manjaro\nID_LIKE=arch", "linux", "sudo pacman -S ffmpeg"),
        ('ID="opensuse-tumbleweed"', "linux", "sudo zypper install ffmpeg"),
        ("ID=own", "linux", "https://ffmpeg.org"),
        ("", "darwin", "brew install ffmpeg"),
        ("", "win32", "winget install"),
    ],
)
def test_where_there_is_no_ffmpeg_the_command_that_brings_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, release: str, platform: str, command: str
) -> None:
    (tmp_path / "os-release").write_text(release)
    assert command in ffmpeg.how_to_install(tmp_path / "os-release", platform)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EnvironmentProblem, match="needs the program ffmpeg"):
        ffmpeg.find()


def test_a_program_that_only_has_the_name_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, "echo something else")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EnvironmentProblem, match="does not work"):
        ffmpeg.find()


LONG = """
import shutil, sys
from pathlib import Path
from assetman.core.progress import CancelToken
from assetman.media.aside import appearing
from assetman.media.confined import confined
from assetman.media.ffmpeg_run import follow

target, film = Path(sys.argv[1]), sys.argv[2]
with appearing(target) as aside:
    line = [shutil.which("ffmpeg"), "-hide_banner", "-nostdin", "-re", "-stream_loop", "-1", "-i", film]
    line += ["-c", "copy", "-progress", "pipe:1", "-f", "matroska", "-y", aside.path]
    tell = lambda _: print("going", flush=True)
    follow(confined(line, film, aside.path), (aside.descriptor,), tell, CancelToken(), False)
"""


@needs_ffmpeg
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_a_killed_engine_takes_ffmpeg_and_what_it_wrote_with_it(film: Path, place: Path) -> None:
    command = [sys.executable, "-c", LONG, str(place / "clip.mkv"), str(film)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"going\n"
        (program,) = psutil.Process(process.pid).children()
        assert program.name() == "ffmpeg"
        process.kill()
    program.wait(30)
    assert os.listdir(place) == []


@needs_ffmpeg
def test_ffmpeg_can_open_no_other_file_of_the_persons(film: Path, tmp_path: Path) -> None:
    line = [ffmpeg.find().path, "-nostdin", "-i", str(film), "-t", "0.1", "-f", "null", "-"]
    if confined(line, str(film), os.devnull) == line:
        pytest.skip("this system offers no such confinement")
    own = subprocess.run(confined(line, str(film), os.devnull), capture_output=True)
    assert own.returncode == 0
    other = tmp_path / "other.mp4"
    other.touch()
    strange = subprocess.run(confined(line, str(other), os.devnull), capture_output=True)
    assert strange.returncode != 0
    assert b"Permission denied" in strange.stderr
