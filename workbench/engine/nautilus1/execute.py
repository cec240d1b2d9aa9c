"""Snapshot + market data → NautilusTrader 1.x → Result.

The lean way: logging bypassed, NautilusTrader's own analysis off, results extracted as plain values. A new engine for
every run and always disposed: a reset engine leaks subscriptions, an undisposed one half a megabyte.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from workbench.arrays import FloatArray
from workbench.catalog import MarketData, build_instrument
from workbench.config import Snapshot
from workbench.display.format import number
from workbench.engine.nautilus1 import fills_trades
from workbench.engine.nautilus1.digest import digest
from workbench.engine.nautilus1.equity import mark_to_market
from workbench.engine.nautilus1.venue import add_venue
from workbench.engine.protocol import Progress
from workbench.runs import Equity, Failure, Result, RunWarning, Status


def execute(
    snapshot: Snapshot,
    markets: Sequence[MarketData],
    strategy: Callable[[], Any],
    progress: Progress | None = None,
) -> Result:
    """Run one backtest to its end, or as far as it comes.

    Args:
        snapshot: what to run; venue, account, fees and the instrument's definition are built from it alone.
        markets: the bars, already cut to the period; positions are valued at the closes of the first.
        strategy: makes the strategy; called inside, so that a strategy that raises in its constructor is a failed run.
        progress: see `Progress`; never called for a run shorter than a fifth of a second.

    Returns:
        The result; never raises for what the strategy does. `FAILED` and `INTERRUPTED` hold what was done until then.
    """
    engine = _engine(snapshot)
    try:
        ended = _run(engine, markets, strategy, progress)
        return _result(engine, snapshot, markets, ended)
    finally:
        engine.dispose()


def _engine(snapshot: Snapshot) -> Any:
    from nautilus_trader.backtest.config import BacktestEngineConfig
    from nautilus_trader.backtest.engine import BacktestEngine
    from nautilus_trader.config import LoggingConfig

    engine = BacktestEngine(BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True), run_analysis=False))
    # the analyzer grows a pandas series per trade even with its analysis off: quadratic, and nobody reads it here
    engine.portfolio.analyzer.record_trade = lambda *_args, **_kwargs: None
    for venue in snapshot.venues:
        add_venue(engine, venue)
    for plain in snapshot.instruments.values():
        engine.add_instrument(build_instrument(plain))
    return engine


def _run(
    engine: Any, markets: Sequence[MarketData], strategy: Callable[[], Any], progress: Progress | None
) -> BaseException | None:
    """Run until the data end or something is raised; what was raised is handed back."""
    try:
        # of bid and ask bars of one moment those that the strategy sees come last: an order that it sends before the
        # other side is there would fill at the prices of the bar before
        for market in reversed(markets):
            engine.add_data(market.bars, validate=False, sort=False)
        engine.sort_data()
        engine.add_strategy(strategy())
        with watched(engine, _bars(markets), progress):
            engine.run()
    except BaseException as error:  # noqa: BLE001 - every end of a run is recorded; the caller raises it again
        return error
    return None


@contextmanager
def watched(engine: Any, total: int, progress: Progress | None) -> Iterator[None]:
    """Look at the engine five times a second from another thread: a callback per bar would cost more than the bar."""
    if progress is None:
        yield
        return
    done = threading.Event()

    def look() -> None:
        while not done.wait(0.2):
            progress(engine.iteration, total)

    watcher = threading.Thread(target=look, name="workbench-progress", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _bars(markets: Sequence[MarketData]) -> int:
    return sum(len(market.bars) for market in markets)


def _result(engine: Any, snapshot: Snapshot, markets: Sequence[MarketData], ended: BaseException | None) -> Result:
    market = markets[0]
    bars = int(engine.iteration)
    # cut short, the account is valued as far as the clock came
    seen = len(market.time) if ended is None else int(np.searchsorted(market.time, clock(engine), side="right"))
    fills = fills_trades.fills(engine.cache)
    value = mark_to_market(
        market.time[:seen],
        market.close[:seen],
        fills,
        capital=float(snapshot.venue.capital),
        multiplier=float(market.instrument.multiplier),
    )
    status = status_of(ended)
    silent = warnings(engine, snapshot.venue.currency, bars, _bars(markets), value) if ended is None else []
    return Result(
        status=status,
        bars=bars,
        equity=Equity(time=market.time[:seen], value=value),
        trades=fills_trades.trades(engine.cache),
        fills=fills,
        warnings=(*silent, *fills_trades.order_warnings(engine.cache)),
        digest=digest(engine.cache, fills),
        error=Failure.of(ended) if status is Status.FAILED and ended is not None else None,
        cause=ended,
    )


def status_of(ended: BaseException | None) -> Status:
    """What became of a run that this ended, or nothing."""
    stopped = isinstance(ended, KeyboardInterrupt)
    return Status.COMPLETED if ended is None else Status.INTERRUPTED if stopped else Status.FAILED


def clock(engine: Any) -> int:
    """How far the engine's clock came, UTC nanoseconds."""
    return int(engine.kernel.clock.timestamp_ns())


def warnings(
    engine: Any, currency: str, bars: int, expected: int, equity: FloatArray, unit: str = "bars"
) -> list[RunWarning]:
    """What NautilusTrader does not say: it returns normally after all of these."""
    warnings = []
    if bars < expected:
        warnings.append(
            RunWarning(
                code="stopped_early",
                message=f"NautilusTrader stopped after {bars} of {expected} {unit}: "
                "the account was overdrawn, or the strategy shut the system down",
            )
        )
    orders = engine.cache.orders()
    if not orders:
        warnings.append(RunWarning(code="no_orders", message="the strategy placed no order"))
    elif not any(order.filled_qty > 0 for order in orders):
        warnings.append(RunWarning(code="no_fills", message=f"none of {len(orders)} orders was filled"))
    if len(equity) and equity.min() <= 0:
        low = number(float(equity.min()), "money", currency)
        warnings.append(RunWarning(code="ruined", message=f"the account fell to {low}; NautilusTrader let it trade on"))
    return warnings
