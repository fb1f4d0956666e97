"""Days that are counted from today."""

from __future__ import annotations

from datetime import date

import pytest

from assetman.core.conditions import Days
from assetman.core.days import DAY, midnight, period

TUESDAY = date(2024, 3, 5)


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("today", "2024-03-05", "2024-03-05"),
        ("yesterday", "2024-03-04", "2024-03-04"),
        ("1d", "2024-03-05", "2024-03-05"),
        ("7d", "2024-02-28", "2024-03-05"),
        ("last-7-days", "2024-02-28", "2024-03-05"),
        ("2w", "2024-02-21", "2024-03-05"),
        ("1m", "2024-02-06", "2024-03-05"),
        ("last-12-months", "2023-03-06", "2024-03-05"),
        ("1y", "2023-03-06", "2024-03-05"),
        ("9999y", "0001-01-02", "2024-03-05"),
        ("week", "2024-03-04", "2024-03-10"),
        ("this-week", "2024-03-04", "2024-03-10"),
        ("last-week", "2024-02-26", "2024-03-03"),
        ("this-month", "2024-03-01", "2024-03-31"),
        ("last-month", "2024-02-01", "2024-02-29"),
        ("year", "2024-01-01", "2024-12-31"),
        ("last-year", "2023-01-01", "2023-12-31"),
    ],
)
def test_what_passes_means_other_days_on_another_day(typed: str, first: str, last: str) -> None:
    begins, ends = date.fromisoformat(first), date.fromisoformat(last)
    assert period(typed, TUESDAY) == (midnight(begins), midnight(ends) + DAY)


@pytest.mark.parametrize(
    "typed", ["0d", "7x", "d", "someday", "last-day", "12345d", "this-7d", "2024-13", "2024w1"]
)
def test_what_makes_no_sense_is_no_period(typed: str) -> None:
    assert period(typed, TUESDAY) is None


def test_a_month_ago_is_the_last_day_where_a_month_has_no_such_day() -> None:
    assert period("1m", date(2023, 3, 31)) == (
        midnight(date(2023, 3, 1)),
        midnight(date(2023, 4, 1)),
    )


@pytest.mark.parametrize("now", [date.min, date.max])
def test_the_first_and_the_last_day_there_is_are_no_trouble(now: date) -> None:
    for typed in ("today", "9999d", "9999m", "last-year", "last-week", "last-month", "yesterday"):
        assert period(typed, now) is None or Days(typed, typed).span(now)
