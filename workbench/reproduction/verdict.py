"""Whether a run came out the same, and if not, why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from workbench.display.format import number
from workbench.display.html import escape, items
from workbench.metrics import Metrics, registered, standard
from workbench.reproduction.causes import Cause, causes
from workbench.reproduction.evidence import Evidence
from workbench.reproduction.first_divergence import Divergence, first_divergence
from workbench.runs import Record

type Pair = tuple[object, object]
FIRST = ("total_return", "sharpe_ratio", "max_drawdown")
METRICS = (*(spec.name for spec in standard()), "custom")

IDENTICAL, SAME_METRICS, DIFFERENT, OVERRIDDEN = "identical", "same metrics", "different", "overridden"
OVERRIDE, ADAPTED = "overridden", "adapted"
"""Codes of the warnings by which a re-run says that it was told, or had, to do something else."""

WORDS = {
    IDENTICAL: "every fill, every account balance and every metric is the same",
    SAME_METRICS: "the metrics are the same, but not every fill",
    DIFFERENT: "it came out differently",
    OVERRIDDEN: "it was told to do something else, so it is not judged",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of a re-run.

    `outcome` is ``identical`` (every fill, balance and metric), ``same metrics``, ``different``, or ``overridden``
    where the re-run was told to do something else. `causes` are all things that differ, also where they made no
    difference; `divergence` is the first trade that is not the same, None where all are; `metrics` those that are not
    equal, with both values.
    """

    original: str
    run: str
    outcome: str
    causes: tuple[Cause, ...]
    divergence: Divergence | None
    metrics: Mapping[str, Pair]
    notes: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """Whether the run came out identical."""
        return self.outcome == IDENTICAL

    def lines(self) -> list[str]:
        """The verdict in words, the most important first."""
        found = [f"{self.outcome}: run {self.run[:8]} of {self.original[:8]}: {WORDS[self.outcome]}.", *self.notes]
        found += [str(cause) for cause in self.causes]
        if self.divergence is not None:
            found.append(str(self.divergence))
        elif self.metrics:
            found.append("no trade and no fill differs, but what the positions were worth does.")
        found += _measured(self.metrics, few=self.divergence is not None)
        if self.outcome in (DIFFERENT, SAME_METRICS) and not self.causes:
            found.append("Nothing that is recorded differs: the strategy depends on something else, such as the clock.")
        return found

    @property
    def diff(self) -> str:
        """Unified diffs of all modules that differ, one after another."""
        return "".join(cause.diff for cause in self.causes)

    def __str__(self) -> str:
        return "\n".join([*self.lines(), *([self.diff.rstrip()] if self.diff else [])])

    def _repr_pretty_(self, printer: object, cycle: bool) -> None:  # noqa: ARG002 - the protocol of IPython
        printer.text(str(self))  # type: ignore[attr-defined]

    def _repr_html_(self) -> str:
        first, *rest = self.lines()
        code = f"<pre>{escape(self.diff)}</pre>" if self.diff else ""
        return f"<div><b>{escape(first)}</b>{items(rest)}{code}</div>"


def _measured(metrics: Mapping[str, Pair], *, few: bool) -> list[str]:
    """The metrics that differ, as a trader reads them; where the trades differ all do, and the first ones will do."""
    specs = [spec for spec in registered().values() if spec.name in metrics and (not few or spec.name in FIRST)]
    pairs = [(spec, [number(cast("float | None", value), spec.unit) for value in metrics[spec.name]]) for spec in specs]
    return [f"{spec.label}: {before} → {after}" for spec, (before, after) in pairs]


def judge(original: Evidence, other: Evidence) -> Verdict:
    """Compare a run with its original.

    Runs of one digest are identical. Where one has none, recorded before there were digests, fills and metrics decide.
    """
    repeated = other.record.rerun_of == original.record.run_id
    told = [one for one in other.record.warnings if repeated and one.code in (OVERRIDE, ADAPTED)]
    parted = first_divergence((original.trades, original.fills), (other.trades, other.fills))
    metrics = _metrics(original.record.metrics, other.record.metrics)
    found = causes(original, other)
    # what was set to the value that it had changes nothing
    changed = any(cause.kind in ("configuration", "seed") for cause in found)
    overridden = changed and any(one.code == OVERRIDE for one in told)
    return Verdict(
        original=original.id,
        run=other.id,
        outcome=OVERRIDDEN if overridden else _outcome(original.record, other.record, parted, metrics),
        causes=found,
        divergence=parted,
        metrics=metrics,
        notes=tuple(warning.message for warning in told),
    )


def _outcome(one: Record, two: Record, parted: Divergence | None, metrics: Mapping[str, Pair]) -> str:
    ended = [(record.status, record.error and record.error.message) for record in (one, two)]
    if ended[0] != ended[1] or metrics:
        return DIFFERENT
    known = one.digest is not None and two.digest is not None
    if one.digest == two.digest if known else parted is None:
        return IDENTICAL
    return SAME_METRICS if one.metrics is not None else DIFFERENT


def _metrics(before: Metrics | None, after: Metrics | None) -> dict[str, Pair]:
    """The metrics that are not equal. Those of other formulas are not compared: they would differ for that alone."""
    if before is None or after is None or before.formulas_version != after.formulas_version:
        return {}
    pairs = {name: (getattr(before, name), getattr(after, name)) for name in METRICS}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
