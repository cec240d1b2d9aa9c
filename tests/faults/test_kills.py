"""SIGKILL at any moment: what was told is kept, what was not is interrupted, nothing is half."""

from __future__ import annotations

import pytest

from tests.faults.conftest import KILLS, Lab, verify
from tests.faults.worker import Job, deliveries, runs, saves

LONGEST = 0.4
"""Seconds that a process goes on at most; a run takes a few hundredths of one."""


@pytest.mark.parametrize("job", [runs, saves, deliveries], ids=lambda job: job.__name__)
@pytest.mark.timeout(1800)
def test_a_killed_process_loses_nothing_that_it_told(quiet: Lab, job: Job) -> None:
    for _ in range((KILLS + 1) // 2):
        # two at once, so that one is killed while the other waits for the same rows and locks
        for number, worker in enumerate([quiet.start(job), quiet.start(job)]):
            worker.live(quiet.chance.uniform(0, LONGEST), first=bool(number))
            worker.kill()
    told = quiet.told()
    found = verify(quiet.place.settings, told)
    assert found.completed >= len(told) > 0
    # a killed process had one run under way, whose end it told nobody: it is interrupted, or whole, or never began
    assert found.completed - len(told) + found.interrupted <= len(quiet.workers)
    print(f"\n{len(quiet.workers)} kills of {job.__name__}: {len(told)} told, {found}")
