"""What all charts are drawn on: colours, margins, title and notes. Transparent, so that light and dark both suit it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from workbench.display.html import escape

if TYPE_CHECKING:
    from plotly import graph_objects as go

# The four of Okabe & Ito's colour-blind-safe colours that stand out from white and from black alike.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
DASHES = ("solid", "dash", "dot")
SYMBOLS = ("circle", "diamond", "square", "cross", "triangle-up", "triangle-down", "star", "hexagon")
INK = "#777777"
GRID = "rgba(128, 128, 128, 0.25)"
CLEAR = "rgba(0, 0, 0, 0)"
MOST_NAMED = 12
"""Above this a legend is a wall, and looks repeat: the hover tells the runs apart."""

_NOTE_WIDTH = 125
_NOTE_HEIGHT = 16
_NAMED_IN_A_NOTE = 4
_LONGEST = 64
_LEGEND_WIDTH = 700
_LEGEND_LINE = 24


def lay_out(
    figure: go.Figure,
    *,
    title: str,
    run_ids: Iterable[str],
    notes: Iterable[str] = (),
    height: int = 460,
    axes: bool = True,
    legend: Sequence[str] = (),
) -> None:
    """Title, margins, axes and notes. The whole ids of all runs, drawn or not, are in ``layout.meta["run_ids"]``.

    Args:
        title: plain text; escaped here, as the notes are.
        notes: what the reader must know and the ink does not show; between title and axes, each on lines of its own.
        height: in pixels, without the notes and the legend. The width is the notebook's.
        axes: False if nothing was drawn.
        legend: labels that stand in the legend; none for a figure without one.
    """
    lines = [line for note in notes for line in textwrap.wrap(note[:1].upper() + note[1:], _NOTE_WIDTH)]
    below = -65 / max(height - 130, 60)
    height += _NOTE_HEIGHT * len(lines) + _LEGEND_LINE * legend_lines(legend)
    figure.update_layout(
        template="none",
        title={
            "text": escape(title),
            "font": {"size": 15},
            "x": 0,
            "xref": "paper",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "pad": {"t": 12},
        },
        meta={"run_ids": list(run_ids)},
        height=height,
        margin={"l": 70, "r": 20, "t": 45 + _NOTE_HEIGHT * len(lines), "b": 30},
        paper_bgcolor=CLEAR,
        plot_bgcolor=CLEAR,
        font={"color": INK},
        showlegend=bool(legend),
        # below, where it may grow: above it would run into the title
        legend={"orientation": "h", "x": 0, "y": below, "yanchor": "top"},
        modebar={"bgcolor": CLEAR, "color": INK, "activecolor": PALETTE[0]},
        hovermode="closest",
        # a name cut to 15 letters tells no run from another
        hoverlabel={"namelength": -1},
    )
    axis: dict[str, Any] = {
        "gridcolor": GRID,
        "zerolinecolor": GRID,
        "linecolor": INK,
        "visible": axes,
        "automargin": True,
    }
    figure.update_xaxes(axis)
    figure.update_yaxes(axis)
    if lines:
        # hung from the title, because the panels of a chart have titles of their own right above the axes
        figure.add_annotation(
            name="notes",
            text="<br>".join(escape(line) for line in lines),
            font={"size": 12},
            xref="paper",
            yref="paper",
            x=0,
            y=1,
            xanchor="left",
            yanchor="bottom",
            align="left",
            yshift=4,
            showarrow=False,
        )


def legend_lines(names: Sequence[str]) -> int:
    """About how many lines a legend takes, all its columns as wide as its longest name, as Plotly sets it."""
    width = 50 + 6.5 * max((min(len(name), _LONGEST) for name in names), default=0)
    return -(-len(names) // max(1, int(_LEGEND_WIDTH / width)))


def legend_of(names: Sequence[str]) -> tuple[Sequence[str], list[str]]:
    """The names that stand in a legend, and a note where they would be too many; one alone needs neither."""
    if len(names) > MOST_NAMED:
        return (), ["point at a line to see its run"]
    return (names if len(names) > 1 else ()), []


def say_nothing_is_there(figure: go.Figure, why: str) -> None:
    """In the middle of an empty figure."""
    figure.add_annotation(text=escape(why), xref="paper", yref="paper", x=0.5, y=0.5, xanchor="center", showarrow=False)


def left_out(why: str, labels: Sequence[str]) -> list[str]:
    """One note that names the runs that are not drawn, all or the first few of many; no note if all are."""
    if not labels:
        return []
    named = "; ".join(labels[:_NAMED_IN_A_NOTE])
    more = len(labels) - _NAMED_IN_A_NOTE
    return [f"{why}: {named}{f'; and {more} more' if more > 0 else ''}"]


def short(label: str) -> str:
    """A label that leaves room for the chart, escaped. What was cut is in the middle: a run's id stands at the end."""
    if len(label) > _LONGEST:
        half = _LONGEST // 2
        label = f"{label[: half - 1]}…{label[-half:]}"
    return escape(label)


def look(number: int, among: int) -> dict[str, Any]:
    """Line colour, dash and width of one run among others; thin and see-through where there are many."""
    many = among > MOST_NAMED
    dash = "solid" if many else DASHES[number // len(PALETTE) % len(DASHES)]
    line = {"color": PALETTE[number % len(PALETTE)], "dash": dash, "width": 1.0 if many else 1.5}
    return {"line": line, "opacity": 0.7 if many else 1.0}
