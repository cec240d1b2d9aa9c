"""The register of metrics: the only place where one is declared.

Whatever shows, stores, orders, compares or documents metrics reads `MetricSpec`: the fields of `Metrics`, columns,
constraints and indexes of the database, columns of frames, rows of a comparison, labels and scales of charts. A
standard metric is one function with `standard_metric` and one migration, a user's metric one function with `metric`.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from workbench.checks import in_words, word
from workbench.errors import InvalidInput, described
from workbench.metrics.sample import Sample

type OwnUnit = Literal["fraction", "ratio", "money", "count"]
"""What a metric of the user's own can be: a number, for it is stored as one."""

type Unit = OwnUnit | Literal["time"]

_OWN_UNITS = ("fraction", "ratio", "money", "count")
_FIELDS = frozenset(f.name for f in fields(Sample))
_RESERVED = frozenset(
    {
        *("custom", "undefined", "formulas_version", "max_drawdown_ns"),
        # columns of a list of runs, in which a metric is one more
        *("run_id", "name", "tags", "started_at", "finished_at", "duration", "status", "params", "bar", "currency"),
        *("strategy_key", "strategy_name", "strategy_type", "strategy_path", "instrument_id", "data_source"),
        *("period_start", "period_end", "initial_capital", "error_message", "error_trace", "warnings"),
        *("rerun_of", "group_id", "recorded_by", "reconciled"),
        *("config_sha256", "setup_sha256", "data_sha256", "environment_sha256", "result_sha256", "code_sha256"),
    }
)
_specs: dict[str, MetricSpec] = {}

type Declarations = Mapping[str, Mapping[str, Any]]
"""By name what was said of metrics where they were measured: label, unit and ``higher_is_better``."""

type Value = float | int | datetime
"""A number, or for the unit ``time`` an aware UTC time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undefined:
    """Why a metric has no value: the raw one as text ("inf", "12.4", "nan"; None if there is none) and the reason."""

    value: str | None
    reason: str


class Reason(NamedTuple):
    """A sentence a trader reads, and when it is the reason."""

    sentence: str
    holds: Callable[[Sample], bool]


class Meaning(NamedTuple):
    """How a metric is read, whoever measured it; `higher_is_better` is None if neither is."""

    label: str
    unit: Unit
    higher_is_better: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricSpec:
    """A registered metric: what it is called, how it is read, and how it is measured.

    `higher_is_better` is None if neither is. `allowed` is the range, both ends in it, outside which a value is not
    kept as a number. `unless` are reasons for an undefined value, tried in order; `undefined` is the last one.

    `standard` metrics have a column of their own in the database, which keeps `exact` ones as decimals. Of these the
    `first` ones lead every list, and those `by_strategy` have an index that begins with the strategy.
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
    standard: bool = False
    first: bool = False
    by_strategy: bool = False
    exact: bool = False

    @property
    def ranked(self) -> bool:
        """Whether more or less of it is better, so that runs have an order by it."""
        return self.higher_is_better is not None

    def measure(self, sample: Sample) -> Value | Undefined:
        """Measure one run. Whatever goes wrong is an `Undefined` with its reason: one metric never loses a run."""
        try:
            arguments = {name: sample if name == "sample" else getattr(sample, name) for name in self.arguments}
            raw = self.function(**arguments)
            # an int stays one: a time in ns does not fit a float
            value = raw if raw is None or type(raw) is int else float(raw)
            if value is None or not math.isfinite(value):
                return Undefined(value=None if value is None else repr(value), reason=self._why(sample))
            low, high = self.allowed
            if not low <= value <= high:
                return Undefined(value=repr(value), reason=f"outside {low:g} … {high:g}")
            return moment_of(int(value)) if self.unit == "time" else value
        except Exception as error:  # noqa: BLE001  the reason is stored: a user's formula may raise anything
            return Undefined(value=None, reason=f"raised {described(error)}")

    def _why(self, sample: Sample) -> str:
        return next((reason.sentence for reason in self.unless if reason.holds(sample)), self.undefined)


