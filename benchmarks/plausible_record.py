"""A record of any size, filled by the server itself: skewed strategies, undefined metrics, failed runs.

The numbers come from a seed; the runs from no engine. Triggers are passed over, or a million rows would take an hour.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from workbench import Workbench

_RUNS = """
create temp table made on commit drop as
select i, gen_random_uuid() as id, timestamptz '2026-01-01' + i * interval '7 seconds' as started,
    case when i % 20011 = 0 then 'rare' when random() < .6 then 'sma_crossover' when random() < .5 then 'momentum'
        when random() < .9 then 'mean_reversion' else 'night_owl' end as key,
    (array['AAPL.NASDAQ', 'AAPL.NASDAQ', 'IBM.NYSE', 'MSFT.NASDAQ', 'BTC/USD.X'])[1 + floor(random() * 5)::int]
        as instrument,
    random() as fate, random() as luck, random() as skill,
    2 + floor(random() * 50)::int as fast, 60 + floor(random() * 200)::int as slow
from generate_series(1, :runs) i
"""
_KINDS = """
alter table made add column kind text generated always as (
    case key when 'sma_crossover' then 'trend_following' when 'momentum' then 'momentum'
    when 'mean_reversion' then 'mean_reversion' else 'custom' end) stored
"""
_CONFIGS = """
insert into run_configs
select sha256(i::text::bytea), json_build_object('n', i, 'pad', repeat(md5(i::text), 28)) from made
"""
_RECORDS = """
insert into backtest_runs (run_id, started_at, finished_at, period_start, period_end, duration, status, strategy_key,
    strategy_name, strategy_type, strategy_path, instrument_id, bar, initial_capital, currency, data_source,
    setup_sha256, code_sha256, data_sha256, config_sha256, params, error_message)
select id, started, started + interval '1 second', '2000-03-01', '2013-03-01', .2,
    case when fate < .93 then 'completed' when fate < .98 then 'failed' else 'interrupted' end, key,
    initcap(replace(key, '_', ' ')), kind, 'some.module:' || key, instrument, '1-DAY-LAST-EXTERNAL', 10000,
    'USD', 'csv', sha256(('setup ' || i % greatest(:runs / 2, 1))::bytea), sha256(key::bytea),
    sha256(instrument::bytea),
    sha256(i::text::bytea), jsonb_build_object('fast_period', fast, 'slow_period', slow, 'position_pct', .95,
    'inner', jsonb_build_object('level', floor(luck * 5))), case when fate >= .93 and fate < .98 then 'boom' end
from made
"""
_METRICS = """
insert into performance_metrics (run_id, strategy_key, strategy_type, instrument_id, started_at, total_return, cagr,
    sharpe_ratio, sortino_ratio, max_drawdown, volatility, calmar_ratio, win_rate, profit_factor, average_win,
    average_loss, expectancy, final_balance, total_trades, winning_trades, losing_trades, break_even_trades,
    formulas_version)
select id, key, kind, instrument, started, luck * 3 - 1, luck / 5, case when skill > .05 then skill * 4 - 1.5 end,
    skill * 5, -luck * .6, .2, luck, .5, 1 + luck, 100, -90, 5, 10000 * luck * 3, 40, 20, 20, 0, 1
from made where fate < .93
"""


def fill(workbench: Workbench, runs: int) -> float:
    """Add so many runs to an embedded record. Returns bytes a run on the disk, results apart, indexes in."""
    engine = workbench._database.engine()
    with engine.begin() as connection:
        connection.execute(text("set local session_replication_role = replica"))
        connection.execute(text("select setseed(.42)"))
        for statement in (_RUNS, _KINDS, _CONFIGS, _RECORDS, _METRICS):
            given: dict[str, Any] = {"runs": runs} if ":runs" in statement else {}
            connection.execute(text(statement), given)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))
        return float(connection.execute(text("select pg_database_size(current_database())")).scalar_one()) / runs
