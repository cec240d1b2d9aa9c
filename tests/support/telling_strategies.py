"""A strategy that fails with what its process is like."""

from __future__ import annotations

import json
import os
import random
import time

import numpy as np
from nautilus_trader.core.uuid import UUID4
from nautilus_trader.model.data import BarType
from nautilus_trader.model.identifiers import InstrumentId
from nautilus_trader.trading.config import StrategyConfig
from nautilus_trader.trading.strategy import Strategy


class TellingConfig(StrategyConfig, frozen=True):
    instrument_id: InstrumentId
    bar_type: BarType


class Telling(Strategy):
    """Tells process, session, parent, random numbers, time zone and one variable of the environment, as JSON."""

    def on_start(self) -> None:
        told = {
            "pid": os.getpid(),
            "session": os.getsid(0),
            "parent": os.getppid(),
            "random": [random.random(), float(np.random.random()), str(UUID4())],
            "zone": time.tzname[0],
            "variable": os.environ.get("WORKBENCH_TOLD"),
        }
        raise ValueError(json.dumps(told))
