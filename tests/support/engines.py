"""Engines as a user builds them by hand, on few bars or ticks whose numbers can be worked out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from nautilus_trader.backtest.config import (
    BacktestDataConfig,
    BacktestEngineConfig,
    BacktestRunConfig,
    BacktestVenueConfig,
)
from nautilus_trader.backtest.engine import BacktestEngine
from nautilus_trader.config import ImportableStrategyConfig, LoggingConfig
from nautilus_trader.model.data import Bar, BarType, QuoteTick
from nautilus_trader.model.enums import AccountType, OmsType
from nautilus_trader.model.identifiers import InstrumentId, Venue
from nautilus_trader.model.objects import Money, Price, Quantity

from tests.support.user_strategies import Script, ScriptConfig
from workbench.catalog import feeds
from workbench.catalog.definitions import define
from workbench.engine.nautilus1.executions import Listener
from workbench.engine.nautilus1.results import harvest
from workbench.runs import Result

DAY = 86_400_000_000_000
FIRST = 19_723 * DAY
"""2024-01-01, UTC."""


def close(day: int) -> int:
    """The close of a day, counted from 1 = 2024-01-01, UTC nanoseconds."""
    return FIRST + day * DAY - 1_000_000_000


def instrument(name: str, *, decimals: int = 2, **more: Any) -> Any:
    """One without fees: an equity in USD, or with a ``/`` a currency pair."""
    return define(name, decimals=decimals, currency=more.get("currency"), kind=more.get("kind"))


def bar_type(name: str) -> str:
    return f"{name}-1-DAY-LAST-EXTERNAL"


def bars(of: Any, closes: Sequence[float]) -> list[Bar]:
    """Daily bars of these closes, every day from 2024-01-01 on."""
    kind = BarType.from_str(bar_type(of.id.value))
    volume = Quantity(1_000_000, of.size_precision)
    return [
        Bar(kind, price, price, price, price, volume, close(day), close(day))
        for day, price in enumerate((Price(one, of.price_precision) for one in closes), start=1)
    ]


def quotes(of: Any, mids: Sequence[float], *, spread: float = 0.0, at: Sequence[int] | None = None) -> list[QuoteTick]:
    """Quotes of these mids, at the close of every day unless `at` says when."""
    size = Quantity(1_000_000, of.size_precision)
    when = at or [close(day) for day in range(1, len(mids) + 1)]
    return [
        QuoteTick(
            of.id,
            Price(mid - spread / 2, of.price_precision),
            Price(mid + spread / 2, of.price_precision),
            size,
            size,
            ts,
            ts,
        )
        for mid, ts in zip(mids, when, strict=True)
    ]


def engine(
    *venues: tuple[str, Sequence[str]], account: str = "MARGIN", oms: str = "NETTING", base: bool = True, **more: Any
) -> BacktestEngine:
    """A silent engine with venues of a name and starting balances each."""
    more = {"default_leverage": Decimal(1)} | more
    made = BacktestEngine(BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True), run_analysis=False))
    for name, balances in venues:
        money = [Money.from_str(text) for text in balances]
        made.add_venue(
            venue=Venue(name),
            oms_type=OmsType[oms],
            account_type=AccountType[account],
            base_currency=money[0].currency if base else None,
            starting_balances=money,
            **more,
        )
    return made


def script(name: str, orders: Mapping[str, float], tag: str = "000", **more: Any) -> Script:
    """A strategy that follows a script on the bars of one instrument."""
    chosen = ScriptConfig(
        instrument_id=InstrumentId.from_str(name),
        bar_type=BarType.from_str(bar_type(name)),
        orders=dict(orders),
        order_id_tag=tag,
        **more,
    )
    return Script(chosen)


def venue_config(name: str = "TEST", *balances: str, **more: Any) -> BacktestVenueConfig:
    """A margin account, netting, in the currency of its first balance."""
    given = {"oms_type": "NETTING", "account_type": "MARGIN", "base_currency": "USD"} | more
    return BacktestVenueConfig(name=name, starting_balances=list(balances or ("10000 USD",)), **given)


def data_config(catalog: Path, name: str, kind: type = Bar, **more: Any) -> BacktestDataConfig:
    """All of one kind of one instrument."""
    given = {"bar_spec": "1-DAY-LAST"} if kind is Bar else {}
    return BacktestDataConfig(
        catalog_path=str(catalog),
        data_cls=kind,  # type: ignore[arg-type]  # NautilusTrader declares its path, and takes the class too
        instrument_id=InstrumentId.from_str(name),
        **{**given, **more},
    )


def script_config(name: str, orders: Mapping[str, float], tag: str = "000", **more: Any) -> ImportableStrategyConfig:
    """The importable configuration of `script`."""
    return importable(
        "tests.support.user_strategies:Script",
        {"instrument_id": name, "bar_type": bar_type(name), "orders": orders, "order_id_tag": tag, **more},
    )


def importable(path: str, values: Mapping[str, Any], config_path: str = "") -> ImportableStrategyConfig:
    """A strategy by its path; its config is the class of that name with ``Config`` behind it."""
    return ImportableStrategyConfig(strategy_path=path, config_path=config_path or f"{path}Config", config=dict(values))


def run_config(
    venues: Sequence[BacktestVenueConfig],
    data: Sequence[BacktestDataConfig],
    strategies: Sequence[ImportableStrategyConfig],
    *,
    engine_more: Mapping[str, Any] | None = None,
    **more: Any,
) -> BacktestRunConfig:
    """A whole configuration."""
    chosen = BacktestEngineConfig(strategies=list(strategies), **(engine_more or {}))
    return BacktestRunConfig(venues=list(venues), data=list(data), engine=chosen, **more)


def result_of(
    made: list[BacktestEngine],
    built: BacktestEngine,
    instruments: Sequence[Any],
    data: Sequence[list[Any]],
    *parts: Any,
    listen: bool = True,
    start: int | None = None,
) -> Result:
    """Run an engine, put it among those that are `made`, and take out what it did, in the currency of its account."""
    made.append(built)
    for one in instruments:
        built.add_instrument(one)
    for rows in data:
        built.add_data(rows)
    for part in parts:
        built.add_strategy(part)
    listener = Listener(built) if listen else None
    built.run(start=start)
    base = built.cache.accounts()[0].base_currency
    currency = "USD" if base is None else base.code
    return harvest(built, feeds(built.data), currency=currency, expected=None, listener=listener)
