"""From arrays to figures, one file per chart. Plotly is imported when the first figure is drawn."""

from workbench.charts.compare import Bars, compare_figure
from workbench.charts.drawdown import drawdown_figure
from workbench.charts.equity import Curve, curve, equity_figure
from workbench.charts.heatmap import heatmap_figure
from workbench.charts.labels import Subject, labels, subject, together
from workbench.charts.scale import Mark, Scale, marks, scale, value
from workbench.charts.scatter import scatter_figure
from workbench.charts.tearsheet import Sheet, sheet
from workbench.charts.timeline import timeline_figure
from workbench.charts.trades import Tape, round_trips, trades_figure

__all__ = [
    "Bars",
    "Curve",
    "Mark",
    "Scale",
    "Sheet",
    "Subject",
    "Tape",
    "compare_figure",
    "curve",
    "drawdown_figure",
    "equity_figure",
    "heatmap_figure",
    "labels",
    "marks",
    "round_trips",
    "scale",
    "scatter_figure",
    "sheet",
    "subject",
    "timeline_figure",
    "together",
    "trades_figure",
    "value",
]
