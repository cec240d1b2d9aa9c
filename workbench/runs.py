"""The values that travel: what an engine hands back, and what the record holds of a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from workbench.display.card import Card, day, number
from workbench.errors import WorkbenchError
from workbench.metrics import registered

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal
    from uuid import UUID

    from workbench.config import Snapshot
    from workbench.metrics import Metrics
    from workbench.provenance import SourceFile

type FloatArray = np.ndarray[tuple[int], np.dtype[np.float64]]
type Int64Array = np.ndarray[tuple[int], np.dtype[np.int64]]


class Status(StrEnum):
    """Where a run stands. It leaves `RUNNING` once and never comes back."""

    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunWarning:
    """Something the engine did in silence that the numbers depend on."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a run ended early: one line, and the full stack trace."""

    message: str
    trace: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Equity:
    """The account's value at every bar, marked to market.

    `time` is the close of each bar, UTC nanoseconds, shape ``(n,)``, ascending; `value` the account value then,
    open positions at that close included, in the account's currency.
    """

    time: Int64Array
    value: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """One round trip: a position from flat to flat, net of its commissions.

    Times are UTC nanoseconds, prices volume-weighted averages, `pnl` and `commission` in `currency`; a commission is
    positive when it was paid. `return_` is the pnl as a fraction of the entry value.
    """

    instrument_id: str
    side: str
    quantity: float
    entry_time: int
    entry_price: float
    exit_time: int
    exit_price: float
    pnl: float
    commission: float
    return_: float
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """One execution. Quantity is signed by `side` only; the commission is positive when it was paid."""

    time: int
    instrument_id: str
    order_id: str
    side: str
    quantity: float
    price: float
    commission: float
    currency: str
    liquidity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What an engine hands back, whole or cut short.

    `digest` is the SHA-256 of all fills and account states, 64 hexadecimal digits: equal for equal behaviour.
    `profits` are those of the trades in the account's currency, shape ``(k,)``; None where the trades are in it.
    """

    status: Status
    bars: int
    equity: Equity
    trades: tuple[Trade, ...]
    fills: tuple[Fill, ...]
    warnings: tuple[RunWarning, ...]
    digest: str | None = None
    error: Failure | None = None
    cause: BaseException | None = field(default=None, repr=False, compare=False)
    profits: FloatArray | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A run as the record holds it; the heavy results stay behind until asked for.

    Times are aware UTC, `duration` seconds. `metrics` is None unless the run completed. A run whose process is gone
    has status `INTERRUPTED`, no `finished_at` and no `duration`. `digest` names the result; None where none was made.
    `recorded_by` is the database's word for who recorded it; a record that was not read back has none.
    """

    run_id: UUID
    strategy_key: str
    strategy_name: str
    strategy_type: str
    strategy_path: str
    instrument_id: str
    bar: str
    period_start: datetime
    period_end: datetime
    initial_capital: Decimal
    currency: str
    data_source: str
    params: Mapping[str, Any]
    status: Status
    started_at: datetime
    finished_at: datetime | None
    duration: float | None
    error: Failure | None
    warnings: tuple[RunWarning, ...]
    metrics: Metrics | None
    rerun_of: UUID | None = None
    digest: str | None = None
    recorded_by: str | None = field(default=None, compare=False)


class Shelf(Protocol):
    """Where a `Run` fetches what it does not carry."""

    def snapshot(self, run_id: UUID) -> Snapshot: ...

    def sources(self, run_id: UUID) -> tuple[SourceFile, ...]: ...

    def equity(self, record: Record) -> Any: ...

    def trades(self, record: Record) -> Any: ...

    def fills(self, record: Record) -> Any: ...

    def verdict(self, record: Record) -> Any: ...

    def place(self, run_id: UUID) -> str: ...


