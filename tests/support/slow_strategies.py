"""Strategies that take their time or take the process with them, for runs in a process of their own."""

import os
import time
from typing import Annotated

import msgspec
from nautilus_trader.model.data import Bar, BarType
from nautilus_trader.model.identifiers import InstrumentId
from nautilus_trader.trading.config import StrategyConfig
from nautilus_trader.trading.strategy import Strategy


class SlowConfig(StrategyConfig, kw_only=True, frozen=True):
    """How slow, and what goes wrong where. Bars are counted from 1; 0 is never."""

    instrument_id: InstrumentId
    bar_type: BarType
    pause: Annotated[float, msgspec.Meta(ge=0, le=10, description="seconds a bar")] = 0.0
    abort_on: int = 0
    deaf_on: int = 0
    print_on: int = 0
    note: str = ""


class Slow(Strategy):
    """Trades nothing and takes its time."""

    def __init__(self, config: SlowConfig) -> None:
        super().__init__(config)
        self.seen = 0

    def on_start(self) -> None:
        """Subscribe."""
        self.subscribe_bars(self.config.bar_type)

    def on_bar(self, bar: Bar) -> None:
        """Sleep, or worse."""
        self.seen += 1
        time.sleep(self.config.pause)
        if self.seen == self.config.print_on:
            print('{"status": "completed", "run_id": "made up"}', flush=True)
        if self.seen == self.config.abort_on:
            os.abort()
        while self.config.deaf_on and self.seen >= self.config.deaf_on:
            try:
                time.sleep(60)
            except KeyboardInterrupt:
                continue
