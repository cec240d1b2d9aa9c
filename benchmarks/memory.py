"""How memory grows over hundreds of runs, and of panels, in one process, as in a kernel that is never restarted.

The process is a fresh one. Its first runs, which import and fill caches, are not counted. Its size is what the
operating system says it has in memory, after its garbage was collected.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from benchmarks.home import child_environment
from benchmarks.report import alone, show
from workbench.settings import Settings

LIMIT_MB = 20.0
WARM_UP = 20
START = "2011-03-01"
"""Two years of daily bars: enough to trade on, and quick."""


def measure(settings: Settings, *, quick: bool = False) -> dict[str, Any]:
    """Measure in fresh processes, print a table for each, and give the numbers."""
    count = 100 if quick else 500
    return {**_measured(settings, "runs", count), "panels": _measured(settings, "panel refreshes", count)}


def _measured(settings: Settings, what: str, count: int) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.memory", "--child", what, str(count)],
        env=child_environment(settings),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    # before it, the workbench says what was run before
    sizes: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    begin, end = sizes["0"], sizes[str(count)]
    show(
        f"memory over {count} {what} in one process, after {WARM_UP} that do not count",
        (what, "MB", "grown"),
        [[number, f"{size:.1f}", f"{size - begin:+.1f}"] for number, size in sizes.items()],
    )
    within = end - begin < LIMIT_MB
    print(f"  grown by {end - begin:.1f} MB, to be less than {LIMIT_MB:.0f} MB{'' if within else '  MISSED'}")
    return {"runs": count, "warm_up": WARM_UP, "mb": sizes, "grown_mb": end - begin, "limit_mb": LIMIT_MB}


def _child(work: Callable[[int], None], count: int) -> None:
    """Do it that many times, and print the sizes on the way."""
    sizes = {}
    for number in range(-WARM_UP + 1, count + 1):
        work(number)
        if number >= 0 and number % (count // 5) == 0:
            sizes[number] = _size()
    print(json.dumps(sizes))


def _run(number: int) -> None:
    """One run, with another parameter than the last, as in a search for the best one."""
    import workbench as wb

    wb.run("SMA Crossover", instrument="AAPL.NASDAQ", start=START, fast_period=3 + number % 15, progress=False)


def _refresh(number: int) -> None:
    """Draw three panels anew that stay, and put others in the place of three that were there."""
    import workbench as wb

    if not _panels:
        for strategy in ("sma_crossover", "momentum"):
            wb.run(strategy, instrument="AAPL.NASDAQ", start=START, progress=False)
        _panels.extend(_three())
    launcher, history, compare = _panels[:3]
    launcher.strategy.index = number % 3
    history.record.choose(history.record.table.run_ids[number % 2 :][:1])
    history.open.click()
    history.rerun.click()
    compare.base.index = 1 + number % 2
    for panel in _panels[3:]:
        panel.close()
    _panels[3:] = _three()


def _three() -> list[Any]:
    import workbench as wb

    return [wb.panels.launcher(), wb.panels.history(), wb.panels.compare(list(wb.history(limit=2)["run_id"]))]


_panels: list[Any] = []
WORK = {"runs": _run, "panel refreshes": _refresh}


def _size() -> float:
    """What this process has in memory, in MB."""
    import psutil

    gc.collect()
    return float(psutil.Process().memory_info().rss / 1e6)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        _child(WORK[sys.argv[2]], int(sys.argv[3]))
    else:
        alone("memory", __doc__, measure)
