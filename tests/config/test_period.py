"""Dates as they are typed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pandas as pd
import pytest

from workbench.config import moment, nanoseconds, period
from workbench.errors import InvalidPeriod

FIRST = nanoseconds(datetime(2020, 1, 2, 23, 59, 59, tzinfo=UTC))
LAST = nanoseconds(datetime(2020, 12, 30, 23, 59, 59, tzinfo=UTC))


def chosen(start: Any = None, end: Any = None) -> tuple[datetime, datetime]:
    return period(start, end, first_ns=FIRST, last_ns=LAST, of="AAPL.NASDAQ-1-DAY-LAST-EXTERNAL")


def test_a_date_as_end_means_the_whole_day() -> None:
    assert chosen("2020-02-03", "2020-02-04") == (
        datetime(2020, 2, 3, tzinfo=UTC),
        datetime(2020, 2, 4, 23, 59, 59, 999_999, tzinfo=UTC),
    )


def test_left_out_means_all_days_of_the_data_and_equals_typing_them() -> None:
    assert chosen() == chosen("2020-01-02", "2020-12-30")


@pytest.mark.parametrize(
    "value",
    [
        "2020-06-01T12:30",
        "2020-06-01 12:30:00+00:00",
        "2020-06-01 14:30+02:00",
        datetime(2020, 6, 1, 12, 30),
        datetime(2020, 6, 1, 7, 30, tzinfo=timezone(timedelta(hours=-5))),
        pd.Timestamp("2020-06-01 12:30"),
        pd.Timestamp("2020-06-01 08:30", tz="America/New_York"),
    ],
)
def test_a_moment_is_utc_however_it_is_typed(value: Any) -> None:
    found = moment("start", value)
    assert found == datetime(2020, 6, 1, 12, 30, tzinfo=UTC)
    assert type(found) is datetime


def test_a_time_of_day_as_end_is_not_stretched() -> None:
    assert moment("end", "2020-06-01 12:30", closing=True).hour == 12
    assert moment("end", date(2020, 6, 1), closing=True).hour == 23


@pytest.mark.parametrize(
    "value", ["2020-02-30", "01/02/2020", "yesterday", "", "2020", 2020, 1.5, None, True, pd.NaT, "2020-13-01", b"2020"]
)
def test_what_is_no_date_is_refused_with_its_name_and_what_to_type(value: Any) -> None:
    with pytest.raises(InvalidPeriod, match=r"^start.*Type start='2012-03-01'"):
        moment("start", value)


@pytest.mark.parametrize("value", ["9999-12-31", "9999-12-31T23:00-14:00", datetime.min.replace(tzinfo=timezone.max)])
def test_the_end_of_the_calendar_is_no_date_in_utc(value: Any) -> None:
    with pytest.raises(InvalidPeriod, match=r"^until=.* is at the end of the calendar"):
        moment("until", value, closing=True)


@pytest.mark.parametrize(("start", "end"), [("2020-01-01", None), (None, "2020-12-31"), ("2019-01-01", "2019-02-01")])
def test_a_period_outside_the_data_is_refused_with_the_range(start: str | None, end: str | None) -> None:
    with pytest.raises(InvalidPeriod, match="bars from 2020-01-02 to 2020-12-30"):
        chosen(start, end)


def test_an_end_before_its_start_is_refused() -> None:
    with pytest.raises(InvalidPeriod, match="before start"):
        chosen("2020-05-02", "2020-05-01")


def test_nanoseconds_are_exact() -> None:
    # 2020-01-01 is 18,262 days after 1970-01-01
    assert nanoseconds(datetime(2020, 1, 1, 0, 0, 0, 1, tzinfo=UTC)) == 18_262 * 86_400_000_000_000 + 1_000
