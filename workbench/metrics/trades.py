"""Metrics of the closed trades.

A trade is one round trip; its result is net of all commissions, in the account's currency. One that made exactly
nothing is neither won nor lost, but it is a trade: it counts in the win rate and the expectancy. Every formula takes
the results of all trades, shape ``(k,)``, in any order.

Source of all of them: Stridsman (2003), Trading Systems and Money Management, McGraw-Hill, part 1 "How to Evaluate a
System".
"""

from __future__ import annotations

import math

import numpy as np

from workbench.arrays import FloatArray
from workbench.metrics.registry import Reason, standard_metric

_TRADES = (
    Reason("no closed trade", lambda s: s.trade_pnls.size == 0),
    Reason("a trade's result is not finite", lambda s: not np.isfinite(s.trade_pnls).all()),
)


@standard_metric(first=True, higher_is_better=None, label="Trades", unit="count")
def total_trades(trade_pnls: FloatArray) -> int:
    """Count all round trips. Source: Stridsman (2003), part 1."""
    return trade_pnls.size


@standard_metric(higher_is_better=None, unit="count")
def winning_trades(trade_pnls: FloatArray) -> int:
    """Count the trades that made money. Source: Stridsman (2003), part 1."""
    return int(np.count_nonzero(trade_pnls > 0))


@standard_metric(higher_is_better=None, unit="count")
def losing_trades(trade_pnls: FloatArray) -> int:
    """Count the trades that lost money. Source: Stridsman (2003), part 1."""
    return int(np.count_nonzero(trade_pnls < 0))


@standard_metric(higher_is_better=None, label="Break-even trades", unit="count")
def break_even_trades(trade_pnls: FloatArray) -> int:
    """Count the trades neither won nor lost, so that the three kinds always add up to all trades.

    Source: Stridsman (2003), part 1.
    """
    return trade_pnls.size - winning_trades(trade_pnls) - losing_trades(trade_pnls)


@standard_metric(allowed=(0.0, 1.0), higher_is_better=True, unit="fraction", unless=_TRADES)
def win_rate(trade_pnls: FloatArray) -> float:
    """Give the share of winners among all trades, the break-even ones included.

    Returns:
        A fraction 0 … 1; NaN without a trade.

    Source: Stridsman (2003), part 1.
    """
    return winning_trades(trade_pnls) / trade_pnls.size if trade_pnls.size else math.nan


@standard_metric(higher_is_better=True, unless=_TRADES, undefined="no losing trade to set the gains against")
def profit_factor(trade_pnls: FloatArray) -> float:
    """Give the sum of all gains per unit of the sum of all losses.

    Returns:
        A ratio >= 0; infinity if there are gains and no loss, NaN if there are neither.

    Source: Stridsman (2003), part 1: "simply divide the gross profit by the gross loss".
    """
    gains = float(trade_pnls[trade_pnls > 0].sum())
    losses = float(-trade_pnls[trade_pnls < 0].sum())
    if losses == 0:
        return math.inf if gains > 0 else math.nan
    return gains / losses


@standard_metric(higher_is_better=True, unit="money", unless=_TRADES, undefined="no winning trade")
def average_win(trade_pnls: FloatArray) -> float:
    """Give the mean result of the winners.

    Returns:
        Money > 0; NaN without a winner.

    Source: Stridsman (2003), part 1.
    """
    wins = trade_pnls[trade_pnls > 0]
    return float(wins.mean()) if wins.size else math.nan


@standard_metric(higher_is_better=True, unit="money", unless=_TRADES, undefined="no losing trade")
def average_loss(trade_pnls: FloatArray) -> float:
    """Give the mean result of the losers.

    Returns:
        Money < 0; NaN without a loser.

    Source: Stridsman (2003), part 1.
    """
    losses = trade_pnls[trade_pnls < 0]
    return float(losses.mean()) if losses.size else math.nan


@standard_metric(higher_is_better=True, unit="money", unless=_TRADES)
def expectancy(trade_pnls: FloatArray) -> float:
    """Give the mean result of all trades, the break-even ones included.

    Returns:
        Money; NaN without a trade.

    Source: Stridsman (2003), part 1.
    """
    return float(trade_pnls.mean()) if trade_pnls.size else math.nan
