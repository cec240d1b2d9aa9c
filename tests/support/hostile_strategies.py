"""A strategy that does what no strategy should."""

from __future__ import annotations

import os
import stat
import subprocess

from nautilus_trader.model.data import Bar, BarType
from nautilus_trader.model.identifiers import InstrumentId
from nautilus_trader.trading.config import StrategyConfig
from nautilus_trader.trading.strategy import Strategy


class OddError(Exception):
    """Can be neither pickled nor shown."""

    def __reduce__(self) -> str:
        raise RuntimeError("not to be pickled")


class HostileConfig(StrategyConfig, frozen=True):
    instrument_id: InstrumentId
    bar_type: BarType
    trick: str = ""


class Hostile(Strategy):
    def __init__(self, config: HostileConfig) -> None:
        super().__init__(config)
        self.forked = False

    def on_start(self) -> None:
        self.subscribe_bars(self.config.bar_type)

    def on_bar(self, bar: Bar) -> None:
        if self.config.trick == "exit":
            raise SystemExit(3)
        if self.config.trick == "odd_error":
            raise OddError
        if self.config.trick == "child":
            subprocess.Popen(["sleep", "4321"])
            os.abort()
        if self.config.trick == "fork":
            if not self.forked:
                self.forked = True
                os.fork()
            return
        for number in range(3, 64):
            try:
                if stat.S_ISFIFO(os.fstat(number).st_mode):
                    os.write(number, b"\x7f" * 12)
            except OSError:
                continue
        os.abort()
