from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from nautilus_trader.model.objects import Price, Quantity
from nautilus_trader.test_kit.providers import TestInstrumentProvider

from workbench.strategies.builtin.sizing import Lot, entry_quantity

D = Decimal
SHARE = Lot(increment=D(1), tick=D("0.01"))


def size(
    lot: Lot, price: Decimal | str, equity: Decimal | str, *, free: Decimal | str | None = None, pct: float = 1.0
) -> Decimal:
    equity = D(equity)
    return entry_quantity(
        lot, price=D(price), equity=equity, free=equity if free is None else D(free), position_pct=pct
    )


@pytest.mark.parametrize(
    ("lot", "price", "equity", "pct", "quantity"),
    [
        # 950 / 30 = 31.67
        (SHARE, "30", "1000", 0.95, "31"),
        # 950 / (30 * 1.01) = 31.35
        (Lot(increment=D(1), tick=D("0.01"), taker_fee=D("0.01")), "30", "1000", 0.95, "31"),
        # 950 / (30 * 1.06) = 29.87
        (Lot(increment=D(1), tick=D("0.01"), taker_fee=D("0.06")), "30", "1000", 0.95, "29"),
        # 95,000 / (20 * 50) = 95
        (Lot(increment=D(1), tick=D("0.25"), multiplier=D(50)), "20", "100000", 0.95, "95"),
        # 1000 / 30,000 = 0.0333..., at 0.5: 500 / 30,000 = 0.01666...
        (Lot(increment=D("0.001"), tick=D("0.1")), "30000", "1000", 0.5, "0.016"),
        # 950 / 30 = 31.67, in steps of 25
        (Lot(increment=D(25), tick=D("0.01")), "30", "1000", 0.95, "25"),
        # inverse, quoted in USD and paid for in BTC: a unit costs 1 / 40,000 BTC, so 0.95 BTC buys 38,000
        (Lot(increment=D(1), tick=D("0.5"), inverse=True), "40000", "1", 0.95, "38000"),
        # 0.1 + 0.2 is exact in decimals: 0.3 / 0.1 = 3, where floats have 2.9999999999999996
        (Lot(increment=D(1), tick=D(0)), "0.1", "0.3", 1.0, "3"),
    ],
)
def test_the_quantity_is_the_fraction_of_equity_rounded_down(
    lot: Lot, price: str, equity: str, pct: float, quantity: str
) -> None:
    assert size(lot, price, equity, pct=pct) == D(quantity)


def test_all_of_the_capital_leaves_room_for_one_tick() -> None:
    # 1000 / 12.50 = 80 exactly, but 80 * 12.51 = 1000.80
    assert size(SHARE, "12.50", "1000") == 79
    # an inverse contract gets dearer downwards: 1 BTC * (2 - 0.5) = 1.5
    assert size(Lot(increment=D("0.1"), tick=D("0.5"), inverse=True), "2", "1") == D("1.5")


def test_no_more_is_spent_than_is_free() -> None:
    # 95 % of 1000 is 950, but 500 are free: 500 / 30.01 = 16.7
    assert size(SHARE, "30", "1000", free="500", pct=0.95) == 16


def test_the_minimum_is_all_or_nothing_and_the_maximum_cuts() -> None:
    assert size(Lot(increment=D(1), tick=D("0.01"), minimum=D(31)), "30", "1000", pct=0.95) == 31
    assert size(Lot(increment=D(1), tick=D("0.01"), minimum=D(32)), "30", "1000", pct=0.95) == 0
    assert size(Lot(increment=D(2), tick=D("0.01"), maximum=D(15)), "30", "1000", pct=0.95) == 14


@pytest.mark.parametrize(
    ("price", "equity", "free"), [("0", "1000", "1000"), ("-5", "1000", "1000"), ("5", "-1", "9"), ("5", "9", "0")]
)
def test_without_money_or_a_positive_price_there_is_nothing_to_buy(price: str, equity: str, free: str) -> None:
    assert size(SHARE, price, equity, free=free) == 0


def test_capital_for_less_than_one_share_buys_none() -> None:
    assert size(SHARE, "30", "29") == 0


def test_a_lot_is_read_from_the_instrument() -> None:
    # quoted in USD, paid for in bitcoin
    assert Lot.of(TestInstrumentProvider.xbtusd_bitmex()) == Lot(
        increment=D(1),
        tick=D("0.5"),
        taker_fee=D("0.00075"),
        inverse=True,
    )


def test_a_rebate_does_not_buy_more() -> None:
    rebate = SimpleNamespace(
        min_quantity=None,
        max_quantity=None,
        size_increment=Quantity.from_int(1),
        price_increment=Price.from_str("0.01"),
        multiplier=Quantity.from_int(50),
        taker_fee=D("-0.01"),
        is_inverse=False,
    )
    assert Lot.of(rebate) == Lot(increment=D(1), tick=D("0.01"), multiplier=D(50))


def money(low: str, high: str, places: int) -> SearchStrategy[Decimal]:
    return st.decimals(low, high, places=places, allow_nan=False, allow_infinity=False)


@given(
    price=money("0.01", "100000", 2),
    equity=money("1", "1000000", 2),
    fee=money("0", "0.05", 4),
    increment=st.sampled_from([D(1), D("0.001"), D("0.000001"), D(25)]),
    pct=st.floats(0.001, 1.0),
)
def test_it_never_costs_more_than_the_capital(
    price: Decimal, equity: Decimal, fee: Decimal, increment: Decimal, pct: float
) -> None:
    lot = Lot(increment=increment, tick=D("0.01"), taker_fee=fee)
    quantity = size(lot, price, equity, pct=pct)
    assert quantity * (price + D("0.01")) * (1 + fee) <= equity
    assert quantity % increment == 0
