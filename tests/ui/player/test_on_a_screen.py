"""The player driven through a real window system: keys and mouse come from outside."""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).with_name("window_on_screen.py")
TOOLS = ("Xvfb", "openbox", "xdotool")
PATIENCE = 30.0  # seconds

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux") or not all(map(shutil.which, TOOLS)),
    reason="there is no virtual screen here",
)
State = dict[str, Any]


class Person:
    """Sits before a screen: presses keys, moves the mouse, waits for what there is to see."""

    def __init__(self, display: str, window: subprocess.Popen[str]) -> None:
        self._environment = {**os.environ, "DISPLAY": display}
        self._window = window
        self._lines: queue.Queue[str] = queue.Queue()
        self.state: State = {}
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._window.stdout is not None
        for line in self._window.stdout:
            self._lines.put(line)

    def do(self, *arguments: str) -> None:
        subprocess.run(["xdotool", *arguments], env=self._environment, check=True, timeout=PATIENCE)

    def press(self, *keys: str) -> None:
        self.do("key", "--clearmodifiers", *keys)

    def click(self, where: list[int]) -> None:
        self.do("mousemove", "--sync", str(where[0]), str(where[1]), "click", "1")

    def drag(self, *places: list[int]) -> None:
        (x, y), *others = places
        self.do("mousemove", "--sync", str(x), str(y), "mousedown", "1")
        for x, y in others:
            self.do("mousemove", "--sync", str(x), str(y))
        self.do("mouseup", "1")

    def see(self, condition: Callable[[State], bool]) -> State:
        """Wait until the window shows something."""
        deadline = time.monotonic() + PATIENCE
        while not (self.state and condition(self.state)):
            try:
                line = self._lines.get(timeout=max(deadline - time.monotonic(), 0.01))
            except queue.Empty:
                pytest.fail(f"never seen; last was {self.state}")
            self.state = json.loads(line)
        return self.state

    def leave(self) -> None:
        self._reader.join(5)


@pytest.fixture
def display() -> Iterator[str]:
    """Give a screen that nobody sees, with a window manager."""
    read, write = os.pipe()
    screen = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as answer:
        name = f":{answer.readline().strip()}"
    manager = subprocess.Popen(
        ["openbox"], env={**os.environ, "DISPLAY": name}, stderr=subprocess.DEVNULL
    )
    yield name
    for process in (manager, screen):
        process.terminate()
        process.wait(10)


@pytest.fixture
def person(display: str, film: Path, tmp_path: Path) -> Iterator[Person]:
    environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    window = subprocess.Popen(
        [sys.executable, str(SCRIPT), str(film), str(tmp_path / "window")],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    made = Person(display, window)
    yield made
    window.terminate()
    window.wait(10)
    made.leave()
    assert window.stdout is not None
    window.stdout.close()


def test_a_moment_is_found_watched_marked_and_asked_about(person: Person) -> None:
    person.see(lambda now: now["active"] and now["found"] == 6)
    person.do("type", "--delay", "20", "green")
    person.see(lambda now: now["asked"] == "green" and "card" in now)
    person.click(person.state["card"])
    person.press("space")
    found = person.see(lambda now: now["large"] and now.get("colour") == "green")
    assert found["at"] == pytest.approx(1.2, abs=0.05)
    assert not found["playing"]

    person.press("space")
    person.see(lambda now: now["playing"] and now["at"] > 1.5)
    person.press("k")
    person.see(lambda now: not now["playing"])
    person.press("period", "period", "comma")
    person.drag(*(person.state["timeline"][at] for at in ("1.8", "3.2", "0.4")))
    person.see(lambda now: now["colour"] == "red" and now["at"] < 0.6)
    person.press("i")
    person.click(person.state["timeline"]["1.8"])
    person.see(lambda now: now["colour"] == "green")
    person.press("o", "s")
    person.see(lambda now: not now["large"] and now["examples"] == 1)
    assert not person.state["open"]
