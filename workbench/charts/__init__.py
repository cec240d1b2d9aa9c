"""From arrays to figures, one file per chart. Plotly is imported when the first figure is drawn."""

from workbench.charts.equity import Curve, equity_figure

__all__ = ["Curve", "equity_figure"]
