"""What guards every test: nothing is logged unasked, nothing stays behind, nothing leaves home."""

from __future__ import annotations

import atexit
import contextlib
import logging
import multiprocessing
import os
import re
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TypeVar

HOME = Path(tempfile.mkdtemp(prefix="am-"))  # short: socket paths have a limit
MARK = f"ASSETMAN_TEST_RUN={os.getpid()}.{time.time_ns()}"


def _prepare_environment() -> None:
    """Send every folder of the app's own, and of its libraries, to a place that goes away."""
    atexit.register(shutil.rmtree, HOME, ignore_errors=True)
    for name in ("DATA", "CONFIG", "CACHE", "STATE"):
        os.environ[f"XDG_{name}_HOME"] = str(HOME / name.lower())
    runtime = HOME / "runtime"
    runtime.mkdir(mode=0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["HF_HOME"] = str(HOME / "huggingface")
    os.environ.pop("ASSETMAN_LIBRARY", None)
    name, value = MARK.split("=")
    os.environ[name] = value


_prepare_environment()  # before Qt or a model library is imported and reads any of it

import hypothesis  # noqa: E402
import psutil  # noqa: E402
import pytest  # noqa: E402

# Slow or loaded machines are no reason to fail: properties are about answers, not about time.
hypothesis.settings.register_profile(
    "house",
    deadline=None,
    max_examples=50,
    derandomize="CI" in os.environ,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("house")

GRACE = 5.0  # seconds that threads and children have to end after a test
# Threads that a library keeps for the life of the process, by the name of their class.
LASTING_THREADS = frozenset({"TMonitor", "_DummyThread"})


STATUS = pytest.StashKey[int]()

Stray = TypeVar("Stray", threading.Thread, psutil.Process)
Look = Callable[[], set[psutil.Process]]


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("torture")
    group.addoption("--dose", type=float, default=1.0, help="how many times the usual torture")
    group.addoption("--seed", type=int, default=1, help="from which its moments are drawn")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "logs(pattern): what the test may log as a warning or worse")
    if config.getoption("--dose") > 1:  # a large one may take all night
        config.option.timeout = 0
        config.option.session_timeout = float("inf")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    session.config.stash[STATUS] = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """End at once, with the status of the tests.

    One process holds Qt with FFmpeg, PyAV with another FFmpeg, torch and CTranslate2: the order in
    which an interpreter lets go of them all has once ended in a crash after the last test.
    """
    status = config.stash.get(STATUS, None)
    if status is None:  # no test was meant to run
        return
    config.get_terminal_writer().flush()
    sys.stdout.flush()
    sys.stderr.flush()
    shutil.rmtree(HOME, ignore_errors=True)
    os._exit(status)


class _Listener(logging.Handler):
    """Keeps what was logged as a warning or worse."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname} {record.name}: {record.getMessage()}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a test that logs a warning or worse and does not say so with `@pytest.mark.logs`."""
    listener = _Listener()
    logging.getLogger().addHandler(listener)
    try:
        result = yield
    finally:
        logging.getLogger().removeHandler(listener)
    allowed = [str(mark.args[0]) for mark in item.iter_markers("logs")]
    unasked = [
        line for line in listener.lines if not any(re.search(pattern, line) for pattern in allowed)
    ]
    if unasked:
        pytest.fail("logged, and not expected:\n" + "\n".join(unasked), pytrace=False)
    return result


def _threads() -> set[threading.Thread]:
    return {
        thread for thread in threading.enumerate() if type(thread).__name__ not in LASTING_THREADS
    }


def _children() -> set[psutil.Process]:
    multiprocessing.active_children()  # reaps those that have ended
    return set(filter(_is_ours, psutil.Process().children(recursive=True)))


def _marked() -> set[psutil.Process]:
    """Find what this run started, even what is no longer below it."""
    name, value = MARK.split("=")
    found = set()
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get(name) == value:
                found.add(process)
        except (psutil.Error, OSError):
            continue
    return set(filter(_is_ours, found))


def _is_ours(process: psutil.Process) -> bool:
    """Leave out the dead, and Python's own tracker of shared memory, which lives as long as we."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE and not any(
            "multiprocessing.resource_tracker" in part for part in process.cmdline()
        )
    except psutil.Error:
        return False


def _lasting(look: Callable[[], set[Stray]]) -> set[Stray]:
    """Give what is still there after a time of grace."""
    deadline = time.monotonic() + GRACE
    while (found := look()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return found


def _hold_to_account(whose: str, threads: set[threading.Thread], look: Look) -> None:
    """Fail for threads that were not there before, and for processes that `look` still finds."""
    left: list[str] = [f"thread {each.name}" for each in _lasting(lambda: _threads() - threads)]
    for process in _lasting(look):
        with contextlib.suppress(psutil.Error):
            left.append(f"process {process.pid}: {' '.join(process.cmdline())[:200]}")
            process.kill()
    if left:
        pytest.fail(f"{whose} left behind:\n" + "\n".join(left), pytrace=False)


def _shares_with_others(item: pytest.Item) -> bool:
    """Tell whether a test uses one of our fixtures that outlives it, and so may its threads."""
    known = item._fixtureinfo.name2fixturedefs if isinstance(item, pytest.Function) else {}
    return any(
        fixture.scope in ("class", "module") and fixture.baseid
        for fixtures in known.values()
        for fixture in fixtures
    )


BEFORE_TEST = pytest.StashKey[tuple[set[threading.Thread], set[psutil.Process]]]()
BEFORE_MODULE = pytest.StashKey[set[threading.Thread]]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    module = item.getparent(pytest.Module) or item
    module.stash.setdefault(BEFORE_MODULE, _threads())
    item.stash[BEFORE_TEST] = (_threads(), _children())
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(
    item: pytest.Item, nextitem: pytest.Item | None
) -> Generator[None, object, object]:
    """Fail a test, or a file of tests, that leaves a thread or a process behind."""
    result = yield
    if not _shares_with_others(item):
        threads, children = item.stash[BEFORE_TEST]
        _hold_to_account("the test", threads, lambda: _children() - children)
    module = item.getparent(pytest.Module) or item
    if nextitem is None or nextitem.path != item.path:
        _hold_to_account("this file of tests", module.stash[BEFORE_MODULE], _marked)
    return result
