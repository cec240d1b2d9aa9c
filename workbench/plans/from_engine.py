"""A user's own engine, after its run → a spec, and an engine that looks at it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from workbench import config, provenance
from workbench.catalog import Catalog, Feed, feeds, periods_per_year
from workbench.config import DataUse, Snapshot, StrategyUse, VenueUse
from workbench.engine import Spec, engine_version
from workbench.engine.nautilus1 import backtest_node, inspect_engine
from workbench.engine.nautilus1.observed import Observed
from workbench.engine.nautilus1.venue import exchange_values, from_exchange
from workbench.errors import InvalidInput, WorkbenchError
from workbench.plans.from_request import rate
from workbench.plans.from_run_config import KINDS, data_uses, info_of, once, use_of, with_capital
from workbench.runs import RunWarning

UNKNOWN_BAR = "unknown"


def prepare_engine(
    engine: Any, catalog: Catalog, *, risk_free: float = 0.0, ended: BaseException | None = None
) -> tuple[Spec, Observed]:
    """Look at an engine that has run: what can be known of its configuration and data, and itself as an `Engine`.

    Args:
        engine: a `BacktestEngine`, not disposed; it is left as it is.
        ended: what was raised inside its run, if something was.

    Raises:
        InvalidInput: no such engine, or one that has not run.
    """
    inspect_engine.check(engine)
    inspect_engine.check_ran(engine)
    seen = _look(engine, catalog)
    instruments = engine.cache.instruments()
    snapshot = Snapshot(
        strategies=tuple(use for use, _ in seen.parts),
        instruments={instrument.id.value: type(instrument).to_dict(instrument) for instrument in instruments},
        data=seen.data,
        venues=(with_capital(seen.venues, seen.balances, seen.feeds, instruments), *seen.venues[1:]),
        start=config.iso(engine.backtest_start.value),
        end=config.iso(_end(engine)),
        periods_per_year=max((periods_per_year(instrument) for instrument in instruments), default=252),
        risk_free=rate(risk_free),
        engine=engine_version() | ({"lacks": seen.lacks} if seen.lacks else {}),
        native=None if seen.native is None else config.masked(seen.native),
    )
    warnings = [*_data_warnings(engine, seen.feeds), *_not_repeatable(seen.lacks)]
    spec = Spec(
        info=info_of(snapshot.strategy),
        snapshot=snapshot,
        fingerprint=config.fingerprint(snapshot),
        sources=once(file for _, files in seen.parts for file in files),
        months={feed.fingerprint: feed.months for feed in seen.feeds},
        ran=inspect_engine.ran(engine),
    )
    return spec, Observed(
        engine=engine, feeds=seen.feeds, expected=inspect_engine.expected(engine), ended=ended, warnings=warnings
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Seen:
    """What can be known of an engine. `lacks` says what cannot; without it, `native` is its configuration."""

    parts: Sequence[tuple[StrategyUse, tuple[provenance.SourceFile, ...]]]
    venues: Sequence[VenueUse]
    balances: Sequence[Mapping[str, Any]]
    feeds: Sequence[Feed]
    data: tuple[DataUse, ...]
    lacks: str
    native: Mapping[str, Any] | None


def _look(engine: Any, catalog: Catalog) -> _Seen:
    data_feeds, exchanges = feeds(engine.data), inspect_engine.exchanges(engine)
    parts = {kind: getattr(engine.trader, kind)() for kind in KINDS}
    venues = [exchange_values(exchange) for exchange in exchanges]
    known = {kind: [inspect_engine.component(part, kind) for part in parts[kind]] for kind in KINDS}
    fed, unfed = _in_catalog(data_feeds, engine.cache.instruments(), catalog)
    hidden = [reason for part in (*venues, *itertools.chain(*known.values())) for reason in part.unknown]
    values = {
        "venues": [venue.values for venue in venues],
        "data": fed,
        "engine": {
            **inspect_engine.kernel_values(engine),
            **{kind: [part.values for part in known[kind]] for kind in KINDS},
        },
    }
    native_values, reasons = (None, [*hidden, *unfed]) if hidden or unfed else _native(values)
    used = [_use(part, kind) for kind in KINDS for part in parts[kind]]
    if hidden:
        # it must not equal the configuration of another run
        used[0] = (replace(used[0][0], code={**used[0][0].code, "unknown": f"unknown {uuid4()}"}), used[0][1])
    return _Seen(
        parts=used,
        venues=[from_exchange(exchange) for exchange in exchanges],
        balances=[venue.values for venue in venues],
        feeds=data_feeds,
        data=_data(
            engine, data_feeds, {} if unfed else {dataset.bar_type: dataset.source for dataset in catalog.datasets()}
        ),
        lacks="; ".join(dict.fromkeys(reasons)),
        native=native_values,
    )


def _use(part: Any, kind: str) -> tuple[StrategyUse, tuple[provenance.SourceFile, ...]]:
    cls, chosen = type(part), part.config
    params = config.flat_params(chosen) if chosen is not None else {}
    return use_of(cls, None if chosen is None else type(chosen), params, KINDS[kind])


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
            fingerprint=f"unknown {uuid4()}",
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


def data_values(instrument_id: str, kind: str, first: int, last: int, catalog: Catalog) -> dict[str, Any]:
    """A `BacktestDataConfig` of what lies in the catalog, as values; both ends included."""
    bar = "-" in kind
    return {
        "catalog_path": str(catalog.path.absolute()),
        "data_cls": f"nautilus_trader.model.data:{'Bar' if bar else kind}",
        "instrument_id": instrument_id,
        "bar_spec": kind.rpartition("-")[0] if bar else None,
        "start_time": _exact(first),
        "end_time": _exact(last),
    }


def _exact(ns: int) -> str:
    """A moment as text, to the nanosecond."""
    return f"{config.iso(ns // 1_000_000_000 * 1_000_000_000)[:19]}.{ns % 1_000_000_000:09d}+00:00"


def _same(feed: Feed, definition: Mapping[str, Any] | None, data: dict[str, Any]) -> bool:
    """Whether the catalog has these very rows, of an instrument that is defined there as it was in the engine."""
    try:
        loaded = backtest_node.load(config.run_config({"venues": [], "data": [data], "engine": {}}))[0]
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
        return config.native_values(config.read_run_config(json.dumps(values))), []
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
