"""The values of the room: what the catalog holds, what it gives, what an import did."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from workbench.arrays import FloatArray, Int64Array


def day(ns: int) -> str:
    """Write a UNIX time in nanoseconds as its UTC date."""
    return str(np.datetime64(ns, "ns").astype("datetime64[D]"))


def moment(ns: int) -> str:
    """Write a UNIX time in nanoseconds as UTC date and time, to the second."""
    return str(np.datetime64(ns, "ns").astype("datetime64[s]")).replace("T", " ")


def many(count: int, noun: str) -> str:
    """Write a number of things."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """The bars of one kind of one instrument.

    `first_ns` and `last_ns` are the closes of the first and last bar. `source` is ``"csv"`` or ``"mock"`` for what this
    package imported, ``"catalog"`` for what NautilusTrader itself or anyone else put there, wholly or in part.
    """

    instrument_id: str
    bar: str
    first_ns: int
    last_ns: int
    rows: int
    source: str

    @property
    def bar_type(self) -> str:
        return f"{self.instrument_id}-{self.bar}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class MarketData:
    """Bars of one dataset over one period, for the engine as objects and for arithmetic as columns.

    Each column has shape ``(n,)``, is read-only and equals ``float()`` of the bars' fields. `time` is the close
    (``ts_init``), UNIX nanoseconds. `months` is ``(month, rows, sha256)`` per UTC month, oldest first; `fingerprint` is
    the digest of that list.
    """

    dataset: Dataset
    instrument: Any
    bars: list[Any]
    time: Int64Array
    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    volume: FloatArray
    months: tuple[tuple[str, int, str], ...]
    fingerprint: str

    def __repr__(self) -> str:
        span = f"{moment(int(self.time[0]))} to {moment(int(self.time[-1]))}"
        return f"<{len(self.bars):,} bars of {self.dataset.bar_type}, {span}, {self.fingerprint[:12]}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ImportReport:
    """What an import brought in.

    `rows` counts the file's, `added` those at times the catalog did not have, `replaced` those that took the place of
    other values (only ever with ``replace=True``). `path` is the folder of the bars.
    """

    instrument_id: str
    bar: str
    rows: int
    added: int
    replaced: int
    first_ns: int
    last_ns: int
    warnings: tuple[str, ...]
    path: Path

    def __str__(self) -> str:
        did = f"{self.added:,} added" if self.added else "nothing new"
        did += f", {self.replaced:,} replaced" if self.replaced else ""
        span = f"{day(self.first_ns)} to {day(self.last_ns)}"
        text = f"{self.instrument_id} {self.bar}: {many(self.rows, 'row')}, {did}, {span}"
        return f"{text}. Warning: {' Warning: '.join(self.warnings)}" if self.warnings else text

    __repr__ = __str__


@dataclass(frozen=True, slots=True, kw_only=True)
class BarTable:
    """Checked bars on their way into the catalog, from a file or the mock process.

    `time` is the close in UNIX nanoseconds, rising. `line` is the row's line in the file. `price_decimals` and
    `volume_decimals` are what each row needs, without trailing zeros; `written_decimals` is the most the file writes
    for a price, with them.
    """

    label: str
    source: str
    sha256: str
    time: Int64Array
    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    volume: FloatArray
    line: Int64Array
    price_decimals: Int64Array
    volume_decimals: Int64Array
    written_decimals: int
    warnings: tuple[str, ...]
