"""Whether the record is whole: its rules asked of the database, its digests and metrics worked out again.

Runs come one by one in one consistent reading, so that a hundred thousand need no more memory than one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, func, literal_column, null, select

from workbench.catalog import common_session
from workbench.config import Snapshot, fingerprint
from workbench.metrics import FORMULAS_VERSION, measure
from workbench.metrics.registry import Value
from workbench.reconciliation import differences
from workbench.runs import Fill, Record, Statement, Status, Trade
from workbench.storage.database import Database
from workbench.storage.queries.columns import METRIC_COLUMNS, STATUS
from workbench.storage.schema.tables import (
    backtest_runs,
    config_bases,
    config_text,
    performance_metrics,
    run_configs,
    run_results,
)
from workbench.storage.upkeep.check_rules import Finding, by_the_database
from workbench.storage.writing import arrow
from workbench.storage.writing.record_rows import record_of
from workbench.storage.writing.records import RESULTS

if TYPE_CHECKING:
    import pyarrow as pa

NEAR = 1e-9
"""Relative distance at which two floats are the same metric: the order of a sum differs between processors."""

_RUNS, _METRICS = backtest_runs.alias("r"), performance_metrics.alias("m")
_EVERYTHING = (
    select(
        _RUNS,
        _METRICS,
        literal_column(STATUS, Text).label("shown_status"),
        null().label("label"),
        null().label("tags"),
        config_text.label("config_text"),
        *(run_results.c[name] for name in ("bars", "statement", *RESULTS)),
    )
    .join(run_configs, run_configs.c.config_sha256 == _RUNS.c.config_sha256)
    .join(config_bases)
    .outerjoin(_METRICS, _METRICS.c.run_id == _RUNS.c.run_id)
    .outerjoin(run_results, run_results.c.run_id == _RUNS.c.run_id)
)


@dataclass(slots=True)
class Checkup:
    """One look at the whole record. `runs` counts those seen, `remeasured` those whose metrics were measured again."""

    database: Database
    runs: int = 0
    remeasured: int = 0

    def findings(self, show: Callable[[int, int], None] | None = None) -> Iterator[Finding]:
        """Everything that is wrong, as it is found.

        Args:
            show: told how many runs of how many are done.
        """
        with self.database.engine().connect() as connection:
            reading = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            yield from by_the_database(reading)
            every = reading.scalar(select(func.count()).select_from(backtest_runs)) or 0
            for row in reading.execute(_EVERYTHING, execution_options={"yield_per": 50}):
                stored = Stored(row)
                self.runs += 1
                self.remeasured += stored.measurable
                for problem in stored.problems():
                    yield Finding(subject=str(row.run_id), problem=problem)
                if show is not None:
                    show(self.runs, every)


class Stored:
    """One run with all that is stored of it."""

    def __init__(self, row: Any) -> None:
        self.row = row

    @cached_property
    def record(self) -> Record:
        return record_of(self.row)

    @cached_property
    def snapshot(self) -> Snapshot:
        return Snapshot.parse(self.row.config_text)

    @cached_property
    def tables(self) -> dict[str, pa.Table]:
        return {name: arrow.unpack(getattr(self.row, name)) for name in RESULTS}

    @property
    def measurable(self) -> bool:
        """Whether it has metrics of today's formulas."""
        return self.row.formulas_version == FORMULAS_VERSION and self.row.equity is not None

    def problems(self) -> Iterator[str]:
        """What is wrong with it. A part that cannot be read is one finding, and what hangs on it is not asked."""
        for part, questions in _QUESTIONS.items():
            try:
                for ask in questions:
                    yield from ask(self)
            except Exception as error:  # noqa: BLE001 - what is stored there may be anything
                yield f"its {part} cannot be read: {type(error).__name__}: {error}"


def _fingerprint(stored: Stored) -> Iterator[str]:
    for name, value in zip(("setup", "code", "data"), _parts(stored.snapshot), strict=True):
        if getattr(stored.row, f"{name}_sha256").hex() != value:
            yield f"the digest of its {name} is not that of its configuration"


