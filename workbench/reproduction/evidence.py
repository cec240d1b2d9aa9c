"""What the record knows of a run, side by side with another: what is judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

    from workbench.config import Snapshot
    from workbench.provenance import SourceFile
    from workbench.runs import Record

type Months = tuple[tuple[str, int, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that can explain why two runs came out differently.

    `months` are month, rows and digest of each fingerprint of market data, where they were recorded; `trades` and
    `fills` the stored tables.
    """

    record: Record
    snapshot: Snapshot
    sources: tuple[SourceFile, ...]
    months: Mapping[str, Months]
    environment: Mapping[str, Any]
    trades: pa.Table
    fills: pa.Table

    @property
    def id(self) -> str:
        """The run's UUID as text."""
        return str(self.record.run_id)
