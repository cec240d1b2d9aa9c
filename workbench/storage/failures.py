"""What the driver says of a database that is away, full or refuses, in words."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError

from workbench.errors import DatabaseUnavailable, NotAllowed
from workbench.storage.server import connections

NO_RIGHT = "42501"


def away_or(error: DBAPIError) -> Exception:
    """What to raise: that the database is away, down, full or read-only; or the error itself, which is then a bug."""
    away = error.connection_invalidated or isinstance(error, OperationalError | InterfaceError | InternalError)
    return unavailable(error) if away else error


def refuse(error: DBAPIError, login: str | None) -> None:
    """Say in words what the server refused for want of a right.

    Raises:
        NotAllowed: that is what it was.
    """
    if getattr(error.orig, "sqlstate", None) == NO_RIGHT:
        reason = str(error.orig).partition("\n")[0]
        raise NotAllowed(
            f"the login {login or 'you have'} may not do that: {reason}. Whoever owns the tables can allow it: "
            f"grant workbench_writer to {login or 'it'}"
        ) from None


def unavailable(error: DBAPIError) -> DatabaseUnavailable:
    """What the driver says, in one line, without the connection string."""
    reason = "; ".join(line.strip() for line in str(error.orig).splitlines() if line.strip())[:300]
    if connections.is_full(reason):
        return DatabaseUnavailable(
            "all connections that the database allows are taken. Close notebooks and programs that use it, or let its "
            "owner raise max_connections; see who is connected with: select * from pg_stat_activity"
        )
    return DatabaseUnavailable(
        f"the database cannot be reached: {reason.rstrip('.')}. Check DATABASE_URL, or ask: ntrader db status"
    )
