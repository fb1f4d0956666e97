"""Decoding that leaves the machine to the person."""

from __future__ import annotations

import sys
from collections.abc import Callable

import psutil
import pytest

from assetman.core.inputs import InputSpec
from assetman.media.handler import Limits
from assetman.media.workers import DecodePool

from .conftest import quarters

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="reads niceness")


def niceness() -> list[int]:
    """How nice the decode processes of this test are."""
    return [
        process.nice()
        for process in psutil.Process().children(recursive=True)
        if "resource_tracker" not in " ".join(process.cmdline())
    ]


def test_gentle_decoders_give_way_and_are_replaced_when_that_is_over(
    save: Callable[..., str],
) -> None:
    good = save(quarters(), "good.png")
    pool = DecodePool(1, Limits(), 48)
    try:
        pool.extract(good, [InputSpec(24)], None).result(60)
        (usual,) = niceness()
        assert usual < 19
        pool.set_gentle(True)
        assert niceness() == [19]
        pool.extract(good, [InputSpec(24)], None).result(60)
        assert niceness() == [19]
        pool.set_gentle(False)
        pool.extract(good, [InputSpec(24)], None).result(60)
        assert niceness() == [usual]
    finally:
        pool.close()
