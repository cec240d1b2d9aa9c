"""The launcher, driven by its controls: real runs in real processes, and the real record."""

from __future__ import annotations

import ast
import os
import random
import signal
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import nbformat
import pytest
from ipywidgets import Checkbox, Dropdown, FloatText, IntText, Text
from nautilus_trader.trading.strategy import Strategy
from nbclient import NotebookClient

from workbench import Run, Status, Workbench
from workbench.panels import Panels
from workbench.panels.chart import MIME
from workbench.panels.debounce import Debounced
from workbench.panels.launcher import Launcher
from workbench.panels.notice import CONTROLS
from workbench.settings import Settings
from workbench.strategies import find, parameters, registered

SMA = "workbench.strategies.builtin.sma_crossover:SmaCrossover"
SLOW = "tests.support.slow_strategies:Slow"


@pytest.fixture
def launched(wb: Workbench) -> Iterator[Any]:
    """Makes launchers; what a failed test leaves running is cancelled."""
    made: list[Launcher] = []

    def launch(strategy: str | type | None = "sma_crossover") -> Launcher:
        made.append(Panels(wb).launcher(strategy))
        made[-1].check.wait(30)
        return made[-1]

    yield launch
    for panel in made:
        panel.running.cancel()
        panel.wait(20)
        panel.check.wait(20)


def press_run(panel: Launcher) -> Launcher:
    panel.running.go.click()
    panel.wait(60)
    return panel


def run_of(panel: Launcher) -> Run:
    assert panel.run is not None
    return panel.run


