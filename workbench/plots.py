"""The figures: ids → stored results → Plotly. The engine is not started."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.errors import InvalidInput
from workbench.runs import Record, Run

if TYPE_CHECKING:
    import plotly.graph_objects as go
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Plots:
    """Figures of stored runs, by id, by the start of one, or by the `Run`."""

    get: Callable[[str | Run], Run]
    equity_of: Callable[[Record], pa.Table]

    def equity(self, *runs: str | Run) -> go.Figure:
        """Account value and drawdown of one or several runs over time.

        Raises:
            RunNotFound: an id that no run has.
            InvalidInput: no run was given.
        """
        from workbench.charts import Curve, equity_figure

        if not runs:
            raise InvalidInput("no run was given. Type wb.plot.equity('1a2b3c') with the start of an id.")
        curves = []
        for run in map(self.get, runs):
            table = self.equity_of(run.record)
            curves.append(
                Curve(
                    run_id=run.id,
                    label=f"{run.strategy} on {run.record.instrument_id}, run {run.id[:8]}",
                    currency=run.record.currency,
                    initial_capital=float(run.record.initial_capital),
                    time=table["time"].cast("int64").to_numpy(),
                    equity=table["equity"].to_numpy(),
                )
            )
        return equity_figure(curves)
