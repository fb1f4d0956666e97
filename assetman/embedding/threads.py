"""Keep small sums in numpy on one thread.

While pictures are embedded every core is busy, and OpenBLAS, which shares out even small
products and then waits for all its threads, took thirty times as long for a question.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from functools import cache
from typing import Any

_guard = threading.Lock()
_inside: list[Any] = []  # the limits in force, one for everybody who is inside


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Limit numpy's matrix products to one thread; may be entered by several threads at once."""
    with _guard:
        limit = None if _inside else _blas().limit(limits=1)
        _inside.append(limit or _inside[0])
    try:
        yield
    finally:
        with _guard:
            limit = _inside.pop()
            if not _inside:
                limit.restore_original_limits()


@cache
def _blas() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas")
