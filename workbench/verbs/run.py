"""One saved run in the user's hands: what its record says, and results that are fetched when asked for."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal, overload

from workbench.checks import methods_in_words
from workbench.display.format import signed
from workbench.runs import Failure, Record, RunWarning, Status
from workbench.verbs.results import ResultStore

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    import polars as pl
    from IPython.lib.pretty import RepresentationPrinter

    from workbench.config import Snapshot
    from workbench.display.card import Card
    from workbench.metrics import Metrics
    from workbench.provenance import SourceFile
    from workbench.reproduction import Verdict


@methods_in_words
class Run:
    """One recorded run. Light: configuration, source, equity, trades and fills are fetched when asked for."""

    __slots__ = ("_results", "record")

    def __init__(self, record: Record, results: ResultStore) -> None:
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
