"""Trading days of markets, and the periods of a year, by hand and against a naive count."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.metrics import AROUND_THE_CLOCK, Session, day_numbers, measured_periods

NEW_YORK = Session(zone="America/New_York", ends_at=17)
EXCHANGE = Session(zone="America/New_York")


def ns(moment: datetime) -> int:
    return round(moment.timestamp()) * 1_000_000_000


def numbered(moments: list[datetime], session: Session) -> list[date]:
    days = day_numbers(np.array([ns(moment) for moment in moments], dtype=np.int64), session)
    return [date(1970, 1, 1) + timedelta(days=int(day)) for day in days]


def test_a_day_of_currencies_ends_at_five_in_new_york_in_summer_and_winter() -> None:
    moments = [
        datetime(2024, 1, 10, 22, 0, 0, tzinfo=UTC),
        datetime(2024, 1, 10, 22, 0, 1, tzinfo=UTC),
        datetime(2024, 7, 10, 21, 0, 0, tzinfo=UTC),
        datetime(2024, 7, 10, 21, 0, 1, tzinfo=UTC),
    ]
    assert numbered(moments, NEW_YORK) == [date(2024, 1, 10), date(2024, 1, 11), date(2024, 7, 10), date(2024, 7, 11)]


def test_the_two_hours_of_a_sunday_belong_to_monday() -> None:
    first = datetime(2024, 1, 7, 22, 30, tzinfo=UTC)
    moments = [first + timedelta(hours=hour) for hour in range(119)]
    assert sorted(set(numbered(moments, NEW_YORK))) == [date(2024, 1, 8) + timedelta(days=day) for day in range(5)]


@pytest.mark.parametrize("session", [NEW_YORK, AROUND_THE_CLOCK], ids=["New York", "UTC"])
def test_few_hours_of_a_weekend_are_no_day_of_their_own(session: Session) -> None:
    # two hours of Sunday in UTC; in New York, where it is summer, half an hour past the end of Friday
    first = datetime(2024, 7, 7, 22, 30, tzinfo=UTC)
    moments = [first + timedelta(hours=hour) for hour in range(120)]
    assert sorted(set(numbered(moments, session))) == [date(2024, 7, 8) + timedelta(days=day) for day in range(5)]


def test_daily_bars_that_close_before_midnight_utc_are_a_day_each() -> None:
    days = [datetime(2024, 1, 1, 23, 59, 59, tzinfo=UTC) + timedelta(days=day) for day in range(30)]
    for session in (AROUND_THE_CLOCK, EXCHANGE, NEW_YORK):
        assert len(set(numbered(days, session))) == 30


@given(
    st.lists(st.integers(0, 20 * 365 * 24), min_size=1, max_size=30),
    st.sampled_from(["America/New_York", "Europe/London", "Asia/Kolkata", "Australia/Sydney"]),
    st.sampled_from([0, 17]),
)
def test_days_equal_those_of_python_s_own_calendar(hours: list[int], zone: str, ends_at: int) -> None:
    moments = [datetime(2005, 1, 1, 0, 30, tzinfo=UTC) + timedelta(hours=hour) for hour in sorted(hours)]
    naive = []
    for moment in moments:
        # by the clock on the wall there: nothing is said of the hours around a change
        local = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        naive.append((local - timedelta(microseconds=1) + timedelta(hours=(24 - ends_at) % 24)).date())
    counts = [naive.count(day) for day in naive]
    # a stub of a weekend goes to the day beside it, where there is one
    if len(set(counts)) == 1:
        assert numbered(moments, Session(zone=zone, ends_at=ends_at)) == naive


@pytest.mark.parametrize(
    ("every", "days", "periods"),
    [(1, 400, 365), (7, 60, 52), (14, 60, 26), (30, 40, 12), (91, 20, 4)],
)
def test_periods_are_those_of_the_steps_that_are_there(every: int, days: int, periods: int) -> None:
    moments = [datetime(2020, 1, 1, 23, 59, 59, tzinfo=UTC) + timedelta(days=every * day) for day in range(days)]
    time = np.array([ns(moment) for moment in moments], dtype=np.int64)
    assert measured_periods(np.unique(day_numbers(time)), 252) == periods


@pytest.mark.parametrize("session", [AROUND_THE_CLOCK, EXCHANGE])
def test_weekdays_make_252_whatever_is_traded_and_however_many_are_missing(session: Session) -> None:
    first = datetime(2020, 1, 1, 20, tzinfo=UTC)
    days = [first + timedelta(days=day) for day in range(700)]
    kept = [day for day in days if day.weekday() < 5 and not 200 < (day - first).days < 400 and day.day != 4]
    time = np.array([ns(day) for day in kept], dtype=np.int64)
    assert measured_periods(np.unique(day_numbers(time, session)), 365) == 252


def test_one_holiday_of_few_weeks_decides_nothing() -> None:
    first = datetime(2024, 6, 1, 20, tzinfo=UTC)
    days = [first + timedelta(days=day) for day in range(29)]
    kept = [day for day in days if day.weekday() < 5 and (day.month, day.day) != (6, 19)]
    numbers = day_numbers(np.array([ns(day) for day in kept], dtype=np.int64))
    assert measured_periods(numbers, 365) == 252


def test_too_few_days_tell_nothing() -> None:
    time = np.array([ns(datetime(2020, 1, day, tzinfo=UTC)) for day in range(2, 9)], dtype=np.int64)
    assert measured_periods(day_numbers(time), 252) == 252
    assert measured_periods(day_numbers(time[:0], EXCHANGE), 365) == 365
