"""A connection to a server of any kind, waited for where all of them are taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from workbench.errors import Busy
from workbench.files import wait_until

if TYPE_CHECKING:
    import psycopg
    from sqlalchemy import Connection

PATIENCE = 20.0
"""Seconds that a free connection is waited for."""


def connected(connect: Callable[[], psycopg.Connection[Any]], patience: float) -> psycopg.Connection[Any]:
    """Connect, again and again while the server has no connection to spare.

    Raises:
        psycopg.OperationalError: nobody answers, or none of its connections came free within `patience` seconds.
    """
    import psycopg

    found: list[psycopg.Connection[Any]] = []
    refused: list[psycopg.OperationalError] = []

    def came_free() -> bool:
        try:
            found.append(connect())
        except psycopg.OperationalError as error:
            if not is_full(str(error)):
                raise
            refused.append(error)
        return bool(found)

    try:
        wait_until(
            came_free, patience=patience, awaited="a connection: all that the database allows are taken", often=0.1
        )
    except Busy:
        raise refused[-1] from None
    return found[0]


def driver(connection: Connection) -> psycopg.Connection[Any]:
    """The driver's own connection."""
    return cast("psycopg.Connection[Any]", connection.connection.driver_connection)


def is_full(reason: str) -> bool:
    """Whether a server has refused a connection because all are taken; the driver gives no code for that."""
    return any(words in reason for words in ("too many clients", "too many connections", "remaining connection slots"))
