"""Equity of several instruments, currencies, venues and kinds of account, worked out by hand on real engines."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.support.engines import bars, close, engine, instrument, quotes, result_of, script
from workbench.runs import Result

ACME = "ACME.TEST"


def codes(result: Result) -> list[str]:
    return [warning.code for warning in result.warnings]


def test_one_instrument_in_one_currency_equals_the_fast_way(made: list[Any]) -> None:
    acme, closes = instrument(ACME), [100, 100, 110, 120, 60, 80, 100, 120]
    orders = {"1": 50, "2": 40, "4": -30, "6": -100, "7": 60}
    result = result_of(made, engine(("TEST", ["10000 USD"])), [acme], [bars(acme, closes)], script(ACME, orders))
    # 90 at 100; 30 of them sold at 120 and 60 at 80: +600, -1,200; 40 short from 80, covered at 100: -800; 20 at 100
    assert result.equity.value.tolist() == [10_000, 10_000, 10_900, 11_800, 8_200, 9_400, 8_600, 9_000]


def test_an_account_in_euro_sees_a_dollar_stock_by_the_fed_rate(made: list[Any]) -> None:
    acme, pair = instrument(ACME), instrument("EUR/USD.TEST", decimals=5)
    data = [bars(acme, [100, 110, 120, 120]), quotes(pair, [1.25, 1.25, 1.25, 1.6])]
    result = result_of(made, engine(("TEST", ["10000 EUR"])), [acme, pair], data, script(ACME, {"1": 10, "3": -10}))
    # 10 * 10 USD and 10 * 20 USD at 1.25 USD a euro; what was sold is in euro and no longer moves with the rate
    assert result.equity.value.tolist() == pytest.approx([10_000, 10_080, 10_160, 10_160])
    assert [(trade.pnl, trade.currency) for trade in result.trades] == [(160, "EUR")]
    assert codes(result) == []


def test_without_a_rate_the_equity_is_not_known_from_the_position_on_and_says_why(made: list[Any]) -> None:
    acme = instrument(ACME)
    data = [bars(acme, [100, 110, 120])]
    result = result_of(made, engine(("TEST", ["10000 EUR"])), [acme], data, script(ACME, {"1": 10}))
    assert result.equity.value.tolist() == pytest.approx([10_000, np.nan, np.nan], nan_ok=True)
    said = {warning.code: warning.message for warning in result.warnings}
    assert said["no_rate"].startswith("no price of USD/EUR or EUR/USD was fed")


def test_a_hedging_account_adds_its_two_positions(made: list[Any]) -> None:
    acme = instrument(ACME)
    built = engine(("TEST", ["10000 USD"]), oms="HEDGING")
    data = [bars(acme, [100, 110, 120, 90])]
    result = result_of(made, built, [acme], data, script(ACME, {"1": 10, "2": -5}))
    # long 10 from 100, short 5 from 110: 0; 10 * 10; 10 * 20 - 5 * 10; 10 * -10 + 5 * 20
    assert result.equity.value.tolist() == [10_000, 10_100, 10_150, 10_000]
    assert codes(result) == ["open_position", "open_position"]


def test_a_hedged_position_keeps_the_profit_between_its_two_entries(made: list[Any]) -> None:
    acme = instrument(ACME)
    built = engine(("TEST", ["10000 USD"]), oms="HEDGING")
    data = [bars(acme, [100, 110, 500, 700])]
    result = result_of(made, built, [acme], data, script(ACME, {"1": 10, "2": -5, "3": -5}))
    # 10 * 400 - 5 * 390; then 10 long and 10 short: 10 * 600 - 5 * 590 - 5 * 200, the same whatever the price
    assert result.equity.value.tolist() == [10_000, 10_100, 12_050, 12_050]


def test_coins_of_a_cash_account_are_worth_their_price(made: list[Any]) -> None:
    coin = instrument("BTC/USD.TEST")
    built = engine(("TEST", ["10000 USD", "0.5 BTC"]), account="CASH", base=False)
    data = [bars(coin, [20_000, 25_000, 10_000])]
    result = result_of(made, built, [coin], data, script("BTC/USD.TEST", {"1": 0.1}))
    # 10,000 - 0.1 * 20,000 = 8,000 USD and 0.6 BTC: + 0.6 * 20,000, 25,000, 10,000
    assert result.equity.value.tolist() == [20_000, 23_000, 14_000]


def test_shares_of_a_cash_account_are_worth_their_close(made: list[Any]) -> None:
    acme = instrument(ACME)
    built = engine(("TEST", ["10000 USD"]), account="CASH", base=False)
    result = result_of(made, built, [acme], [bars(acme, [100, 110, 60])], script(ACME, {"1": 50, "3": -50}))
    # 5,000 USD and 50 shares, sold at 60
    assert result.equity.value.tolist() == [10_000, 10_500, 8_000]


def test_two_venues_are_summed_in_the_currency_of_the_first(made: list[Any]) -> None:
    acme, pair = instrument(ACME), instrument("EUR/USD.FX", decimals=5)
    built = engine(("TEST", ["10000 USD"]), ("FX", ["4000 EUR"]))
    data = [bars(acme, [100, 110, 120]), bars(pair, [1.25, 1.25, 1.5])]
    result = result_of(made, built, [acme, pair], data, script(ACME, {"1": 10}))
    # 10,000 + 4,000 * 1.25; + 10 * 10; + 10 * 20, and 4,000 EUR are 6,000
    assert result.equity.value.tolist() == [15_000, 15_100, 16_200]


def test_two_strategies_on_two_instruments_share_one_account(made: list[Any]) -> None:
    acme, other = instrument(ACME), instrument("OTHER.TEST")
    data = [bars(acme, [100, 110, 120]), bars(other, [50, 40, 30])]
    parts = (script(ACME, {"1": 10}), script("OTHER.TEST", {"1": -20}, tag="001"))
    result = result_of(made, engine(("TEST", ["10000 USD"])), [acme, other], data, *parts)
    # 10 * 10 + 20 * 10; 10 * 20 + 20 * 20
    assert result.equity.value.tolist() == [10_000, 10_300, 10_600]


def test_an_inverse_contract_gains_by_one_over_its_price(made: list[Any]) -> None:
    from nautilus_trader.test_kit.providers import TestInstrumentProvider

    swap = TestInstrumentProvider.xbtusd_bitmex()
    free = type(swap).from_dict({**type(swap).to_dict(swap), "maker_fee": "0", "taker_fee": "0"})
    name = free.id.value
    data = [bars(free, [10_000, 12_500, 8_000])]
    result = result_of(made, engine(("BITMEX", ["1 BTC"])), [free], data, script(name, {"1": 10_000}))
    # 10,000 contracts of one dollar: 10,000 * (1 / 10,000 - 1 / 12,500) = 1 - 0.8; 1 - 1.25
    assert result.equity.value.tolist() == pytest.approx([1.0, 1.2, 0.75])


def test_without_bars_the_account_is_valued_at_the_last_tick_of_each_minute(made: list[Any]) -> None:
    acme, minute = instrument(ACME), 60_000_000_000
    at = [close(1) + minute * number // 2 for number in range(5)]
    built = engine(("TEST", ["10000 USD"]))
    result = result_of(made, built, [acme], [quotes(acme, [100, 101, 102, 103, 104], spread=0.5, at=at)])
    # 23:59:59, 00:00:29, 00:00:59, 00:01:29, 00:01:59: of three minutes the last ones
    assert result.equity.time.tolist() == [at[0], at[2], at[4]]
    assert result.equity.value.tolist() == [10_000] * 3
