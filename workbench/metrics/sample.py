"""What every metric is measured on: one run's equity curve, its daily closes and its trades."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from workbench.arrays import FloatArray, IndexArray, Int64Array
from workbench.errors import InvalidInput
from workbench.metrics.trading_days import AROUND_THE_CLOCK, Session, day_numbers, last_of_each, measured_periods


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One run as arrays, all of them read-only; money in the account's currency, times in ns UTC.

    `time` and `equity` have one value per bar, shape ``(n,)``; `daily_time`, `daily_equity` and `returns` one per
    trading day of the market that has a bar, shape ``(d,)``; `trade_pnls` one per closed round trip, net of
    commissions, shape ``(k,)``. `returns` are simple, the first one against `initial_capital`; a year has
    `periods_per_year` of them. `risk_free` is a rate per year, a fraction.
    """

    time: Int64Array
    equity: FloatArray
    daily_time: Int64Array
    daily_equity: FloatArray
    returns: FloatArray
    trade_pnls: FloatArray
    initial_capital: float
    periods_per_year: int
    risk_free: float = 0.0

    @classmethod
    def from_bars(
        cls,
        *,
        time: Int64Array,
        equity: FloatArray,
        initial_capital: float,
        trade_pnls: FloatArray,
        periods_per_year: int,
        risk_free: float = 0.0,
        session: Session = AROUND_THE_CLOCK,
    ) -> Self:
        """Add the daily closes and returns to what a run leaves behind. The given arrays are not copied or changed.

        `periods_per_year` holds where the bars are too few to tell.

        Raises:
            InvalidInput: `time` and `equity` differ in length, or `time` runs backwards.
        """
        if time.shape != equity.shape or time.ndim != 1:
            raise InvalidInput(f"time has shape {time.shape} and equity {equity.shape}: give one value each per bar.")
        if (time[1:] < time[:-1]).any():
            raise InvalidInput("time runs backwards: give the bars in order of their close.")
        days = day_numbers(time, session)
        last = last_of_each(days)
        return cls(
            time=_read_only(time),
            equity=_read_only(equity),
            daily_time=_read_only(time[last]),
            daily_equity=_read_only(equity[last]),
            returns=_read_only(simple_returns(equity[last], initial_capital)),
            trade_pnls=_read_only(trade_pnls),
            initial_capital=initial_capital,
            periods_per_year=measured_periods(days[last], periods_per_year),
            risk_free=risk_free,
        )


def last_of_each_day(time: Int64Array, session: Session = AROUND_THE_CLOCK) -> IndexArray:
    """Find the last bar of each trading day that has one.

    Args:
        time: bar closes, ns UTC, ascending, shape ``(n,)``.
        session: of the market; days of UTC by default.

    Returns:
        Positions in `time`, ascending, shape ``(d,)`` with ``d <= n``; empty if `time` is.
    """
    return last_of_each(day_numbers(time, session))


def simple_returns(equity: FloatArray, initial_capital: float) -> FloatArray:
    """Measure each value against the one before it, the first against the initial capital.

    Args:
        equity: account value per period, shape ``(d,)``.
        initial_capital: account value before the first period, in the same currency.

    Returns:
        Fractions, shape ``(d,)``. NaN where the value before was not positive: a return on nothing has no meaning.

    Source: Bacon (2008), Practical Portfolio Performance Measurement and Attribution, 2nd ed., Wiley, ch. 2.
    """
    before = np.concatenate(([initial_capital], equity))[: equity.size]
    return change(before, equity)


def change(before: FloatArray, after: FloatArray) -> FloatArray:
    """Give ``after / before - 1`` for each pair; NaN where `before` is not positive."""
    # five times faster than dividing only where it is allowed
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = after / before
        ratio -= 1.0
    ratio[before <= 0] = np.nan
    return ratio


def _read_only[A: (Int64Array, FloatArray)](array: A) -> A:
    # a user's metric that sorts in place would change the equity curve that is stored
    view = array.view()
    view.flags.writeable = False
    return view
