"""A pool of warm workers gives what the run in this process gives, whatever happens to the workers."""

from __future__ import annotations

import importlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psutil
import pytest

from tests.plans.test_spec import CELL
from tests.support.waiting import eventually
from workbench import Workbench
from workbench.arrays import FloatArray
from workbench.catalog import Catalog
from workbench.config import Terms, sha256
from workbench.engine import Spec
from workbench.errors import InvalidInput
from workbench.metrics import registry
from workbench.plans import Request, resolve, resolve_all
from workbench.plans.execution import measured, run_spec
from workbench.provenance import SourceFile
from workbench.runs import Status
from workbench.strategies import classes_of
from workbench.workers.pool import Pool
from workbench.workers.pool_worker import Outcome

KILLS = int(os.environ.get("WORKBENCH_KILLS", "4"))
"""How many workers are killed, at random moments, half of them in three jobs each."""


def request(strategy: str = "sma_crossover", **params: Any) -> Request:
    return Request(
        strategy=strategy,
        instrument="AAPL.NASDAQ",
        bar=None,
        start="2008-01-02",
        end="2011-06-30",
        terms=Terms(),
        params=params,
        risk_free=0.0,
    )


def specs_of(catalog: Catalog, count: int) -> list[Spec]:
    asked = (request(fast_period=2 + number % 8, slow_period=20 + number // 8) for number in range(count))
    return list(resolve_all(asked, catalog))


@pytest.fixture
def catalog(wb: Workbench) -> Catalog:
    return wb._session.catalog


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(2) as shared:
        yield shared


def test_results_and_metrics_equal_those_of_this_process(catalog: Catalog, pool: Pool) -> None:
    specs = specs_of(catalog, 6)
    outcomes = {outcome.index: outcome for outcome in pool.run(specs, catalog)}
    assert sorted(outcomes) == list(range(6))
    for index, spec in enumerate(specs):
        here, there = run_spec(spec, catalog), outcomes[index].result
        assert there is not None
        assert there.digest == here.digest
        assert there.trades == here.trades
        assert outcomes[index].metrics == measured(here, spec.snapshot)


def test_the_next_batch_is_taken_by_the_same_processes(catalog: Catalog, pool: Pool) -> None:
    list(pool.run(specs_of(catalog, 4), catalog))
    before = pool.pids
    list(pool.run(specs_of(catalog, 4), catalog))
    assert pool.pids == before


def test_a_strategy_that_raises_is_a_failed_result_with_its_trace(catalog: Catalog, pool: Pool) -> None:
    spec = resolve(request("tests.support.user_strategies:Script", raise_on=5), catalog)
    (outcome,) = pool.run([spec], catalog)
    assert outcome.result is not None
    assert outcome.result.error is not None
    assert "boom on bar 5" in outcome.result.error.message
    assert outcome.metrics is None


def test_a_spec_that_cannot_be_pickled_is_refused_in_one_sentence(catalog: Catalog, pool: Pool) -> None:
    (spec,) = specs_of(catalog, 1)
    with pytest.raises(InvalidInput, match="job 0 cannot be sent to a worker"):
        list(pool.run([replace(spec, params={"call": lambda: None})], catalog))


def test_a_worker_that_dies_costs_its_one_job(catalog: Catalog) -> None:
    poison = resolve(request("tests.support.slow_strategies:Slow", abort_on=3), catalog)
    specs = [*specs_of(catalog, 3), poison, *specs_of(catalog, 3)]
    with Pool(2, attempts=2) as pool:
        outcomes = {outcome.index: outcome for outcome in pool.run(specs, catalog)}
    assert sorted(outcomes) == list(range(7))
    assert [index for index, outcome in outcomes.items() if outcome.failure] == [3]
    message = str(outcomes[3].failure)
    assert message.startswith("The process of job 3 (Slow on AAPL.NASDAQ) was ended by SIGABRT")
    assert message.endswith(", 2 times.")


@pytest.mark.timeout(max(300, 15 * KILLS))
@pytest.mark.parametrize("attempts", [1, 1000])
def test_a_kill_costs_at_most_one_job_and_none_that_is_tried_again(catalog: Catalog, attempts: int) -> None:
    chance = random.Random(11)
    specs = specs_of(catalog, 3 * KILLS)
    kills_at = set(chance.sample(range(1, len(specs) - 3), KILLS // 2))
    outcomes: dict[int, Outcome] = {}
    with Pool(2, attempts=attempts) as pool:
        for outcome in pool.run(specs, catalog):
            assert outcome.index not in outcomes
            outcomes[outcome.index] = outcome
            if len(outcomes) in kills_at:
                os.kill(chance.choice(pool.pids), signal.SIGKILL)
    assert sorted(outcomes) == list(range(len(specs)))
    failures = [outcome.failure for outcome in outcomes.values() if outcome.failure is not None]
    assert len(failures) <= (KILLS // 2 if attempts == 1 else 0)
    assert all("was ended by SIGKILL" in failure for failure in failures)
    for index, spec in enumerate(specs):
        result = outcomes[index].result
        assert outcomes[index].failure or (result and result.digest == run_spec(spec, catalog).digest)


def test_a_metric_of_the_users_is_measured_by_the_workers(
    catalog: Catalog, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "_specs", dict(registry._specs))
    importlib.import_module("tests.support.pool_metric")
    (outcome,) = pool.run(specs_of(catalog, 1), catalog)
    assert outcome.result is not None
    assert outcome.metrics is not None
    assert outcome.metrics.custom["pool_bars"] == len(outcome.result.equity.value)
    assert outcome.metrics.custom["pool_collects"] == 1  # a worker imports without looking for garbage, and then does


def test_a_hostile_strategy_harms_its_own_job_alone(catalog: Catalog) -> None:
    tricks = ("exit", "odd_error", "garbage", "child")
    hostile = [resolve(request("tests.support.hostile_strategies:Hostile", trick=trick), catalog) for trick in tricks]
    good = specs_of(catalog, len(tricks) + 1)
    # a good one before and after each
    specs = [good[number // 2] if number % 2 == 0 else hostile[number // 2] for number in range(2 * len(tricks) + 1)]
    with Pool(1) as pool:
        outcomes = {outcome.index: outcome for outcome in pool.run(specs, catalog)}
    assert sorted(outcomes) == list(range(len(specs)))
    for number, spec in enumerate(good):
        result = outcomes[2 * number].result
        assert result is not None, outcomes[2 * number].failure
        assert result.digest == run_spec(spec, catalog).digest
    for number, trick in enumerate(tricks):
        spoiled = outcomes[2 * number + 1]
        assert spoiled.metrics is None, trick
        assert spoiled.failure or (spoiled.result and spoiled.result.status is not Status.COMPLETED), trick
    eventually(lambda: not any("4321" in (each.info["cmdline"] or ()) for each in psutil.process_iter(["cmdline"])))


def test_the_child_of_a_strategy_that_forks_reports_nothing(catalog: Catalog, pool: Pool) -> None:
    forking = resolve(request("tests.support.hostile_strategies:Hostile", trick="fork"), catalog)
    outcomes = list(pool.run([forking, *specs_of(catalog, 3)], catalog))
    assert [outcome.failure for outcome in outcomes] == [None] * 4
    (worker,) = pool.pids[:1]
    eventually(lambda: all(each.status() == psutil.STATUS_ZOMBIE for each in psutil.Process(worker).children()))


def test_a_strategy_of_a_notebooks_cell_gives_the_same_run(catalog: Catalog, pool: Pool) -> None:
    from workbench.plans.from_request import Code
    from workbench.strategies import StrategyInfo

    source = SourceFile(module="__main__", text=CELL, sha256=sha256(CELL))
    with classes_of("__main__:Buys", "__main__:BuysConfig", {"__main__": source.sha256}, [source]) as (cls, config):
        info = StrategyInfo(
            key="buys", name="Buys", type="custom", path="__main__:Buys", config_path="__main__:BuysConfig",
            help="", registered=False,
        )  # fmt: skip
        code = Code(info=info, strategy_class=cls, config_class=config, sources=(source,))
        spec = resolve(request("buys", size=4), catalog, code)
        here = run_spec(spec, catalog)
    (outcome,) = pool.run([spec], catalog)
    assert outcome.result is not None, outcome.failure
    assert len(outcome.result.trades) == 1
    assert outcome.result.digest == here.digest


def test_a_metric_that_cannot_travel_is_refused_by_name(
    catalog: Catalog, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "_specs", dict(registry._specs))

    def typed(equity: FloatArray) -> float:
        return float(equity[-1])

    typed.__module__ = "__main__"
    registry.metric(name="typed", higher_is_better=None)(typed)
    with pytest.raises(InvalidInput, match="the metric typed cannot be sent to a worker"):
        list(pool.run(specs_of(catalog, 1), catalog))


def test_workers_are_renewed_after_so_many_jobs(catalog: Catalog) -> None:
    with Pool(1, recycle=2) as pool:
        seen: set[int] = set()
        for _ in pool.run(specs_of(catalog, 3), catalog):
            seen.update(pool.pids)
    assert len(seen) == 2


def test_an_iterator_that_is_closed_stops_its_jobs_and_the_pool_goes_on(catalog: Catalog) -> None:
    slow = resolve(request("tests.support.slow_strategies:Slow", pause=0.5), catalog)
    with Pool(1) as pool:
        outcomes = pool.run([*specs_of(catalog, 1), slow], catalog)
        next(outcomes)
        outcomes.close()
        assert len(list(pool.run(specs_of(catalog, 2), catalog))) == 2


def test_idle_workers_end_and_closing_twice_is_no_error(catalog: Catalog) -> None:
    pool = Pool(1, idle=0.1)
    outcomes = pool.run(specs_of(catalog, 1), catalog)
    next(outcomes)
    (pid,) = pool.pids
    assert list(outcomes) == []
    gone(pid)
    pool.close()
    pool.close()


PARENT = """
import sys, time
from workbench.provenance import SourceFile
from workbench.runs import Status
from workbench.strategies import classes_of
from workbench.workers.pool import Pool
from workbench.workers.pool_worker import Outcome
pool = Pool(2)
pool.warm()
print(*pool.pids, flush=True)
time.sleep(120)
"""


def test_workers_end_with_the_process_that_began_them() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        assert len(pids) == 2
        parent.kill()
    for pid in pids:
        gone(pid)


def gone(pid: int) -> None:
    deadline = time.monotonic() + 60
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.02)
