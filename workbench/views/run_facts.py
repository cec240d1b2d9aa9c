"""All that is known of one run, as a frame."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from workbench import frames
from workbench.config import facts_of, in_sections
from workbench.display.format import minute
from workbench.frames import FrameKind, text_of

if TYPE_CHECKING:
    from workbench.config import Snapshot
    from workbench.metrics import Metrics
    from workbench.runs import Record, Remark


def facts_frame(
    record: Record, snapshot: Snapshot, environment: Mapping[str, Any], remarks: Sequence[Remark], kind: FrameKind
) -> Any:
    """Everything known of one run: a row per fact, in sections. Values are text in full precision."""
    return frames.build(frames.DETAILS, _facts(record, snapshot, environment, remarks), kind)


def _facts(
    record: Record, snapshot: Snapshot, environment: Mapping[str, Any], remarks: Sequence[Remark]
) -> Iterator[tuple[str, str, str]]:
    for name in ("run_id", "status", "started_at", "finished_at", "duration", "rerun_of", "digest", "recorded_by"):
        yield "run", name, text_of(getattr(record, name))
    if record.name:
        yield "run", "name", record.name
    if record.tags:
        yield "run", "tags", ", ".join(record.tags)
    for known, value in in_sections(facts_of(snapshot)):
        is_time = known.unit == "time" and value is not None
        yield known.section, known.name, text_of(datetime.fromisoformat(value) if is_time else value)
    for name, value in sorted(_spread(environment)):
        yield "environment", name, text_of(value)
    if record.metrics is not None:
        yield from _measured(record.metrics)
    for remark in remarks:
        yield "remarks", remark.kind, f"{remark.value} ({remark.written_by}, {minute(remark.written_at)})"
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
