"""The record."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Storage, functions and triggers: what SQLAlchemy has no words for.
RULES = (
    """
alter table run_results
    alter column equity set storage external,
    alter column trades set storage external,
    alter column fills set storage external
""",
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
    """
create function leave_running_once() returns trigger language plpgsql as $$
declare
    finishing text[] := array['status', 'finished_at', 'duration', 'warnings', 'error_message', 'error_trace'];
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
    """
create function join_running_run() returns trigger language plpgsql as $$
declare
    run backtest_runs%rowtype;
begin
    select * into run from backtest_runs where run_id = new.run_id for update;
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
create function go_with_the_run() returns trigger language plpgsql as $$
begin
    if exists (select from backtest_runs where run_id = old.run_id) then
        raise exception '% is final: delete the run, not a part of it', tg_table_name
            using errcode = 'integrity_constraint_violation', constraint = tg_table_name || '_is_final';
    end if;
    return old;
end $$
""",
    """
create function drop_unused_config() returns trigger language plpgsql as $$
begin
    delete from run_configs c where c.config_sha256 = old.config_sha256
        and not exists (select from backtest_runs r where r.config_sha256 = old.config_sha256);
    return null;
end $$
""",
    """
create function drop_unused_source() returns trigger language plpgsql as $$
begin
    delete from source_files f where f.source_sha256 = old.source_sha256
        and not exists (select from config_sources c where c.source_sha256 = old.source_sha256);
    return null;
end $$
""",
    """
create trigger leave_running_once before update on backtest_runs
    for each row execute function leave_running_once()
""",
    """
create trigger drop_unused_config after delete on backtest_runs
    for each row execute function drop_unused_config()
""",
    """
create trigger drop_unused_source after delete on config_sources
    for each row execute function drop_unused_source()
""",
    """
create trigger refuse_change before update on performance_metrics
    for each row execute function refuse_change()
""",
    """
create trigger refuse_change before update on run_results
    for each row execute function refuse_change()
""",
    """
create trigger refuse_change before update on run_configs
    for each row execute function refuse_change()
""",
    """
create trigger refuse_change before update on config_sources
    for each row execute function refuse_change()
""",
    """
create trigger refuse_change before update on source_files
    for each row execute function refuse_change()
""",
    """
create trigger join_running_run before insert on performance_metrics
    for each row execute function join_running_run()
""",
    """
create trigger join_running_run before insert on run_results
    for each row execute function join_running_run()
""",
    """
create trigger go_with_the_run before delete on performance_metrics
    for each row execute function go_with_the_run()
""",
    """
create trigger go_with_the_run before delete on run_results
    for each row execute function go_with_the_run()
""",
)


