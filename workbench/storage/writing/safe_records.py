"""Records that lose no run: what the database cannot take waits in the outbox, and is stored once it can."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy.exc import DataError, IntegrityError

from workbench.config import Snapshot
from workbench.errors import DatabaseUnavailable, NotAllowed, OutboxUnavailable, RecordError, RunNotFound, described
from workbench.provenance import SourceFile
from workbench.runs import Remark
from workbench.storage.database import Database
from workbench.storage.writing import arrow
from workbench.storage.writing.messages import Ending, Finish, Start
from workbench.storage.writing.outbox import Outbox
from workbench.storage.writing.records import Records
from workbench.storage.writing.ticket import Ticket

if TYPE_CHECKING:
    import pyarrow as pa


class SafeRecords(Records):
    """The runs of one database, and those of this process that are not there yet.

    `tell` says in words where a run is. A run that waits can be read by whoever holds its `Run`: its results are kept
    in memory until they are stored.
    """

    def __init__(self, database: Database, folder: Path, tell: Callable[[str], None]) -> None:
        super().__init__(database)
        self.outbox = Outbox(folder, database.settings.login)
        self._tell = tell
        self._held: dict[UUID, tuple[Start, Ending]] = {}
        self._here_only: set[UUID] = set()
        self._told: set[Path] = set()
        self._deleted: dict[UUID, str] = {}
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
        """Write how it ended; where that fails for whatever reason, into the outbox, and say so.

        A run that was deleted meanwhile is kept beside the outbox: `deleted` says where. Nothing is raised but what
        stops the process, and that once the run waits.
        """
        start, ending = ticket.start, Ending.of(finish)
        try:
            if ticket.connection is not None:
                self._end(ticket, ending)
                return
            self._wait(start, ending)
        except RunNotFound:
            self._keep_deleted(start, ending)
            return
        except RecordError as away:
            self._wait(start, ending, str(away))
        except Exception as error:  # noqa: BLE001 - whatever it is, the work is done and must not be lost
            self._wait(start, ending, f"the run could not be stored: {_said(error)}.")
            return
        except BaseException:
            self._wait(start, ending)
            raise
        with suppress(RecordError):  # it has been told, and whoever asks next is told again
            self.deliver()

    def _wait(self, start: Start, ending: Ending, why: str = "") -> None:
        """Put a run that has ended into the outbox, and say so; where even that fails, hold it."""
        run_id = start.record.run_id
        self._held[run_id] = start, ending
        try:
            self.outbox.put(start, ending)
            told = f"Run {run_id} waits in {self.outbox.folder}. The next connection stores it."
        except OutboxUnavailable as full:
            self._here_only.add(run_id)
            told = (
                f"Run {run_id} could not be saved anywhere: {full}. Its results are in this session only. "
                "Make room; the next run or question stores it."
            )
        finally:
            self.outbox.let_go(start)
        for text in filter(None, (why, told)):
            self._tell(text)

    def _keep_deleted(self, start: Start, ending: Ending) -> None:
        self._held[start.record.run_id] = start, ending
        try:
            file = self.outbox.set_aside(start, ending)
            where = f"also in {file}; renamed to end in .json, it is recorded by the next connection"
        except OutboxUnavailable as full:
            where = f"nowhere else: {full}"
        self._deleted[start.record.run_id] = where

    def deleted(self, run_id: UUID) -> str | None:
        """Where else than in memory the result is of a run that was deleted while it ran; None for all others."""
        return self._deleted.get(run_id)

    def deliver(self) -> None:
        """Store what waits, in order. It waits on while the database is away, or the outbox cannot be written."""
        try:
            stored = self._delivered() + self._delivered_from_here()
        except (DatabaseUnavailable, NotAllowed):  # a reader must not be kept from reading
            return
        if stored:
            self._tell(f"{stored} run{'s' * (stored > 1)} that waited {'are' if stored > 1 else 'is'} stored now.")

    def _delivered(self) -> int:
        try:
            return self.outbox.deliver(self._store, self._failed)
        except RecordError:
            raise
        except OSError:  # the disk is full or read-only; the database may take what is in memory all the same
            return 0

    def _delivered_from_here(self) -> int:
        """Store what not even the disk could take."""
        done = 0
        for run_id in list(self._here_only):
            try:
                self._store(*self._held[run_id])
                done += 1
            except RecordError:
                raise
            except Exception as error:  # noqa: BLE001 - no other run nor question may fail by this one
                self._tell(f"Run {run_id} could not be stored: {_said(error)}. It stays in this session only.")
            self._here_only.discard(run_id)
        return done

    def _failed(self, file: Path, error: Exception) -> None:
        """Say so, of each file once."""
        if file not in self._told:
            self._told.add(file)
            self._tell(f"A run that waited could not be stored: {_said(error)}. It is kept as {file}.")

    def _store(self, start: Start, ending: Ending | None) -> None:
        try:
            self.store(start, ending)
        except (IntegrityError, DataError) as error:
            raise ValueError(_said(error)) from error
        self._held.pop(start.record.run_id, None)

    def place(self, run_id: UUID) -> str:
        """Where a run is: ``saved``, ``waiting for the database``, ``deleted``, or ``not saved``: in memory only."""
        held = self._held.get(run_id)
        if run_id in self._deleted:
            return "deleted"
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


def _said(error: Exception) -> str:
    """In one line: what the driver adds below it is the whole statement."""
    return described(error).partition("\n")[0].rstrip(".")
