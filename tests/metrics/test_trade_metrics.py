"""FR-009, FR-010: the trade metrics, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.metrics import (
    average_loss,
    average_win,
    break_even_trades,
    expectancy,
    losing_trades,
    profit_factor,
    total_trades,
    win_rate,
    winning_trades,
)

EIGHT = np.array([100.0, 200.0, 50.0, -150.0, 300.0, -100.0, 80.0, -30.0])
NONE = np.array([])


def test_eight_trades_give_what_a_pencil_gives() -> None:
    # gains 100 + 200 + 50 + 300 + 80 = 730 of 5; losses 150 + 100 + 30 = 280 of 3
    assert expectancy(EIGHT) == 56.25  # (730 - 280) / 8
    assert profit_factor(EIGHT) == pytest.approx(2.607, abs=5e-4)  # 730 / 280
    assert average_win(EIGHT) == 146.0  # 730 / 5
    assert average_loss(EIGHT) == pytest.approx(-93.33, abs=5e-3)  # -280 / 3
    assert win_rate(EIGHT) == 0.625  # 5 / 8


def test_a_trade_that_made_nothing_is_neither_won_nor_lost() -> None:
    pnls = np.array([10.0, 0.0, -5.0])
    assert total_trades(pnls) == 3
    assert (winning_trades(pnls), losing_trades(pnls), break_even_trades(pnls)) == (1, 1, 1)
    assert win_rate(pnls) == pytest.approx(1 / 3)
    assert expectancy(pnls) == pytest.approx(5 / 3)
    assert average_win(pnls) == 10.0
    assert average_loss(pnls) == -5.0


def test_without_a_trade_there_are_none_and_no_ratio() -> None:
    assert [count(NONE) for count in (total_trades, winning_trades, losing_trades, break_even_trades)] == [0, 0, 0, 0]
    for ratio in (win_rate, profit_factor, average_win, average_loss, expectancy):
        assert math.isnan(ratio(NONE))


def test_without_a_loser_the_profit_factor_is_infinite() -> None:
    assert profit_factor(np.array([10.0, 0.0])) == math.inf


def test_without_winner_and_loser_there_is_no_profit_factor() -> None:
    assert math.isnan(profit_factor(np.array([0.0])))


def test_without_a_winner_the_profit_factor_is_zero_and_there_is_no_average_win() -> None:
    assert profit_factor(np.array([-10.0])) == 0.0
    assert math.isnan(average_win(np.array([-10.0])))
    assert math.isnan(average_loss(np.array([10.0])))


@given(st.lists(st.floats(-1e9, 1e9) | st.just(0.0) | st.just(math.nan), max_size=30))
def test_won_lost_and_even_always_add_up_to_all_trades(pnls: list[float]) -> None:
    array = np.array(pnls, dtype=float)
    assert winning_trades(array) + losing_trades(array) + break_even_trades(array) == total_trades(array) == len(pnls)


@given(st.lists(st.integers(-10_000, 10_000), min_size=1, max_size=30))
def test_expectancy_is_the_win_rate_times_the_average_win_plus_the_loss_rate_times_the_average_loss(
    cents: list[int],
) -> None:
    pnls = np.array(cents, dtype=float) / 100
    won = winning_trades(pnls) * average_win(pnls) if winning_trades(pnls) else 0.0
    lost = losing_trades(pnls) * average_loss(pnls) if losing_trades(pnls) else 0.0
    assert expectancy(pnls) == pytest.approx((won + lost) / len(pnls), abs=1e-9)
