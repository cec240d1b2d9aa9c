"""A Plotly figure inside a panel, drawn by JupyterLab or Voilà themselves.

Not a `FigureWidget`: each one sends five megabytes, and loses its lines when the page is loaded again.
"""

from __future__ import annotations

import json
from typing import Any

from ipywidgets import Output

MIME = "application/vnd.plotly.v1+json"


class Chart:
    """The place of one figure."""

    def __init__(self) -> None:
        self.view = Output().add_class("wb-chart")

    def show(self, figure: Any) -> None:
        """Draw this Plotly figure in place of what was there."""
        drawn = json.loads(figure.to_json())
        drawn["config"] = {"displaylogo": False, "plotlyServerURL": ""}
        data = {MIME: drawn, "text/plain": f"<Figure: {figure.layout.title.text}>"}
        self.view.outputs = ({"output_type": "display_data", "metadata": {}, "data": data},)

    def clear(self) -> None:
        """Leave the place empty."""
        self.view.outputs = ()
