"""The clock set back: between runs and in the middle of one, for a process that really reads another time."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import textwrap
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from tests.faults.conftest import EQUITY, Lab, verify

DAY_BACK = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* the time of day is a day earlier while a file is there; clocks that only count on are left alone */
int clock_gettime(clockid_t clock, struct timespec *now) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int answer = real(clock, now);
    const char *file = getenv("CLOCK_IS_BACK");
    if (clock == CLOCK_REALTIME && file && !access(file, F_OK)) now->tv_sec -= 86400;
    return answer;
}
"""

PROGRAM = """
import json, os, sys
from datetime import datetime
from pathlib import Path
from tests.support import user_strategies
from tests.stories.test_record import run_script
from tests.faults.worker import NOWHERE, ORDERS
from workbench import Workbench
from workbench.settings import Settings

home, url, back = Path(sys.argv[1]), sys.argv[2], Path(os.environ["CLOCK_IS_BACK"])
there = Workbench(Settings(home=home, database_url=url))
away = Workbench(Settings(home=home, database_url=NOWHERE))
away.where.outbox.parent.mkdir(exist_ok=True)
away.where.outbox.symlink_to(there.where.outbox)
there.where.outbox.mkdir()
for wb in (there, away):
    wb.tell = lambda text: None
user_strategies.CALLED["back"] = back.touch
runs = [run_script(there, ORDERS, note="before"), run_script(there, ORDERS, note="back", call_on=4)]
runs += [run_script(away, ORDERS, note="later, by its own clock earlier"), run_script(there, ORDERS, note="after")]
print(json.dumps([[run.id, run.duration] for run in runs]))
"""


@pytest.fixture
def another_time(tmp_path: Path) -> dict[str, str]:
    """The environment of a process whose clock is set back once a file is there."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("to give one process another time of day needs Linux and a C compiler")
    (tmp_path / "clock.c").write_text(DAY_BACK)
    library = tmp_path / "clock.so"
    order = [compiler, "-shared", "-fPIC", "-o", str(library), str(tmp_path / "clock.c"), "-ldl"]
    subprocess.run(order, check=True, capture_output=True)
    return os.environ | {"LD_PRELOAD": str(library), "CLOCK_IS_BACK": str(tmp_path / "back")}


def test_a_clock_that_is_set_back_loses_nothing_and_takes_no_time_back(
    quiet: Lab, another_time: dict[str, str]
) -> None:
    order = [sys.executable, "-c", textwrap.dedent(PROGRAM), str(quiet.place.settings.home), quiet.url]
    done = subprocess.run(order, env=another_time, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = dict(json.loads(done.stdout.splitlines()[-1]))
    found = verify(quiet.place.settings, [])
    assert (found.completed, found.interrupted) == (4, 0)
    wb = quiet.place.workbench()
    before, back, *later = (wb.get(one) for one in told)
    # it began today and ended yesterday, by its clock; how long it took is measured by one that only counts on
    assert back.record.finished_at is not None
    assert back.record.finished_at < before.started_at < back.started_at
    assert all(0 < seconds < 60 for seconds in told.values())
    for run in later:
        assert timedelta(hours=23) < before.started_at - run.started_at < timedelta(hours=25)
    # the record is in the order of the times that it was told
    starts = [datetime.fromisoformat(str(one)) for one in wb.history()["started_at"]]
    assert starts == sorted(starts, reverse=True)
    assert [UUID(one) for one in wb.history()["run_id"][:2]] == [back.record.run_id, before.record.run_id]
    assert all(run.equity()["equity"].tolist() == EQUITY for run in (before, back, *later))
    wb.close()
