"""A connection to a server of any kind, waited for where all of them are taken."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from workbench.files import say
from workbench.files.locks import QUIET

if TYPE_CHECKING:
    import psycopg

PATIENCE = 20.0
"""Seconds that a free connection is waited for."""


def connected(connect: Callable[[], psycopg.Connection[Any]], patience: float) -> psycopg.Connection[Any]:
    """Connect, again and again while the server has no connection to spare.

    Raises:
        psycopg.OperationalError: nobody answers, or none of its connections came free within `patience` seconds.
    """
    import psycopg

    began, told = time.monotonic(), False
    while True:
        try:
            return connect()
        except psycopg.OperationalError as error:
            waited = time.monotonic() - began
            if not is_full(str(error)) or waited > patience:
                raise
        if waited > QUIET and not told:
            told = True
            say("Waiting for a connection: all that the database allows are taken.")
        time.sleep(0.1)


def is_full(reason: str) -> bool:
    """Whether a server has refused a connection because all are taken; the driver gives no code for that."""
    return any(words in reason for words in ("too many clients", "too many connections", "remaining connection slots"))
