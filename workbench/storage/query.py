"""Questions about many runs: one builder for every filter and every order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Connection,
    Select,
    Text,
    case,
    cast,
    func,
    literal,
    literal_column,
    select,
    text,
    tuple_,
)

from workbench.errors import InvalidInput
from workbench.runs import Status
from workbench.storage.by_params import ParamFilter, condition, param_filters
from workbench.storage.database import Database
from workbench.storage.tables import REVISION, SORTABLE, backtest_runs, performance_metrics

MOST = 1000
ORDERS = ("started_at", *SORTABLE)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which runs, in which order. Every field narrows; None means any.

    `since` and `until` are execution times, both inclusive. `instrument` is a whole id, or the part before its dot.
    `defined` leaves out runs whose `order_by` is undefined; `after` goes on where another page ended.
    """

    strategy_key: str | None = None
    strategy_path: str | None = None
    strategy_type: str | None = None
    instrument: str | None = None
    status: Status | None = None
    since: datetime | None = None
    until: datetime | None = None
    params: tuple[ParamFilter, ...] = ()
    order_by: str = "started_at"
    ascending: bool = False
    defined: bool = False
    after: Place | None = None
    limit: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a page ended: the value it was ordered by, None if undefined, and the id of its last run."""

    value: Any
    run_id: str


def query(
    *,
    strategy: str | None = None,
    strategy_type: str | None = None,
    instrument: str | None = None,
    status: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    params: Mapping[str, Any] | None = None,
    order_by: str = "started_at",
    ascending: bool = False,
    limit: int = 20,
) -> Query:
    """A checked question. A `strategy` with a colon is a path, any other a key.

    Raises:
        InvalidInput: an unknown status or order, a limit outside 1 … 1000, or a `since` after `until`.
    """
    for name, value in (("strategy_type", strategy_type), ("instrument", instrument), ("status", status)):
        if value is not None and not isinstance(value, str):
            raise InvalidInput(f"{name}={value!r} is not text.")
    if status is not None and status not in set(Status):
        raise InvalidInput(f"status={status!r} is not one of {', '.join(repr(one.value) for one in Status)}.")
    if order_by not in ORDERS:
        raise InvalidInput(f"order_by={order_by!r} is not one of {', '.join(map(repr, ORDERS))}.")
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= MOST:
        raise InvalidInput(f"limit={limit!r} must be a whole number from 1 to {MOST}. Narrow the question by filters.")
    if since is not None and until is not None and until < since:
        raise InvalidInput(f"until={until} is before since={since}. Swap them.")
    path = strategy is not None and ":" in strategy
    return Query(
        strategy_key=None if path else strategy,
        strategy_path=strategy if path else None,
        strategy_type=strategy_type,
        instrument=instrument,
        status=None if status is None else Status(status),
        since=since,
        until=until,
        params=param_filters(params),
        order_by=order_by,
        ascending=ascending,
        limit=limit,
    )


def list_runs(database: Database, query: Query, columns: Sequence[str]) -> list[tuple[Any, ...]]:
    """A row per run with these columns: filtered, then ordered, then cut."""
    parts = [query] if query.order_by == "started_at" else _defined_then_undefined(query)
    rows: list[tuple[Any, ...]] = []
    for part in parts:
        rows += _read(database, _statement(replace(part, limit=query.limit - len(rows)), columns))
        if len(rows) == query.limit:
            break
    return rows


def _read(database: Database, statement: Select[Any]) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in database.read(lambda connection: connection.execute(statement).all())]


def _defined_then_undefined(query: Query) -> list[Query]:
    """An order by a metric in two questions: one that an index of the metric answers, and one for what has no value."""
    parts = []
    if query.status in (None, Status.COMPLETED) and (query.after is None or query.after.value is not None):
        parts.append(replace(query, defined=True))
    if not query.defined:
        # past the values, the undefined ones begin at their first; within them they go on
        after = query.after if query.after is not None and query.after.value is None else None
        parts.append(replace(query, defined=False, after=after))
    return parts


def pages(database: Database, query: Query, columns: Sequence[str], size: int) -> Iterator[list[tuple[Any, ...]]]:
    """All runs that match, `size` rows at a time, none of them twice and none left out while others write.

    A run that is recorded meanwhile comes where the order puts it, or not at all if that place has passed.
    """
    asked = replace(query, limit=size)
    place = {name: list(columns).index(name) for name in ("run_id", query.order_by)}
    while rows := list_runs(database, asked, columns):
        yield rows
        if len(rows) < size:
            return
        last = rows[-1]
        asked = replace(asked, after=Place(value=last[place[query.order_by]], run_id=last[place["run_id"]]))


def overview(database: Database) -> dict[str, Any]:
    """Where the database is and how many runs it has, by status."""
    status = effective_status()
    counts = select(status, func.count()).select_from(backtest_runs).group_by(status)

    def ask(connection: Connection) -> dict[str, Any]:
        found = {row[0]: row[1] for row in connection.execute(counts)}
        return {
            "database": database.place(),
            "schema": REVISION,
            "server": f"PostgreSQL {connection.scalar(text('show server_version'))}",
            "runs": {one.value: found.get(one.value, 0) for one in Status},
        }

    return database.read(ask)


def effective_status() -> Any:
    """The status as it is now: ``running`` only while the process that runs it holds its lock."""
    status = backtest_runs.c.status
    return case((status != Status.RUNNING.value, status), (is_alive(), status), else_=Status.INTERRUPTED.value)


def is_alive() -> Any:
    """Whether the process that runs it holds its lock."""
    return literal_column(
        "run_lock_key(backtest_runs.run_id) = any (array("
        "select (classid::bigint << 32) | objid::bigint from pg_locks "
        "where locktype = 'advisory' and objsubid = 1 and granted "
        "and database = (select oid from pg_database where datname = current_database())))",
        Boolean,
    )


def expressions() -> dict[str, Any]:
    """What stands behind each column that can be asked for."""
    runs, metrics = backtest_runs.c, performance_metrics.c
    plain = {column.key: column for column in runs} | {name: metrics[name] for name in METRIC_COLUMNS}
    return plain | {
        "run_id": cast(runs.run_id, Text),
        "rerun_of": cast(runs.rerun_of, Text),
        "status": effective_status(),
    }


def _statement(query: Query, columns: Sequence[str]) -> Select[Any]:
    """One question: by time over all runs, or by a metric over those that have it, or over those that have it not."""
    known = expressions()
    chosen = select(*(known[name].label(name) for name in columns))
    same = backtest_runs.c.run_id == performance_metrics.c.run_id
    by_metric = query.order_by != "started_at"
    if by_metric and query.defined:
        statement = chosen.join_from(performance_metrics, backtest_runs, same).where(_ordered_by(query).is_not(None))
    else:
        statement = chosen.outerjoin_from(backtest_runs, performance_metrics, same)
        # only completed runs have metrics; to ask that of the others would hide from the planner how many there are
        if by_metric and query.status in (None, Status.COMPLETED):
            statement = statement.where(_ordered_by(query).is_(None))
    statement = statement.where(*_conditions(query))
    return statement.order_by(*_order(query)).limit(query.limit)


def _has_status(wanted: Status) -> Iterator[Any]:
    """Of the stored status as far as it tells: the planner knows how many have it, and nothing of a computed one."""
    stored = backtest_runs.c.status
    if wanted is Status.INTERRUPTED:
        yield stored.in_([Status.INTERRUPTED.value, Status.RUNNING.value])
        yield (stored == Status.INTERRUPTED.value) | ~is_alive()
    else:
        yield stored == wanted.value
        if wanted is Status.RUNNING:
            yield is_alive()


def _conditions(query: Query) -> Iterator[Any]:
    """The filters. Beside a metric they are asked of its own table, whose indexes begin with them."""
    near = performance_metrics.c if query.defined and query.order_by != "started_at" else backtest_runs.c
    runs = backtest_runs.c
    equal = {
        near.strategy_key: query.strategy_key,
        runs.strategy_path: query.strategy_path,
        near.strategy_type: query.strategy_type,
    }
    yield from (column == value for column, value in equal.items() if value is not None)
    if query.instrument is not None:
        whole = "." in query.instrument
        symbol = near.instrument_id.startswith(f"{query.instrument}.", autoescape=True)
        yield near.instrument_id == query.instrument if whole else symbol
    if query.since is not None:
        yield near.started_at >= query.since
    if query.until is not None:
        yield near.started_at <= query.until
    if query.status is not None:
        yield from _has_status(query.status)
    yield from map(condition, query.params)
    if query.after is not None:
        yield _beyond(query, query.after)


def _ordered_by(query: Query) -> Any:
    named = backtest_runs.c if query.order_by == "started_at" else performance_metrics.c
    return named[query.order_by]


def _order(query: Query) -> list[Any]:
    """The order, and the id to keep equal ones in place."""
    # of the same table as what is ordered by: one index has both
    ties = performance_metrics.c.run_id if query.defined and query.order_by != "started_at" else backtest_runs.c.run_id
    if query.order_by != "started_at" and not query.defined:
        return [ties.asc() if query.ascending else ties.desc()]
    column = _ordered_by(query)
    if query.ascending:
        # none is null here; said so that the index, which is the other way round, can be read backwards
        return [column.asc() if query.order_by == "started_at" else column.asc().nulls_first(), ties.asc()]
    return [column.desc() if query.order_by == "started_at" else column.desc().nulls_last(), ties.desc()]


def _beyond(query: Query, place: Place) -> Any:
    """What comes after a place in the order: no offset, so that a late page costs what the first one does."""
    column, ties = _ordered_by(query), backtest_runs.c.run_id
    here = UUID(place.run_id)
    if place.value is None:
        return ties > here if query.ascending else ties < here
    row, last = tuple_(column, ties), tuple_(literal(place.value), literal(here))
    return row > last if query.ascending else row < last
