"""What NautilusTrader does not book, forgets or says nothing of: each is right in the result, or said there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from nautilus_trader.backtest.models import FixedFeeModel
from nautilus_trader.backtest.modules import SimulationModule, SimulationModuleConfig
from nautilus_trader.model.data import Bar, BarType
from nautilus_trader.model.enums import AssetClass, OrderSide
from nautilus_trader.model.identifiers import InstrumentId, Symbol
from nautilus_trader.model.instruments import FuturesContract
from nautilus_trader.model.objects import Currency, Money, Price, Quantity

from tests.support.engines import DAY, FIRST, bars, close, engine, instrument, quotes, result_of, script
from tests.support.random_trader import Order, RandomTrader, RandomTraderConfig
from tests.support.user_strategies import CALLED, Script, ScriptConfig
from workbench.catalog import feeds
from workbench.engine.nautilus1.results import harvest
from workbench.runs import Result

ACME = "ACME.TEST"


def purge(built: Any) -> None:
    """Drop from the cache what is closed."""
    now = built.kernel.clock.timestamp_ns()
    built.cache.purge_closed_orders(now)
    built.cache.purge_closed_positions(now)


def said(result: Result) -> dict[str, str]:
    return {warning.code: warning.message for warning in result.warnings}


def future(expires: int, price: str = "0.25", size: int = 50) -> FuturesContract:
    return FuturesContract(
        InstrumentId.from_str("ZZH4.TEST"),
        Symbol("ZZH4"),
        AssetClass.INDEX,
        Currency.from_str("USD"),
        2,
        Price.from_str(price),
        Quantity.from_int(size),
        Quantity.from_int(1),
        "ZZ",
        0,
        expires,
        0,
        0,
    )


def test_a_future_held_over_its_expiry_is_worth_its_settlement(made: list[Any]) -> None:
    contract = future(FIRST + 5 * DAY)
    closes = [4800.0, 4810, 4820, 4830, 4840, 4850, 4860]
    result = result_of(
        made, engine(("TEST", ["1000000 USD"])), [contract], [bars(contract, closes)], script("ZZH4.TEST", {"1": 2})
    )
    # bought at 4800, and the last close before the end of the fifth day is 4840: 2 * 50 * 40
    assert result.equity.value[-1] == 1_004_000
    assert [(fill.side, fill.price, fill.origin) for fill in result.fills] == [
        ("BUY", 4800.0, "order"),
        ("SELL", 4840.0, "expiry"),
    ]
    assert [trade.pnl for trade in result.trades] == [4_000]
    assert said(result) == {}


def test_a_position_past_its_expiry_that_had_no_price_to_settle_at_is_said(made: list[Any]) -> None:
    contract, acme = future(FIRST + 5 * DAY), instrument(ACME)
    data = [bars(acme, [100.0] * 8), quotes(contract, [4800.0, 4810.0], at=[close(1) - 1, close(2) - 1])]
    strategy = script(ACME, {"1": 1})
    result = result_of(made, engine(("TEST", ["1000000 USD"])), [acme, contract], data, strategy)
    # nothing is held of it here: what is open is the share, which never expires
    assert "expired_open" not in said(result)


def test_an_overdrawn_cash_account_owes_what_it_did_not_pay(made: list[Any]) -> None:
    acme = instrument(ACME)
    built = engine(("TEST", ["10000 USD"]), account="CASH")
    result = result_of(made, built, [acme], [bars(acme, [100.0] * 5)], script(ACME, {"2": 60, "3": 60}))
    # 120 shares for 12,000 with 10,000: the price never moves, so nothing is won or lost
    assert result.equity.value[-1] == 10_000
    assert "10,000.00 USD" in said(result)["unreconciled"]
    assert "16,000.00 USD" in said(result)["unreconciled"]


def test_a_profit_without_a_rate_of_the_engines_own_is_counted_and_said(made: list[Any]) -> None:
    pair = instrument("USD/JPY.TEST", decimals=2)
    prices = [150.0, 151, 152, 153, 154, 155, 150, 145]
    built = engine(("TEST", ["100000 USD"]))
    result = result_of(made, built, [pair], [bars(pair, prices)], script("USD/JPY.TEST", {"2": 100_000, "6": -100_000}))
    # 4 yen on 100,000, at 155
    assert result.equity.value[-1] == pytest.approx(100_000 + 400_000 / 155, abs=0.005)
    assert result.equity.value.min() == 100_000
    assert said(result)["unreconciled"].endswith("are worth 100,000.00 USD")
    assert [trade.currency for trade in result.trades] == ["USD"]
    assert [trade.pnl for trade in result.trades] == pytest.approx([2580.65], abs=0.005)


def test_commissions_in_another_currency_are_part_of_a_trade(made: list[Any]) -> None:
    cross, dollar_yen, euro = (
        instrument(name, decimals=decimals)
        for name, decimals in (("EUR/JPY.TEST", 2), ("USD/JPY.TEST", 2), ("EUR/USD.TEST", 5))
    )
    fee = FixedFeeModel(Money.from_str("30 USD"))
    early = [close(day) - 1_000_000_000 for day in range(1, 5)]
    data = [
        bars(cross, [160.0, 160.0, 160.05, 160.05]),
        quotes(cross, [160.0, 160.0, 160.05, 160.05], at=early),
        quotes(dollar_yen, [150.0] * 4, at=early),
        quotes(euro, [1.0667] * 4, at=early),
    ]
    strategy = script("EUR/JPY.TEST", {"1": 100_000, "3": -100_000})
    result = result_of(made, engine(("TEST", ["100000 USD"]), fee_model=fee), [cross, dollar_yen, euro], data, strategy)
    # 5,000 yen at 150 are 33.33 dollars; two fees
    assert [(trade.pnl, trade.commission, trade.currency) for trade in result.trades] == [(-26.67, 60, "USD")]
    assert said(result) == {}


def test_a_rate_goes_by_way_of_a_third_currency(made: list[Any]) -> None:
    share, euro, yen = (
        instrument(ACME, currency="JPY"),
        instrument("EUR/USD.TEST", decimals=2),
        instrument("EUR/JPY.TEST", decimals=2),
    )
    data = [bars(share, [1000.0, 1300.0]), bars(euro, [1.2, 1.2]), bars(yen, [150.0, 150.0])]
    result = result_of(made, engine(("TEST", ["10000 USD"])), [share, euro, yen], data, script(ACME, {"1": 10}))
    # 3,000 yen are 20 euro, and these are 24 dollars
    assert result.equity.value.tolist() == pytest.approx([10_000, 10_024])
    assert "no_rate" not in said(result)


def test_what_a_strategy_dropped_from_the_cache_was_heard(made: list[Any]) -> None:
    acme = instrument(ACME)
    closes = [100.0, 110.0, 105.0, 120.0, 90.0, 95.0]
    orders = {"1": 10, "2": -30, "3": 20}
    kept = result_of(made, engine(("TEST", ["10000 USD"])), [acme], [bars(acme, closes)], script(ACME, orders))
    built = engine(("TEST", ["10000 USD"]))
    CALLED["purge"] = lambda: purge(built)
    strategy = script(ACME, orders, call_on=6, note="purge")
    result = result_of(made, built, [acme], [bars(acme, closes)], strategy)
    # long 10 from 100 to 110, short 20 from 110 to 105: turned over by one order
    assert [trade.pnl for trade in result.trades] == [trade.pnl for trade in kept.trades] == [100, 100]
    assert result.equity.value.tolist() == kept.equity.value.tolist()
    assert said(result)["purged"].startswith("3 executions were heard")


def test_what_was_dropped_and_not_heard_is_said(made: list[Any]) -> None:
    acme = instrument(ACME)
    built = engine(("TEST", ["10000 USD"]))
    CALLED["purge"] = lambda: purge(built)
    strategy = script(ACME, {"1": 10, "2": -10}, call_on=4, note="purge")
    data = [bars(acme, [100.0, 110.0, 105.0, 120.0])]
    result = result_of(made, built, [acme], data, strategy, listen=False)
    assert "not complete" in said(result)["purged"]
    assert "no_orders" not in said(result)
    # 100 dollars that no execution explains
    assert said(result)["unreconciled"].endswith("are worth 10,100.00 USD")


def test_a_strategy_that_hears_one_side_before_the_other_is_warned_of(made: list[Any]) -> None:

    pair = instrument("EUR/USD.TEST", decimals=5)

    def side(which: str, mids: Sequence[float]) -> list[Bar]:
        kind = BarType.from_str(f"EUR/USD.TEST-1-DAY-{which}-EXTERNAL")
        plain = [(Price(mid, 5), close(day)) for day, mid in enumerate(mids, start=1)]
        return [Bar(kind, p, p, p, p, Quantity.from_int(1_000_000), at, at) for p, at in plain]

    bid, ask = side("BID", [1.1, 1.11, 1.12]), side("ASK", [1.1002, 1.1102, 1.1202])
    name = "EUR/USD.TEST-1-DAY-BID-EXTERNAL"
    for data, price in (([ask, bid], 1.1102), ([bid, ask], 1.1002)):
        instrument_id, heard = InstrumentId.from_str("EUR/USD.TEST"), BarType.from_str(name)
        strategy = Script(ScriptConfig(instrument_id=instrument_id, bar_type=heard, orders={"2": 1000}))
        result = result_of(made, engine(("TEST", ["10000 USD"])), [pair], data, strategy)
        assert [fill.price for fill in result.fills] == [price]
        assert ("stale_side" in said(result)) == (price == 1.1002)


def test_a_curve_begins_where_the_run_does(made: list[Any]) -> None:
    acme = instrument(ACME)
    data = [bars(acme, [100.0, 110.0, 120.0, 130.0])]
    result = result_of(made, engine(("TEST", ["10000 USD"])), [acme], data, script(ACME, {"1": 10}), start=close(3) - 1)
    assert result.equity.time.tolist() == [close(3), close(4)]
    assert result.equity.value.tolist() == [10_000, 10_100]


def test_quotes_of_what_is_held_count_between_bars_with_their_extremes(made: list[Any]) -> None:
    acme = instrument(ACME)
    minute = 60_000_000_000
    at = [close(1) + minute + second * 1_000_000_000 for second in (10, 20, 30, 40)]
    data = [bars(acme, [100.0, 104.0]), quotes(acme, [101.0, 90.0, 120.0, 102.0], at=at)]
    result = result_of(made, engine(("TEST", ["10000 USD"])), [acme], data, script(ACME, {"1": 10}))
    # of the minute its lowest, highest and last
    assert result.equity.time.tolist() == [close(1), *at[1:], close(2)]
    assert result.equity.value.tolist() == [10_000, 9_900, 10_200, 10_020, 10_040]


@pytest.mark.parametrize("price", [0.0, -0.4])
def test_the_return_of_a_trade_that_was_entered_for_nothing_or_less_is_undefined(made: list[Any], price: float) -> None:
    oil = future(FIRST + 400 * DAY, price="0.01", size=1000)
    result = result_of(
        made,
        engine(("TEST", ["100000 USD"])),
        [oil],
        [bars(oil, [0.5, price, 0.7])],
        script("ZZH4.TEST", {"2": 1, "3": -1}),
    )
    (trade,) = result.trades
    assert trade.pnl == pytest.approx((0.7 - price) * 1000)
    assert trade.return_ != trade.return_


def test_the_premium_of_an_option_is_paid_once(made: list[Any]) -> None:
    call = option(FIRST + 400 * DAY)
    result = result_of(
        made,
        engine(("TEST", ["10000 USD"])),
        [call],
        [bars(call, [5.0, 7.0, 6.0])],
        script("ACMEC.TEST", {"1": 2, "3": -2}),
    )
    # 2 * 100 * 5 paid, worth 2 * 100 * 7, sold for 2 * 100 * 6
    assert result.equity.value.tolist() == [10_000, 10_400, 10_200]
    assert [trade.pnl for trade in result.trades] == [200]
    assert said(result) == {}


class Interest(SimulationModule):
    """Pays or charges, at the close of a day."""

    def __init__(self, payments: dict[int, int]) -> None:
        super().__init__(SimulationModuleConfig())
        self.due = dict(payments)

    def process(self, ts_now: int) -> None:
        for day in [day for day in self.due if ts_now >= close(day)]:
            self.exchange.adjust_account(Money(self.due.pop(day), Currency.from_str("USD")))

    def log_diagnostics(self, logger: Any) -> None:
        """Nothing to say."""

    def reset(self) -> None:
        """Never."""


@pytest.mark.parametrize(
    ("payments", "fee", "values"),
    [
        ({2: 7}, 0, [10_000, 10_107, 10_207]),
        # at the very moment of an execution, which closes, or costs a commission
        ({3: 7}, 0, [10_000, 10_100, 10_207]),
        ({1: 7}, 1, [10_006, 10_106, 10_205]),
        # two that undo each other are payments all the same
        ({1: 7, 2: -7}, 0, [10_007, 10_100, 10_200]),
    ],
)
def test_what_a_module_of_the_venue_pays_is_a_payment(
    made: list[Any], payments: dict[int, int], fee: int, values: list[float]
) -> None:
    acme = instrument(ACME)
    more = {"fee_model": FixedFeeModel(Money(fee, Currency.from_str("USD")))} if fee else {}
    built = engine(("TEST", ["10000 USD"]), modules=[Interest(payments)], **more)
    result = result_of(made, built, [acme], [bars(acme, [100.0, 110.0, 120.0])], script(ACME, {"1": 10, "3": -10}))
    assert result.equity.value.tolist() == values
    assert result.statement is not None
    assert result.statement.payments == sum(payments.values())
    assert said(result) == {}
    assert result.reconciled is True


def test_a_position_from_before_the_data_that_are_left_has_no_price_of_the_future(made: list[Any]) -> None:
    acme = instrument(ACME)
    built = engine(("TEST", ["10000 USD"]))
    made.append(built)
    built.add_instrument(acme)
    built.add_strategy(script(ACME, {"1": 10}))
    rows = bars(acme, [100.0, 110.0, 130.0, 140.0])
    built.add_data(rows[:2])
    built.run(streaming=True)
    built.clear_data()
    built.add_data(rows[2:])
    built.run()
    result = harvest(built, feeds(built.data), currency="USD", expected=None)
    # bought at 100, which is all that is known of the first two days
    assert result.equity.value.tolist() == [10_000, 10_300, 10_400]


def test_nobody_can_tell_whether_a_run_reconciles_whose_end_is_not_known(made: list[Any]) -> None:
    share = instrument(ACME, currency="JPY")
    data = [bars(share, [1000.0, 1100.0, 1200.0])]
    result = result_of(made, engine(("TEST", ["10000 USD"])), [share], data, script(ACME, {"1": 10, "2": -10}))
    # at its entry it is worth nothing, in any currency; from the second day on nobody knows
    assert result.equity.value.tolist() == pytest.approx([10_000, float("nan"), float("nan")], nan_ok=True)
    assert (result.reconciled, "no_rate" in said(result)) == (None, True)


def test_what_a_bar_causes_may_be_converted_by_the_bar_before(made: list[Any]) -> None:

    pair, share = instrument("EUR/USD.TEST", decimals=5), instrument(ACME, currency="EUR")
    rates = [1.0, 1.04, 1.08]

    def side(which: str) -> list[Bar]:
        kind = BarType.from_str(f"EUR/USD.TEST-1-DAY-{which}-EXTERNAL")
        plain = [(Price(rate, 5), close(day)) for day, rate in enumerate(rates, start=1)]
        return [Bar(kind, p, p, p, p, Quantity.from_int(1_000_000), at, at) for p, at in plain]

    data = [bars(share, [100.0, 120.0, 120.0]), side("ASK"), side("BID")]
    result = result_of(made, engine(("TEST", ["10000 USD"])), [share, pair], data, script(ACME, {"1": 10, "2": -10}))
    # 200 euro at the close of the second day; the engine has only the rate of the first by then
    assert [trade.pnl for trade in result.trades] == [200]
    assert result.reconciled is True


def option(expires: int) -> Any:
    from nautilus_trader.model.enums import OptionKind
    from nautilus_trader.model.instruments import OptionContract

    return OptionContract(
        InstrumentId.from_str("ACMEC.TEST"),
        Symbol("ACMEC"),
        AssetClass.EQUITY,
        Currency.from_str("USD"),
        2,
        Price.from_str("0.01"),
        Quantity.from_int(100),
        Quantity.from_int(1),
        "ACME",
        OptionKind.CALL,
        Price.from_str("100.00"),
        0,
        expires,
        0,
        0,
    )


def test_an_option_that_expired_without_a_price_of_its_underlying_is_said(made: list[Any]) -> None:
    call = option(FIRST + 2 * DAY)
    data = [bars(call, [5.0, 6.0, 6.0, 6.0])]
    result = result_of(made, engine(("TEST", ["10000 USD"])), [call], data, script("ACMEC.TEST", {"1": 1}))
    assert said(result)["expired_open"].startswith("long 1 ACMEC.TEST is open past its expiry on 2024-01-03")
    assert "open_position" not in said(result)


def test_funding_rates_of_what_was_held_are_said(made: list[Any]) -> None:
    from decimal import Decimal

    from nautilus_trader.model.data import FundingRateUpdate

    acme = instrument(ACME)
    due = [FundingRateUpdate(acme.id, Decimal("0.0001"), close(day) - 5, close(day) - 5) for day in (1, 2, 3, 4)]
    data = [bars(acme, [100.0, 110.0, 120.0, 130.0]), due]
    result = result_of(made, engine(("TEST", ["10000 USD"])), [acme], data, script(ACME, {"1": 10, "3": -10}))
    # held from the first close to the third
    assert said(result)["funding_not_charged"].startswith("2 funding rates of ACME.TEST")


def test_a_cent_that_was_not_booked_beside_a_dollar_that_was_is_found(made: list[Any]) -> None:

    acme, gama, pair = (
        instrument(ACME),
        instrument("GAMA.TEST", currency="JPY"),
        instrument("USD/JPY.TEST", decimals=2),
    )
    data = [bars(pair, [150.0, 150.0]), bars(gama, [100.0, 100.1]), bars(acme, [100.0, 99.9])]
    orders = [
        Order(day, name, "market", quantity, 0.0)
        for day, quantity in ((1, 10.0), (2, -10.0))
        for name in (ACME, "GAMA.TEST")
    ]
    driver = BarType.from_str(f"{ACME}-1-DAY-LAST-EXTERNAL")
    strategy = RandomTrader(RandomTraderConfig(driver=driver, orders=orders))
    result = result_of(made, engine(("TEST", ["10000 USD"])), [pair, gama, acme], data, strategy)
    # a yen is two thirds of a cent, and the engine has no rate for it
    assert result.equity.value[-1] == pytest.approx(9_999.01)
    assert result.reconciled is False


class Twice(Script):
    """Sends two orders for what it has to close, of which each may only reduce."""

    def on_bar(self, bar: Any) -> None:
        """One to buy, then two to sell."""
        self.seen += 1
        acme = self.cache.instrument(bar.bar_type.instrument_id)
        if self.seen == 1:
            self.submit_order(self.order_factory.market(acme.id, OrderSide.BUY, acme.make_qty(10)))
        if self.seen == 2:
            for _ in range(2):
                price = acme.make_price(115)
                order = self.order_factory.limit(acme.id, OrderSide.SELL, acme.make_qty(10), price, reduce_only=True)
                self.submit_order(order)


def test_a_fill_that_opened_no_position_is_said_and_counts_for_nothing(made: list[Any]) -> None:
    acme = instrument(ACME)
    built = engine(("TEST", ["10000 USD"]), use_reduce_only=False)
    bar_type = BarType.from_str(f"{ACME}-1-DAY-LAST-EXTERNAL")
    strategy = Twice(ScriptConfig(instrument_id=acme.id, bar_type=bar_type))
    result = result_of(made, built, [acme], [bars(acme, [100.0, 110.0, 120.0, 125.0])], strategy)
    # 10 from 100 to 115; the second execution at 115 is in no position and in no account
    assert result.equity.value.tolist() == [10_000, 10_100, 10_150, 10_150]
    assert said(result)["unreconciled"] == (
        "does not reconcile: the fills of ACME.TEST make -10, and its positions are 0"
    )
