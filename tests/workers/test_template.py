"""Workers are copies of one process that has imported all: as good as a process of their own, and sooner there."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.support.waiting import eventually
from workbench import Status, Workbench
from workbench.workers import Job, JobRequest, Report, begin, dismiss, prepare, template
from workbench.workers.process import Child

SLOW = "tests.support.slow_strategies:Slow"


def started(wb: Workbench, strategy: str = "momentum", **arguments: Any) -> Job:
    asked = {"strategy": strategy, "instrument": "AAPL", **arguments}
    return begin(JobRequest(verb="run", arguments=asked, settings=wb.where))


def told(report: Report) -> dict[str, Any]:
    """What `Telling` failed with."""
    found: dict[str, Any] = json.loads(report.message[report.message.index("{") : report.message.rindex("}") + 1])
    return found


def open_files(pid: int) -> set[str]:
    return {str(entry.readlink()) for entry in Path(f"/proc/{pid}/fd").iterdir()}


def gone(pid: int) -> None:
    eventually(lambda: not psutil.pid_exists(pid), 60)


def test_one_process_is_prepared_and_every_worker_is_its_copy(wb: Workbench) -> None:
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    one = prepare()
    assert prepare().pid == one.pid
    jobs = [started(wb), started(wb)]
    assert [psutil.Process(job.pid).ppid() for job in jobs] == [one.pid] * 2
    assert [job.wait(120).status for job in jobs] == [Status.COMPLETED] * 2
    assert {child.pid for child in psutil.Process().children(recursive=True)} - before == {one.pid}
    dismiss()
    assert not psutil.pid_exists(one.pid)


def test_a_copy_has_a_session_an_environment_and_random_numbers_of_its_own(
    wb: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare()
    found = []
    for value in ("first", None):
        if value is None:
            monkeypatch.delenv("WORKBENCH_TOLD")
        else:
            monkeypatch.setenv("WORKBENCH_TOLD", value)
            monkeypatch.setenv("TZ", "Asia/Tokyo")
        found.append(told(started(wb, "tests.support.telling_strategies:Telling").wait(120)))
    first, second = found
    assert (first["variable"], second["variable"]) == ("first", None)
    assert first["zone"] == "JST"
    assert first["parent"] == second["parent"] == prepare().pid
    for one in found:
        assert one["session"] == one["pid"] != prepare().pid
    assert not set(first["random"]) & set(second["random"])


def test_a_copy_that_is_killed_as_it_is_made_ends_whoever_waits_for_it() -> None:
    for _ in range(30):
        child = Child("pool")
        asked = threading.Thread(target=lambda child=child: child.pid)
        asked.start()
        child.kill()
        assert child.ended() == -signal.SIGKILL
        asked.join(60)
        assert not psutil.pid_exists(child.pid)


def test_a_copy_holds_no_pipe_of_another(wb: Workbench) -> None:
    jobs = [started(wb, SLOW, pause=0.05) for _ in range(3)]
    eventually(lambda: all(job.report.run_id for job in jobs), 120)  # a copy has a number before it has settled
    pipes = [set(filter(lambda name: "pipe:" in name, open_files(job.pid))) for job in jobs]
    for job in jobs:
        job.cancel()
    assert all(pipes)
    assert not pipes[0] & pipes[1] | pipes[1] & pipes[2] | pipes[0] & pipes[2]
    assert all(job.wait(120).over for job in jobs)


def test_jobs_go_on_without_a_template_that_was_killed_and_the_next_one_has_a_new_one(wb: Workbench) -> None:
    jobs = [started(wb, SLOW, pause=0.02, start="2012-01-01", end="2012-06-30"), started(wb, SLOW, pause=0.05)]
    eventually(lambda: all(job.report.run_id for job in jobs), 120)
    old = prepare().pid
    os.kill(old, signal.SIGKILL)
    jobs[1].cancel()
    assert jobs[1].wait(120).status is Status.INTERRUPTED
    assert jobs[0].wait(120).status is Status.COMPLETED
    for job in jobs:
        gone(job.pid)
    assert started(wb).wait(120).status is Status.COMPLETED
    assert prepare().pid != old


def test_what_keeps_the_template_from_beginning_is_said(
    wb: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pandas.py").write_text("raise ImportError('pandas is broken here')")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    report = started(wb).wait(120)
    assert (report.status, report.run_id) == (None, None)
    assert "pandas is broken here" in report.message
    assert "Nothing was recorded" in report.message


def test_a_template_that_nobody_needs_ends_and_another_comes_when_it_is_needed(
    wb: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(template, "IDLE", 0.3)
    old = prepare()
    job = started(wb, SLOW, pause=0.02, start="2012-01-01", end="2012-03-31")
    assert job.wait(120).status is Status.COMPLETED  # longer than the template is idle, which has a copy meanwhile
    eventually(lambda: not old.alive())
    assert started(wb).wait(120).status is Status.COMPLETED
