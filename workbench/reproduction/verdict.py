"""Whether a run came out the same, and if not, why."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from workbench.reproduction.causes import Cause, causes
from workbench.reproduction.evidence import Evidence
from workbench.reproduction.parting import Parting, parting

IDENTICAL, SAME_METRICS, DIFFERENT, OVERRIDDEN = "identical", "same metrics", "different", "overridden"
OVERRIDE, ADAPTED = "overridden", "adapted"
"""Codes of the warnings by which a re-run says that it was told, or had, to do something else."""

WORDS = {
    IDENTICAL: "every fill and every account balance is the same",
    SAME_METRICS: "the metrics are the same, but not every fill",
    DIFFERENT: "it came out differently",
    OVERRIDDEN: "it was told to do something else, so it is not judged",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of a re-run.

    `outcome` is ``identical`` (every fill and account balance), ``same metrics``, ``different``, or ``overridden``
    where the re-run was told to do something else. `causes` are all things that differ, also where they made no
    difference; `parting` is the first trade that is not the same, None where all are.
    """

    original: str
    run: str
    outcome: str
    causes: tuple[Cause, ...]
    parting: Parting | None
    notes: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """Whether the run came out identical."""
        return self.outcome == IDENTICAL

    def lines(self) -> list[str]:
        """The verdict in words, the most important first."""
        found = [f"{self.outcome}: run {self.run[:8]} of {self.original[:8]}: {WORDS[self.outcome]}.", *self.notes]
        found += [str(cause) for cause in self.causes]
        if self.parting is not None:
            found.append(str(self.parting))
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
        first, *rest = (escape(line) for line in self.lines())
        items = "".join(f"<li>{line}</li>" for line in rest)
        code = f"<pre>{escape(self.diff)}</pre>" if self.diff else ""
        return f"<div><b>{first}</b><ul>{items}</ul>{code}</div>"


def judge(original: Evidence, other: Evidence) -> Verdict:
    """Compare a run with its original.

    Runs of one digest are identical. Where one has none, recorded before there were digests, fills and metrics decide.
    """
    said = {warning.code: warning.message for warning in other.record.warnings}
    parted = parting((original.trades, original.fills), (other.trades, other.fills))
    notes = [warning.message for warning in other.record.warnings if warning.code in (OVERRIDE, ADAPTED)]
    outcome = OVERRIDDEN if OVERRIDE in said else _outcome(original, other, parted)
    if outcome == IDENTICAL and original.record.metrics != other.record.metrics:
        notes.append("Its metrics differ nonetheless: they were computed in another way.")
    return Verdict(
        original=original.id,
        run=other.id,
        outcome=outcome,
        causes=causes(original, other),
        parting=parted,
        notes=tuple(notes),
    )


def _outcome(original: Evidence, other: Evidence, parted: Parting | None) -> str:
    one, two = original.record, other.record
    ended = (one.status, one.error and one.error.message) == (two.status, two.error and two.error.message)
    measured = one.metrics == two.metrics
    known = one.digest is not None and two.digest is not None
    behaved = one.digest == two.digest if known else parted is None and measured
    if ended and behaved:
        return IDENTICAL
    return SAME_METRICS if ended and measured and one.metrics is not None else DIFFERENT
