"""One metric of several runs: their values, how it is written, and which way is better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from workbench.charts.labels import Subject, labels, subject
from workbench.checks import word
from workbench.display.format import brief, number
from workbench.errors import MetricNotFound
from workbench.metrics import Unit, registered
from workbench.runs import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """One metric. `higher_is_better` is None if neither is; `currency` is empty unless it is money."""

    label: str
    unit: Unit = "ratio"
    higher_is_better: bool | None = None
    currency: str = ""

    @property
    def title(self) -> str:
        """For an axis: with the currency where it is money."""
        return f"{self.label} ({self.currency})" if self.currency else self.label

    @property
    def tickformat(self) -> str:
        """Plotly's word for the numbers on an axis."""
        return {"fraction": ".1~%", "money": "~s", "count": ",d"}.get(self.unit, ",.4~f")

    def text(self, value: float | None) -> str:
        """One value in words; a dash where it is undefined. Of several currencies none is written."""
        return number(value, self.unit, "" if "," in self.currency else self.currency)

    def brief(self, value: float | None) -> str:
        """The same where room is scarce."""
        return brief(value, self.unit)

    @property
    def has_a_best(self) -> bool:
        """Whether values can be ranked: one way is better, and money is in one currency."""
        return self.higher_is_better is not None and "," not in self.currency

    def best(self, values: Sequence[float | None]) -> list[bool]:
        """Which of the values no other is better than, equals all marked.

        None is, if they cannot be ranked, or if fewer than two of them differ.
        """
        known = {value for value in values if value is not None}
        if not self.has_a_best or len(known) < 2:
            return [False] * len(values)
        top = max(known) if self.higher_is_better else min(known)
        return [value == top for value in values]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One run on a chart of one metric; `value` is None where it is undefined or the run did not complete."""

    run: Subject
    label: str
    value: float | None

    @property
    def run_id(self) -> str:
        """The whole id."""
        return self.run.run_id


def marks(metric: str, records: Sequence[Record]) -> list[Mark]:
    """The stored value of each run; `scale` says whether there is such a metric."""
    runs = [subject(record) for record in records]
    return [
        Mark(run=run, label=label, value=value(metric, record))
        for run, label, record in zip(runs, labels(runs), records, strict=True)
    ]


def scale(metric: str, records: Sequence[Record]) -> Scale:
    """How to read a metric of these runs. One that the user no longer registers is read as a plain number.

    Raises:
        MetricNotFound: neither registered nor stored with any of the runs.
    """
    known = {name: spec for name, spec in registered().items() if spec.unit != "time"}
    stored = {name for record in records if record.metrics is not None for name in record.metrics.custom}
    if word("metric", metric) not in known:
        if metric not in stored:
            raise MetricNotFound(metric, {*known, *stored})
        return Scale(label=metric)
    spec = known[metric]
    return Scale(
        label=spec.label,
        unit=spec.unit,
        higher_is_better=spec.higher_is_better,
        currency=", ".join(dict.fromkeys(one.currency for one in records)) if spec.unit == "money" else "",
    )


def value(metric: str, record: Record) -> float | None:
    """A run's stored value; None where it is undefined or the run did not complete."""
    if record.metrics is None:
        return None
    stored = record.metrics.get(metric)
    return None if isinstance(stored, datetime) else stored
