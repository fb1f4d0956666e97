"""The films of the tests leave the process that makes them as it was."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.kit.films import Scene, make_film


@pytest.mark.skipif(sys.platform != "linux", reason="priorities of this kind are Linux's")
def test_no_codec_leaves_the_priority_of_the_test_raised(tmp_path: Path) -> None:
    before = os.sched_getscheduler(0)
    make_film(tmp_path / "a.mp4", [Scene("red", 0.2)], codec="av1")
    assert os.sched_getscheduler(0) == before
