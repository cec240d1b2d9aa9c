"""A user's own NautilusTrader engine → what can be known of how it was set up.

Of a venue NautilusTrader shows an engine's owner nothing, so its `SimulatedExchange` objects are taken from among the
objects that the engine refers to; all that is read of them is public. A seed cannot be read at all.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from workbench.config import Fees, FillChance, VenueUse
from workbench.errors import InvalidInput

if TYPE_CHECKING:
    from nautilus_trader.backtest.engine import BacktestEngine

type Engine = BacktestEngine
"""NautilusTrader's own, under a name for rooms that it is no guest of."""

PATHS = {"strategies": "strategy_path", "actors": "actor_path", "exec_algorithms": "exec_algorithm_path"}

_SAME_NAME = (
    "reject_stop_orders",
    "support_gtd_orders",
    "support_contingent_orders",
    "use_position_ids",
    "use_random_ids",
    "use_reduce_only",
    "use_market_order_acks",
    "bar_execution",
    "bar_adaptive_high_low_ordering",
    "trade_execution",
    "liquidity_consumption",
    "queue_position",
    "price_protection_points",
)
"""What an exchange and its configuration call by one name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Something read of an engine as its configuration, and what of it nobody can know."""

    values: Mapping[str, Any]
    unknown: tuple[str, ...]


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
        if isinstance(held, dict) and held and all(isinstance(one, SimulatedExchange) for one in held.values()):
            return list(held.values())
    return []


def venue_use(exchange: Any) -> VenueUse:
    """A venue as the record keeps it. Its capital is the starting balance in its own currency."""
    from nautilus_trader.model.enums import AccountType, OmsType

    balances = exchange.starting_balances
    currency = exchange.base_currency or balances[0].currency
    capital = next((one.as_decimal() for one in balances if one.currency == currency), Decimal(0))
    fill = exchange.fill_model
    amount = _commission(exchange.fee_model)
    model = type(exchange.fee_model).__name__
    return VenueUse(
        name=exchange.id.value,
        oms=OmsType(exchange.oms_type).name.lower(),
        account=AccountType(exchange.account_type).name.lower(),
        currency=currency.code,
        capital=f"{capital.normalize():f}",
        leverage=f"{Decimal(exchange.default_leverage).normalize():f}",
        fees=Fees(
            model={"MakerTakerFeeModel": "instrument", "FixedFeeModel": "fixed"}.get(model, model),
            amount=None if amount is None else f"{amount.as_decimal().normalize():f}",
        ),
        fill=FillChance(prob_fill_on_limit=fill.prob_fill_on_limit, prob_slippage=fill.prob_slippage),
    )


def venue_values(exchange: Any) -> Known:
    """A venue as the values of a `BacktestVenueConfig`."""
    from nautilus_trader.model.enums import AccountType, BookType, OmsType

    unknown = [*_unknown_models(exchange)]
    values = {
        "name": exchange.id.value,
        "oms_type": OmsType(exchange.oms_type).name,
        "account_type": AccountType(exchange.account_type).name,
        "starting_balances": [str(one) for one in exchange.starting_balances],
        "base_currency": None if exchange.base_currency is None else exchange.base_currency.code,
        "default_leverage": float(exchange.default_leverage),
        "leverages": {str(name): float(one) for name, one in exchange.leverages.items()} or None,
        "book_type": BookType(exchange.book_type).name,
        "oto_trigger_mode": "FULL" if exchange.oto_full_trigger else "PARTIAL",
        "frozen_account": exchange.is_frozen_account,
        "fee_model": _fee_values(exchange.fee_model),
        **{name: getattr(exchange, name) for name in _SAME_NAME},
    }
    account = exchange.get_account()
    if getattr(account, "allow_borrowing", False):
        values["allow_cash_borrowing"] = True
    return Known(values=values, unknown=tuple(unknown))


def component(part: Any, kind: str) -> Known:
    """A strategy, actor or execution algorithm as the values of its importable configuration.

    Unknown is what its configuration does not say: an object of a class that cannot be imported by its name, or one
    that was made from more than its config.
    """
    importable = part.to_importable_config()
    values = json.loads(importable.json())
    path = values[PATHS[kind]]
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
    found = getattr(engine.kernel, "_config", None) or BacktestEngineConfig()
    values: dict[str, Any] = json.loads(found.json())
    return values


def _chance(exchange: Any) -> bool:
    """Whether fills were a matter of luck; the seed, if there was one, cannot be read."""
    fill = exchange.fill_model
    return any(0 < one < 1 for one in (fill.prob_fill_on_limit, fill.prob_slippage))


def _unknown_models(exchange: Any) -> list[str]:
    from nautilus_trader.accounting.margin_models import LeveragedMarginModel
    from nautilus_trader.backtest.models import FillModel

    name = exchange.id.value
    unknown = []
    if type(exchange.fill_model) is not FillModel:
        unknown.append(f"the settings of the {type(exchange.fill_model).__name__} of {name}")
    elif _chance(exchange):
        unknown.append(f"the seed of the fill model of {name}")
    elif (exchange.fill_model.prob_fill_on_limit, exchange.fill_model.prob_slippage) != (1.0, 0.0):
        unknown.append(f"the settings of the fill model of {name}")
    if type(exchange.fee_model).__name__ not in ("MakerTakerFeeModel", "FixedFeeModel"):
        unknown.append(f"the settings of the {type(exchange.fee_model).__name__} of {name}")
    if exchange.latency_model is not None:
        unknown.append(f"the settings of the latency model of {name}")
    if exchange.modules:
        unknown.append(f"the simulation modules of {name}")
    if not isinstance(exchange.margin_model, LeveragedMarginModel):
        unknown.append(f"the margin model of {name}")
    return unknown


def _fee_values(model: Any) -> dict[str, Any] | None:
    amount = _commission(model)
    if amount is None:
        return None
    return {
        "fee_model_path": "nautilus_trader.backtest.models:FixedFeeModel",
        "config_path": "nautilus_trader.backtest.config:FixedFeeModelConfig",
        "config": {"commission": str(amount)},
    }


def _commission(model: Any) -> Any:
    """The amount of a fixed fee model, which it shows to nobody; None for another model."""
    from nautilus_trader.model.objects import Money

    if type(model).__name__ != "FixedFeeModel":
        return None
    return max((one for one in gc.get_referents(model) if isinstance(one, Money)), default=None)


def _arguments(cls: type) -> list[str]:
    """Arguments of a class beside its config."""
    import inspect

    init = cls.__init__  # type: ignore[misc]
    if not inspect.isfunction(init):
        return []
    kept = [one for one in list(inspect.signature(init).parameters.values())[1:] if one.name != "config"]
    return [one.name for one in kept if one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)]


def expected(engine: Any) -> int | None:
    """Rows the engine had to process, where it was stopped from inside; None otherwise."""
    from nautilus_trader.common.component import is_backtest_force_stop

    if not is_backtest_force_stop():
        return None
    start = int(engine.backtest_start.value)
    return sum(int(row.ts_init) >= start for row in engine.data)
