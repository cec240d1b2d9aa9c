"""A pool of connections: where the settings say, with what every session relies on, and no pooler in between."""

from __future__ import annotations

import json
import os
import weakref
from typing import TYPE_CHECKING, Any

import psycopg
from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, OperationalError, ProgrammingError

from workbench.errors import DatabasePooled, InvalidInput
from workbench.settings import Settings
from workbench.storage import pooler
from workbench.storage.failures import unavailable
from workbench.storage.schema.own_schema import RELIED_ON
from workbench.storage.server import connections, embedded

if TYPE_CHECKING:
    from sqlalchemy import URL

# On anything but a spinning disk a random page costs no more than the next one.
# To call other processes for help takes longer than most answers.
SESSION = "-c jit=off -c random_page_cost=1.1 -c max_parallel_workers_per_gather=0 -c application_name=workbench"


def connection_url(settings: Settings, patience: float = embedded.PATIENCE) -> URL:
    """The SQLAlchemy URL of the database that the settings name; the embedded server is started for it.

    It is waited for `patience` seconds at most.

    Raises:
        InvalidInput: a ``DATABASE_URL`` that is none, or not PostgreSQL's. The message never shows the URL.
        DatabaseUnavailable: the embedded server does not start.
    """
    if settings.database_url is None:
        return make_url(embedded.start(settings.database, patience=patience)).set(drivername="postgresql+psycopg")
    try:
        url = make_url(settings.database_url)
    except (ArgumentError, ValueError):
        # from None: the cause's text holds the URL, password included
        raise InvalidInput("DATABASE_URL is not a URL. Type postgresql://user:password@host:5432/database.") from None
    if url.get_backend_name() not in ("postgresql", "postgres"):
        raise InvalidInput(f"DATABASE_URL begins with {url.drivername!r}; the workbench stores in PostgreSQL only.")
    url = url.set(drivername="postgresql+psycopg")
    if (password := url.query.get("password")) is not None:
        # where it stands now it would be shown with the rest of the address
        url = url.difference_update_query(["password"]).set(password=str(password))
    return url


def session(url: URL) -> dict[str, Any]:
    """What every connection asks libpq for: what the URL asks for too, but for what values are written and read by."""
    return {
        "options": f"{SESSION} {url.query.get('options', '')} {RELIED_ON}",
        "connect_timeout": url.query.get("connect_timeout", "10"),
        "client_encoding": "UTF8",
    }


def new_pool(url: URL, hurry: float | None = None) -> Engine:
    """Connections of this address, opened as they are needed. With `hurry`, none waits longer than so many seconds."""
    arguments, patience = session(url), connections.PATIENCE
    if hurry is not None:
        patience = hurry
        arguments["options"] += f" -c statement_timeout={round(1000 * hurry)}"
        arguments["connect_timeout"] = str(max(2, round(hurry)))
    engine = create_engine(
        url, pool_size=5, max_overflow=20, pool_use_lifo=True, connect_args=arguments, json_deserializer=_decoded
    )

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, places: Any, named: Any) -> psycopg.Connection[Any]:
        return connections.connected(lambda: psycopg.connect(*places, **named), patience)

    _OPEN.add(engine)
    return engine


def refuse_pooler(engine: Engine) -> None:
    """Begin nothing where a lock would not be kept for longer than a transaction.

    Raises:
        DatabasePooled: that is so.
        DatabaseUnavailable: nobody answers.
    """
    why, more = "gives every transaction another session of the server", ""
    try:
        if not pooler.shares_sessions(engine):
            return
    except (OperationalError, ProgrammingError) as error:
        if pooler.UNKNOWN_SETTING in str(error.orig):
            why, more = "does not let the settings of a session pass", " and ignore_startup_parameters = options"
        elif getattr(error.orig, "sqlstate", None) != pooler.NO_TRANSACTIONS:
            raise unavailable(error) from None
    raise DatabasePooled(
        f"DATABASE_URL leads to a pooler that {why}: set it to session mode (pgbouncer: pool_mode = session{more}), "
        "or type the address of the server itself."
    ) from None


def _decoded(text: bytes) -> Any:
    """As `json.loads`, which asks for so much first that an empty list takes it three times as long."""
    return _DECODED(text.decode())[0]


_DECODED = json.JSONDecoder().raw_decode
_OPEN: weakref.WeakSet[Engine] = weakref.WeakSet()


def _leave_to_parent() -> None:
    """A forked child must not talk over its parent's sockets."""
    for engine in list(_OPEN):
        engine.dispose(close=False)


os.register_at_fork(after_in_child=_leave_to_parent)
