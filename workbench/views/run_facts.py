"""All that is known of one run, as a frame."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from workbench import frames
from workbench.frames import Kind, text_of

if TYPE_CHECKING:
    from workbench.config import Snapshot
    from workbench.metrics import Metrics
    from workbench.runs import Record, Remark


def facts_frame(
    record: Record, snapshot: Snapshot, environment: Mapping[str, Any], remarks: Sequence[Remark], kind: Kind
) -> Any:
    """Everything known of one run: a row per fact, in sections. Values are text in full precision."""
    return frames.build(frames.DETAILS, _facts(record, snapshot, environment, remarks), kind)


def _facts(
    record: Record, snapshot: Snapshot, environment: Mapping[str, Any], remarks: Sequence[Remark]
) -> Iterator[tuple[str, str, str]]:
    facts = asdict(record)
    for name in ("run_id", "status", "started_at", "finished_at", "duration", "strategy_name", "strategy_type"):
        yield "run", name, text_of(facts[name])
    yield "run", "strategy_path", record.strategy_path
    for name in ("rerun_of", "digest", "recorded_by"):
        yield "run", name, text_of(facts[name])
    if record.name:
        yield "run", "name", record.name
    if record.tags:
        yield "run", "tags", ", ".join(record.tags)
    for name, value in sorted(record.params.items()):
        yield "parameters", name, text_of(value)
    for name in ("instrument_id", "bar", "period_start", "period_end", "data_source"):
        yield "market", name, text_of(facts[name])
    for data in snapshot.data:
        for name in ("rows", "first", "last", "fingerprint"):
            value = getattr(data, name)
            shown = text_of(datetime.fromisoformat(value) if name in ("first", "last") else value)
            yield "data", f"{data.bar} {name}" if len(snapshot.data) > 1 else name, shown
    for venue in snapshot.venues:
        for name, value in asdict(venue).items():
            yield "venue", name, text_of(value)
    for name in ("maker_fee", "taker_fee", "price_increment"):
        for definition in snapshot.instruments.values():
            if name in definition:
                yield "instrument", name, text_of(definition[name])
    yield "engine", "name", snapshot.engine["name"]
    yield "engine", "version", snapshot.engine["version"]
    for name, value in sorted(_spread(environment)):
        yield "environment", name, text_of(value)
    for module, sha256 in snapshot.strategy.code.items():
        yield "code", module, sha256
    if record.metrics is not None:
        yield from _measured(record.metrics)
    for remark in remarks:
        yield "remarks", remark.kind, f"{remark.value} ({remark.written_by}, {remark.written_at:%Y-%m-%d %H:%M} UTC)"
    for warning in record.warnings:
        yield "warnings", warning.code, warning.message
    if record.error is not None:
        yield "error", "message", record.error.message
        yield "error", "trace", record.error.trace


def _spread(environment: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What is nested, by the names inside: the versions of packages, the commit."""
    for name, value in environment.items():
        if name == "metrics":  # how the user's metrics are read stands beside their values
            continue
        yield from value.items() if isinstance(value, Mapping) else [(name, value)]


def _measured(metrics: Metrics) -> Iterator[tuple[str, str, str]]:
    for name in frames.METRICS:
        yield "metrics", name, text_of(metrics[name])
    yield "metrics", "formulas_version", str(metrics.formulas_version)
    for name, value in metrics.custom.items():
        yield "metrics", name, text_of(value)
    for name, why in metrics.undefined.items():
        yield "undefined", name, why.reason if why.value is None else f"{why.value}: {why.reason}"
