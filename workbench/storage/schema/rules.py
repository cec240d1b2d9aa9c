"""Rules that the database keeps by itself: what SQLAlchemy has no words for, as functions and triggers."""

from __future__ import annotations

from collections.abc import Iterable

FINISHING = (
    "status",
    "finished_at",
    "duration",
    "warnings",
    "error_message",
    "error_trace",
    "result_sha256",
    "environment_sha256",
)
"""What may change, once, when a run ends."""


def rules(tables: Iterable[str]) -> tuple[str, ...]:
    """The statements, in the order in which they are to be executed; `tables` are all there are."""
    return (*_FUNCTIONS, *_triggers(tables))


_FUNCTIONS = (
    # Arrow has compressed these already
    """
alter table run_results
    alter column equity set storage external,
    alter column trades set storage external,
    alter column fills set storage external
""",
    # which strategies ran on which instruments, and how they ended: the planner would take them for independent
    """
create statistics backtest_runs_kinds (mcv) on strategy_key, strategy_type, instrument_id, status from backtest_runs
""",
    "alter statistics backtest_runs_kinds set statistics 300",
    # the advisory lock that a running process holds for as long as it lives
    """
create function run_lock_key(run_id uuid) returns bigint
    language sql immutable strict parallel safe
    return ('x' || left(replace(run_id::text, '-', ''), 16))::bit(64)::bigint
""",
    """
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is final: a finished record cannot be changed', tg_table_name
        using errcode = 'integrity_constraint_violation', constraint = tg_table_name || '_is_final';
end $$
""",
    f"""
create function leave_running_once() returns trigger language plpgsql as $$
declare
    finishing text[] := array[{", ".join(f"'{column}'" for column in FINISHING)}];
begin
    if old.status <> 'running' then
        raise exception 'run % is %: a finished record cannot be changed', old.run_id, old.status
            using errcode = 'integrity_constraint_violation', constraint = 'backtest_runs_is_final';
    end if;
    if new.status = 'running' or to_jsonb(new) - finishing <> to_jsonb(old) - finishing then
        raise exception 'run % can only be finished, not changed', old.run_id
            using errcode = 'integrity_constraint_violation', constraint = 'backtest_runs_is_final';
    end if;
    return new;
end $$
""",
    # results join a run while it is running, so that none can be added to a finished one
    """
create function join_running_run() returns trigger language plpgsql as $$
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
    # a part of a record goes only with the whole of it
    """
create function go_with_the_run() returns trigger language plpgsql as $$
begin
    if exists (select from workbench.backtest_runs where run_id = old.run_id) then
        raise exception '% is final: delete the run, not a part of it', tg_table_name
            using errcode = 'integrity_constraint_violation', constraint = tg_table_name || '_is_final';
    end if;
    return old;
end $$
""",
    # These three as the tables' owner: whoever may delete a run need not be let at what other runs share with it.
    # If somebody has just come to need it, it stays.
    """
create function drop_unused_config() returns trigger language plpgsql
    security definer set search_path = workbench, pg_temp as $$
begin
    delete from run_configs c where c.config_sha256 = old.config_sha256
        and not exists (select from backtest_runs r where r.config_sha256 = old.config_sha256);
    return null;
exception when foreign_key_violation then
    return null;
end $$
""",
    """
create function drop_unused_base() returns trigger language plpgsql
    security definer set search_path = workbench, pg_temp as $$
begin
    delete from config_bases b where b.base_sha256 = old.base_sha256
        and not exists (select from run_configs c where c.base_sha256 = old.base_sha256);
    return null;
exception when foreign_key_violation then
    return null;
end $$
""",
    """
create function drop_unused_source() returns trigger language plpgsql
    security definer set search_path = workbench, pg_temp as $$
begin
    delete from source_files f where f.source_sha256 = old.source_sha256
        and not exists (select from config_sources c where c.source_sha256 = old.source_sha256);
    return null;
exception when foreign_key_violation then
    return null;
end $$
""",
    """
create function name_the_recorder() returns trigger language plpgsql as $$
begin
    new.recorded_by := session_user;
    return new;
end $$
""",
    """
create function name_the_writer() returns trigger language plpgsql as $$
begin
    new.written_by := session_user;
    new.written_at := now();
    return new;
end $$
""",
    """
create function refuse_truncate() returns trigger language plpgsql as $$
begin
    raise exception '% is emptied by nobody: delete runs one by one', tg_table_name
        using errcode = 'integrity_constraint_violation', constraint = tg_table_name || '_is_final';
end $$
""",
)


def _triggers(tables: Iterable[str]) -> Iterable[str]:
    for table in tables:
        trigger = f"create trigger refuse_truncate before truncate on {table}"
        yield f"{trigger}\n    for each statement execute function refuse_truncate()"
    for function, when, of in _TRIGGERS:
        for table in of:
            yield f"create trigger {function} {when} on {table}\n    for each row execute function {function}()"


_TRIGGERS = (
    ("leave_running_once", "before update", ("backtest_runs",)),
    ("name_the_recorder", "before insert", ("backtest_runs",)),
    ("drop_unused_config", "after delete", ("backtest_runs",)),
    ("drop_unused_base", "after delete", ("run_configs",)),
    ("drop_unused_source", "after delete", ("config_sources",)),
    ("refuse_change", "before update", ("performance_metrics", "run_results", "run_configs", "config_bases")),
    ("refuse_change", "before update", ("config_sources", "source_files", "environments", "market_data")),
    ("refuse_change", "before update", ("run_groups", "run_parts", "run_remarks")),
    ("name_the_writer", "before insert", ("run_groups", "run_remarks")),
    ("join_running_run", "before insert", ("performance_metrics", "run_results")),
    ("go_with_the_run", "before delete", ("performance_metrics", "run_results", "run_parts", "run_remarks")),
)
