"""A NautilusTrader engine of any shape, after its run → Result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workbench.catalog import Feed
from workbench.engine.nautilus1 import fills_trades
from workbench.engine.nautilus1.digest import digest
from workbench.engine.nautilus1.execute import clock, status_of, warnings
from workbench.engine.nautilus1.prices import grid, prices, rates
from workbench.engine.nautilus1.valuation import Market, trade_profits, worth
from workbench.runs import Equity, Failure, Result, RunWarning, Status


def market(feeds: Sequence[Feed], instruments: Sequence[Any], currency: str) -> Market:
    """What these data say about the worth of instruments and currencies, in the end in `currency`."""
    series = prices(feeds)
    return Market(prices=series, rates=rates(instruments, series), currency=currency)


def harvest(
    engine: Any,
    feeds: Sequence[Feed],
    *,
    currency: str,
    expected: int | None,
    ended: BaseException | None = None,
    known: Sequence[RunWarning] = (),
) -> Result:
    """Take out of an engine what it did, whole or as far as it came. The engine is left as it is.

    Args:
        engine: after its run, not disposed.
        feeds: what it was fed.
        currency: to value the accounts in.
        expected: rows of data it had to process; None if nobody knows.
        ended: what was raised inside its run, if something was.
        known: warnings from before the run.
    """
    rows = int(engine.iteration)
    time = grid(feeds, clock(engine))
    if not len(time):
        time = _moments(engine)
    values = market(feeds, engine.cache.instruments(), currency)
    fills, trades = fills_trades.fills(engine.cache), fills_trades.trades(engine.cache)
    profits = trade_profits(trades, values)
    value, unvalued = worth(engine.cache, values, time)
    status = status_of(ended)
    silent = (
        warnings(engine, currency, rows, rows if expected is None else expected, value, "rows of data")
        if ended is None
        else []
    )
    return Result(
        status=status,
        bars=rows,
        equity=Equity(time=time, value=value),
        trades=trades,
        fills=fills,
        warnings=(*known, *silent, *fills_trades.order_warnings(engine.cache), *unvalued),
        digest=digest(engine.cache, fills),
        error=Failure.of(ended) if status is Status.FAILED and ended is not None else None,
        cause=ended,
        profits=profits,
    )


def _moments(engine: Any) -> Any:
    """Where no data are known: the moments at which an account changed."""
    import numpy as np

    events = {event.ts_event for account in engine.cache.accounts() for event in account.events}
    return np.array(sorted(events), dtype=np.int64)
