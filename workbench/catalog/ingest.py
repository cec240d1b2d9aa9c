"""New bars into the catalog: beside, over or against those that are there."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from workbench.arrays import Int64Array
from workbench.catalog import parquet_folder
from workbench.catalog.bar_spec import BarSpec
from workbench.catalog.checks import refuse
from workbench.catalog.dataset import BarTable, ImportReport, many, moment
from workbench.catalog.definitions import Kind, check_id, define, describe, differences, kind_of, with_decimals
from workbench.catalog.transaction import commit
from workbench.checks import flag, word
from workbench.errors import Argument, InvalidInput, InvalidMarketData, Part

REPLACE = Argument("replace", "True")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where an import goes and what the caller said about it."""

    instrument_id: str
    spec: BarSpec
    definition: Any = None
    currency: str | None = None
    kind: Kind | None = None
    replace: bool = False
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def bar_type(self) -> str:
        return f"{self.instrument_id}-{self.spec.name}"


def target(
    instrument: Any, spec: BarSpec, *, currency: str | None, kind: Kind | None, replace: bool, settings: dict[str, Any]
) -> Target:
    """Check what is said of the instrument: an id, or a NautilusTrader Instrument that is taken as it is."""
    for name, value in (("currency", currency), ("kind", kind)):
        if value is not None:
            word(name, value)
    flag("replace", replace)
    if isinstance(instrument, str):
        instrument_id, definition = check_id(instrument), None
    else:
        from nautilus_trader.model.instruments import Instrument

        if not isinstance(instrument, Instrument):
            check_id(instrument)
        if currency is not None or kind is not None:
            why = " describe an instrument given by name; this one is given whole."
            raise InvalidInput(Argument("currency"), " and ", Argument("kind"), why)
        instrument_id, definition = check_id(instrument.id.value), instrument
        settings = {**settings, "definition": json.dumps(describe(instrument), sort_keys=True, default=str)}
    return Target(
        instrument_id=instrument_id,
        spec=spec,
        definition=definition,
        currency=currency,
        kind=kind,
        replace=replace,
        settings={**settings, "instrument": instrument_id, "currency": currency, "kind": kind},
    )


def check_new(root: Path, to: Target) -> None:
    """Check that an instrument that the catalog does not have can be defined from its name."""
    if to.definition is None and not parquet_folder.instrument_folders(root, to.instrument_id):
        define(to.instrument_id, decimals=0, currency=to.currency, kind=to.kind)


def same_import(root: Path, to: Target, sha256: str) -> ImportReport | None:
    """Find the report of an earlier import of exactly this, if nothing since can have changed what it would do."""
    folder = parquet_folder.bar_folder(root, to.bar_type)
    noted = parquet_folder.origin(folder)
    for entry in reversed(noted["imports"] if noted else []):
        if entry["sha256"] == sha256 and entry["settings"] == to.settings:
            return _report(root, to, entry, added=0, replaced=0)
        if entry["replaced"]:
            return None
    return None


