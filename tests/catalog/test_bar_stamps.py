from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest

from workbench.catalog import Catalog, MarketData
from workbench.errors import InvalidInput, InvalidMarketData

Write = Callable[..., Path]
Load = Callable[..., MarketData]


def file_of(*stamps: str, column: str = "timestamp") -> str:
    return f"{column},open,high,low,close\n" + "".join(f"{stamp},10,11,9,10\n" for stamp in stamps)


def times(data: MarketData) -> list[str]:
    return [str(t) for t in data.time.astype("datetime64[ns]").astype("datetime64[s]")]


@pytest.mark.parametrize(
    "stamp",
    [
        "2020-01-02", "2020/01/02", "2020.01.02", "20200102", "2020-1-2", "2020-01-02 00:00", "2020-01-02T00:00:00",
        "2020-01-02T00:00:00Z", "2020-01-02 00:00:00.000000+00:00", "20200102 000000", "20200102000000", "1577923200",
        "1577923200.0", "1577923200000", "1577923200000000", "1577923200000000000",
        # midnight in New York, as yfinance writes a day
        "2020-01-02 00:00:00-05:00",
    ],
)  # fmt: skip
def test_a_daily_bar_is_known_at_the_end_of_its_day(catalog: Catalog, write: Write, load: Load, stamp: str) -> None:
    # 1577923200 s is 2020-01-02 00:00 UTC: 18,262 days to 2020-01-01, and one more, times 86,400
    assert (18_262 + 1) * 86_400 == 1_577_923_200
    catalog.import_csv(write(file_of(stamp)), instrument="A.X", bar="1d")
    assert times(load("A.X")) == ["2020-01-02T23:59:59"]


@pytest.mark.parametrize("stamps", ["open", "close"])
def test_a_daily_midnight_names_the_day_whatever_stamps_is(
    catalog: Catalog, write: Write, load: Load, stamps: Literal["open", "close"]
) -> None:
    catalog.import_csv(write(file_of("2020-01-02 00:00")), instrument="A.X", bar="1d", stamps=stamps)
    assert times(load("A.X")) == ["2020-01-02T23:59:59"]


def test_a_bar_of_several_days_ends_with_the_last_of_them(catalog: Catalog, write: Write, load: Load) -> None:
    catalog.import_csv(write(file_of("2020-01-06", "2020-01-13")), instrument="A.X", bar="7d")
    assert times(load("A.X")) == ["2020-01-12T23:59:59", "2020-01-19T23:59:59"]


def test_a_daily_stamp_in_utc_is_the_day_of_its_time_zone(catalog: Catalog, write: Write, load: Load) -> None:
    # 05:00 UTC in winter and 04:00 UTC in summer are both midnight in New York
    text = file_of("2020-01-02T05:00:00Z", "2020-01-03T05:00:00Z", "2020-06-01T04:00:00Z")
    catalog.import_csv(write(text), instrument="A.X", bar="1d", tz="America/New_York")
    assert times(load("A.X")) == ["2020-01-02T23:59:59", "2020-01-03T23:59:59", "2020-06-01T23:59:59"]


def test_daily_stamps_that_are_instants_are_moved_by_a_day_and_reported(
    catalog: Catalog, write: Write, load: Load
) -> None:
    report = catalog.import_csv(write(file_of("2020-01-02 22:00")), instrument="A.X", bar="1d")
    assert times(load("A.X")) == ["2020-01-03T22:00:00"]
    assert "not at midnight" in report.warnings[0]


def test_intraday_stamps_are_the_open_by_default(catalog: Catalog, write: Write, load: Load) -> None:
    file = write(file_of("2020-01-02 09:30:00", "2020-01-02 09:35:00"))
    catalog.import_csv(file, instrument="A.X", bar="5m")
    catalog.import_csv(file, instrument="B.X", bar="5m", stamps="close")
    assert times(load("A.X")) == ["2020-01-02T09:35:00", "2020-01-02T09:40:00"]
    assert times(load("B.X")) == ["2020-01-02T09:30:00", "2020-01-02T09:35:00"]


def test_naive_stamps_are_in_the_given_zone_and_offsets_win(catalog: Catalog, write: Write, load: Load) -> None:
    # New York is 5 hours behind UTC in January; the second stamp says 1 hour ahead itself
    text = file_of("2020-01-02 09:30", "2020-01-02 16:30+01:00")
    catalog.import_csv(write(text), instrument="A.X", bar="1m", tz="America/New_York")
    assert times(load("A.X")) == ["2020-01-02T14:31:00", "2020-01-02T15:31:00"]


def test_fractions_of_seconds_are_kept(catalog: Catalog, write: Write, load: Load) -> None:
    catalog.import_csv(write(file_of("2020-01-02 00:00:00.5")), instrument="A.X", bar="1s")
    assert load("A.X").time.tolist() == [1_577_923_201_500_000_000]


def test_date_and_time_may_be_two_columns(catalog: Catalog, write: Write, load: Load) -> None:
    text = "Date;Time;Open;High;Low;Close;Vol\n2013.02.01;00:05;1;2;1;2;7\n"
    catalog.import_csv(write(text), instrument="A.X", bar="5m")
    assert times(load("A.X")) == ["2013-02-01T00:10:00"]
    assert load("A.X").volume.tolist() == [7.0]


