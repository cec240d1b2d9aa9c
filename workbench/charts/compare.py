"""Metrics of several runs side by side: a panel per metric, a bar per run, the best one marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.charts.labels import Subject, differences, labels, together, told
from workbench.charts.layout import GRID, INK, MOST_NAMED, PALETTE, lay_out, short
from workbench.charts.scale import Scale
from workbench.display.html import escape

if TYPE_CHECKING:
    from plotly import graph_objects as go

BEST = "★"
ACROSS = 4
_WIDTH = 860
_NARROWEST = 90
_LETTER = 6.4
"""Pixels; of the width of a notebook's cell, and of a letter of the values and labels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """One metric of all runs, in the order of the runs; None where it is undefined."""

    scale: Scale
    values: Sequence[float | None]


def compare_figure(runs: Sequence[Subject], panels: Sequence[Bars]) -> go.Figure:
    """Draw the panels, up to four across. The value stands at each bar, a dash where there is none.

    What the runs differ in, other than the parameters in their labels, is said in a note.

    Args:
        runs: top to bottom.
        panels: each with a value per run.
    """
    from plotly.subplots import make_subplots

    run_ids, names = [run.run_id for run in runs], labels(runs)
    across = min(len(panels), ACROSS)
    width = max((_WIDTH - _LETTER * max(map(len, names))) / across, _NARROWEST)
    down = -(-len(panels) // ACROSS)
    figure = make_subplots(
        rows=down,
        cols=across,
        shared_yaxes=True,
        subplot_titles=[escape(panel.scale.title) for panel in panels],
        horizontal_spacing=0.03,
        vertical_spacing=0.12 / down,
    )
    for number, panel in enumerate(panels):
        _add(figure, panel, run_ids, names, width, row=number // across + 1, column=number % across + 1)
    figure.update_annotations(font={"size": 13, "color": INK})
    line = 30 if len(run_ids) <= MOST_NAMED else 19
    notes = differences(runs, but=[*told(runs), "strategy", "instrument"])
    title = f"Compare: {together(runs)}"
    lay_out(figure, title=title, run_ids=run_ids, notes=notes, height=105 + down * (40 + line * len(run_ids)))
    figure.update_layout(bargap=0.3)
    # the panels' own titles stand where the notes would
    figure.update_layout(margin={"t": figure.layout.margin.t + 22})
    figure.update_annotations(yshift=24, selector={"name": "notes"})
    size = 12 if len(run_ids) <= MOST_NAMED else 10
    ticks = {
        "tickvals": list(range(len(run_ids))),
        "ticktext": [short(label) for label in names],
        "tickfont": {"size": size},
    }
    figure.update_yaxes(showgrid=False, zeroline=False, range=[len(run_ids) - 0.5, -0.5], **ticks)
    figure.update_xaxes(showticklabels=False, showgrid=False, zeroline=True, zerolinecolor=GRID, zerolinewidth=2)
    return figure


def room(values: Sequence[float | None], words: Sequence[str], width: float) -> tuple[float, float]:
    """The range of an axis that has zero, all bars, and beyond them their words; `width` is the panel's, in pixels."""
    pairs = [(0.0 if value is None else value, len(word)) for value, word in zip(values, words, strict=True)]
    low, high = min(0.0, *(value for value, _ in pairs)), max(0.0, *(value for value, _ in pairs))
    left, right = (
        max((letters + 1.5 for value, letters in pairs if (value < 0) is negative), default=0.0) * _LETTER / width
        for negative in (True, False)
    )
    unit = (high - low or 1.0) / max(0.2, 1.0 - left - right)
    return low - left * unit, high + right * unit


def _add(
    figure: go.Figure,
    panel: Bars,
    run_ids: Sequence[str],
    names: Sequence[str],
    width: float,
    *,
    row: int,
    column: int,
) -> None:
    from plotly import graph_objects as go

    best = panel.scale.best(panel.values)
    full = [panel.scale.text(value) for value in panel.values]
    brief = [panel.scale.brief(value) + f" {BEST}" * top for value, top in zip(panel.values, best, strict=True)]
    bars = go.Bar(
        orientation="h",
        x=[0.0 if value is None else value for value in panel.values],
        y=list(range(len(panel.values))),
        ids=run_ids,
        text=brief,
        textposition="outside",
        textangle=0,
        textfont={"size": 11},
        cliponaxis=False,
        marker={"color": [PALETTE[0] if top else INK for top in best]},
        name=escape(panel.scale.label),
        customdata=[
            [escape(word), escape(label), run_id[:8], "<br>the best" * top]
            for word, label, run_id, top in zip(full, names, run_ids, best, strict=True)
        ],
        hovertemplate="%{customdata[0]}%{customdata[3]}<br>%{customdata[1]}<br>run %{customdata[2]}",
    )
    figure.add_trace(bars, row=row, col=column)
    figure.update_xaxes(range=room(panel.values, brief, width), row=row, col=column)
