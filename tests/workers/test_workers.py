"""A run in a process of its own is a run like any other, and nothing of the process is left."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import psutil
import pytest

from workbench import Status, Workbench
from workbench.errors import InvalidInput
from workbench.workers import Job, JobRequest, Report, begin, prepare, process

SLOW = "tests.support.slow_strategies:Slow"


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
        job.wait(20)


def begun(job: Job) -> str:
    """The id of its run, once it is saved."""
    deadline = time.monotonic() + 60
    while job.report.run_id is None:
        assert time.monotonic() < deadline
        assert not job.report.over, job.report
        time.sleep(0.02)
    return job.report.run_id


def test_a_run_apart_is_recorded_as_any_other(wb: Workbench, apart: Callable[..., Job]) -> None:
    here = wb.run("sma_crossover", instrument="AAPL", fast_period=7, progress=False)
    report = apart("sma_crossover", fast_period=7).wait(60)
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
    duration = wb.get(str(job.wait(60).run_id)).duration
    assert duration is not None
    done = [report.done for report in reports if report.total and not report.over]
    assert done == sorted(done)
    assert 0 < len(done) <= 10 * duration
    assert {report.total for report in reports if report.total} == {250}
    assert [report.over for report in reports] == [False] * (len(reports) - 1) + [True]


def test_what_is_wrong_comes_back_in_words_and_nothing_is_recorded(wb: Workbench, apart: Callable[..., Job]) -> None:
    report = apart("sma_crossover", fast_period=30, slow_period=20).wait(60)
    assert (report.over, report.status, report.run_id) == (True, None, None)
    assert report.message == "fast_period must be below slow_period: 30 >= 20"
    assert wb.history().empty


def test_an_argument_that_is_no_json_is_refused_before_a_process_is_begun(wb: Workbench) -> None:
    with pytest.raises(InvalidInput, match="cannot be sent"):
        begin(JobRequest(verb="run", arguments={"strategy": object()}, settings=wb.where))


def test_a_strategy_that_raises_is_a_failed_run(wb: Workbench, apart: Callable[..., Job]) -> None:
    report = apart("tests.support.user_strategies:Script", raise_on=5).wait(60)
    assert report.status is Status.FAILED
    assert "ValueError: boom on bar 5" in report.message
    assert "user_strategies.py" in wb.get(str(report.run_id)).error.trace  # type: ignore[union-attr]


def test_a_crash_is_one_interrupted_run(wb: Workbench, apart: Callable[..., Job]) -> None:
    report = apart(SLOW, abort_on=100).wait(60)
    assert report.status is Status.INTERRUPTED
    assert "was ended by SIGABRT" in report.message
    assert wb.get(str(report.run_id)).status is Status.INTERRUPTED


def test_what_a_strategy_prints_is_no_report(apart: Callable[..., Job]) -> None:
    report = apart(SLOW, print_on=3).wait(60)
    assert report.status is Status.COMPLETED
    assert report.run_id != "made up"


def test_a_run_that_does_not_listen_is_killed(
    wb: Workbench, apart: Callable[..., Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "PATIENCE", 2.0)
    job = apart(SLOW, deaf_on=10)
    run_id = begun(job)
    job.cancel()
    assert job.wait(20).over
    assert wb.get(run_id).status is Status.INTERRUPTED
    assert not psutil.pid_exists(job.pid)


def test_twenty_cancels_at_random_moments_are_twenty_interrupted_runs(wb: Workbench, apart: Callable[..., Job]) -> None:
    chance = random.Random(5)
    jobs = []
    for _ in range(5):  # four at a time
        four = [apart(SLOW, pause=0.005, note=f"{len(jobs)} {side}") for side in "abcd"]
        for job in four:
            begun(job)
            time.sleep(chance.uniform(0, 0.3))
            job.cancel()
        jobs += four
    assert [job.wait(20).status for job in jobs] == [Status.INTERRUPTED] * 20
    assert wb.history(limit=100)["status"].tolist() == ["interrupted"] * 20
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
        psutil.Process(int(pid)).wait(15)
    assert wb.get(run_id).status is Status.INTERRUPTED


def test_a_password_is_in_no_command_line_and_no_environment(wb: Workbench, apart: Callable[..., Job]) -> None:
    job = apart(SLOW, pause=0.05)
    begun(job)
    child = psutil.Process(job.pid)
    assert wb.where.database_url not in " ".join(child.cmdline())
    assert "DATABASE_URL" not in child.environ()
    job.cancel()
    assert job.wait(20).status is Status.INTERRUPTED


def test_a_prepared_process_is_taken_by_the_next_run_and_only_by_that(apart: Callable[..., Job]) -> None:
    before = children()
    prepare()
    prepare()
    (spare,) = children() - before
    job = apart("momentum")
    assert job.pid == spare
    assert job.wait(60).status is Status.COMPLETED
    assert apart("momentum").wait(60).status is Status.COMPLETED
    assert children() == before


def children() -> set[int]:
    """The processes of this package that this one has begun."""
    found = psutil.Process().children(recursive=True)
    return {child.pid for child in found if "workbench.workers" in command_line(child)}


def command_line(child: psutil.Process) -> list[str]:
    """What a process was begun with; none if it has gone.

    `Popen` returns while the kernel still sets the new program up: for a moment the command line reads as empty.
    """
    deadline = time.monotonic() + 60
    try:
        while not (words := child.cmdline()):
            assert time.monotonic() < deadline
            time.sleep(0.001)
    except psutil.NoSuchProcess:
        return []
    return words
