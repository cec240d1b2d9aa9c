"""SPEC §7: which bars are a day's last, and what a day's return is measured against."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.errors import InvalidInput
from workbench.metrics import Sample, last_of_each_day, simple_returns


def ns(*times: str) -> np.ndarray:
    return np.array(times, dtype="datetime64[ns]").astype(np.int64)


def test_a_day_ends_at_its_last_bar() -> None:
    time = ns("2024-01-02T10:00", "2024-01-02T16:00", "2024-01-03T10:00", "2024-01-05T09:30", "2024-01-05T16:00")
    assert last_of_each_day(time).tolist() == [1, 2, 4]


def test_a_bar_that_closes_at_midnight_belongs_to_the_day_it_covers() -> None:
    time = ns("2024-01-02T23:00", "2024-01-03T00:00", "2024-01-03T00:01")
    assert last_of_each_day(time).tolist() == [1, 2]


def test_daily_bars_stamped_at_midnight_are_a_day_each() -> None:
    assert last_of_each_day(ns("2024-01-02", "2024-01-03", "2024-01-04")).tolist() == [0, 1, 2]


def test_days_before_1970_count_like_all_others() -> None:
    assert last_of_each_day(ns("1969-12-31T12:00", "1970-01-01T00:00", "1970-01-01T12:00")).tolist() == [1, 2]


def test_no_bar_is_no_day() -> None:
    assert last_of_each_day(ns()).tolist() == []
    assert simple_returns(np.array([]), 100.0).tolist() == []


def test_the_first_return_is_against_the_initial_capital() -> None:
    # 110 / 100 - 1 and 99 / 110 - 1
    assert simple_returns(np.array([110.0, 99.0]), 100.0) == pytest.approx([0.1, -0.1])


def test_a_return_on_nothing_or_on_debt_is_no_number() -> None:
    # -50 on 100 is a loss of 150 %; what follows has no base
    got = simple_returns(np.array([-50.0, 0.0, 10.0]), 100.0)
    assert got == pytest.approx([-1.5, np.nan, np.nan], nan_ok=True)


def test_a_sample_has_the_daily_closes_beside_the_bars() -> None:
    time = ns("2024-01-02T10:00", "2024-01-02T16:00", "2024-01-03T16:00")
    sample = Sample.from_bars(
        time=time,
        equity=np.array([90.0, 110.0, 99.0]),
        initial_capital=100.0,
        trade_pnls=np.array([-1.0]),
        periods_per_year=252,
        risk_free=0.02,
    )
    assert sample.daily_time.tolist() == time[1:].tolist()
    assert sample.daily_equity.tolist() == [110.0, 99.0]
    assert sample.returns == pytest.approx([0.1, -0.1])
    assert sample.time.tolist() == time.tolist()
    assert sample.equity.tolist() == [90.0, 110.0, 99.0]
    assert sample.trade_pnls.tolist() == [-1.0]
    assert (sample.initial_capital, sample.periods_per_year, sample.risk_free) == (100.0, 252, 0.02)


@pytest.mark.parametrize("field", ["time", "equity", "daily_time", "daily_equity", "returns", "trade_pnls"])
def test_a_sample_cannot_be_written_to_and_the_arrays_it_was_made_of_still_can(field: str) -> None:
    time, equity, pnls = ns("2024-01-02", "2024-01-03"), np.array([1.0, 2.0]), np.array([1.0])
    sample = Sample.from_bars(time=time, equity=equity, initial_capital=1.0, trade_pnls=pnls, periods_per_year=252)
    with pytest.raises(ValueError, match="read-only"):
        getattr(sample, field)[0] = 5
    time[0] = equity[0] = pnls[0] = 0


@pytest.mark.parametrize(
    ("time", "equity", "says"),
    [
        (ns("2024-01-02"), [1.0, 2.0], r"time has shape \(1,\) and equity \(2,\)"),
        (ns("2024-01-03", "2024-01-02"), [1.0, 2.0], "time runs backwards"),
        (ns("2024-01-03").reshape(1, 1), [[1.0]], r"time has shape \(1, 1\)"),
    ],
)
def test_bars_that_do_not_fit_together_are_refused(time: np.ndarray, equity: list[float], says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        Sample.from_bars(
            time=time, equity=np.array(equity), initial_capital=1.0, trade_pnls=np.array([]), periods_per_year=252
        )


def test_two_bars_may_close_at_the_same_time() -> None:
    # two instruments of one run
    time = ns("2024-01-02", "2024-01-02")
    assert last_of_each_day(time).tolist() == [1]
    Sample.from_bars(time=time, equity=np.ones(2), initial_capital=1.0, trade_pnls=np.array([]), periods_per_year=252)
