"""A venue is the same after the way to NautilusTrader and back."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from workbench.config import Fees, FillChance, VenueUse
from workbench.engine.nautilus1 import venue as translation


def venues(count: int) -> Iterator[VenueUse]:
    """Random venues, each number written in the one way that the snapshot has for it."""
    chance = random.Random(5)
    for _ in range(count):
        account = chance.choice(["margin", "cash"])
        cents = chance.randint(1, 10**9)
        yield VenueUse(
            name=chance.choice(["NASDAQ", "XNYS", "SIM"]),
            oms=chance.choice(["netting", "hedging"]),
            account=account,
            currency=chance.choice(["USD", "EUR", "GBP"]),
            capital=f"{(Decimal(cents) / 100).normalize():f}",
            leverage="1" if account == "cash" else str(chance.choice([1, 2, 7, "2.5"])),
            fees=chance.choice([Fees(), Fees(model="fixed", amount="1.25"), Fees(model="fixed", amount="3")]),
            fill=chance.choice([FillChance(), FillChance(prob_slippage=0.25, seed=chance.randint(0, 2**31))]),
        )


@pytest.mark.parametrize("venue", list(venues(30)), ids=str)
def test_a_venue_comes_back_from_a_configuration(venue: VenueUse) -> None:
    from nautilus_trader.backtest.config import BacktestVenueConfig

    values = translation.to_values(venue)
    parsed = BacktestVenueConfig.parse(BacktestVenueConfig(**values).json())
    assert parsed.name == venue.name
    assert translation.from_values(values) == venue


@pytest.mark.parametrize("venue", list(venues(20)), ids=str)
def test_a_venue_comes_back_from_an_engine_but_for_its_seed(venue: VenueUse) -> None:
    from nautilus_trader.backtest.config import BacktestEngineConfig
    from nautilus_trader.backtest.engine import BacktestEngine
    from nautilus_trader.config import LoggingConfig

    from workbench.engine.nautilus1.inspect_engine import exchanges

    engine = BacktestEngine(BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True)))
    try:
        translation.add_venue(engine, venue)
        (exchange,) = exchanges(engine)
        assert translation.from_exchange(exchange) == replace(venue, fill=replace(venue.fill, seed=None))
        assert translation.exchange_values(exchange).values["starting_balances"] == [
            f"{Decimal(venue.capital):.2f} {venue.currency}"
        ]
    finally:
        engine.dispose()
