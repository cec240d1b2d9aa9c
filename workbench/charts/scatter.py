"""A metric against a parameter: a point per run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.charts.labels import axes, differences, numeric, ordered, text, together
from workbench.charts.layout import MOST_NAMED, PALETTE, SYMBOLS, lay_out, left_out, say_nothing_is_there
from workbench.charts.scale import Mark, Scale
from workbench.display.html import escape

if TYPE_CHECKING:
    from plotly import graph_objects as go


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkGroup:
    """Runs of one look: of one strategy on one instrument. Every one has the parameter and the metric."""

    name: str
    marks: Sequence[Mark]


def scatter_figure(marks: Sequence[Mark], *, scale: Scale, param: str | None = None) -> go.Figure:
    """Draw the runs that have both; the others are named in a note.

    The axis is one of numbers if all values of the parameter are, else of words in alphabetical order.

    Args:
        marks: one per run.
        param: its name; else the one that varies most.

    Raises:
        UnknownParameter, InvalidInput: as `names.axes`.
    """
    runs = [mark.run for mark in marks]
    (param,) = axes(runs, param)
    complete = [mark for mark in marks if param in mark.run.params]
    drawn = [mark for mark in complete if mark.value is not None]
    notes = [
        *differences([mark.run for mark in drawn], but=[param, "strategy", "instrument"]),
        *left_out(f"no parameter {param}", [mark.label for mark in marks if param not in mark.run.params]),
        *left_out(f"no {scale.label}", [mark.label for mark in complete if mark.value is None]),
    ]
    figure = draw(grouped(drawn), param=param, scale=scale)
    title = f"{scale.label} by {param}: {together(runs)}"
    legend = [trace.name for trace in figure.data] if 1 < len(figure.data) <= MOST_NAMED else []
    ids = [run.run_id for run in runs]
    lay_out(figure, title=title, run_ids=ids, notes=notes, axes=bool(drawn), legend=legend)
    return figure


def grouped(marks: Sequence[Mark]) -> list[MarkGroup]:
    """By strategy and instrument, in the order in which they come."""
    groups: dict[str, list[Mark]] = {}
    for mark in marks:
        groups.setdefault(f"{mark.run.strategy} on {mark.run.instrument}", []).append(mark)
    return [MarkGroup(name=name, marks=marks) for name, marks in groups.items()]


def draw(groups: Sequence[MarkGroup], *, param: str, scale: Scale) -> go.Figure:
    """Turn groups into ink."""
    from plotly import graph_objects as go

    values = ordered([mark.run.params[param] for group in groups for mark in group.marks])
    numbers = numeric(values)
    figure = go.Figure()
    for number, group in enumerate(groups):
        own = [mark.run.params[param] for mark in group.marks]
        figure.add_scatter(
            x=[float(value) if numbers else text(value) for value in own],
            y=[mark.value for mark in group.marks],
            ids=[mark.run_id for mark in group.marks],
            mode="markers",
            name=escape(group.name),
            marker={
                "color": PALETTE[(number + number // len(SYMBOLS)) % len(PALETTE)],
                # open, so that points of runs that differ in something else can lie on each other
                "symbol": f"{SYMBOLS[number % len(SYMBOLS)]}-open",
                "size": 9,
                "line": {"width": 2},
            },
            customdata=[
                [escape(word) for word in (scale.text(mark.value), text(value), mark.label, mark.run_id[:8])]
                for mark, value in zip(group.marks, own, strict=True)
            ],
            hovertemplate=f"{escape(scale.label)} %{{customdata[0]}}<br>{escape(param)} %{{customdata[1]}}"
            "<br>%{customdata[2]}<br>run %{customdata[3]}<extra></extra>",
        )
    figure.update_xaxes(title={"text": escape(param), "standoff": 8})
    if not numbers:
        figure.update_xaxes(type="category", categoryorder="array", categoryarray=[text(value) for value in values])
    figure.update_yaxes(title=escape(scale.title), tickformat=scale.tickformat)
    if not groups:
        say_nothing_is_there(figure, f"no run has both {param} and {scale.label}")
    return figure
