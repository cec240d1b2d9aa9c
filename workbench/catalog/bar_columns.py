"""Bars as columns, straight from the Parquet files: no `Bar` is made.

NautilusTrader writes a price as an integer of 64 or 128 bits, 10^9 or 10^16 times its value, and gives back the float
nearest to that integer divided by that power of ten. The same is done here for whole columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.arrays import FloatArray, Int64Array

NAMES = ("open", "high", "low", "close", "volume")
SCALES = {8: 1e9, 16: 1e16}
"""Bytes of an integer → what it is a multiple of."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BarColumns:
    """Bars, oldest first: `time` is ``ts_init`` in UTC nanoseconds. Every column has shape ``(n,)``.

    The precisions are those of the first bar.
    """

    time: Int64Array
    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    volume: FloatArray
    price_precision: int
    size_precision: int


def read_columns(files: list[Path], start_ns: int, end_ns: int) -> BarColumns | None:
    """The bars that close within the period, both ends included; None if there are none.

    Raises:
        ValueError: a file has columns of another kind than NautilusTrader writes.
    """
    import pyarrow.parquet as pq

    within = [("ts_init", ">=", start_ns), ("ts_init", "<=", end_ns)]
    names = [*NAMES, "ts_init"]
    # without partitioning=None a folder called a=b above the catalog would become a column
    tables = [pq.read_table(file, columns=names, filters=within, partitioning=None) for file in files]
    tables = [table for table in tables if table.num_rows]
    if not tables:
        return None
    times = [table.column("ts_init").to_numpy().astype(np.int64) for table in tables]
    time = np.concatenate(times)
    order = np.argsort(time, kind="stable")
    columns = {name: np.concatenate([floats(table.column(name)) for table in tables])[order] for name in NAMES}
    first = tables[int(np.searchsorted(np.cumsum([len(time_column) for time_column in times]), order[0], side="right"))]
    price, size = (int(first.schema.metadata[name]) for name in (b"price_precision", b"size_precision"))
    return BarColumns(time=time[order], **columns, price_precision=price, size_precision=size)


def floats(column: Any) -> FloatArray:
    """A column of NautilusTrader's integers, of an Arrow table, as floats.

    Raises:
        ValueError: it is of another kind, or has no value somewhere.
    """
    width = getattr(column.type, "byte_width", 0) if str(column.type).startswith("fixed_size_binary") else 0
    if width not in SCALES or column.null_count:
        raise ValueError(f"a column of {column.type} is not one of prices")
    parts = [np.frombuffer(_bytes(chunk, width), "<u8").reshape(-1, width // 8) for chunk in column.chunks]
    words = np.concatenate(parts) if parts else np.empty((0, width // 8), "<u8")
    whole = words[:, 0].view("<i8").astype(np.float64) if width == 8 else _wide(words)
    return whole / SCALES[width]


def _bytes(chunk: Any, width: int) -> memoryview:
    data = memoryview(chunk.buffers()[1])
    return data[chunk.offset * width : (chunk.offset + len(chunk)) * width]


def _wide(words: npt.NDArray[np.uint64]) -> FloatArray:
    """Signed integers of 128 bits, low word first, as the nearest floats."""
    low, high = words[:, 0].copy(), words[:, 1].copy()
    negative = high >> np.uint64(63) == 1
    # two's complement: invert and add one, with the carry
    low[negative] = ~low[negative] + np.uint64(1)
    high[negative] = ~high[negative] + (low[negative] == 0)
    # the upper 64 bits and a mark for whatever lies below: one rounding, not two
    bits = np.frexp(high.astype(np.float64))[1].astype(np.uint64)
    up = np.uint64(64) - np.maximum(bits, np.uint64(1))
    down = np.maximum(bits, np.uint64(1))
    top = (high << up) | (low >> down) | ((low << up) != 0)
    value = np.where(high == 0, low.astype(np.float64), np.ldexp(top.astype(np.float64), down.astype(np.int32)))
    return np.where(negative, -value, value)
