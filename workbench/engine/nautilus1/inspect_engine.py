"""A user's own NautilusTrader engine → what can be known of how it was set up.

Of a venue NautilusTrader shows an engine's owner nothing, so its `SimulatedExchange` objects are taken from among the
objects that the engine refers to; all that is read of them is public. A seed cannot be read at all.
"""

from __future__ import annotations

import gc
import json
from datetime import datetime
from typing import Any

from workbench.engine.nautilus1.venue import Known
from workbench.errors import InvalidInput
from workbench.strategies import flat_params

KINDS = {"strategies": "strategy", "actors": "actor", "exec_algorithms": "exec_algorithm"}
"""What an engine is made of → its type in the record; with ``_path``, the path of its class in a configuration."""


def check(engine: Any) -> None:
    """Refuse what cannot be recorded.

    Raises:
        InvalidInput: no engine, one that was disposed, or one that has not run.
    """
    from nautilus_trader.backtest.engine import BacktestEngine

    if isinstance(engine, type) or not isinstance(engine, BacktestEngine):
        what = engine.__name__ if isinstance(engine, type) else type(engine).__name__
        raise InvalidInput(
            f"engine is {'the class' if isinstance(engine, type) else 'a'} {what}, not a BacktestEngine. "
            "Of a BacktestNode, give node.get_engine(config.id), or run the configuration itself: wb.run(config)."
        )
    if engine.trader.is_disposed:
        raise InvalidInput(
            "the engine was disposed, and what it did went with it. Call wb.record(engine) before engine.dispose()."
        )


def check_ran(engine: Any) -> None:
    """Raises InvalidInput for an engine that has not run, or in which nothing could trade."""
    if engine.run_started is None or not engine.cache.accounts():
        raise InvalidInput("the engine has not run. Call engine.run() first.")
    if not engine.trader.strategies() and not engine.trader.actors():
        raise InvalidInput("the engine has neither strategies nor actors: there is nothing to record.")


def ran(engine: Any) -> tuple[datetime, datetime]:
    """When its run began and ended on the wall; the end of one that was cut short is now."""
    from datetime import UTC

    started = engine.run_started.to_pydatetime()
    ended = engine.run_finished
    return started, datetime.now(UTC) if ended is None else ended.to_pydatetime()


def exchanges(engine: Any) -> list[Any]:
    """The simulated exchanges of an engine, in the order they were added."""
    from nautilus_trader.backtest.engine import SimulatedExchange

    for held in gc.get_referents(engine):
        if (
            isinstance(held, dict)
            and held
            and all(isinstance(exchange, SimulatedExchange) for exchange in held.values())
        ):
            return list(held.values())
    return []


def component(part: Any, kind: str) -> Known:
    """A strategy, actor or execution algorithm as the values of its importable configuration.

    Unknown is what its configuration does not say: an object of a class that cannot be imported by its name, or one
    that was made from more than its config.
    """
    try:
        values = json.loads(part.to_importable_config().json())
    except (TypeError, ValueError, OverflowError) as error:
        path = f"{type(part).__module__}:{type(part).__qualname__}"
        return Known(values={}, unknown=(f"the configuration of {path}, which JSON has no words for: {error}",))
    lost: list[str] = []
    if part.config is not None:
        flat_params(part.config, lost=lost)
    path = values[f"{KINDS[kind]}_path"]
    if lost:
        return Known(values=values, unknown=(f"{', '.join(lost)} of {path}, which JSON has no word for",))
    if "<locals>" in path:
        return Known(values=values, unknown=(f"{path} is defined inside a function, where nobody else can find it",))
    extra = _arguments(type(part))
    if extra:
        return Known(values=values, unknown=(f"{path} was given {', '.join(extra)} beside its config",))
    return Known(values=values, unknown=())


def kernel_values(engine: Any) -> dict[str, Any]:
    """The engine's own configuration, without what was added to it by hand afterwards."""
    from nautilus_trader.backtest.config import BacktestEngineConfig

    # NautilusTrader has no public way to it; without it the defaults are what most engines have
    kernel_config = getattr(engine.kernel, "_config", None) or BacktestEngineConfig()
    values: dict[str, Any] = json.loads(kernel_config.json())
    return values


def _arguments(cls: type) -> list[str]:
    """Arguments of a class beside its config."""
    import inspect

    init = cls.__init__  # type: ignore[misc]
    if not inspect.isfunction(init):
        return []
    kept = [
        parameter for parameter in list(inspect.signature(init).parameters.values())[1:] if parameter.name != "config"
    ]
    return [
        parameter.name for parameter in kept if parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    ]


def expected(engine: Any) -> int | None:
    """Rows the engine had to process, where it was stopped from inside; None otherwise."""
    from nautilus_trader.common.component import is_backtest_force_stop

    if not is_backtest_force_stop():
        return None
    start = int(engine.backtest_start.value)
    return sum(int(row.ts_init) >= start for row in engine.data)