@in_words
def metric[F: Callable[..., float | None]](
    *,
    higher_is_better: bool | None,
    name: str | None = None,
    label: str | None = None,
    unit: OwnUnit = "ratio",
    allowed: tuple[float, float] = (-math.inf, math.inf),
    unless: tuple[Reason, ...] = (),
    undefined: str = "not a finite number",
) -> Callable[[F], F]:
    """Make a function a metric of every run from now on; the function itself stays as it is.

    Its parameters are named after the fields of a `Sample` (``returns``, ``equity``, ``trade_pnls`` …), or it takes
    the whole of it as ``sample``. Other parameters need a default. It returns a number; NaN, infinity and None mean
    undefined. A run has it as ``run.metrics["best_day"]``. Registering a name of one's own again replaces it, so that
    a notebook cell can run twice.

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
        InvalidInput: the name is taken or no identifier, a parameter is not known, or another argument is wrong.
    """
    if not isinstance(unit, str) or unit not in _OWN_UNITS:
        raise InvalidInput(f"unit={unit!r} of a metric is not one of {', '.join(map(repr, _OWN_UNITS))}.")
    if label is not None and not word("label", label).isprintable():
        raise InvalidInput(f"label={label!r} of a metric must be one line of printable text.")
    return _declared(
        higher_is_better=higher_is_better,
        name=name,
        label=label,
        unit=unit,
        allowed=allowed,
        unless=unless,
        undefined=undefined,
    )


def _declared[F: Callable[..., float | None]](
    *,
    higher_is_better: bool | None,
    name: str | None = None,
    label: str | None = None,
    unit: Unit = "ratio",
    allowed: tuple[float, float] = (-math.inf, math.inf),
    unless: tuple[Reason, ...] = (),
    undefined: str = "not a finite number",
) -> Callable[[F], F]:
    def decorate(function: F) -> F:
        called = str(name or getattr(function, "__name__", ""))
        _check_name(called)
        register(
            MetricSpec(
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
        )
        return function

    return decorate


def standard_metric[F: Callable[..., float | None]](
    *,
    higher_is_better: bool | None,
    name: str | None = None,
    first: bool = False,
    by_strategy: bool = False,
    exact: bool = False,
    **settings: Any,
) -> Callable[[F], F]:
    """Declare a metric of the workbench, which the database has a column for; else as `metric`."""

    def decorate(function: F) -> F:
        called = name or function.__name__
        _declared(higher_is_better=higher_is_better, name=called, **settings)(function)
        _specs[called] = replace(_specs[called], standard=True, first=first, by_strategy=by_strategy, exact=exact)
        return function

    return decorate


def register(spec: MetricSpec) -> None:
    """Put a metric in the register, in place of one of the user's of the same name."""
    _specs[spec.name] = spec


def moment_of(ns: int) -> datetime:
    """UTC nanoseconds as an aware time; what is below a microsecond is dropped."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=ns // 1000)


def registered() -> Mapping[str, MetricSpec]:
    """Give all metrics by name in display order: the standard ones, then the user's in the order of registration."""
    return MappingProxyType(_specs)


def meaning(name: str, saved: Declarations = MappingProxyType({})) -> Meaning | None:
    """How a metric is read: as this session has registered it, else as `saved` says; None where neither knows it."""
    if (spec := _specs.get(name)) is not None:
        return Meaning(spec.label, spec.unit, spec.higher_is_better)
    return Meaning(**saved[name]) if name in saved else None


def standard() -> list[MetricSpec]:
    """The metrics of the workbench, in display order."""
    return [spec for spec in _specs.values() if spec.standard]


def _check_name(name: str) -> None:
    if not name.isidentifier():
        raise InvalidInput(f"a metric cannot be called {name!r}: give a name like 'tail_ratio'.")
    if (name in _specs and _specs[name].standard) or name in _RESERVED:
        raise InvalidInput(f"{name!r} is taken by the workbench. Give your metric another name.")


def _arguments(name: str, function: Callable[..., Any]) -> tuple[str, ...]:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        raise InvalidInput(f"metric {name!r} is no function whose parameters can be read. Write one by def.") from None
    known = tuple(p.name for p in parameters if p.name in _FIELDS or p.name == "sample")
    for parameter in parameters:
        if parameter.name not in known and parameter.default is parameter.empty:
            raise InvalidInput(
                f"metric {name!r} asks for {parameter.name!r}, which no run has. "
                f"Name its parameters after these: sample, {', '.join(sorted(_FIELDS))}."
            )
    return known
