"""Rows → Arrow, a column at a time: the server joins each column into one value whose bytes are Arrow's own.

No value passes through Python one by one. Text comes as all its bytes and their lengths, numbers as arrays in the
server's binary form. What is missing comes as a value that none of ours can be: NaN, minus infinity, the least integer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.storage.database import Database

if TYPE_CHECKING:
    import psycopg
    import pyarrow as pa

TEXT, NUMBER, COUNT, TIME = "text", "number", "count", "time"
EPOCH_US = 946_684_800_000_000
"""2000-01-01, where PostgreSQL's clock begins, in microseconds of Arrow's."""
_LEAST = np.iinfo(np.int64).min
_HEADER = 20
"""Bytes before the elements of an array of one dimension; each has 4 more before it, its length."""

_JOINED = {
    TEXT: "string_agg(coalesce({0}, ''), ''), array_agg(coalesce(octet_length({0}), -1))",
    NUMBER: "array_agg(coalesce({0}, 'NaN'))",
    COUNT: f"array_agg(coalesce({{0}}, ({_LEAST})::bigint))",
    TIME: "array_agg(coalesce({0}, '-infinity'))",
}


@dataclass(frozen=True, slots=True)
class Column:
    """An expression of the database and the kind of its values: `TEXT`, `NUMBER`, `COUNT` or `TIME`."""

    expression: str
    kind: str


def table(
    database: Database, rows: str, values: Mapping[str, Any], columns: Mapping[str, Column], *, one_plan: bool
) -> pa.Table:
    """Ask for the rows of a statement, which has a column of each of these names, and keep their order.

    With `one_plan`, the server plans it once whatever its arguments, which is half of a small answer's time. A
    statement whose best plan hangs on them must not: 5 ms would become 900.
    """
    joined = ", ".join(_JOINED[column.kind].format(name) for name, column in columns.items())
    statement = f"select count(*), {joined} from ({rows}) rows"
    return database.ask(lambda connection: _read(connection, statement, values, columns, one_plan))


def listed(columns: Mapping[str, Column]) -> str:
    """The columns as a select list."""
    return ", ".join(f"{column.expression} as {name}" for name, column in columns.items())


def empty(columns: Mapping[str, Column]) -> pa.Table:
    """No rows of these columns."""
    import pyarrow as pa

    return pa.table({name: pa.array([], type=_type(column.kind)) for name, column in columns.items()})


def _read(
    connection: psycopg.Connection[Any],
    statement: str,
    values: Mapping[str, Any],
    columns: Mapping[str, Column],
    one_plan: bool,
) -> pa.Table:
    import pyarrow as pa

    with connection.cursor(binary=True) as cursor:
        cursor.execute(statement.encode(), values, prepare=one_plan)
        answer = cursor.pgresult
        assert answer is not None
        count = int.from_bytes(answer.get_value(0, 0) or b"")
        if not count:
            return empty(columns)
        arrays, at = {}, 1
        for name, column in columns.items():
            width = 2 if column.kind == TEXT else 1
            arrays[name] = _array(column.kind, [answer.get_value(0, at + more) or b"" for more in range(width)], count)
            at += width
    return pa.table(arrays)


def _array(kind: str, parts: list[bytes], count: int) -> pa.Array:
    import pyarrow as pa

    if kind == TEXT:
        return _text(parts[0], parts[1], count)
    values = _elements(parts[0], ">f8" if kind == NUMBER else ">i8", count)
    missing = np.isnan(values) if kind == NUMBER else values == _LEAST
    if kind == TIME:
        values = values + EPOCH_US
    return pa.array(values, type=_type(kind), mask=missing if missing.any() else None, from_pandas=False)


def _text(data: bytes, lengths: bytes, count: int) -> pa.Array:
    import pyarrow as pa

    sizes = _elements(lengths, ">i4", count)
    offsets = np.zeros(count + 1, dtype=np.int32)
    np.cumsum(np.maximum(sizes, 0), out=offsets[1:])
    there = sizes >= 0
    valid = None if there.all() else pa.py_buffer(np.packbits(there, bitorder="little"))
    return pa.Array.from_buffers(pa.string(), count, [valid, pa.py_buffer(offsets), pa.py_buffer(data)])


def _elements(data: bytes, of: str, count: int) -> np.ndarray[Any, Any]:
    """The elements of an array in the server's binary form, none of them null, as this machine has them."""
    stored = np.dtype([("length", ">i4"), ("value", of)])
    return np.frombuffer(data, dtype=stored, count=count, offset=_HEADER)["value"].astype(
        np.dtype(of).newbyteorder("=")
    )


def _type(kind: str) -> Any:
    import pyarrow as pa

    return {TEXT: pa.string(), NUMBER: pa.float64(), COUNT: pa.int64(), TIME: pa.timestamp("us", tz="UTC")}[kind]
