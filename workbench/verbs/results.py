"""Where a `Run` fetches what it does not carry: stored results as frames of the chosen kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from workbench import frames
from workbench.errors import RunNotFound
from workbench.frames import Kind
from workbench.runs import Record

if TYPE_CHECKING:
    import pyarrow as pa

    from workbench.config import Snapshot
    from workbench.provenance import SourceFile
    from workbench.reproduction import Evidence, Verdict
    from workbench.storage import SafeRecords


@dataclass(frozen=True, slots=True)
class StoredResults:
    """A `Shelf` on one record."""

    records: SafeRecords
    kind: Callable[[], Kind]

    def snapshot(self, run_id: UUID) -> Snapshot:
        """The configuration as it was at execution."""
        return self.records.snapshot(run_id)

    def sources(self, run_id: UUID) -> tuple[SourceFile, ...]:
        """The strategy's modules as they were at execution."""
        return self.records.sources(run_id)

    def equity(self, record: Record) -> Any:
        """Time, equity, drawdown."""
        return frames.equity(self.table(record, "equity"), float(record.initial_capital), self.kind())

    def trades(self, record: Record) -> Any:
        """Round trips."""
        return frames.from_arrow(self.table(record, "trades"), self.kind())

    def fills(self, record: Record) -> Any:
        """Executions."""
        return frames.from_arrow(self.table(record, "fills"), self.kind())

    def place(self, run_id: UUID) -> str:
        """Whether it is saved, or where it waits."""
        return self.records.place(run_id)

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
