"""The data of a configuration or an engine → what the record keeps of them, and what they make of the capital."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np

from workbench import config
from workbench.catalog import Feed, periods_per_year
from workbench.config import DataUse, VenueUse
from workbench.engine.nautilus1.results import market
from workbench.engine.nautilus1.venue import starting_balances
from workbench.errors import InvalidInput

USUAL_PERIODS = 252
"""A year's periods where no instrument is known."""


def data_uses(data_feeds: Sequence[Feed], sources: Mapping[str, str]) -> tuple[DataUse, ...]:
    """What was fed, as the record keeps it; `sources` of bar types, where they are known."""
    return tuple(
        DataUse(
            instrument_id=feed.instrument_id,
            bar=feed.kind,
            source=sources.get(f"{feed.instrument_id}-{feed.kind}", "catalog"),
            rows=len(feed.time),
            first=config.iso(int(feed.time[0])),
            last=config.iso(int(feed.time[-1])),
            fingerprint=feed.fingerprint,
        )
        for feed in data_feeds
    )


def months_of(data_feeds: Iterable[Feed]) -> dict[str, Sequence[tuple[str, int, str]]]:
    """The digests of each month, by the fingerprint of all."""
    return {feed.fingerprint: feed.months for feed in data_feeds if feed.months}


def most_periods(instruments: Iterable[Any]) -> int:
    """The periods per year of the market that has the most."""
    return max((periods_per_year(instrument) for instrument in instruments), default=USUAL_PERIODS)


def one_currency(venues: Sequence[VenueUse], values: Sequence[Mapping[str, Any]]) -> bool:
    """Whether all accounts begin with the currency of the first venue, so that no rate is needed."""
    return {code for each in values for _, code in starting_balances(each)} <= {venues[0].currency}


def with_capital(
    venues: Sequence[VenueUse],
    values: Sequence[Mapping[str, Any]],
    data_feeds: Sequence[Feed],
    instruments: Sequence[Any],
) -> VenueUse:
    """The first venue, with what all accounts begin with as its capital: other currencies by their first rate.

    Raises:
        InvalidInput: nothing to begin with.
    """
    currency = venues[0].currency
    balances = [balance for venue_values in values for balance in starting_balances(venue_values)]
    rates = market(data_feeds, instruments, currency).rates
    begin = np.zeros(1, dtype=np.int64)
    capital = Decimal(0)
    for balance, code in balances:
        at = Decimal(1)
        if code != currency:
            at = Decimal(repr(float(rates.at(code, currency, begin)[0])))
        # what cannot be valued is said when the equity is
        capital += balance * at if at.is_finite() else 0
    if capital <= 0:
        raise InvalidInput(
            f"the accounts begin with {capital} {currency}. Type starting_balances=['10000 {currency}']."
        )
    return replace(venues[0], capital=f"{capital.normalize():f}")