def until(claim: Any, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_run_of_the_panel_is_shown_and_is_the_run_that_a_person_would_type(wb: Workbench, launched: Any) -> None:
    panel = launched()
    panel.form.controls["fast_period"].value = 7
    panel.market.instrument.value = ("IBM.NYSE", "1-DAY-LAST-EXTERNAL")
    panel.market.start.value = date(2005, 1, 3)
    panel.market.capital.value = 5_000
    panel.terms.form.controls["fees"].value = "1 USD"
    assert press_run(panel).notice.text == ""
    (drawn,) = panel.result._chart.view.outputs
    assert drawn["data"][MIME]["layout"]["meta"]["run_ids"] == [run_of(panel).id]
    assert run_of(panel).id in panel.result._card.value
    assert wb.history()["run_id"].tolist() == [run_of(panel).id]
    typed = wb.run("sma_crossover", instrument="IBM", start="2005-01-03", capital=5_000, fees="1 USD", fast_period=7)
    assert run_of(panel).config == typed.config
    assert run_of(panel).metrics == typed.metrics
    assert "Completed" in panel.running.words.value


def test_every_registered_strategy_has_a_form_of_its_own_parameters(launched: Any) -> None:
    panel = launched(None)
    assert len(panel.strategy.options) == len(registered())
    for _, path in panel.strategy.options:
        panel.strategy.value = path
        wanted = {one.name: one.default for one in parameters(find(path))}
        assert wanted
        assert panel.form.values() == wanted


def test_a_strategy_of_the_users_own_has_a_form_with_no_work(launched: Any) -> None:
    panel = launched("tests.support.user_strategies:Script")
    controls = panel.form.controls
    assert list(controls)[:2] == ["orders", "raise_on"]
    assert isinstance(controls["raise_on"], IntText)
    assert isinstance(controls["note"], Text)
    controls["orders"].value = '{"1": 90}'
    assert run_of(press_run(panel)).params["orders"] == {"1": 90.0}
    assert panel.run.record.strategy_path == "tests.support.user_strategies:Script"


def test_a_control_says_type_bounds_and_help(launched: Any) -> None:
    controls = launched().form.controls
    kinds = {name: type(control) for name, control in controls.items()}
    assert kinds == {"fast_period": IntText, "slow_period": IntText, "position_pct": FloatText, "allow_short": Checkbox}
    assert "bars of the fast average, 1 to 10000" in controls["fast_period"].description
    assert "above 0, at most 1" in controls["position_pct"].description
    assert controls["fast_period"].value == 10


def test_a_value_out_of_bounds_is_reported_and_not_clamped(launched: Any) -> None:
    panel = launched()
    panel.form.controls["fast_period"].value = 0
    panel.check.wait(30)
    assert panel.form.controls["fast_period"].value == 0
    assert "fast_period" in panel.notice.text
    press_run(panel)
    assert panel.run is None
    assert "fast_period" in panel.notice.text


def test_a_duplicate_is_reported_before_the_run_can_be_shown_and_is_run_all_the_same(
    wb: Workbench, launched: Any
) -> None:
    first = run_of(press_run(launched()))
    panel = launched()
    assert panel.notice.text == f"The same was run on {first.started_at:%Y-%m-%d %H:%M} UTC, id {first.id[:8]}."
    panel.see.click()
    assert panel.run == first
    panel.form.controls["fast_period"].value = 11
    panel.check.wait(30)
    assert panel.notice.text == ""
    assert "wb-hidden" in panel.see._dom_classes
    panel.form.controls["fast_period"].value = 10
    press_run(panel)
    assert len(wb.history()) == 2


def test_cancel_stops_the_run_and_the_record_says_so(wb: Workbench, launched: Any) -> None:
    panel = launched(SLOW)
    panel.form.controls["pause"].value = 0.02
    panel.running.go.click()
    until(lambda: "bars" in panel.running.words.value)
    assert 0 < panel.running.bar.value < 1
    assert (panel.running.go.disabled, panel.running.stop.disabled) == (True, False)
    panel.running.stop.click()
    panel.wait(20)
    assert panel.run.status is Status.INTERRUPTED
    assert "Interrupted" in panel.running.words.value
    assert (panel.running.go.disabled, panel.running.stop.disabled) == (False, True)


def test_a_second_click_while_it_runs_is_no_second_run(wb: Workbench, launched: Any) -> None:
    panel = launched(SLOW)
    panel.running.go.click()
    panel.running.go.click()
    panel.wait(60)
    assert len(wb.history()) == 1


def test_the_next_run_can_begin_as_soon_as_the_last_one_is_shown(wb: Workbench, launched: Any) -> None:
    panel = launched()
    panel.running.go.click()
    until(lambda: panel.run is not None)
    panel.running.go.click()
    panel.wait(60)
    assert len(wb.history()) == 2


def test_a_run_has_the_name_tags_and_note_of_the_panel(wb: Workbench, launched: Any) -> None:
    panel = launched()
    for name, typed in {"name": " base ", "tags": "slow, ema,, slow", "note": "before the fees changed"}.items():
        panel.labels.form.controls[name].value = typed
    run = run_of(press_run(panel))
    assert (run.name, run.tags) == ("base", ("ema", "slow"))
    assert wb.history(name="base", tag=["ema", "slow"])["run_id"].tolist() == [run.id]
    assert "before the fees changed" in wb.details(run).to_string()


def test_a_name_that_is_too_long_is_reported_and_nothing_runs(wb: Workbench, launched: Any) -> None:
    panel = launched()
    panel.labels.form.controls["name"].value = "n" * 201
    assert "has 201 characters" in press_run(panel).notice.text
    assert wb.history().empty


def test_a_parameter_that_is_called_note_leaves_no_second_field_of_that_name(launched: Any) -> None:
    panel = launched("tests.support.user_strategies:Script")
    assert list(panel.labels.form.controls) == ["name", "tags"]
    panel.labels.form.controls["name"].value = "mine"
    panel.form.controls["note"].value = "of the strategy"
    run = run_of(press_run(panel))
    assert (run.name, run.params["note"]) == ("mine", "of the strategy")


def test_a_failed_run_and_a_crash_stand_in_the_panel_in_words_and_escaped(launched: Any) -> None:
    failing = launched("tests.support.user_strategies:Script")
    failing.form.controls["note"].value = "<script>alert(1)</script>"
    failing.form.controls["raise_on"].value = 5
    press_run(failing)
    assert failing.run.status is Status.FAILED
    assert "ValueError: boom on bar 5" in failing.notice.text
    result = failing.result
    shown = result._card.value + result._facts.value + failing.notice.view.value + failing.running.words.value
    assert "&lt;script&gt;" in shown
    assert "<script" not in shown
    crashing = launched(SLOW)
    crashing.form.controls["abort_on"].value = 5
    press_run(crashing)
    assert crashing.run.status is Status.INTERRUPTED
    assert "SIGABRT" in crashing.notice.text


def test_a_look_that_was_due_when_run_was_pressed_does_not_hide_how_it_failed(launched: Any) -> None:
    failing = launched("tests.support.user_strategies:Script")
    failing.check._delay = 6.0  # after the run has failed
    failing.form.controls["raise_on"].value = 5
    look = failing.check._timer
    press_run(failing)
    assert look is not None
    look.join(10)
    assert "ValueError: boom on bar 5" in failing.notice.text


def test_an_answer_that_is_not_wanted_any_more_is_not_shown() -> None:
    asked, go = threading.Event(), threading.Event()
    shown = []

    def work(wanted: Callable[[], bool]) -> None:
        asked.set()
        assert go.wait(10)
        shown.append(wanted())

    check = Debounced(work, delay=0)
    check.soon()
    assert asked.wait(10)
    check.drop()
    go.set()
    until(lambda: shown)
    assert shown == [False]


def test_two_panels_run_at_once_while_the_kernel_computes(wb: Workbench, launched: Any) -> None:
    panels = [launched(SLOW), launched(SLOW)]
    for number, panel in enumerate(panels):
        panel.form.controls["note"].value = str(number)
        panel.form.controls["pause"].value = 0.001
        panel.running.go.click()
    # were a run in this process, there would be no turn before it is over
    turns, deadline = 0, time.monotonic() + 60
    while not all(panel.run for panel in panels) and time.monotonic() < deadline:
        sum(range(200_000))
        turns += not any(panel.run for panel in panels)
    assert turns > 10
    for panel in panels:
        panel.wait(60)
    assert {panel.run.params["note"] for panel in panels} == {"0", "1"}
    assert wb.history()["status"].tolist() == ["completed", "completed"]


def test_a_class_of_a_cell_that_uses_more_than_cells_is_refused_with_what_to_do(
    launched: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class InACell(Strategy):
        """Written in a notebook."""

    InACell.__module__, InACell.__qualname__ = "__main__", "InACell"
    monkeypatch.setattr(sys.modules["__main__"], "InACell", InACell, raising=False)
    panel = press_run(launched(InACell))
    assert panel.run is None
    assert panel.notice.text.startswith("InACell uses something that was not typed in a cell")
    assert "wb.run(InACell" in panel.notice.text


CELLS = """
    from nautilus_trader.model.data import BarType
    from nautilus_trader.model.identifiers import InstrumentId
    from nautilus_trader.trading.config import StrategyConfig
    from nautilus_trader.trading.strategy import Strategy
    import workbench as wb

    class WaitConfig(StrategyConfig, kw_only=True, frozen=True):
        instrument_id: InstrumentId
        bar_type: BarType
        patience: int = 3

    class Wait(Strategy):
        def __init__(self, config: WaitConfig) -> None:
            super().__init__(config)

        def on_start(self) -> None:
            self.subscribe_bars(self.config.bar_type)
"""
LAUNCH = """
    panel = wb.panels.launcher(strategy=Wait)
    panel.market.instrument.value = ("IBM.NYSE", "1-DAY-LAST-EXTERNAL")
    panel.form.controls["patience"].value = 5
    panel.running.go.click()
    panel.wait(60)
    again = wb.rerun(panel.run, progress=False)
    print([panel.run.params, panel.run.source, panel.run.config.strategy.path, again.verdict.outcome])
"""


def test_a_class_of_a_cell_runs_in_a_process_of_its_own(
    home: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBENCH_HOME", str(home))
    monkeypatch.setenv("DATABASE_URL", database_url)
    cells = [nbformat.v4.new_code_cell(textwrap.dedent(cell).strip()) for cell in (CELLS, LAUNCH)]
    done = NotebookClient(nbformat.v4.new_notebook(cells=cells), timeout=120).execute()
    params, source, path, outcome = ast.literal_eval(done.cells[-1].outputs[-1]["text"])
    assert (params, path, outcome) == ({"patience": 5}, "__main__:Wait", "identical")
    assert "class Wait(Strategy):" in source
    assert "panels" not in source


MEASURED = """
    import workbench as wb
    wb.import_sample()
    scale = 3

    @wb.metric(higher_is_better=False, label="Span")
    def span(equity):
        return scale * (equity.max() - equity.min())

    typed = wb.run("momentum", instrument="IBM", start="2010-01-04", end="2012-12-31", progress=False)
    panel = wb.panels.launcher("momentum")
    panel.market.instrument.value = ("IBM.NYSE", "1-DAY-LAST-EXTERNAL")
    import datetime
    panel.market.start.value, panel.market.end.value = datetime.date(2010, 1, 4), datetime.date(2012, 12, 31)
    panel.running.go.click()
    panel.wait(60)
    best = wb.best("span")
    compared = wb.compare(typed, panel.run).set_index("name")
    print([typed.metrics["span"], panel.run.metrics["span"], list(best["span"]), "span" in compared.index])
"""


def test_a_metric_of_a_cell_is_measured_by_a_panels_run_and_ranked(
    home: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBENCH_HOME", str(home))
    monkeypatch.setenv("DATABASE_URL", database_url)
    cells = [nbformat.v4.new_code_cell(textwrap.dedent(MEASURED).strip())]
    done = NotebookClient(nbformat.v4.new_notebook(cells=cells), timeout=120).execute()
    typed, panels, ranked, compared = ast.literal_eval(done.cells[-1].outputs[-1]["text"].splitlines()[-1])
    assert typed == panels > 0
    assert (ranked, compared) == ([typed, typed], True)
    # and in a process that does not know its formula
    other = Workbench(Settings(home=home, database_url=database_url))
    assert list(other.best("span")["span"]) == [typed, typed]
    assert list(other.history(order_by="span")["span"]) == [typed, typed]
    compared = other.compare(*other.best("span")["run_id"])
    assert "span" in set(compared["name"])
    assert not [note for note in compared.notes if "Not registered" in note]  # it is read as its run declared it
    other.close()


CRASHES = int(os.environ.get("WORKBENCH_CRASHES", "3"))
"""How many processes of a panel's run are killed, at random moments."""


@pytest.mark.timeout(max(300, 30 * CRASHES))
def test_after_a_crash_the_card_says_what_is_saved(wb: Workbench, launched: Any) -> None:
    chance = random.Random(7)
    panel = launched(SLOW)
    panel.form.controls["pause"].value = 0.001
    panel.market.start.value = date(2012, 1, 3)
    for number in range(CRASHES):
        shown = panel.run
        panel.form.controls["note"].value = f"crash {number}"
        panel.running.go.click()
        until(lambda: (job := panel.running._job) and (job.report.run_id or job.report.over), 120)
        assert panel.running._job.report.run_id is not None, panel.running._job.report.message
        threading.Event().wait(chance.uniform(0, 0.6))  # the moment of the crash
        with suppress(ProcessLookupError):
            os.kill(panel.running._job.pid, signal.SIGKILL)
        panel.wait(120)
        until(lambda shown=shown: panel.run is not None and panel.run != shown, 120)
        run = panel.run
        saved = wb.get(run.id)
        assert run.status is saved.status
        assert run.status.value != "running"
        assert f"{run.status.value}" in panel.result._card.value


def test_an_empty_catalog_says_how_to_fill_it_and_a_cell_that_does_is_noticed(fresh_wb: Workbench) -> None:
    panel = Panels(fresh_wb).launcher()
    assert "wb.import_sample()" in panel.market.about.value
    fresh_wb.import_mock(instrument="MOCK.SIM")
    panel.refresh()
    assert panel.market.instrument.value == ("MOCK.SIM", "1-DAY-LAST-EXTERNAL")
    # the last weekday of 2023
    assert "2020-01-01 to 2023-12-29" in panel.market.about.value
    panel.check.wait(30)


def test_new_data_leave_what_was_typed_alone(fresh_wb: Workbench) -> None:
    fresh_wb.import_mock(instrument="MOCK.SIM")
    panel = Panels(fresh_wb).launcher("sma_crossover")
    panel.market.start.value, panel.form.controls["fast_period"].value = date(2021, 1, 1), 5
    fresh_wb.import_mock(instrument="AAA.SIM", seed=2)
    panel.refresh()
    assert len(panel.market.instrument.options) == 2
    assert panel.market.instrument.value[0] == "MOCK.SIM"
    assert (panel.market.start.value, panel.form.controls["fast_period"].value) == (date(2021, 1, 1), 5)
    panel.check.wait(30)


def test_without_a_widget_a_panel_is_a_line_of_text(launched: Any) -> None:
    bundle = launched()._repr_mimebundle_()
    assert bundle["text/plain"] == "<Panel: Run a backtest>"
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_choices_are_a_list(launched: Any) -> None:
    account = launched().terms.form.controls["account"]
    assert isinstance(account, Dropdown)
    assert [value for _, value in account.options] == ["margin", "cash"]


def test_every_control_that_a_hint_names_is_there(launched: Any) -> None:
    panel = launched()
    history = Panels(panel._workbench).history()
    lists = [f"the list “{control.description}”" for control in (panel.strategy, panel.market.instrument)]
    saved = "the panel “Saved runs”"
    assert repr(history) == "<Panel: Saved runs>"
    assert sorted(CONTROLS.values()) == sorted([*lists, saved, f"“{history.open.description}” in {saved}"])
