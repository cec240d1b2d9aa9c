"""NautilusTrader's own `BacktestRunConfig` → what it sets up, checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench import config, provenance
from workbench.catalog import Catalog
from workbench.config import RunConfig
from workbench.engine.nautilus1 import backtest_node
from workbench.engine.nautilus1.config_data import known_data, read_data
from workbench.engine.nautilus1.inspect_engine import KINDS
from workbench.engine.nautilus1.record_values import most_periods, one_currency, with_capital
from workbench.engine.nautilus1.run_config import imported, native_values, run_config
from workbench.engine.nautilus1.venue import from_values
from workbench.engine.setup import Component, Setup
from workbench.errors import InvalidPeriod
from workbench.strategies import flat_params, forget, parse_params


def read_config(given: RunConfig, catalog: Catalog) -> Setup:
    """Resolve and check a configuration, without its data where the catalog knows what they are (`known_data`).

    Accounts in several currencies need the first prices to be worth something, and so the rows.

    Raises:
        InvalidInput: in one of its kinds, for the first thing that is wrong.
    """
    values = native_values(given)
    ready = run_config(values)
    backtest_node.check(ready)
    _import_anew(values)
    components = [_component(kind, part) for kind in KINDS for part in values["engine"][kind] or []]
    venues = tuple(from_values(venue) for venue in values["venues"])
    data = (known_data(ready, catalog) if one_currency(venues, values["venues"]) else None) or read_data(ready, catalog)
    start, end = _period(ready, data.first, data.last)
    instruments, data_feeds = list(data.instruments.values()), () if data.read is None else data.read.feeds
    return Setup(
        components=components,
        instruments={name: type(each).to_dict(each) for name, each in data.instruments.items()},
        data=data.uses,
        months=data.months,
        venues=(with_capital(venues, values["venues"], data_feeds, instruments), *venues[1:]),
        start=start,
        end=end,
        periods_per_year=most_periods(instruments),
        native=values,
        held=data.read,
    )


def _import_anew(values: Mapping[str, Any]) -> None:
    """A class that is named runs as its files say by now, here as in every run."""
    paths = [part[f"{KINDS[kind]}_path"] for kind in KINDS for part in values["engine"][kind] or []]
    forget(provenance.outdated(provenance.sources(*(imported(path) for path in paths))))


def _component(kind: str, part: Mapping[str, Any]) -> Component:
    """One strategy, actor or execution algorithm of a configuration."""
    path = part[f"{KINDS[kind]}_path"]
    cls, config_class = imported(path), imported(part["config_path"])
    chosen = parse_params(config_class, part["config"])
    return Component(kind=KINDS[kind], cls=cls, config_class=config_class, params=flat_params(chosen))


def _period(ready: Any, first: int, last: int) -> tuple[int, int]:
    """First and last moment, UTC nanoseconds; that of the data where the configuration leaves it open.

    Raises:
        InvalidPeriod: no moment, or one that no data are in: NautilusTrader would abort the process.
    """
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
