"""Capital, account, costs and chance, checked: the terms under which a strategy trades."""

from __future__ import annotations

import math
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from workbench.config.snapshot import Fees, FillChance, VenueUse
from workbench.errors import CurrencyMismatch, InvalidInput

LARGEST = 30
"""Digits before or after the point of any number of money, rate or chance; NautilusTrader keeps fewer."""

type Amount = int | float | str | Decimal
"""A number, or text such as ``"10_000"`` or ``"10000 USD"``."""

OMS = ("netting", "hedging")
ACCOUNTS = ("margin", "cash")


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """What is known about one term: commands and panels are made of it.

    `type` is that of a form's field (``"amount"`` is a number or money). `minimum` and `maximum` are included.
    """

    name: str
    type: str
    default: object
    label: str
    help: str
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None


def _known(**known: Any) -> Mapping[str, Any]:
    return known


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The account and the costs of one run, as they were asked for.

    `fees` is None for the instrument's own maker and taker rates, a fraction such as 0.001 for another rate, or money
    such as ``"1 USD"`` for a fixed commission per order. `slippage` is the chance in 0 … 1 that a market order fills
    one tick worse.
    """

    capital: Amount = field(
        default=100_000,
        metadata=_known(type="amount", label="Capital", help="A number, or with its currency: '10000 USD'."),
    )
    fees: Amount | None = field(
        default=None,
        metadata=_known(type="amount", label="Fees", help="0.001 for 0.1 %, '1 USD' per order; else the instrument's."),
    )
    slippage: float = field(
        default=0.0,
        metadata=_known(
            type="float", label="Slippage", help="Chance in 0 … 1 of a fill one tick worse.", minimum=0, maximum=1
        ),
    )
    seed: int | None = field(
        default=None,
        metadata=_known(type="int | None", label="Seed", help="Of the chance; drawn and recorded if left out."),
    )
    leverage: Amount = field(
        default=1, metadata=_known(type="float", label="Leverage", help="Of a margin account.", minimum=1)
    )
    account: str = field(
        default="margin",
        metadata=_known(type="choice", label="Account", help="Kind of account.", choices=ACCOUNTS),
    )
    oms: str = field(
        default="netting",
        metadata=_known(type="choice", label="OMS", help="One position at a time, or several.", choices=OMS),
    )

    def changed(self) -> dict[str, Any]:
        """The terms that are not what they are when they are left out."""
        values = {term.name: (getattr(self, term.name), term.default) for term in fields(self)}
        # as text: the command line says "1" where the default is 1
        return {name: value for name, (value, default) in values.items() if str(value) != str(default)}

    def fee_rate(self) -> Decimal | None:
        """The rate to put in the instrument's definition; None leaves its own."""
        if self.fees is None or _is_money(self.fees):
            return None
        rate, _ = amount("fees", self.fees)
        if not 0 <= rate < 1:
            raise InvalidInput(
                f"fees={self.fees!r} is not a rate in 0 … 1. Type fees=0.001 for 0.1 % of the value, "
                "or fees='1 USD' for a fixed commission per order."
            )
        return rate

    def venue(self, name: str, currency: str) -> VenueUse:
        """The venue of one instrument, whose settlement currency is `currency`.

        Raises:
            CurrencyMismatch: capital or fees in another currency: NautilusTrader would leave the balance as it was.
            InvalidInput: a number out of its range, or an unknown kind of account.
        """
        capital, own = money("capital", self.capital, currency, within=100)
        if own is not None and own != currency:
            raise CurrencyMismatch(
                f"capital={self.capital!r} but the instrument settles in {currency}, and NautilusTrader would leave "
                f"a {own} balance untouched. Type capital='{capital} {currency}'."
            )
        if capital <= 0:
            raise InvalidInput(f"capital={self.capital!r} must be above 0.")
        leverage, _ = amount("leverage", self.leverage)
        if leverage < 1:
            raise InvalidInput(f"leverage={self.leverage!r} must be at least 1.")
        account = choice("account", self.account, ACCOUNTS)
        if account == "cash" and leverage != 1:
            raise InvalidInput(f"leverage={self.leverage!r} needs account='margin'; a cash account has none.")
        return VenueUse(
            name=name,
            oms=choice("oms", self.oms, OMS),
            account=account,
            currency=currency,
            capital=plain(capital),
            leverage=plain(leverage),
            fees=self._fees(currency),
            fill=self._chance(),
        )

    def _fees(self, currency: str) -> Fees:
        if not _is_money(self.fees):
            return Fees()
        commission, own = money("fees", self.fees, currency, within=1_000_000)  # type: ignore[arg-type]
        if own != currency:
            raise CurrencyMismatch(
                f"fees={self.fees!r} but the account is in {currency}. Type fees='{commission} {currency}'."
            )
        if commission <= 0:
            raise InvalidInput(f"fees={self.fees!r} must be above 0; leave fees out for none.")
        return Fees(model="fixed", amount=plain(commission))

    def _chance(self) -> FillChance:
        slippage, _ = amount("slippage", self.slippage)
        if not 0 <= slippage <= 1:
            raise InvalidInput(f"slippage={self.slippage!r} is a chance: it must be in 0 … 1.")
        seed = self.seed
        if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**63):
            raise InvalidInput(f"seed={seed!r} must be a whole number from 0 to 2**63 - 1.")
        if not slippage:
            return FillChance(seed=seed)
        # without a seed the run could never be reproduced: one is drawn and recorded
        return FillChance(prob_slippage=float(slippage), seed=seed if seed is not None else secrets.randbelow(2**31))


