"""A user's own engine, after its run → what can be known of its setup and its data."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from workbench import config
from workbench.catalog import UNKNOWN, Catalog, Feed, feeds
from workbench.config import DataUse
from workbench.engine.nautilus1 import backtest_node, inspect_engine
from workbench.engine.nautilus1.inspect_engine import KINDS
from workbench.engine.nautilus1.observed import Observed
from workbench.engine.nautilus1.record_values import data_uses, months_of, most_periods, with_capital
from workbench.engine.nautilus1.run_config import native_values, read_run_config, run_config
from workbench.engine.nautilus1.venue import exchange_values, from_exchange
from workbench.engine.nautilus1.write_config import data_values
from workbench.engine.setup import Component, Finished, Setup
from workbench.errors import InvalidInput, WorkbenchError
from workbench.runs import RunWarning
from workbench.strategies import flat_params

UNKNOWN_BAR = "unknown"


def read_engine(engine: Any, catalog: Catalog, ended: BaseException | None) -> Finished:
    """Look at an engine that has run, and make an `Engine` of it.

    Args:
        engine: a `BacktestEngine`, not disposed; it is left as it is.
        ended: what was raised inside its run, if something was.

    Raises:
        InvalidInput: no such engine, or one that has not run.
    """
    inspect_engine.check(engine)
    inspect_engine.check_ran(engine)
    data_feeds, instruments = feeds(engine.data), engine.cache.instruments()
    known = _known(engine, data_feeds, catalog)
    venues = [from_exchange(exchange) for exchange in inspect_engine.exchanges(engine)]
    setup = Setup(
        components=[_component(part, kind) for kind in KINDS for part in getattr(engine.trader, kind)()],
        instruments={each.id.value: type(each).to_dict(each) for each in instruments},
        data=_data(engine, data_feeds, known.sources),
        months=months_of(data_feeds),
        venues=(with_capital(venues, known.venues, data_feeds, instruments), *venues[1:]),
        start=int(engine.backtest_start.value),
        end=_end(engine),
        periods_per_year=most_periods(instruments),
        native=known.native,
    )
    return Finished(
        setup=setup,
        engine=Observed(
            engine=engine,
            feeds=data_feeds,
            expected=inspect_engine.expected(engine),
            ended=ended,
            warnings=[*_data_warnings(engine, data_feeds), *_not_repeatable(known.lacks)],
        ),
        ran=inspect_engine.ran(engine),
        lacks=known.lacks,
        unlike=known.unlike,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Known:
    """An engine as its configuration. `lacks` says what of it cannot be known; without it, `native` is the whole."""

    venues: Sequence[Mapping[str, Any]]
    sources: Mapping[str, str]
    native: Mapping[str, Any] | None
    lacks: str
    unlike: bool


def _known(engine: Any, data_feeds: Sequence[Feed], catalog: Catalog) -> _Known:
    venues = [exchange_values(exchange) for exchange in inspect_engine.exchanges(engine)]
    parts = {kind: [inspect_engine.component(part, kind) for part in getattr(engine.trader, kind)()] for kind in KINDS}
    fed, unfed = _in_catalog(data_feeds, engine.cache.instruments(), catalog)
    hidden = [reason for known in (*venues, *itertools.chain(*parts.values())) for reason in known.unknown]
    values = {
        "venues": [venue.values for venue in venues],
        "data": fed,
        "engine": {
            **inspect_engine.kernel_values(engine),
            **{kind: [part.values for part in parts[kind]] for kind in KINDS},
        },
    }
    native, reasons = (None, [*hidden, *unfed]) if hidden or unfed else _native(values)
    return _Known(
        venues=[venue.values for venue in venues],
        sources={} if unfed else {dataset.bar_type: dataset.source for dataset in catalog.datasets()},
        native=native,
        lacks="; ".join(dict.fromkeys(reasons)),
        # it must not equal the configuration of another run
        unlike=bool(hidden),
    )


def _component(part: Any, kind: str) -> Component:
    chosen = part.config
    return Component(
        kind=KINDS[kind],
        cls=type(part),
        config_class=None if chosen is None else type(chosen),
        params=flat_params(chosen, lost=[]) if chosen is not None else {},
    )


def _data(engine: Any, data_feeds: Sequence[Feed], sources: Mapping[str, str]) -> tuple[DataUse, ...]:
    """What the engine holds; if it has released its data, that they are unknown."""
    if data_feeds:
        return data_uses(data_feeds, sources)
    instruments = engine.cache.instruments()
    return (
        DataUse(
            instrument_id=instruments[0].id.value if instruments else "",
            bar=UNKNOWN_BAR,
            source="catalog",
            rows=0,
            first=config.iso(engine.backtest_start.value),
            last=config.iso(_end(engine)),
            # unknown data never equal those of another run
            fingerprint=f"{UNKNOWN} {uuid4()}",
        ),
    )


def _end(engine: Any) -> int:
    """Where the run ended: what was asked for, or as far as the clock came."""
    end, start = engine.backtest_end, int(engine.backtest_start.value)
    return max(int(engine.kernel.clock.timestamp_ns() if end is None else end.value), start)


def _in_catalog(
    data_feeds: Sequence[Feed], instruments: Sequence[Any], catalog: Catalog
) -> tuple[list[dict[str, Any]], list[str]]:
    """Data configurations that give the same data from the catalog, and what it does not have."""
    defined = {instrument.id.value: type(instrument).to_dict(instrument) for instrument in instruments}
    fed, missing = [], []
    for feed in data_feeds:
        data = data_values(feed.instrument_id, feed.kind, int(feed.time[0]), int(feed.time[-1]), catalog)
        # rows of one time come in another order when NautilusTrader reads a part of a file: look at the whole as well
        ways = (data, {**data, "start_time": None, "end_time": None})[: 1 if feed.is_bar else 2]
        same = next((way for way in ways if _same(feed, defined.get(feed.instrument_id), way)), None)
        if same is not None:
            fed.append(same)
        else:
            missing.append(f"the {feed.kind} of {feed.instrument_id}: the catalog {catalog.path} has no such data")
    return fed, missing or ([] if data_feeds else ["the data, which the engine has let go"])


def _same(feed: Feed, definition: Mapping[str, Any] | None, data: dict[str, Any]) -> bool:
    """Whether the catalog has these very rows, of an instrument that is defined there as it was in the engine."""
    try:
        loaded = backtest_node.load(run_config({"venues": [], "data": [data], "engine": {}}))[0]
    except WorkbenchError:
        return False
    mine = feeds(loaded.data)
    others = [type(instrument).to_dict(instrument) for instrument in loaded.instruments or ()]
    return (
        len(mine) == 1
        and mine[0].fingerprint == feed.fingerprint
        and definition is not None
        and _terms(definition) in [_terms(other) for other in others]
    )


def _terms(definition: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in definition.items() if name not in ("ts_event", "ts_init")}


def _native(values: Mapping[str, Any]) -> tuple[dict[str, Any] | None, list[str]]:
    """The configuration as JSON values; or why it has none."""
    try:
        return native_values(read_run_config(json.dumps(values))), []
    except (InvalidInput, TypeError, ValueError) as error:
        return None, [f"a configuration that NautilusTrader takes back: {error}"]


def _data_warnings(engine: Any, data_feeds: Sequence[Feed]) -> list[RunWarning]:
    held = sum(len(feed.time) for feed in data_feeds)
    if engine.iteration <= held:
        return []
    return [
        RunWarning(
            code="data_unknown",
            message=f"the engine processed {engine.iteration:,} rows of data and holds {held:,} of them: "
            "the others are in neither the fingerprint nor the prices that positions are valued at",
        )
    ]


def _not_repeatable(lacks: str) -> list[RunWarning]:
    message = f"it cannot be run again from its record, which lacks {lacks}"
    return [RunWarning(code="not_repeatable", message=message)] if lacks else []
