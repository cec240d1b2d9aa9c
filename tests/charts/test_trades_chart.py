"""Trades on price."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import numpy as np

from workbench.charts import Subject, Tape, trades_figure
from workbench.charts.trades import shown_bars
from workbench.runs import Trade

DAY = 86_400_000_000_000
START = 19_906 * DAY  # 2024-07-02
Make = Callable[..., Subject]


def trade(entry: int, leave: int, side: str = "LONG", instrument_id: str = "IBM.NYSE") -> Trade:
    return Trade(
        instrument_id=instrument_id,
        side=side,
        quantity=90.0,
        entry_time=START + entry * DAY,
        entry_price=100.0,
        exit_time=START + leave * DAY,
        exit_price=110.0,
        pnl=899.5,
        commission=0.5,
        return_=0.1,
        currency="USD",
    )


def tape(run: Subject, closes: Sequence[float], trades: Sequence[Trade], **given: Any) -> Tape:
    time = START + np.arange(len(closes)) * DAY
    return Tape(run=run, instrument_id="IBM.NYSE", time=time, close=np.array(closes, float), trades=trades, **given)


def test_long_and_short_and_in_and_out_are_told_apart_by_shape(run: Make) -> None:
    figure = trades_figure(tape(run(), [100, 110, 120], [trade(0, 1), trade(1, 2, "SHORT")]))
    shapes = {trace.name: trace.marker.symbol for trace in figure.data if trace.mode == "markers"}
    assert shapes == {
        "long in": "triangle-up",
        "long out": "triangle-up-open",
        "short in": "triangle-down",
        "short out": "triangle-down-open",
    }
    assert [trace.name for trace in figure.data if trace.showlegend is not False] == ["close", *shapes]


def test_marks_stand_at_the_time_and_price_of_the_fills_and_a_line_joins_them(run: Make) -> None:
    close, held, entry, leave = trades_figure(tape(run(), [100, 110, 120], [trade(0, 2)])).data
    assert list(close.y) == [100, 110, 120]
    assert (entry.x[0], entry.y[0]) == (datetime(2024, 7, 2), 100.0)
    assert (leave.x[0], leave.y[0]) == (datetime(2024, 7, 4), 110.0)
    assert list(held.y) == [100.0, 110.0, None]
    assert entry.customdata[0][0] == "90"
    assert leave.customdata[0][1] == "+899.50 USD (+10.00%)"


def test_the_id_is_in_every_hover_and_in_the_figure(run: Make) -> None:
    figure = trades_figure(tape(run(7), [100, 110], [trade(0, 1)]))
    assert all("run 00000007" in trace.hovertemplate for trace in figure.data if trace.hoverinfo != "skip")
    assert figure.layout.meta["run_ids"] == [run(7).run_id]
    assert figure.layout.title.text == "Trades: SMA on IBM.NYSE, run 00000007"


def test_of_many_bars_those_of_the_trades_are_kept(run: Make) -> None:
    closes = (100 + np.arange(50_000) / 1_000).tolist()
    seen = shown_bars(tape(run(), closes, [trade(31_237, 37_778)]), 300)
    assert {31_237, 37_778, 0, 49_999} <= set(seen.tolist())
    assert seen.size <= 310


def test_a_fill_after_the_last_bar_asks_for_no_bar(run: Make) -> None:
    assert shown_bars(tape(run(), [100.0, 101.0], [trade(0, 5)])).tolist() == [0, 1]


def test_without_bars_the_trades_stand_alone_and_the_figure_says_why(run: Make) -> None:
    figure = trades_figure(tape(run(), [], [trade(0, 1)], notes=["the price is not drawn: gone"]))
    assert [trace.name for trace in figure.data] == ["held long", "long in", "long out"]
    assert figure.layout.annotations[0].text == "The price is not drawn: gone"


def test_a_run_without_trades_shows_the_price_and_says_so(run: Make) -> None:
    figure = trades_figure(tape(run(), [100.0, 101.0], []))
    assert [trace.name for trace in figure.data] == ["close"]
    assert figure.layout.annotations[0].text == "No trade was recorded"
    assert trades_figure(tape(run(), [], [])).layout.annotations[0].text == "no trade was recorded"


def test_trades_of_another_instrument_are_counted_and_not_drawn_on_this_price(run: Make) -> None:
    figure = trades_figure(tape(run(), [100.0, 110.0], [trade(0, 1), trade(0, 1, instrument_id="A.B")]))
    assert len(figure.data[2].x) == 1
    assert figure.layout.annotations[0].text == "1 trade of another instrument is not drawn"
