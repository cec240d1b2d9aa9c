"""Instrument definitions: NautilusTrader's object ↔ plain values of the snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from workbench.config import Currency
from workbench.errors import InvalidInput


def instrument_values(instrument: Any, *, fee_rate: Decimal | None = None) -> dict[str, Any]:
    """The whole definition as plain values, with `fee_rate` in place of its maker and taker rates where given.

    Raises:
        InvalidInput: an inverse contract, whose value is not linear in its price.
    """
    if getattr(instrument, "is_inverse", False):
        raise InvalidInput(
            f"{instrument.id} is an inverse contract: its profit is not linear in the price, and equity could not be "
            "marked to market. Use a linear contract."
        )
    plain: dict[str, Any] = type(instrument).to_dict(instrument)
    if fee_rate is not None:
        plain["maker_fee"] = plain["taker_fee"] = str(fee_rate)
    return plain


def build_instrument(plain: Mapping[str, Any]) -> Any:
    """The NautilusTrader instrument of a stored definition."""
    import nautilus_trader.model.instruments as kinds

    return getattr(kinds, plain["type"]).from_dict(dict(plain))


def settlement_currency(instrument: Any) -> Currency:
    """The currency that profits are paid in."""
    from nautilus_trader.model import objects

    code = str(instrument.get_settlement_currency())
    return Currency(code=code, decimals=objects.Currency.from_str(code).precision, largest=int(objects.MONEY_MAX))


def periods_per_year(instrument: Any) -> int:
    """365 for markets that never close (crypto), 252 for all others."""
    from nautilus_trader.model.enums import AssetClass, CurrencyType

    base = getattr(instrument, "base_currency", None)
    crypto = base is not None and base.currency_type == CurrencyType.CRYPTO
    return 365 if crypto or instrument.asset_class == AssetClass.CRYPTOCURRENCY else 252
