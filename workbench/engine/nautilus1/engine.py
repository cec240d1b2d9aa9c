"""NautilusTrader 1.x as an `Engine`: the lean way for one strategy, `BacktestNode` for a whole configuration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from workbench import config
from workbench.catalog import UNKNOWN, Catalog, Feed, MarketData, feeds
from workbench.engine.nautilus1 import backtest_node
from workbench.engine.nautilus1.execute import execute
from workbench.engine.nautilus1.run_config import run_config
from workbench.engine.protocol import Progress
from workbench.engine.setup import Setup
from workbench.engine.spec import Spec
from workbench.errors import InvalidMarketData
from workbench.runs import Result
from workbench.strategies import classes_of, resolve_params


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NodeData:
    """A `BacktestRunConfig` that is ready to run, with its data as NautilusTrader and as columns have them."""

    run_config: Any
    loaded: Sequence[Any]
    feeds: Sequence[Feed]


_read: WeakKeyDictionary[Spec, NodeData] = WeakKeyDictionary()


def keep(spec: Spec, setup: Setup) -> None:
    """Spare this very spec a second reading of the data that it was made from, if they were read."""
    if isinstance(setup.held, NodeData):
        _read[spec] = setup.held


class Nautilus1:
    """The engine of NautilusTrader 1.x."""

    def load(self, spec: Spec, catalog: Catalog) -> tuple[MarketData, ...] | NodeData:
        """Read the data of a run.

        Raises:
            InvalidInput: they are gone.
            InvalidMarketData: they are no longer those that the spec names.
        """
        if spec.native is not None:
            data = _read.pop(spec, None) or _node_data(spec)
            _check(spec, [feed.fingerprint for feed in data.feeds])
            return data
        start, end = (config.nanoseconds(moment) for moment in spec.snapshot.period)
        markets = tuple(
            catalog.load(catalog.find(use.instrument_id, use.bar), start, end + config.PERIOD_END_NS)
            for use in spec.snapshot.data
        )
        _check(spec, [market.fingerprint for market in markets])
        return markets

    def run(self, spec: Spec, data: Any, progress: Progress | None = None) -> Result:
        """Run to the end, or as far as it comes."""
        if isinstance(data, NodeData):
            currency = spec.snapshot.venue.currency
            return backtest_node.execute(data.run_config, data.loaded, data.feeds, currency=currency, progress=progress)
        use, market = spec.snapshot.strategy, spec.snapshot.data[0]
        with classes_of(use.path, use.config_path, use.code, spec.sources) as (strategy_class, config_class):
            chosen = resolve_params(
                config_class,
                spec.params,
                instrument_id=market.instrument_id,
                bar_type=f"{market.instrument_id}-{market.bar}",
            )
            return execute(
                spec.snapshot,
                data,
                lambda: strategy_class(config=chosen) if chosen is not None else strategy_class(),
                progress,
            )


def _node_data(spec: Spec) -> NodeData:
    ready = run_config(spec.native or {})
    loaded = backtest_node.load(ready)
    return NodeData(run_config=ready, loaded=loaded, feeds=feeds(row for result in loaded for row in result.data))


def _check(spec: Spec, fingerprints: Sequence[str]) -> None:
    for use, fingerprint in zip(spec.snapshot.data, fingerprints, strict=True):
        if use.fingerprint != fingerprint and not use.fingerprint.startswith(UNKNOWN):
            raise InvalidMarketData(
                f"the {use.bar} data of {use.instrument_id} have changed since the run was prepared. Run it again."
            )
