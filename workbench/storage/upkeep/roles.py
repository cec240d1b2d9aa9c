"""Roles with no more rights than they need, for a server that several people share.

Whoever owns the tables migrates them. `WRITER` runs and records, `READER` looks; people's own logins are made members
of one of the two, so that the record knows by name who recorded what.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from workbench.errors import NotAllowed
from workbench.storage.database import Database
from workbench.storage.failures import unavailable
from workbench.storage.schema.own_schema import PATH, SCHEMA
from workbench.storage.schema.rules import FINISHING
from workbench.storage.schema.tables import metadata

READER, WRITER = "workbench_reader", "workbench_writer"

_SEEN = {
    "backtest_runs": "recorded_by = session_user",
    "performance_metrics": "exists (select from backtest_runs r where r.run_id = performance_metrics.run_id)",
    "run_results": "exists (select from backtest_runs r where r.run_id = run_results.run_id)",
    "run_parts": "exists (select from backtest_runs r where r.run_id = run_parts.run_id)",
    "run_labels": "exists (select from backtest_runs r where r.run_id = run_labels.run_id)",
    "run_remarks": "exists (select from backtest_runs r where r.run_id = run_remarks.run_id)",
    "run_groups": "exists (select from backtest_runs r where r.group_id = run_groups.group_id)",
    "environments": "exists (select from backtest_runs r where r.environment_sha256 = environments.environment_sha256)",
    # digests of market data, which is nobody's own
    "market_data": "true",
    "run_configs": "exists (select from backtest_runs r where r.config_sha256 = run_configs.config_sha256)",
    "config_bases": "exists (select from run_configs c where c.base_sha256 = config_bases.base_sha256)",
    "config_sources": "exists (select from config_bases b where b.base_sha256 = config_sources.base_sha256)",
    "source_files": "exists (select from config_sources c where c.source_sha256 = source_files.source_sha256)",
}
_OWN_ROWS_ONLY = text("select relrowsecurity from pg_class where oid = 'backtest_runs'::regclass")
_SHARED = frozenset(
    {"run_groups", "run_configs", "config_bases", "config_sources", "source_files", "environments", "market_data"}
)
"""Tables of what several runs have in common: a new row of theirs is nobody's yet."""


def statements(own_rows_only: bool | None = None) -> list[str]:
    """The SQL that makes the roles and gives them their rights; running it again changes nothing.

    Args:
        own_rows_only: True so that members see and delete their own runs only, False so that they see all of them,
            None to leave that as it is. The tables' owner sees all of them in any case.
    """
    made = [*(_role(name) for name in (READER, WRITER)), f"grant {READER} to {WRITER}"]
    return [PATH, *made, *_rights(), *(() if own_rows_only is None else _rows(own_rows_only))]


def renew(connection: Connection, own_rows_only: bool | None = None) -> None:
    """Give the rights on tables that were made anew, if the roles are there.

    Args:
        own_rows_only: whether members see and delete their own runs only; None for as the table of runs is.
    """
    if connection.scalar(text(f"select to_regrole('{READER}') is null or to_regrole('{WRITER}') is null")):
        return
    if own_rows_only is None:
        own_rows_only = connection.scalar(_OWN_ROWS_ONLY)
    for statement in (*_rights(), *(_rows(True) if own_rows_only else ())):
        connection.execute(text(statement))


def given(connection: Connection) -> tuple[bool, bool]:
    """Whether members may read the record, and whether their own runs only. It must be there."""
    readable = text(
        f"select coalesce(has_table_privilege(to_regrole('{READER}'), 'backtest_runs'::regclass, 'select'), false)"
    )
    return bool(connection.scalar(readable)), bool(connection.scalar(_OWN_ROWS_ONLY))


def _rights() -> list[str]:
    tables = ", ".join(metadata.tables)
    return [
        f"revoke all on {tables}, alembic_version from public, {READER}, {WRITER}",
        f"grant usage on schema {SCHEMA} to {READER}",
        f"grant select on {tables}, alembic_version to {READER}",
        f"grant insert on {tables} to {WRITER}",
        f"grant update ({', '.join(FINISHING)}) on backtest_runs to {WRITER}",
        f"grant update (name, tags) on run_labels to {WRITER}",
        # what hangs on a run goes with it, by the tables' owner
        f"grant delete on backtest_runs to {WRITER}",
    ]


def apply(database: Database, own_rows_only: bool | None = None) -> None:
    """Make the roles, all or none of it.

    Raises:
        NotAllowed: this login has not the right to; the message says what it lacks.
    """
    try:
        with database.engine().begin() as connection:
            grant(connection, own_rows_only)
    except DBAPIError as error:
        if error.connection_invalidated:
            raise unavailable(error) from None
        reason = str(error.orig).partition("\n")[0]
        raise NotAllowed(
            f"this login cannot make the roles: {reason}. It must own the tables and have CREATEROLE. "
            "For somebody who does: ntrader db roles > roles.sql"
        ) from None


def grant(connection: Connection, own_rows_only: bool | None = None) -> None:
    """Give the rights, in the transaction of `connection`."""
    for statement in statements(own_rows_only):
        connection.execute(text(statement))


def _role(name: str) -> str:
    return f"do $$ begin if to_regrole('{name}') is null then create role {name} nologin; end if; end $$"


def _rows(own_only: bool) -> Iterator[str]:
    for table, seen in _SEEN.items():
        yield f"drop policy if exists own_rows on {table}"
        yield f"drop policy if exists new_rows on {table}"
        if not own_only:
            yield f"alter table {table} disable row level security"
            continue
        yield f"alter table {table} enable row level security"
        if table in _SHARED:
            yield f"create policy own_rows on {table} for select using ({seen})"
            yield f"create policy new_rows on {table} for insert with check (true)"
        else:
            yield f"create policy own_rows on {table} using ({seen})"
