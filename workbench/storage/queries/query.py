"""Questions about many runs, checked: which, in which order, how many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workbench.runs import Record, Status
from workbench.storage.database import Database
from workbench.storage.queries.columns import METRIC_COLUMNS, STATUS
from workbench.storage.queries.param_filters import ParamFilter
from workbench.storage.schema.tables import REVISION

if TYPE_CHECKING:
    import psycopg

MOST = 1000
"""Rows of one answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which runs, in which order.

    `filters` are values by the names of `conditions.CONDITIONS`; each narrows. `order_by` is ``started_at`` or a
    metric, the user's own included. `defined` leaves out runs whose `order_by` is undefined; `after` goes on where
    another page ended. With `by_any_part`, filters by strategy and instrument ask every part of the runs that have
    several, and no other runs.
    """

    filters: Mapping[str, Any] = field(default_factory=dict)
    status: Status | None = None
    params: tuple[ParamFilter, ...] = ()
    order_by: str = "started_at"
    ascending: bool = False
    defined: bool = False
    after: Place | None = None
    limit: int = 20
    by_any_part: bool = False

    @property
    def by_time(self) -> bool:
        """Whether the order is that of the execution."""
        return self.order_by == "started_at"

    @property
    def by_own_metric(self) -> bool:
        """Whether it is ordered by a metric of the user's own, which has no column."""
        return not self.by_time and self.order_by not in METRIC_COLUMNS


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a page ended: the value it was ordered by, None if undefined, and the id of its last run."""

    value: Any
    run_id: str


def place_of(record: Record, order_by: str) -> Place:
    """Where a run stands in an order."""
    value = record.started_at if order_by == "started_at" else record.metrics and record.metrics.get(order_by)
    return Place(value=value, run_id=str(record.run_id))


def saved_metrics(database: Database) -> dict[str, dict[str, Any]]:
    """What runs say of the user's own metrics that they have: name → label, unit, direction; the newest word counts."""
    statement = (
        "select said.key, said.value from environments e, json_each(e.environment -> 'metrics') said "
        "order by (select max(r.started_at) from backtest_runs r where r.environment_sha256 = e.environment_sha256)"
    )
    return dict(database.ask(lambda connection: connection.execute(statement.encode()).fetchall()))


def overview(database: Database) -> dict[str, Any]:
    """Where the database is and how many runs it has, by status."""
    counts = f"select {STATUS}, count(*) from backtest_runs r group by 1"
    place = database.place()

    def ask(connection: psycopg.Connection[Any]) -> dict[str, Any]:
        by_status = dict(connection.execute(counts.encode()).fetchall())
        return {
            "database": place,
            "schema": REVISION,
            "server": f"PostgreSQL {connection.info.parameter_status('server_version')}",
            "runs": {status.value: by_status.get(status.value, 0) for status in Status},
        }

    return database.ask(ask)
