"""What all charts are drawn on."""

from __future__ import annotations

import plotly.graph_objects as go

from workbench.charts.layout import CLEAR, INK, lay_out, left_out, legend_lines, short


def test_notes_are_wrapped_escaped_and_given_room_above_the_axes() -> None:
    plain, noted = go.Figure(), go.Figure()
    lay_out(plain, title="t", run_ids=[])
    lay_out(noted, title="<b>", run_ids=["a"], notes=["one <two>", "word " * 40])
    (note,) = noted.layout.annotations
    # 200 letters are two lines of at most 125
    assert note.text.split("<br>")[0] == "One &lt;two&gt;"
    assert note.text.count("<br>") == 2
    assert noted.layout.height - plain.layout.height == 3 * 16
    assert noted.layout.margin.t - plain.layout.margin.t == 3 * 16
    assert noted.layout.title.text == "&lt;b&gt;"
    assert not plain.layout.annotations


def test_the_notebook_shows_through_every_chart() -> None:
    figure = go.Figure()
    lay_out(figure, title="t", run_ids=["a"])
    assert (figure.layout.paper_bgcolor, figure.layout.plot_bgcolor, figure.layout.font.color) == (CLEAR, CLEAR, INK)
    assert figure.layout.meta == {"run_ids": ["a"]}


def test_runs_that_are_left_out_are_named_the_first_four_of_many() -> None:
    assert left_out("no Sharpe", []) == []
    assert left_out("no Sharpe", ["a, 1", "b, 2"]) == ["no Sharpe: a, 1; b, 2"]
    assert left_out("no Sharpe", list("abcdef")) == ["no Sharpe: a; b; c; d; and 2 more"]


def test_a_long_label_is_cut_in_the_middle_so_that_the_id_remains() -> None:
    label = "x" * 100 + ", 1a2b3c4d"
    assert len(short(label)) == 64
    assert short(label).endswith(", 1a2b3c4d")
    assert short("a < b") == "a &lt; b"


def test_a_legend_has_as_many_lines_as_its_longest_name_allows() -> None:
    # 50 + 6.5 × 20 = 180 pixels: three in 700
    assert legend_lines(["x" * 20] * 7) == 3
    assert legend_lines([]) == 0
