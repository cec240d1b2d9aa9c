"""What a run scored: the frozen value that is stored, shown and compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

FORMULAS_VERSION = 1
"""Stored with every set of metrics; goes up when a formula gives another number on the same run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undefined:
    """Why a metric is no number: the raw value as text ("inf", "12.4", "nan"; None if there is none) and the reason."""

    value: str | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """One run's metrics in display order. None is undefined, and `undefined` says why, by the metric's name.

    Returns, volatility, drawdown and win rate are fractions, drawdown and average loss are <= 0; money is in the
    account's currency. `max_drawdown_ns` is the time of the trough in ns UTC. `custom` holds the user's own metrics.
    """

    total_return: float | None
    cagr: float | None
    sharpe_ratio: float | None
    sortino_ratio: float | None
    max_drawdown: float | None
    max_drawdown_ns: int | None
    volatility: float | None
    calmar_ratio: float | None
    final_balance: float | None
    total_trades: int
    winning_trades: int
    losing_trades: int
    break_even_trades: int
    win_rate: float | None
    profit_factor: float | None
    average_win: float | None
    average_loss: float | None
    expectancy: float | None
    custom: Mapping[str, float | None] = field(default_factory=dict)
    undefined: Mapping[str, Undefined] = field(default_factory=dict)
    formulas_version: int = FORMULAS_VERSION
