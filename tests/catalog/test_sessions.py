"""When the trading day of an instrument ends, by its definition."""

from __future__ import annotations

from typing import Any

import pytest
from nautilus_trader.test_kit.providers import TestInstrumentProvider

from workbench.catalog import common_session
from workbench.catalog.definitions import define
from workbench.metrics import AROUND_THE_CLOCK, Session


def values(instrument: Any) -> dict[str, Any]:
    plain: dict[str, Any] = type(instrument).to_dict(instrument)
    return plain


@pytest.mark.parametrize(
    ("name", "currency", "session"),
    [
        ("AAPL.XNAS", "USD", Session(zone="America/New_York")),
        ("VOD.XLON", "GBP", Session(zone="Europe/London")),
        ("7203.XTKS", "JPY", Session(zone="Asia/Tokyo")),
        # an exchange that nobody here knows: where its money is from
        ("SAP.SOMEWHERE", "EUR", Session(zone="Europe/Berlin")),
        ("EUR/USD.SIM", None, Session(zone="America/New_York", ends_at=17)),
        ("BTC/USD.BINANCE", None, AROUND_THE_CLOCK),
    ],
)
def test_by_exchange_and_kind(name: str, currency: str | None, session: Session) -> None:
    assert common_session([values(define(name, decimals=2, currency=currency, kind=None))]) == session


def test_futures_end_at_five_in_chicago_and_perpetuals_never() -> None:
    assert common_session([values(TestInstrumentProvider.es_future(2024, 3))]).zone == "America/Chicago"
    assert common_session([values(TestInstrumentProvider.btcusdt_perp_binance())]) == AROUND_THE_CLOCK


def test_markets_that_differ_have_the_days_of_utc() -> None:
    several = [values(define(name, decimals=2, currency=None, kind=None)) for name in ("AAPL.XNAS", "EUR/USD.SIM")]
    assert common_session(several) == AROUND_THE_CLOCK
    assert common_session([]) == AROUND_THE_CLOCK
