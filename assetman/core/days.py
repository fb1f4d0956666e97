"""Days as they are typed: those of a calendar, and those that are counted from today."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

DAY = 86400  # seconds
EPOCH = date(1970, 1, 1).toordinal()
# What passes as time does, and is offered; `7d`, `2w`, `3m`, `1y` are the last so many.
PASSING = (
    *("today", "yesterday", "7d", "30d", "this-week", "last-week"),
    *("this-month", "last-month", "this-year", "last-year"),
)
_DATE = re.compile(r"([0-9]{4})(?:[-/]([0-9]{1,2})(?:[-/]([0-9]{1,2}))?)?")
_LAST = re.compile(
    r"(?:last-)?([0-9]{1,4})-?(?:(d)(?:ays?)?|(w)(?:eeks?)?|(m)(?:onths?)?|y(?:ears?)?)"
)
_WORDS = re.compile(r"(?:(this|last)-)?(week|month|year)")

Period = tuple[float, float]  # begins and ends, in seconds since the epoch


def today() -> date:
    """Give the day that it is here."""
    return date.today()


def period(typed: str, now: date) -> Period | None:
    """Read what was typed, as it is meant on a day; None where it makes no sense."""
    try:
        days = _counted(typed, now) if passes(typed) else _of_calendar(typed)
    except (ValueError, OverflowError):  # before the first year, or after the last
        return None
    return None if days is None else (midnight(days[0]), midnight(days[1]) + DAY)


def passes(typed: str) -> bool:
    """Tell whether what was typed, if it makes sense, means other days on another day."""
    return typed[:1].isalpha() or typed[-1:].isalpha()


def midnight(day: date) -> float:
    """Give when a day begins, in seconds since the epoch."""
    return float((day.toordinal() - EPOCH) * DAY)


def _of_calendar(typed: str) -> tuple[date, date] | None:
    """Read a year, a month or a day: its first and its last day."""
    found = _DATE.fullmatch(typed.strip())
    if not found:
        return None
    year, month, day = int(found[1]), int(found[2] or 1), int(found[3] or 1)
    first = last = date(year, month, day)
    if found[2] is None:
        last = date(year, 12, 31)
    elif found[3] is None:
        last = _end_of_month(first)
    return first, last


def _counted(typed: str, now: date) -> tuple[date, date] | None:
    if typed in ("today", "yesterday"):
        day = now - timedelta(days=typed == "yesterday")
        return day, day
    if found := _LAST.fullmatch(typed):
        count = int(found[1])
        if not count:
            return None
        if found[2] or found[3]:
            days = count if found[2] else 7 * count
            return date.fromordinal(max(1, now.toordinal() - days + 1)), now
        before = _months_before(now, count if found[4] else 12 * count)
        return min(before + timedelta(days=1), now), now
    found = _WORDS.fullmatch(typed)
    return None if found is None else _whole(found[2], found[1] == "last", now)


def _whole(unit: str, last: bool, now: date) -> tuple[date, date]:
    """Give the week, month or year that it is, or the one before; weeks begin with Monday."""
    if unit == "week":
        monday = now - timedelta(days=now.weekday() + 7 * last)
        return monday, monday + timedelta(days=6)
    if unit == "year":
        year = now.year - last
        return date(year, 1, 1), date(year, 12, 31)
    first = _months_before(now.replace(day=1), last)
    return first, _end_of_month(first)


def _months_before(day: date, months: int) -> date:
    """Give the same day some months ago, or the last of that month, if it has no such day."""
    number = day.year * 12 + day.month - 1 - months
    if number < 12:
        return date.min
    year, month = divmod(number, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _end_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])
