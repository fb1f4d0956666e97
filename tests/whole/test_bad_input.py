"""What goes wrong on a person's machine, met with the commands and the engine as they are.

Each is told in one clear sentence where the person looks for it, and the rest goes on.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from PIL import Image

from assetman.core.errors import EnvironmentProblem
from assetman.core.progress import Phase
from assetman.core.queries import Query
from assetman.engine.client import EngineClient, connect
from assetman.engine.endpoint import endpoints
from kit.pictures import paint
from kit.terminal import Run

pytestmark = pytest.mark.timeout(200)
Wait = Callable[[Callable[[], object]], None]

COLOURS = ("--model", "colours")
# A process of the superuser's for whom permissions hold.
MORTAL = (
    "setpriv",
    "--inh-caps=-dac_override,-dac_read_search",
    "--bounding-set=-dac_override,-dac_read_search",
)


def as_mortal() -> tuple[str, ...]:
    """Give what makes a command heed permissions, nothing for people who do anyway."""
    if not hasattr(os, "geteuid"):
        pytest.skip("permissions are another matter here")
    if os.geteuid() != 0:
        return ()
    if shutil.which("setpriv") is None:
        pytest.skip("the superuser may read everything here")
    return MORTAL


@contextmanager
def small_disk(place: Path, size: str) -> Iterator[Path]:
    """Lend a disk of a size, as `size` of tmpfs has it."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("only the superuser can mount a small disk")
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)])
    if made.returncode:
        pytest.skip("nothing can be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def remount(place: Path, option: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{option}", str(place)], check=True)


