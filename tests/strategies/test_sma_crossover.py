from __future__ import annotations

import pytest

from tests.strategies.conftest import Backtest

# fast over 2 bars, slow over 3, on 1000 USD in whole shares:
#   bar   0   1   2     3     4      5      6     7    8
#   close 10  10  10    13    16     9      9     15   15
#   fast              10    11.5  14.5   12.5   9     12   15
#   slow              10    11    13     12.67  11.33 11   13
# At bar 2 they are equal, so bar 3 is a cross above, bar 5 one below, bar 7 one above.
CLOSES = [10, 10, 10, 13, 16, 9, 9, 15, 15]
PERIODS = {"fast_period": 2, "slow_period": 3}
# bar 3: 0.95 * 1000 / 13 = 73.1; bar 5: 1000 + 73 * (9 - 13) = 708; bar 7: 0.95 * 708 / 15 = 44.8
LONG_ONLY = ["3 BUY 73 @ 13.00", "5 SELL 73 @ 9.00", "7 BUY 44 @ 15.00"]
# bar 5: 0.95 * 708 / 9 = 74.7 short; bar 7: 708 - 74 * (15 - 9) = 264, 0.95 * 264 / 15 = 16.7
BOTH_SIDES = [
    "3 BUY 73 @ 13.00",
    "5 SELL 73 @ 9.00",
    "5 SELL 74 @ 9.00",
    "7 BUY 74 @ 15.00",
    "7 BUY 16 @ 15.00",
]


@pytest.mark.parametrize("oms", ["NETTING", "HEDGING"])
@pytest.mark.parametrize("account", ["CASH", "MARGIN"])
def test_a_cross_above_buys_and_a_cross_below_sells_at_the_close_of_its_bar(
    backtest: Backtest, oms: str, account: str
) -> None:
    outcome = backtest("sma_crossover", CLOSES, oms=oms, account=account, **PERIODS)
    assert outcome.fills == LONG_ONLY
    assert outcome.open_quantities == ["44"]


@pytest.mark.parametrize("oms", ["NETTING", "HEDGING"])
def test_with_allow_short_a_cross_closes_and_turns_in_the_same_bar(backtest: Backtest, oms: str) -> None:
    outcome = backtest("sma_crossover", CLOSES, oms=oms, allow_short=True, **PERIODS)
    assert outcome.fills == BOTH_SIDES
    assert outcome.open_quantities == ["16"]


def test_a_run_that_starts_inside_a_trend_waits_for_the_next_cross(backtest: Backtest) -> None:
    # bar 2 is the first with both averages: fast 13.5, slow 12.67, already above; bar 4: 9 against 11 crosses below
    assert backtest("sma_crossover", [11, 12, 15, 18, 0.5, 0.5], **PERIODS).fills == []


def test_a_price_that_stands_still_never_crosses(backtest: Backtest) -> None:
    # falling, then still: as floats, the mean of two 0.1 is above the mean of six
    closes = [0.5, 0.4, 0.3, 0.2, 0.15, 0.12] + [0.1] * 10
    assert backtest("sma_crossover", closes, fast_period=2, slow_period=6).fills == []


def test_a_run_after_a_reset_gives_the_same_fills(backtest: Backtest) -> None:
    assert backtest("sma_crossover", CLOSES, repeat=True, **PERIODS).again == LONG_ONLY
    # ends below, starts above: a cross only for one that remembers the run before
    assert backtest("sma_crossover", [11, 12, 15, 18, 0.5, 0.5], repeat=True, **PERIODS).again == []
