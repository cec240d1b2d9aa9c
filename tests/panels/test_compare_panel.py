"""Runs side by side, and a new one that joins them."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.verdicts import verdict_of
from workbench import Run, Workbench
from workbench.panels import Panels
from workbench.panels.chart import MIME
from workbench.panels.compare import Compare


@pytest.fixture
def runs(wb: Workbench) -> list[Run]:
    year: dict[str, Any] = {"instrument": "AAPL", "start": "2012-01-03", "end": "2012-12-31", "progress": False}
    return [wb.run("sma_crossover", fast_period=fast, **year) for fast in (5, 8, 12)]


def drawn(panel: Compare) -> dict[str, Any]:
    (output,) = panel.together.chart.view.outputs
    figure: dict[str, Any] = output["data"][MIME]
    return figure


def test_runs_stand_side_by_side_with_their_curves(wb: Workbench, runs: list[Run]) -> None:
    panel = Panels(wb).compare(runs)
    ids = [run.id for run in runs]
    assert panel.chosen == ids
    assert panel.together.table.value == wb.compare(*ids, only_differences=True)._repr_html_()
    panel.together.differences.value = False
    assert panel.together.table.value == wb.compare(*ids)._repr_html_()
    assert drawn(panel)["layout"]["meta"]["run_ids"] == ids
    panel.together.rebased.value = True
    assert drawn(panel)["layout"]["yaxis"]["title"]["text"] == "Change since the start"


def test_runs_are_given_by_any_start_of_their_id(wb: Workbench, runs: list[Run]) -> None:
    assert Panels(wb).compare(run.id[:8] for run in runs).chosen == [run.id for run in runs]
    assert Panels(wb).compare(wb.history()["run_id"]).chosen == [run.id for run in reversed(runs)]
    assert Panels(wb).compare(runs[0].id).chosen == [runs[0].id]


def test_runs_are_chosen_in_the_panel(wb: Workbench, runs: list[Run]) -> None:
    panel = Panels(wb).compare()
    assert panel.together.notice.text == "Choose two to ten runs to compare them."
    panel.record.table.checks[0].value = True
    panel.record.table.checks[2].value = True
    assert panel.together.notice.text == ""
    assert drawn(panel)["layout"]["meta"]["run_ids"] == [runs[2].id, runs[0].id]
    panel.record.table.checks[0].value = False
    assert panel.together.notice.text == "Choose two to ten runs to compare them."


def test_runs_are_shown_with_their_names_and_tags(wb: Workbench, runs: list[Run]) -> None:
    wb.note(runs[0], "the first", name="base")
    wb.tag(runs[1], "ema")
    panel = Panels(wb).compare(runs)
    assert ">base</td>" in panel.together.table.value
    assert ">ema</td>" in panel.together.table.value
    labels = [label for label, _ in panel.base.options]
    assert labels[1] == f"base: {runs[0].id[:8]}, SMA Crossover on AAPL.NASDAQ"
    assert labels[2] == f"{runs[1].id[:8]}, SMA Crossover on AAPL.NASDAQ"


def test_a_changed_run_joins_the_comparison(wb: Workbench, runs: list[Run]) -> None:
    panel = Panels(wb).compare(runs[:2])
    panel.base.value = runs[1].id
    assert panel.again.form.values() == dict(runs[1].params)
    panel.again.form.controls["slow_period"].value = 60
    panel.again.running.go.click()
    panel.wait(60)
    assert panel.run is not None
    assert panel.run.params == {**runs[1].params, "slow_period": 60}
    assert panel.chosen == [runs[0].id, runs[1].id, panel.run.id]
    assert panel.run.id in panel.together.table.value
    assert drawn(panel)["layout"]["meta"]["run_ids"] == panel.chosen
    # the form stays as it was typed, for the next try
    assert panel.base.value == runs[1].id
    assert panel.again.form.controls["slow_period"].value == 60


def test_an_invalid_parameter_shows_its_error(wb: Workbench, runs: list[Run]) -> None:
    panel = Panels(wb).compare(runs)
    panel.base.value = runs[0].id
    panel.again.form.controls["fast_period"].value = 300
    panel.again.running.go.click()
    panel.wait(60)
    assert panel.again.notice.text == "fast_period must be below slow_period: 300 >= 20"
    assert len(wb.history()) == 3


def test_a_run_is_taken_out(wb: Workbench, runs: list[Run]) -> None:
    panel = Panels(wb).compare(runs)
    assert panel.out.disabled
    panel.base.value = runs[1].id
    panel.out.click()
    assert panel.chosen == [runs[0].id, runs[2].id]
    assert panel.base.value == ""
    assert "wb-hidden" in panel.again.view._dom_classes


def test_an_eleventh_run_is_saved_and_not_compared(wb: Workbench) -> None:
    ten = [
        wb.run("sma_crossover", instrument="IBM", start="2012-01-03", fast_period=fast, progress=False)
        for fast in range(5, 15)
    ]
    panel = Panels(wb).compare(ten)
    panel.base.value = ten[0].id
    panel.again.form.controls["fast_period"].value = 4
    panel.again.running.go.click()
    panel.wait(60)
    assert panel.run is not None
    assert panel.run.params["fast_period"] == 4
    assert panel.chosen == [run.id for run in ten]
    assert "10 stand here already" in panel.notice.text


def test_a_parameter_that_the_strategy_no_longer_has_is_reported_and_left_out(wb: Workbench, runs: list[Run]) -> None:
    again = Panels(wb).compare().again
    older = replace(runs[0].record, params={**runs[0].params, "smoothing": 3})
    again.offer(Run(older, wb._session.results))
    assert again.notice.text == "SMA Crossover has no parameter smoothing any more: it is left out."
    assert again.form.values() == dict(runs[0].params)


def test_a_run_whose_strategy_is_gone_runs_from_its_recorded_source(
    wb: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone_idea.py").write_text(
        "from nautilus_trader.trading.strategy import Strategy\n\nclass Idle(Strategy):\n    pass\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    run = wb.run("gone_idea:Idle", instrument="IBM", progress=False)
    (tmp_path / "gone_idea.py").unlink()
    del sys.modules["gone_idea"]
    panel = Panels(wb).compare([run])
    panel.base.value = run.id
    assert "Its recorded source will be run" in panel.again.notice.text
    panel.again.running.go.click()
    panel.wait(60)
    assert panel.run is not None
    assert verdict_of(panel.run).outcome == "identical"


TERMS: dict[str, dict[str, Any]] = {
    "all defaults": {},
    "a period, capital, a rate": {"start": "2005-01-03", "end": "2010-06-30", "capital": "12345.67 USD", "fees": 0.001},
    "an amount, a cash account, a risk-free rate": {"fees": "1.5 USD", "account": "cash", "risk_free": 0.02},
    "hedging on leverage, slippage with a drawn seed": {"oms": "hedging", "leverage": 3, "slippage": 0.25},
}


@pytest.mark.parametrize("terms", TERMS)
def test_a_run_again_unchanged_is_judged_in_the_panel(wb: Workbench, terms: str) -> None:
    run = wb.run("sma_crossover", instrument="AAPL", progress=False, **TERMS[terms])
    panel = Panels(wb).compare([run])
    panel.base.value = run.id
    panel.again.running.go.click()
    panel.wait(60)
    assert panel.run is not None
    assert (panel.run.rerun_of, verdict_of(panel.run).outcome) == (run.id, "identical")
    assert panel.again.notice.text == verdict_of(panel.run).lines()[0]
