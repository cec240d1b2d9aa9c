"""NautilusTrader's own `BacktestRunConfig` → what will run, checked and with its data read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np

from workbench import config, provenance
from workbench.catalog import Catalog, Feed, feeds, periods_per_year
from workbench.config import DataUse, Snapshot, StrategyUse, VenueUse
from workbench.engine import Spec, engine_version
from workbench.engine.nautilus1 import NodeData, backtest_node, keep
from workbench.engine.nautilus1.results import market
from workbench.engine.nautilus1.venue import from_values, starting_balances
from workbench.errors import InvalidInput, InvalidPeriod, WorkbenchError
from workbench.plans.from_request import digests, rate
from workbench.provenance import SourceFile
from workbench.strategies import StrategyInfo, find, forget, strategy_key

KINDS = {"strategies": "strategy", "actors": "actor", "exec_algorithms": "exec_algorithm"}
"""What an engine is made of → the path of its class in an importable configuration, and its type in the record."""


def prepare_config(run_config: Any, catalog: Catalog, *, risk_free: float = 0.0, rerun_of: UUID | None = None) -> Spec:
    """Resolve and check a NautilusTrader configuration.

    Raises:
        InvalidInput: in one of its kinds, for the first thing that is wrong.
    """
    values = config.native_values(run_config)
    ready = config.run_config(values)
    backtest_node.check(ready)
    _import_anew(values)
    used = [_component(kind, part) for kind in KINDS for part in values["engine"][kind] or []]
    loaded = backtest_node.load(ready)
    data_feeds = feeds(row for part in loaded for row in part.data)
    instruments = {instrument.id.value: instrument for part in loaded for instrument in part.instruments or ()}
    start, end = _period(ready, data_feeds)
    venues = tuple(from_values(venue) for venue in values["venues"])
    snapshot = Snapshot(
        strategies=tuple(use for use, _ in used),
        instruments={name: type(instrument).to_dict(instrument) for name, instrument in instruments.items()},
        data=data_uses(data_feeds, _sources(catalog, ready)),
        venues=(with_capital(venues, values["venues"], data_feeds, list(instruments.values())), *venues[1:]),
        start=config.iso(start),
        end=config.iso(end),
        periods_per_year=max((periods_per_year(instrument) for instrument in instruments.values()), default=252),
        risk_free=rate(risk_free),
        engine=engine_version(),
        native=config.masked(values),
    )
    spec = Spec(
        info=info_of(snapshot.strategy),
        snapshot=snapshot,
        fingerprint=config.fingerprint(snapshot),
        sources=once(file for _, files in used for file in files),
        months={feed.fingerprint: feed.months for feed in data_feeds},
        native=values,
        folder=provenance.project_folder(config.imported(snapshot.strategy.path)),
        hidden=config.hidden(values),
        rerun_of=rerun_of,
    )
    keep(spec, NodeData(run_config=ready, loaded=loaded, feeds=data_feeds))
    return spec


def _import_anew(values: Mapping[str, Any]) -> None:
    """A class that is named runs as its files say by now, here as in every run."""
    paths = [part[f"{KINDS[kind]}_path"] for kind in KINDS for part in values["engine"][kind] or []]
    forget(provenance.outdated(provenance.sources(*(config.imported(path) for path in paths))))


def _component(kind: str, part: Mapping[str, Any]) -> tuple[StrategyUse, tuple[SourceFile, ...]]:
    """One strategy, actor or execution algorithm of a configuration."""
    path = part[f"{KINDS[kind]}_path"]
    cls, config_class = config.imported(path), config.imported(part["config_path"])
    chosen = config.parse_params(config_class, part["config"])
    return use_of(cls, config_class, config.flat_params(chosen), KINDS[kind])


def use_of(
    cls: type, config_class: type | None, params: Mapping[str, Any], kind: str
) -> tuple[StrategyUse, tuple[SourceFile, ...]]:
    """What the record keeps of one component of an engine, and its source."""
    name, type_ = cls.__name__, kind
    if kind == "strategy":
        try:
            info = find(cls)
            name, type_ = info.name, info.type
        except WorkbenchError:
            # NautilusTrader runs classes that wb.run would refuse, such as one defined inside a function
            type_ = "custom"
    files = provenance.sources(cls, *([config_class] if config_class is not None else []))
    use = StrategyUse(
        path=_path(cls),
        config_path=None if config_class is None else _path(config_class),
        name=name,
        type=type_,
        params=config.masked(params),
        code=digests(cls.__module__, files),
    )
    return use, files


def info_of(use: StrategyUse) -> StrategyInfo:
    """The strategy that a record is filed under."""
    return StrategyInfo(
        key=strategy_key(use.name),
        name=use.name,
        type=use.type,
        path=use.path,
        config_path=use.config_path,
        help="",
        registered=False,
    )


def once(files: Any) -> tuple[SourceFile, ...]:
    """Each module once, sorted by its name."""
    by_module = {file.module: file for file in files}
    return tuple(by_module[name] for name in sorted(by_module))


def _sources(catalog: Catalog, ready: Any) -> dict[str, str]:
    """Where the bars of the workbench's own catalog came from; nothing of another one."""
    if any(Path(data_config.catalog_path).absolute() != catalog.path.absolute() for data_config in ready.data):
        return {}
    return {dataset.bar_type: dataset.source for dataset in catalog.datasets()}


