"""The record moves from `public` to a schema of its own, `workbench`, where no other tables are in its way."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

OWN, BEFORE = "workbench", "public"
TABLES = (
    "alembic_version",
    "backtest_runs",
    "config_bases",
    "config_sources",
    "environments",
    "market_data",
    "performance_metrics",
    "run_configs",
    "run_groups",
    "run_labels",
    "run_parts",
    "run_remarks",
    "run_results",
    "source_files",
)
AS_OWNER = ("drop_unused_base()", "drop_unused_config()", "drop_unused_source()")
FUNCTIONS = (
    *AS_OWNER,
    "config_text(text[], json)",
    "go_with_the_run()",
    "join_running_run()",
    "leave_running_once()",
    "name_marks(text, bigint[], text[])",
    "name_the_recorder()",
    "name_the_writer()",
    "param_marks(jsonb)",
    "refuse_change()",
    "refuse_truncate()",
    "run_lock_key(uuid)",
)
# Fired by somebody whose search path leads elsewhere, these find the runs all the same.
RULES = (
    """
create or replace function join_running_run() returns trigger language plpgsql as $$
declare
    run workbench.backtest_runs%rowtype;
begin
    select * into run from workbench.backtest_runs where run_id = new.run_id for update;
    if not found then
        raise exception 'no run %', new.run_id
            using errcode = 'foreign_key_violation', constraint = tg_table_name || '_run_id_fkey';
    end if;
    if run.status <> 'running' then
        raise exception 'run % is %: a finished record cannot be added to', new.run_id, run.status
            using errcode = 'integrity_constraint_violation', constraint = tg_table_name || '_is_final';
    end if;
    if tg_table_name = 'performance_metrics' then
        new.strategy_key := run.strategy_key;
        new.strategy_type := run.strategy_type;
        new.instrument_id := run.instrument_id;
        new.started_at := run.started_at;
    end if;
    return new;
end $$
""",
    """
create or replace function go_with_the_run() returns trigger language plpgsql as $$
begin
    if exists (select from workbench.backtest_runs where run_id = old.run_id) then
        raise exception '% is final: delete the run, not a part of it', tg_table_name
            using errcode = 'integrity_constraint_violation', constraint = tg_table_name || '_is_final';
    end if;
    return old;
end $$
""",
)


def upgrade() -> None:
    before = op.get_bind().scalar(sa.text("select current_schema()"))
    if before != OWN:
        if op.get_bind().scalar(sa.text(f"select to_regnamespace('{OWN}') is null")):
            op.execute(f"create schema {OWN}")
        move(quoted(before), OWN)
        # An older workbench looks here, and must not take the record for an empty one.
        sign = f"{quoted(before)}.alembic_version"
        op.execute(f"create view {sign} as table {OWN}.alembic_version")
        op.execute(f"grant select on {sign} to public")
    for function in AS_OWNER:
        op.execute(f"alter function {function} set search_path = {OWN}, pg_temp")
    for rule in RULES:
        op.execute(rule)


def downgrade() -> None:
    for rule in RULES:
        op.execute(rule.replace(f"{OWN}.", ""))
    for function in AS_OWNER:
        op.execute(f"alter function {function} set search_path = {BEFORE}, pg_temp")
    pointing = "select relkind = 'v' from pg_class where oid = to_regclass(:name)"
    if op.get_bind().scalar(sa.text(pointing), {"name": f"{BEFORE}.alembic_version"}):
        op.execute(f"drop view {BEFORE}.alembic_version")
    move(OWN, BEFORE)
    op.execute(f"do $$ begin drop schema {OWN}; exception when dependent_objects_still_exist then null; end $$")


def move(here: str, there: str) -> None:
    """All that the record is made of; indexes, triggers, policies and rights go with their tables."""
    for table in TABLES:
        op.execute(f"alter table {here}.{table} set schema {there}")
    for function in FUNCTIONS:
        op.execute(f"alter function {here}.{function} set schema {there}")
    op.execute(f"alter statistics {here}.backtest_runs_kinds set schema {there}")
    op.execute(f"set local search_path = {there}, pg_temp")


def quoted(schema: str) -> str:
    return op.get_bind().dialect.identifier_preparer.quote(schema)
