"""A metric over two parameters: a cell per pair of values, the median of its runs in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from workbench.charts.labels import axes, differences, ordered, text, together
from workbench.charts.layout import INK, lay_out, left_out, say_nothing_is_there
from workbench.charts.scale import Mark, Scale
from workbench.display.html import escape

if TYPE_CHECKING:
    from plotly import graph_objects as go

MOST_WRITTEN = 12
"""Columns up to which the numbers stand in the cells."""

_NAMED_IN_A_CELL = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Rows of `y` by columns of `x`. `median` is None where no run is; `runs` are the whole ids in each cell."""

    x: list[str]
    y: list[str]
    median: list[list[float | None]]
    runs: list[list[list[str]]]


def heatmap_figure(marks: Sequence[Mark], *, scale: Scale, x: str | None = None, y: str | None = None) -> go.Figure:
    """Draw the grid; a cell without a value is blank.

    A run without one of the parameters, or without the metric, is named in a note.

    Args:
        marks: one per run.
        x: a parameter's name; else the one that varies most and is not `y`.
        y: the same for the other axis.

    Raises:
        UnknownParameter, InvalidInput: as `names.axes`.
    """
    runs = [mark.run for mark in marks]
    x, y = axes(runs, x, y)
    complete = [mark for mark in marks if {x, y} <= mark.run.params.keys()]
    drawn = [mark for mark in complete if mark.value is not None]
    cells = grid(drawn, x, y)
    notes = [
        *left_out(f"no {x} or no {y}", [mark.label for mark in marks if not {x, y} <= mark.run.params.keys()]),
        *left_out(f"no {scale.label}", [mark.label for mark in complete if mark.value is None]),
    ]
    if any(len(cell) > 1 for row in cells.runs for cell in row):
        other = differences([mark.run for mark in drawn], but=[x, y])
        notes = ["; ".join(["cells with several runs show their median", *other]), *notes]
    figure = draw(cells, axes=(x, y), scale=scale)
    lay_out(
        figure,
        title=f"{scale.label} by {x} and {y}: {together(runs)}",
        run_ids=[run.run_id for run in runs],
        notes=notes,
        height=min(max(300, 130 + 34 * len(cells.y)), 760),
        axes=bool(cells.x),
    )
    return figure


def grid(marks: Sequence[Mark], x: str, y: str) -> Grid:
    """Sort runs into cells by their values of both parameters; every run has both, and the metric."""
    across = [text(value) for value in ordered([mark.run.params[x] for mark in marks])]
    up = [text(value) for value in ordered([mark.run.params[y] for mark in marks])]
    cells: list[list[list[Mark]]] = [[[] for _ in across] for _ in up]
    for mark in marks:
        cells[up.index(text(mark.run.params[y]))][across.index(text(mark.run.params[x]))].append(mark)
    return Grid(
        x=across,
        y=up,
        median=[[median([mark.value or 0.0 for mark in cell]) if cell else None for cell in row] for row in cells],
        runs=[[[mark.run_id for mark in cell] for cell in row] for row in cells],
    )


def draw(cells: Grid, *, axes: tuple[str, str], scale: Scale) -> go.Figure:
    """Turn the grid into ink. Brighter is better; where neither way is, brighter is more."""
    from plotly import graph_objects as go

    x, y = axes
    figure = go.Figure()
    if cells.x:
        written = len(cells.x) <= MOST_WRITTEN
        figure.add_heatmap(
            x=cells.x,
            y=cells.y,
            z=cells.median,
            text=[["" if value is None else scale.brief(value) for value in row] for row in cells.median],
            texttemplate="%{text}" if written else None,
            customdata=[
                [[scale.text(value), _named(runs)] for value, runs in zip(row, ids, strict=True)]
                for row, ids in zip(cells.median, cells.runs, strict=True)
            ],
            hovertemplate=f"{escape(scale.label)} %{{customdata[0]}}<br>{escape(x)} %{{x}}"
            f"<br>{escape(y)} %{{y}}<br>%{{customdata[1]}}<extra></extra>",
            hoverongaps=False,
            xgap=2,
            ygap=2,
            colorscale="Cividis",
            reversescale=scale.higher_is_better is False,
            colorbar={
                "title": {"text": escape(scale.title), "side": "right"},
                "tickformat": scale.tickformat,
                "outlinewidth": 0,
                "thickness": 14,
                "tickfont": {"color": INK},
            },
        )
    # words, so that 5, 10, 50 and 200 are equally wide; a blank stays a blank
    figure.update_xaxes(title={"text": escape(x), "standoff": 8}, type="category", showgrid=False)
    figure.update_yaxes(title=escape(y), type="category", showgrid=False)
    if not cells.x:
        say_nothing_is_there(figure, "no run has both parameters and the metric")
    return figure


def _named(runs: Sequence[str]) -> str:
    """How many runs are in a cell and which: ``median of 2 runs<br>1a2b3c4d, 5e6f7a8b``."""
    names = ", ".join(run_id[:8] for run_id in runs[:_NAMED_IN_A_CELL])
    more = f" and {len(runs) - _NAMED_IN_A_CELL} more" if len(runs) > _NAMED_IN_A_CELL else ""
    return f"run {names}" if len(runs) == 1 else f"median of {len(runs)} runs<br>{names}{more}"
