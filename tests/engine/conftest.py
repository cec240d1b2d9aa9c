"""What the tests of the engine share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from nautilus_trader.backtest.engine import BacktestEngine


@pytest.fixture
def made() -> Iterator[list[BacktestEngine]]:
    """Engines that are disposed when the test is over."""
    engines: list[BacktestEngine] = []
    yield engines
    for one in engines:
        one.dispose()
