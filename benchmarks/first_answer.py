"""How long the first answer takes in a fresh interpreter: `import workbench`, and the first `wb.history()`.

Beside it the imports that an answer in a frame from PostgreSQL cannot do without. With the server running, another
process (this one) uses it; with the server stopped, the new process starts it. Every interpreter finds its bytecode
compiled, as an installed package has it. Times are from inside, without the start of Python itself.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from benchmarks.home import child_environment, opened
from benchmarks.report import alone, show
from benchmarks.timing import Cost, Measure, ratio, summary, take_turns
from workbench.settings import Settings
from workbench.storage.server import embedded

IMPORT, BARE = "import workbench", "bare imports"
RUNNING, STOPPED = "first wb.history(), server running", "first wb.history(), server stopped"
LIMIT = 0.5
RUNS = 3

_BARE = "import pandas, psycopg, pyarrow, sqlalchemy, sqlalchemy.dialects.postgresql.psycopg"
_HISTORY = f"import workbench as wb; assert len(wb.history()) == {RUNS}"
_TIMED = """
import json, time
wall, cpu = time.perf_counter(), time.process_time()
{work}
print(json.dumps([time.perf_counter() - wall, time.process_time() - cpu]))
"""


def measure(settings: Settings, *, quick: bool = False) -> dict[str, Any]:
    """Measure in turns, print a table, and give the numbers."""
    # a home of its own: every answer has the same few rows, and its server can be stopped
    home = Settings(home=settings.home / "first_answer")
    with opened(home) as workbench:
        workbench.import_mock()
        for _ in range(RUNS):
            workbench.run("SMA Crossover", instrument="MOCK.SIM", progress=False)
    rounds = 3 if quick else 9
    try:
        measured = take_turns(_variants(home, child_environment(home)), rounds=rounds)
    finally:
        embedded.stop(home.database)
    seconds = summary(measured)
    ratios = {name: ratio(measured, name, BARE) for name in (RUNNING, STOPPED)}
    show(
        f"first answer in a fresh interpreter; medians of {rounds} rounds",
        ("", "wall ms", "best", "CPU ms", "in bare imports"),
        [
            [
                name,
                f"{1000 * cost['wall']:.0f}",
                f"{1000 * cost['best']:.0f}",
                f"{1000 * cost['cpu']:.0f}",
                f"{ratios[name]['wall_per_round']:.2f}" if name in ratios else "",
            ]
            for name, cost in seconds.items()
        ],
    )
    took = seconds[IMPORT]["wall"]
    print(f"  {IMPORT}: {took:.2f} s, to be under {LIMIT:.1f} s{'' if took < LIMIT else '  MISSED'}")
    return {"rounds": rounds, "seconds": seconds, "in_bare_imports": ratios, "limit_of_import": LIMIT}


def _variants(home: Settings, environment: dict[str, str]) -> dict[str, Measure]:
    def fresh(work: str) -> Cost:
        done = subprocess.run(
            [sys.executable, "-c", _TIMED.format(work=work)],
            env=environment,
            cwd=home.home,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return Cost(*json.loads(done.stdout))

    def running() -> Cost:
        embedded.start(home.database)
        return fresh(_HISTORY)

    def stopped() -> Cost:
        embedded.stop(home.database)
        return fresh(_HISTORY)

    return {IMPORT: lambda: fresh("import workbench"), BARE: lambda: fresh(_BARE), RUNNING: running, STOPPED: stopped}


if __name__ == "__main__":
    alone("first_answer", __doc__, measure)
