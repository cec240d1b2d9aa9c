"""The card of a run."""

from __future__ import annotations

from workbench.config import SETTINGS, named_params
from workbench.display.card import Card
from workbench.display.format import day, number, seconds
from workbench.metrics import Metrics, registered, standard
from workbench.metrics.registry import Value
from workbench.runs import Record, Status


def run_card(record: Record, *, place: str, verdict: str | None) -> Card:
    """Settings, parameters, metrics, and why something is missing.

    Args:
        place: whether the run is saved, or where it waits.
        verdict: how a re-run came out; None for other runs.
    """
    r = record
    took = "" if r.duration is None else f" in {seconds(r.duration)}"
    saved = "running; saved when it ends" if r.status is Status.RUNNING else f"{r.status.value}{took}; {place}"
    mark = {Status.COMPLETED: "✓", Status.FAILED: "✗", Status.INTERRUPTED: "■"}.get(r.status, "…")
    period = f"{day(r.period_start)} to {day(r.period_end)}"
    facts = [
        (SETTINGS["instrument"].label, r.instrument_id),
        (SETTINGS["bar"].label, r.bar.removesuffix("-EXTERNAL")),
        ("Period", period),
        (SETTINGS["capital"].label, number(float(r.initial_capital), "money", r.currency)),
        *((name, str(value)[:200]) for name, value in sorted(named_params(r.params).items())),
    ]
    notes = [warning.message for warning in r.warnings]
    if r.metrics is not None:
        shown = [spec for spec in standard() if spec.unit != "time"]
        facts += [(spec.label, number(_number(r.metrics[spec.name]), spec.unit, r.currency)) for spec in shown]
        facts += [_own(name, value, r.currency) for name, value in r.metrics.custom.items()]
        notes += _reasons(r.metrics)
    if r.error is not None:
        notes.insert(0, r.error.message)
    facts += [("Tags", ", ".join(r.tags))] if r.tags else []
    if r.rerun_of is not None:
        facts[:0] = [("Re-run of", str(r.rerun_of)[:8]), ("Verdict", verdict or "–")]
    title = f"{r.strategy_name} on {r.instrument_id}"
    if r.name:
        title = f"{r.name}: {title}"
    return Card(title=title, subtitle=f"{mark} run {r.run_id}: {saved}", facts=facts, notes=notes)


def _number(value: Value | None) -> float | None:
    return value if isinstance(value, int | float) else None


def _own(name: str, value: float | None, currency: str) -> tuple[str, str]:
    """One of the user's metrics, by its label and unit where this session knows them."""
    spec = registered().get(name)
    return (name, number(value, "ratio")) if spec is None else (spec.label, number(value, spec.unit, currency))


def _reasons(metrics: Metrics) -> list[str]:
    """Why metrics are undefined, those of one reason in one line."""
    labels: dict[str, list[str]] = {}
    for name, why in metrics.undefined.items():
        spec = registered().get(name)
        if spec is None or spec.unit != "time":
            labels.setdefault(why.reason, []).append(spec.label if spec is not None else name)
    return [f"{', '.join(names)}: {reason}" for reason, names in labels.items()]
