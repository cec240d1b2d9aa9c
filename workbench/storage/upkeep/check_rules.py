"""What the database itself can say of a record: rules in place, rules kept, references and digests that agree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, func, select, text
from sqlalchemy.dialects import postgresql

from workbench.storage.schema.own_schema import SCHEMA
from workbench.storage.schema.tables import RULES, metadata

_MADE = re.compile(r"create trigger (\w+) [\w ]+ on (\w+)")
_TRIGGERS = f"""
select relname, tgname from pg_trigger join pg_class on pg_class.oid = tgrelid
where relnamespace = '{SCHEMA}'::regnamespace and not tgisinternal and tgenabled = 'O'
"""
# version 18 can write a rule down and not enforce it, and says so in a column of its own
_CONSTRAINTS = f"""
select relname, conname from pg_constraint c join pg_class on pg_class.oid = conrelid
where connamespace = '{SCHEMA}'::regnamespace and convalidated
    and coalesce(to_jsonb(c) ->> 'conenforced', 'true')::boolean
"""
_INDEXES = f"""
select on_table.relname, index.relname from pg_index
join pg_class on_table on on_table.oid = indrelid join pg_class index on index.oid = indexrelid
where on_table.relnamespace = '{SCHEMA}'::regnamespace and not (indisvalid and indisready)
"""
_RULES_OF = """
select conname, pg_get_expr(conbin, conrelid) from pg_constraint
where conrelid = to_regclass(:table) and contype = 'c' order by conname
"""
_QUESTIONS = (
    (
        "configuration",
        "its text has another digest",
        "select encode(config_sha256, 'hex') from run_configs join config_bases using (base_sha256) "
        "where sha256(convert_to(config_text(parts, own), 'UTF8')) <> config_sha256",
    ),
    (
        "source",
        "its text has another digest",
        "select encode(source_sha256, 'hex') from source_files "
        "where sha256(convert_to(source, 'UTF8')) <> source_sha256",
    ),
    (
        "configuration",
        "no run has it",
        "select encode(config_sha256, 'hex') from run_configs c "
        "where not exists (select from backtest_runs r where r.config_sha256 = c.config_sha256)",
    ),
    (
        "base",
        "no configuration has it",
        "select encode(base_sha256, 'hex') from config_bases b "
        "where not exists (select from run_configs c where c.base_sha256 = b.base_sha256)",
    ),
    (
        "source",
        "no configuration has it",
        "select encode(source_sha256, 'hex') from source_files s "
        "where not exists (select from config_sources c where c.source_sha256 = s.source_sha256)",
    ),
    (
        "run",
        "its metrics stand under another strategy, instrument or time",
        "select run_id from performance_metrics m join backtest_runs r using (run_id) where "
        "(m.strategy_key, m.strategy_type, m.instrument_id, m.started_at) is distinct from "
        "(r.strategy_key, r.strategy_type, r.instrument_id, r.started_at)",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong, and with what: a run's id, a table, a digest."""

    subject: str
    problem: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.problem}"


def by_the_database(connection: Connection) -> Iterator[Finding]:
    """Everything that is wrong and can be told by a query."""
    yield from _rules_in_place(connection)
    yield from _rules_kept(connection)
    for what, problem, question in _QUESTIONS:
        for (subject,) in connection.execute(text(question), execution_options={"yield_per": 1000}):
            yield Finding(subject=f"{what} {subject}", problem=problem)


def _rules_in_place(connection: Connection) -> Iterator[Finding]:
    """Triggers, constraints and indexes that are gone, switched off or unproven."""
    triggers = {(table, name) for name, table in _MADE.findall("\n".join(RULES))}
    on = {tuple(row) for row in connection.execute(text(_TRIGGERS))}
    for table, name in sorted(triggers - on):
        yield Finding(subject=table, problem=f"its trigger {name} is gone or switched off")
    written = postgresql.dialect().identifier_preparer  # type: ignore[no-untyped-call]
    rules = {
        (table.name, str(written.format_constraint(rule)))
        for table in metadata.sorted_tables
        for rule in table.constraints
    }
    for table, name in sorted(rules - {tuple(row) for row in connection.execute(text(_CONSTRAINTS))}):
        yield Finding(subject=table, problem=f"its constraint {name} is gone or not enforced")
    for table, name in connection.execute(text(_INDEXES)):
        yield Finding(subject=table, problem=f"its index {name} is broken. Type in psql: reindex index {SCHEMA}.{name}")


def _rules_kept(connection: Connection) -> Iterator[Finding]:
    """Rows that break a rule, which only somebody who switched it off can have written."""
    for table in metadata.sorted_tables:
        for name, rule in connection.execute(text(_RULES_OF), {"table": table.name}).all():
            question = f"select count(*) from {table.name} where not ({rule})"
            if broken := connection.exec_driver_sql(question.replace("%", "%%")).scalar():
                yield Finding(subject=table.name, problem=f"{broken:,} rows break {name}")
        for key in table.foreign_keys:
            if count := connection.scalar(_orphans(table, key)):
                yield Finding(subject=table.name, problem=f"{count:,} rows point at no {key.column.table.name}")


def _orphans(table: Table, key: Any) -> Any:
    there = select(key.column).where(key.column == key.parent).correlate(table)
    return select(func.count()).select_from(table).where(key.parent.is_not(None), ~there.exists())
