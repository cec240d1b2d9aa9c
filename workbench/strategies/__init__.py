"""What can be run: the built-in strategies, one file each, and the registry that finds them and a user's own.

Importing this package does not import NautilusTrader; loading a strategy does.
"""

from __future__ import annotations

from workbench.strategies.code import classes_of, remember
from workbench.strategies.param_values import (
    flat_params,
    parameter_names,
    parse_params,
    plain_params,
    plain_value,
    resolve_params,
)
from workbench.strategies.registry import (
    Parameter,
    StrategyInfo,
    builtin_key,
    find,
    load,
    parameters,
    register,
    registered,
    strategy_key,
)
from workbench.strategies.replay import forget, recorded

__all__ = [
    "Parameter",
    "StrategyInfo",
    "builtin_key",
    "classes_of",
    "find",
    "flat_params",
    "forget",
    "load",
    "parameter_names",
    "parameters",
    "parse_params",
    "plain_params",
    "plain_value",
    "recorded",
    "register",
    "registered",
    "remember",
    "resolve_params",
    "strategy_key",
]
