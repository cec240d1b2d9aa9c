"""The rooms of one workbench: its settings, catalog, database and records, each opened on first use."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from workbench import frames, settings
from workbench.display.progress import Watch, bar
from workbench.frames import Kind
from workbench.verbs.results import StoredResults

if TYPE_CHECKING:
    from workbench.catalog import Catalog
    from workbench.storage import Database, SafeRecords


class Opened:
    """One database, one catalog and the kind of frames, for the verbs to work with.

    `tell` is how a verb says something beside its answer; it prints, until another way is put in its place. `watch` is
    how the progress of a run is shown, in the same way.
    """

    def __init__(self, where: settings.Settings | None = None) -> None:
        self._settings = where
        self._frame: Kind = "pandas"
        self.tell: Callable[[str], None] = print
        self._engine_runs: dict[str, str] = {}
        self.watch: Watch = bar
        self._lock = threading.RLock()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._where!r})"

    def connect(self, url: str | None = None) -> None:
        """Point at a database: a PostgreSQL URL, or without one ``DATABASE_URL``, ``.env``, the embedded PostgreSQL.

        Never required: every verb connects on first use. If it fails, everything stays as it was.

        Raises:
            InvalidInput: not the URL of a PostgreSQL database.
            DatabaseUnavailable: nobody answers there.
            DatabaseBehind: its schema is older; ``ntrader db upgrade`` brings it up.
        """
        from workbench.storage import Database

        where = replace(self._where, database_url=settings.read().database_url if url is None else url)
        Database(where).engine().dispose()
        with self._lock:
            self.close()
            self._settings = where

    def close(self) -> None:
        """Give all connections back; the next verb connects again."""
        with self._lock:
            if "_records" in self.__dict__:
                self._database.close()
            for name in ("_where", "_database", "_records", "_catalog"):
                self.__dict__.pop(name, None)

    def use(self, frames_of: str) -> None:
        """Choose the kind of every frame from now on: ``"pandas"`` or ``"polars"``."""
        self._frame = frames.check_kind(frames_of)

    @property
    def where(self) -> settings.Settings:
        """The home and the database that every verb works with."""
        return self._where

    def _kind(self, frame: str | None) -> Kind:
        return self._frame if frame is None else frames.check_kind(frame)

    @cached_property
    def _where(self) -> settings.Settings:
        return self._settings or settings.read()

    @cached_property
    def _catalog(self) -> Catalog:
        from workbench.catalog import Catalog

        return Catalog(self._where.catalog)

    @cached_property
    def _database(self) -> Database:
        return self._records.database

    @cached_property
    def _records(self) -> SafeRecords:
        from workbench.storage import Database, SafeRecords

        return SafeRecords(Database(self._where), self._where.outbox, lambda text: self.tell(text))

    @property
    def _shelf(self) -> StoredResults:
        return StoredResults(self._records, lambda: self._frame)
