"""One run from its spec to its record: a row before the work, results and metrics after it, in that order."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import numpy as np

from workbench import config, provenance
from workbench.catalog import Catalog, common_session
from workbench.config import Labels, Snapshot
from workbench.display.progress import Show, Watch, bar, unwatched
from workbench.engine import Engine, Progress, Spec, default_engine
from workbench.errors import described
from workbench.metrics import Metrics, measure, registered
from workbench.runs import Equity, Failure, Group, Part, Record, Result, RunWarning, Status
from workbench.storage import Finish, Records, Start
from workbench.strategies import strategy_key

NO_LABELS = Labels()


def record_run(
    spec: Spec,
    records: Records,
    catalog: Catalog,
    *,
    engine: Engine | None = None,
    progress: bool,
    watch: Watch = bar,
    around: Mapping[str, str | None] | None = None,
    labels: Labels = NO_LABELS,
    group: Group | None = None,
) -> tuple[Record, BaseException | None]:
    """Run a spec and keep its record, however it ends.

    `engine` is another than the default one; `watch` shows the way there if `progress` is wanted; `around` is what is
    known of where it runs, `labels` what the run is called, `group` what it belongs to.

    Returns:
        The finished record, and what ended the run early if something did.

    Raises:
        InvalidInput: the data have gone or changed; nothing was run.
        OutboxUnavailable: neither the database nor the disk can take it; nothing was run.
    """
    engine = engine or default_engine()
    data = engine.load(spec, catalog)
    record = replace(
        _record(spec), name=labels.name, tags=labels.tags, group_id=None if group is None else group.group_id
    )
    text = spec.snapshot.text()
    start = Start(
        record=record,
        fingerprint=spec.fingerprint,
        config_text=text,
        config_sha256=config.sha256(text),
        sources=spec.sources,
        months=spec.months,
        labels=labels,
        parts=_parts(spec.snapshot, record.instrument_id),
        group=group,
    )
    with records.begin(start) as ticket:
        look = provenance.look(spec.folder, around or {})
        began = time.perf_counter()
        title = f"{record.strategy_name} on {record.instrument_id}"
        with (watch if progress else unwatched)(str(record.run_id), title) as show:
            result = _worked(engine, spec, data, show)
            result = without_secrets(replace(result, warnings=(*spec.notes, *result.warnings)), spec.hidden)
        metrics, result = _measured(result, spec.snapshot)
        finished_at, duration = datetime.now(UTC), time.perf_counter() - began
        if spec.ran is not None:
            finished_at, duration = spec.ran[1], (spec.ran[1] - spec.ran[0]).total_seconds()
        finish = Finish(
            result=result,
            metrics=metrics,
            finished_at=finished_at,
            duration=duration,
            environment=look.seen() | _own_metrics(metrics),
        )
        records.finish(ticket, finish)
    return _finished(record, finish), result.cause


def run_spec(spec: Spec, catalog: Catalog, progress: Progress | None = None, engine: Engine | None = None) -> Result:
    """Load the data of a spec and run it; nothing is recorded.

    Raises:
        InvalidInput: its data or its code have gone or changed.
    """
    engine = engine or default_engine()
    return engine.run(spec, engine.load(spec, catalog), progress)


def _measured(result: Result, snapshot: Snapshot) -> tuple[Metrics | None, Result]:
    """The metrics of a completed run; what goes wrong there costs them alone, and is said."""
    if result.status is not Status.COMPLETED:
        return None, result
    try:
        return measured(result, snapshot), result
    except Exception as error:  # noqa: BLE001 - the run is done, and whatever this is, it is recorded
        said = RunWarning(code="not_measured", message=f"its metrics could not be worked out: {described(error)}")
        nothing = replace(result, equity=Equity(time=np.empty(0, dtype=np.int64), value=np.empty(0)), trades=())
        return measured(nothing, snapshot), replace(result, warnings=(*result.warnings, said))


def _record(spec: Spec) -> Record:
    snapshot = spec.snapshot
    start, end = snapshot.period
    return Record(
        run_id=uuid4(),
        strategy_key=spec.info.key,
        strategy_name=spec.info.name,
        strategy_type=spec.info.type,
        strategy_path=spec.info.path,
        instrument_id=snapshot.data[0].instrument_id,
        bar=snapshot.data[0].bar,
        period_start=start,
        period_end=end,
        initial_capital=Decimal(snapshot.venue.capital),
        currency=snapshot.venue.currency,
        data_source=snapshot.data[0].source,
        params=snapshot.strategy.params,
        status=Status.RUNNING,
        started_at=datetime.now(UTC) if spec.ran is None else spec.ran[0],
        finished_at=None,
        duration=None,
        error=None,
        warnings=(),
        metrics=None,
        rerun_of=spec.rerun_of,
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


def _worked(engine: Engine, spec: Spec, data: Any, show: Show | None) -> Result:
    """What the engine hands back; a failed run with its trace where it does not come to that."""
    try:
        return engine.run(spec, data, show)
    except Exception as error:  # noqa: BLE001 - a library refuses in ways of its own, and the row is written
        none = Equity(time=np.empty(0, dtype=np.int64), value=np.empty(0))
        nothing: dict[str, Any] = {"bars": 0, "equity": none, "trades": (), "fills": (), "warnings": ()}
        return Result(status=Status.FAILED, error=Failure.of(error), cause=error, **nothing)


def without_secrets(result: Result, hidden: Sequence[str]) -> Result:
    """The result without these secrets in any message."""
    warnings = tuple(
        RunWarning(code=warning.code, message=config.without(warning.message, hidden)) for warning in result.warnings
    )
    error = result.error
    if error is not None:
        error = Failure(message=config.without(error.message, hidden), trace=config.without(error.trace, hidden))
    return replace(result, warnings=warnings, error=error)


def _own_metrics(metrics: Metrics | None) -> dict[str, Any]:
    """How the user's own metrics of a run are read, for sessions that do not know them."""
    known = registered()
    own = {} if metrics is None else {name: known[name] for name in metrics.custom if name in known}
    described = {
        name: {"label": spec.label, "unit": spec.unit, "higher_is_better": spec.higher_is_better}
        for name, spec in own.items()
    }
    return {"metrics": described} if described else {}


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


def measured(result: Result, snapshot: Snapshot) -> Metrics:
    """The metrics of a completed run."""
    return measure(
        time=result.equity.time,
        equity=result.equity.value,
        initial_capital=float(snapshot.capital),
        # one of which nobody knows the rate has no result in the account's currency
        trade_pnls=np.array(
            [trade.pnl if trade.currency == snapshot.venue.currency else np.nan for trade in result.trades]
        ),
        periods_per_year=snapshot.periods_per_year,
        risk_free=snapshot.risk_free,
        session=common_session(snapshot.instruments.values()),
    )
