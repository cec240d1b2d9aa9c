"""What the terms of a run have to know of an instrument's money is what NautilusTrader says of it."""

from __future__ import annotations

import pytest
from nautilus_trader.model.objects import MONEY_MAX, Money
from nautilus_trader.model.objects import Currency as TheirCurrency
from nautilus_trader.test_kit.providers import TestInstrumentProvider

from workbench.catalog import settlement_currency
from workbench.config import Currency, Terms
from workbench.errors import InvalidInput


@pytest.mark.parametrize(
    ("symbol", "code", "decimals"), [("USD/JPY", "JPY", 0), ("EUR/USD", "USD", 2), ("AUD/USD", "USD", 2)]
)
def test_a_pair_settles_in_its_quote_currency_of_as_many_decimals(symbol: str, code: str, decimals: int) -> None:
    pair = TestInstrumentProvider.default_fx_ccy(symbol)
    assert settlement_currency(pair) == Currency(code=code, decimals=decimals, largest=int(MONEY_MAX))


def test_capital_may_have_the_decimals_of_its_currency_and_no_more() -> None:
    dollars = Currency(code="USD", decimals=2, largest=1_000_000)
    assert Terms(capital="9999.99").venue("SIM", dollars).capital == "9999.99"
    with pytest.raises(InvalidInput, match="more decimals than USD has, which is 2"):
        Terms(capital="9999.999").venue("SIM", dollars)


def test_capital_may_be_a_hundredth_of_the_largest_amount() -> None:
    dollars = Currency(code="USD", decimals=2, largest=1_000_000)
    # 1,000,000 / 100
    assert Terms(capital=10_000).venue("SIM", dollars).capital == "10000"
    with pytest.raises(InvalidInput, match=r"above 10,000 USD\. NautilusTrader's money ends at 1,000,000"):
        Terms(capital="10000.01").venue("SIM", dollars)


def test_the_largest_amount_is_one_that_money_can_hold() -> None:
    pair = TestInstrumentProvider.default_fx_ccy("EUR/USD")
    largest = settlement_currency(pair).largest
    assert Money(largest, TheirCurrency.from_str("USD")).as_decimal() == largest
    with pytest.raises(ValueError, match="greater than `MONEY_MAX`"):
        Money(largest + 1, TheirCurrency.from_str("USD"))
