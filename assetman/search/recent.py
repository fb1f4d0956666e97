"""Answers given a moment ago, for whoever asks the same again: Back, Forward, a count."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Hashable

from assetman.core.queries import Aspect, Query, Results

_MOST = 32  # answers
_LAST = 60.0  # seconds; what a drive holds may change without the catalogue noticing
_LONGEST = 20_000  # assets; a longer list is as fast to make as it is large to keep


class RecentAnswers:
    """Keeps the last answers, each with what it was the answer of: the state of the library."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: OrderedDict[Query, tuple[Hashable, float, Results]] = OrderedDict()

    def get(self, query: Query, state: Hashable) -> Results | None:
        """Give the answer to a query, if it is still the answer."""
        with self._lock:
            known = self._answers.get(query)
            if known is None or known[0] != state or time.monotonic() - known[1] > _LAST:
                return None
            self._answers.move_to_end(query)
            return known[2]

    def put(self, query: Query, state: Hashable, results: Results) -> None:
        """Keep an answer; `state` is that of before it was made."""
        derived = any(each.path or each.by is not Aspect.MEANING for each in query.examples)
        if derived or "[" in query.text or len(results.listed) > _LONGEST:
            return  # a file that it asks with may be another by now, or better known
        with self._lock:
            self._answers[query] = (state, time.monotonic(), results)
            self._answers.move_to_end(query)
            while len(self._answers) > _MOST:
                self._answers.popitem(last=False)