RISK_FREE = Term(
    name="risk_free",
    type="float",
    default=0.0,
    label="Risk-free rate",
    help="Rate per year for Sharpe and Sortino: 0.02 for 2 %.",
)
"""An argument of a run that its metrics need and its venue does not."""

TERMS: Mapping[str, Term] = MappingProxyType(
    {each.name: Term(name=each.name, default=each.default, **each.metadata) for each in fields(Terms)}
    | {RISK_FREE.name: RISK_FREE}
)
"""Every term by the name of its argument, in the order of forms."""


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
        hint = f"Type {name}=10_000 or {name}='10000 USD'."
        raise InvalidInput(f"{name}={value!r} is not a finite number. {hint}") from error
    return number, code.strip().upper() or None


def money(name: str, value: Amount, currency: str, *, within: int) -> tuple[Decimal, str | None]:
    """As `amount`, of a size that NautilusTrader's money has: it rounds what is finer away.

    Args:
        within: how many times as much it must hold: a balance that outgrows it ends the whole process.

    Raises:
        InvalidInput: too large, or with more decimals than `currency` has.
    """
    from nautilus_trader.model.objects import MONEY_MAX, Currency

    number, own = amount(name, value)
    most = int(MONEY_MAX) // within
    if abs(number) > most:
        raise InvalidInput(
            f"{name}={value!r} is above {most:,} {currency}. NautilusTrader's money ends at {int(MONEY_MAX):,}, and a "
            "balance that gets there ends the process."
        )
    decimals = Currency.from_str(currency).precision
    if number != round(number, decimals):
        nearest = max(round(number, decimals), Decimal(1).scaleb(-decimals))
        raise InvalidInput(
            f"{name}={value!r} has more decimals than {currency} has, which is {decimals}. "
            f"Type {name}='{nearest} {currency}'."
        )
    return number, own


def plain(number: Decimal) -> str:
    """One text for one number: 10000, 1E+4 and 10000.00 are ``"10000"``."""
    normal = number.normalize()
    return f"{normal:f}"


def _is_money(value: Amount | None) -> bool:
    return isinstance(value, str) and " " in value.strip()


def choice(name: str, value: str, known: tuple[str, ...]) -> str:
    """One of a few words, in any case.

    Raises:
        InvalidInput: another one; the message lists those that are known.
    """
    text = str(value).lower()
    if text not in known:
        raise InvalidInput(f"{name}={value!r} is not one of {', '.join(map(repr, known))}.")
    return text
