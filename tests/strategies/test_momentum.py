from __future__ import annotations

import pytest

from tests.strategies.conftest import Backtest

# change over 2 bars, threshold 0.1, on 1000 USD:
#   bar    0    1    2     3     4     5     6      7      8
#   close  100  100  105   111   120   121   90     99     100
#   change           0.05  0.11  0.14  0.09  -0.25  -0.18  0.11
CLOSES = [100, 100, 105, 111, 120, 121, 90, 99, 100]
PARAMS = {"lookback": 2, "threshold": 0.1}


@pytest.mark.parametrize("oms", ["NETTING", "HEDGING"])
@pytest.mark.parametrize("account", ["CASH", "MARGIN"])
def test_a_rise_above_the_threshold_is_held_until_it_is_none(backtest: Backtest, oms: str, account: str) -> None:
    # 950 / 111 = 8.6; then 1000 + 8 * (121 - 111) = 1080 and 0.95 * 1080 / 100 = 10.3
    outcome = backtest("momentum", CLOSES, oms=oms, account=account, **PARAMS)
    assert outcome.fills == ["3 BUY 8 @ 111.00", "5 SELL 8 @ 121.00", "8 BUY 10 @ 100.00"]


@pytest.mark.parametrize("oms", ["NETTING", "HEDGING"])
def test_with_allow_short_the_position_stays_until_the_change_turns(backtest: Backtest, oms: str) -> None:
    # bar 5 is between the thresholds; bar 6: 1000 + 8 * (90 - 111) = 832, 0.95 * 832 / 90 = 8.8;
    # bar 8: 832 - 8 * (100 - 90) = 752, 0.95 * 752 / 100 = 7.1
    outcome = backtest("momentum", CLOSES, oms=oms, allow_short=True, **PARAMS)
    assert outcome.fills == [
        "3 BUY 8 @ 111.00",
        "6 SELL 8 @ 90.00",
        "6 SELL 8 @ 90.00",
        "8 BUY 8 @ 100.00",
        "8 BUY 7 @ 100.00",
    ]


def test_a_change_equal_to_the_threshold_is_not_enough(backtest: Backtest) -> None:
    assert backtest("momentum", [100, 100, 125, 125], lookback=2, threshold=0.25).fills == []


def test_the_first_change_needs_all_bars_of_the_lookback(backtest: Backtest) -> None:
    # bar 2 is the first with a bar 2 before it
    assert backtest("momentum", [100, 101, 102, 103], lookback=2).fills == ["2 BUY 9 @ 102.00"]


def test_a_fall_sells_without_allow_short_too(backtest: Backtest) -> None:
    # bar 4: 80 against 110; 950 / 110 = 8.6
    assert backtest("momentum", [100, 100, 110, 111, 80], **PARAMS).fills[-1] == "4 SELL 8 @ 80.00"
