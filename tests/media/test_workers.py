"""A bad file costs that file, and nothing that decodes outlives its owner."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from assetman.core.assets import Box
from assetman.core.errors import BadInput, EnvironmentProblem
from assetman.core.inputs import Excerpt, Fit, InputSpec
from assetman.media.handler import Limits
from assetman.media.image import ImageHandler
from assetman.media.workers import DecodePool

from .conftest import BLUE, GREEN, RED, YELLOW, assert_corners, quarters

SQUARE = InputSpec(32, Fit.SQUASH)
SMALL = InputSpec(24)
PATIENCE = 60.0  # seconds until a test gives up on what should come

Pools = Callable[..., DecodePool]


@pytest.fixture
def pools() -> Iterator[Pools]:
    made: list[DecodePool] = []

    def make(workers: int = 1, **limits: float) -> DecodePool:
        made.append(DecodePool(workers, Limits(**limits), 48))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for pool in made:
        pool.close()


@pytest.fixture
def good(save: Callable[..., str]) -> str:
    return save(quarters(), "good.png")


@pytest.fixture
def slow(tmp_path: Path) -> str:
    """A small file that takes far longer to draw than anybody waits."""
    blur = '<filter id="b" x="-9" y="-9" width="19" height="19">'
    blur += '<feTurbulence numOctaves="500" baseFrequency="0.1"/>' * 50 + "</filter>"
    path = tmp_path / "slow.svg"
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{blur}'
        '<rect width="9" height="9" filter="url(#b)"/></svg>'
    )
    return str(path)


def children() -> set[int]:
    """The decode processes of this test."""
    found = set()
    for process in psutil.Process().children(recursive=True):
        if "resource_tracker" not in " ".join(process.cmdline()):
            found.add(process.pid)
    return found


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.01)


def why(future: Future[object]) -> str:
    failure = future.exception(PATIENCE)
    assert isinstance(failure, BadInput), failure
    return str(failure)


def test_pixels_come_back_as_they_were_decoded(pools: Pools, good: str, tmp_path: Path) -> None:
    small = tmp_path / "cache" / "a.webp"
    found = pools().extract(good, [SQUARE, SMALL], small).result(PATIENCE)
    alone = ImageHandler().extract(good, [SQUARE, SMALL], tmp_path / "b.webp", 48, Limits())
    assert (found.probe, found.segments) == (alone.probe, alone.segments)
    assert list(found.inputs) == [SQUARE, SMALL]
    for spec, pixels in alone.inputs.items():
        np.testing.assert_array_equal(found.inputs[spec], pixels)
    with Image.open(small) as picture:
        assert_corners(picture, RED, GREEN, BLUE, YELLOW)


def test_many_files_are_decoded_side_by_side_and_stay_apart(
    pools: Pools, save: Callable[..., str], tmp_path: Path
) -> None:
    pool = pools(2)
    futures = []
    for shade in range(60):
        path = save(Image.new("L", (20 + shade, 20), shade * 4), f"{shade}.png")
        specs = [InputSpec(16 + shade % 7), SMALL][: 1 + shade % 2]
        futures.append(pool.extract(path, specs, tmp_path / "small" / f"{shade}.webp"))
    for shade, future in enumerate(futures):
        found = future.result(PATIENCE)
        assert found.probe.width == 20 + shade
        for pixels in found.inputs.values():
            assert (pixels == shade * 4).all()
    assert len(children()) == 2
    assert len(list((tmp_path / "small").iterdir())) == 60


def test_a_preview_is_written(pools: Pools, good: str, tmp_path: Path) -> None:
    assert pools().preview(good, 48, tmp_path / "seen").result(PATIENCE) == (48, 32)
    with Image.open(tmp_path / "seen") as seen:
        assert seen.format == "JPEG"


def test_a_rectangle_and_a_file_without_an_ending_can_be_asked_about(
    pools: Pools, tmp_path: Path
) -> None:
    quarters().save(tmp_path / "dropped", "PNG")
    future = pools().extract(
        str(tmp_path / "dropped"), [SQUARE], None, Excerpt(Box(0, 0.5, 0.5, 0.5))
    )
    assert_corners(future.result(PATIENCE).inputs[SQUARE][0], *[BLUE] * 4)


def test_a_sidecar_is_read_where_files_are_decoded(pools: Pools, tmp_path: Path) -> None:
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/" xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<r:Description xmlns:p="http://ns.adobe.com/photoshop/1.0/" p:Headline="Red kite"/>'
        "</x:xmpmeta>"
    )
    good, bad = tmp_path / "a.xmp", tmp_path / "b.XMP"
    good.write_text(packet)
    bad.write_bytes(packet.encode()[:90])
    pool = pools()
    assert [each.text for each in pool.describe(str(good)).result(PATIENCE)] == ["Red kite"]
    with pytest.raises(BadInput, match="damaged"):
        pool.describe(str(bad)).result(PATIENCE)


def test_nothing_is_started_before_there_is_work(pools: Pools) -> None:
    pools(2)
    assert not children()


def test_a_bad_file_fails_alone(pools: Pools, good: str, tmp_path: Path) -> None:
    pool = pools()
    (tmp_path / "bad.jpg").write_bytes(b"")
    bad = pool.extract(str(tmp_path / "bad.jpg"), [SQUARE], None)
    gone = pool.extract(str(tmp_path / "gone.jpg"), [SQUARE], None)
    assert why(bad) == "The file is empty"
    assert why(gone) == "The file is no longer there"
    assert pool.extract(good, [SQUARE], None).result(PATIENCE).inputs


def test_a_thumbnail_that_cannot_be_written_is_no_fault_of_the_file(
    pools: Pools, good: str, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    future = pools().extract(good, [SQUARE], tmp_path / "file" / "a.webp")
    assert isinstance(future.exception(PATIENCE), EnvironmentProblem)


def test_a_file_that_takes_too_long_is_given_up(pools: Pools, slow: str, good: str) -> None:
    pool = pools(seconds=0.5)
    assert why(pool.extract(slow, [SQUARE], None)) == (
        "Reading the file took longer than the 0.5 seconds allowed"
    )
    assert pool.extract(good, [SQUARE], None).result(PATIENCE).inputs


def test_a_file_that_takes_too_much_memory_is_given_up(
    pools: Pools, good: str, save: Callable[..., str]
) -> None:
    pool = pools(memory=256 << 20)
    wide = save(Image.new("RGB", (12_000, 12_000)), "wide.png", compress_level=1)
    assert why(pool.extract(wide, [SQUARE], None)) == (
        "Reading the file takes more than the 256 MB of memory allowed"
    )
    assert pool.extract(good, [SQUARE], None).result(PATIENCE).inputs


def test_a_decoder_that_crashes_costs_one_file(pools: Pools, good: str, tmp_path: Path) -> None:
    # resvg ends its process where it gets no memory
    pool = pools(memory=256 << 20)
    (tmp_path / "a.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
    )
    huge = pool.extract(str(tmp_path / "a.svg"), [InputSpec(8000)], None)
    assert why(huge) == "The decoder crashed on this file"
    assert pool.extract(good, [SQUARE], None).result(PATIENCE).inputs


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (signal.SIGSEGV, "The decoder crashed on this file"),
        (signal.SIGKILL, "The system stopped the decoder: too little memory is free"),
        (signal.SIGXCPU, "Reading the file took longer than the 60 seconds allowed"),
    ],
)
def test_a_process_that_dies_at_work_is_replaced(
    pools: Pools, slow: str, good: str, number: signal.Signals, words: str
) -> None:
    pool = pools()
    future = pool.extract(slow, [SQUARE], None)
    until(lambda: any(_busy(pid) for pid in children()))
    (dead,) = children()
    os.kill(dead, number)
    assert why(future) == words
    assert pool.extract(good, [SQUARE], None).result(PATIENCE).inputs
    assert dead not in children()


def test_a_file_is_not_blamed_for_a_process_that_died_before(pools: Pools, good: str) -> None:
    pool = pools()
    assert pool.extract(good, [SQUARE], None).result(PATIENCE).inputs
    (idle,) = children()
    os.kill(idle, signal.SIGKILL)
    assert pool.extract(good, [SQUARE], None).result(PATIENCE).inputs


def test_a_file_is_not_blamed_for_a_kill_that_came_too_late_for_the_one_before(
    pools: Pools, good: str
) -> None:
    pool = pools()
    pool.extract(good, [SQUARE], None).result(PATIENCE)
    for _ in range(10):
        worker = pool._lanes[0]._worker
        assert worker is not None
        worker.kill()  # as cancelling does in the moment in which the answer comes
        assert pool.extract(good, [SQUARE], None).result(PATIENCE).inputs


def _busy(pid: int) -> bool:
    try:
        return sum(psutil.Process(pid).cpu_times()[:2]) > 1.0
    except psutil.Error:
        return False


def test_cancelling_stops_the_decoder_at_once(pools: Pools, slow: str, good: str) -> None:
    pool = pools()
    future = pool.extract(slow, [SQUARE], None)
    until(lambda: any(_busy(pid) for pid in children()))
    (busy,) = children()
    assert future.cancel()
    assert pool.extract(good, [SQUARE], None).result(PATIENCE).inputs
    assert busy not in children()


def test_a_cancelled_file_that_waits_is_never_begun(
    pools: Pools, good: str, tmp_path: Path
) -> None:
    pool = pools()
    futures = [pool.extract(good, [SQUARE], tmp_path / f"{number}.webp") for number in range(5)]
    assert futures[-1].cancel()
    done, waiting = wait(futures, PATIENCE)
    assert not waiting
    assert len(done) == 5
    assert not (tmp_path / "4.webp").exists()


def test_what_a_person_waits_for_goes_first(
    pools: Pools, slow: str, good: str, tmp_path: Path
) -> None:
    pool = pools()
    filling = [pool.extract(slow, [SQUARE], tmp_path / f"{number}.webp") for number in range(3)]
    assert pool.preview(good, 48, tmp_path / "seen").result(PATIENCE) == (48, 32)
    assert pool.extract(good, [SQUARE], None).result(PATIENCE).inputs
    assert not any(future.done() for future in filling)


def test_closing_ends_everything_at_once(
    pools: Pools, slow: str, good: str, tmp_path: Path
) -> None:
    pool = pools(2)
    pool.extract(good, [SQUARE], None).result(PATIENCE)
    futures = [pool.extract(slow, [SQUARE], tmp_path / f"{number}.webp") for number in range(6)]
    until(lambda: any(_busy(pid) for pid in children()))
    assert _shared_blocks()
    pool.close()
    assert all(future.cancelled() for future in futures)
    assert not wait(futures, PATIENCE).not_done
    assert not children()
    assert not _shared_blocks()
    pool.close()
    with pytest.raises(RuntimeError, match="closed"):
        pool.extract(good, [SQUARE], None)


def _shared_blocks() -> set[str]:
    """Name the blocks of memory this process shares with its decoders."""
    maps = Path("/proc/self/maps").read_text().splitlines()
    return {line.split()[4] for line in maps if "/memfd:assetman pixels" in line}


def test_workers_do_not_answer_to_ctrl_c(pools: Pools, good: str) -> None:
    pool = pools()
    pool.extract(good, [SQUARE], None).result(PATIENCE)
    before = children()
    for pid in before:
        os.kill(pid, signal.SIGINT)
    assert pool.extract(good, [SQUARE], None).result(PATIENCE).inputs
    assert children() == before


PARENT = """
import sys, time
from assetman.core.inputs import Excerpt, InputSpec
from assetman.media.handler import Limits
from assetman.media.workers import DecodePool

