"""How memory grows over hundreds of runs in one process, as in a kernel that is never restarted.

The process is a fresh one. Its first runs, which import and fill caches, are not counted. Its size is what the
operating system says it has in memory, after its garbage was collected.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from typing import Any

from benchmarks.home import child_environment
from benchmarks.report import alone, show
from workbench.settings import Settings

LIMIT_MB = 20.0
WARM_UP = 20
START = "2011-03-01"
"""Two years of daily bars: enough to trade on, and quick."""


def measure(settings: Settings, *, quick: bool = False) -> dict[str, Any]:
    """Measure in a fresh process, print a table, and give the numbers."""
    runs = 100 if quick else 500
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.memory", "--child", str(runs)],
        env=child_environment(settings),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    sizes: dict[str, float] = json.loads(done.stdout)
    begin, end = sizes["0"], sizes[str(runs)]
    show(
        f"memory over {runs} runs in one process, after {WARM_UP} that do not count",
        ("runs", "MB", "grown"),
        [[number, f"{size:.1f}", f"{size - begin:+.1f}"] for number, size in sizes.items()],
    )
    within = end - begin < LIMIT_MB
    print(f"  grown by {end - begin:.1f} MB, to be less than {LIMIT_MB:.0f} MB{'' if within else '  MISSED'}")
    return {"runs": runs, "warm_up": WARM_UP, "mb": sizes, "grown_mb": end - begin, "limit_mb": LIMIT_MB}


def _child(runs: int) -> None:
    """Run that many times, and print the sizes on the way."""
    import workbench as wb

    sizes = {}
    for number in range(-WARM_UP + 1, runs + 1):
        # another parameter each time, as in a search for the best one
        wb.run("SMA Crossover", instrument="AAPL.NASDAQ", start=START, fast_period=3 + number % 15, progress=False)
        if number >= 0 and number % (runs // 5) == 0:
            sizes[number] = _size()
    print(json.dumps(sizes))


def _size() -> float:
    """What this process has in memory, in MB."""
    import psutil

    gc.collect()
    return float(psutil.Process().memory_info().rss / 1e6)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        _child(int(sys.argv[2]))
    else:
        alone("memory", __doc__, measure)
