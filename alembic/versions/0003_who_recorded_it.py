"""Who recorded a run, by the database's own word; no table can be emptied."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = (
    "run_configs",
    "source_files",
    "config_sources",
    "environments",
    "market_data",
    "backtest_runs",
    "performance_metrics",
    "run_results",
)

RULES = (
    # at the end of the two, so that runs from before have none
    "alter table backtest_runs add column recorded_by text",
    "alter table backtest_runs alter column recorded_by set default session_user",
    "alter function drop_unused_config() security definer set search_path = public, pg_temp",
    "alter function drop_unused_source() security definer set search_path = public, pg_temp",
    """
create function name_the_recorder() returns trigger language plpgsql as $$
begin
    new.recorded_by := session_user;
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
    "create trigger name_the_recorder before insert on backtest_runs\n"
    "    for each row execute function name_the_recorder()",
    *(
        f"create trigger refuse_truncate before truncate on {table}\n"
        "    for each statement execute function refuse_truncate()"
        for table in TABLES
    ),
)


def upgrade() -> None:
    for rule in RULES:
        op.execute(rule)


def downgrade() -> None:
    known = op.get_bind().scalar(sa.text("select count(*) from backtest_runs where recorded_by is not null"))
    if known:
        raise RuntimeError(
            f"schema 0002 has no place for who recorded a run, which {known:,} runs know. "
            "Keep this schema, or restore a backup made before it: ntrader db restore FILE"
        )
    for table in TABLES:
        op.execute(f"drop trigger refuse_truncate on {table}")
    op.execute("drop function refuse_truncate()")
    op.execute("drop trigger name_the_recorder on backtest_runs")
    op.execute("drop function name_the_recorder()")
    op.execute("alter function drop_unused_source() security invoker reset search_path")
    op.execute("alter function drop_unused_config() security invoker reset search_path")
    op.drop_column("backtest_runs", "recorded_by")
