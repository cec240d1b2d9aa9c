"""Where a `Run` fetches what it does not carry: stored results as frames of the chosen kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from workbench import frames
from workbench.errors import RunNotFound, WorkbenchError
from workbench.frames import FrameKind
from workbench.metrics import registered
from workbench.runs import Record

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from workbench.config import Snapshot
    from workbench.display.card import Card
    from workbench.metrics import Declarations
    from workbench.provenance import SourceFile
    from workbench.reproduction import Evidence, Verdict
    from workbench.storage import SafeRecords


@dataclass(frozen=True, slots=True)
class ResultStore:
    """Reads them from the database, or from what waits for it."""

    records: SafeRecords
    kind: Callable[[str | None], FrameKind]

    def snapshot(self, run_id: UUID) -> Snapshot:
        """The configuration as it was at execution."""
        return self.records.snapshot(run_id)

    def sources(self, run_id: UUID) -> tuple[SourceFile, ...]:
        """The strategy's modules as they were at execution."""
        return self.records.sources(run_id)

    def equity(self, record: Record, frame: str | None) -> pd.DataFrame | pl.DataFrame:
        """Time, equity, drawdown."""
        return frames.equity(self.table(record, "equity"), float(record.initial_capital), self.kind(frame))

    def trades(self, record: Record, frame: str | None) -> pd.DataFrame | pl.DataFrame:
        """Round trips."""
        return frames.from_arrow(self.table(record, "trades"), self.kind(frame))

    def fills(self, record: Record, frame: str | None) -> pd.DataFrame | pl.DataFrame:
        """Executions."""
        return frames.from_arrow(self.table(record, "fills"), self.kind(frame))

    def notes(self, record: Record) -> tuple[str, ...]:
        """What people wrote beside the run, oldest first."""
        return tuple(remark.value for remark in self.records.remarks(record.run_id) if remark.kind == "note")

    def card(self, record: Record) -> Card:
        """What is shown of a run; even where the database cannot be asked for its verdict."""
        from workbench.views import run_card

        try:
            verdict = self.verdict(record)
        except WorkbenchError:
            verdict = None
        outcome = None if verdict is None else str(verdict.outcome)
        return run_card(record, place=self.records.place(record.run_id), verdict=outcome)

    def verdict(self, record: Record) -> Verdict | None:
        """How a re-run came out beside its original; None for other runs, and where the original was deleted."""
        from workbench.reproduction import judge

        if record.rerun_of is None:
            return None
        try:
            original = self.records.get(record.rerun_of)
        except RunNotFound:
            return None
        return judge(self.evidence(original), self.evidence(record))

    def declarations(self, records: Sequence[Record]) -> Declarations:
        """How metrics of these runs are read that this session has not registered, as far as the database tells."""
        from workbench.storage import saved_metrics

        measured = {name for record in records if record.metrics is not None for name in record.metrics.custom}
        if measured <= registered().keys():
            return {}
        try:
            return saved_metrics(self.records.database)
        except WorkbenchError:
            return {}

    def evidence(self, record: Record) -> Evidence:
        """All that is recorded of a run and can explain how it came out."""
        from workbench.reproduction import Evidence

        snapshot = self.records.snapshot(record.run_id)
        return Evidence(
            record=record,
            snapshot=snapshot,
            sources=self.records.sources(record.run_id),
            months=self.records.months([use.fingerprint for use in snapshot.data]),
            environment=self.records.environment(record.run_id),
            trades=self.table(record, "trades"),
            fills=self.table(record, "fills"),
        )

    def table(self, record: Record, name: str) -> pa.Table:
        """One of them as it is stored."""
        return self.records.result(record.run_id, name)

    def tables(self, records: Sequence[Record], name: str) -> list[pa.Table]:
        """The same of several runs."""
        return self.records.results([record.run_id for record in records], name)