def merge(root: Path, staging: Path, to: Target, table: BarTable, file_name: str) -> ImportReport:
    """Merge checked bars into the catalog, inside `swap.writing`.

    Raises:
        InvalidInput: the instrument is defined otherwise, or the bars there come from another source.
        InvalidMarketData: other values at the same times, or more decimals than the instrument has.
    """
    old_definition = _definition(root, to)
    definition = _settle(old_definition, to, table)
    redefined = old_definition is not None and bool(differences(old_definition, definition))
    folder = parquet_folder.bar_folder(root, to.bar_type)
    dropped = _other_source(folder, to, table)
    kept = [] if dropped else _rebuilt(parquet_folder.read_bars(folder), definition)
    new, rounded = _bars(to, table, definition)
    merged, added, replaced = _merged(kept, new, table, to.replace)
    entry = {
        "file": file_name,
        "sha256": table.sha256,
        "settings": to.settings,
        "rows": len(table.time),
        "added": added,
        "replaced": replaced,
        "first_ns": int(table.time[0]),
        "last_ns": int(table.time[-1]),
        "warnings": [*table.warnings, *rounded, *dropped],
        "imported_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    if redefined or added or replaced or len(merged) != len(kept):
        removed: list[Path] = []
        if old_definition is None or redefined:
            removed = _stage_definition(root, staging, to, definition)
        if redefined:
            _stage_others(root, staging, to, definition)
        _stage(staging, to.bar_type, merged, _history(folder, table.source, bool(kept)), entry)
        commit(root, removed)
    return _report(root, to, entry, added=added, replaced=replaced)


def _report(root: Path, to: Target, entry: dict[str, Any], *, added: int, replaced: int) -> ImportReport:
    return ImportReport(
        instrument_id=to.instrument_id,
        bar=to.spec.name,
        rows=entry["rows"],
        added=added,
        replaced=replaced,
        first_ns=entry["first_ns"],
        last_ns=entry["last_ns"],
        warnings=tuple(entry["warnings"]),
        path=parquet_folder.bar_folder(root, to.bar_type),
    )


def _definition(root: Path, to: Target) -> Any:
    """Find the instrument's definition, or None. Ids that differ by a ``/`` would share a folder."""
    instruments = parquet_folder.read_instruments(parquet_folder.instrument_folders(root, to.instrument_id))
    others = {i.id.value for i in instruments} - {to.instrument_id}
    others |= {
        d.instrument_id
        for d in parquet_folder.datasets(root)
        if d.bar_type.replace("/", "") == to.bar_type.replace("/", "")
    } - {to.instrument_id}
    if others:
        raise InvalidInput(
            f"NautilusTrader's catalog keeps {to.instrument_id} in the same folder as {min(others)}, which is there "
            "already. Use the other spelling, or another venue."
        )
    return instruments[-1] if instruments else None


def _settle(old: Any, to: Target, table: BarTable) -> Any:
    """Decide on the definition: the one there, unless the caller brings another and says replace=True."""
    needed = int(table.price_decimals.max())
    if to.definition is not None:
        differ = differences(old, to.definition) if old is not None else ""
        if differ and not to.replace:
            raise InvalidInput(
                f"{to.instrument_id} is already defined otherwise in the catalog: {differ}. ",
                REPLACE,
                " takes the new definition.",
            )
        _check_decimals(to.definition, table, "Give an Instrument with a finer price_increment")
        return to.definition
    if old is None:
        return define(to.instrument_id, decimals=table.written_decimals, currency=to.currency, kind=to.kind)
    differing = _said_otherwise(old, to)
    if differing and not to.replace:
        there = f"{to.instrument_id} is already in the catalog with "
        raise InvalidInput(there, *differing, ". Leave that argument out, or say ", REPLACE, ".")
    if differing:
        decimals = max(table.written_decimals, old.price_precision)
        return define(to.instrument_id, decimals=decimals, currency=to.currency, kind=to.kind)
    if needed > old.price_precision and to.replace:
        return with_decimals(old, needed)
    _check_decimals(old, table, REPLACE, " makes it finer, and keeps the bars that are there")
    return old


def _said_otherwise(old: Any, to: Target) -> tuple[Part, ...]:
    if to.kind is not None and to.kind != kind_of(old):
        return Argument("kind", repr(kind_of(old))), f", not {to.kind!r}"
    if to.currency is not None and to.currency != old.quote_currency.code:
        return Argument("currency", repr(old.quote_currency.code)), f", not {to.currency!r}"
    return ()


def _check_decimals(definition: Any, table: BarTable, *hint: Part) -> None:
    from nautilus_trader.core.nautilus_pyo3 import FIXED_PRECISION

    row = int(np.argmax(table.price_decimals > definition.price_precision))
    needed = int(table.price_decimals[row])
    if needed > definition.price_precision < FIXED_PRECISION:
        refuse(
            f"{table.label}, line {table.line[row]}:",
            f"a price has {needed} decimals and {definition.id} has {definition.price_precision} (price_increment "
            f"{definition.price_increment}). ",
            *hint,
        )


def _other_source(folder: Path, to: Target, table: BarTable) -> tuple[str, ...]:
    """Say what goes where real bars meet mock bars: they are never mixed, and go only with replace=True."""
    there = parquet_folder.source(folder)
    if not parquet_folder.parquet_files(folder) or (there == "mock") == (table.source == "mock"):
        return ()
    if not to.replace:
        raise InvalidInput(
            f"{to.bar_type} holds bars of the source {there!r} and these are {table.source!r}. Use another instrument "
            "id, or ",
            REPLACE,
            " to drop those that are there.",
        )
    return (f"the bars of the source {there!r} that were there were dropped.",)


def _bars(to: Target, table: BarTable, definition: Any) -> tuple[list[Any], tuple[str, ...]]:
    """Build NautilusTrader's bars, and say which decimals its instrument could not keep."""
    from nautilus_trader.model.data import Bar, BarType
    from nautilus_trader.model.objects import Price, Quantity

    kind, prices, sizes = BarType.from_str(to.bar_type), definition.price_precision, definition.size_precision
    columns = (table.open, table.high, table.low, table.close, table.volume, table.time)
    bars = [
        Bar(kind, Price(o, prices), Price(h, prices), Price(low, prices), Price(c, prices), Quantity(v, sizes), t, t)
        for o, h, low, c, v, t in zip(*(column.tolist() for column in columns), strict=True)
    ]
    warnings = []
    if (finer := int((table.volume_decimals > sizes).sum())) > 0:
        warnings.append(f"{many(finer, 'volume')} had to be rounded to the {sizes} decimals of the instrument's sizes.")
    if (finer := int((table.price_decimals > prices).sum())) > 0:
        warnings.append(f"{many(finer, 'row')} had prices rounded to {prices} decimals, the most of the instrument.")
    elif prices > 8 and to.definition is None:
        warnings.append(f"prices have up to {prices} decimals, which become the instrument's smallest price step.")
    return bars, tuple(warnings)


def _rebuilt(bars: list[Any], definition: Any) -> list[Any]:
    """Give old bars the precision of a new definition.

    Raises:
        InvalidInput: a value would be rounded.
    """
    from nautilus_trader.core.nautilus_pyo3 import FIXED_PRECISION
    from nautilus_trader.model.data import Bar
    from nautilus_trader.model.objects import Price, Quantity

    prices, sizes = definition.price_precision, definition.size_precision
    if not bars or (bars[0].close.precision, bars[0].volume.precision) == (prices, sizes):
        return bars
    rebuilt = []
    price_unit, size_unit = 10 ** (FIXED_PRECISION - prices), 10 ** (FIXED_PRECISION - sizes)
    for bar in bars:
        raw = [price.raw for price in (bar.open, bar.high, bar.low, bar.close)]
        if any(value % price_unit for value in raw) or bar.volume.raw % size_unit:
            raise InvalidInput(
                f"{definition.id} with {prices} price and {sizes} size decimals would round bars in the catalog, "
                f"first at {moment(bar.ts_init)}. Give a definition with more decimals, or another instrument id."
            )
        four = [Price.from_raw(value, prices) for value in raw]
        size = Quantity.from_raw(bar.volume.raw, sizes)
        rebuilt.append(Bar(bar.bar_type, *four, size, bar.ts_event, bar.ts_init))
    return rebuilt


def _merged(kept: list[Any], new: list[Any], table: BarTable, replace: bool) -> tuple[list[Any], int, int]:
    """Merge by time. Returns the bars, how many are at new times, and how many took the place of other values."""
    times: Int64Array = np.fromiter((bar.ts_init for bar in kept), np.int64, len(kept))
    common, at_old, at_new = np.intersect1d(times, table.time, return_indices=True)
    differing = [(i, j) for i, j in zip(at_old.tolist(), at_new.tolist(), strict=True) if not _equal(kept[i], new[j])]
    if differing and not replace:
        i, j = differing[0]
        raise InvalidMarketData(
            f"{table.label}, line {table.line[j]}: the bar closing {moment(int(table.time[j]))} is in the catalog with "
            f"other values: {_values(kept[i])} there, {_values(new[j])} here ({many(len(differing), 'such row')}). "
            "Nothing was written; ",
            REPLACE,
            " takes the new values.",
        )
    taken = {i for i, _ in differing}
    put = {j for _, j in differing}.union(np.flatnonzero(~np.isin(table.time, times)).tolist())
    merged = [bar for i, bar in enumerate(kept) if i not in taken] + [new[j] for j in sorted(put)]
    merged.sort(key=lambda bar: int(bar.ts_init))
    return merged, len(new) - len(common), len(differing)


def _equal(a: Any, b: Any) -> bool:
    same: bool = (a.open, a.high, a.low, a.close, a.volume) == (b.open, b.high, b.low, b.close, b.volume)
    return same


def _values(bar: Any) -> str:
    return f"open {bar.open} high {bar.high} low {bar.low} close {bar.close} volume {bar.volume}"


def _stage_definition(root: Path, staging: Path, to: Target, definition: Any) -> list[Path]:
    """Stage the definition, and name the folders of other instrument classes that it leaves behind."""
    _write(staging, [definition])
    staged = {folder.relative_to(staging) for folder in parquet_folder.instrument_folders(staging, to.instrument_id)}
    there = parquet_folder.instrument_folders(root, to.instrument_id)
    return [folder for folder in there if folder.relative_to(root) not in staged]


def _stage_others(root: Path, staging: Path, to: Target, definition: Any) -> None:
    """Stage the instrument's other bars anew: their files hold its precision."""
    for dataset in parquet_folder.datasets(root):
        if dataset.instrument_id == to.instrument_id and dataset.bar_type != to.bar_type:
            folder = parquet_folder.bar_folder(root, dataset.bar_type)
            old = parquet_folder.read_bars(folder)
            rebuilt = _rebuilt(old, definition)
            if rebuilt is not old:
                _stage(staging, dataset.bar_type, rebuilt, parquet_folder.origin(folder), None)


def _history(folder: Path, source: str, kept: bool) -> dict[str, Any] | None:
    """What is noted of the bars that stay; None if some of them came from elsewhere."""
    return parquet_folder.origin(folder) if kept else {"source": source, "imports": []}


def _stage(
    staging: Path,
    bar_type: str,
    bars: Iterable[Any],
    history: dict[str, Any] | None,
    entry: dict[str, Any] | None,
) -> None:
    """Stage bars as one file, with the note on where they come from."""
    _write(staging, list(bars))
    folder = parquet_folder.bar_folder(staging, bar_type)
    if history is None:
        return
    imports = [*history["imports"], *([entry] if entry else [])]
    note = {"source": history["source"], "files": parquet_folder.sizes(folder), "imports": imports}
    (folder / parquet_folder.ORIGIN).write_text(json.dumps(note, indent=1))


def _write(staging: Path, data: list[Any]) -> None:
    from nautilus_trader.persistence.catalog import ParquetDataCatalog

    ParquetDataCatalog(str(staging)).write_data(data)
