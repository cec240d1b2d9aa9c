"""Each panel's whole story in a real JupyterLab and a real browser: what a trader does, and what is seen."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest
from selenium.webdriver import Chrome

from tests.ui.browser import WINDOW
from tests.ui.conftest import ROOT
from tests.ui.lab import Lab, voila
from tests.ui.pages import Compare, History, Launcher, Notebook, Page

type Open = Callable[..., Notebook]

ALL = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
NOTEBOOKS = ALL if os.environ.get("WORKBENCH_NOTEBOOKS") == "all" else ["00_quickstart.ipynb"]
"""What is opened in the browser: frames and figures, as the others have, beside panels. nbval runs all of them."""

SAMPLE = "import workbench as wb; wb.import_sample();"
SLOW = "tests.support.slow_strategies:Slow"


def test_choose_run_see_use_it_in_the_next_cell_and_load_the_page_again(open_cells: Open) -> None:
    page = open_cells(SAMPLE, "panel = wb.panels.launcher(); panel")
    panel = Launcher(page).choose(".wb-strategy", "SMA Crossover").choose(".wb-instrument", "IBM.NYSE, 1-DAY")
    panel.parameter("fast_period", "30").says(".wb-notice", "fast_period must be below slow_period: 30 >= 20")
    panel.parameter("slow_period", "60").run().says(".wb-words", "is saved").chart("SMA Crossover on IBM.NYSE")
    panel.every_control_has_a_name()
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
    # the words come first, the run a moment later
    panel.until(lambda: page.python("print(panel.run.status)") == "interrupted")
    panel.run().says(".wb-words", "bars")
    run_id = page.python("print(panel.running._job.report.run_id)")
    os.kill(int(page.python("import os; print(os.getpid())")), signal.SIGKILL)
    page.restarted()
    status = f"import workbench as wb; print(wb.get('{run_id}').status)"
    panel.until(lambda: page.python(status) == "interrupted")


RUNS = """
ids = [wb.run("sma_crossover", instrument="AAPL", fast_period=fast, slow_period=50, progress=False).id
       for fast in (5, 8, 12)]
try:
    wb.run("tests.support.user_strategies:Script", instrument="IBM", raise_on=3, note="<script>alert(1)</script>",
           progress=False)
except wb.errors.RunFailed as error:
    failed = error.run
"""


def test_filter_choose_open_run_again_and_delete(open_cells: Open) -> None:
    page = open_cells(SAMPLE + RUNS, "panel = wb.panels.history(); panel")
    panel = History(page)
    first, _, third, failed = page.python("print(*ids, failed.id)").split()
    # other tests leave runs behind, also failed ones and with these parameters
    page.python("for run_id in [*ids, failed.id]: wb.tag(run_id, 'story')")
    panel.every_control_has_a_name().type(".wb-filter-tag", "story")
    panel.choose(".wb-filter-status", "failed").rows_are(failed)
    panel.tick(failed).press(".wb-open").says(".wb-card", "boom on bar 3").says(".wb-card", "<script>alert(1)</script>")
    panel.press(".wb-none").choose(".wb-filter-status", "any").type(".wb-filter-params", "slow_period=50")
    panel.choose(".wb-filter-order", "Oldest first").until(lambda: panel.run_ids()[:1] == [first])
    panel.tick(third).press(".wb-rerun").parameter("fast_period", "20")
    # the new run has no tag: without this filter it is the first of the list, by itself
    panel.type(".wb-filter-tag", " ").choose(".wb-filter-order", "Newest first").press(".wb-again .wb-run")
    panel.until(lambda: page.python("print(panel.run and panel.run.params['fast_period'])") == "20")
    made = page.python("print(panel.run.id)")
    # it is in the list by itself, and chosen
    panel.until(lambda: made in panel.run_ids())
    panel.press(".wb-delete").says(".wb-delete-what", f"{made[:8]} (SMA Crossover on AAPL.NASDAQ)")
    panel.enter(".wb-delete-yes").says(".wb-notice", f"1 deleted: {made[:8]}")
    panel.until(lambda: made not in panel.run_ids())
    assert made not in page.python("print(*wb.history()['run_id'])")
    # a run of any cell appears without a touch
    page.append_cell("another = wb.run('momentum', instrument='IBM', progress=False)")
    panel.type(".wb-filter-params", " ")
    panel.until(lambda: page.python("print(another.id)") in panel.run_ids())


def test_compare_change_and_run_again(open_cells: Open) -> None:
    page = open_cells(SAMPLE + RUNS, "panel = wb.panels.compare(ids[:2]); panel")
    panel = Compare(page).chart("SMA Crossover on AAPL.NASDAQ, 2 runs")
    first, second, third = page.python("print(*ids)").split()
    assert panel.heads() == [first[:8], second[:8]]
    assert not panel.has_row("slow_period")
    panel.press(".wb-differences input").until(lambda: panel.has_row("slow_period"))
    panel.open_list().tick(third).until(lambda: panel.heads() == [first[:8], second[:8], third[:8]])
    panel.choose(".wb-base", f"{second[:8]}, SMA Crossover on AAPL.NASDAQ")
    panel.parameter("slow_period", "60").press(".wb-again .wb-run").until(lambda: len(panel.heads()) == 4)
    made = page.python("print(panel.run.id, panel.run.params['slow_period'])").split()
    assert (panel.heads()[-1], made[1]) == (made[0][:8], "60")
    panel.chart("SMA Crossover on AAPL.NASDAQ, 4 runs").fits().every_control_has_a_name()
    # a narrow window, and a dark theme
    try:
        page.driver.set_window_size(640, 1500)
        page.theme("JupyterLab Dark")
        panel.fits()
        assert panel.find(".wb-run").rect["x"] + panel.find(".wb-run").rect["width"] < 640
    finally:
        page.theme("JupyterLab Light")
        page.driver.set_window_size(*WINDOW)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_opens_and_runs_to_its_end(browser: Chrome, lab: Lab, name: str) -> None:
    page = Notebook(browser, lab, name).open().run_all()
    page.assert_quiet()
    page.shut_down()


def test_a_panel_is_a_dashboard_in_voila(browser: Chrome, lab: Lab) -> None:
    name = lab.write("dashboard.ipynb", [SAMPLE + "wb.panels.launcher('momentum')"])
    with voila(lab.root / name, lab.home) as address:
        browser.get(address)
        panel = Launcher(Page(browser)).run().says(".wb-words", "is saved").says(".wb-card", "Momentum on")
        panel.chart("Momentum").fits()
