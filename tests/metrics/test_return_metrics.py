"""FR-008, FR-010: the metrics of the equity curve, by hand, by property, and beside empyrical."""

from __future__ import annotations

import math

import empyrical
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.metrics import (
    DAY,
    cagr,
    calmar_ratio,
    drawdown,
    final_balance,
    max_drawdown,
    max_drawdown_ns,
    sharpe_ratio,
    simple_returns,
    sortino_ratio,
    total_return,
    volatility,
)

# mean 0.01; deviations 0, 0.02, -0.02, 0; variance 0.0008 / 3; deviation 0.0163299
FOUR = np.array([0.01, 0.03, -0.01, 0.01])
EMPTY = np.array([])
NO_TIME = np.array([], dtype=np.int64)
TWO_YEARS = np.array([0, 365, 730.5]) * DAY

curves = st.lists(st.floats(0.01, 1e6), min_size=1, max_size=50).map(np.array)


def days(count: int) -> np.ndarray:
    """Daily bar closes in the middle of 2024."""
    return np.int64(1_719_792_000_000_000_000) + np.arange(count, dtype=np.int64) * DAY


def market(seed: int, count: int = 500) -> np.ndarray:
    """Daily returns like a share's: 1.5 % up and down around a small drift."""
    return np.random.default_rng(seed).normal(0.0005, 0.015, count)


def test_total_return_is_the_last_value_against_the_capital() -> None:
    assert total_return(np.array([90.0, 150.0]), 100.0) == 0.5
    assert total_return(np.array([90.0, 0.0]), 100.0) == -1.0


def test_cagr_is_the_growth_of_one_calendar_year() -> None:
    # 12,100 / 10,000 = 1.21 in 730.5 days = 2 years; 1.21 ** (1 / 2) = 1.1
    assert cagr(TWO_YEARS.astype(np.int64), np.array([1.0, 1.0, 12_100.0]), 10_000.0) == pytest.approx(0.1)


def test_cagr_of_a_day_compounds_it_over_a_year() -> None:
    # 1.001 ** 365.25 = exp(365.25 × 0.0009995) = exp(0.365067) = 1.44061
    assert cagr(days(2), np.array([100.0, 100.1]), 100.0) == pytest.approx(0.44061, abs=1e-5)


def test_less_than_a_day_is_not_made_a_year() -> None:
    assert math.isnan(cagr(np.array([0, DAY - 1]), np.array([100.0, 101.0]), 100.0))


def test_sharpe_of_four_days() -> None:
    # 0.01 / 0.0163299 = 0.612372; × sqrt(252) = 15.874508 gives 9.72111
    assert sharpe_ratio(FOUR, 252) == pytest.approx(9.72111, abs=1e-5)


def test_sharpe_takes_a_days_share_of_the_risk_free_rate_off_each_return() -> None:
    # 0.0252 / 252 = 0.0001 a day: 0.0099 / 0.0163299 × 15.874508 = 9.62390
    assert sharpe_ratio(FOUR, 252, 0.0252) == pytest.approx(9.62390, abs=1e-5)


def test_sortino_of_four_days_counts_the_days_without_a_loss() -> None:
    # one shortfall of 0.01 in four days: sqrt(0.0001 / 4) = 0.005; 0.01 / 0.005 × sqrt(252) = 31.749016
    assert sortino_ratio(FOUR, 252) == pytest.approx(31.749016, abs=1e-6)


def test_sortino_takes_the_risk_free_rate_as_its_target() -> None:
    # target 2.52 / 252 = 0.01 a day: excess 0, 0.02, -0.02, 0; their mean is 0
    assert sortino_ratio(FOUR, 252, 2.52) == pytest.approx(0.0, abs=1e-12)


def test_volatility_of_four_days() -> None:
    # 0.0163299 × 15.874508
    assert volatility(FOUR, 252) == pytest.approx(0.259230, abs=1e-6)