def upgrade() -> None:
    op.create_table(
        "run_configs",
        sa.Column("config_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("snapshot", postgresql.JSON(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("octet_length(config_sha256) = 32", name=op.f("run_configs_sha256_is_32_bytes")),
        sa.PrimaryKeyConstraint("config_sha256", name=op.f("run_configs_pkey")),
    )
    op.create_table(
        "source_files",
        sa.Column("source_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint("octet_length(source_sha256) = 32", name=op.f("source_files_sha256_is_32_bytes")),
        sa.PrimaryKeyConstraint("source_sha256", name=op.f("source_files_pkey")),
    )
    op.create_table(
        "backtest_runs",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("period_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("period_end", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration", sa.Double(), nullable=True),
        sa.Column("status", sa.Text(), server_default="running", nullable=False),
        sa.Column("strategy_key", sa.Text(), nullable=False),
        sa.Column("strategy_name", sa.Text(), nullable=False),
        sa.Column("strategy_type", sa.Text(), nullable=False),
        sa.Column("strategy_path", sa.Text(), nullable=False),
        sa.Column("instrument_id", sa.Text(), nullable=False),
        sa.Column("bar", sa.Text(), nullable=False),
        sa.Column("initial_capital", sa.Numeric(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("data_source", sa.Text(), nullable=False),
        sa.Column("setup_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("code_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("data_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("config_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("params", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "warnings", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False
        ),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("error_trace", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(status = 'failed') = (error_message is not null)", name=op.f("backtest_runs_error_when_failed")
        ),
        sa.CheckConstraint(
            "(status = 'running') = (finished_at is null)", name=op.f("backtest_runs_finished_at_when_finished")
        ),
        sa.CheckConstraint(
            "data_source in ('catalog', 'csv', 'ibkr', 'mock')", name=op.f("backtest_runs_data_source_is_known")
        ),
        sa.CheckConstraint(
            "duration >= 0 and duration < 'Infinity'", name=op.f("backtest_runs_duration_is_not_negative")
        ),
        sa.CheckConstraint(
            "initial_capital > 0 and initial_capital < 'Infinity'",
            name=op.f("backtest_runs_initial_capital_is_positive"),
        ),
        sa.CheckConstraint("jsonb_typeof(params) = 'object'", name=op.f("backtest_runs_params_are_an_object")),
        sa.CheckConstraint("jsonb_typeof(warnings) = 'array'", name=op.f("backtest_runs_warnings_are_an_array")),
        sa.CheckConstraint(
            "status in ('running', 'completed', 'failed', 'interrupted')", name=op.f("backtest_runs_status_is_known")
        ),
        sa.CheckConstraint("octet_length(code_sha256) = 32", name=op.f("backtest_runs_code_sha256_is_32_bytes")),
        sa.CheckConstraint("octet_length(data_sha256) = 32", name=op.f("backtest_runs_data_sha256_is_32_bytes")),
        sa.CheckConstraint("octet_length(setup_sha256) = 32", name=op.f("backtest_runs_setup_sha256_is_32_bytes")),
        sa.CheckConstraint("period_end >= period_start", name=op.f("backtest_runs_period_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["config_sha256"], ["run_configs.config_sha256"], name=op.f("backtest_runs_config_sha256_fkey")
        ),
        sa.PrimaryKeyConstraint("run_id", name=op.f("backtest_runs_pkey")),
    )
    op.create_index("backtest_runs_config_sha256_idx", "backtest_runs", ["config_sha256"], unique=False)
    op.create_index(
        "backtest_runs_instrument_newest_idx",
        "backtest_runs",
        ["instrument_id", sa.text("started_at DESC"), sa.text("run_id DESC")],
        unique=False,
    )
    op.create_index(
        "backtest_runs_newest_idx", "backtest_runs", [sa.text("started_at DESC"), sa.text("run_id DESC")], unique=False
    )
    op.create_index(
        "backtest_runs_params_idx",
        "backtest_runs",
        ["params"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"params": "jsonb_path_ops"},
        postgresql_with={"fastupdate": "off"},
    )
    op.create_index(
        "backtest_runs_running_idx",
        "backtest_runs",
        ["run_id"],
        unique=False,
        postgresql_where=sa.text("status = 'running'"),
    )
    op.create_index(
        "backtest_runs_setup_newest_idx", "backtest_runs", ["setup_sha256", sa.text("started_at DESC")], unique=False
    )
    op.create_index(
        "backtest_runs_strategy_newest_idx",
        "backtest_runs",
        ["strategy_key", sa.text("started_at DESC"), sa.text("run_id DESC")],
        unique=False,
    )
    op.create_table(
        "config_sources",
        sa.Column("config_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("module", sa.Text(), nullable=False),
        sa.Column("source_sha256", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["config_sha256"],
            ["run_configs.config_sha256"],
            name=op.f("config_sources_config_sha256_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["source_sha256"], ["source_files.source_sha256"], name=op.f("config_sources_source_sha256_fkey")
        ),
        sa.PrimaryKeyConstraint("config_sha256", "module", name=op.f("config_sources_pkey")),
    )
    op.create_index("config_sources_source_sha256_idx", "config_sources", ["source_sha256"], unique=False)
    op.create_table(
        "performance_metrics",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("strategy_key", sa.Text(), nullable=False),
        sa.Column("strategy_type", sa.Text(), nullable=False),
        sa.Column("instrument_id", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("max_drawdown_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("total_return", sa.Double(), nullable=True),
        sa.Column("cagr", sa.Double(), nullable=True),
        sa.Column("sharpe_ratio", sa.Double(), nullable=True),
        sa.Column("sortino_ratio", sa.Double(), nullable=True),
        sa.Column("max_drawdown", sa.Double(), nullable=True),
        sa.Column("volatility", sa.Double(), nullable=True),
        sa.Column("calmar_ratio", sa.Double(), nullable=True),
        sa.Column("win_rate", sa.Double(), nullable=True),
        sa.Column("profit_factor", sa.Double(), nullable=True),
        sa.Column("average_win", sa.Double(), nullable=True),
        sa.Column("average_loss", sa.Double(), nullable=True),
        sa.Column("expectancy", sa.Double(), nullable=True),
        sa.Column("final_balance", sa.Numeric(), nullable=True),
        sa.Column("total_trades", sa.Integer(), nullable=False),
        sa.Column("winning_trades", sa.Integer(), nullable=False),
        sa.Column("losing_trades", sa.Integer(), nullable=False),
        sa.Column("break_even_trades", sa.Integer(), nullable=False),
        sa.Column("formulas_version", sa.Integer(), nullable=False),
        sa.Column(
            "custom", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column(
            "undefined", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.CheckConstraint(
            "average_loss > '-Infinity' and average_loss < 'Infinity'",
            name=op.f("performance_metrics_average_loss_is_finite"),
        ),
        sa.CheckConstraint(
            "average_win > '-Infinity' and average_win < 'Infinity'",
            name=op.f("performance_metrics_average_win_is_finite"),
        ),
        sa.CheckConstraint("cagr > '-Infinity' and cagr < 'Infinity'", name=op.f("performance_metrics_cagr_is_finite")),
        sa.CheckConstraint(
            "calmar_ratio > '-Infinity' and calmar_ratio < 'Infinity'",
            name=op.f("performance_metrics_calmar_ratio_is_finite"),
        ),
        sa.CheckConstraint(
            "expectancy > '-Infinity' and expectancy < 'Infinity'",
            name=op.f("performance_metrics_expectancy_is_finite"),
        ),
        sa.CheckConstraint(
            "final_balance > '-Infinity' and final_balance < 'Infinity'",
            name=op.f("performance_metrics_final_balance_is_finite"),
        ),
        sa.CheckConstraint(
            "profit_factor > '-Infinity' and profit_factor < 'Infinity'",
            name=op.f("performance_metrics_profit_factor_is_finite"),
        ),
        sa.CheckConstraint(
            "sortino_ratio > '-Infinity' and sortino_ratio < 'Infinity'",
            name=op.f("performance_metrics_sortino_ratio_is_finite"),
        ),
        sa.CheckConstraint(
            "volatility > '-Infinity' and volatility < 'Infinity'",
            name=op.f("performance_metrics_volatility_is_finite"),
        ),
        sa.CheckConstraint(
            "least(winning_trades, losing_trades, break_even_trades) >= 0 "
            "and total_trades = winning_trades + losing_trades + break_even_trades",
            name=op.f("performance_metrics_trades_add_up"),
        ),
        sa.CheckConstraint("max_drawdown between -1 and 0", name=op.f("performance_metrics_max_drawdown_in_range")),
        sa.CheckConstraint("sharpe_ratio between -10 and 10", name=op.f("performance_metrics_sharpe_ratio_in_range")),
        sa.CheckConstraint("total_return between -1 and 100", name=op.f("performance_metrics_total_return_in_range")),
        sa.CheckConstraint("win_rate between 0 and 1", name=op.f("performance_metrics_win_rate_in_range")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["backtest_runs.run_id"], name=op.f("performance_metrics_run_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", name=op.f("performance_metrics_pkey")),
    )
    op.create_index(
        "performance_metrics_max_drawdown_idx",
        "performance_metrics",
        [sa.text("max_drawdown desc nulls last"), sa.text("run_id DESC")],
        unique=False,
    )
    op.create_index(
        "performance_metrics_sharpe_ratio_idx",
        "performance_metrics",
        [sa.text("sharpe_ratio DESC NULLS LAST"), sa.text("run_id DESC")],
        unique=False,
    )
    op.create_index(
        "performance_metrics_strategy_max_drawdown_idx",
        "performance_metrics",
        ["strategy_key", sa.text("max_drawdown desc nulls last"), sa.text("run_id DESC")],
        unique=False,
    )
    op.create_index(
        "performance_metrics_strategy_sharpe_ratio_idx",
        "performance_metrics",
        ["strategy_key", sa.text("sharpe_ratio DESC NULLS LAST"), sa.text("run_id DESC")],
        unique=False,
    )
    op.create_index(
        "performance_metrics_strategy_total_return_idx",
        "performance_metrics",
        ["strategy_key", sa.text("total_return DESC NULLS LAST"), sa.text("run_id DESC")],
        unique=False,
    )
    op.create_index(
        "performance_metrics_total_return_idx",
        "performance_metrics",
        [sa.text("total_return DESC NULLS LAST"), sa.text("run_id DESC")],
        unique=False,
    )
    op.create_table(
        "run_results",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("bars", sa.BigInteger(), nullable=False),
        sa.Column("equity", sa.LargeBinary(), nullable=False),
        sa.Column("trades", sa.LargeBinary(), nullable=False),
        sa.Column("fills", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("bars >= 0", name=op.f("run_results_bars_not_negative")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["backtest_runs.run_id"], name=op.f("run_results_run_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", name=op.f("run_results_pkey")),
    )
    for rule in RULES:
        op.execute(rule)


def downgrade() -> None:
    op.drop_table("run_results")
    op.drop_table("performance_metrics")
    op.drop_table("config_sources")
    op.drop_table("backtest_runs")
    op.drop_table("source_files")
    op.drop_table("run_configs")
    op.execute("drop function run_lock_key(run_id uuid)")
    op.execute("drop function refuse_change()")
    op.execute("drop function leave_running_once()")
    op.execute("drop function join_running_run()")
    op.execute("drop function go_with_the_run()")
    op.execute("drop function drop_unused_config()")
    op.execute("drop function drop_unused_source()")
