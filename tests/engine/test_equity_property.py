"""Equity at every moment, trades and final balance of random strategies, against a naive valuation of their fills.

The valuation walks through executions one by one with Python's own floats, and knows nothing of accounts. The number of
cases is set by ``WORKBENCH_CASES``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nautilus_trader.backtest.models import FixedFeeModel, MakerTakerFeeModel
from nautilus_trader.model.data import BarType
from nautilus_trader.model.enums import AssetClass, OrderSide
from nautilus_trader.model.events import OrderFilled
from nautilus_trader.model.identifiers import InstrumentId, Symbol
from nautilus_trader.model.instruments import FuturesContract
from nautilus_trader.model.objects import Currency, Money, Price, Quantity

from tests.support.engines import DAY, FIRST, bars, close, engine, instrument, quotes
from tests.support.random_trader import Order, RandomTrader, RandomTraderConfig
from workbench.catalog import feeds
from workbench.engine.nautilus1.executions import Listener
from workbench.engine.nautilus1.results import harvest
from workbench.runs import Result

CASES = int(os.environ.get("WORKBENCH_CASES", "500"))
LENGTH = 8
EARLY = 1_000_000_000
RATES = {"EUR": "EUR/USD.TEST", "JPY": "USD/JPY.TEST"}


def future() -> FuturesContract:
    """One that expires after the fifth day, of 50 units."""
    return FuturesContract(
        InstrumentId.from_str("ZZH4.TEST"),
        Symbol("ZZH4"),
        AssetClass.INDEX,
        Currency.from_str("USD"),
        2,
        Price.from_str("0.01"),
        Quantity.from_int(50),
        Quantity.from_int(1),
        "ZZ",
        0,
        FIRST + 5 * DAY,
        0,
        0,
    )


TRADED = {
    "ACME.TEST": lambda: instrument("ACME.TEST"),
    "BETA.TEST": lambda: instrument("BETA.TEST", currency="EUR"),
    "GAMA.TEST": lambda: instrument("GAMA.TEST", currency="JPY"),
    "ZZH4.TEST": future,
    "EUR/USD.TEST": lambda: instrument("EUR/USD.TEST", decimals=5),
}


@dataclass(frozen=True)
class Case:
    """One backtest."""

    names: tuple[str, ...]
    prices: dict[str, list[float]]
    orders: tuple[Order, ...]
    account: str
    oms: str
    one_currency: bool
    quoted: bool
    fee: str
    flat_at_end: bool


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Any of them."""
    account, one_currency = draw(st.sampled_from(["MARGIN", "CASH"])), draw(st.booleans())
    # NautilusTrader takes no currency pair on a cash account of one currency, so that there is no rate either
    alone = account == "CASH" and one_currency
    some = ["ACME.TEST"] if alone else sorted(TRADED)
    names = tuple(draw(st.lists(st.sampled_from(some), min_size=1, max_size=3, unique=True)))
    prices = {}
    for name in {*names, *RATES.values()}:
        base = {"EUR/USD.TEST": 1.1, "USD/JPY.TEST": 150.0}.get(name, 100.0)
        moves = draw(st.lists(st.integers(-50, 50), min_size=LENGTH, max_size=LENGTH))
        prices[name] = [round(float(base * (1 + move / 1000)), 5 if base < 2 else 2) for move in moves]
    one = st.builds(
        Order,
        bar=st.integers(1, LENGTH),
        instrument=st.sampled_from(names),
        kind=st.sampled_from(["market", "market", "limit", "stop", "bracket", "close"]),
        quantity=st.sampled_from([10.0, 20.0, 30.0, 70.0, -10.0, -20.0, -30.0, -70.0]),
        away=st.sampled_from([0.001, 0.01, 0.03]),
    )
    return Case(
        names=names,
        prices=prices,
        orders=tuple(draw(st.lists(one, min_size=1, max_size=10))),
        account=account,
        oms=draw(st.sampled_from(["NETTING", "HEDGING"])),
        one_currency=one_currency,
        quoted=draw(st.booleans()),
        fee=draw(st.sampled_from(["", "2 USD"] if alone else ["", "", "2 USD", "1 EUR", "300 JPY"])),
        flat_at_end=draw(st.booleans()),
    )


