"""Films that take more than one stretch to read, and little time to make."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from tests.kit.films import Film, Scene, make_film

SCENES = 40  # of two seconds: more than one stretch holds
SIZE = (144, 96)


def reel(path: Path, seed: int = 0, scenes: int = SCENES, **how: Any) -> Film:
    """Make a film of many scenes that all look different, each with a key frame."""
    random = np.random.default_rng(seed)
    looks = random.integers(0, 256, (scenes, 4, 6, 3), np.uint8).repeat(24, 1).repeat(24, 2)
    return make_film(path, [Scene(look, 2.0) for look in looks], size=SIZE, rate=5, gop=10, **how)
