"""The decorator that makes a function a metric, and the list of all metrics."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from workbench.errors import InvalidInput
from workbench.metrics.sample import Sample
from workbench.metrics.scores import Metrics, Undefined

type Unit = Literal["fraction", "ratio", "money", "count", "time"]

_FIELDS = frozenset(f.name for f in fields(Sample))
_NO_METRICS = frozenset({"custom", "undefined", "formulas_version", "max_drawdown_at"})
_STANDARD = frozenset(f.name for f in fields(Metrics)) - _NO_METRICS
_specs: dict[str, MetricSpec] = {}


class Reason(NamedTuple):
    """A sentence a trader reads, and when it is the reason."""

    sentence: str
    holds: Callable[[Sample], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricSpec:
    """A registered metric: what it is called, how it is read, and how it is measured.

    `higher_is_better` is None if neither is. `allowed` is the range, both ends in it, outside which a value is not
    kept as a number. `unless` are reasons for an undefined value, tried in order; `undefined` is the last one.
    """

    name: str
    label: str
    higher_is_better: bool | None
    unit: Unit
    allowed: tuple[float, float]
    unless: tuple[Reason, ...]
    undefined: str
    function: Callable[..., float | None]
    arguments: tuple[str, ...]

    @property
    def standard(self) -> bool:
        """Whether it is a field of `Metrics`, not one of the user's own."""
        return self.name in _STANDARD

    def measure(self, sample: Sample) -> float | Undefined:
        """Measure one run. Whatever goes wrong is an `Undefined` with its reason: one metric never loses a run."""
        try:
            given = {name: sample if name == "sample" else getattr(sample, name) for name in self.arguments}
            raw = self.function(**given)
            # an int stays one: a time in ns does not fit a float
            value = raw if raw is None or type(raw) is int else float(raw)
            finite = value is not None and math.isfinite(value)
        except Exception as error:  # noqa: BLE001  the reason is stored: a user's formula may raise anything
            return Undefined(value=None, reason=f"raised {type(error).__name__}: {error}")
        if value is None or not finite:
            return Undefined(value=None if value is None else repr(value), reason=self._why(sample))
        low, high = self.allowed
        if not low <= value <= high:
            return Undefined(value=repr(value), reason=f"outside {low:g} … {high:g}")
        return value

    def _why(self, sample: Sample) -> str:
        return next((reason.sentence for reason in self.unless if reason.holds(sample)), self.undefined)


def metric[F: Callable[..., float | None]](
    *,
    higher_is_better: bool | None,
    name: str | None = None,
    label: str | None = None,
    unit: Unit = "ratio",
    allowed: tuple[float, float] = (-math.inf, math.inf),
    unless: tuple[Reason, ...] = (),
    undefined: str = "not a finite number",
) -> Callable[[F], F]:
    """Make a function a metric of every run from now on; the function itself stays as it is.

    Its parameters are named after the fields of a `Sample` (``returns``, ``equity``, ``trade_pnls`` …), or it takes
    the whole of it as ``sample``. Other parameters need a default. It returns a number; NaN, infinity and None mean
    undefined. Registering a name of one's own again replaces it, so that a notebook cell can run twice.

        @metric(higher_is_better=True)
        def best_day(returns):
            return returns.max()

    Args:
        higher_is_better: which way a comparison marks the best; None if neither way is better.
        name: an identifier, the function's own name by default; it becomes a column.
        label: the name as people read it, ``"Best day"`` by default.
        unit: what the number is, for those who format it.
        allowed: the range, both ends in it, outside which a value is not kept as a number.
        unless: reasons for an undefined value, tried in order.
        undefined: the reason if none of them holds.

    Raises:
        InvalidInput: the name is a standard metric's or no identifier, or a parameter is not known.
    """

    def register(function: F) -> F:
        called = name or function.__name__
        _check_name(called)
        _specs[called] = MetricSpec(
            name=called,
            label=label or called.replace("_", " ").capitalize(),
            higher_is_better=higher_is_better,
            unit=unit,
            allowed=allowed,
            unless=unless,
            undefined=undefined,
            function=function,
            arguments=_arguments(called, function),
        )
        return function

    return register


def registered() -> Mapping[str, MetricSpec]:
    """Give all metrics by name in display order: the standard ones, then the user's in the order of registration."""
    return MappingProxyType(_specs)


def _check_name(name: str) -> None:
    if not name.isidentifier():
        raise InvalidInput(f"a metric cannot be called {name!r}: give a name like 'tail_ratio'.")
    if (name in _specs and _specs[name].standard) or name in _NO_METRICS:
        raise InvalidInput(f"{name!r} is taken by the workbench. Give your metric another name.")


def _arguments(name: str, function: Callable[..., Any]) -> tuple[str, ...]:
    parameters = inspect.signature(function).parameters.values()
    known = tuple(p.name for p in parameters if p.name in _FIELDS or p.name == "sample")
    for parameter in parameters:
        if parameter.name not in known and parameter.default is parameter.empty:
            raise InvalidInput(
                f"metric {name!r} asks for {parameter.name!r}, which no run has. "
                f"Name its parameters after these: sample, {', '.join(sorted(_FIELDS))}."
            )
    return known
