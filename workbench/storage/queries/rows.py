"""Rows → Arrow, a kind of column at a time: the server joins all values of a kind into one.

No value passes through Python one by one. Text comes as all its bytes, column by column, and one table of lengths; what
has a size of its own comes as one table for all columns of its kind, in the server's binary form. What is missing comes
as a value that none of ours can be: NaN, minus infinity, the least integer, a length below nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import psycopg
    import pyarrow as pa

TEXT, NUMBER, COUNT, TIME, NOTHING = "text", "number", "count", "time", "nothing"
EPOCH_US = 946_684_800_000_000
"""2000-01-01, where PostgreSQL's clock begins, in microseconds of Arrow's."""
_LEAST = np.iinfo(np.int64).min
_HEADER = 28
"""Bytes before the elements of an array of two dimensions; each has 4 more before it, its length."""

_PRESENT = {
    TEXT: "coalesce(octet_length({0}), -1)",
    NUMBER: "coalesce({0}, 'NaN')",
    COUNT: f"coalesce({{0}}, ({_LEAST})::bigint)",
    TIME: "coalesce({0}, '-infinity')",
}
_STORED = {
    kind: np.dtype([("length", ">i4"), ("value", of)])
    for kind, of in ((TEXT, ">i4"), (NUMBER, ">f8"), (COUNT, ">i8"), (TIME, ">i8"))
}


@dataclass(frozen=True, slots=True)
class Column:
    """An expression of the database and the kind of its values: `TEXT`, `NUMBER`, `COUNT` or `TIME`.

    `NOTHING` is text that is not asked for: there is none.
    """

    expression: str
    kind: str
    of_labels: bool = False


@dataclass(frozen=True, eq=False)
class Columns:
    """What an answer has by name, and how it is asked for. Worked out once, which takes as long as a small answer."""

    of: Mapping[str, Column]

    @cached_property
    def listed(self) -> str:
        """As a select list."""
        asked = (f'{column.expression} as "{name}"' for name, column in self.of.items() if column.kind != NOTHING)
        return ", ".join(asked)

    @cached_property
    def kinds(self) -> Mapping[str, list[str]]:
        """The names of each kind that is asked for."""
        kinds: dict[str, list[str]] = {}
        for name, column in self.of.items():
            if column.kind != NOTHING:
                kinds.setdefault(column.kind, []).append(name)
        return kinds

    @cached_property
    def unlabelled(self) -> Columns | None:
        """The same of a record without labels; None if it has no columns of them."""
        if not any(column.of_labels for column in self.of.values()):
            return None
        nothing = Column("", NOTHING)
        return Columns({name: nothing if column.of_labels else column for name, column in self.of.items()})

    @cached_property
    def joined(self) -> str:
        """As a select list that joins the values of each kind."""
        return ", ".join(self._joined())

    def _joined(self) -> Iterator[str]:
        for kind, names in self.kinds.items():
            yield f"array_agg(array[{', '.join(_PRESENT[kind].format(f'"{name}"') for name in names)}])"
            if kind == TEXT:
                yield from (f"string_agg(\"{name}\", '')" for name in names)

    @cached_property
    def schema(self) -> pa.Schema:
        """As Arrow has them."""
        import pyarrow as pa

        return pa.schema([(name, _type(column.kind)) for name, column in self.of.items()])


def read_and_ask(
    connection: psycopg.Connection[Any], rows: str, values: Mapping[str, Any], columns: Columns, *questions: str
) -> tuple[pa.Table, list[bool]]:
    """The rows of a statement, which has a column of each of these names, in their order, and what is true of these.

    The server plans it once whatever its arguments, which is half of a small answer's time. A statement whose best plan
    hangs on them is none for this: 5 ms would become 900.
    """
    import pyarrow as pa

    with connection.cursor(binary=True) as cursor:
        statement = f"select {', '.join(['count(*)', *questions, columns.joined])} from ({rows}) rows"
        cursor.execute(statement.encode(), values, prepare=True)
        answer = cursor.pgresult
        assert answer is not None
        parts = iter([answer.get_value(0, at) or b"" for at in range(answer.nfields)])
        count, answers = int.from_bytes(next(parts)), [next(parts) == b"\x01" for _ in questions]
        if not count:
            return columns.schema.empty_table(), answers
        arrays: dict[str, pa.Array] = {}
        for kind, names in columns.kinds.items():
            stored = np.frombuffer(next(parts), _STORED[kind], count * len(names), _HEADER)["value"]
            # a row per column, in this machine's order of bytes
            table_of = np.ascontiguousarray(stored.reshape(count, len(names)).T, stored.dtype.newbyteorder("="))
            read = _texts(table_of, parts) if kind == TEXT else _numbers(table_of, kind)
            arrays.update(zip(names, read, strict=True))
        nothing = pa.nulls(count, pa.string())
        return pa.Table.from_arrays([arrays.get(name, nothing) for name in columns.of], schema=columns.schema), answers


def _numbers(columns: np.ndarray[Any, Any], kind: str) -> Iterator[pa.Array]:
    import pyarrow as pa

    missing = np.isnan(columns) if kind == NUMBER else columns == _LEAST
    if kind == TIME:
        columns = columns + EPOCH_US
    some, count, of = missing.any(axis=1), columns.shape[1], _type(kind)
    for values, gone, any_gone in zip(columns, missing, some, strict=True):
        valid = pa.py_buffer(np.packbits(~gone, bitorder="little")) if any_gone else None
        yield pa.Array.from_buffers(of, count, [valid, pa.py_buffer(values)])


def _texts(lengths: np.ndarray[Any, Any], texts: Iterator[bytes]) -> Iterator[pa.Array]:
    import pyarrow as pa

    count = lengths.shape[1]
    there = lengths >= 0
    offsets = np.zeros((len(lengths), count + 1), dtype=np.int32)
    np.cumsum(lengths * there, axis=1, out=offsets[:, 1:])
    for at, present, whole in zip(offsets, there, there.all(axis=1), strict=True):
        valid = None if whole else pa.py_buffer(np.packbits(present, bitorder="little"))
        yield pa.Array.from_buffers(pa.string(), count, [valid, pa.py_buffer(at), pa.py_buffer(next(texts))])


@cache
def _type(kind: str) -> Any:
    import pyarrow as pa

    return {
        TEXT: pa.string(),
        NOTHING: pa.string(),
        NUMBER: pa.float64(),
        COUNT: pa.int64(),
        TIME: pa.timestamp("us", tz="UTC"),
    }[kind]
