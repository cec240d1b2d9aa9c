"""One connection pool on one database, its schema known to be this version's."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import (
    DBAPIError,
    OperationalError,
    ProgrammingError,
)

from workbench.errors import (
    Busy,
    DatabaseAhead,
    DatabaseBehind,
    DatabaseUnavailable,
    NotAllowed,
)
from workbench.files import wait_until
from workbench.settings import Settings
from workbench.storage.failures import NO_RIGHT, away_or, refuse, unavailable
from workbench.storage.pool import connection_url, new_pool, refuse_pooler
from workbench.storage.schema.own_schema import (
    SCHEMA,
    refuse_old_server,
    refuse_other_encoding,
    schema_of_record,
)
from workbench.storage.schema.tables import REVISION
from workbench.storage.server import embedded
from workbench.storage.server.connections import driver

UPGRADE_LOCK = 7_290_111
PATIENCE = 3600.0
"""Seconds that another process's change of the schema is waited for: a large record takes its time."""
CHANGING = "another process that changes the schema"
NO_SUCH_TABLE = "42P01"


class Database:
    """Opens on first use; safe to share between threads; a forked child opens its own connections.

    With `hurry`, nothing is waited for longer than so many seconds: neither a start, nor a connection, nor an answer.
    `on_open` is called whenever it has come to be open, after being closed or away. `labelled` is set once
    runs in it are known to have names or tags.
    """

    def __init__(self, settings: Settings, *, hurry: float | None = None) -> None:
        self.settings = settings
        self._hurry = hurry
        self._engine: Engine | None = None
        self._finalize: Callable[[], Any] = lambda: None
        self._opening = threading.Lock()
        self.on_open: Callable[[], None] | None = None
        self.labelled = False

    def __repr__(self) -> str:
        return f"Database({self.settings!r})"

    def engine(self) -> Engine:
        """The pool, with the schema checked once.

        Raises:
            DatabaseUnavailable: nobody answers.
            DatabasePooled: a pooler answers, and is not in session mode.
            DatabaseBehind: the server's schema is older; the embedded one upgrades itself.
            DatabaseAhead: it is newer.
        """
        engine = self._engine
        if engine is not None:
            return engine
        with self._opening:
            if self._engine is not None:
                return self._engine
            engine = new_pool(connection_url(self.settings, self._hurry or embedded.PATIENCE), self._hurry)
            try:
                self._check(engine)
            except BaseException:
                engine.dispose()
                raise
            self._engine = engine
            # a workbench that is never closed leaves no connection behind
            self._finalize = finalize = weakref.finalize(self, engine.dispose)
            finalize.atexit = False
        if self.on_open is not None:
            self.on_open()
        return engine

    def read[T](self, question: Callable[[Connection], T]) -> T:
        """Ask one question; ask it again, once, if the connection turns out to be dead.

        Raises:
            DatabaseUnavailable: it is dead for good.
        """
        for last in (False, True):
            try:
                with self.engine().connect() as connection:
                    return question(connection)
            except DBAPIError as error:
                refuse(error, self.engine().url.username)
                if not error.connection_invalidated and not isinstance(error, OperationalError):
                    raise
                if last or self._hurry is not None:
                    raise unavailable(error) from None
                self.close()
        raise AssertionError("unreachable")

    def ask[T](self, question: Callable[[psycopg.Connection[Any]], T]) -> T:
        """As `read`, on the driver's own connection and in one round trip: there is no transaction around it."""

        def plainly(connection: Connection) -> T:
            direct = driver(connection.execution_options(isolation_level="AUTOCOMMIT"))
            try:
                return question(direct)
            except psycopg.OperationalError as error:
                if direct.broken:
                    connection.invalidate()
                raise OperationalError(None, None, error, connection_invalidated=direct.broken) from None

        return self.read(plainly)

    def write[T](self, work: Callable[[Connection], T]) -> T:
        """Do one piece of work in one transaction. Not tried again: it may have been done.

        Raises:
            NotAllowed: this login has not the right to.
        """
        try:
            with self.engine().begin() as connection:
                return work(connection)
        except DBAPIError as error:
            refuse(error, self.engine().url.username)
            raise

    def connect(self) -> Connection:
        """A connection to hold for a while; the caller must close it.

        Raises:
            DatabaseUnavailable: nobody answers, though somebody did before.
        """
        try:
            return self.engine().connect()
        except DBAPIError as error:
            raise away_or(error) from None

    def close(self) -> None:
        """Give every connection back. The next question opens new ones."""
        with self._opening:
            if self._engine is not None:
                self._finalize()
                self._engine = None

    def place(self) -> str:
        """Where it is, without user and password."""
        url = self.engine().url
        if self.settings.database_url is None:
            return f"embedded, in {self.settings.database}"
        return f"{url.host or 'localhost'}:{url.port or 5432}/{url.database or ''}"

    def upgrade(self) -> str | None:
        """Bring the schema to this version. Returns the revision it had, None for an empty database.

        Raises:
            DatabaseUnavailable: nobody answers.
            DatabasePooled: a pooler answers, and is not in session mode.
            DatabaseAhead: the schema is newer than this version.
            NotAllowed: this login has not the right to.
        """
        engine = new_pool(connection_url(self.settings))
        try:
            refuse_pooler(engine)
            refuse_newer(_revision(engine))
            return _upgrade(engine, self._hurry or PATIENCE)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != NO_RIGHT:
                raise
            reason = str(error.orig).partition("\n")[0]
            raise NotAllowed(
                f"the login {engine.url.username or 'you have'} may not make the tables: {reason}. It must own those "
                "that there are, and in psql the database's owner types: grant create on database … to …"
            ) from None
        finally:
            engine.dispose()

    @contextmanager
    def changing(self) -> Iterator[Connection]:
        """One transaction that alone changes the schema, whichever it is: all of it is done, or nothing.

        Raises:
            DatabaseUnavailable: nobody answers.
            DatabaseAhead: the schema is newer than this version.
        """
        engine = new_pool(connection_url(self.settings))
        try:
            refuse_newer(_revision(engine))
            with _alone(engine) as connection:
                refuse_other_encoding(connection)
                yield connection
        finally:
            engine.dispose()

    def revision(self) -> str | None:
        """The revision the database has, whatever this version needs; None for an empty one."""
        engine = new_pool(connection_url(self.settings))
        try:
            return _revision(engine)
        finally:
            engine.dispose()

    def _check(self, engine: Engine) -> None:
        if self.settings.database_url is not None:
            refuse_pooler(engine)
        revision = _revision(engine)
        if revision == REVISION:
            return
        refuse_newer(revision)
        if self.settings.database_url is None:
            self.upgrade()
            return
        has = "no tables yet" if revision is None else f"schema {revision}"
        raise DatabaseBehind(f"the database has {has} and this workbench needs {REVISION}. Type: ntrader db upgrade")


