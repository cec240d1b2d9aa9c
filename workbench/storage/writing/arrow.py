"""Heavy results ↔ compressed Arrow: equity, trades and fills as tables with fixed columns and types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.runs import Equity, Fill, Trade

if TYPE_CHECKING:
    import pyarrow as pa


def pack(table: pa.Table) -> bytes:
    """One Arrow stream, compressed by Arrow itself."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def unpack(data: bytes | memoryview) -> pa.Table:
    """The table of `pack`."""
    import pyarrow as pa

    with pa.ipc.open_stream(pa.py_buffer(data)) as reader:
        table = reader.read_all()
    if "liquidity" in table.column_names and "origin" not in table.column_names:
        # of fills from before the others were recorded
        table = table.append_column("origin", pa.array(["order"] * table.num_rows, type=pa.string()))
    return table


def empty(name: str) -> pa.Table:
    """No rows of ``equity``, ``trades`` or ``fills``, with the columns and types of a full table."""
    nothing = np.empty(0)
    equity = Equity(time=nothing.astype(np.int64), value=nothing)
    return {"equity": equity_table(equity), "trades": trades_table(()), "fills": fills_table(())}[name]


def equity_table(equity: Equity) -> pa.Table:
    """Columns time, equity."""
    import pyarrow as pa

    return pa.table({"time": pa.array(equity.time).cast(_time()), "equity": pa.array(equity.value, type=pa.float64())})


def trades_table(trades: Sequence[Trade]) -> pa.Table:
    """Columns of `Trade`, times as UTC timestamps."""
    import pyarrow as pa

    text, number, time = pa.string(), pa.float64(), _time()
    return _table(
        trades,
        {
            "instrument_id": text,
            "side": text,
            "quantity": number,
            "entry_time": time,
            "entry_price": number,
            "exit_time": time,
            "exit_price": number,
            "pnl": number,
            "commission": number,
            "return_": number,
            "currency": text,
        },
    ).rename_columns({"return_": "return"})


def fills_table(fills: Sequence[Fill]) -> pa.Table:
    """Columns of `Fill`, times as UTC timestamps."""
    import pyarrow as pa

    text, number = pa.string(), pa.float64()
    return _table(
        fills,
        {
            "time": _time(),
            "instrument_id": text,
            "order_id": text,
            "side": text,
            "quantity": number,
            "price": number,
            "commission": number,
            "currency": text,
            "liquidity": text,
            "origin": text,
        },
    )


def _time() -> Any:
    import pyarrow as pa

    return pa.timestamp("ns", tz="UTC")


def _table(rows: Sequence[object], columns: dict[str, Any]) -> pa.Table:
    import pyarrow as pa

    return pa.table({name: pa.array([getattr(row, name) for row in rows], type=kind) for name, kind in columns.items()})
