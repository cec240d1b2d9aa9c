"""The scatter chart."""

from __future__ import annotations

from collections.abc import Callable

from workbench.charts import Mark, Scale, scatter_figure

Make = Callable[..., Mark]
SHARPE = Scale(label="Sharpe ratio", higher_is_better=True)


def test_a_point_is_a_run_at_its_parameter_and_metric(mark: Make) -> None:
    figure = scatter_figure([mark(1, 0.5, {"fast": 10}), mark(2, 0.7, {"fast": "20"})], scale=SHARPE)
    (points,) = figure.data
    assert (list(points.x), list(points.y)) == ([10.0, 20.0], [0.5, 0.7])
    assert list(points.ids) == figure.layout.meta["run_ids"]
    assert [one[3] for one in points.customdata] == ["00000001", "00000002"]
    assert "run %{customdata[3]}" in points.hovertemplate
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("fast", "Sharpe ratio")
    assert figure.layout.title.text == "Sharpe ratio by fast: SMA on IBM.NYSE, 2 runs"
    assert figure.layout.showlegend is False


def test_words_stand_in_order_on_an_axis_of_words(mark: Make) -> None:
    figure = scatter_figure([mark(1, 0.5, {"short": True}), mark(2, 0.7, {"short": False})], scale=SHARPE)
    assert list(figure.data[0].x) == ["True", "False"]
    assert (figure.layout.xaxis.type, list(figure.layout.xaxis.categoryarray)) == ("category", ["False", "True"])


def test_strategies_and_instruments_are_told_apart_by_shape_as_well(mark: Make) -> None:
    marks = [mark(n, 1.0, {"fast": n}, instrument=f"{n}.X") for n in range(12)]
    figure = scatter_figure(marks, scale=SHARPE, param="fast")
    assert len({(trace.marker.symbol, trace.marker.color) for trace in figure.data}) == 12
    assert len({trace.marker.symbol for trace in figure.data}) == 8
    assert figure.layout.showlegend is True
    assert figure.data[0].name == "SMA on 0.X"
    more = [*marks, mark(12, 1.0, {"fast": 1}, instrument="12.X")]
    assert scatter_figure(more, scale=SHARPE, param="fast").layout.showlegend is False


def test_a_run_without_the_metric_or_the_parameter_is_named_and_not_drawn(mark: Make) -> None:
    marks = [mark(1, 0.5, {"fast": 1}), mark(2, None, {"fast": 2}), mark(3, 0.5, {"level": 2})]
    figure = scatter_figure(marks, scale=SHARPE, param="fast")
    assert len(figure.data[0].x) == 1
    (note,) = figure.layout.annotations
    assert note.text == "No parameter fast: no. 3<br>No Sharpe ratio: no. 2"
    assert len(figure.layout.meta["run_ids"]) == 3


def test_none_is_a_value_of_a_parameter(mark: Make) -> None:
    figure = scatter_figure([mark(1, 0.5, {"stop": None}), mark(2, 0.5, {"stop": 2})], scale=SHARPE)
    assert list(figure.data[0].x) == ["None", "2"]


def test_what_else_differs_is_noted(mark: Make) -> None:
    marks = [mark(n, 1.0, {"fast": n, "slow": n}) for n in range(2)]
    (note,) = scatter_figure(marks, scale=SHARPE, param="fast").layout.annotations
    assert note.text == "These runs also differ in slow"


def test_a_figure_of_nothing_says_so(mark: Make) -> None:
    figure = scatter_figure([mark(1, None, {"fast": 1})], scale=SHARPE, param="fast")
    assert len(figure.data) == 0
    assert figure.layout.annotations[0].text == "no run has both fast and Sharpe ratio"


def test_names_are_shown_as_they_are_written(mark: Make) -> None:
    (points,) = scatter_figure([mark(1, 1.0, {"a<b": 1}, strategy="<i>")], scale=SHARPE, param="a<b").data
    assert points.name == "&lt;i&gt; on IBM.NYSE"
    assert "a&lt;b" in points.hovertemplate
