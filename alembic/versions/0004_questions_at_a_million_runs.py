"""Questions at a million runs: numbers of parameters by range, every ranked metric, and smaller indexes."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

RUNS, METRICS = "backtest_runs", "performance_metrics"
RANKED = (
    "cagr",
    "sortino_ratio",
    "volatility",
    "calmar_ratio",
    "final_balance",
    "win_rate",
    "profit_factor",
    "average_win",
    "average_loss",
    "expectancy",
)
MARKS = (
    """
create function name_marks(name text, places bigint[]) returns bigint[]
    language sql immutable strict parallel safe
    return (select array_agg(hashtextextended(name, place)) from unnest(places) place)
""",
    """
create function param_marks(params jsonb) returns bigint[]
    language plpgsql immutable strict parallel safe cost 10000 as $$
declare
    marks bigint[] := '{}';
    objects jsonb[] := array[params];
    prefixes text[] := '{""}';
    at int := 1;
    name text;
    value jsonb;
    number numeric;
    bits bytea;
    place bigint;
begin
    while at <= cardinality(objects) loop
        for name, value in select * from jsonb_each(objects[at]) loop
            name := prefixes[at] || name;
            marks := marks || hashtextextended(name, -1);
            if jsonb_typeof(value) = 'object' then
                objects := objects || value;
                prefixes := prefixes || (name || '.');
            elsif jsonb_typeof(value) = 'number' then
                number := value;
                bits := float8send((case when abs(number) < 1e-300 then 0 else least(abs(number), 1e300) end)::float8);
                place := (get_byte(bits, 0) << 12) | (get_byte(bits, 1) << 4) | (get_byte(bits, 2) >> 4);
                place := case when number < 0 then -place - 1 else place end;
                marks := marks || array[
                    hashtextextended(name, 524288 + place),
                    hashtextextended(name, 1572864 + (place >> 8)),
                    hashtextextended(name, 2621440 + (place >> 12))
                ];
            end if;
        end loop;
        at := at + 1;
    end loop;
    return marks;
end $$
""",
)
SMALLER = {
    "backtest_runs_newest_idx": ["started_at", "run_id"],
    "backtest_runs_strategy_newest_idx": ["strategy_key", "started_at", "run_id"],
    "backtest_runs_instrument_newest_idx": ["instrument_id", "started_at", "run_id"],
}


def upgrade() -> None:
    for function in MARKS:
        op.execute(function)
    for name, columns in SMALLER.items():
        op.drop_index(name, table_name=RUNS)
        ops = {"instrument_id": "text_pattern_ops"} if "instrument" in name else {}
        op.create_index(name, RUNS, columns, postgresql_ops=ops)
    for name in ("backtest_runs_setup_newest_idx", "backtest_runs_config_sha256_idx"):
        op.drop_index(name, table_name=RUNS)
    for column in ("setup_sha256", "config_sha256"):
        op.create_index(f"backtest_runs_{column}_idx", RUNS, [column], postgresql_using="hash")
    for column in ("strategy_type", "strategy_path", "status"):
        op.create_index(f"backtest_runs_{column}_idx", RUNS, [column])
    op.create_index(
        "backtest_runs_param_marks_idx",
        RUNS,
        [sa.text("param_marks(params)")],
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    for metric in RANKED:
        best = [sa.text(f"{metric} DESC NULLS LAST"), sa.text("run_id DESC")]
        op.create_index(f"performance_metrics_{metric}_idx", METRICS, best)


def downgrade() -> None:
    for metric in RANKED:
        op.drop_index(f"performance_metrics_{metric}_idx", table_name=METRICS)
    op.drop_index("backtest_runs_param_marks_idx", table_name=RUNS)
    for column in ("strategy_type", "strategy_path", "status", "setup_sha256", "config_sha256"):
        op.drop_index(f"backtest_runs_{column}_idx", table_name=RUNS)
    op.create_index("backtest_runs_config_sha256_idx", RUNS, ["config_sha256"])
    op.create_index("backtest_runs_setup_newest_idx", RUNS, ["setup_sha256", sa.text("started_at DESC")])
    for name, (*first, _, _) in SMALLER.items():
        op.drop_index(name, table_name=RUNS)
        op.create_index(name, RUNS, [*first, sa.text("started_at DESC"), sa.text("run_id DESC")])
    op.execute("drop function param_marks(jsonb)")
    op.execute("drop function name_marks(text, bigint[])")
