"""The days that a market's own calendar has, and how many of them make a year."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np

from workbench.arrays import IndexArray, Int64Array

DAY = 86_400_000_000_000
"""Nanoseconds of a day."""
HOUR = DAY // 24
WEEKS = 365.25 / 7
"""Weeks of a year."""
USUAL = {5: 252, 7: 365}
"""A year's periods by how many a week has: an exchange leaves out its holidays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Where a market lies, and the hour there at which its trading day ends: 0 is midnight."""

    zone: str = "UTC"
    ends_at: int = 0


AROUND_THE_CLOCK = Session()


def day_numbers(time: Int64Array, session: Session = AROUND_THE_CLOCK) -> Int64Array:
    """Number the trading day of each moment.

    A bar that closes exactly when a day ends belongs to the day it covers. A few hours on a Saturday or Sunday are no
    day of their own, but the end of Friday or the beginning of Monday.

    Args:
        time: UTC nanoseconds, ascending, shape ``(n,)``.
        session: of the market.

    Returns:
        Days since 1970 in the market's own time, shape ``(n,)``; one that ends at 17:00 is that of its last hour.
    """
    moved = time - 1
    if session.zone != "UTC" and time.size:
        years = range(_year(int(time[0])) - 1, _year(int(time[-1])) + 2)
        starts, offsets = zip(*(change for year in years for change in _changes(session.zone, year)), strict=True)
        moved = moved + np.array(offsets)[np.searchsorted(starts, moved, side="right") - 1]
    if session.ends_at:
        moved = moved + (24 - session.ends_at) * HOUR
    return _without_stubs(np.asarray(moved // DAY))


def _without_stubs(days: Int64Array) -> Int64Array:
    last = last_of_each(days)
    if not last.size:
        return days
    # as they come, one after another: sorting them would take longer than all the rest
    found, counts = days[last], np.diff(last, prepend=-1)
    weekday = (found + 3) % 7
    few = counts < np.median(counts) / 4
    moved = (
        found - (few & (weekday == 5) & np.isin(found - 1, found)) + (few & (weekday == 6) & np.isin(found + 1, found))
    )
    return np.asarray(np.repeat(moved, counts))


def last_of_each(days: Int64Array) -> IndexArray:
    """Find the last position of each number, of numbers that never fall."""
    return np.append(np.flatnonzero(days[1:] != days[:-1]), days.size - 1) if days.size else np.empty(0, dtype=np.intp)


def measured_periods(days: Int64Array, otherwise: int) -> int:
    """Count how many periods a year has, by the days on which the market was seen.

    Args:
        days: their numbers, ascending, none twice, shape ``(d,)``.
        otherwise: what holds where they are too few to tell: fewer than ten days, or two weeks.

    Returns:
        252 for five days in most weeks and 365 for seven, 52 for weekly values, 12 for monthly ones.
    """
    if days.size < 3 or days[-1] - days[0] < 14:
        return otherwise
    gap = float(np.median(np.diff(days)))
    if gap >= 5:
        return max(1, round(365.25 / gap)) if gap > 8 else 52
    if days.size < 10:
        return otherwise
    # the first and the last week may be cut short, and of few weeks one holiday would decide
    _, counts = np.unique((days + 3) // 7, return_counts=True)
    inner = counts[1:-1] if counts.size > 2 else counts
    each = int(inner.max()) if inner.size < 8 else math.ceil(np.median(inner))
    return USUAL.get(each, round(each * WEEKS))


def _year(ns: int) -> int:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=ns // 1000)).year


@cache
def _changes(zone: str, year: int) -> tuple[tuple[int, int], ...]:
    """From when on which distance to UTC holds: the first of the year, and each change in it, in nanoseconds."""
    from zoneinfo import ZoneInfo

    place = ZoneInfo(zone)

    def offset(hours: int) -> int:
        moment = datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
        found = moment.astimezone(place).utcoffset()
        assert found is not None
        return round(found.total_seconds()) * 1_000_000_000

    begin = round(datetime(year, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000_000
    changes = [(begin, offset(0))]
    for day in range(366):
        if offset(24 * (day + 1)) != changes[-1][1]:
            hour = next(hour for hour in range(24 * day, 24 * (day + 1) + 1) if offset(hour) != changes[-1][1])
            changes.append((begin + hour * HOUR, offset(hour)))
    return tuple(changes)
