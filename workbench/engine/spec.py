"""One run, ready to go, as plain data: it can be pickled, sent to another process and run there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from workbench.config import Fingerprint, Snapshot
from workbench.provenance import SourceFile
from workbench.runs import RunWarning
from workbench.strategies import StrategyInfo


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, weakref_slot=True)
class Spec:
    """What to run and how it is recorded. It holds no bars, no classes and no engine.

    `params` are the strategy's as they were given, plain values; `native` is the whole `BacktestRunConfig` of a run
    that was given as one. Both hold secrets where there are any, which `snapshot` has masked: `hidden` lists those
    texts, which no record may show. `months` are the ``(month, rows, sha256)`` of each fingerprint of market data.

    `folder` is one of the user's project. Of a re-run `rerun_of` is the original, and `notes` say what is not as it was
    there. `ran` is when it began and ended, for a run that was made before it is recorded.
    """

    info: StrategyInfo
    snapshot: Snapshot
    fingerprint: Fingerprint
    sources: tuple[SourceFile, ...]
    months: Mapping[str, Sequence[tuple[str, int, str]]]
    params: Mapping[str, Any] = field(default_factory=dict, repr=False)
    native: Mapping[str, Any] | None = field(default=None, repr=False)
    hidden: tuple[str, ...] = field(default=(), repr=False)
    folder: Path | None = None
    rerun_of: UUID | None = None
    notes: tuple[RunWarning, ...] = ()
    ran: tuple[datetime, datetime] | None = None