def test_day_and_month_are_told_apart_by_a_number_above_12(catalog: Catalog, write: Write, load: Load) -> None:
    catalog.import_csv(write(file_of("12/02/2020", "13/02/2020")), instrument="A.X", bar="1d")
    catalog.import_csv(write(file_of("02/12/2020", "02/13/2020")), instrument="B.X", bar="1d")
    assert times(load("A.X")) == times(load("B.X")) == ["2020-02-12T23:59:59", "2020-02-13T23:59:59"]
    with pytest.raises(InvalidMarketData, match="'02/03/2020' may be day/month or month/day"):
        catalog.import_csv(write(file_of("02/03/2020")), instrument="C.X", bar="1d")


@pytest.mark.parametrize(
    ("stamp", "reason"),
    [
        ("2020-03-08 02:30", "line 2: 2020-03-08 02:30:00 does not exist in America/New_York"),
        ("2020-11-01 01:30", "line 2: 2020-11-01 01:30:00 happens twice in America/New_York"),
    ],
)
def test_clock_times_of_daylight_saving_time_are_refused(
    catalog: Catalog, write: Write, stamp: str, reason: str
) -> None:
    with pytest.raises(InvalidMarketData, match=reason):
        catalog.import_csv(write(file_of(stamp)), instrument="A.X", bar="1m", tz="America/New_York")


@pytest.mark.parametrize(
    "stamp",
    ["", "soon", "2020-13-01", "2020-02-30", "2019-02-29", "2020-01-02 24:00", "2020-01-02 10:60", "1/2", "2020", "4pm",
     "1969-12-31", "2262-05-01", "2020-01-02 4:00 PM", "nan", "-1577923200", "1e9"],
)  # fmt: skip
def test_what_is_no_time_stamp_is_refused_by_line(catalog: Catalog, write: Write, stamp: str) -> None:
    with pytest.raises(InvalidMarketData, match=r"bars\.csv, line 3: "):
        catalog.import_csv(write(file_of("2020-01-01", stamp)), instrument="A.X", bar="1d")
    assert not catalog.path.exists()


def test_bars_of_another_length_than_the_argument_are_refused(catalog: Catalog, write: Write) -> None:
    minutes = write(file_of(*(f"2020-01-02 09:3{i}" for i in range(5))))
    with pytest.raises(InvalidMarketData, match="1 minute apart"):
        catalog.import_csv(minutes, instrument="A.X", bar="1d")
    days = write(file_of("2020-01-02", "2020-01-03", "2020-01-06"))
    with pytest.raises(InvalidMarketData, match="1 day apart"):
        catalog.import_csv(days, instrument="A.X", bar="1m")
    hours = write(file_of("2020-01-02 09:00", "2020-01-02 10:00", "2020-01-02 11:00"))
    report = catalog.import_csv(hours, instrument="A.X", bar="1m")
    assert any("closer than 1 hour" in warning for warning in report.warnings)


@pytest.mark.parametrize(
    ("tz", "stamps"), [("Mars/Olympus", "open"), ("", "open"), ("../etc", "open"), (None, "middle")]
)
def test_a_wrong_zone_or_mark_is_refused(catalog: Catalog, write: Write, tz: str, stamps: Any) -> None:
    with pytest.raises(InvalidInput, match=r"^(tz|stamps)="):
        catalog.import_csv(write(file_of("2020-01-01")), instrument="A.X", bar="1d", tz=tz, stamps=stamps)


def test_gaps_are_warned_of_by_date(catalog: Catalog, write: Write) -> None:
    # from the 2nd to the 8th five days are missing, to the 9th six
    near = catalog.import_csv(write(file_of("2020-01-02", "2020-01-08")), instrument="A.X", bar="1d")
    far = catalog.import_csv(write(file_of("2020-01-02", "2020-01-09")), instrument="B.X", bar="1d")
    assert not any("no bars from" in warning for warning in near.warnings)
    assert any("no bars from 2020-01-02 to 2020-01-09" in warning for warning in far.warnings)
    # Friday evening to Monday morning is a weekend
    weekend = file_of("2020-01-03 21:59", "2020-01-06 00:00")
    assert not any("no bars" in w for w in catalog.import_csv(write(weekend), instrument="C.X", bar="1m").warnings)


def test_no_more_than_five_gaps_are_named(catalog: Catalog, write: Write) -> None:
    report = catalog.import_csv(write(file_of(*(f"2020-{m:02}-01" for m in range(1, 13)))), instrument="A.X", bar="1d")
    warning = next(w for w in report.warnings if w.startswith("no bars"))
    assert warning.count(" to ") == 5
    # 12 bars have 11 gaps
    assert warning.endswith("and 6 more.")


def test_stamps_read_back_exactly(catalog: Catalog, shared: Path, load: Load) -> None:
    catalog.import_csv(shared / "btc-perp-1m-2022-01.csv.gz", instrument="BTC/USD.BINANCE", bar="1m")
    data = load("BTC/USD.BINANCE")
    # the first row opens 23:01 on New Year's Eve, the last 05:31 on February 1st, 45,031 minutes without a gap
    assert (len(data.time), times(data)[0], times(data)[-1]) == (45_031, "2021-12-31T23:02:00", "2022-02-01T05:32:00")
    assert np.array_equal(np.unique(np.diff(data.time)), [60 * 10**9])
