from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from assetman.core.changes import Changes
from assetman.core.errors import BadInput
from assetman.core.queries import Query
from assetman.counting import Counting

LIMIT = 20.0  # seconds that anything here takes at most
SEA, SKY, AWAY = Query("sea"), Query("sky"), Query("away")


class Pond:
    """A library in which `sea` and `sky` are asked, and `away` cannot be."""

    def __init__(self) -> None:
        self.found = {SEA: 1, SKY: 2}
        self.asked: list[Query] = []
        self._told = threading.Semaphore(0)
        self.counting = Counting(self.count, self.tell)

    def count(self, query: Query) -> int:
        self.asked.append(query)
        if query == AWAY:
            raise BadInput("The example cannot be read.")
        return self.found[query]

    def tell(self, changes: Changes) -> None:
        assert changes == Changes(searches=True)
        self.counting.hear(changes)  # as everyone does
        self._told.release()

    def wait(self) -> None:
        """Wait until it is told that there are other counts."""
        assert self._told.acquire(timeout=LIMIT)


@pytest.fixture
def pond() -> Iterator[Pond]:
    pond = Pond()
    yield pond
    pond.counting.close()


def test_counts_are_known_a_while_after_they_are_first_asked_for(pond: Pond) -> None:
    assert pond.counting.counts([SEA, AWAY]) == {}
    pond.wait()
    assert pond.counting.counts([SEA, AWAY]) == {SEA: 1, AWAY: None}
    pond.counting.counts([SEA, SKY])
    pond.wait()
    assert pond.counting.counts([SEA, SKY]) == {SEA: 1, SKY: 2}
    assert pond.asked == [SEA, AWAY, SKY], "what is known is not counted again"


def test_counts_follow_the_library(pond: Pond) -> None:
    pond.counting.counts([SEA, SKY])
    pond.wait()
    pond.found[SEA] = 5
    pond.counting.hear(Changes(history=True, searches=True))
    pond.counting.hear(Changes(assets_added=frozenset({9})))
    pond.wait()
    assert pond.counting.counts([SEA, SKY]) == {SEA: 5, SKY: 2}


def test_another_day_has_other_counts(pond: Pond, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assetman.counting._LOOK", 0.01)
    pond.counting.counts([SEA, SKY])
    pond.wait()
    pond.found[SEA] = 0  # it was of the last seven days
    tomorrow = date.today() + timedelta(days=1)
    monkeypatch.setattr("assetman.counting.today", lambda: tomorrow)
    pond.wait()
    assert pond.counting.counts([SEA, SKY]) == {SEA: 0, SKY: 2}
    asked = len(pond.asked)
    assert pond.counting.counted([SKY]) == {SKY: 2}
    assert len(pond.asked) == asked + 1, "once is enough"


def test_who_cannot_wait_has_all_counted_at_once(pond: Pond) -> None:
    assert pond.counting.counted([SEA, SKY, AWAY]) == {SEA: 1, SKY: 2, AWAY: None}
    assert pond.counting.counts([SEA, SKY]) == {SEA: 1, SKY: 2}


def test_nothing_is_counted_for_nobody(pond: Pond) -> None:
    pond.counting.hear(Changes(embedded=3))
    pond.counting.close()
    assert pond.asked == []
    assert pond.counting.counts([SEA]) == {}
