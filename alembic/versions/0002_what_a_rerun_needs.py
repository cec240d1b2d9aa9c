"""What a re-run needs: its original, a digest of the result, the environment, and the months of the data."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BEFORE = ("status", "finished_at", "duration", "warnings", "error_message", "error_trace")
FINISHING = (*BEFORE, "result_sha256", "environment_sha256")

RULES = (
    f"""
create or replace function leave_running_once() returns trigger language plpgsql as $$
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
    """
create trigger refuse_change before update on environments
    for each row execute function refuse_change()
""",
    """
create trigger refuse_change before update on market_data
    for each row execute function refuse_change()
""",
)


def upgrade() -> None:
    op.create_table(
        "environments",
        sa.Column("environment_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("environment", postgresql.JSON(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("octet_length(environment_sha256) = 32", name=op.f("environments_sha256_is_32_bytes")),
        sa.PrimaryKeyConstraint("environment_sha256", name=op.f("environments_pkey")),
    )
    op.create_table(
        "market_data",
        sa.Column("data_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("months", postgresql.JSON(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("octet_length(data_sha256) = 32", name=op.f("market_data_sha256_is_32_bytes")),
        sa.PrimaryKeyConstraint("data_sha256", name=op.f("market_data_pkey")),
    )
    op.add_column("backtest_runs", sa.Column("rerun_of", sa.Uuid()))
    op.add_column("backtest_runs", sa.Column("result_sha256", sa.LargeBinary()))
    op.add_column("backtest_runs", sa.Column("environment_sha256", sa.LargeBinary()))
    op.create_foreign_key(
        op.f("backtest_runs_environment_sha256_fkey"),
        "backtest_runs",
        "environments",
        ["environment_sha256"],
        ["environment_sha256"],
    )
    op.create_check_constraint(
        op.f("backtest_runs_result_sha256_is_32_bytes"), "backtest_runs", "octet_length(result_sha256) = 32"
    )
    op.create_check_constraint(op.f("backtest_runs_rerun_of_another"), "backtest_runs", "rerun_of <> run_id")
    op.create_index(
        "backtest_runs_rerun_of_idx", "backtest_runs", ["rerun_of"], postgresql_where=sa.text("rerun_of is not null")
    )
    for rule in RULES:
        op.execute(rule)


def downgrade() -> None:
    kept = "select exists (select from backtest_runs where coalesce(rerun_of::text, result_sha256::text) is not null)"
    if op.get_bind().execute(sa.text(kept)).scalar():
        raise RuntimeError(
            "schema 0001 has no place for results' digests, environments and the originals of re-runs, which this "
            "record holds. Restore a backup that was made before the upgrade."
        )
    op.drop_index("backtest_runs_rerun_of_idx", "backtest_runs")
    for column in ("environment_sha256", "result_sha256", "rerun_of"):
        op.drop_column("backtest_runs", column)
    op.drop_table("market_data")
    op.drop_table("environments")
    op.execute(RULES[0].replace(", 'result_sha256', 'environment_sha256'", ""))
