"""How quick the panels are, in a real JupyterLab and a real browser, on a record of 100,000 runs.

Times are what a person waits for: from the press to what then stands on the screen, as the browser's driver sees it,
which looks seven times a second. The kernel has shown a panel before; nothing else is warmed.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.plausible_record import fill
from benchmarks.report import alone, show
from tests.ui import browser as chromium
from tests.ui.lab import Lab, lab
from tests.ui.pages import History, Launcher, Notebook, Part
from workbench import Workbench
from workbench.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
RUNS = 100_000
SHOWN = {"launcher": ".wb-launcher .wb-run", "history": ".wb-history .wb-next", "compare": ".wb-compare-panel .wb-base"}
LIMITS = {"shown": 5.0, "control": 1.0, "chart": 5.0, "page": 1.0, "grown_mb": 100.0}


def measure(_settings: Settings, *, quick: bool = False) -> dict[str, Any]:
    """Measure, print a table, and give the numbers."""
    if (why := chromium.missing()) is not None:
        print(f"panels: {why}")
        return {"skipped": why}
    with lab(ROOT / "notebooks") as server, chromium.browser() as driver:
        _prepare(server)
        cells = ["import workbench as wb", "panel = wb.panels.launcher('sma_crossover'); panel"]
        page = Notebook(driver, server, server.write("measured.ipynb", cells)).open().run_all()
        found = {**_launcher(page, rounds=3 if quick else 10), "grown_mb": [_growth(page, 10 if quick else 50)]}
        found |= _shown(page) | _pages(page, rounds=5 if quick else 20)
        page.shut_down()
    _print(found)
    return found


def _prepare(server: Lab) -> None:
    workbench = Workbench(Settings(home=server.home))
    workbench.import_sample()
    workbench.history()
    fill(workbench, RUNS)
    workbench.close()


def _launcher(page: Notebook, *, rounds: int) -> dict[str, list[float]]:
    """A control answers with words; Run answers with a chart."""
    panel = Launcher(page)
    found: dict[str, list[float]] = {"control": [], "run until chart": [], "chart": []}
    for number in range(rounds):
        with _timed(found["control"]):
            panel.parameter("fast_period", "300").says(".wb-notice", "300 >=")
        panel.parameter("fast_period", str(5 + number)).until(lambda: not panel.all(".wb-notice"))
        with _timed(found["run until chart"]):
            panel.run()
            panel.until(partial(_has_run, page, 5 + number))
            with _timed(found["chart"]):
                run_id = page.python("print(panel.run.id)")
                panel.chart(run_id[:8])
    return found


def _has_run(page: Notebook, fast_period: int) -> bool:
    answer = page.python("print(panel.run.params['fast_period'] if panel.run else 0)")
    return int(answer) == fast_period


def _growth(page: Notebook, runs: int) -> float:
    """Megabytes by which the kernel is larger after so many runs of one panel, the first three not counted."""
    page.python("import gc, psutil\ndef size(): gc.collect(); return psutil.Process().memory_info().rss / 1e6")
    once = "panel.running.go.click(); panel.wait(); print(size())"
    # each asked for by itself: the browser's driver waits two minutes for an answer and no longer
    sizes = [float(page.python(once)) for _ in range(3 + runs)]
    return sizes[-1] - sizes[2]


def _shown(page: Notebook) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for name, below in SHOWN.items():
        times: list[float] = found.setdefault(f"{name} shown", [])
        count = len(page.driver.find_elements("css selector", below))
        with _timed(times):
            page.append_cell(f"wb.panels.{name}()")
            Part(page, "body").until(partial(_more, page, below, count))
    return found


def _more(page: Notebook, below: str, count: int) -> bool:
    found = page.driver.find_elements("css selector", below)
    return len(found) > count and found[-1].is_displayed()


def _pages(page: Notebook, *, rounds: int) -> dict[str, list[float]]:
    """Pages of 100,000 runs: forward and back, in the order of time and of a metric."""
    panel = History(page)
    found: dict[str, list[float]] = {}
    for order in ("Newest first", "Best Sharpe first"):
        times: list[float] = found.setdefault(f"page, {order.lower()}", [])
        panel.choose(".wb-filter-order", order)
        for number in range(rounds):
            before = panel.run_ids()
            with _timed(times):
                panel.press(".wb-back" if number % 3 == 2 else ".wb-next")
                panel.until(partial(_turned, panel, before))
    return found


def _turned(panel: History, before: list[str]) -> bool:
    return panel.run_ids()[:1] not in ([], before[:1])


@contextmanager
def _timed(times: list[float]) -> Iterator[None]:
    began = time.perf_counter()
    yield
    times.append(time.perf_counter() - began)


def _limit(name: str) -> float | None:
    return next((limit for key, limit in LIMITS.items() if name.endswith(key) or name.startswith(f"{key},")), None)


def _print(found: dict[str, list[float]]) -> None:
    rows = []
    for name, values in found.items():
        limit, middle = (None if name == "run until chart" else _limit(name)), statistics.median(values)
        verdict = "" if limit is None else f"{limit:g}{'' if middle < limit else ' MISSED'}"
        rows.append([name, f"{middle:.2f}", f"{max(values):.2f}", verdict])
    show(f"panels on a record of {RUNS:,} runs; seconds, and MB", ("", "median", "worst", "to be below"), rows)


if __name__ == "__main__":
    alone("panels", __doc__, measure)
