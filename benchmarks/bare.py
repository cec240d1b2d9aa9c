"""The same runs without the workbench: what a user writes today, and the least there is."""

from __future__ import annotations

import os
from dataclasses import dataclass
from decimal import Decimal
from multiprocessing import get_context
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self

from benchmarks.timing import Cost, timed
from workbench.catalog import Catalog
from workbench.settings import Settings
from workbench.strategies import find, load

CAPITAL = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is run: a built-in strategy with its parameters on all bars of an instrument."""

    title: str
    strategy: str
    instrument: str
    params: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A case with its bars in memory: loading them is not part of any measurement."""

    case: Case
    instrument: Any
    bars: list[Any]
    bar_type: Any

    @classmethod
    def of(cls, case: Case, settings: Settings) -> Self:
        """Load the case's bars from the catalog."""
        catalog = Catalog(settings.catalog)
        dataset = catalog.find(case.instrument)
        market = catalog.load(dataset, dataset.first_ns, dataset.last_ns)
        return cls(case, market.instrument, market.bars, market.bars[0].bar_type)

    def engine(self, config: Any) -> Any:
        """A new engine of this configuration, ready to run: the account that `wb.run` gives by default."""
        from nautilus_trader.backtest.engine import BacktestEngine
        from nautilus_trader.model.enums import AccountType, OmsType
        from nautilus_trader.model.objects import Money

        engine = BacktestEngine(config)
        currency = self.instrument.quote_currency
        engine.add_venue(
            venue=self.instrument.venue,
            oms_type=OmsType.NETTING,
            account_type=AccountType.MARGIN,
            base_currency=currency,
            starting_balances=[Money(CAPITAL, currency)],
            default_leverage=Decimal(1),
        )
        engine.add_instrument(self.instrument)
        strategy, configuration = load(find(self.case.strategy))
        assert configuration is not None
        chosen = configuration(instrument_id=self.instrument.id, bar_type=self.bar_type, **self.case.params)
        engine.add_strategy(strategy(config=chosen))
        return engine


def today(case: Loaded, logging: Any = None) -> dict[str, Any]:
    """What a user writes today: an engine with its defaults, its result and four reports, nothing saved."""
    from nautilus_trader.backtest.config import BacktestEngineConfig

    engine = case.engine(BacktestEngineConfig() if logging is None else BacktestEngineConfig(logging=logging))
    engine.add_data(case.bars)
    engine.run()
    result = engine.get_result()
    reports = {
        "orders": engine.trader.generate_orders_report(),
        "fills": engine.trader.generate_order_fills_report(),
        "positions": engine.trader.generate_positions_report(),
        "account": engine.trader.generate_account_report(case.instrument.venue),
    }
    engine.dispose()
    return {"result": result, **reports}


def lean(case: Loaded, *, recorded_trades: bool = True) -> int:
    """The leanest run: no log, no analysis, no report, nothing taken out. Gives the number of orders.

    Without `recorded_trades` also without the pandas series that NautilusTrader grows per trade, analysis or not.
    """
    engine = case.engine(_lean_config())
    if not recorded_trades:
        engine.portfolio.analyzer.record_trade = lambda *_args, **_kwargs: None
    engine.add_data(case.bars, validate=False, sort=False)
    engine.sort_data()
    engine.run()
    orders = int(engine.cache.orders_total_count())
    engine.dispose()
    return orders


def _lean_config() -> Any:
    from nautilus_trader.backtest.config import BacktestEngineConfig

    return BacktestEngineConfig(logging=silent(), run_analysis=False)


def silent() -> Any:
    """A logging configuration that writes nothing. It works where no engine of the process has ever logged."""
    from nautilus_trader.config import LoggingConfig

    return LoggingConfig(bypass_logging=True)


class TodayElsewhere:
    """`today`, logging as configured, in a process of its own that works only when asked.

    NautilusTrader's logger belongs to the process and cannot be taken back: after one engine that logs, "bypassed"
    ones log as well. So an engine with the default log must not run beside the lean one. Its output (940 lines of
    INFO a run) goes to /dev/null, which is cheaper than any terminal or notebook cell.
    """

    def __init__(self, case: Case, settings: Settings, level: str) -> None:
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, case, settings, level), daemon=True)
        self._process.start()
        theirs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pipe.close()
        self._process.join()

    def __call__(self) -> Cost:
        """Let it run once, while this process waits."""
        self._pipe.send("run")
        cost: Cost = self._pipe.recv()
        return cost


def _serve(pipe: Connection, case: Case, settings: Settings, level: str) -> None:
    from nautilus_trader.config import LoggingConfig

    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)  # the log is written by Rust, past sys.stdout
    loaded = Loaded.of(case, settings)
    # no configuration at all is the default: INFO
    logging = None if level == "INFO" else LoggingConfig(log_level=level)
    while True:
        try:
            pipe.recv()
        except EOFError:
            return
        pipe.send(timed(lambda: today(loaded, logging)))
