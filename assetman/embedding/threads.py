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
        _inside.append(_inside[0] if _inside else _limited())
    try:
        yield
    finally:
        with _guard:
            limit = _inside.pop()
            if not _inside:
                _take_control()
                limit.restore_original_limits()


def _limited() -> Any:
    _take_control()
    return _blas().limit(limits=1)


def _take_control() -> None:
    """Let this thread set limits: from 3.8 on, threadpoolctl heeds only the first that ever did."""
    import threadpoolctl

    clear = getattr(threadpoolctl.OpenBLASController, "clear_controlling_thread", None)
    if clear is not None:
        clear(force=True)


@cache
def _blas() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas")