def ran(case: Case) -> tuple[Any, Result]:
    """Run it."""
    fee = FixedFeeModel(Money.from_str(case.fee)) if case.fee else MakerTakerFeeModel()
    balances = ["100000 USD"] if case.one_currency else ["100000 USD", "100000 EUR", "10000000 JPY"]
    made = engine(("TEST", balances), account=case.account, oms=case.oms, base=case.one_currency, fee_model=fee)
    traded: dict[str, Any] = {name: TRADED[name]() for name in case.names}  # type: ignore[no-untyped-call]
    alone = case.account == "CASH" and case.one_currency
    rates = [] if alone else RATES.values()
    pairs = {name: instrument(name, decimals=5 if "EUR" in name else 2) for name in rates}
    for name, one in (pairs | traded).items():
        made.add_instrument(one)
        if name in traded:
            made.add_data(bars(one, case.prices[name]))
        if name in pairs and (case.quoted or name not in traded):
            # known a second before the bars, so that what they cause is converted by them
            early = quotes(one, case.prices[name], at=[close(day) - EARLY for day in range(1, LENGTH + 1)])
            made.add_data(early if case.quoted else bars(one, case.prices[name]))
    driver = BarType.from_str(f"{case.names[0]}-1-DAY-LAST-EXTERNAL")
    config = RandomTraderConfig(driver=driver, orders=list(case.orders), flat_at_end=case.flat_at_end)
    made.add_strategy(RandomTrader(config))
    listener = Listener(made)
    made.run()
    return made, harvest(made, feeds(made.data), currency="USD", expected=None, listener=listener)


