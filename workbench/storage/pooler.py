"""Whether a connection has a session of the server for itself, as the lock of a run under way needs it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from workbench.storage.server.connections import driver

if TYPE_CHECKING:
    import psycopg
    from sqlalchemy import Engine

NO_TRANSACTIONS = "08P01"
"""The code of a pooler that shares sessions out by the statement, and has no transactions."""

UNKNOWN_SETTING = "unsupported startup parameter"
"""What pgbouncer says of settings that it does not pass on; a refused connection has no code to go by."""


def shares_sessions(engine: Engine) -> bool:
    """Whether somebody in between hands the sessions of the server out anew with every transaction.

    A server that answers itself gives its process's number when it is connected to and again when it is asked: one
    short question is all that costs. A pooler makes one up. Then two connections are asked in turn: in session mode
    each of them meets one process of its own; else one meets several, or two meet the same.

    Raises:
        OperationalError: nobody answers.
    """
    with _alone(engine) as first:
        seen = {_process(first)}
        if seen == {first.info.backend_pid}:
            return False
        seen.add(_process(first))
        with _alone(engine) as second:
            others = {_process(second)}
            seen.add(_process(first))
            others.add(_process(second))
    return len(seen) > 1 or len(others) > 1 or bool(seen & others)


@contextmanager
def _alone(engine: Engine) -> Iterator[psycopg.Connection[Any]]:
    """A connection of the driver's, each statement a transaction of its own."""
    with engine.connect() as connection:
        alone = connection.execution_options(isolation_level="AUTOCOMMIT")
        yield driver(alone)


def _process(connection: psycopg.Connection[Any]) -> int:
    # a statement that was prepared could not be found in another session
    answer = connection.execute("select pg_backend_pid()", prepare=False).fetchone()
    return 0 if answer is None else int(answer[0])