def data_uses(data_feeds: Sequence[Feed], sources: Mapping[str, str]) -> tuple[DataUse, ...]:
    """What was fed, as the record keeps it; `sources` of bar types, where they are known."""
    return tuple(
        DataUse(
            instrument_id=feed.instrument_id,
            bar=feed.kind,
            source=sources.get(f"{feed.instrument_id}-{feed.kind}", "catalog"),
            rows=len(feed.time),
            first=config.iso(int(feed.time[0])),
            last=config.iso(int(feed.time[-1])),
            fingerprint=feed.fingerprint,
        )
        for feed in data_feeds
    )


def _period(ready: Any, data_feeds: Sequence[Feed]) -> tuple[int, int]:
    """First and last moment, UTC nanoseconds; that of the data where the configuration leaves it open.

    Raises:
        InvalidPeriod: no moment, or one that no data are in: NautilusTrader would abort the process.
    """
    first, last = min(int(feed.time[0]) for feed in data_feeds), max(int(feed.time[-1]) for feed in data_feeds)
    start = first if ready.start is None else _moment("start", ready.start)
    end = last if ready.end is None else _moment("end", ready.end)
    if not start <= end or start > last:
        raise InvalidPeriod(
            f"start={ready.start} and end={ready.end} of the BacktestRunConfig leave no data: they are from "
            f"{config.iso(first)} to {config.iso(last)}."
        )
    return start, end


def _moment(name: str, value: str | int) -> int:
    """A time as NautilusTrader takes it, as UTC nanoseconds.

    Raises:
        InvalidPeriod: not one.
    """
    try:
        return backtest_node.nanoseconds(value)
    except (TypeError, ValueError) as error:
        raise InvalidPeriod(f"{name}={value!r} of the BacktestRunConfig is not a time: {error}") from None


def with_capital(
    venues: Sequence[VenueUse],
    values: Sequence[Mapping[str, Any]],
    data_feeds: Sequence[Feed],
    instruments: Sequence[Any],
) -> VenueUse:
    """The first venue, with what all accounts begin with as its capital: other currencies by their first rate.

    Raises:
        InvalidInput: nothing to begin with.
    """
    currency = venues[0].currency
    balances = [balance for venue_values in values for balance in starting_balances(venue_values)]
    rates = market(data_feeds, instruments, currency).rates
    begin = np.zeros(1, dtype=np.int64)
    capital = Decimal(0)
    for balance, code in balances:
        at = Decimal(1)
        if code != currency:
            at = Decimal(repr(float(rates.at(code, currency, begin)[0])))
        capital += balance * at
    if capital <= 0:
        raise InvalidInput(
            f"the accounts begin with {capital} {currency}. Type starting_balances=['10000 {currency}']."
        )
    return replace(venues[0], capital=f"{capital.normalize():f}")


def _path(cls: type) -> str:
    return f"{cls.__module__}:{cls.__qualname__}"
