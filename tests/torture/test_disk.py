"""Disks that are full or give errors: a clear sentence, no hang, and a whole library afterwards.

`pytest tests/torture/test_disk.py --dose 25` lets a hundred and more runs fail.
"""

from __future__ import annotations

import errno
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kit.ordeal import Holding, assetman, holding, kill_engines_of, paint_many, paths_of_python

LIBRARIES = 1  # at dose 1
PICTURES = 40
DONE, SOME_FAILED, ENVIRONMENT = 0, 1, 3

pytestmark = [
    pytest.mark.timeout(3600),
    pytest.mark.skipif(sys.platform != "linux", reason="this strikes the calls of Linux"),
]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("disk")


@pytest.fixture(scope="module", autouse=True)
def quick_models(place: Path) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", paths_of_python(place / "site"))
        yield


@pytest.fixture(autouse=True)
def no_engine_stays(tmp_path: Path) -> Iterator[None]:
    yield
    kill_engines_of(tmp_path)


@pytest.fixture(scope="module")
def pictures(place: Path) -> Path:
    return paint_many(place / "pictures", PICTURES)


def add(
    library: Path, pictures: Path, env: dict[str, str] | None = None, before: tuple[str, ...] = ()
) -> tuple[int, str]:
    """Bring a library up to date; it ends by itself, and with a sentence if it ends badly."""
    done = assetman(library, "add", str(pictures), "--model", "colours", env=env, before=before)
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode in (DONE, SOME_FAILED, ENVIRONMENT), (done.returncode, done.stderr)
    if done.returncode == ENVIRONMENT:
        last = done.stderr.strip().splitlines()[-1]
        assert last.startswith("assetman: "), done.stderr
        assert len(last.split()) > 4, last
    return done.returncode, done.stderr


@pytest.fixture(scope="module")
def undisturbed(place: Path, pictures: Path) -> Holding:
    assert add(place / "calm", pictures)[0] == SOME_FAILED  # the torn one
    return holding(place / "calm")


@pytest.fixture(scope="module")
def failing_disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What stands between a program and the disk, compiled."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("there is no compiler here")
    made = tmp_path_factory.mktemp("shim") / "failing_disk.so"
    source = Path(__file__).with_name("failing_disk.c")
    built = subprocess.run(
        [compiler, "-shared", "-fPIC", "-O1", "-o", made, source, "-ldl"], capture_output=True
    )
    if built.returncode:
        pytest.skip(f"the compiler does not make it: {built.stderr.decode()[-300:]}")
    return made


def test_calls_that_fail_at_random_are_told_and_lose_nothing(
    pictures: Path,
    undisturbed: Holding,
    failing_disk: Path,
    tmp_path: Path,
    dose: float,
    seed: int,
) -> None:
    chance = random.Random(seed)
    ended: dict[int, int] = {}
    for run in range(max(1, round(LIBRARIES * dose))):
        library = tmp_path / f"library {run}"
        for number in range(2):
            calls = chance.choice(("r", "w", "w", "s", "o", "rwso"))
            trouble = {
                "LD_PRELOAD": str(failing_disk),
                "FAILING_WORD": str(library / chance.choice(("library.sqlite", "", "vectors"))),
                "FAILING_CALLS": calls,
                "FAILING_ERROR": str(errno.ENOSPC if calls == "w" else errno.EIO),
                "FAILING_ONE_IN": str(chance.choice((3, 30, 300))),
                "FAILING_AFTER": str(chance.choice((0, 50, 500))),
                "FAILING_SEED": str(chance.randrange(1 << 30)),
            }
            print(run, number, trouble)
            status, said = add(library, pictures, trouble)
            print(status, said)
            ended[status] = ended.get(status, 0) + 1
        status, said = add(library, pictures)
        assert holding(library) == undisturbed, said
        shutil.rmtree(library)
    print(f"runs by exit status: {ended}")


def test_a_disk_that_fills_at_any_point_is_told_and_loses_nothing(
    pictures: Path, undisturbed: Holding, tmp_path: Path, dose: float, seed: int
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only the superuser can mount a small disk")
    chance, disk = random.Random(seed), tmp_path / "disk"
    disk.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)])
    if made.returncode:
        pytest.skip("nothing can be mounted here")
    told = 0
    try:
        for _ in range(max(1, round(LIBRARIES * dose / 2))):
            library = disk / "library"
            for size in (chance.randrange(300, 1200), chance.randrange(1200, 2000)):
                subprocess.run(["mount", "-o", f"remount,size={size}k", str(disk)], check=True)
                status, said = add(library, pictures)
                if status == ENVIRONMENT:
                    told += 1
                    assert "full" in said or "space" in said, said
            subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
            add(library, pictures)
            assert holding(library) == undisturbed
            shutil.rmtree(library)
        assert told
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_files_that_may_not_grow_are_told_and_lose_nothing(
    pictures: Path, undisturbed: Holding, tmp_path: Path, dose: float, seed: int
) -> None:
    prlimit = shutil.which("prlimit")
    if prlimit is None:
        pytest.skip("there is no prlimit here")
    chance, told = random.Random(seed), 0
    for run in range(max(1, round(LIBRARIES * dose / 2))):
        library = tmp_path / f"library {run}"
        for _ in range(2):
            size = chance.randrange(20_000, 700_000)
            status, _ = add(library, pictures, before=(prlimit, f"--fsize={size}"))
            told += status == ENVIRONMENT
        add(library, pictures)
        assert holding(library) == undisturbed
    assert told
