"""The heatmap: cells by hand, blanks as blanks."""

from __future__ import annotations

from collections.abc import Callable

from workbench.charts import Mark, Scale, heatmap_figure
from workbench.charts.heatmap import grid

Make = Callable[..., Mark]
SHARPE = Scale(label="Sharpe ratio", higher_is_better=True)


def test_a_cell_has_the_median_of_its_runs_and_an_empty_one_nothing(mark: Make) -> None:
    marks = [
        mark(1, 1.0, {"x": 10, "y": "a"}),
        mark(2, 4.0, {"x": 10, "y": "a"}),
        mark(3, 2.0, {"x": 10, "y": "a"}),
        mark(4, 0.5, {"x": 9, "y": "b"}),
    ]
    found = grid(marks, "x", "y")
    # 9 before 10, as numbers are; the median of 1, 4 and 2 is 2
    assert (found.x, found.y) == (["9", "10"], ["a", "b"])
    assert found.median == [[None, 2.0], [0.5, None]]
    assert [len(cell) for row in found.runs for cell in row] == [0, 3, 1, 0]


def test_the_hover_says_how_many_runs_and_which(mark: Make) -> None:
    marks = [mark(n, float(n), {"x": 1, "y": 1}) for n in range(5)] + [mark(9, 1.0, {"x": 2, "y": 2})]
    figure = heatmap_figure(marks, scale=SHARPE, x="x", y="y")
    (cells,) = figure.data
    assert cells.customdata[0][0][1] == "median of 5 runs<br>00000000, 00000001, 00000002 and 2 more"
    assert list(cells.customdata[1][1]) == ["1.00", "run 00000009"]
    assert figure.layout.meta["run_ids"] == [one.run_id for one in marks]
    assert figure.layout.annotations[0].text == "Cells with several runs show their median"


def test_a_blank_is_neither_coloured_nor_written_nor_hovered(mark: Make) -> None:
    (cells,) = heatmap_figure([mark(n, 1.0, {"x": n, "y": n}) for n in range(2)], scale=SHARPE).data
    assert [list(row) for row in cells.z] == [[1.0, None], [None, 1.0]]
    assert [list(row) for row in cells.text] == [["1.00", ""], ["", "1.00"]]
    assert cells.hoverongaps is False


def test_what_a_median_runs_over_is_noted(mark: Make) -> None:
    marks = [mark(n, 1.0, {"x": 1, "y": 1, "z": n}, instrument=f"{n}.X") for n in range(2)]
    (note,) = heatmap_figure(marks, scale=SHARPE, x="x", y="y").layout.annotations
    assert note.text == "Cells with several runs show their median; these runs also differ in instrument, z"
    alone = [mark(n, 1.0, {"x": n, "y": 1, "z": n}) for n in range(2)]
    assert not heatmap_figure(alone, scale=SHARPE, x="x", y="y").layout.annotations


def test_values_are_equally_wide_and_brighter_is_better(mark: Make) -> None:
    marks = [mark(1, 1.0, {"x": 5, "y": 1}), mark(2, 1.0, {"x": 200, "y": 1})]
    figure = heatmap_figure(marks, scale=SHARPE, x="x", y="y")
    assert (figure.layout.xaxis.type, figure.layout.yaxis.type) == ("category", "category")
    worse = Scale(label="Volatility", unit="fraction", higher_is_better=False)
    assert figure.data[0].reversescale is False
    assert heatmap_figure(marks, scale=worse, x="x", y="y").data[0].reversescale is True


def test_numbers_are_in_the_cells_while_there_is_room(mark: Make) -> None:
    few, many = ([mark(n, 1.0, {"x": n, "y": 1}) for n in range(count)] for count in (12, 13))
    assert heatmap_figure(few, scale=SHARPE, x="x", y="y").data[0].texttemplate == "%{text}"
    assert heatmap_figure(many, scale=SHARPE, x="x", y="y").data[0].texttemplate is None


def test_runs_that_are_left_out_are_named(mark: Make) -> None:
    marks = [mark(1, 1.0, {"x": 1, "y": 1}), mark(2, None, {"x": 1, "y": 1}), mark(3, 1.0, {"x": 1})]
    (note,) = heatmap_figure(marks, scale=SHARPE, x="x", y="y").layout.annotations
    assert note.text == "No x or no y: no. 3<br>No Sharpe ratio: no. 2"


def test_a_figure_of_nothing_says_so(mark: Make) -> None:
    figure = heatmap_figure([mark(1, None, {"x": 1, "y": 1})], scale=SHARPE, x="x", y="y")
    assert len(figure.data) == 0
    assert figure.layout.annotations[0].text == "no run has both parameters and the metric"
