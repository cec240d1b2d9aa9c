from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.strategies.conftest import Backtest

# RSI over 2 bars (Wilder: half the old average plus half the new change), trend over 5 bars:
#   bar      0    1    2    3     4      5
#   close    100  200  200  200   180    185
#   gain     0    50   25   12.5  6.25   5.625    (6.25 / 2 + 5 / 2)
#   loss     0    0    0    0     10     5
#   RSI                           38.46  52.94    100 * 6.25 / 16.25, 100 * 5.625 / 10.625
#   average                       176    193
DIP = [100, 200, 200, 200, 180, 185, 185]
# the same upside down: RSI 61.54 at bar 4 with the average at 124, 47.06 at bar 5
PEAK = [200, 100, 100, 100, 120, 115, 115]
PARAMS = {"rsi_period": 2, "trend_period": 5, "entry_below": 40, "exit_above": 50, "capital": 10_000}


@pytest.mark.parametrize("oms", ["NETTING", "HEDGING"])
@pytest.mark.parametrize("account", ["CASH", "MARGIN"])
def test_a_dip_in_a_rise_is_bought_and_sold_when_the_rsi_recovers(backtest: Backtest, oms: str, account: str) -> None:
    # 0.95 * 10,000 / 180 = 52.8
    fills = ["4 BUY 52 @ 180.00", "5 SELL 52 @ 185.00"]
    assert backtest("mean_reversion", DIP, oms=oms, account=account, **PARAMS).fills == fills


@pytest.mark.parametrize("oms", ["NETTING", "HEDGING"])
def test_with_allow_short_a_peak_in_a_fall_is_sold_and_bought_back(backtest: Backtest, oms: str) -> None:
    # 0.95 * 10,000 / 120 = 79.2
    fills = ["4 SELL 79 @ 120.00", "5 BUY 79 @ 115.00"]
    assert backtest("mean_reversion", PEAK, oms=oms, allow_short=True, **PARAMS).fills == fills


def test_without_allow_short_a_peak_is_left_alone(backtest: Backtest) -> None:
    assert backtest("mean_reversion", PEAK, **PARAMS).fills == []


@pytest.mark.parametrize(("entry_below", "bought"), [(38.4, False), (38.5, True)])
def test_the_rsi_is_wilders_on_a_scale_of_100(backtest: Backtest, entry_below: float, bought: bool) -> None:
    fills = backtest("mean_reversion", DIP, **{**PARAMS, "entry_below": entry_below}).fills
    assert bool(fills) is bought


@pytest.mark.parametrize(("exit_above", "sold"), [(52.9, True), (53, False)])
def test_the_exit_waits_for_the_rsi_to_exceed_exit_above(backtest: Backtest, exit_above: float, sold: bool) -> None:
    fills = backtest("mean_reversion", DIP[:6], **{**PARAMS, "exit_above": exit_above}).fills
    assert len(fills) == (2 if sold else 1)


@pytest.mark.parametrize(("exit_above", "covered"), [(52.9, True), (53, False)])
def test_the_short_exit_is_the_mirror_of_the_long_one(backtest: Backtest, exit_above: float, covered: bool) -> None:
    # 47.06 is below 100 - 52.9 = 47.1, not below 47
    fills = backtest("mean_reversion", PEAK[:6], allow_short=True, **{**PARAMS, "exit_above": exit_above}).fills
    assert len(fills) == (2 if covered else 1)


@pytest.mark.parametrize(("closes", "trend"), [([300, 200, 200, 200, 180], "216"), ([0.5, 100, 100, 100, 120], "84.1")])
def test_against_the_trend_nothing_is_entered(backtest: Backtest, closes: Sequence[float], trend: str) -> None:
    # a dip under its average, a peak above it
    assert backtest("mean_reversion", closes, allow_short=True, **PARAMS).fills == []


def test_the_trend_decides_about_entries_only(backtest: Backtest) -> None:
    # bar 5 falls to 100, far under the average of 176, with an RSI of 100 * 3.125 / (3.125 + 45) = 6.5
    outcome = backtest("mean_reversion", [100, 200, 200, 200, 180, 100], **PARAMS)
    assert outcome.fills == ["4 BUY 52 @ 180.00"]


def test_a_position_in_a_dip_that_deepens_is_not_doubled(backtest: Backtest) -> None:
    # trend over 5 bars from 10: (10 + 200 + 200 + 180 + 170) / 5 = 152 < 170, and the RSI still falls
    outcome = backtest(
        "mean_reversion", [10, 10, 200, 200, 180, 170], **{**PARAMS, "entry_below": 99, "exit_above": 99.5}
    )
    assert len(outcome.fills) == 1


def test_without_allow_short_only_the_recovery_sells(backtest: Backtest) -> None:
    # bar 5: RSI 52.94 is above 100 - 60 and the close of 185 under the average of 193, which is a short entry only
    outcome = backtest("mean_reversion", DIP[:6], **{**PARAMS, "entry_below": 60, "exit_above": 70})
    assert outcome.fills == ["4 BUY 52 @ 180.00"]


def test_nothing_is_entered_before_the_trend_has_all_its_bars(backtest: Backtest) -> None:
    # bar 3: RSI 100 * 12.5 / 22.5 = 55.6, the average of four bars is 170
    closes = [100, 200, 200, 180]
    assert backtest("mean_reversion", closes, **{**PARAMS, "entry_below": 60, "exit_above": 70}).fills == []