def huge_png(side: int = 30_000) -> bytes:
    """Make a PNG of 30,000 x 30,000 black pixels in 100 kB."""

    def chunk(name: bytes, data: bytes) -> bytes:
        whole = name + data
        return struct.pack(">I", len(data)) + whole + struct.pack(">I", zlib.crc32(whole))

    packer = zlib.compressobj(9)
    row = bytes(side // 8 + 1)
    rows = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def settled(client: EngineClient, run: int) -> bool:
    progress = client.progress()
    return progress.run >= run and progress.phase is Phase.IDLE


def test_torn_mislabelled_empty_and_huge_pictures_are_named_and_the_rest_is_found(
    assetman: Run, photos: Path
) -> None:
    Image.effect_noise((300, 200), 50).convert("RGB").save(photos / "torn.jpg")
    whole = (photos / "torn.jpg").read_bytes()
    (photos / "torn.jpg").write_bytes(whole[: len(whole) // 3])
    shutil.copy(photos / "blue.png", photos / "png inside.jpg")
    (photos / "words.jpg").write_text("no picture at all")
    (photos / "nothing.png").touch()
    (photos / "huge.png").write_bytes(huge_png())
    assert (photos / "huge.png").stat().st_size < 120_000
    why = {
        "torn.jpg": "The picture is cut off: the file ends before the picture does",
        "words.jpg": "This is not a picture Assetman can read",
        "nothing.png": "The file is empty",
        "huge.png": "The picture is 30,000 × 30,000 pixels, more than the 500 million allowed",
    }
    added = assetman("add", str(photos), *COLOURS, "--json")
    assert added.status == 1
    assert sorted(added.err.splitlines()) == sorted(
        f"assetman: {photos / name}: {reason}" for name, reason in why.items()
    )
    counts = added.json
    assert (counts["added"], counts["embedded"], counts["failed"]) == (8, 3, 4)
    listed = assetman("failures", "--json")
    assert {Path(each["path"]).name: each["message"] for each in listed.json} == why
    assert assetman("status", "--json").json["failed"] == 4
    found = assetman("search", "blue", "--limit", "2")
    assert {line.partition("/")[2] for line in found.lines} == {
        f"{photos}/{name}".lstrip("/") for name in ("blue.png", "png inside.jpg")
    }
    again = assetman("index")
    assert (again.status, again.err) == (0, ""), "known failures are not told with every run"
    asked = assetman("similar", str(photos / "words.jpg"))
    assert (asked.status, asked.err) == (1, f"assetman: words.jpg: {why['words.jpg']}\n")


def test_a_folder_without_permission_is_named_until_it_may_be_read(
    assetman: Run, photos: Path
) -> None:
    mortal = as_mortal()
    shut = paint(photos / "shut" / "yellow.png", "yellow").parent
    shut.chmod(0)
    sentence = "Assetman is not allowed to read it."
    try:
        added = assetman("add", str(photos), *COLOURS, before=mortal)
        assert (added.status, added.err) == (1, f"assetman: {shut}: {sentence}\n")
        alone = assetman("search", "red", "--in", str(photos), before=mortal)
        assert len(alone.lines) == 3
        photos.chmod(0)
        whole = assetman("index", before=mortal)
        assert (whole.status, whole.err) == (1, f"assetman: {photos}: {sentence}\n")
        assert len(assetman("search", "red", before=mortal).lines) == 3, "offline is no loss"
        inside = assetman("add", str(shut), before=mortal)
        assert inside.status == 3
        assert inside.err == f"assetman: The folder {shut} cannot be reached: Permission denied.\n"
    finally:
        photos.chmod(stat.S_IRWXU)
        shut.chmod(stat.S_IRWXU)
    assert assetman("index", before=mortal).status == 0
    assert assetman("failures").out == ""
    assert len(assetman("search", "yellow").lines) == 4


def test_a_file_that_vanishes_between_scan_and_decode_is_missing_and_no_failure_stays(
    library: Path, tmp_path: Path, wait_for: Wait
) -> None:
    for number in range(400):
        paint(tmp_path / "many" / f"{number}.png", "green", number)
    last = tmp_path / "many" / "0.png"
    os.utime(last, (1, 1))  # the newest come first
    with connect(library) as client:
        client.use_model("colours")
        root = client.add_root(str(tmp_path / "many"))
        run = client.index([root.id])
        wait_for(lambda: client.status().segments)
        client.pause()
        wait_for(lambda: client.progress().phase is Phase.PAUSED)
        assert client.status().segments < 400
        last.unlink()
        client.resume()
        wait_for(lambda: settled(client, run))
        # The engine follows the folder: whatever decoding said of it is over once it is missed.
        wait_for(lambda: client.status().missing == 1 and not client.failures())
        assert client.status().segments == 399


def test_a_drive_pulled_out_while_it_is_indexed_is_offline_and_goes_on_when_back(
    library: Path, tmp_path: Path, wait_for: Wait
) -> None:
    drive, away = tmp_path / "drive", tmp_path / "away"
    for number in range(400):
        paint(drive / f"{number}.png", "green", number)
    with connect(library) as client:
        client.use_model("colours")
        root = client.add_root(str(drive))
        run = client.index([root.id])
        wait_for(lambda: client.status().segments)
        drive.rename(away)
        wait_for(lambda: settled(client, run))
        status = client.status()
        assert (status.roots[0].online, status.failed, status.missing) == (False, 0, 0)
        assert status.segments < 400
        assert len(client.search(Query("green")).hits) == min(200, status.segments)
        away.rename(drive)
        run = client.index()
        wait_for(lambda: settled(client, run))
        status = client.status()
        assert (status.roots[0].online, status.failed, status.segments) == (True, 0, 400)


def test_names_with_newlines_dashes_and_bytes_of_no_alphabet_are_one_line_each(
    assetman: Run, tmp_path: Path
) -> None:
    odd = tmp_path / "odd"
    for number, name in enumerate((b"new\nline.png", b"-rf.png", b"--help.png", b"caf\xe9.png")):
        plain = paint(odd / "plain.png", "cyan", number)
        try:
            os.rename(plain, os.path.join(os.fsencode(odd), name))
        except OSError:  # a disk that has an alphabet
            plain.unlink()
    (odd / "-torn\n.jpg").write_bytes(b"\xff\xd8")
    count = len(os.listdir(odd)) - 1
    added = assetman("add", str(odd), *COLOURS)
    assert added.status == 1
    (line,) = added.err.splitlines()
    assert line.startswith(f"assetman: {odd}/-torn␊.jpg: ")
    found = assetman("search", "cyan")
    assert len(found.lines) == count
    assert any(line.endswith("/new␊line.png") for line in found.lines)
    answer = assetman("search", "cyan", "--json")
    assert len(answer.lines) == 1
    assert all(os.path.exists(hit["path"]) for hit in answer.json["hits"])
    similar = assetman("similar", "--json", "--", str(odd / "new\nline.png"))
    assert len(similar.json["hits"]) == count - 1


def test_a_folder_that_does_not_exist_is_said_before_anything_is_done(
    assetman: Run, photos: Path, tmp_path: Path
) -> None:
    nowhere = str(tmp_path / "nowhere")
    for argv in (("add", str(photos), nowhere, "--json"), ("search", "red", "--in", nowhere)):
        said = assetman(*argv)
        assert (said.status, said.out) == (3, "")
        assert said.err == f"assetman: The folder {nowhere} does not exist.\n"
    file = photos / "red.png"
    assert assetman("add", str(file)).err == f"assetman: The folder {file} is not a folder.\n"
    assert assetman("roots").out == ""


def test_a_library_on_a_full_disk_says_so_and_goes_on_when_there_is_room(
    library: Path, tmp_path: Path, assetman: Run
) -> None:
    for number in range(200):
        paint(tmp_path / "many" / f"{number}.png", "green", number)
    many = str(tmp_path / "many")
    with small_disk(library, "400k"):
        new = assetman("add", many, *COLOURS)
        assert (new.status, new.out) == (3, "")
        assert "full" in new.err
        with (library / "ballast").open("wb", buffering=0) as ballast, suppress(OSError):
            while True:
                ballast.write(bytes(4096))
        with pytest.raises(EnvironmentProblem, match="full"):
            connect(library)
    library.rmdir()
    with small_disk(library, "2700k"):
        filled = assetman("add", many, *COLOURS)
        assert filled.status == 3
        assert "full" in filled.err
        with (library / "ballast").open("wb", buffering=0) as ballast, suppress(OSError):
            while True:
                ballast.write(bytes(4096))
        before = assetman("status", "--json").json["segments"]
        assert 0 < before < 200
        assert len(assetman("search", "green", "--json").json["hits"]) == before
        again = assetman("index")
        assert (again.status, "full" in again.err) == (3, True)
        (library / "ballast").unlink()
        remount(library, "size=50m")
        assert assetman("index").status == 0
        assert assetman("status", "--json").json["segments"] == 200


def test_a_library_on_a_read_only_disk_answers_and_refuses_to_change(
    library: Path, tmp_path: Path, assetman: Run, photos: Path
) -> None:
    with small_disk(library, "50m"):
        assert assetman("add", str(photos), *COLOURS).status == 0
        remount(library, "ro")
        refusal = f"assetman: The library {library} cannot be changed: its disk is read-only.\n"
        assert assetman("search", "red", "--limit", "1").out.endswith("/red.png\n")
        assert assetman("status", "--json").json["read_only"]
        for argv in (("add", str(tmp_path)), ("index",), ("models", "use", "shades")):
            said = assetman(*argv)
            assert (said.status, said.out, said.err) == (3, "", refusal)
        with connect(library) as client:
            first = client.search(Query("blue")).hits[0]
            assert client.cards([first.asset_id])[0].asset.name == "blue.png"
        remount(library, "rw")


def test_two_windows_and_a_command_share_one_engine(
    library: Path, assetman: Run, photos: Path, tmp_path: Path, wait_for: Wait
) -> None:
    more = paint(tmp_path / "more" / "cyan.png", "cyan").parent
    with connect(library) as first, connect(library) as second:
        first.use_model("colours")
        root = first.add_root(str(photos))
        run = first.index([root.id])
        wait_for(lambda: settled(second, run))
        assert second.status().segments == 3
        assert len({endpoint.pid for endpoint in endpoints(library)}) == 1
        added = assetman("add", str(more), "--json")
        assert (added.status, added.json["embedded"]) == (0, 1)
        assert [len(each.search(Query("cyan", fold=False)).hits) for each in (first, second)] == [
            4,
            4,
        ]
        second.remove_root(root.id)
        assert first.status().assets == {"image": 1}


def test_two_commands_at_once_both_end_well(
    library: Path, assetman: Run, photos: Path, tmp_path: Path
) -> None:
    assert assetman("models", "use", "colours").status == 0
    for number in range(60):
        paint(tmp_path / "many" / f"{number}.png", "green", number)
    line = [sys.executable, "-m", "assetman", "--library", str(library), "add", "--json"]
    both = [
        subprocess.Popen([*line, str(folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for folder in (tmp_path / "many", photos)
    ]
    for process in both:
        out, err = process.communicate(timeout=100)
        assert (process.returncode, err) == (0, b"")
        assert json.loads(out)["failed"] == 0
    assert assetman("status", "--json").json["assets"] == {"image": 63}


def test_an_unknown_model_is_wrong_use_and_changes_nothing(assetman: Run, photos: Path) -> None:
    assert assetman("add", str(photos), *COLOURS).status == 0
    for argv in (("add", str(photos), "--model", "nonsense"), ("models", "use", "nonsense")):
        said = assetman(*argv)
        assert (said.status, said.out) == (2, "")
        assert said.err.startswith("assetman: There is no model called “nonsense”. There are: ")
        assert "colours" in said.err
    assert assetman("status", "--json").json["model"] == "colours"


def test_a_checkpoint_that_is_not_weights_is_refused_and_never_run(
    assetman: Run, tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    evil = tmp_path / "evil.pt"
    evil.write_text(f"cos\nsystem\n(S'touch {ran}'\ntR.")
    said = assetman("models", "add", "ViT-B-32", str(evil))
    assert (said.status, said.out) == (1, "")
    assert said.err.startswith("assetman: evil.pt is not a ")
    assert not ran.exists()
    names = {row["name"] for row in assetman("models", "--json").json}
    assert "starter" in names
    assert "evil" not in names


def test_bad_lines_cost_only_themselves(assetman: Run, photos: Path) -> None:
    assert assetman("add", str(photos), *COLOURS).status == 0
    said = assetman("search", "-", "--json", "--limit", "1", typed="red\n\ncaf\udce9\nblue\n")
    answers = [json.loads(line) for line in said.lines]
    assert said.status == 0
    assert ["error" in answer for answer in answers] == [False, True, True, False]
    best = [Path(answer["hits"][0]["path"]).name for answer in answers if "hits" in answer]
    assert best == ["red.png", "blue.png"]


def test_a_command_whose_engine_ends_under_it_goes_on_with_its_own(
    library: Path, assetman: Run, photos: Path, wait_for: Wait
) -> None:
    assert assetman("add", str(photos), *COLOURS).status == 0
    line = [sys.executable, "-m", "assetman", "--library", str(library), "search", "-", "--json"]
    pipe = subprocess.PIPE
    with (
        subprocess.Popen(line, stdin=pipe, stdout=pipe, stderr=pipe) as first,
        subprocess.Popen(line, stdin=pipe, stdout=pipe, stderr=pipe) as second,
    ):
        for question in (b"red\n", b"blue\n"):
            for command in (first, second):
                if command.poll() is not None:
                    continue
                assert command.stdin is not None
                assert command.stdout is not None
                command.stdin.write(question)
                command.stdin.flush()
                answer = json.loads(command.stdout.readline())
                assert Path(answer["hits"][0]["path"]).stem == question.decode().strip()
            (endpoint,) = endpoints(library)
            host = next(each for each in (first, second) if each.pid == endpoint.pid)
            assert host.stdin is not None
            host.stdin.close()
            assert host.wait(60) == 0
        for command in (first, second):
            assert command.wait(60) == 0
            assert command.stderr is not None
            assert command.stderr.read() == b""
