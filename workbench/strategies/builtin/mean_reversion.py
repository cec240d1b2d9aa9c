"""Mean Reversion: buy a short dip inside a long rise."""

# No `from __future__ import annotations`: see sma_crossover.

from typing import Annotated, Any

import msgspec
from nautilus_trader.indicators import MovingAverageType, RelativeStrengthIndex, SimpleMovingAverage
from nautilus_trader.model.data import Bar, BarType
from nautilus_trader.model.identifiers import InstrumentId
from nautilus_trader.trading.config import StrategyConfig

from workbench.errors import InvalidParameter
from workbench.strategies.builtin.one_position import FLAT, LONG, SHORT, OnePosition
from workbench.strategies.builtin.sizing import AllowShort, PositionPct
from workbench.strategies.parameters import check_bounds
from workbench.strategies.registry import register


class MeanReversionConfig(StrategyConfig, kw_only=True, frozen=True):
    """Parameters of `MeanReversion`. The RSI goes from 0 to 100."""

    instrument_id: InstrumentId
    bar_type: BarType
    rsi_period: Annotated[int, msgspec.Meta(ge=1, le=1_000, description="bars of the RSI")] = 2
    entry_below: Annotated[float, msgspec.Meta(gt=0, lt=100, description="buy when the RSI is below this")] = 10.0
    exit_above: Annotated[float, msgspec.Meta(gt=0, lt=100, description="sell when the RSI is above this")] = 50.0
    trend_period: Annotated[int, msgspec.Meta(ge=2, le=10_000, description="bars of the trend's average")] = 200
    position_pct: PositionPct = 0.95
    allow_short: AllowShort = False

    def __post_init__(self) -> None:
        """Refuse a parameter out of its bounds, an exit below the entry, and a trend shorter than the dip."""
        check_bounds(self)
        if self.entry_below >= self.exit_above:
            raise InvalidParameter(f"entry_below must be below exit_above: {self.entry_below} >= {self.exit_above}")
        if self.rsi_period >= self.trend_period:
            raise InvalidParameter(f"rsi_period must be below trend_period: {self.rsi_period} >= {self.trend_period}")


@register(name="Mean Reversion", type="mean_reversion")
class MeanReversion(OnePosition):
    """Buy when the RSI is low while the price is above its long average; sell when the RSI has recovered.

    With `allow_short` also the mirror: sell short above ``100 - entry_below`` while the price is below the average, buy
    back below ``100 - exit_above``. The trend decides about entries only.

    The RSI is Wilder's (1978), smoothed with 1/period. Its averages start from 0 at the first bar, which is forgotten
    within the warm-up of the trend's average.

    Source: Connors & Alvarez (2009), "Short Term Trading Strategies That Work", chapter 9.
    """

    def __init__(self, config: MeanReversionConfig) -> None:
        super().__init__(config)

    def indicators(self) -> list[Any]:
        """Make the RSI and the trend's average."""
        # NautilusTrader's default is an exponential average of 2/(period+1), which is not Wilder's
        self._rsi = RelativeStrengthIndex(self.config.rsi_period, MovingAverageType.WILDER)
        self._trend = SimpleMovingAverage(self.config.trend_period)
        return [self._rsi, self._trend]

    def on_bar(self, bar: Bar) -> None:
        """Trade a dip or a recovery at this bar's close."""
        if not self._trend.initialized:
            return
        config = self.config
        rsi = 100 * self._rsi.value  # NautilusTrader's goes from 0 to 1
        close, trend = bar.close.as_double(), self._trend.value
        if rsi < config.entry_below and close > trend:
            self.hold(LONG, bar)
        elif config.allow_short and rsi > 100 - config.entry_below and close < trend:
            self.hold(SHORT, bar)
        elif (rsi > config.exit_above and self.side() == LONG) or (
            rsi < 100 - config.exit_above and self.side() == SHORT
        ):
            self.hold(FLAT, bar)
