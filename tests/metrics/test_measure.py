"""FR-008 to FR-010 and FR-033: a run is measured whole, and a value that is not a number loses nothing else."""

from __future__ import annotations

import math
import pickle
import warnings
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

from workbench.metrics import DAY, FORMULAS_VERSION, Metrics, Undefined, measure

HOUR = DAY // 24
START = 19_906 * DAY  # 2024-07-02 at midnight: the close of the daily bar of July 1

OF_RETURNS = {"sharpe_ratio", "sortino_ratio", "volatility"}
OF_TRADES = {"win_rate", "profit_factor", "average_win", "average_loss", "expectancy"}
OF_BARS = {"total_return", "cagr", "max_drawdown", "max_drawdown_at", "calmar_ratio", "final_balance"}


def measured(
    equity: Sequence[float],
    pnls: Sequence[float] = (),
    *,
    start: int = START,
    step: int = DAY,
    capital: float = 10_000.0,
    a_year: int = 252,
) -> Metrics:
    """Measure a curve of bars that are `step` ns apart."""
    return measure(
        time=start + np.arange(len(equity)) * step,
        equity=np.array(equity, dtype=float),
        initial_capital=capital,
        trade_pnls=np.array(pnls, dtype=float),
        periods_per_year=a_year,
    )


def reasons(metrics: Metrics) -> dict[str, str]:
    return {name: undefined.reason for name, undefined in metrics.undefined.items()}


def test_a_run_is_measured_whole() -> None:
    # closes 100 100 110 120 60 80 100 120: 90 shares bought at the first, sold at the seventh, then a short trade
    got = measured([10_000, 10_000, 10_900, 11_800, 6_400, 8_200, 10_000, 10_900], [0.0, 1_000.0, -100.0])
    assert got.total_return == pytest.approx(0.09)
    # 1.09 ** (365.25 / 7) = exp(52.17857 × 0.0861777) = exp(4.496629) = 89.714
    assert got.cagr == pytest.approx(88.714, abs=1e-3)
    assert got.max_drawdown == pytest.approx(-0.4576, abs=5e-5)
    assert got.max_drawdown_ns == START + 4 * DAY
    assert got.calmar_ratio == pytest.approx(88.714 / 0.457627, abs=1e-2)
    assert got.final_balance == 10_900.0
    assert (got.total_trades, got.winning_trades, got.losing_trades, got.break_even_trades) == (3, 1, 1, 1)
    assert got.win_rate == pytest.approx(1 / 3)
    assert (got.profit_factor, got.average_win, got.average_loss, got.expectancy) == (10.0, 1_000.0, -100.0, 300.0)
    assert (got.undefined, got.custom, got.formulas_version) == ({}, {}, FORMULAS_VERSION)


