"""Equity marked to market: what the account was worth at every bar, open positions included.

NautilusTrader values an open position at nothing until it is closed, so a position that falls by half and recovers
would show no drawdown. The curve is rebuilt from fills and prices instead.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from workbench.arrays import FloatArray, Int64Array
from workbench.runs import Fill


def mark_to_market(
    time: Int64Array, price: FloatArray, fills: Sequence[Fill], *, capital: float, multiplier: float = 1.0
) -> FloatArray:
    """Value one instrument's account at each price.

    Args:
        time: close of each bar, UTC nanoseconds, shape ``(n,)``, ascending.
        price: the price to value positions at, per bar, shape ``(n,)``, in the account's currency.
        fills: executions of this instrument, in any order; one at a bar's close is in that bar's value.
        capital: account value before the first bar.
        multiplier: units of the instrument per contract.

    Returns:
        ``capital - cost of everything bought + value of what is held - commissions``, shape ``(n,)``.
        The same for a cash and a margin account, and for long and short positions.
    """
    if not fills:
        return np.full(time.shape, capital)
    when = np.array([fill.time for fill in fills], dtype=np.int64)
    order = np.argsort(when, kind="stable")
    signed = np.array([fill.quantity if fill.side == "BUY" else -fill.quantity for fill in fills])[order]
    value = signed * np.array([fill.price for fill in fills])[order] * multiplier
    paid = value + np.array([fill.commission for fill in fills])[order]
    cash = np.concatenate(([0.0], np.cumsum(-paid)))
    held = np.concatenate(([0.0], np.cumsum(signed)))
    # sums of fractions leave a dust of 1e-12 where the position is flat
    held[np.isclose(held, 0.0, atol=1e-9 * max(1.0, float(np.abs(signed).max())))] = 0.0
    so_far = np.searchsorted(when[order], time, side="right")
    return np.asarray(capital + cash[so_far] + held[so_far] * price * multiplier)
