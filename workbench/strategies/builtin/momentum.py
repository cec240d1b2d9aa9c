"""Momentum: hold what has risen over the last months."""

# No `from __future__ import annotations`: see sma_crossover.

from typing import Annotated, Any

import msgspec
from nautilus_trader.indicators import RateOfChange
from nautilus_trader.model.data import Bar, BarType
from nautilus_trader.model.identifiers import InstrumentId
from nautilus_trader.trading.config import StrategyConfig

from workbench.strategies.builtin.one_position import FLAT, LONG, SHORT, OnePosition
from workbench.strategies.builtin.sizing import AllowShort, PositionPct
from workbench.strategies.parameters import check_bounds
from workbench.strategies.registry import register


class MomentumConfig(StrategyConfig, kw_only=True, frozen=True):
    """Parameters of `Momentum`."""

    instrument_id: InstrumentId
    bar_type: BarType
    lookback: Annotated[int, msgspec.Meta(ge=1, le=10_000, description="bars between the two prices compared")] = 126
    threshold: Annotated[
        float, msgspec.Meta(ge=0, le=10, description="change to exceed, as a fraction: 0.05 is 5 %")
    ] = 0.0
    position_pct: PositionPct = 0.95
    allow_short: AllowShort = False

    def __post_init__(self) -> None:
        """Refuse a parameter out of its bounds."""
        check_bounds(self)


@register(name="Momentum", type="momentum")
class Momentum(OnePosition):
    """Hold a position while the price stands more than `threshold` above where it was `lookback` bars ago.

    Otherwise none. With `allow_short`, a change below ``-threshold`` goes short, and between the two it stays as it is.

    Source: Moskowitz, Ooi & Pedersen (2012), "Time series momentum", Journal of Financial Economics 104(2).
    """

    def __init__(self, config: MomentumConfig) -> None:
        super().__init__(config)

    def indicators(self) -> list[Any]:
        """Make the rate of change."""
        # NautilusTrader's window counts prices, this bar's included: the oldest of n is n - 1 bars ago
        self._change = RateOfChange(self.config.lookback + 1)
        return [self._change]

    def on_bar(self, bar: Bar) -> None:
        """Move to the side that the change asks for, at this bar's close."""
        if not self._change.initialized:
            return
        change, threshold = self._change.value, self.config.threshold
        if change > threshold:
            self.hold(LONG, bar)
        elif change < -threshold:
            self.hold(SHORT, bar)
        elif not self.config.allow_short:
            self.hold(FLAT, bar)
