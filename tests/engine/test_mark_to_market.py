"""Equity at every bar from fills and closes, worked out by hand."""

from __future__ import annotations

import numpy as np

from workbench.engine.nautilus1.equity import mark_to_market
from workbench.runs import Fill

DAYS = np.arange(8, dtype=np.int64)
CLOSES = np.array([100.0, 100, 110, 120, 60, 80, 100, 120])


def fill(day: int, side: str, quantity: float, price: float, commission: float = 0.0) -> Fill:
    return Fill(
        time=day,
        instrument_id="AAPL.NASDAQ",
        order_id=f"O-{day}",
        side=side,
        quantity=quantity,
        price=price,
        commission=commission,
        currency="USD",
        liquidity="taker",
    )


def test_a_position_is_worth_its_close_at_every_bar_until_it_is_sold() -> None:
    # 10,000 - 90 * 100 = 1,000 in cash, and 90 shares: 1,000 + 90 * 100, 110, 120, 60, 80, 100; sold at 100
    value = mark_to_market(DAYS, CLOSES, [fill(0, "BUY", 90, 100), fill(6, "SELL", 90, 100)], capital=10_000.0)
    assert value.tolist() == [10_000, 10_000, 10_900, 11_800, 6_400, 8_200, 10_000, 10_000]


def test_a_position_that_is_not_sold_is_worth_the_last_close() -> None:
    # 1,000 + 90 * 120
    assert mark_to_market(DAYS, CLOSES, [fill(0, "BUY", 90, 100)], capital=10_000.0)[-1] == 11_800


def test_a_short_position_gains_when_the_price_falls() -> None:
    # sold 10 at 120: 10,000 + 1,200 in cash; owes 10 * 60 at the next close, 10 * 80 after it
    value = mark_to_market(DAYS, CLOSES, [fill(3, "SELL", 10, 120)], capital=10_000.0)
    assert value[3:6].tolist() == [10_000, 10_600, 10_400]


def test_commissions_are_gone_from_the_bar_they_were_paid_at() -> None:
    value = mark_to_market(
        DAYS, CLOSES, [fill(0, "BUY", 90, 100, commission=5), fill(6, "SELL", 90, 100, commission=7)], capital=10_000.0
    )
    # 10,000 - 5 after the first, 10,000 - 5 - 7 after the second
    assert value[[0, 5, 6, 7]].tolist() == [9_995, 8_195, 9_988, 9_988]


def test_the_multiplier_scales_what_a_contract_is_worth() -> None:
    # 2 contracts of 50 units bought at 100: at 110 they have gained 2 * 50 * 10
    value = mark_to_market(DAYS, CLOSES, [fill(0, "BUY", 2, 100)], capital=10_000.0, multiplier=50.0)
    assert value[2] == 11_000


def test_fills_need_not_come_in_order() -> None:
    fills = [fill(6, "SELL", 90, 100), fill(0, "BUY", 90, 100)]
    assert mark_to_market(DAYS, CLOSES, fills, capital=10_000.0)[4] == 6_400


def test_fractions_that_add_up_to_nothing_leave_no_dust() -> None:
    # 0.1 + 0.2 - 0.3 is 5.6e-17 in floats; at a price of 1e15 that would be worth 0.06
    fills = [fill(0, "BUY", 0.1, 1.0), fill(1, "BUY", 0.2, 1.0), fill(2, "SELL", 0.3, 1.0)]
    value = mark_to_market(DAYS, np.full(8, 1e15), fills, capital=10_000.0)
    assert value[-1] == 10_000.0


def test_without_a_fill_the_account_keeps_its_capital() -> None:
    assert mark_to_market(DAYS, CLOSES, [], capital=10_000.0).tolist() == [10_000] * 8
    assert mark_to_market(DAYS[:0], CLOSES[:0], [], capital=10_000.0).shape == (0,)
