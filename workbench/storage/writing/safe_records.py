"""Records that lose no run: what the database cannot take waits in the outbox, and is stored once it can."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from workbench.config import Snapshot
from workbench.errors import DatabaseUnavailable, NotAllowed, OutboxUnavailable, RecordError
from workbench.provenance import SourceFile
from workbench.runs import Remark
from workbench.storage.database import Database
from workbench.storage.writing import arrow
from workbench.storage.writing.messages import Ending, Finish, Start
from workbench.storage.writing.outbox import Outbox
from workbench.storage.writing.records import Records, Ticket

if TYPE_CHECKING:
    import pyarrow as pa


class SafeRecords(Records):
    """The runs of one database, and those of this process that are not there yet.

    `tell` says in words where a run is. A run that waits can be read by whoever holds its `Run`: its results are kept
    in memory until they are stored.
    """

    def __init__(self, database: Database, folder: Path, tell: Callable[[str], None]) -> None:
        super().__init__(database)
        self.outbox = Outbox(folder)
        self._tell = tell
        self._held: dict[UUID, tuple[Start, Ending]] = {}
        database.on_open = self.deliver

    def begin(self, start: Start) -> Ticket:
        """Write the row as ``running``; where the database is away, into the outbox.

        Raises:
            OutboxUnavailable: neither can be written. Nothing was run.
        """
        self.deliver()
        try:
            return super().begin(start)
        except DatabaseUnavailable as away:
            try:
                self.outbox.put(start, None)
            except OutboxUnavailable as full:
                raise OutboxUnavailable(f"{away} And it cannot wait for it either: {full}. Nothing was run.") from None
            self._tell(f"{away} The run goes on.")
            return Ticket(start, None)

    def finish(self, ticket: Ticket, finish: Finish) -> None:
        """Write how it ended; where the database is away, into the outbox. Never raises for a place that is away."""
        if ticket.connection is not None:
            try:
                return super().finish(ticket, finish)
            except DatabaseUnavailable as away:
                self._tell(str(away))
        start, ending = ticket.start, Ending.of(finish)
        self._held[start.record.run_id] = start, ending
        try:
            self.outbox.put(start, ending)
            self._tell(f"Run {start.record.run_id} waits in {self.outbox.folder}. The next connection stores it.")
        except OutboxUnavailable as full:
            self._tell(
                f"Run {start.record.run_id} could not be saved anywhere: {full}. Its results are in this session only. "
                "Make room; the next run or question stores it."
            )
        finally:
            self.outbox.let_go(start)
        self.deliver()
        return None

    def deliver(self) -> None:
        """Store what waits, in order. It waits on while the database is away, or the outbox cannot be written."""
        try:
            stored = self._delivered()
            for start, ending in list(self._held.values()):  # what not even the disk could take
                self._store(start, ending)
                stored += 1
        except (DatabaseUnavailable, NotAllowed):  # a reader must not be kept from reading
            return
        if stored:
            self._tell(f"{stored} run{'s' * (stored > 1)} that waited {'are' if stored > 1 else 'is'} stored now.")

    def _delivered(self) -> int:
        try:
            return self.outbox.deliver(self._store)
        except RecordError:
            raise
        except OSError:  # the disk is full or read-only; the database may take what is in memory all the same
            return 0

    def _store(self, start: Start, ending: Ending | None) -> None:
        self.store(start, ending)
        self._held.pop(start.record.run_id, None)

    def place(self, run_id: UUID) -> str:
        """Where a run is: ``saved``, ``waiting for the database`` or, where nothing could be written, ``not saved``."""
        held = self._held.get(run_id)
        if held is None:
            return "saved"
        return "waiting for the database" if self.outbox.has(held[0]) else "not saved"

    def snapshot(self, run_id: UUID) -> Snapshot:
        """The configuration, of a run that waits too."""
        held = self._held.get(run_id)
        return super().snapshot(run_id) if held is None else Snapshot.parse(held[0].config_text)

    def sources(self, run_id: UUID) -> tuple[SourceFile, ...]:
        """The recorded modules, of a run that waits too."""
        held = self._held.get(run_id)
        return super().sources(run_id) if held is None else held[0].sources

    def environment(self, run_id: UUID) -> dict[str, Any]:
        """Versions, commit and notebook, of a run that waits too."""
        held = self._held.get(run_id)
        return super().environment(run_id) if held is None else dict(held[1].environment)

    def remarks(self, run_id: UUID) -> list[Remark]:
        """What was said of a run; of one that waits nothing yet."""
        return [] if run_id in self._held else super().remarks(run_id)

    def results(self, run_ids: Sequence[UUID], name: str) -> list[pa.Table]:
        """One of the results of several runs, of those that wait too."""
        there = [run_id for run_id in run_ids if run_id not in self._held]
        stored = dict(zip(there, super().results(there, name), strict=True)) if there else {}
        return [
            arrow.unpack(self._held[run_id][1].tables[name]) if run_id in self._held else stored[run_id]
            for run_id in run_ids
        ]
