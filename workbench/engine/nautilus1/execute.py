"""Snapshot + market data → NautilusTrader 1.x → Result.

The lean way: logging bypassed, NautilusTrader's own analysis off, results extracted as plain values. A new engine for
every run and always disposed: a reset engine leaks subscriptions, an undisposed one half a megabyte.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from workbench.catalog import Feed, MarketData, build_instrument
from workbench.config import Snapshot
from workbench.engine.nautilus1.executions import Listener
from workbench.engine.nautilus1.results import harvest
from workbench.engine.nautilus1.venue import add_venue
from workbench.engine.protocol import Progress
from workbench.runs import Result


def execute(
    snapshot: Snapshot,
    markets: Sequence[MarketData],
    strategy: Callable[[], Any],
    progress: Progress | None = None,
) -> Result:
    """Run one backtest to its end, or as far as it comes.

    Args:
        snapshot: what to run; venue, account, fees and the instrument's definition are built from it alone.
        markets: the bars, already cut to the period; positions are valued at their closes, or the mid.
        strategy: makes the strategy; called inside, so that a strategy that raises in its constructor is a failed run.
        progress: see `Progress`; never called for a run shorter than a fifth of a second.

    Returns:
        The result; never raises for what the strategy does. `FAILED` and `INTERRUPTED` hold what was done until then.
    """
    engine = _engine(snapshot)
    listener = Listener(engine)
    try:
        ended = _run(engine, markets, strategy, progress)
        return harvest(
            engine,
            [_feed(market) for market in reversed(markets)],
            currency=snapshot.venue.currency,
            expected=_bars(markets),
            ended=ended,
            listener=listener,
            unit="bars",
        )
    finally:
        engine.dispose()


def _feed(market: MarketData) -> Feed:
    return Feed(
        instrument_id=market.dataset.instrument_id,
        kind=market.dataset.bar,
        time=market.time,
        price=market.close,
        months=market.months,
        fingerprint=market.fingerprint,
    )


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
