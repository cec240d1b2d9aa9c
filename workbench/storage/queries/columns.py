"""What stands behind each column that can be asked for. In every statement `r` is the run and `m` its metrics."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import DateTime, Double, Integer, Numeric

from workbench.storage.queries.rows import COUNT, NUMBER, TEXT, TIME, Column, Columns
from workbench.storage.schema.tables import backtest_runs, performance_metrics

METRIC_COLUMNS = (
    "total_return",
    "cagr",
    "sharpe_ratio",
    "sortino_ratio",
    "max_drawdown",
    "max_drawdown_at",
    "volatility",
    "calmar_ratio",
    "final_balance",
    "total_trades",
    "winning_trades",
    "losing_trades",
    "break_even_trades",
    "win_rate",
    "profit_factor",
    "average_win",
    "average_loss",
    "expectancy",
)

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
    return Columns({**dict(more), **{name: _COLUMNS[name] for name in names}})


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
}
