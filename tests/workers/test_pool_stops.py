"""A pool that is stopped, by Ctrl-C, by `cancel` or by `close`, leaves nothing behind and can be used again."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.support.waiting import eventually
from tests.workers.test_pool import request, specs_of
from workbench import Workbench
from workbench.catalog import Catalog
from workbench.engine import Spec
from workbench.errors import InvalidInput
from workbench.plans import resolve
from workbench.plans.execution import run_spec
from workbench.workers.pool import Pool

INTERRUPTS = int(os.environ.get("WORKBENCH_INTERRUPTS", "2"))
"""How many batches of a pool are stopped by Ctrl-C, at random moments."""

PARENT = """
import os, signal, sys
import psutil
from tests.support.waiting import eventually
from tests.workers.test_pool import specs_of
from tests.workers.test_pool_stops import slow
from workbench.catalog import Catalog
from workbench.workers import prepare
from workbench.workers.pool import Pool

signal.signal(signal.SIGINT, signal.default_int_handler)  # a test in the background would inherit that it is ignored
catalog = Catalog(sys.argv[1])
pool = Pool(2)
kept = []  # a traceback in a notebook keeps its frames, and with them a batch that was not read to its end
for _ in range(int(sys.argv[2])):
    outcomes = pool.run([*specs_of(catalog, 1), slow(catalog), slow(catalog)], catalog)
    try:
        print("begun", flush=True)
        for outcome in outcomes:
            pass
    except KeyboardInterrupt:
        kept.append(outcomes)
    eventually(lambda: {child.pid for child in psutil.Process().children(recursive=True)} ==
               {*pool.pids, prepare().pid})
    pool.cancel()
    results = {outcome.index: outcome.result for outcome in pool.run(specs_of(catalog, 2), catalog)}
    print(results[0].digest, results[1].digest, flush=True)
for outcome in pool.run([*specs_of(catalog, 1), slow(catalog), slow(catalog)], catalog):
    print(*pool.pids, flush=True)
"""


def slow(catalog: Catalog) -> Spec:
    """A run of minutes."""
    return resolve(request("tests.support.slow_strategies:Slow", pause=0.5), catalog)


@pytest.fixture
def catalog(wb: Workbench) -> Catalog:
    return wb._session.catalog


def test_ctrl_c_ends_the_batch_and_the_next_ones_run_as_ever(catalog: Catalog, tmp_path: Path) -> None:
    chance = random.Random(3)
    expected = [str(run_spec(spec, catalog).digest) for spec in specs_of(catalog, 2)]
    command = [sys.executable, "-c", PARENT, str(catalog.path), str(INTERRUPTS)]
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, process_group=0
    ) as parent:
        assert parent.stdout is not None
        assert parent.stderr is not None
        for number in range(INTERRUPTS):
            assert parent.stdout.readline() == "begun\n", parent.stderr.read()
            # the first while its workers begin, the others wherever it is: the batch itself takes minutes
            threading.Event().wait(chance.uniform(0, 1.5) if number else 0)
            send = os.killpg if number % 2 else os.kill  # as a terminal does it, and as Jupyter
            send(parent.pid, signal.SIGINT)
            assert parent.stdout.readline().split() == expected, parent.stderr.read()
        workers = [int(pid) for pid in parent.stdout.readline().split()]
        assert len(workers) == 2
        os.killpg(parent.pid, signal.SIGINT)
        assert "KeyboardInterrupt" in parent.stderr.read()
        assert parent.wait() == -signal.SIGINT
    eventually(lambda: not any(psutil.pid_exists(pid) for pid in workers))
    assert list(tmp_path.iterdir()) == []


def test_a_cancelled_batch_ends_and_the_next_one_is_complete(catalog: Catalog) -> None:
    with Pool(2) as pool:
        outcomes = pool.run([*specs_of(catalog, 2), *[slow(catalog)] * 4], catalog)
        assert {next(outcomes).index, next(outcomes).index} == {0, 1}
        before = pool.pids
        canceller = threading.Timer(0.2, pool.cancel)
        canceller.start()
        assert list(outcomes) == []
        canceller.join()
        assert not any(psutil.pid_exists(pid) for pid in before)
        assert [outcome.failure for outcome in pool.run(specs_of(catalog, 3), catalog)] == [None] * 3


def test_a_batch_that_was_cancelled_half_read_leaves_the_next_one_alone(catalog: Catalog) -> None:
    with Pool(1) as pool:
        half_read = pool.run(specs_of(catalog, 3), catalog)
        next(half_read)
        pool.cancel()
        assert pool.pids == ()
        second = pool.run(specs_of(catalog, 3), catalog)
        next(second)
        assert list(half_read) == []
        assert len(list(second)) == 2


def test_a_pool_is_closed_whether_or_not_its_batch_was_read_to_the_end(catalog: Catalog) -> None:
    with Pool(1) as pool:
        pool.run(specs_of(catalog, 1), catalog)  # nobody reads it, so it is not under way
        half_read = pool.run(specs_of(catalog, 3), catalog)
        next(half_read)
        pids = pool.pids
        with pytest.raises(InvalidInput, match=r"busy with another batch.*pool\.cancel"):
            pool.run(specs_of(catalog, 1), catalog)
    assert not any(psutil.pid_exists(pid) for pid in pids)
    assert list(half_read) == []


def test_workers_that_were_warmed_for_nothing_end_too() -> None:
    pool = Pool(1, idle=0.1)
    pool.warm()
    eventually(lambda: pool.pids == ())


@pytest.mark.parametrize("workers", [0, -1, 1.5, float("nan"), "2", None, True])
def test_a_pool_has_a_whole_number_of_workers(workers: Any) -> None:
    with pytest.raises(InvalidInput, match="must be a whole number of at least 1"):
        Pool(workers)


def test_a_batch_that_was_left_half_read_is_no_error_at_the_end_of_the_interpreter(catalog: Catalog) -> None:
    code = (
        "import sys; from workbench.catalog import Catalog; from tests.workers.test_pool import specs_of, Pool; "
        "catalog = Catalog(sys.argv[1]); outcomes = Pool(1).run(specs_of(catalog, 2), catalog); "
        "print(next(outcomes).failure)"
    )
    command = [sys.executable, "-c", code, str(catalog.path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (ended.stdout, ended.stderr) == ("None\n", "")
