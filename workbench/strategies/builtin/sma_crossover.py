"""SMA Crossover: follow the trend while a fast average stands above a slow one."""

# No `from __future__ import annotations`: msgspec would have to resolve the fields' types by name, later, in a module
# that may be gone by then; a re-run executes the recorded source in a module of its own.

import math
from typing import Annotated, Any

import msgspec
from nautilus_trader.indicators import SimpleMovingAverage
from nautilus_trader.model.data import Bar, BarType
from nautilus_trader.model.identifiers import InstrumentId
from nautilus_trader.trading.config import StrategyConfig

from workbench.errors import InvalidParameter
from workbench.strategies.builtin.one_position import LONG, SHORT, OnePosition
from workbench.strategies.builtin.sizing import AllowShort, PositionPct
from workbench.strategies.parameters import check_bounds
from workbench.strategies.registry import register


class SmaCrossoverConfig(StrategyConfig, kw_only=True, frozen=True):
    """Parameters of `SmaCrossover`."""

    instrument_id: InstrumentId
    bar_type: BarType
    fast_period: Annotated[int, msgspec.Meta(ge=1, le=10_000, description="bars of the fast average")] = 10
    slow_period: Annotated[int, msgspec.Meta(ge=2, le=10_000, description="bars of the slow average")] = 20
    position_pct: PositionPct = 0.95
    allow_short: AllowShort = False

    def __post_init__(self) -> None:
        """Refuse a parameter out of its bounds, and a fast average that is not faster."""
        check_bounds(self)
        if self.fast_period >= self.slow_period:
            raise InvalidParameter(f"fast_period must be below slow_period: {self.fast_period} >= {self.slow_period}")


@register(name="SMA Crossover", type="trend_following")
class SmaCrossover(OnePosition):
    """Buy when the fast average crosses above the slow one; sell when it crosses below.

    A cross needs a bar before it: above means not above at the previous bar. The first bar that has both averages is
    only looked at, so a run that starts inside a trend waits for the next one.
    """

    def __init__(self, config: SmaCrossoverConfig) -> None:
        super().__init__(config)

    def indicators(self) -> list[Any]:
        """Make both averages."""
        self._fast = SimpleMovingAverage(self.config.fast_period)
        self._slow = SimpleMovingAverage(self.config.slow_period)
        self._order: int | None = None
        return [self._fast, self._slow]

    def on_bar(self, bar: Bar) -> None:
        """Trade a cross at this bar's close."""
        if not self._slow.initialized:
            return
        before, now = self._order, _order(self._fast.value, self._slow.value)
        self._order = now
        if before is None or now == before:
            return
        if now > 0:
            self.hold(LONG, bar)
        elif now < 0:
            self.hold(SHORT, bar)


def _order(fast: float, slow: float) -> int:
    """1 above, -1 below, 0 equal: averages of the same price over 10 and 20 bars differ in the last bit."""
    if math.isclose(fast, slow, rel_tol=1e-12):
        return 0
    return 1 if fast > slow else -1
