"""Each panel's whole story in a real JupyterLab and a real browser: what a trader does, and what is seen."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

from tests.ui.pages import Launcher, Notebook

type Open = Callable[..., Notebook]

SAMPLE = "import workbench as wb; wb.import_sample();"
SLOW = "tests.slow_strategies:Slow"


def test_choose_run_see_use_it_in_the_next_cell_and_load_the_page_again(open_cells: Open) -> None:
    page = open_cells(SAMPLE, "panel = wb.panels.launcher(); panel")
    panel = Launcher(page).choose(".wb-strategy", "SMA Crossover").choose(".wb-instrument", "IBM.NYSE, 1-DAY-LAST")
    panel.parameter("fast_period", "30").says(".wb-notice", "fast_period must be below slow_period: 30 >= 20")
    panel.parameter("slow_period", "60").run().says(".wb-words", "is on record").chart("SMA Crossover on IBM.NYSE")
    told = "print(panel.run.id, panel.run.params['fast_period'], panel.run.params['slow_period'], panel.run.status)"
    run_id, *rest = page.python(told).split()
    assert rest == ["30", "60", "completed"]
    panel.says(".wb-card", run_id)
    # the same again is said, and the earlier one can be shown
    panel.parameter("fast_period", "31").until(lambda: not panel.all(".wb-notice"))
    panel.parameter("fast_period", "30").says(".wb-notice", "The same was run on")
    panel.press(".wb-see").says(".wb-card", run_id)
    # the page is loaded again, the kernel lives on, and so does the panel
    panel = Launcher(page.reload()).says(".wb-card", run_id)
    panel.parameter("fast_period", "20").run()
    panel.until(lambda: page.python("print(panel.run.params['fast_period'])") == "20")
    panel.says(".wb-card", page.python("print(panel.run.id)")).chart("SMA Crossover on IBM.NYSE")


def test_cancel_by_keyboard_while_a_cell_computes_and_a_killed_kernel(open_cells: Open) -> None:
    page = open_cells(SAMPLE, f"panel = wb.panels.launcher('{SLOW}'); panel")
    panel = Launcher(page).parameter("pause", "0.05").run().says(".wb-words", "bars")
    page.start("import time; time.sleep(60)")
    panel.enter(".wb-cancel").says(".wb-words", "Interrupted after")
    page.command("kernelmenu:interrupt").ready()
    assert page.python("print(panel.run.status)") == "interrupted"
    panel.run().says(".wb-words", "bars")
    run_id = page.python("print(panel.running._job.report.run_id)")
    os.kill(int(page.python("import os; print(os.getpid())")), signal.SIGKILL)
    page.restarted()
    status = f"import workbench as wb; print(wb.get('{run_id}').status)"
    panel.until(lambda: page.python(status) == "interrupted")
