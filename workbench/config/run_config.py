"""NautilusTrader's own `BacktestRunConfig`, as far as a room knows it that NautilusTrader is not a guest of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nautilus_trader.backtest.config import BacktestRunConfig

type RunConfig = BacktestRunConfig
"""NautilusTrader's own, under a name for rooms that it is not a guest of."""


def is_run_config(value: object) -> bool:
    """Whether it is a `BacktestRunConfig`, by the name of its class: nothing is imported to say no."""
    return any(
        (cls.__module__, cls.__qualname__) == ("nautilus_trader.backtest.config", "BacktestRunConfig")
        for cls in type(value).__mro__
    )