if __name__ == "__main__":
    good, slow = sys.argv[1:]
    pool = DecodePool(2, Limits(), 48)
    print(pool.extract(good, [InputSpec(32)], None).result().probe.width, flush=True)
    pool.extract(slow, [InputSpec(32)], None)
    time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="counts processes through /proc")
def test_killing_the_parent_leaves_no_worker(slow: str, good: str, tmp_path: Path) -> None:
    (tmp_path / "parent.py").write_text(PARENT)
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    with subprocess.Popen(
        [sys.executable, "-W", "error", str(tmp_path / "parent.py"), good, slow],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        text=True,
    ) as parent:
        try:
            assert parent.stdout is not None
            assert parent.stdout.readline() == "96\n"
            until(lambda: any(_busy(each.pid) for each in psutil.Process(parent.pid).children()))
            family = psutil.Process(parent.pid).children(recursive=True)
            assert len(family) >= 2
        finally:
            parent.kill()
        # what holds its output open is not gone
        _, said = parent.communicate(timeout=PATIENCE)
    until(lambda: not any(each.is_running() for each in family))
    assert "Traceback" not in said


def test_a_program_that_ends_without_closing_says_nothing(good: str, tmp_path: Path) -> None:
    code = PARENT.replace("time.sleep(600)", "print('done')")
    (tmp_path / "parent.py").write_text(code)
    done = subprocess.run(
        [sys.executable, "-W", "error", str(tmp_path / "parent.py"), good, good],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
        timeout=PATIENCE,
        check=True,
    )
    assert done.stdout == "96\ndone\n"
    assert done.stderr == ""
