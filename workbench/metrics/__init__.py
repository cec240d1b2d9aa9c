"""Pure functions on arrays, each with its source; numpy only.

    metrics = measure(time=…, equity=…, initial_capital=10_000.0, trade_pnls=…, periods_per_year=252)

A metric is one function with the decorator `metric`; `registered` lists all of them, the user's own included.
"""

from workbench.metrics.measurement import measure
from workbench.metrics.registry import (
    Declarations,
    Meaning,
    MetricSpec,
    Reason,
    Undefined,
    Unit,
    meaning,
    metric,
    register,
    registered,
    standard,
    standard_metric,
)
from workbench.metrics.returns import (
    cagr,
    calmar_ratio,
    drawdown,
    final_balance,
    max_drawdown,
    max_drawdown_ns,
    sharpe_ratio,
    sortino_ratio,
    total_return,
    volatility,
)
from workbench.metrics.sample import Sample, last_of_each_day, simple_returns
from workbench.metrics.scores import FORMULAS_VERSION, Metrics
from workbench.metrics.trades import (
    average_loss,
    average_win,
    break_even_trades,
    expectancy,
    losing_trades,
    profit_factor,
    total_trades,
    win_rate,
    winning_trades,
)
from workbench.metrics.trading_days import AROUND_THE_CLOCK, DAY, Session, day_numbers, measured_periods

__all__ = [
    "AROUND_THE_CLOCK",
    "DAY",
    "FORMULAS_VERSION",
    "Declarations",
    "Meaning",
    "MetricSpec",
    "Metrics",
    "Reason",
    "Sample",
    "Session",
    "Undefined",
    "Unit",
    "average_loss",
    "average_win",
    "break_even_trades",
    "cagr",
    "calmar_ratio",
    "day_numbers",
    "drawdown",
    "expectancy",
    "final_balance",
    "last_of_each_day",
    "losing_trades",
    "max_drawdown",
    "max_drawdown_ns",
    "meaning",
    "measure",
    "measured_periods",
    "metric",
    "profit_factor",
    "register",
    "registered",
    "sharpe_ratio",
    "simple_returns",
    "sortino_ratio",
    "standard",
    "standard_metric",
    "total_return",
    "total_trades",
    "volatility",
    "win_rate",
    "winning_trades",
]
