"""Numbers and money as people write them, checked: 10000, ``"10_000"``, ``"10000 USD"``."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from workbench.errors import Argument, InvalidInput

LARGEST = 30
"""Digits before or after the point of any number of money, rate or chance; NautilusTrader keeps fewer."""

type Amount = int | float | str | Decimal
"""A number, or text such as ``"10_000"`` or ``"10000 USD"``."""


def amount(name: str, value: Amount) -> tuple[Decimal, str | None]:
    """A number and, where the text has one, its currency code.

    Raises:
        InvalidInput: not a finite number.
    """
    text, _, code = str(value).strip().partition(" ")
    try:
        if isinstance(value, bool) or (isinstance(value, float) and not math.isfinite(value)):
            raise InvalidOperation
        number = Decimal(text)
        if not number.is_finite() or (number and not -LARGEST < number.adjusted() < LARGEST):
            raise InvalidOperation
    except InvalidOperation as error:
        number_only, with_currency = Argument(name, "10_000"), Argument(name, "'10000 USD'")
        wrong = Argument(name, repr(value))
        raise InvalidInput(wrong, " is not a finite number. Type ", number_only, " or ", with_currency, ".") from error
    return number, code.strip().upper() or None


@dataclass(frozen=True, slots=True, kw_only=True)
class Currency:
    """A currency as the engine has it: its decimals, and the largest amount of it that there can be."""

    code: str
    decimals: int
    largest: int

    def __str__(self) -> str:
        return self.code


def money(name: str, value: Amount, currency: Currency, *, within: int) -> tuple[Decimal, str | None]:
    """As `amount`, of a size that the engine's money has: it rounds what is finer away.

    Args:
        within: how many times as much it must hold: a balance that outgrows it ends the whole process.

    Raises:
        InvalidInput: too large, or with more decimals than `currency` has.
    """
    number, own = amount(name, value)
    most = currency.largest // within
    if abs(number) > most:
        raise InvalidInput(
            Argument(name, repr(value)),
            f" is above {most:,} {currency}. NautilusTrader's money ends at {currency.largest:,}, and a balance that "
            "gets there ends the process.",
        )
    decimals = currency.decimals
    if number != round(number, decimals):
        nearest = max(round(number, decimals), Decimal(1).scaleb(-decimals))
        raise InvalidInput(
            Argument(name, repr(value)),
            f" has more decimals than {currency} has, which is {decimals}. Type ",
            Argument(name, f"'{nearest} {currency}'"),
            ".",
        )
    return number, own


def plain(number: Decimal) -> str:
    """One text for one number: 10000, 1E+4 and 10000.00 are ``"10000"``."""
    normal = number.normalize()
    return f"{normal:f}"


def is_money(value: Amount | None) -> bool:
    """Whether it is text with a currency."""
    return isinstance(value, str) and " " in value.strip()


def choice(name: str, value: str, known: tuple[str, ...]) -> str:
    """One of a few words, in any case.

    Raises:
        InvalidInput: another one; the message lists those that are known.
    """
    text = str(value).lower()
    if text not in known:
        raise InvalidInput(Argument(name, repr(value)), f" is not one of {', '.join(map(repr, known))}.")
    return text
