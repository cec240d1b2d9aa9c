from __future__ import annotations

import pytest
from bokeh_sampledata.stocks import AAPL
from nautilus_trader.backtest.models import FillModel, LatencyModel
from nautilus_trader.model.currencies import EUR

from tests.strategies.conftest import Backtest
from workbench.errors import CurrencyMismatch, InvalidInput

CROSS = [10, 10, 10, 13, 16, 9, 9, 15, 15]
PERIODS = {"fast_period": 2, "slow_period": 3}
HALF_A_DAY = 43_200_000_000_000


@pytest.mark.parametrize("key", ["sma_crossover", "mean_reversion", "momentum"])
def test_each_strategy_trades_on_thirteen_years_of_a_real_share(backtest: Backtest, key: str) -> None:
    closes = [round(close, 2) for close in AAPL["adj_close"]]
    outcome = backtest(key, closes, capital=100_000)
    assert outcome.iterations == 3270
    assert len(outcome.fills) >= 10


def test_the_fee_is_part_of_what_a_position_costs(backtest: Backtest) -> None:
    # fee 1 %. bar 3: 1000 / 13.13 = 76.2 (77 would cost 1011); cash 1000 - 76 * 13.13 = 2.12
    # bar 5: + 76 * 9 * 0.99 = 679.28; bar 7: 679.28 / 15.15 = 44.8; cash 679.28 - 44 * 15.15 = 12.68
    outcome = backtest("sma_crossover", CROSS, instrument="share with fee", account="CASH", position_pct=1.0, **PERIODS)
    assert outcome.fills == ["3 BUY 76 @ 13.00", "5 SELL 76 @ 9.00", "7 BUY 44 @ 15.00"]
    assert outcome.balances == ["12.68 USD"]


def test_a_reversal_pays_the_fee_of_closing_before_it_sizes_the_entry(backtest: Backtest) -> None:
    # fee 1 %, all of the equity. bar 3: 76, fee 9.88. bar 5: 990.12 - 76 * 4 = 686.12, closing costs 6.84: 679.28,
    # short 679.28 / 9.09 = 74.7. bar 7: 679.28 - 6.66 fee - 74 * 6 - 11.10 fee = 217.52, / 15.15 = 14.4
    outcome = backtest(
        "sma_crossover", CROSS, instrument="share with fee", allow_short=True, position_pct=1.0, **PERIODS
    )
    assert [f for f in outcome.fills if f.startswith(("5", "7"))] == [
        "5 SELL 76 @ 9.00",
        "5 SELL 74 @ 9.00",
        "7 BUY 74 @ 15.00",
        "7 BUY 14 @ 15.00",
    ]


def test_an_order_that_slips_a_tick_never_overdraws_a_cash_account(backtest: Backtest) -> None:
    # all of 1000 at 10.00 would be 100 shares, which cost 1001 at 10.01
    slips = FillModel(prob_slippage=1.0, random_seed=1)
    closes = [10, 10, 10, 12.5, 12.5]
    outcome = backtest("sma_crossover", closes, account="CASH", position_pct=1.0, fill_model=slips, **PERIODS)
    # 1000 / 12.51 = 79.9, where 1000 / 12.50 = 80
    assert outcome.fills == ["3 BUY 79 @ 12.51"]
    assert outcome.iterations == len(closes)  # NautilusTrader stops a run whose account is overdrawn


@pytest.mark.parametrize("account", ["CASH", "MARGIN"])
def test_bitcoin_is_bought_in_fractions(backtest: Backtest, account: str) -> None:
    # fee 0.1 %: 950 / (13 * 1.001) = 73.00391915..., cut at 6 decimals
    outcome = backtest("sma_crossover", CROSS[:5], instrument="bitcoin", account=account, **PERIODS)
    assert outcome.fills == ["3 BUY 73.003919 @ 13.00"]


def test_a_currency_pair_is_bought_in_whole_units_for_yen(backtest: Backtest) -> None:
    # 950,000 JPY / 13 = 73,076.9 USD
    outcome = backtest("sma_crossover", CROSS[:5], instrument="yen", capital=1_000_000, **PERIODS)
    assert outcome.fills == ["3 BUY 73076 @ 13.000"]


def test_an_order_is_no_larger_than_the_instrument_allows(backtest: Backtest) -> None:
    outcome = backtest("sma_crossover", CROSS[:5], instrument="share of at most 50", **PERIODS)
    assert outcome.fills == ["3 BUY 50 @ 13.00"]


def test_an_order_under_the_minimum_is_not_sent(backtest: Backtest) -> None:
    # 73 shares would be bought, 100 are the minimum
    assert backtest("sma_crossover", CROSS, instrument="share of at least 100", **PERIODS).fills == []


def test_a_signal_that_repeats_while_an_order_is_on_its_way_does_not_double_the_position(backtest: Backtest) -> None:
    # the order of bar 2 arrives at bar 4, and bar 3 says buy again
    late = LatencyModel(base_latency_nanos=3 * HALF_A_DAY)
    outcome = backtest("momentum", [100, 100, 110, 111, 112, 113, 114, 115], lookback=2, latency=late)
    assert len(outcome.fills) == 1
    assert outcome.open_quantities == ["8"]


def test_a_cash_account_that_should_sell_short_is_refused_before_the_first_bar(backtest: Backtest) -> None:
    with pytest.raises(InvalidInput, match="allow_short needs a margin account"):
        backtest("momentum", CROSS, account="CASH", allow_short=True)


def test_capital_in_another_currency_is_refused_by_name(backtest: Backtest) -> None:
    with pytest.raises(CurrencyMismatch, match=r"ACME\.SIM is paid for in USD, but the account holds EUR"):
        backtest("sma_crossover", CROSS, currency=EUR, **PERIODS)


def test_an_open_position_at_the_end_stays_open(backtest: Backtest) -> None:
    outcome = backtest("sma_crossover", CROSS[:5], **PERIODS)
    assert outcome.fills == ["3 BUY 73 @ 13.00"]
    assert outcome.open_quantities == ["73"]


@pytest.mark.parametrize("oms", ["NETTING", "HEDGING"])
def test_another_strategy_on_the_same_instrument_is_left_alone(backtest: Backtest, oms: str) -> None:
    # momentum over 4 bars buys at bar 4 (20 against 1): 950 / 20 = 47.5. At bar 5 the averages cross, 20.5 to 20.33
    # after 20 to 20: 950 / 21 = 45.2
    beside = ("momentum", {"lookback": 4})
    outcome = backtest("sma_crossover", [1, 20, 20, 20, 20, 21], oms=oms, beside=beside, **PERIODS)
    assert outcome.fills == ["4 BUY 47 @ 20.00", "5 BUY 45 @ 21.00"]


def test_an_instrument_that_the_engine_has_not_is_named(backtest: Backtest) -> None:
    with pytest.raises(InvalidInput, match=r"the engine has no instrument NONE\.SIM"):
        backtest("momentum", CROSS, configured="NONE.SIM")
