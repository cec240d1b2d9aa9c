"""NautilusTrader's own tearsheet, fed with what is stored: one HTML file that needs no network."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from workbench.display.html import escape
from workbench.metrics import DAY

if TYPE_CHECKING:
    from workbench.charts import Sheet

THEIR_PERIODS_PER_YEAR = 252
"""NautilusTrader's rolling Sharpe ratio assumes these."""


def write_tearsheet(sheet: Sheet, path: Path) -> Path:
    """Write the file, in place of one that is there.

    The rolling Sharpe ratio is left out, and the sheet says so, for a market with another number of periods a year
    than the 252 that NautilusTrader assumes.
    """
    import pandas as pd
    from nautilus_trader.analysis import TearsheetConfig
    from nautilus_trader.analysis.tearsheet import create_tearsheet_from_stats

    # a bar that closes at midnight belongs to the day it covers
    days = ((sheet.sample.daily_time - 1) // DAY * DAY).astype("datetime64[ns]")
    returns = pd.Series(np.array(sheet.sample.returns), index=pd.DatetimeIndex(days, tz="UTC"), name="returns")
    run, charts = dict(sheet.run), TearsheetConfig().charts
    periods = sheet.sample.periods_per_year
    if periods != THEIR_PERIODS_PER_YEAR:
        charts = [chart for chart in charts if chart.name != "rolling_sharpe"]
        run["Rolling Sharpe"] = (
            f"left out: it assumes {THEIR_PERIODS_PER_YEAR} periods a year, this market has {periods}"
        )
    create_tearsheet_from_stats(
        stats_pnls={sheet.currency: _escaped(sheet.money)},
        stats_returns=_escaped(sheet.returns),
        stats_general=_escaped(sheet.trades),
        returns=returns,
        output_path=str(path),
        title=escape(sheet.title),
        config=TearsheetConfig(charts=charts),
        run_info=_escaped(run),
        account_info=_escaped(sheet.account),
    )
    return path


def _escaped(words: Mapping[str, str]) -> dict[str, str]:
    return {escape(name): escape(value) for name, value in words.items()}