class Naive:
    """The value of an account from its executions alone, one after another."""

    def __init__(self, case: Case, made: Any) -> None:
        self.case = case
        self.made = made

    def price(self, name: str, at: int) -> float:
        """The last close up to a moment, before the first one that."""
        early = EARLY if self.case.quoted and name in RATES.values() else 0
        known = [price for day, price in enumerate(self.case.prices[name], start=1) if close(day) - early <= at]
        return known[-1] if known else self.case.prices[name][0]

    def rate(self, currency: str, at: int) -> float:
        """What one unit is worth in dollars."""
        if currency == "USD":
            return 1.0
        price = self.price(RATES[currency], at)
        return price if currency == "EUR" else 1 / price

    def executions(self) -> Iterator[tuple[list[Any], bool]]:
        """Those of each position, in their order, and whether it is closed; and one that overdrew a cash account."""
        cache, seen = self.made.cache, set()
        for position in [*cache.position_snapshots(), *cache.positions()]:
            yield list(position.events), position.is_closed
            seen |= {(event.instrument_id, event.trade_id) for event in position.events}
        for order in cache.orders():
            for event in order.events:
                if isinstance(event, OrderFilled) and (event.instrument_id, event.trade_id) not in seen:
                    yield [event], False

    def turned_over(self) -> int:
        """How many executions closed one position and opened another."""
        names = [(e.instrument_id, e.trade_id) for events, _ in self.executions() for e in events]
        return len(names) - len(set(names))

    def value(self, at: int) -> float:
        """Everything in dollars."""
        cash = {"USD": 100_000.0} if self.case.one_currency else {"USD": 1e5, "EUR": 1e5, "JPY": 1e7}
        total = 0.0
        for events, _ in self.executions():
            earned, _, opened = self.walk([event for event in events if event.ts_event <= at], at)
            for currency, amount in earned.items():
                cash[currency] = cash.get(currency, 0.0) + amount
            total += opened
        return total + sum(amount * self.rate(currency, at) for currency, amount in cash.items())

    def walk(self, events: list[Any], at: int) -> tuple[dict[str, float], float, float]:
        """Of one position: money by the currency it stays in, profit in dollars as it was made, value in dollars."""
        held, average, bought, stays, profit = 0.0, 0.0, 0.0, dict[str, float](), 0.0
        if not events:
            return stays, profit, 0.0
        one = self.made.cache.instrument(events[0].instrument_id)
        quote, size, cash = one.quote_currency, float(one.multiplier), self.case.account == "CASH"
        for event in events:
            signed = float(event.last_qty) * (1 if event.order_side == OrderSide.BUY else -1)
            price, realised = float(event.last_px), 0.0
            if held * signed < 0:
                realised = (price - average) * (1 if held > 0 else -1) * min(abs(held), abs(signed)) * size
            else:
                average = (average * abs(held) + price * abs(signed)) / abs(held + signed) if held else price
            if held * (held + signed) < 0:
                average = price
            held, bought = round(held + signed, 8), bought + signed
            if type(one).__name__ == "CurrencyPair" and event.commission.currency == one.base_currency:
                # NautilusTrader takes it from the position as well
                held = round(held - float(event.commission), 8)
            # money has cents: of the profit on a margin account, of the whole price on one that pays it
            exact = -signed * price * size if cash else realised
            # what a quote causes NautilusTrader converts by the one before it: it looks after the market first
            by_quote = self.case.one_currency and event.ts_event % DAY != close(1) % DAY
            then = event.ts_event - by_quote
            booked, rate = float(Money(exact, quote)), self.rate(quote.code, then)
            paid, paid_in = float(event.commission), event.commission.currency.code
            if self.case.one_currency:
                dollars = Currency.from_str("USD")
                booked, paid = (
                    float(Money(booked * rate, dollars)),
                    float(Money(paid * self.rate(paid_in, then), dollars)),
                )
                stays["USD"] = stays.get("USD", 0.0) + booked - paid
                profit += (booked - exact * rate) + realised * rate - paid
            else:
                stays[quote.code] = stays.get(quote.code, 0.0) + booked
                stays[paid_in] = stays.get(paid_in, 0.0) - paid
                profit += (booked - exact + realised) * rate - paid * self.rate(paid_in, then)
        price = self.price(one.id.value, at)
        value = bought * price if cash else held * (price - average)
        return stays, profit, value * size * self.rate(quote.code, at)

    def trades(self) -> list[tuple[float, str]]:
        """Profit in dollars of every position that is flat again, and its instrument."""
        found = []
        for events, closed in self.executions():
            if closed:
                found.append((self.walk(events, events[-1].ts_event)[1], events[0].instrument_id.value))
        return found


@settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases())
def test_equity_trades_and_balance_equal_a_naive_valuation_of_the_fills(case: Case) -> None:
    made, result = ran(case)
    try:
        naive = Naive(case, made)
        said = any(warning.code == "unreconciled" for warning in result.warnings)
        # where NautilusTrader booked nothing, cents are not rounded as it would
        near = 0.02 * (1 + 2 * len(result.fills)) if said else 1e-6
        if case.one_currency and case.fee not in ("", "2 USD"):
            # an execution that turns a position over is two here, and one commission for the account: a cent each
            near = max(near, 0.0101 * naive.turned_over())
        values = [naive.value(at) for at in result.equity.time.tolist()]
        assert result.equity.value.tolist() == pytest.approx(values, abs=near)
        found = sorted((trade.pnl, trade.instrument_id) for trade in result.trades)
        expected = sorted(naive.trades())
        assert [name for _, name in found] == [name for _, name in expected]
        assert [pnl for pnl, _ in found] == pytest.approx([pnl for pnl, _ in expected], abs=near)
        if not said and case.one_currency and not made.cache.positions_open():
            balance = made.cache.accounts()[0].balance_total(Currency.from_str("USD"))
            assert result.equity.value[-1] == pytest.approx(float(balance), abs=1e-6)
    finally:
        made.dispose()
