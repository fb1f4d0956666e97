"""A decode process may decode, and next to nothing else."""

from __future__ import annotations

import json
import os
import pickle
import resource
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from assetman.core.errors import BadInput
from assetman.core.inputs import Fit, InputSpec
from assetman.media.decoding import Failed, Ready, understood
from assetman.media.files import open_ordinary
from assetman.media.handler import Limits
from assetman.media.image import ImageHandler
from assetman.media.lending import opened_within
from assetman.media.workers import DecodePool, rights

from .conftest import TINY_HEIC, quarters, write_dng

SQUARE = InputSpec(32, Fit.SQUASH)
PATIENCE = 60.0  # seconds
ENDINGS = "jpg png webp gif tif bmp jp2 avif tga ppm qoi ico icns dds pcx sgi"

# Says of everything that is tried whether it could be done, on the pipe it was given.
TRIES = """
import ctypes, json, os, socket, subprocess, sys, threading

tell, secret, place = int(sys.argv[1]), sys.argv[2], sys.argv[3]
PTRACE = 101 if os.uname().machine == "x86_64" else 117
half_open = os.open(place + "/written", os.O_RDWR | os.O_CREAT)
from assetman.media.process_limits import allow_seconds, confine
held = confine(1 << 30, os.getppid())
allow_seconds(10)
kernel = ctypes.CDLL(None, use_errno=True)

def ask(*arguments):
    if kernel.syscall(*arguments) < 0:
        raise OSError(ctypes.get_errno(), "refused")

def clone():
    if os.fork() == 0:
        os._exit(0)

TRIED = {
    "a socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
    "a local socket": lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM),
    "a name looked up": lambda: socket.getaddrinfo("example.invalid", 80) and ask(-1),
    "a program": lambda: subprocess.run(["/bin/true"]),
    "another program": lambda: os.execv("/bin/true", ["true"]),
    "a process": clone,
    "a signal": lambda: os.kill(os.getppid(), 0),
    "a look into its parent": lambda: ask(PTRACE, 16, os.getppid(), 0, 0),
    "a file of the person's": lambda: open(secret).read(),
    "the same by another way": lambda: open("/proc/self/root" + secret).read(),
    "a look into a folder": lambda: os.listdir(place),
    "a new file": lambda: open(place + "/new", "w"),
    "a file written to": lambda: open(secret, "r+"),
    "a file added to": lambda: open(secret, "a"),
    "a file deleted": lambda: os.unlink(secret),
    "a file renamed": lambda: os.rename(secret, secret + "2"),
    "a file linked": lambda: os.symlink(secret, place + "/link"),
    "a file cut": lambda: os.truncate(secret, 0),
    "a file touched": lambda: os.utime(secret),
    "a file's mode": lambda: os.chmod(secret, 0),
    "a folder": lambda: os.mkdir(place + "/folder"),
    "a block nobody gave": lambda: os.open("/dev/shm/mine", os.O_RDWR | os.O_CREAT),
    "more rights": lambda: os.setuid(0) if os.getuid() else ask(-1),
    "*a thread": lambda: threading.Thread(target=int).start(),
    "*a file given open": lambda: os.write(half_open, b"x") and os.ftruncate(half_open, 0),
    "*numbers": lambda: __import__("numpy").ones((300, 300)) @ __import__("numpy").ones((300, 300)),
}
done = []
for name, attempt in TRIED.items():
    try:
        attempt()
        done.append(name)
    except (OSError, subprocess.SubprocessError):
        pass
os.write(tell, json.dumps([list(held), done]).encode())
"""


@pytest.fixture
def pool() -> Iterator[DecodePool]:
    made = DecodePool(1, Limits(seconds=30), 48)
    yield made
    made.close()


