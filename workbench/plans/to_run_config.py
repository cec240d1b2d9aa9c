"""A recorded run → the JSON of a BacktestRunConfig, which NautilusTrader itself can run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench import config
from workbench.catalog import Catalog
from workbench.config import Snapshot, StrategyUse
from workbench.engine.nautilus1.venue import to_values
from workbench.errors import Argument, InvalidInput, WorkbenchError
from workbench.plans.from_engine import data_values
from workbench.strategies import find, load


def as_run_config(snapshot: Snapshot, catalog: Catalog) -> tuple[str, list[str]]:
    """The text of the file, and what it cannot say.

    Raises:
        InvalidInput: NautilusTrader has no words for this run.
    """
    values = dict(snapshot.native) if snapshot.native is not None else _of_snapshot(snapshot, catalog)
    rows = sum(use.rows for use in snapshot.data)
    # NautilusTrader reads bar_spec of a parsed file only when it streams; else it takes all bars of the instrument
    ready = {**values, "chunk_size": values.get("chunk_size") or rows + 1, "raise_exception": True}
    ready["dispose_on_completion"] = False
    text = json.dumps(ready, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    config.read_run_config(text)
    return text, _notes(snapshot, catalog)


def write(text: str, path: str | Path, *, overwrite: bool) -> Path:
    """Write the file.

    Raises:
        InvalidInput: it is there, it is a folder, or its folder is not there.
    """
    if not isinstance(path, str | Path) or not str(path).strip():
        raise InvalidInput(f"path={path!r} is not the path of a file. Type path='run.json'.")
    file = Path(path)
    try:
        if file.is_dir():
            raise InvalidInput(f"{file} is a folder. Type a file in it: {file / 'run.json'}")
        if file.exists() and not overwrite:
            anyway = Argument("overwrite", "True")
            raise InvalidInput(f"{file} is there already. Type another name, or ", anyway, ".")
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InvalidInput(f"{file} cannot be written: {error.strerror or error}.") from error
    return file


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
    chosen = config.resolve_params(
        config_class,
        use.params,
        instrument_id=data.instrument_id,
        bar_type=f"{data.instrument_id}-{data.bar}",
    )
    return {"strategy_path": use.path, "config_path": use.config_path, "config": json.loads(chosen.json())}


def _notes(snapshot: Snapshot, catalog: Catalog) -> list[str]:
    """What the catalog would do otherwise: NautilusTrader takes the definition of an instrument from there."""
    notes = []
    for name, definition in snapshot.instruments.items():
        try:
            there = catalog.instrument(name)
        except WorkbenchError:
            continue
        now: Mapping[str, Any] = type(there).to_dict(there)
        for term, value in definition.items():
            if term not in ("ts_event", "ts_init") and now.get(term) != value:
                notes.append(
                    f"{name}: the run had {term}={value}, the catalog says {now.get(term)}. A BacktestRunConfig takes "
                    "the catalog's, and its fills may differ."
                )
    return notes
