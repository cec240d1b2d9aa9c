"""Instruments: from a name and a file's decimals to NautilusTrader's definition, and two definitions compared."""

from __future__ import annotations

import re
from typing import Any, Literal, get_args

from workbench.checks import word
from workbench.errors import Argument, InvalidInput

type Kind = Literal["equity", "fx", "crypto"]

_ID = re.compile(r"[A-Z0-9_^=:&+#$!][A-Z0-9_^=:&+#$!.\-]*(?:/[A-Z0-9_\-]+)?\.[A-Z0-9_\-]+", re.ASCII | re.IGNORECASE)
_NOT_COMPARED = ("ts_event", "ts_init")
CRYPTO_SIZE_PRECISION = 8


def check_id(text: str) -> str:
    """Check a NautilusTrader instrument id, ``SYMBOL.VENUE``."""
    if not isinstance(text, str) or not _ID.fullmatch(text) or ".." in text:
        raise InvalidInput(
            Argument("instrument", repr(text)),
            " is not an instrument id. Write SYMBOL.VENUE, such as 'AAPL.NASDAQ', 'USD/JPY.FXCM' or "
            "'BTC/USD.BINANCE', or give a NautilusTrader Instrument.",
        )
    return text


def define(instrument_id: str, *, decimals: int, currency: str | None, kind: Kind | None) -> Any:
    """Define an instrument without fees and margins, whose smallest price step is the file's last decimal.

    A name with ``/`` is a currency pair: of two state currencies in whole units, else a crypto pair in units of 1e-8.
    Any other is an equity in whole shares, with at least 2 decimals, in USD unless `currency` says otherwise.
    """
    from nautilus_trader.core.nautilus_pyo3 import FIXED_PRECISION
    from nautilus_trader.model.identifiers import InstrumentId
    from nautilus_trader.model.objects import Price

    identifier = InstrumentId.from_str(instrument_id)
    symbol = identifier.symbol.value
    is_pair = "/" in symbol
    if kind is not None and word("kind", kind) not in get_args(Kind.__value__):
        raise InvalidInput(Argument("kind", repr(kind)), " is not a kind. Write 'equity', 'fx' or 'crypto'.")
    if is_pair == (kind == "equity") and kind is not None:
        example = "a pair is written BASE/QUOTE.VENUE" if not is_pair else "a name with '/' is a pair"
        fitted = Argument("instrument", repr(instrument_id))
        raise InvalidInput(Argument("kind", repr(kind)), " does not fit ", fitted, f": {example}.")
    precision = min(int(FIXED_PRECISION), decimals if is_pair else max(2, decimals))
    increment = Price.from_str("1" if precision == 0 else f"0.{'1':0>{precision}}")
    if is_pair:
        return _pair(identifier, precision, increment, currency, kind)
    return _equity(identifier, precision, increment, "USD" if currency is None else currency)


def _equity(identifier: Any, precision: int, increment: Any, currency: str) -> Any:
    from nautilus_trader.model.instruments import Equity
    from nautilus_trader.model.objects import Quantity

    return Equity(
        instrument_id=identifier,
        raw_symbol=identifier.symbol,
        currency=_known_currency(currency),
        price_precision=precision,
        price_increment=increment,
        lot_size=Quantity.from_int(1),
        ts_event=0,
        ts_init=0,
    )


def _pair(identifier: Any, precision: int, increment: Any, currency: str | None, kind: Kind | None) -> Any:
    from nautilus_trader.model.enums import CurrencyType
    from nautilus_trader.model.instruments import CurrencyPair
    from nautilus_trader.model.objects import Currency, Quantity

    base, _, quote = identifier.symbol.value.partition("/")
    if currency is not None and currency != quote:
        why = f" does not fit {identifier}, which is priced in {quote}."
        raise InvalidInput(Argument("currency", repr(currency)), why)
    quote_currency = _known_currency(quote)
    known = Currency.from_str(base, True)
    fiat = [c is not None and c.currency_type == CurrencyType.FIAT for c in (known, quote_currency)]
    if kind == "fx" and any(c is None or c.currency_type == CurrencyType.CRYPTO for c in (known, quote_currency)):
        why = f" does not fit {identifier}: both sides must be currencies of states, or metals."
        raise InvalidInput(Argument("kind", "'fx'"), why)
    in_units = kind == "fx" or (kind is None and all(fiat))
    size = 0 if in_units else CRYPTO_SIZE_PRECISION
    return CurrencyPair(
        instrument_id=identifier,
        raw_symbol=identifier.symbol,
        base_currency=known if known is not None else Currency.from_str(base),
        quote_currency=quote_currency,
        price_precision=precision,
        size_precision=size,
        price_increment=increment,
        size_increment=Quantity.from_str("1" if size == 0 else f"0.{'1':0>{size}}"),
        ts_event=0,
        ts_init=0,
    )


def _known_currency(code: str) -> Any:
    from nautilus_trader.model.objects import Currency

    currency = Currency.from_str(code, True) if isinstance(code, str) and code else None
    if currency is None:
        raise InvalidInput(
            f"currency {code!r} is not one that NautilusTrader knows. Write a code such as 'USD' or 'USDT'."
        )
    return currency


def kind_of(instrument: Any) -> str:
    """Give ``"equity"``, ``"fx"`` or ``"crypto"`` for what `define` makes, else the class's name."""
    name = type(instrument).__name__
    if name == "CurrencyPair":
        return "fx" if instrument.size_precision == 0 else "crypto"
    return "equity" if name == "Equity" else name


def describe(instrument: Any) -> dict[str, Any]:
    """Give a definition as a dict, without the times at which it was written."""
    fields: dict[str, Any] = type(instrument).to_dict(instrument)
    return {name: value for name, value in fields.items() if name not in _NOT_COMPARED}


def differences(old: Any, new: Any) -> str:
    """Say in which fields two definitions differ; empty if in none."""
    a, b = describe(old), describe(new)
    names = [name for name in sorted({*a, *b}) if a.get(name) != b.get(name)]
    return ", ".join(f"{name} {a.get(name)!r} there and {b.get(name)!r} here" for name in names)


def with_decimals(instrument: Any, decimals: int) -> Any:
    """Give the same definition with a finer price step."""
    from nautilus_trader.core.nautilus_pyo3 import FIXED_PRECISION

    precision = min(int(FIXED_PRECISION), decimals)
    fields = type(instrument).to_dict(instrument)
    return type(instrument).from_dict(
        {**fields, "price_precision": precision, "price_increment": f"0.{'1':0>{precision}}"}
    )