@pytest.mark.skipif(sys.platform != "linux", reason="another system has other rights")
def test_a_decode_process_can_do_nothing_but_decode(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("mine")
    (tmp_path / "place").mkdir()
    (tmp_path / "tries.py").write_text(TRIES)
    ours, theirs = os.pipe()
    with os.fdopen(ours, "rb") as answer:
        done = subprocess.run(
            [sys.executable, str(tmp_path / "tries.py"), str(theirs), str(secret), str(tmp_path)],
            env={**os.environ, "PYTHONPATH": os.getcwd()},
            pass_fds=[theirs],
            timeout=PATIENCE,
        )
        os.close(theirs)
        assert done.returncode == 0
        held, could = json.loads(answer.read())
    if "No network, no other programs, no changes to files" not in held:
        pytest.skip("this kernel filters no calls")
    if "No other file of yours can be opened" not in held:  # a kernel without Landlock
        reading = ("a file of the person's", "the same by another way", "a look into a folder")
        could = [name for name in could if name not in reading]
    assert could == ["*a thread", "*a file given open", "*numbers"]
    assert secret.read_text() == "mine"


@pytest.mark.skipif(sys.platform != "linux", reason="another system has other rights")
def test_every_decoder_works_without_rights(
    pool: DecodePool, save: Callable[..., str], tmp_path: Path
) -> None:
    text = '<text y="9" font-family="sans-serif" font-size="9">Abc</text>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20">{text}</svg>'
    (tmp_path / "a.svg").write_text(svg)
    (tmp_path / "a.heic").write_bytes(TINY_HEIC)
    paths = [str(tmp_path / "a.svg"), str(tmp_path / "a.heic"), str(write_dng(tmp_path / "a.dng"))]
    paths += [save(quarters(), f"a.{ending}") for ending in ENDINGS.split()]
    handler = ImageHandler()
    for path in paths:
        alone = handler.extract(path, [SQUARE], tmp_path / "alone.webp", 48, Limits())
        found = pool.extract(path, [SQUARE], tmp_path / "confined.webp").result(PATIENCE)
        assert found.probe == alone.probe, path
        np.testing.assert_array_equal(found.inputs[SQUARE], alone.inputs[SQUARE], path)
        written = (tmp_path / "confined.webp").read_bytes()
        assert written == (tmp_path / "alone.webp").read_bytes(), path


@pytest.mark.skipif(sys.platform != "linux", reason="looks at another process's limits")
def test_a_decode_process_has_limits(pool: DecodePool, save: Callable[..., str]) -> None:
    pool.extract(save(quarters(), "a.png"), [SQUARE], None).result(PATIENCE)
    (worker,) = [
        each
        for each in psutil.Process().children()
        if "resource_tracker" not in " ".join(each.cmdline())
    ]
    limits = {
        name: resource.prlimit(worker.pid, getattr(resource, f"RLIMIT_{name}"))[0]
        for name in ("CORE", "FSIZE", "DATA", "CPU", "NOFILE")
    }
    assert limits["CORE"] == 0
    assert 60 <= limits["CPU"] < 100
    assert limits["DATA"] == Limits().memory
    assert all(0 <= limit < 1 << 40 for limit in limits.values())
    status = Path(f"/proc/{worker.pid}/status").read_text()
    assert "NoNewPrivs:\t1" in status


def test_what_is_kept_from_decoders_can_be_told() -> None:
    said = rights()
    assert all(sentence[0].isupper() for sentence in said)
    if sys.platform in ("linux", "win32"):
        assert "Memory is limited" in said


@pytest.mark.skipif(sys.platform == "win32", reason="files are not lent there")
def test_a_file_renamed_while_it_waits_is_no_longer_there(
    pool: DecodePool, save: Callable[..., str]
) -> None:
    path = save(Image.new("RGB", (9, 9)), "a.png")
    os.rename(path, path + ".away")
    failure = pool.extract(path, [SQUARE], None).exception(PATIENCE)
    assert str(failure) == "The file is no longer there"


class Evil:
    """What a decoder might send that a file has taken over."""

    def __reduce__(self) -> tuple[object, ...]:
        return os.system, ("touch escaped",)


@pytest.mark.parametrize("message", [Evil(), Failed("bug", Evil()), "hello", [Ready(())]])  # type: ignore[arg-type]
def test_a_decoder_cannot_have_its_parent_do_anything(
    message: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="not a message"):
        understood(pickle.dumps(message))
    assert not os.listdir(tmp_path)
    assert understood(pickle.dumps(Ready(("a",)))) == Ready(("a",))


def test_a_file_that_cannot_be_opened_in_time_is_let_go(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    drive_is_back, opened = threading.Event(), []

    def slow(path: str) -> int:
        drive_is_back.wait(PATIENCE)
        descriptor = open_ordinary(path)
        opened.append(descriptor)
        return descriptor

    with opened_within(str(tmp_path / "a"), 0.05, lambda: False, slow) as file:
        assert file is None
    with opened_within(str(tmp_path / "a"), PATIENCE, lambda: True, slow) as file:
        assert file is None
    drive_is_back.set()
    for thread in threading.enumerate():
        if thread.name == "open":
            thread.join(PATIENCE)
    assert len(opened) == 2
    for descriptor in opened:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(descriptor)


def test_a_file_that_can_be_opened_is_closed_afterwards(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    with opened_within(str(tmp_path / "a"), PATIENCE, lambda: False) as file:
        assert file is not None
        assert os.read(file, 9) == b"a"
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(file)
    with (
        pytest.raises(BadInput, match="no longer there"),
        opened_within(str(tmp_path / "b"), PATIENCE, lambda: False),
    ):
        pass