class Run:
    """One recorded run. Light: configuration, source, equity, trades and fills are fetched when asked for."""

    __slots__ = ("_shelf", "record")

    def __init__(self, record: Record, shelf: Shelf) -> None:
        self.record = record
        self._shelf = shelf

    @property
    def id(self) -> str:
        """The run's UUID as text."""
        return str(self.record.run_id)

    @property
    def status(self) -> Status:
        """``running``, ``completed``, ``failed`` or ``interrupted``."""
        return self.record.status

    @property
    def strategy(self) -> str:
        """The strategy's display name."""
        return self.record.strategy_name

    @property
    def params(self) -> Mapping[str, Any]:
        """The strategy's parameters, defaults filled in."""
        return self.record.params

    @property
    def metrics(self) -> Metrics | None:
        """The stored metrics; None unless the run completed."""
        return self.record.metrics

    @property
    def warnings(self) -> tuple[RunWarning, ...]:
        """What the engine did in silence: denied orders, an early stop, no fills."""
        return self.record.warnings

    @property
    def error(self) -> Failure | None:
        """Message and full stack trace of a failed run."""
        return self.record.error

    @property
    def started_at(self) -> datetime:
        """When the run started, aware UTC."""
        return self.record.started_at

    @property
    def duration(self) -> float | None:
        """Seconds from start to the end of the work; None while running or when the process was killed."""
        return self.record.duration

    @property
    def rerun_of(self) -> str | None:
        """The id of the run that this one repeats; None for a first run."""
        return None if self.record.rerun_of is None else str(self.record.rerun_of)

    @property
    def verdict(self) -> Any:
        """Whether a re-run came out as its original, and if not, why: a `Verdict`; None for other runs."""
        return self._shelf.verdict(self.record)

    @property
    def digest(self) -> str | None:
        """SHA-256 of every fill and account balance: equal for equal behaviour; None where nothing was recorded."""
        return self.record.digest

    @property
    def config(self) -> Snapshot:
        """The whole resolved configuration, as it was at execution."""
        return self._shelf.snapshot(self.record.run_id)

    @property
    def source(self) -> str:
        """The source text of the strategy's own module, as it was at execution; empty if it could not be read."""
        files = self._shelf.sources(self.record.run_id)
        module = self.record.strategy_path.partition(":")[0]
        return next((file.text for file in files if file.module == module), "")

    @property
    def sources(self) -> tuple[SourceFile, ...]:
        """Every recorded module of the strategy, its project-local imports included."""
        return self._shelf.sources(self.record.run_id)

    def equity(self) -> Any:
        """Frame of the account value at every bar: time, equity, drawdown (a fraction <= 0)."""
        return self._shelf.equity(self.record)

    def trades(self) -> Any:
        """Frame of round trips, oldest first, net of commissions."""
        return self._shelf.trades(self.record)

    def fills(self) -> Any:
        """Frame of executions, oldest first."""
        return self._shelf.fills(self.record)

    def __repr__(self) -> str:
        r = self.record
        numbers = ""
        if r.metrics is not None:
            shown = {"return": r.metrics.total_return, "max drawdown": r.metrics.max_drawdown}
            numbers = "".join(f", {name} {value:+.2%}" for name, value in shown.items() if value is not None)
        return f"<Run {self.id[:8]} {r.strategy_name} on {r.instrument_id}: {r.status.value}{numbers}>"

    def __str__(self) -> str:
        return self.card().text()

    def _repr_html_(self) -> str:
        return self.card().html()

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        # the card when the run is the whole answer of a cell, one line inside a list
        printer.text(repr(self) if cycle or printer.indentation else str(self))

    def card(self) -> Card:
        """What is shown of a run: settings, parameters, metrics, and why something is missing."""
        r = self.record
        seconds = "" if r.duration is None else f" in {r.duration:.2f} s"
        place = self._shelf.place(r.run_id)
        saved = "running; recorded" if r.status is Status.RUNNING else f"{r.status.value}{seconds}; {place}"
        mark = {Status.COMPLETED: "✓", Status.FAILED: "✗", Status.INTERRUPTED: "■"}.get(r.status, "…")
        period = f"{day(r.period_start)} to {day(r.period_end)}"
        facts = [
            ("Instrument", r.instrument_id),
            ("Bars", r.bar.removesuffix("-EXTERNAL")),
            ("Period", period),
            ("Capital", number(float(r.initial_capital), "money", r.currency)),
            *((name, str(value)[:200]) for name, value in sorted(r.params.items())),
        ]
        notes = [warning.message for warning in r.warnings]
        if r.metrics is not None:
            shown = [spec for spec in registered().values() if spec.standard and spec.unit != "time"]
            facts += [(spec.label, number(getattr(r.metrics, spec.name), spec.unit, r.currency)) for spec in shown]
            facts += [(name, number(value, "ratio")) for name, value in r.metrics.custom.items()]
            notes += _reasons(r.metrics)
        if r.error is not None:
            notes.insert(0, r.error.message)
        if r.rerun_of is not None:
            facts[:0] = [("Re-run of", str(r.rerun_of)[:8]), ("Verdict", self._judged())]
        title = f"{r.strategy_name} on {r.instrument_id}"
        return Card(title=title, subtitle=f"{mark} run {self.id}: {saved}", facts=facts, notes=notes)

    def _judged(self) -> str:
        """How a re-run came out, for its card; a card is shown even where the record cannot be asked."""
        try:
            verdict = self.verdict
        except WorkbenchError:
            return "–"
        return "–" if verdict is None else str(verdict.outcome)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Run) and self.record == other.record

    def __hash__(self) -> int:
        return hash(self.record.run_id)


def _reasons(metrics: Metrics) -> list[str]:
    """Why metrics are undefined, those of one reason in one line."""
    labels: dict[str, list[str]] = {}
    for name, why in metrics.undefined.items():
        spec = registered().get(name)
        if spec is None or spec.unit != "time":
            labels.setdefault(why.reason, []).append(spec.label if spec is not None else name)
    return [f"{', '.join(names)}: {reason}" for reason, names in labels.items()]
