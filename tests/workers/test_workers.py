"""A run in a process of its own is a run like any other, and nothing of the process is left."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.conftest import new_database
from tests.support.waiting import eventually
from workbench import Status, Workbench
from workbench.errors import InvalidInput
from workbench.settings import Settings
from workbench.workers import Job, JobRequest, Report, begin, process

SLOW = "tests.support.slow_strategies:Slow"
CANCELS = int(os.environ.get("WORKBENCH_CANCELS", "4"))
"""How many runs are cancelled, at random moments."""

ENDINGS: dict[str, dict[str, Any]] = {
    "refused": {"strategy": "sma_crossover", "fast_period": 30, "slow_period": 20},
    "raises": {"strategy": "tests.support.user_strategies:Script", "raise_on": 5},
    "crashes": {"strategy": SLOW, "abort_on": 100},
    "prints": {"strategy": SLOW, "print_on": 3},
}
"""Runs that end in as many ways."""


@pytest.fixture
def apart(wb: Workbench) -> Iterator[Callable[..., Job]]:
    """Begin runs; those that a failed test leaves behind are cancelled."""
    jobs: list[Job] = []

    def go(strategy: str, *, tell: Callable[[Report], None] = lambda _report: None, **arguments: Any) -> Job:
        asked = {"strategy": strategy, "instrument": "AAPL", **arguments}
        jobs.append(begin(JobRequest(verb="run", arguments=asked, settings=wb.where), tell))
        return jobs[-1]

    yield go
    for job in jobs:
        job.cancel()
        job.wait(120)


@pytest.fixture(scope="module")
def ended(home: Path, server: str) -> Iterator[tuple[Workbench, dict[str, Report]]]:
    """A workbench and the last reports of `ENDINGS`, which run side by side."""
    with new_database(server) as url:
        wb = Workbench(Settings(home=home, database_url=url))
        jobs = {
            name: begin(JobRequest(verb="run", arguments={"instrument": "AAPL", **arguments}, settings=wb.where))
            for name, arguments in ENDINGS.items()
        }
        yield wb, {name: job.wait(120) for name, job in jobs.items()}
        wb.close()


def begun(job: Job) -> str:
    """The id of its run, once it is saved."""
    eventually(lambda: job.report.run_id is not None or job.report.over, 120)
    assert not job.report.over, job.report
    return str(job.report.run_id)


def test_a_run_apart_is_recorded_as_any_other(wb: Workbench, apart: Callable[..., Job]) -> None:
    here = wb.run("sma_crossover", instrument="AAPL", fast_period=7, progress=False)
    report = apart("sma_crossover", fast_period=7).wait(120)
    assert report.status is Status.COMPLETED
    there = wb.get(str(report.run_id))
    assert there.id != here.id
    assert there.metrics == here.metrics
    assert there.config == here.config
    assert there.sources == here.sources
    assert there.equity().equals(here.equity())


def test_progress_comes_at_most_ten_times_a_second_and_never_goes_back(
    wb: Workbench, apart: Callable[..., Job]
) -> None:
    reports: list[Report] = []
    # a second or more: 250 trading days of 4 ms
    job = apart(SLOW, tell=reports.append, pause=0.004, start="2012-01-01", end="2012-12-31")
    duration = wb.get(str(job.wait(120).run_id)).duration
    assert duration is not None
    done = [report.done for report in reports if report.total and not report.over]
    assert done == sorted(done)
    assert 0 < len(done) <= 10 * duration
    assert {report.total for report in reports if report.total} == {250}
    assert [report.over for report in reports] == [False] * (len(reports) - 1) + [True]


def test_what_is_wrong_comes_back_in_words_and_nothing_is_recorded(ended: tuple[Workbench, dict[str, Report]]) -> None:
    wb, reports = ended
    report = reports["refused"]
    assert (report.over, report.status, report.run_id) == (True, None, None)
    assert report.message == "fast_period must be below slow_period: 30 >= 20"
    assert set(wb.history()["run_id"]) == {reports[name].run_id for name in ("raises", "crashes", "prints")}


def test_an_argument_that_is_no_json_is_refused_before_a_process_is_begun(wb: Workbench) -> None:
    with pytest.raises(InvalidInput, match="cannot be sent"):
        begin(JobRequest(verb="run", arguments={"strategy": object()}, settings=wb.where))


def test_a_strategy_that_raises_is_a_failed_run(ended: tuple[Workbench, dict[str, Report]]) -> None:
    wb, reports = ended
    report = reports["raises"]
    assert report.status is Status.FAILED
    assert "ValueError: boom on bar 5" in report.message
    error = wb.get(str(report.run_id)).error
    assert error is not None
    assert "user_strategies.py" in error.trace


def test_a_crash_is_one_interrupted_run(ended: tuple[Workbench, dict[str, Report]]) -> None:
    wb, reports = ended
    report = reports["crashes"]
    assert report.status is Status.INTERRUPTED
    assert "was ended by SIGABRT" in report.message
    assert wb.get(str(report.run_id)).status is Status.INTERRUPTED


def test_what_a_strategy_prints_is_no_report(ended: tuple[Workbench, dict[str, Report]]) -> None:
    wb, reports = ended
    report = reports["prints"]
    assert report.status is Status.COMPLETED
    assert wb.get(str(report.run_id)).status is Status.COMPLETED


def test_a_run_that_does_not_listen_is_killed(
    wb: Workbench, apart: Callable[..., Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "PATIENCE", 1.0)
    job = apart(SLOW, deaf_on=10)
    run_id = begun(job)
    job.cancel()
    assert job.wait(120).over
    assert wb.get(run_id).status is Status.INTERRUPTED
    assert not psutil.pid_exists(job.pid)


@pytest.mark.timeout(max(300, 15 * CANCELS))
def test_cancels_at_random_moments_are_as_many_interrupted_runs(wb: Workbench, apart: Callable[..., Job]) -> None:
    chance = random.Random(5)
    jobs: list[Job] = []
    while len(jobs) < CANCELS:
        side_by_side = [
            apart(SLOW, pause=0.005, note=f"cancel {number}")
            for number in range(len(jobs), min(len(jobs) + 3, CANCELS))
        ]
        for job in side_by_side:
            begun(job)
            threading.Event().wait(chance.uniform(0, 0.3))
            job.cancel()
        jobs += side_by_side
    assert [job.wait(120).status for job in jobs] == [Status.INTERRUPTED] * CANCELS
    assert wb.history(limit=CANCELS + 1)["status"].tolist() == ["interrupted"] * CANCELS
    assert not any(psutil.pid_exists(job.pid) for job in jobs)


KERNEL = """
import sys, time
from pathlib import Path
from workbench.workers import JobRequest, begin
from workbench.settings import Settings
home, url = sys.argv[1], sys.stdin.readline().strip()
asked = {"strategy": "tests.support.slow_strategies:Slow", "instrument": "AAPL", "pause": 0.05}
job = begin(JobRequest(verb="run", arguments=asked, settings=Settings(home=Path(home), database_url=url)))
while job.report.run_id is None:
    time.sleep(0.02)
