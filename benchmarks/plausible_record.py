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
    case when i % greatest(:runs / 50, 1) = 0 then 'rare' when random() < .6 then 'sma_crossover'
        when random() < .5 then 'momentum' when random() < .9 then 'mean_reversion' else 'night_owl' end as key,
    (array['AAPL.NASDAQ', 'AAPL.NASDAQ', 'IBM.NYSE', 'MSFT.NASDAQ', 'BTC/USD.X'])[1 + floor(random() * 5)::int]
        as instrument,
    random() as fate, random() as luck, random() as skill,
    2 + floor(random() * 50)::int as fast, 60 + floor(random() * 200)::int as slow
from generate_series(:after + 1, :after + :runs) i
"""
_KINDS = """
alter table made add column kind text generated always as (
    case key when 'sma_crossover' then 'trend_following' when 'momentum' then 'momentum'
    when 'mean_reversion' then 'mean_reversion' else 'custom' end) stored
"""
# what a real run stored, under the names of other strategies and instruments
_BASES = """
create temp table bases on commit drop as
select key, instrument, sha256((key || instrument)::bytea) as base, array(
    select replace(replace(part, 'sma_crossover', key), 'AAPL.NASDAQ', instrument)
    from unnest(parts) with ordinality common(part, place) order by place) as parts
from (select distinct key, instrument from made) kinds,
    (select parts from config_bases join run_configs using (base_sha256) join backtest_runs using (config_sha256)
     where run_id = :template) real
"""
_KEEP_BASES = "insert into config_bases select base, parts from bases on conflict do nothing"
_OWN = '[{"fast_period":%s,"inner":{"level":%s},"position_pct":0.95,"slow_period":%s},null]'
_CONFIGS = """
create temp table configs on commit drop as
select id, base, format(:own, fast, floor(luck * 5), slow)::json as own, sha256(id::text::bytea) as digest
from made join bases using (key, instrument)
"""
_KEEP_CONFIGS = "insert into run_configs select digest, base, own from configs"
_RECORDS = """
insert into backtest_runs (run_id, started_at, finished_at, period_start, period_end, duration, status, strategy_key,
    strategy_name, strategy_type, strategy_path, instrument_id, bar, initial_capital, currency, data_source,
    setup_sha256, code_sha256, data_sha256, config_sha256, params, error_message, result_sha256, environment_sha256)
select id, started, started + interval '1 second', '2000-03-01', '2013-03-01', .2,
    case when fate < .93 then 'completed' when fate < .98 then 'failed' else 'interrupted' end, key,
    initcap(replace(key, '_', ' ')), kind, 'some.module:' || key, instrument, '1-DAY-LAST-EXTERNAL', 10000,
    'USD', 'csv', sha256(('setup ' || i % greatest(:runs / 2, 1))::bytea), sha256(key::bytea),
    sha256(instrument::bytea), digest, (own -> 0)::jsonb,
    case when fate >= .93 and fate < .98 then 'boom' end, case when fate < .93 then sha256(i::text::bytea) end,
    (select environment_sha256 from environments limit 1)
from made join configs using (id) order by i
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


_ALL = (_RUNS, _KINDS, _BASES, _KEEP_BASES, _CONFIGS, _KEEP_CONFIGS, _RECORDS, _METRICS)


def fill(workbench: Workbench, runs: int, after: int = 0) -> float:
    """Add so many runs to an embedded record. Returns bytes a run on the disk, results apart, indexes in.

    Later than so many that are there already they are added as they come: nothing is tidied up or counted afterwards.
    What they have in common is what one real run stores.
    """
    template = workbench.run("sma_crossover", instrument="AAPL", progress=False, on_duplicate="ignore")
    engine = workbench._session.database.engine()
    with engine.begin() as connection:
        connection.execute(text("set local session_replication_role = replica"))
        connection.execute(text("select setseed(.42)"))
        known: dict[str, Any] = {"runs": runs, "after": after, "template": template.id, "own": _OWN}
        for statement in _ALL:
            asked = text(statement)
            connection.execute(asked, {name: known[name] for name in asked.compile().params})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not after:
            connection.execute(text("vacuum analyze"))
        return float(connection.execute(text("select pg_database_size(current_database())")).scalar_one()) / (
            after + runs
        )
