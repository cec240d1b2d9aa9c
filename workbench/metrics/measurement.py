"""One run measured by all registered metrics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from workbench.arrays import FloatArray, Int64Array
from workbench.metrics.registry import Undefined, registered
from workbench.metrics.sample import Sample
from workbench.metrics.scores import Metrics
from workbench.metrics.trading_days import AROUND_THE_CLOCK, Session


# a value too large for a float is infinite and gets its reason; numpy need not warn about it as well
@np.errstate(all="ignore")
def measure(
    *,
    time: Int64Array,
    equity: FloatArray,
    initial_capital: float,
    trade_pnls: FloatArray | Sequence[float],
    periods_per_year: int,
    risk_free: float = 0.0,
    session: Session = AROUND_THE_CLOCK,
) -> Metrics:
    """Measure a run: the standard metrics and the user's own.

    Args:
        time: bar closes, ns UTC, ascending, shape ``(n,)``; may be empty.
        equity: account value at each of them, shape ``(n,)``, marked to market, in the account's currency.
        initial_capital: the starting balance, in the same currency.
        trade_pnls: result per closed round trip, net of commissions, shape ``(k,)``, in the same currency.
        periods_per_year: trading days in a year of the market where its bars are too few to tell, 252 for an exchange
            and 365 around the clock.
        risk_free: rate per year, a fraction.
        session: when the market's trading day ends.

    Returns:
        All metrics. One that has no value, an infinite one or one out of its range is None and stands in `undefined`
        with its raw value and the reason; the others are not touched by it.

    Raises:
        InvalidInput: `time` and `equity` differ in length, or `time` runs backwards.
    """
    sample = Sample.from_bars(
        time=np.asarray(time, dtype=np.int64),
        equity=np.asarray(equity, dtype=np.float64),
        initial_capital=initial_capital,
        trade_pnls=np.asarray(trade_pnls, dtype=np.float64),
        periods_per_year=periods_per_year,
        risk_free=risk_free,
        session=session,
    )
    standard: dict[str, Any] = {}
    custom: dict[str, Any] = {}
    undefined: dict[str, Undefined] = {}
    for name, spec in registered().items():
        measured = spec.measure(sample)
        if isinstance(measured, Undefined):
            undefined[name] = measured
        (standard if spec.standard else custom)[name] = None if isinstance(measured, Undefined) else measured
    return Metrics(**standard, custom=custom, undefined=undefined)