@contextmanager
def one_moment(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """What several questions see inside is the record of one moment: no run ends between them."""
    connection.execute("begin isolation level repeatable read read only")
    try:
        yield
    except BaseException:
        if not connection.closed:
            connection.rollback()
        raise
    connection.commit()  # not a rollback, after which every statement is planned anew


def refuse_newer(found: str | None) -> None:
    """Leave a database alone that a newer workbench has upgraded.

    Raises:
        DatabaseAhead: it is one.
    """
    if found is not None and found > REVISION:
        raise DatabaseAhead(
            f"the database has schema {found} and this workbench knows up to {REVISION}. "
            "Install a newer workbench; an older one must not write here."
        )


def _revision(engine: Engine) -> str | None:
    try:
        with engine.connect() as connection:
            refuse_old_server(driver(connection).info.server_version)
            try:
                return revision_in(SCHEMA, connection)
            except ProgrammingError as error:
                if getattr(error.orig, "sqlstate", None) != NO_SUCH_TABLE:
                    raise
            connection.rollback()
            before = schema_of_record(connection)
            return None if before is None else revision_in(before, connection)
    except ProgrammingError as error:
        refuse(error, engine.url.username)
        raise unavailable(error) from None
    except OperationalError as error:
        raise unavailable(error) from None


def revision_in(schema: str, connection: Connection) -> str | None:
    """The revision of the record in a schema; None where all its migrations were undone."""
    # with the schema's name: one that is closed to this login would otherwise look as if it were not there
    question = psycopg.sql.SQL("select version_num from {}.alembic_version").format(psycopg.sql.Identifier(schema))
    revision = connection.exec_driver_sql(question.as_string()).scalar()
    return None if revision is None else str(revision)


def _upgrade(engine: Engine, patience: float) -> str | None:
    from workbench.storage.schema.migrate import upgrade

    with _alone(engine, patience) as connection:
        before = _revision(engine)
        if before != REVISION:
            refuse_other_encoding(connection)
            upgrade(connection)
        return before


def _is_ours(connection: Connection) -> bool:
    ours = connection.scalar(text("select pg_try_advisory_lock(:key)"), {"key": UPGRADE_LOCK})
    connection.commit()
    return bool(ours)


@contextmanager
def _alone(engine: Engine, patience: float = PATIENCE) -> Iterator[Connection]:
    """One transaction under a lock, so that two processes that start together do not both change the schema."""
    with engine.connect() as connection:
        try:
            wait_until(lambda: _is_ours(connection), patience=patience, awaited=CHANGING)
        except Busy as error:
            raise DatabaseUnavailable(f"the database is busy: {error}") from None
        try:
            yield connection
            connection.commit()
        finally:
            connection.rollback()
            connection.execute(text("select pg_advisory_unlock(:key)"), {"key": UPGRADE_LOCK})
            connection.commit()
