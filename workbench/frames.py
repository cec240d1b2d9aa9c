"""Rows → pandas or polars. The place of public column names and types.

Both kinds hold equal values, and an empty frame has the columns and types of a full one. Arrow stands between: it has
one type for each of theirs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, get_args

from workbench.checks import word
from workbench.errors import InvalidInput
from workbench.metrics import drawdown, standard

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa


type FrameKind = Literal["pandas", "polars"]
KINDS: tuple[FrameKind, ...] = get_args(FrameKind.__value__)

TEXT, NUMBER, COUNT, TIME, PARAMS = "text", "number", "count", "time", "params"

METRICS: Mapping[str, str] = {spec.name: {"count": COUNT, "time": TIME}.get(spec.unit, NUMBER) for spec in standard()}
_FIRST = {spec.name: METRICS[spec.name] for spec in standard() if spec.first}
HISTORY: Mapping[str, str] = {
    # what a trader looks at first stands first: a wide frame is cut in the middle
    "run_id": TEXT,
    "started_at": TIME,
    "status": TEXT,
    "strategy_name": TEXT,
    "instrument_id": TEXT,
    **_FIRST,
    "params": PARAMS,
    "error_message": TEXT,
    "strategy_type": TEXT,
    "bar": TEXT,
    "period_start": TIME,
    "period_end": TIME,
    "initial_capital": NUMBER,
    "currency": TEXT,
    **{name: kind for name, kind in METRICS.items() if name not in _FIRST},
    "duration": NUMBER,
    "data_source": TEXT,
    "rerun_of": TEXT,
    "reconciled": TEXT,
    "name": TEXT,
    "tags": TEXT,
}
DUPLICATES: Mapping[str, str] = {"kind": TEXT, **HISTORY}
DETAILS: Mapping[str, str] = {"section": TEXT, "name": TEXT, "value": TEXT}
INSTRUMENTS: Mapping[str, str] = {
    "instrument_id": TEXT,
    "bar": TEXT,
    "first": TIME,
    "last": TIME,
    "rows": COUNT,
    "source": TEXT,
}
STRATEGIES: Mapping[str, str] = {
    "strategy_name": TEXT,
    "key": TEXT,
    "strategy_type": TEXT,
    "parameters": TEXT,
    "help": TEXT,
    "path": TEXT,
}


def history(order_by: str) -> Mapping[str, str]:
    """The columns of `HISTORY`; a metric of the user's own that it is ordered by comes last."""
    return HISTORY if order_by in HISTORY else {**HISTORY, order_by: NUMBER}


def best(metric: str) -> Mapping[str, str]:
    """The columns of `HISTORY`, a metric and what explains it first."""
    columns = history(metric)
    first = ("run_id", metric, "strategy_name", "instrument_id", "period_start", "period_end", "params", "total_trades")
    return {name: columns[name] for name in (*first, *(name for name in columns if name not in first))}


def listed(table: pa.Table, columns: Mapping[str, str], kind: FrameKind) -> Any:
    """A frame of these columns of a table of the record, its parameters sorted by name."""
    return from_arrow(_sorted_params(table.select(list(columns))), kind)


def spread(tables: Sequence[pa.Table], kind: FrameKind) -> Any:
    """Tables of `HISTORY` with every parameter in a column of its own, in place of ``params``.

    A column of whole numbers, of numbers or of text, whichever holds all values; true and false are text.
    """
    import pyarrow as pa

    table = pa.concat_tables(tables) if tables else build_table(HISTORY, ())
    param_sets = [json.loads(text) for text in table["params"].to_pylist()]
    arrays: dict[str, Any] = {}
    for column in HISTORY:
        if column != "params":
            arrays[column] = table[column]
            continue
        for name in sorted({name for params in param_sets for name in params}):
            values = [params.get(name) for params in param_sets]
            of = _kind_of(values)
            called = f"param_{name}" if name in HISTORY else name
            arrays[called] = pa.array([_as(of, value) for value in values], type=_type(of), from_pandas=False)
    return from_arrow(pa.table(arrays), kind)


def _sorted_params(table: pa.Table) -> pa.Table:
    """The server keeps them in an order of its own."""
    import pyarrow as pa

    at = table.schema.get_field_index("params")
    texts = [_sorted(text) for text in table["params"].to_pylist()]
    return table.set_column(at, "params", pa.array(texts, type=pa.string()))


