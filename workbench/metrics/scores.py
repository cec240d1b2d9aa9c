"""What a run scored: the frozen value that is stored, shown and compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, make_dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

# importing them fills the register with the standard metrics
import workbench.metrics.returns
import workbench.metrics.trades  # noqa: F401
from workbench.metrics.registry import Undefined, Value, moment_of, standard

FORMULAS_VERSION = 2
"""Stored with every set of metrics; goes up when a formula gives another number on the same run."""

_MICROSECOND = timedelta(microseconds=1)
_EARLIER_NAMES = {"max_drawdown_ns": "max_drawdown_at"}
"""Names in records of earlier versions."""


class _Scores:
    """One run's metrics in display order, as attributes and by name. None is undefined, and `undefined` says why.

    Returns, volatility, drawdown and win rate are fractions, drawdown and average loss are <= 0; money is in the
    account's currency; `max_drawdown_at`, the time of the trough, is aware UTC. `custom` holds the user's own metrics.
    """

    __slots__ = ()

    if TYPE_CHECKING:
        custom: Mapping[str, float | None]
        undefined: Mapping[str, Undefined]
        formulas_version: int

    def __getitem__(self, name: str) -> Value | None:
        """The value of a standard metric or of a user's own.

        Raises:
            KeyError: this run has no such metric.
        """
        value: Value | None = getattr(self, name) if name in _NAMES else self.custom[name]
        return value

    def get(self, name: str) -> Value | None:
        """The value, None where it is undefined or the run does not have the metric."""
        return self[name] if name in _NAMES or name in self.custom else None

    @property
    def max_drawdown_ns(self) -> int | None:
        """`max_drawdown_at` in UTC nanoseconds."""
        at: datetime | None = self.get("max_drawdown_at")  # type: ignore[assignment]
        return None if at is None else (at - datetime(1970, 1, 1, tzinfo=UTC)) // _MICROSECOND * 1000

    def plain(self) -> dict[str, Any]:
        """As a mapping of plain values, times as they are: the standard metrics first."""
        plain: dict[str, Any] = asdict(self)  # type: ignore[call-overload]
        return plain

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> Self:
        """The metrics of `plain`, its times as aware times or ISO text, by their names of any version."""
        values, undefined = dict(plain), dict(plain["undefined"])
        for named in (values, undefined):
            for earlier, name in _EARLIER_NAMES.items():
                if earlier in named:
                    named[name] = named.pop(earlier)
        for name in _TIMES:
            if values.get(name) is not None:
                values[name] = _time(values[name])
        values["undefined"] = {
            name: why if isinstance(why, Undefined) else Undefined(**why) for name, why in undefined.items()
        }
        return cls(**values)


if TYPE_CHECKING:

    @dataclass(frozen=True, kw_only=True)
    class Metrics(_Scores):
        """A field per standard metric, made from the register."""

        custom: Mapping[str, float | None] = field(default_factory=dict)
        undefined: Mapping[str, Undefined] = field(default_factory=dict)
        formulas_version: int = FORMULAS_VERSION

        def __init__(self, **values: Any) -> None: ...

        def __getattr__(self, name: str) -> float | None: ...

else:
    Metrics = make_dataclass(
        "Metrics",
        [
            # none of a record of an earlier version, which did not know it
            *((spec.name, Value | None, None) for spec in standard()),
            ("custom", Mapping[str, float | None], field(default_factory=dict)),
            ("undefined", Mapping[str, Undefined], field(default_factory=dict)),
            ("formulas_version", int, FORMULAS_VERSION),
        ],
        bases=(_Scores,),
        namespace={"__doc__": _Scores.__doc__, "__module__": __name__},
        frozen=True,
        slots=True,
        kw_only=True,
    )

_NAMES = tuple(spec.name for spec in standard())
_TIMES = tuple(spec.name for spec in standard() if spec.unit == "time")


def _time(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    return moment_of(value) if isinstance(value, int) else datetime.fromisoformat(value)