def _results(stored: Stored) -> Iterator[str]:
    record, row = stored.record, stored.row
    if record.finished_at is not None and row.equity is None:
        yield f"it is {row.status} and has no results"
    if (record.metrics is not None) != (row.status == Status.COMPLETED):
        yield f"it is {row.status} and has {'no ' if record.metrics is None else ''}metrics"
    if row.equity is None:
        return
    for name, table in stored.tables.items():
        if table.schema != _schema(name):
            yield f"its {name} has other columns: {', '.join(table.column_names)}"
    points, data = stored.tables["equity"].num_rows, stored.snapshot.data
    if row.status == Status.COMPLETED and len(data) == 1 and "-" in data[0].bar and points < row.bars:
        yield f"its equity has {points:,} rows and it ran on {row.bars:,} bars"


@cache
def _schema(name: str) -> pa.Schema:
    return arrow.empty(name).schema


def _reconciled(stored: Stored) -> Iterator[str]:
    """What the results do not agree on with what accounts and positions said, and the run does not say itself."""
    if stored.row.statement is None or stored.row.equity is None:
        return
    if any(table.schema != _schema(name) for name, table in stored.tables.items()):
        return
    said = {warning.message for warning in stored.record.warnings}
    values = stored.tables["equity"]["equity"]
    trades = [
        Trade(**{("return_" if name == "return" else name): value for name, value in row.items()})
        for row in _rows(stored.tables["trades"])
    ]
    fills = [Fill(**row) for row in _rows(stored.tables["fills"])]
    final = values[-1].as_py() if len(values) else None
    for text in differences(final, trades, fills, Statement.read(stored.row.statement)):
        if not any(text in message for message in said):
            yield text


def _rows(table: pa.Table) -> list[dict[str, Any]]:
    """Its rows, times as nanoseconds."""
    plain = [
        table[name].cast("int64").to_pylist() if name.endswith("time") else table[name].to_pylist()
        for name in table.column_names
    ]
    return [dict(zip(table.column_names, row, strict=True)) for row in zip(*plain, strict=True)]


def _metrics(stored: Stored) -> Iterator[str]:
    if not stored.measurable or stored.record.metrics is None:
        return
    equity, trades = stored.tables["equity"], stored.tables["trades"]
    again = measure(
        time=equity["time"].cast("int64").to_numpy(),
        equity=equity["equity"].to_numpy(),
        initial_capital=float(stored.snapshot.capital),
        trade_pnls=[
            pnl if code == stored.snapshot.venue.currency else math.nan
            for pnl, code in zip(trades["pnl"].to_pylist(), trades["currency"].to_pylist(), strict=True)
        ],
        periods_per_year=stored.snapshot.periods_per_year,
        risk_free=stored.snapshot.risk_free,
        session=common_session(stored.snapshot.instruments.values()),
    )
    for name in METRIC_COLUMNS:
        saved, measured = stored.record.metrics[name], again[name]
        if not _same(saved, measured):
            yield f"its {name} is stored as {saved} and is {measured} by its results"


def _same(recorded: Value | None, computed: Value | None) -> bool:
    if (
        recorded == computed
        or recorded is None
        or computed is None
        or isinstance(recorded, datetime)
        or isinstance(computed, datetime)
    ):
        return recorded == computed
    return math.isclose(recorded, computed, rel_tol=NEAR, abs_tol=NEAR * 1e-3)


def _parts(snapshot: Snapshot) -> tuple[str, str, str]:
    computed = fingerprint(snapshot)
    return computed.setup, computed.code, computed.data


_QUESTIONS: dict[str, tuple[Callable[[Stored], Iterator[str]], ...]] = {
    "configuration": (_fingerprint,),
    "results": (_results, _reconciled, _metrics),
}
"""What is worked out again, by what it is read from."""
