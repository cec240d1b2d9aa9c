"""What stands behind each column that can be asked for. In every statement `r` is the run and `m` its metrics."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import DateTime, Double, Integer, Numeric

from workbench.metrics import standard
from workbench.storage.queries.rows import COUNT, NUMBER, TEXT, TIME, Column, Columns
from workbench.storage.schema.tables import backtest_runs, performance_metrics

METRIC_COLUMNS = tuple(spec.name for spec in standard())

ALIVE = """(run_lock_key(r.run_id) = any (array(
    select (classid::bigint << 32) | objid::bigint from pg_locks
    where locktype = 'advisory' and objsubid = 1 and granted
        and database = (select oid from pg_database where datname = current_database()))))"""
"""Whether the process that runs it holds its lock."""

STATUS = f"case when r.status <> 'running' then r.status when {ALIVE} then 'running' else 'interrupted' end"
"""The status as it is now: ``running`` only while the process that runs it holds its lock."""


@cache
def columns(names: tuple[str, ...], more: tuple[tuple[str, Column], ...] = ()) -> Columns:
    """These of one's own, and then the columns of these names, in this order."""
    return Columns({**dict(more), **{name: _COLUMNS.get(name) or _own(name) for name in names}})


def _own(name: str) -> Column:
    """A metric of the user's own; a name of one is an identifier, and holds no quotes."""
    return Column(f"(m.custom ->> '{name}')::float8", NUMBER)


def _column(expression: str, type_: Any) -> Column:
    if isinstance(type_, DateTime):
        return Column(expression, TIME)
    if isinstance(type_, Integer):
        return Column(f"{expression}::bigint", COUNT)
    if isinstance(type_, Double | Numeric):  # money is exact in the database; a frame's number is a float
        return Column(f"{expression}::float8", NUMBER)
    return Column(f"{expression}::text", TEXT)


_COLUMNS: Mapping[str, Column] = {
    **{column.key: _column(f"r.{column.key}", column.type) for column in backtest_runs.c},
    **{name: _column(f"m.{name}", performance_metrics.c[name].type) for name in METRIC_COLUMNS},
    "status": Column(STATUS, TEXT),
    "reconciled": Column("case m.reconciled when true then 'yes' when false then 'no' end", TEXT),
    "name": Column("l.name", TEXT, of_labels=True),
    "tags": Column("array_to_string(l.tags, ', ')", TEXT, of_labels=True),
}
