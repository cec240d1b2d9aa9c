"""The values that travel: what an engine hands back, and what the record holds of a run."""

from __future__ import annotations

import traceback
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, Protocol, overload

from workbench.arrays import FloatArray, Int64Array
from workbench.display.format import signed
from workbench.errors import described

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal
    from uuid import UUID

    import pandas as pd
    import polars as pl
    from IPython.lib.pretty import RepresentationPrinter

    from workbench.config import Snapshot
    from workbench.display.card import Card
    from workbench.metrics import Metrics
    from workbench.provenance import SourceFile
    from workbench.reproduction import Verdict


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

    @classmethod
    def of(cls, error: BaseException) -> Failure:
        """That of an exception, the user's own file and line in the trace."""
        return cls(message=described(error), trace="".join(traceback.format_exception(error)))


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
class Group:
    """What several runs belong to: a sweep, a walk-forward, a paper session."""

    group_id: UUID
    kind: str
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A second or further strategy or instrument of a run, by which it is found as by its first."""

    kind: str
    number: int
    key: str
    path: str | None = None
    type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What somebody said of a run: a ``name``, a ``tag``, that a tag was taken off (``untag``), or a ``note``."""

    kind: str
    value: str
    written_at: datetime
    written_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A run as the record holds it; the heavy results stay behind until asked for.

    Times are aware UTC, `duration` seconds. `metrics` is None unless the run completed. A run whose process is gone
    has status `INTERRUPTED`, no `finished_at` and no `duration`. `digest` names the result; None where none was made.
    `recorded_by` is the database's word for who recorded it; a record that was not read back has none. `name` and
    `tags` are those of the moment at which it was read: they can change.
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
    params: Mapping[str, object]
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
    name: str | None = field(default=None, compare=False)
    tags: tuple[str, ...] = field(default=(), compare=False)
    group_id: UUID | None = None


class Results(Protocol):
    """Where a `Run` gets what it does not carry."""

    def snapshot(self, run_id: UUID) -> Snapshot: ...

    def sources(self, run_id: UUID) -> tuple[SourceFile, ...]: ...

    def equity(self, record: Record, frame: str | None) -> pd.DataFrame | pl.DataFrame: ...

    def trades(self, record: Record, frame: str | None) -> pd.DataFrame | pl.DataFrame: ...

    def fills(self, record: Record, frame: str | None) -> pd.DataFrame | pl.DataFrame: ...

    def verdict(self, record: Record) -> Verdict | None: ...

    def notes(self, record: Record) -> tuple[str, ...]: ...

    def card(self, record: Record) -> Card: ...


class Run:
    """One recorded run. Light: configuration, source, equity, trades and fills are fetched when asked for."""

    __slots__ = ("_results", "record")

    def __init__(self, record: Record, results: Results) -> None:
        self.record = record
        self._results = results

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
    def params(self) -> Mapping[str, object]:
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
    def verdict(self) -> Verdict | None:
        """Whether a re-run came out as its original, and if not, why: a `Verdict`; None for other runs."""
        return self._results.verdict(self.record)

    @property
    def digest(self) -> str | None:
        """SHA-256 of every fill and account balance: equal for equal behaviour; None where nothing was recorded."""
        return self.record.digest

    @property
    def name(self) -> str | None:
        """The name that was given to the run; None without one."""
        return self.record.name

    @property
    def tags(self) -> tuple[str, ...]:
        """The run's tags, sorted."""
        return self.record.tags

    @property
    def notes(self) -> tuple[str, ...]:
        """The notes on the run, oldest first."""
        return self._results.notes(self.record)

    @property
    def config(self) -> Snapshot:
        """The whole resolved configuration, as it was at execution."""
        return self._results.snapshot(self.record.run_id)

    @property
    def source(self) -> str:
        """The source text of the strategy's own module, as it was at execution; empty if it could not be read."""
        files = self._results.sources(self.record.run_id)
        module = self.record.strategy_path.partition(":")[0]
        return next((file.text for file in files if file.module == module), "")

    @property
    def sources(self) -> tuple[SourceFile, ...]:
        """Every recorded module of the strategy, its project-local imports included."""
        return self._results.sources(self.record.run_id)

    @overload
    def equity(self, *, frame: Literal["pandas"] | None = None) -> pd.DataFrame: ...
    @overload
    def equity(self, *, frame: Literal["polars"]) -> pl.DataFrame: ...
    def equity(self, *, frame: Literal["pandas", "polars"] | None = None) -> pd.DataFrame | pl.DataFrame:
        """Frame of the account value at every bar: time, equity, drawdown (a fraction <= 0)."""
        return self._results.equity(self.record, frame)

    @overload
    def trades(self, *, frame: Literal["pandas"] | None = None) -> pd.DataFrame: ...
    @overload
    def trades(self, *, frame: Literal["polars"]) -> pl.DataFrame: ...
    def trades(self, *, frame: Literal["pandas", "polars"] | None = None) -> pd.DataFrame | pl.DataFrame:
        """Frame of round trips, oldest first, net of commissions."""
        return self._results.trades(self.record, frame)

    @overload
    def fills(self, *, frame: Literal["pandas"] | None = None) -> pd.DataFrame: ...
    @overload
    def fills(self, *, frame: Literal["polars"]) -> pl.DataFrame: ...
    def fills(self, *, frame: Literal["pandas", "polars"] | None = None) -> pd.DataFrame | pl.DataFrame:
        """Frame of executions, oldest first."""
        return self._results.fills(self.record, frame)

    def __repr__(self) -> str:
        r = self.record
        numbers = ""
        if r.metrics is not None:
            shown = {"return": r.metrics.total_return, "max drawdown": r.metrics.max_drawdown}
            numbers = "".join(
                f", {name} {signed(value, 'fraction')}" for name, value in shown.items() if value is not None
            )
        return f"<Run {self.id[:8]} {r.strategy_name} on {r.instrument_id}: {r.status.value}{numbers}>"

    def __str__(self) -> str:
        return self.card().text()

    def _repr_html_(self) -> str:
        return self.card().html()

    def _repr_pretty_(self, printer: RepresentationPrinter, cycle: bool) -> None:
        # the card when the run is the whole answer of a cell, one line inside a list
        printer.text(repr(self) if cycle or printer.indentation else str(self))

    def card(self) -> Card:
        """What is shown of a run: settings, parameters, metrics, and why something is missing."""
        return self._results.card(self.record)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Run) and self.record == other.record

    def __hash__(self) -> int:
        return hash(self.record.run_id)
