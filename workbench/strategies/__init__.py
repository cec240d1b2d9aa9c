"""What can be run: the built-in strategies, one file each, and the registry that finds them and a user's own.

Importing this package does not import NautilusTrader; loading a strategy does.
"""

from __future__ import annotations

from workbench.strategies.recorded import forget, recorded
from workbench.strategies.registry import (
    Parameter,
    StrategyInfo,
    find,
    load,
    parameters,
    register,
    registered,
    strategy_key,
)

__all__ = [
    "Parameter",
    "StrategyInfo",
    "find",
    "forget",
    "load",
    "parameters",
    "recorded",
    "register",
    "registered",
    "strategy_key",
]