def test_calmar_is_cagr_per_drawdown() -> None:
    # 0.1 a year as above; 12,000 to 9,000 is a quarter: 0.1 / 0.25
    equity = np.array([12_000.0, 9_000.0, 12_100.0])
    assert calmar_ratio(TWO_YEARS.astype(np.int64), equity, 10_000.0) == pytest.approx(0.4)


def test_the_drawdown_of_a_position_that_halved_and_came_back() -> None:
    # 90 shares of 10,000 bought at 100, sold at 100: closes 100 100 110 120 60 80 100 120
    equity = np.array([10_000, 10_000, 10_900, 11_800, 6_400, 8_200, 10_000, 10_000], dtype=float)
    assert max_drawdown(equity, 10_000.0) == pytest.approx(-0.4576, abs=5e-5)  # 6,400 / 11,800 - 1
    assert max_drawdown_ns(days(8), equity, 10_000.0) == days(8)[4]
    assert drawdown(equity, 10_000.0)[:5] == pytest.approx([0, 0, 0, 0, 6_400 / 11_800 - 1])


def test_the_initial_capital_is_the_first_peak() -> None:
    equity = np.array([80.0, 90.0])
    assert max_drawdown(equity, 100.0) == pytest.approx(-0.2)
    assert max_drawdown(equity) == 0.0
    assert max_drawdown_ns(days(2), equity, 100.0) == days(2)[0]


def test_the_date_of_a_drawdown_is_exact_to_the_nanosecond_and_the_first_of_equals() -> None:
    time = days(3) + 1
    assert max_drawdown_ns(time, np.array([90.0, 100.0, 90.0]), 100.0) == 1_719_792_000_000_000_001


def test_an_account_that_never_fell_has_a_drawdown_of_zero_and_no_date() -> None:
    assert max_drawdown(np.array([100.0, 100.0, 101.0]), 100.0) == 0.0
    assert max_drawdown_ns(days(2), np.array([100.0, 101.0]), 100.0) is None
    assert math.isnan(calmar_ratio(days(2), np.array([100.0, 101.0]), 100.0))


def test_debt_is_a_drawdown_below_minus_one() -> None:
    assert max_drawdown(np.array([-50.0]), 100.0) == -1.5


def test_a_peak_that_is_not_positive_has_no_drawdown() -> None:
    assert math.isnan(max_drawdown(np.array([-50.0, 10.0]), 0.0))


def test_final_balance_is_the_last_value() -> None:
    assert final_balance(np.array([1.0, 2.5])) == 2.5


def test_nothing_gives_no_number() -> None:
    assert math.isnan(total_return(EMPTY, 100.0))
    assert math.isnan(cagr(NO_TIME, EMPTY, 100.0))
    assert math.isnan(max_drawdown(EMPTY, 100.0))
    assert max_drawdown_ns(NO_TIME, EMPTY, 100.0) is None
    assert math.isnan(calmar_ratio(NO_TIME, EMPTY, 100.0))
    assert math.isnan(final_balance(EMPTY))
    assert drawdown(EMPTY).size == 0


@pytest.mark.parametrize("returns", [EMPTY, np.array([0.01])])
def test_one_day_is_too_few_for_a_deviation(returns: np.ndarray) -> None:
    assert math.isnan(sharpe_ratio(returns, 252))
    assert math.isnan(sortino_ratio(returns, 252))
    assert math.isnan(volatility(returns, 252))


def test_returns_that_never_vary_have_a_volatility_of_zero_and_no_sharpe() -> None:
    flat = np.zeros(3)
    assert volatility(flat, 252) == 0.0
    assert math.isnan(sharpe_ratio(flat, 252))
    assert math.isnan(sortino_ratio(flat, 252))


def test_growth_that_is_even_but_for_rounding_has_no_sharpe() -> None:
    # 1 % a day: the returns differ in the last digit, and a ratio to that would be about 1e15
    returns = simple_returns(100.0 * np.power(1.01, np.arange(1.0, 50.0)), 100.0)
    assert returns.std() > 0
    assert math.isnan(sharpe_ratio(returns, 252))


