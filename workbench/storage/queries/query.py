"""Questions about many runs, checked: which, in which order, how many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from workbench.checks import flag, word
from workbench.config import refuse_unstorable
from workbench.errors import InvalidInput
from workbench.runs import Record, Status
from workbench.storage.database import Database
from workbench.storage.queries.columns import STATUS
from workbench.storage.queries.param_filters import ParamFilter, param_filters
from workbench.storage.schema.tables import REVISION, SORTABLE

if TYPE_CHECKING:
    import psycopg

MOST = 1000
ORDERS = ("started_at", *SORTABLE)


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
        if value is not None:
            refuse_unstorable(name, word(name, value))
    if strategy is not None:
        refuse_unstorable("strategy", strategy)
    if status is not None and status not in set(Status):
        raise InvalidInput(f"status={status!r} is not one of {', '.join(repr(one.value) for one in Status)}.")
    if word("order_by", order_by) not in ORDERS:
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
        ascending=flag("ascending", ascending),
        limit=limit,
    )


def place_of(record: Record, order_by: str) -> Place:
    """Where a run stands in an order."""
    value = record.started_at if order_by == "started_at" else record.metrics and getattr(record.metrics, order_by)
    return Place(value=value, run_id=str(record.run_id))


def overview(database: Database) -> dict[str, Any]:
    """Where the database is and how many runs it has, by status."""
    counts = f"select {STATUS}, count(*) from backtest_runs r group by 1"
    place = database.place()

    def ask(connection: psycopg.Connection[Any]) -> dict[str, Any]:
        found = dict(connection.execute(counts.encode()).fetchall())
        return {
            "database": place,
            "schema": REVISION,
            "server": f"PostgreSQL {connection.info.parameter_status('server_version')}",
            "runs": {one.value: found.get(one.value, 0) for one in Status},
        }

    return database.ask(ask)