print(job.report.run_id, job.pid, flush=True)
time.sleep(120)
"""


def test_a_run_ends_with_the_kernel_that_began_it(wb: Workbench) -> None:
    command = [sys.executable, "-c", KERNEL, str(wb.where.home)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as kernel:
        assert kernel.stdin is not None
        assert kernel.stdout is not None
        kernel.stdin.write(f"{wb.where.database_url}\n")
        kernel.stdin.flush()
        run_id, pid = kernel.stdout.readline().split()
        assert wb.get(run_id).status is Status.RUNNING
        kernel.send_signal(signal.SIGKILL)
        psutil.Process(int(pid)).wait(60)
    assert wb.get(run_id).status is Status.INTERRUPTED


def test_a_password_is_in_no_command_line_and_no_environment(wb: Workbench, apart: Callable[..., Job]) -> None:
    job = apart(SLOW)
    child = psutil.Process(job.pid)
    assert wb.where.database_url is not None
    assert wb.where.database_url not in " ".join(command_line(child))
    assert "DATABASE_URL" not in child.environ()
    assert wb.where.database_url not in child.environ().values()
    job.cancel()
    assert job.wait(120).over


def command_line(child: psutil.Process) -> list[str]:
    """What a process was begun with; none if it has gone.

    `Popen` returns while the kernel still sets the new program up: for a moment the command line reads as empty.
    """
    try:
        eventually(child.cmdline)
        return child.cmdline()
    except psutil.NoSuchProcess:
        return []