@lru_cache(maxsize=10_000)
def _sorted(text: str) -> str:
    # a search on other days or instruments has the very same parameters again
    import msgspec

    try:
        formatted = msgspec.json.format(
            msgspec.json.encode(msgspec.json.decode(text), order="sorted"), indent=0
        ).decode()
    except (msgspec.MsgspecError, OverflowError, RecursionError):
        return _ENCODED(json.loads(text))
    # several times as quick, and the same but for numbers with an exponent, here or there, and characters nobody sees
    tiny = "0.0000" in formatted
    another_way = tiny or "\\u" in formatted or "\x7f" in formatted or _EXPONENT.search(formatted)
    return _ENCODED(json.loads(text)) if another_way else formatted


def _kind_of(column: Sequence[Any]) -> str:
    kinds = {type(value) for value in column if value is not None}
    if kinds and kinds <= {int}:
        return COUNT
    return NUMBER if kinds and kinds <= {int, float} else TEXT


def _as(kind: str, value: Any) -> Any:
    return value if kind != TEXT or value is None or isinstance(value, str) else jsontext_of(value)


def check_kind(kind: str) -> FrameKind:
    """Raises InvalidInput for anything but ``"pandas"`` and ``"polars"``."""
    for known in KINDS:
        if word("frame", kind) == known:
            return known
    raise InvalidInput(f"{kind!r} is not a kind of frame. Type 'pandas' or 'polars'.")


def build(columns: Mapping[str, str], rows: Iterable[Sequence[Any]], kind: FrameKind) -> Any:
    """A frame of these columns from rows in the same order."""
    return from_arrow(build_table(columns, rows), kind)


def build_table(columns: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> pa.Table:
    """The same as an Arrow table."""
    import pyarrow as pa

    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    arrays = {
        name: pa.array(column, type=_type(column_kind), from_pandas=False)
        for (name, column_kind), column in zip(columns.items(), map(_plain, columns.values(), values), strict=True)
    }
    return pa.table(arrays)


def from_arrow(table: pa.Table, kind: FrameKind) -> pd.DataFrame | pl.DataFrame:
    """A frame of an Arrow table. Counts that may be missing are nullable integers, never floats."""
    if kind == "polars":
        import polars as pl

        return pl.DataFrame(table.to_reader())  # twice as quick as from_arrow on a small table
    import pandas as pd
    import pyarrow as pa

    # threads take longer to start than a small table does
    threads = len(table) > 10_000
    frame: pd.DataFrame = table.to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get, use_threads=threads)
    return frame


def text_of(value: Any) -> str:
    """A value in full; empty where there is none."""
    if value is None:
        return ""
    if isinstance(value, _WRITTEN):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return jsontext_of(value) if isinstance(value, Mapping | list) else str(value)


def equity(table: pa.Table, initial_capital: float, kind: FrameKind) -> pd.DataFrame | pl.DataFrame:
    """The stored curve with its drawdown beside it: time, equity, drawdown (a fraction <= 0)."""
    import pyarrow as pa

    curve = table["equity"].to_numpy()
    return from_arrow(
        table.append_column("drawdown", pa.array(drawdown(curve, initial_capital), type=pa.float64())), kind
    )


def jsontext_of(value: Any) -> str:
    """Parameters as one line of JSON, sorted by name."""
    return _ENCODED(value)


_WRITTEN = (float, str, int)
_EXPONENT = re.compile("e[-+0-9]")  # or a name with such letters, which is read the slow way for nothing
_ENCODED = json.JSONEncoder(sort_keys=True, ensure_ascii=False).encode


def _plain(kind: str, column: Sequence[Any]) -> Sequence[Any]:
    if kind == NUMBER:  # a Decimal of the database is exact; a frame's number is a float
        return [None if value is None else float(value) for value in column]
    return [jsontext_of(value) for value in column] if kind == PARAMS else column


def _type(kind: str) -> Any:
    import pyarrow as pa

    return {
        TEXT: pa.string(),
        PARAMS: pa.string(),
        NUMBER: pa.float64(),
        COUNT: pa.int64(),
        TIME: pa.timestamp("us", tz="UTC"),
    }[kind]
