"""Listening through a real window system to a real sound server: what reached its loudspeaker.

Whether a click is heard where one sound gives way to the next only ears can judge.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest

from tests.ui.listening.null_sink import NullSink, is_here
from tests.ui.player.test_on_a_screen import TOOLS, Person, display  # noqa: F401

SCRIPT = Path(__file__).with_name("window_heard.py")
# Hz: 200, and 4 for each degree of hue
RED, GREEN, BLUE, PURPLE = (200 + 4 * hue for hue in (6, 128, 214, 267))
PITCHES = (RED, GREEN, BLUE, PURPLE)
pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux") or not all(map(shutil.which, TOOLS)) or not is_here(),
    reason="there is no virtual screen or no sound server here",
)


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[NullSink]:
    made = NullSink(tmp_path / "sound")
    yield made
    made.close()


@pytest.fixture
def person(display: str, sink: NullSink, tmp_path: Path) -> Iterator[Person]:  # noqa: F811
    environment = {
        **os.environ,
        "DISPLAY": display,
        "QT_QPA_PLATFORM": "xcb",
        "PULSE_SERVER": sink.address,
    }
    folder = tmp_path / "window"
    folder.mkdir()
    window = subprocess.Popen(
        [sys.executable, str(SCRIPT), str(folder)],
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


def test_sounds_are_auditioned_without_a_gap_silenced_marked_and_dragged_out(
    person: Person, sink: NullSink
) -> None:
    person.see(lambda now: now["active"] and len(now["cards"]) == 3)
    person.do("type", "--delay", "20", "green")
    person.see(lambda now: now["found"])
    person.click(person.state["cards"][0])
    person.see(lambda now: now["selected"] == 1)
    person.press("space")
    person.see(lambda now: now["playing"] and now["at"] >= 0.3 and now["ready"] >= 1)
    begun = sink.now()
    first = person.state["playing"]
    person.press("Right")
    person.see(lambda now: now["playing"] not in ("", first) and now["ready"] >= 2)
    second = person.state["playing"]
    person.see(lambda now: now["at"] >= 0.5)
    person.press("Right")
    person.see(lambda now: now["playing"] not in ("", first, second) and now["at"] >= 0.5)
    ended, last = sink.now(), person.state["playing"]
    person.press("Escape")
    person.see(lambda now: not now["playing"] and not now["large"])
    heard = [each for each in sink.heard(PITCHES, begun, ended) if each]
    order = [pitch for pitch, _ in groupby(min(each) for each in heard if len(each) == 1)]
    assert order[0] == GREEN  # the part that matches, of a sound that begins in red
    assert set(order) == {GREEN, BLUE, PURPLE}
    assert len(order) == 3
    assert sink.longest_gap(begun, ended) <= 0.06  # a tenth of a second would be noticed
    silent = sink.now() + 0.3
    person.see(lambda now: now["selected"] == 1)
    while sink.now() < silent + 0.2:
        person.do("mousemove_relative", "--", "1", "0")
    assert not any(sink.heard(PITCHES, silent, sink.now()))

    person.press("Return")
    person.see(lambda now: "wave" in now)
    early, middle, late = person.state["wave"]
    person.drag(early, middle, late)
    person.see(lambda now: now["marks"] == [2.0, 7.0])
    inside = middle
    there = person.state["shelf"]
    between = [(inside[0] + 30), inside[1] + 20]
    person.do("mousemove", "--sync", str(inside[0]), str(inside[1]), "mousedown", "1")
    person.do("mousemove", "--sync", str(between[0]), str(between[1]))
    for step in range(8):
        x = between[0] + (there[0] - between[0]) * (step + 1) // 8
        y = between[1] + (there[1] - between[1]) * (step + 1) // 8
        person.do("mousemove", "--sync", str(x), str(y), "sleep", "0.05")
    person.do("mouseup", "1")
    dropped = person.see(lambda now: now["dropped"])["dropped"]
    assert Path(dropped[0]).name == f"{Path(last).stem} 2s–7s.wav"
    assert Path(dropped[0]).is_file()
    person.press("s")
    person.see(lambda now: now["examples"] == 1 and not now["large"])
