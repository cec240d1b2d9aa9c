"""One run from its plan to its record: a row before the work, results and metrics after it, in that order."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import numpy as np

from workbench import config, provenance
from workbench.config import Snapshot
from workbench.display.progress import Show, Watch, bar, unwatched
from workbench.metrics import Metrics, measure, registered
from workbench.plans.from_request import Plan
from workbench.runs import Equity, Failure, Part, Record, Result, RunWarning, Status
from workbench.storage import Finish, Records, Start
from workbench.strategies import strategy_key


def record_run(
    plan: Plan,
    records: Records,
    *,
    progress: bool,
    watch: Watch = bar,
    around: Mapping[str, str | None] | None = None,
) -> tuple[Record, BaseException | None]:
    """Execute a plan and keep its record, however it ends.

    `watch` shows the way there if `progress` is wanted; `around` is what is known of where it runs.

    Returns:
        The finished record, and what ended the run early if something did.

    Raises:
        OutboxUnavailable: neither the database nor the disk can take it; nothing was run.
    """
    record = _record(plan)
    text = plan.snapshot.text()
    start = Start(
        record=record,
        fingerprint=plan.fingerprint,
        config_text=text,
        config_sha256=config.sha256(text),
        sources=plan.sources,
        months=plan.months,
        labels=plan.labels,
        parts=_parts(plan.snapshot, record.instrument_id),
        group=plan.group,
    )
    with records.begin(start) as ticket:
        look = provenance.look(plan.folder, around or {})
        began = time.perf_counter()
        title = f"{record.strategy_name} on {record.instrument_id}"
        with (watch if progress else unwatched)(str(record.run_id), title) as show:
            result = _shown(_worked(plan, show), plan)
        metrics = _measure(result, plan.snapshot) if result.status is Status.COMPLETED else None
        finished_at, duration = datetime.now(UTC), time.perf_counter() - began
        if plan.ran is not None:
            finished_at, duration = plan.ran[1], (plan.ran[1] - plan.ran[0]).total_seconds()
        finish = Finish(
            result=result,
            metrics=metrics,
            finished_at=finished_at,
            duration=duration,
            environment=look.seen() | _own_metrics(metrics),
        )
        records.finish(ticket, finish)
    return _finished(record, finish), result.cause


def _record(plan: Plan) -> Record:
    snapshot = plan.snapshot
    start, end = snapshot.period
    return Record(
        run_id=uuid4(),
        strategy_key=plan.info.key,
        strategy_name=plan.info.name,
        strategy_type=plan.info.type,
        strategy_path=plan.info.path,
        instrument_id=snapshot.data[0].instrument_id,
        bar=snapshot.data[0].bar,
        period_start=start,
        period_end=end,
        initial_capital=Decimal(snapshot.venue.capital),
        currency=snapshot.venue.currency,
        data_source=snapshot.data[0].source,
        params=snapshot.strategy.params,
        status=Status.RUNNING,
        started_at=datetime.now(UTC) if plan.ran is None else plan.ran[0],
        finished_at=None,
        duration=None,
        error=None,
        warnings=(),
        metrics=None,
        rerun_of=plan.rerun_of,
        name=plan.labels.name,
        tags=plan.labels.tags,
        group_id=None if plan.group is None else plan.group.group_id,
    )


def _parts(snapshot: Snapshot, instrument_id: str) -> tuple[Part, ...]:
    """The strategies and instruments that the run is not filed under."""
    strategies = [
        Part(kind="strategy", number=number, key=strategy_key(use.name), path=use.path, type=use.type)
        for number, use in enumerate(snapshot.strategies[1:], start=2)
    ]
    others = dict.fromkeys([*snapshot.instruments, *(use.instrument_id for use in snapshot.data)])
    instruments = [
        Part(kind="instrument", number=number, key=name)
        for number, name in enumerate(others, start=1)
        if name and name != instrument_id
    ]
    return (*strategies, *instruments)


def _worked(plan: Plan, show: Show | None) -> Result:
    """What the engine hands back; a failed run with its trace where it does not come to that."""
    try:
        return plan.work(show)
    except Exception as error:  # noqa: BLE001 - a library refuses in ways of its own, and the row is written
        from workbench.engine.nautilus1.execute import failure_of

        none = Equity(time=np.empty(0, dtype=np.int64), value=np.empty(0))
        nothing: dict[str, Any] = {"bars": 0, "equity": none, "trades": (), "fills": (), "warnings": ()}
        return Result(status=Status.FAILED, error=failure_of(error), cause=error, **nothing)


def _shown(result: Result, plan: Plan) -> Result:
    """The result with what a re-run has to say, and without a secret in any message."""
    warnings = tuple(
        RunWarning(code=one.code, message=config.without(one.message, plan.hidden))
        for one in (*plan.notes, *result.warnings)
    )
    error = result.error
    if error is not None:
        error = Failure(
            message=config.without(error.message, plan.hidden), trace=config.without(error.trace, plan.hidden)
        )
    return replace(result, warnings=warnings, error=error)


def _own_metrics(metrics: Metrics | None) -> dict[str, Any]:
    """How the user's own metrics of a run are read, for sessions that do not know them."""
    known = registered()
    own = {} if metrics is None else {name: known[name] for name in metrics.custom if name in known}
    said = {
        name: {"label": spec.label, "unit": spec.unit, "higher_is_better": spec.higher_is_better}
        for name, spec in own.items()
    }
    return {"metrics": said} if said else {}


def _finished(record: Record, finish: Finish) -> Record:
    result = finish.result
    return replace(
        record,
        status=result.status,
        finished_at=finish.finished_at,
        duration=finish.duration,
        error=result.error,
        warnings=result.warnings,
        metrics=finish.metrics,
        digest=result.digest,
    )


def _measure(result: Result, snapshot: Snapshot) -> Metrics:
    return measure(
        time=result.equity.time,
        equity=result.equity.value,
        initial_capital=float(snapshot.capital),
        trade_pnls=np.array([trade.pnl for trade in result.trades]) if result.profits is None else result.profits,
        periods_per_year=snapshot.periods_per_year,
        risk_free=snapshot.risk_free,
    )