def test_losses_that_are_only_rounding_are_none() -> None:
    assert sortino_ratio(np.array([0.01, -2e-16]), 252) == math.inf
    rounded = np.array([100.0, 100.0 - 1.5e-14, 101.0])
    assert max_drawdown(rounded) < 0
    assert math.isnan(calmar_ratio(days(3), rounded, 100.0))


def test_without_a_day_below_the_target_sortino_is_infinite() -> None:
    assert sortino_ratio(np.array([0.01, 0.02]), 252) == math.inf


@given(curves)
def test_the_drawdown_of_a_positive_account_is_between_minus_one_and_zero(equity: np.ndarray) -> None:
    depth = drawdown(equity)
    assert ((depth > -1) & (depth <= 0)).all()
    assert max_drawdown(equity) == depth.min()


@given(curves)
def test_a_new_high_never_changes_the_drawdown(equity: np.ndarray) -> None:
    assert max_drawdown(np.append(equity, equity.max() + 1)) == max_drawdown(equity)


@given(curves, st.floats(0.01, 1e6))
def test_a_new_low_makes_the_deepest_drawdown(equity: np.ndarray, share: float) -> None:
    low = equity.min() / (1 + share)
    assert max_drawdown(np.append(equity, low)) == pytest.approx(low / equity.max() - 1)


@given(st.integers(0, 1_000), st.integers(-6, 6))
def test_a_larger_account_has_the_same_ratios(seed: int, power: int) -> None:
    # by a power of two, so that not even rounding differs
    scale, capital = 2.0**power, 10_000.0
    small = capital * np.cumprod(1 + market(seed, 20))
    large, time = small * scale, days(20)
    assert total_return(large, capital * scale) == total_return(small, capital)
    assert cagr(time, large, capital * scale) == cagr(time, small, capital)
    assert max_drawdown(large, capital * scale) == max_drawdown(small, capital)
    assert calmar_ratio(time, large, capital * scale) == calmar_ratio(time, small, capital)
    assert simple_returns(large, capital * scale).tolist() == simple_returns(small, capital).tolist()


@pytest.mark.parametrize("seed", range(5))
def test_empyrical_says_the_same(seed: int) -> None:
    returns = market(seed)
    equity = 10_000.0 * np.cumprod(1 + returns)
    assert sharpe_ratio(returns, 252) == pytest.approx(empyrical.sharpe_ratio(returns))
    assert sharpe_ratio(returns, 365) == pytest.approx(empyrical.sharpe_ratio(returns, annualization=365))
    assert sortino_ratio(returns, 252) == pytest.approx(empyrical.sortino_ratio(returns))
    assert volatility(returns, 252) == pytest.approx(empyrical.annual_volatility(returns))
    assert max_drawdown(equity, 10_000.0) == pytest.approx(empyrical.max_drawdown(returns))
    assert total_return(equity, 10_000.0) == pytest.approx(empyrical.cum_returns_final(returns))


def test_empyrical_gives_the_risk_free_rate_per_day_and_we_per_year() -> None:
    returns = market(1)
    assert sharpe_ratio(returns, 252, 0.0504) == pytest.approx(empyrical.sharpe_ratio(returns, risk_free=0.0002))
    assert sortino_ratio(returns, 252, 0.0504) == pytest.approx(
        empyrical.sortino_ratio(returns, required_return=0.0002)
    )


def test_empyrical_counts_years_in_returns_and_we_on_the_calendar() -> None:
    # 500 daily closes are 499 days: told how many returns our year then has, it gives the same growth
    returns = market(2)
    equity = 10_000.0 * np.cumprod(1 + returns)
    a_year = 500 / (499 / 365.25)
    assert cagr(days(500), equity, 10_000.0) == pytest.approx(empyrical.cagr(returns, annualization=a_year))
    assert calmar_ratio(days(500), equity, 10_000.0) == pytest.approx(
        empyrical.calmar_ratio(returns, annualization=a_year)
    )
