"""Runs ↔ rows of their tables."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from workbench.metrics import Metrics, standard
from workbench.runs import Failure, Record, RunWarning, Status
from workbench.storage.queries.columns import METRIC_COLUMNS
from workbench.storage.writing.content_store import clean

if TYPE_CHECKING:
    from workbench.storage.writing.messages import Start


def run_row(start: Start) -> dict[str, Any]:
    """A run that begins."""
    record = start.record
    return {name: getattr(record, name) for name in _PLAIN} | {
        "status": Status.RUNNING.value,
        "setup_sha256": bytes.fromhex(start.fingerprint.setup),
        "code_sha256": bytes.fromhex(start.fingerprint.code),
        "data_sha256": bytes.fromhex(start.fingerprint.data),
        "config_sha256": bytes.fromhex(start.config_sha256),
        "params": dict(record.params),
        "rerun_of": record.rerun_of,
        "group_id": None if start.group is None else start.group.group_id,
    }


def metrics_row(metrics: Metrics) -> dict[str, Any]:
    """What a run scored."""
    row: dict[str, Any] = {name: metrics[name] for name in METRIC_COLUMNS}
    for name in _EXACT:
        # by its digits: PostgreSQL keeps 15 of them when it turns a float into a decimal
        row[name] = None if row[name] is None else Decimal(repr(row[name]))
    return row | {
        "formulas_version": metrics.formulas_version,
        "custom": dict(metrics.custom),
        "undefined": {
            # a formula of the user's may have raised any text
            name: {**asdict(why), "reason": clean(why.reason)}
            for name, why in metrics.undefined.items()
        },
    }


def record_of(row: Any) -> Record:
    """A row of runs, their metrics and `shown_status`, as the value that travels."""
    return Record(
        **{name: getattr(row, name) for name in _PLAIN},
        status=Status(row.shown_status),
        error=None if row.error_message is None else Failure(message=row.error_message, trace=row.error_trace or ""),
        warnings=tuple(RunWarning(**warning) for warning in row.warnings),
        metrics=None if row.formulas_version is None else _metrics(row),
        rerun_of=row.rerun_of,
        digest=None if row.result_sha256 is None else row.result_sha256.hex(),
        recorded_by=row.recorded_by,
        name=row.label,
        tags=tuple(row.tags or ()),
        group_id=row.group_id,
    )


def _metrics(row: Any) -> Metrics:
    plain: dict[str, Any] = {name: getattr(row, name) for name in METRIC_COLUMNS}
    for name in _EXACT:
        plain[name] = None if plain[name] is None else float(plain[name])
    beside = {"custom": row.custom, "undefined": row.undefined, "formulas_version": row.formulas_version}
    return Metrics.read(plain | beside)


_EXACT = tuple(spec.name for spec in standard() if spec.exact)
_PLAIN = (
    "run_id",
    "strategy_key",
    "strategy_name",
    "strategy_type",
    "strategy_path",
    "instrument_id",
    "bar",
    "period_start",
    "period_end",
    "initial_capital",
    "currency",
    "data_source",
    "params",
    "started_at",
    "finished_at",
    "duration",
)
"""Fields that a `Record` and its row have under one name."""