def test_risk_is_measured_on_days_and_drawdown_on_every_bar() -> None:
    # closes of 12-hour bars: midnight belongs to the day before, so the daily closes are 10,100, 10,403, 10,298.97 and
    # 10,401.9597: +1 %, +3 %, -1 %, +1 %, the Sharpe of 9.72111 worked out in test_return_metrics
    curve = [10_100, 5_000, 10_403, 10_403, 10_298.97, 10_298.97, 10_401.9597]
    got = measured(curve, step=DAY // 2)
    assert got.sharpe_ratio == pytest.approx(9.72111, abs=1e-5)
    assert got.sortino_ratio == pytest.approx(31.749016, abs=1e-6)
    assert got.volatility == pytest.approx(0.259230, abs=1e-6)
    assert got.max_drawdown == pytest.approx(5_000 / 10_100 - 1)
    assert got.max_drawdown_ns == START + DAY // 2


def test_the_market_says_how_many_days_a_year_has() -> None:
    # 9.72111 × sqrt(365 / 252) = 11.69936, which is out of range
    curve = [10_100, 10_403, 10_298.97, 10_401.9597]
    got = measured(curve, a_year=365)
    assert got.volatility == pytest.approx(0.259230 * math.sqrt(365 / 252), abs=1e-6)
    assert got.sharpe_ratio is None
    assert got.undefined.keys() >= {"sharpe_ratio"}
    assert float(got.undefined["sharpe_ratio"].value or "") == pytest.approx(11.69936, abs=1e-5)
    assert got.undefined["sharpe_ratio"].reason == "outside -10 … 10"


def test_the_risk_free_rate_reaches_the_ratios() -> None:
    time, curve = START + np.arange(4) * DAY, np.array([10_100, 10_403, 10_298.97, 10_401.9597])
    got = measure(
        time=time, equity=curve, initial_capital=1e4, trade_pnls=np.array([]), periods_per_year=252, risk_free=0.0252
    )
    assert got.sharpe_ratio == pytest.approx(9.62390, abs=1e-5)


def test_a_run_without_bars_has_counts_and_reasons() -> None:
    got = measured([])
    assert (got.total_trades, got.winning_trades, got.losing_trades, got.break_even_trades) == (0, 0, 0, 0)
    assert reasons(got) == dict.fromkeys(OF_BARS | OF_RETURNS, "no bar") | dict.fromkeys(OF_TRADES, "no closed trade")
    assert got.total_return is None
    assert got.win_rate is None


def test_one_bar_has_a_return_but_no_risk() -> None:
    got = measured([9_000.0])
    assert got.total_return == pytest.approx(-0.1)
    assert got.max_drawdown == pytest.approx(-0.1)
    assert got.max_drawdown_ns == START
    assert reasons(got) == (
        dict.fromkeys(OF_RETURNS, "fewer than two days")
        | dict.fromkeys({"cagr", "calmar_ratio"}, "the period is shorter than a day")
        | dict.fromkeys(OF_TRADES, "no closed trade")
    )


def test_one_day_of_many_bars_is_still_one_day() -> None:
    got = measured([10_000, 10_100, 9_900, 10_200], start=START + HOUR, step=HOUR)
    assert reasons(got)["sharpe_ratio"] == "fewer than two days"
    assert got.total_return == pytest.approx(0.02)
    # 9,900 / 10,100 - 1
    assert got.max_drawdown == pytest.approx(-0.0198, abs=5e-5)


def test_an_account_that_never_moves_has_no_ratio_and_no_date() -> None:
    got = measured([10_000.0] * 5)
    assert (got.total_return, got.cagr, got.max_drawdown, got.volatility) == (0.0, 0.0, 0.0, 0.0)
    assert got.max_drawdown_ns is None
    assert {name: text for name, text in reasons(got).items() if name not in OF_TRADES} == {
        "sharpe_ratio": "returns never vary",
        "sortino_ratio": "no day below the target",
        "max_drawdown_at": "the account never lost value",
        "calmar_ratio": "the account never lost value",
    }


def test_an_account_that_ends_in_debt_keeps_the_raw_values() -> None:
    got = measured([10_000, 5_000, -5_000, -6_000], [-15_000.0])
    assert got.undefined["total_return"] == Undefined(value="-1.6", reason="outside -1 … 100")
    assert got.undefined["max_drawdown"] == Undefined(value="-1.6", reason="outside -1 … 0")
    # the date of a trough that is out of range is still a date
    assert got.max_drawdown_ns == START + 3 * DAY
    for name in ("cagr", "calmar_ratio", "sharpe_ratio", "sortino_ratio", "volatility"):
        assert got.undefined[name] == Undefined(value="nan", reason="account value is not positive")
    assert got.final_balance == -6_000.0
    assert (got.total_trades, got.average_loss, got.expectancy) == (1, -15_000.0, -15_000.0)


def test_an_account_that_loses_everything_is_at_the_end_of_the_range() -> None:
    got = measured([10_000, 0.0])
    assert (got.total_return, got.max_drawdown) == (-1.0, -1.0)


def test_a_return_of_ten_thousand_percent_is_kept_and_more_is_not() -> None:
    # 1,010,000 / 10,000 - 1 = 100
    assert measured([10_000, 1_010_000.0]).total_return == 100.0
    assert measured([10_000, 1_020_000.0]).undefined["total_return"] == Undefined(
        value="101.0", reason="outside -1 … 100"
    )


def test_without_a_loser_there_is_a_reason_and_the_infinity() -> None:
    got = measured([10_000, 10_100], [100.0])
    assert got.undefined["profit_factor"] == Undefined(value="inf", reason="no losing trade to set the gains against")
    assert reasons(got)["average_loss"] == "no losing trade"
    assert (got.win_rate, got.average_win, got.expectancy) == (1.0, 100.0, 100.0)
    assert reasons(measured([10_000, 9_900], [-100.0]))["average_win"] == "no winning trade"


def test_growth_too_large_for_a_year_is_undefined_without_a_warning() -> None:
    # a thousandfold in a day: 1,000 ** 365 is more than a float holds
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        got = measured([9_000, 10_000_000.0])
    assert got.undefined["cagr"] == Undefined(value="inf", reason="growth too large to annualise")
    assert got.undefined["calmar_ratio"] == Undefined(value="inf", reason="growth too large to annualise")


def test_a_curve_of_infinities_is_undefined_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        got = measured([10_000, math.inf, 10_000, 1e308], [math.nan, 1.0])
    assert got.final_balance == 1e308
    assert reasons(got)["sharpe_ratio"] == "the equity curve holds a value that is not finite"
    assert reasons(got)["expectancy"] == "a trade's result is not finite"
    assert (got.total_trades, got.winning_trades, got.losing_trades, got.break_even_trades) == (2, 1, 0, 1)


def test_a_gap_in_the_curve_is_reported_and_loses_no_other_metric() -> None:
    got = measured([10_000, math.nan, 11_000], [100.0, -50.0])
    for name in ("max_drawdown", "max_drawdown_at", "sharpe_ratio", "sortino_ratio", "volatility", "calmar_ratio"):
        assert reasons(got)[name] == "the equity curve holds a value that is not finite"
    assert got.total_return == pytest.approx(0.1)
    assert got.profit_factor == 2.0
    assert reasons(measured([math.nan]))["final_balance"] == "the equity curve holds a value that is not finite"


def test_a_run_without_capital_has_no_returns() -> None:
    got = measured([100.0, 110.0], capital=0.0)
    for name in ("total_return", "cagr", "sharpe_ratio", "sortino_ratio", "volatility"):
        assert reasons(got)[name] == "initial capital is not positive"
    assert got.final_balance == 110.0


def test_metrics_are_plain_values_that_travel_between_processes() -> None:
    got = measured([10_000, 10_100, 10_050], [50.0])
    assert pickle.loads(pickle.dumps(got)) == got
    for name, spec_type in {"total_return": float, "max_drawdown_at": datetime, "total_trades": int}.items():
        assert type(getattr(got, name)) is spec_type
    assert replace(got, formulas_version=0) != got


def test_lists_are_taken_like_arrays() -> None:
    got = measure(time=[START], equity=[100], initial_capital=100, trade_pnls=[], periods_per_year=252)  # type: ignore[arg-type]
    assert (got.total_return, got.final_balance) == (0.0, 100.0)
