"""How a run is shown: a card in Jupyter, a line in a list, and nothing that a browser would execute."""

from __future__ import annotations

import pytest
from IPython.lib.pretty import pretty

from workbench import Run, Workbench
from workbench.display.card import Card
from workbench.display.format import number


@pytest.fixture
def run(wb: Workbench) -> Run:
    return wb.run("momentum", instrument="IBM", capital=10_000, progress=False)


def test_the_card_says_what_was_run_with_what_and_that_it_was_saved(run: Run) -> None:
    for card in (run._repr_html_(), str(run)):
        for part in (run.id, "completed", "saved", "Momentum", "IBM.NYSE", "lookback", "126", "2000-03-01", "Sharpe"):
            assert part in card, part


def test_a_run_is_its_card_alone_and_one_line_in_a_list(run: Run) -> None:
    assert pretty(run) == str(run)
    assert pretty([run]) == f"[{run!r}]"
    assert "\n" not in repr(run)
    assert run.id[:8] in repr(run)


def test_everything_in_a_card_is_escaped() -> None:
    evil = "<script>alert('x')</script>"
    shown = Card(title=evil, subtitle=evil, facts=[(evil, evil)], notes=[evil]).html()
    assert "<script" not in shown
    assert shown.count("&lt;script&gt;") == 5


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (0.12345, "fraction", "12.35%"),
        (-0.4576, "fraction", "-45.76%"),
        (1234567.891, "money", "1,234,567.89 USD"),
        (0.728, "ratio", "0.73"),
        (12.0, "count", "12"),
        (None, "ratio", "–"),
    ],
)
def test_numbers_are_shown_by_their_unit(value: float | None, unit: str, shown: str) -> None:
    assert number(value, unit, "USD") == shown


def test_the_equity_chart_of_two_runs_carries_their_ids(wb: Workbench, run: Run) -> None:
    other = wb.run("sma_crossover", instrument="IBM", progress=False)
    figure = wb.plot.equity(run.id[:8], other)
    assert figure.layout.meta["run_ids"] == [run.id, other.id]
    assert len(figure.data) == 4
    assert figure.data[0].y[0] == 10_000
