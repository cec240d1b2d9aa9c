"""The record's own PostgreSQL schema, what every connection to it sets, and which servers can hold it."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT

from workbench.errors import DatabaseBehind, InvalidInput

SCHEMA = "workbench"
OLDEST = 15
"""The oldest major version of PostgreSQL that the tests run on."""
PATH = f"set search_path = {SCHEMA}, pg_temp"
RELIED_ON = (
    f"-c search_path={SCHEMA},pg_temp -c timezone=UTC -c datestyle=ISO,YMD -c extra_float_digits=1 "
    "-c standard_conforming_strings=on -c quote_all_identifiers=off"
)
"""Settings of a session by which values are written and read, whatever the login, database or address says."""
_SIGNS = ("alembic_version", "backtest_runs", "performance_metrics", "run_configs", "run_results", "source_files")
# by the catalogs alone: a name in a schema that is closed to this login cannot be looked up
_BEFORE = text("""
select nspname from pg_namespace n
where (select count(*) from pg_class where relnamespace = n.oid and relkind = 'r' and relname = any(:tables)) = :count
    and exists (select from pg_proc where pronamespace = n.oid and proname = 'run_lock_key')
    and exists (select from pg_proc where pronamespace = n.oid and proname = 'leave_running_once')
order by nspname <> 'public', nspname limit 1
""").bindparams(bindparam("tables", list(_SIGNS), ARRAY(TEXT)), bindparam("count", len(_SIGNS)))
"""Up to 0006 the record lay in `public`, or where else its owner's search path led. Other tables are not ours."""
_OWN = text("select exists (select from pg_class where relnamespace = to_regnamespace(:schema) and relname = :table)")


def schema_of_record(connection: Connection) -> str | None:
    """The schema that the record lies in: its own, or that of an older version. None where there is no record."""
    if connection.scalar(_OWN, {"schema": SCHEMA, "table": "alembic_version"}):
        return SCHEMA
    before: str | None = connection.scalar(_BEFORE)
    return before


def refuse_old_server(version: int) -> None:
    """Leave a server alone that is too old.

    Args:
        version: as libpq says it: 150018 is 15.18.

    Raises:
        DatabaseBehind: it is.
    """
    if version < OLDEST * 10_000:
        raise DatabaseBehind(
            f"the server is PostgreSQL {version // 10_000} and the workbench needs {OLDEST} or newer. Upgrade the "
            "server, or set DATABASE_URL to another."
        )


def refuse_other_encoding(connection: Connection) -> None:
    """Make no tables where not every text can be stored.

    Raises:
        InvalidInput: the database is not in UTF-8.
    """
    name, encoding = connection.execute(text("select current_database(), current_setting('server_encoding')")).one()
    if encoding != "UTF8":
        raise InvalidInput(
            f"the database {name} is in {encoding}, where not every text can be stored. Make one in UTF-8 and set "
            f"DATABASE_URL to it: create database {SCHEMA} template template0 encoding 'UTF8' locale 'C'"
        )
