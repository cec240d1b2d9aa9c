"""Capital, account, costs and chance, checked: the terms under which a strategy trades.

A new term of the venue is one field of `Terms`, which leads to one of `VenueUse` and back; one argument of `wb.run`;
and its translation in ``engine/nautilus1/venue.py``. The command's option and the panel's field come of themselves.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Literal, Self, get_args

from workbench.config.amounts import Amount, Currency, amount, choice, is_money, money, plain
from workbench.errors import Argument, CurrencyMismatch, InvalidInput

type Account = Literal["margin", "cash"]
type Oms = Literal["netting", "hedging"]
ACCOUNTS = get_args(Account.__value__)
OMS = get_args(Oms.__value__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fees:
    """What a fill costs: ``instrument`` (the maker and taker rates of its definition) or ``fixed`` per order."""

    model: str = "instrument"
    amount: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FillChance:
    """The fill model: chances in 0 … 1 and the seed of its random numbers."""

    prob_fill_on_limit: float = 1.0
    prob_slippage: float = 0.0
    seed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueUse:
    """The simulated venue and the account on it. Capital and leverage are decimal text."""

    name: str
    oms: str
    account: str
    currency: str
    capital: str
    leverage: str = "1"
    fees: Fees = field(default_factory=Fees)
    fill: FillChance = field(default_factory=FillChance)


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """What is known about one term: its check, the command's option and the panel's field are made of it.

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

    def in_range(self, value: Amount) -> Decimal:
        """The number that `value` says.

        Raises:
            InvalidInput: not a finite number, or out of the term's range.
        """
        number, _ = amount(self.name, value)
        low, high = self.minimum, self.maximum
        if (low is None or number >= low) and (high is None or number <= high):
            return number
        bounds = (
            f"in {low} … {high}"
            if None not in (low, high)
            else f"at least {low}"
            if high is None
            else f"at most {high}"
        )
        raise InvalidInput(Argument(self.name, repr(value)), f" must be {bounds}.")

    def chosen(self, value: str) -> str:
        """The one of the term's choices that `value` says, in any case.

        Raises:
            InvalidInput: another word.
        """
        return choice(self.name, value, self.choices)


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

    @classmethod
    def of(cls, venue: VenueUse, **changes: Any) -> Self:
        """The terms that lead to `venue` again, with some of them changed."""
        terms: dict[str, Any] = {
            "capital": f"{venue.capital} {venue.currency}",
            "account": venue.account,
            "oms": venue.oms,
            "leverage": venue.leverage,
            "fees": None if venue.fees.amount is None else f"{venue.fees.amount} {venue.currency}",
            "slippage": venue.fill.prob_slippage,
            "seed": venue.fill.seed,
        }
        return cls(**terms | changes)

    def changed(self) -> dict[str, Any]:
        """The terms that are not what they are when they are left out."""
        values = {term.name: (getattr(self, term.name), term.default) for term in fields(self)}
        # as text: the command line says "1" where the default is 1
        return {
            name: value for name, (value, default) in values.items() if value != default and str(value) != str(default)
        }

    def fee_rate(self) -> Decimal | None:
        """The rate to put in the instrument's definition; None leaves its own."""
        if self.fees is None or is_money(self.fees):
            return None
        rate, _ = amount("fees", self.fees)
        if not 0 <= rate < 1:
            raise InvalidInput(
                Argument("fees", repr(self.fees)),
                " is not a rate in 0 … 1. Type ",
                Argument("fees", "0.001"),
                " for 0.1 % of the value, or ",
                Argument("fees", "'1 USD'"),
                " for a fixed commission per order.",
            )
        return rate

    def venue(self, name: str, currency: Currency) -> VenueUse:
        """The venue of one instrument, whose settlement currency is `currency`.

        Raises:
            CurrencyMismatch: capital or fees in another currency: NautilusTrader would leave the balance as it was.
            InvalidInput: a number out of its range, or an unknown kind of account.
        """
        capital, own = money("capital", self.capital, currency, within=100)
        if own is not None and own != currency.code:
            raise CurrencyMismatch(
                Argument("capital", repr(self.capital)),
                f" but the instrument settles in {currency}, and NautilusTrader would leave a {own} balance "
                "untouched. Type ",
                Argument("capital", f"'{capital} {currency}'"),
                ".",
            )
        if capital <= 0:
            raise InvalidInput(Argument("capital", repr(self.capital)), " must be above 0.")
        leverage = TERMS["leverage"].in_range(self.leverage)
        account = TERMS["account"].chosen(self.account)
        if account == "cash" and leverage != 1:
            needed = Argument("account", "'margin'")
            raise InvalidInput(
                Argument("leverage", repr(self.leverage)), " needs ", needed, "; a cash account has none."
            )
        return VenueUse(
            name=name,
            oms=TERMS["oms"].chosen(self.oms),
            account=account,
            currency=currency.code,
            capital=plain(capital),
            leverage=plain(leverage),
            fees=self._fees(currency),
            fill=self._chance(),
        )

    def _fees(self, currency: Currency) -> Fees:
        if not is_money(self.fees):
            return Fees()
        commission, own = money("fees", self.fees, currency, within=1_000_000)  # type: ignore[arg-type]
        if own != currency.code:
            raise CurrencyMismatch(
                Argument("fees", repr(self.fees)),
                f" but the account is in {currency}. Type ",
                Argument("fees", f"'{commission} {currency}'"),
                ".",
            )
        if commission <= 0:
            raise InvalidInput(Argument("fees", repr(self.fees)), " must be above 0; leave fees out for none.")
        return Fees(model="fixed", amount=plain(commission))

    def _chance(self) -> FillChance:
        slippage = TERMS["slippage"].in_range(self.slippage)
        seed = self.seed
        if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**63):
            raise InvalidInput(Argument("seed", repr(seed)), " must be a whole number from 0 to 2**63 - 1.")
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
