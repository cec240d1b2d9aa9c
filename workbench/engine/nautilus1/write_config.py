"""A recorded run → the JSON of a `BacktestRunConfig`, which NautilusTrader itself can run."""

from __future__ import annotations

import json
from typing import Any

from workbench import config
from workbench.catalog import Catalog
from workbench.config import Snapshot, StrategyUse
from workbench.engine.nautilus1.run_config import read_run_config
from workbench.engine.nautilus1.venue import to_values
from workbench.errors import InvalidInput, WorkbenchError
from workbench.strategies import find, load, resolve_params


def write_config(snapshot: Snapshot, catalog: Catalog) -> str:
    """The text of the file.

    Raises:
        InvalidInput: NautilusTrader has no words for this run.
    """
    values = dict(snapshot.native) if snapshot.native is not None else _of_snapshot(snapshot, catalog)
    rows = sum(use.rows for use in snapshot.data)
    # NautilusTrader reads bar_spec of a parsed file only when it streams; else it takes all bars of the instrument
    ready = {**values, "chunk_size": values.get("chunk_size") or rows + 1, "raise_exception": True}
    ready["dispose_on_completion"] = False
    text = json.dumps(ready, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    read_run_config(text)
    return text


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


def _of_snapshot(snapshot: Snapshot, catalog: Catalog) -> dict[str, Any]:
    """The configuration of a run that was given by a strategy and an instrument.

    Raises:
        InvalidInput: a recorded engine of which not everything is known, or a strategy that is gone.
    """
    if lacks := snapshot.engine.get("lacks"):
        raise InvalidInput(f"this run was recorded from an engine of which not everything is known. It lacks {lacks}.")
    start, end = (config.nanoseconds(moment) for moment in snapshot.period)
    return {
        "venues": [to_values(venue) for venue in snapshot.venues],
        "data": [
            data_values(use.instrument_id, use.bar, start, end + config.PERIOD_END_NS, catalog) for use in snapshot.data
        ],
        "engine": {"strategies": [_strategy(snapshot)]},
    }


def _strategy(snapshot: Snapshot) -> dict[str, Any]:
    use: StrategyUse = snapshot.strategy
    try:
        _, config_class = load(find(use.path))
    except WorkbenchError as error:
        raise InvalidInput(f"the strategy {use.path} is not there any more: {error}") from error
    if config_class is None:
        raise InvalidInput(f"{use.path} takes no config, and NautilusTrader gives one to every strategy of a file.")
    data = snapshot.data[0]
    chosen = resolve_params(
        config_class,
        use.params,
        instrument_id=data.instrument_id,
        bar_type=f"{data.instrument_id}-{data.bar}",
    )
    return {"strategy_path": use.path, "config_path": use.config_path, "config": json.loads(chosen.json())}
