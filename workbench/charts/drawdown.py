"""How deep each run is under its peak, over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from workbench.charts.equity import NOTHING, Curve, Line, equity_lines, frame_what_never_fell, trace
from workbench.charts.layout import MOST_NAMED, lay_out, left_out, legend_of, look, say_nothing_is_there

if TYPE_CHECKING:
    from plotly import graph_objects as go


def drawdown_figure(curves: Sequence[Curve], of: str = "") -> go.Figure:
    """Draw the drawdown of each run, its deepest point marked unless there are many; a run without equity is named."""
    return draw(equity_lines(curves), title=f"Drawdown: {of}" if of else "Drawdown")


def deepest(line: Line) -> int:
    """The position of the deepest point, the first of equals; the line is not empty."""
    return int(line.drawdown.argmin())


def draw(lines: Sequence[Line], *, title: str = "Drawdown") -> go.Figure:
    """Turn lines into ink."""
    from plotly import graph_objects as go

    figure = go.Figure()
    drawn = [line for line in lines if line.time.size]
    for number, line in enumerate(drawn):
        shown = look(number, len(drawn))
        alone = len(drawn) == 1
        figure.add_scatter(y=line.drawdown, **trace(line, shown, "%{y:.2%}") | {"fill": "tozeroy" if alone else "none"})
        if len(drawn) <= MOST_NAMED:
            _mark_the_deepest(figure, line, shown)
    missing = [line.label for line in lines if not line.time.size]
    legend, notes = legend_of([line.label for line in drawn])
    lay_out(
        figure,
        title=f"Drawdown: {drawn[0].label}" if len(drawn) == 1 else title,
        run_ids=[line.run_id for line in lines],
        notes=[*notes, *left_out(NOTHING, missing)] if drawn else (),
        height=380,
        axes=bool(drawn),
        legend=legend,
    )
    figure.update_xaxes(title={"text": "Time (UTC)", "standoff": 8})
    # room for the text below the deepest mark
    lowest = min((float(line.drawdown.min()) for line in drawn), default=0.0)
    figure.update_yaxes(title="Drawdown", tickformat=".1~%", autorangeoptions={"include": lowest * 1.12})
    frame_what_never_fell(figure, drawn)
    if not drawn:
        say_nothing_is_there(figure, ": ".join([NOTHING, *filter(None, [", ".join(missing)])]))
    return figure


def _mark_the_deepest(figure: go.Figure, line: Line, shown: dict[str, Any]) -> None:
    at = deepest(line)
    if line.drawdown[at] == 0:
        return
    mark = trace(line, shown, "deepest: %{y:.2%}") | {
        "x": line.time[at : at + 1],
        "mode": "markers+text",
        "text": f"{line.drawdown[at]:.1%}",
        "textposition": "bottom center",
        "marker": {"color": shown["line"]["color"], "size": 7, "symbol": "diamond"},
        "showlegend": False,
        "cliponaxis": False,
    }
    figure.add_scatter(y=line.drawdown[at : at + 1], **mark)
