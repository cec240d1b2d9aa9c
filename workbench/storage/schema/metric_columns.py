"""The register of metrics → columns of the table of metrics, and the rules for what may stand in them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Column, DateTime, Double, Integer, Numeric

from workbench.metrics import MetricSpec, standard

_TIME = DateTime(timezone=True)


def metric_columns(specs: Sequence[MetricSpec], *, later: bool = False) -> list[Column[Any]]:
    """A column per standard metric, those of one size together, so that rows have no gaps.

    Those that came `later` are missing in rows from before.
    """
    columns = [_column(spec, missing=later) for spec in specs]
    sizes = (DateTime, Double, Numeric, Integer)
    return sorted(columns, key=lambda column: next(at for at, kind in enumerate(sizes) if type(column.type) is kind))


def metric_rules(specs: Sequence[MetricSpec] | None = None) -> Iterator[tuple[str, str]]:
    """Name and condition of the rule for each number: within its range, or finite."""
    for spec in standard() if specs is None else specs:
        low, high = spec.allowed
        if math.isfinite(low) and math.isfinite(high):
            yield f"{spec.name}_in_range", f"{spec.name} between {low:g} and {high:g}"
        elif spec.unit not in ("count", "time"):
            yield f"{spec.name}_is_finite", f"{spec.name} > '-Infinity' and {spec.name} < 'Infinity'"


def _column(spec: MetricSpec, *, missing: bool) -> Column[Any]:
    if spec.unit == "count":
        return Column(spec.name, Integer, nullable=missing)
    return Column(spec.name, _TIME if spec.unit == "time" else Numeric() if spec.exact else Double())
