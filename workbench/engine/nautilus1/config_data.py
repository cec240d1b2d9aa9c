"""What the data of a configuration are: known by the digests of the catalog, or else read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.catalog import Catalog, Content, Dataset, data_use, feeds
from workbench.config import DataUse
from workbench.engine.nautilus1 import backtest_node
from workbench.engine.nautilus1.engine import NodeData
from workbench.engine.nautilus1.record_values import data_uses, months_of
from workbench.errors import WorkbenchError

LAST_NS = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ConfigData:
    """Instruments by their ids, the data as the record keeps them, their months, first and last moment in UTC ns.

    `read` has the rows, where they were read.
    """

    instruments: Mapping[str, Any]
    uses: tuple[DataUse, ...]
    months: Mapping[str, Sequence[tuple[str, int, str]]]
    first: int
    last: int
    read: NodeData | None = None


def read_data(run_config: Any, catalog: Catalog) -> ConfigData:
    """Load the data of a configuration.

    Raises:
        InvalidInput: in one of its kinds: none are there, or they cannot be read.
    """
    loaded = backtest_node.load(run_config)
    data_feeds = feeds(row for result in loaded for row in result.data)
    return ConfigData(
        instruments={each.id.value: each for result in loaded for each in result.instruments or ()},
        uses=data_uses(data_feeds, _sources(run_config, catalog)),
        months=months_of(data_feeds),
        first=min(int(feed.time[0]) for feed in data_feeds),
        last=max(int(feed.time[-1]) for feed in data_feeds),
        read=NodeData(run_config=run_config, loaded=loaded, feeds=data_feeds),
    )


def known_data(run_config: Any, catalog: Catalog) -> ConfigData | None:
    """What a configuration would load; None where that cannot be said before it is loaded.

    Known are bars of the catalog, of one type per entry and each type once. Of another folder nobody keeps the digests,
    ticks and a user's own data have none, and a filter is NautilusTrader's to apply. What is wrong, `read_data` says.
    """
    try:
        entries = [_entry(data, run_config, catalog) for data in run_config.data]
    except (WorkbenchError, ValueError, TypeError):
        return None
    known = [entry for entry in entries if entry is not None]
    if len(known) < len(entries) or len({dataset.bar_type for dataset, _, _ in known}) < len(known):
        return None
    contents = [content for _, content, _ in known]
    return ConfigData(
        instruments={instrument.id.value: instrument for _, _, several in known for instrument in several},
        uses=tuple(data_use(dataset, content) for dataset, content, _ in known),
        months={content.fingerprint: content.months for content in contents},
        first=min(content.first_ns for content in contents),
        last=max(content.last_ns for content in contents),
    )


def _entry(data: Any, run_config: Any, catalog: Catalog) -> tuple[Dataset, Content, Sequence[Any]] | None:
    from nautilus_trader.backtest.node import BacktestNode, get_instrument_ids
    from nautilus_trader.model.data import Bar

    query = data.query
    plain = data.data_type is Bar and len(query["identifiers"]) == 1 and data.filter_expr is None
    if not plain or data.catalog_fs_protocol not in (None, "file") or not _same_folder(data.catalog_path, catalog):
        return None
    (instrument_id,) = get_instrument_ids(data)
    bar_type = str(query["identifiers"][0])
    dataset = catalog.find(instrument_id.value, bar_type.removeprefix(f"{instrument_id}-"))
    if dataset.bar_type != bar_type:
        return None
    starts = [backtest_node.nanoseconds(each) for each in (query["start"], run_config.start) if each is not None]
    ends = [backtest_node.nanoseconds(each) for each in (query["end"], run_config.end) if each is not None]
    content = catalog.content(dataset, max(starts, default=0), min(ends, default=LAST_NS))
    return dataset, content, BacktestNode.load_catalog(data).instruments(instrument_ids=[instrument_id])


def _sources(run_config: Any, catalog: Catalog) -> dict[str, str]:
    """Where the bars of the workbench's own catalog came from; nothing of another one."""
    if not all(_same_folder(data.catalog_path, catalog) for data in run_config.data):
        return {}
    return {dataset.bar_type: dataset.source for dataset in catalog.datasets()}


def _same_folder(path: str, catalog: Catalog) -> bool:
    return Path(path).absolute() == catalog.path.absolute()
