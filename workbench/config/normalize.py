"""What of a NautilusTrader configuration decides what a run does: the rest is where files lie and how it is called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_OF_THE_RUN = {"chunk_size", "raise_exception", "dispose_on_completion", "start", "end", "data_clients"}
_OF_DATA = {
    "catalog_path",
    "catalog_fs_protocol",
    "catalog_fs_storage_options",
    "catalog_fs_rust_storage_options",
    "optimize_file_loading",
}
_OF_THE_ENGINE = {
    "trader_id",
    "instance_id",
    "logging",
    "streaming",
    "run_analysis",
    "loop_debug",
    "load_state",
    "save_state",
    "timeout_connection",
    "timeout_reconciliation",
    "timeout_portfolio",
    "timeout_disconnection",
    "timeout_post_stop",
    "timeout_shutdown",
}
_OF_A_COMPONENT = {"strategy_id", "order_id_tag", "component_id", "log_events", "log_commands"}
_OF_A_CATALOG = {"path", "fs_protocol", "fs_storage_options", "fs_rust_storage_options", "name"}


def neutral(native: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration without logging, paths, names, ids and the period, which the snapshot has resolved."""
    engine = _without(native["engine"], _OF_THE_ENGINE)
    for kind in ("strategies", "actors", "exec_algorithms"):
        engine[kind] = [
            {**part, "config": _without(part["config"], _OF_A_COMPONENT)} for part in engine.get(kind) or []
        ]
    engine["catalogs"] = [_without(one, _OF_A_CATALOG) for one in engine.get("catalogs") or []]
    return {
        **_without(native, _OF_THE_RUN),
        "engine": engine,
        "data": [_without(one, _OF_DATA) for one in native["data"]],
    }


def _without(values: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}
