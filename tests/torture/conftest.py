"""What tests share that do to a library what should not be done to it.

`pytest tests/torture --dose 50 --seed 7` takes fifty times as much of it, drawn otherwise.
"""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def dose(request: pytest.FixtureRequest) -> float:
    """How many times the usual torture is wanted."""
    return float(request.config.getoption("--dose"))


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """What all chance in a test is drawn from; a test that fails shows it."""
    number = int(request.config.getoption("--seed"))
    print(f"drawn from --seed {number}")
    return number
