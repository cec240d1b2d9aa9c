"""Metrics of a user's, in a module that workers can import."""

import gc

from workbench.arrays import FloatArray
from workbench.metrics import metric


@metric(higher_is_better=None)
def pool_bars(equity: FloatArray) -> float:
    return float(len(equity))


@metric(higher_is_better=None)
def pool_collects(equity: FloatArray) -> float:
    return float(gc.isenabled())
