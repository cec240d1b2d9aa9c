"""What the verbs work on: settings, catalog, database, saved runs, the kind of frames, and how notices are shown."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from workbench import frames, settings
from workbench.display.progress import Watch, bar
from workbench.frames import FrameKind
from workbench.verbs.results import ResultStore
from workbench.verbs.run import Run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from workbench.catalog import Catalog
    from workbench.storage import Database, SafeRecords


class Session:
    """One database, one catalog and the kind of frames; each is opened on first use.

    `tell` shows what a verb has to say beside its answer; it prints, until another function takes its place. `watch`
    shows the progress of a run in the same way. `engine_runs` are ids of saved runs by the ids that engines gave them.
    """

    def __init__(self, where: settings.Settings | None = None) -> None:
        self._settings = where
        self._frame: FrameKind = "pandas"
        self.tell: Callable[[str], None] = print
        self.watch: Watch = bar
        self.engine_runs: dict[str, str] = {}
        self._lock = threading.RLock()

    def connect(self, url: str | None = None) -> None:
        """Point at a database: a PostgreSQL URL, or without one ``DATABASE_URL``, ``.env``, the embedded PostgreSQL.

        Never required: every verb connects on first use. If it fails, everything stays as it was.

        Raises:
            InvalidInput: not the URL of a PostgreSQL database.
            DatabaseUnavailable: nobody answers there.
            DatabaseBehind: its schema is older; ``ntrader db upgrade`` brings it up.
        """
        from workbench.storage import Database

        where = replace(self.where, database_url=settings.read().database_url if url is None else url)
        Database(where).engine().dispose()
        with self._lock:
            self.close()
            self._settings = where

    def close(self) -> None:
        """Close all connections; the next verb connects again."""
        with self._lock:
            if "records" in self.__dict__:
                self.database.close()
            for name in ("where", "database", "records", "catalog"):
                self.__dict__.pop(name, None)

    def use(self, frames_of: str) -> None:
        """Choose the kind of every frame from now on: ``"pandas"`` or ``"polars"``."""
        self._frame = frames.check_kind(frames_of)

    def kind(self, frame: str | None = None) -> FrameKind:
        """The kind of frame for one call: the given one, or the one in use."""
        return self._frame if frame is None else frames.check_kind(frame)

    @cached_property
    def where(self) -> settings.Settings:
        """The home and the database."""
        return self._settings or settings.read()

    @cached_property
    def catalog(self) -> Catalog:
        """The market data."""
        from workbench.catalog import Catalog

        return Catalog(self.where.catalog)

    @cached_property
    def database(self) -> Database:
        """Where runs are saved."""
        return self.records.database

    @cached_property
    def records(self) -> SafeRecords:
        """The saved runs, and those that wait to be."""
        from workbench.storage import Database, SafeRecords

        return SafeRecords(Database(self.where), self.where.outbox, lambda text: self.tell(text))

    @property
    def results(self) -> ResultStore:
        """Where a `Run` gets what it does not carry."""
        return ResultStore(self.records, self.kind)

    def get(self, run_id: str | Run) -> Run:
        """One run by its id, a unique start of it, or a `Run`, read again."""
        return Run(self.records.get(key(run_id)), self.results)

    def get_all(self, run_ids: Sequence[str | Run]) -> list[Run]:
        """Several, in their order."""
        return [Run(record, self.results) for record in self.records.get_all([key(run_id) for run_id in run_ids])]


def key(run_id: str | Run) -> str | UUID:
    """What the database knows a run by."""
    return run_id.record.run_id if isinstance(run_id, Run) else run_id
