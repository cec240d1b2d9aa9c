"""BacktestRunConfig → NautilusTrader's own BacktestNode → Result.

The node builds the engine, so that everything it can configure is configured; the data are read before and fed here,
because the record has to say what they were, and BacktestNode keeps nothing of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from workbench.catalog import Feed
from workbench.engine.nautilus1.execute import watched
from workbench.engine.nautilus1.executions import Listener
from workbench.engine.nautilus1.results import harvest, status_of
from workbench.engine.protocol import Progress
from workbench.errors import InvalidInput, InvalidPeriod
from workbench.runs import Failure, Result, RunWarning


def check(run_config: Any) -> None:
    """Let NautilusTrader look at a configuration.

    Raises:
        InvalidInput: in its words.
    """
    from nautilus_trader.backtest.node import BacktestNode
    from nautilus_trader.common.config import InvalidConfiguration

    try:
        BacktestNode([run_config])
    except (InvalidConfiguration, ValueError, TypeError) as error:
        raise InvalidInput(f"NautilusTrader refuses this configuration: {error}") from None


def load(run_config: Any) -> list[Any]:
    """Read the data of a configuration: one `CatalogDataResult` per data configuration, in their order.

    Raises:
        InvalidPeriod: one of them gives no data. NautilusTrader would run without, and a start after the last row
            would abort the whole process.
        InvalidInput: a catalog that cannot be read.
    """
    from nautilus_trader.backtest.node import BacktestNode

    several = []
    for number, config in enumerate(run_config.data):
        name = f"data[{number}] ({config.data_type.__name__} of {_whose(config)} in {config.catalog_path})"
        try:
            loaded = BacktestNode.load_data_config(config, run_config.start, run_config.end)
        except Exception as error:
            # the file system, pyarrow and NautilusTrader each raise their own
            raise InvalidInput(f"{name} cannot be read: {type(error).__name__}: {error}") from error
        if not loaded.data:
            between = " from ".join(["", str(run_config.start)]) if run_config.start else ""
            raise InvalidPeriod(
                f"{name} has no data{between}{f' to {run_config.end}' if run_config.end else ''}. "
                "Widen the period, or leave this entry out."
            )
        several.append(loaded)
    return several


def nanoseconds(value: str | int) -> int:
    """A time as NautilusTrader takes it, as UTC nanoseconds.

    Raises:
        ValueError, TypeError: not one.
    """
    from nautilus_trader.core.datetime import dt_to_unix_nanos

    return int(dt_to_unix_nanos(value))


def _whose(config: Any) -> str:
    ids = config.bar_types or config.instrument_ids or [config.instrument_id]
    return ", ".join(str(identifier) for identifier in ids if identifier is not None) or "everything"


def execute(
    run_config: Any,
    loaded: Sequence[Any],
    feeds: Sequence[Feed],
    *,
    currency: str,
    progress: Progress | None = None,
) -> Result:
    """Run one configuration to its end, or as far as it comes.

    Args:
        run_config: a `BacktestRunConfig` that raises and does not dispose.
        loaded: its data, of `load`.
        feeds: the same data as columns.
        currency: to value the accounts in.
        progress: called now and then with rows done and rows in all.

    Returns:
        The result; never raises for what a strategy, an actor or a model does.
    """
    from nautilus_trader.backtest.node import BacktestNode

    node = BacktestNode([run_config])
    expected = sum(len(part.data) for part in loaded)
    listeners: list[Listener] = []
    try:
        ended = _ended(lambda: _run(node, run_config, loaded, expected, progress, listeners))
        engine = node.get_engine(run_config.id)
        if engine is None or not engine.iteration:
            return _nothing(ended, expected)
        listener = listeners[0] if listeners else None
        return harvest(engine, feeds, currency=currency, expected=expected, ended=ended, listener=listener)
    finally:
        node.dispose()  # type: ignore[no-untyped-call]


def _ended(work: Callable[[], None]) -> BaseException | None:
    try:
        work()
    except BaseException as error:  # noqa: BLE001 - every end of a run is recorded; the caller raises it again
        return error
    return None


def _run(
    node: Any,
    run_config: Any,
    loaded: Sequence[Any],
    expected: int,
    progress: Progress | None,
    listeners: list[Listener],
) -> None:
    node.build()
    engine = node.get_engine(run_config.id)
    listeners.append(Listener(engine))
    # the analyzer grows a pandas series per trade even with its analysis off: quadratic, and nobody reads it here
    engine.portfolio.analyzer.record_trade = lambda *_args, **_kwargs: None
    for part in loaded:
        engine.add_data(part.data, client_id=part.client_id, sort=False)
    engine.sort_data()
    with watched(engine, expected, progress):
        engine.run(start=run_config.start, end=run_config.end, run_config_id=run_config.id)


def _nothing(ended: BaseException | None, expected: int) -> Result:
    """The result of an engine that could not be built, or that stopped before its first row."""
    import numpy as np

    from workbench.runs import Equity

    warning = RunWarning(code="stopped_early", message=f"NautilusTrader stopped before the first of {expected} rows")
    return Result(
        status=status_of(ended),
        bars=0,
        equity=Equity(time=np.empty(0, dtype=np.int64), value=np.empty(0)),
        trades=(),
        fills=(),
        warnings=() if ended is not None else (warning,),
        error=Failure.of(ended) if ended is not None and not isinstance(ended, KeyboardInterrupt) else None,
        cause=ended,
    )
