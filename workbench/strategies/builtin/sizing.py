"""How much to buy: a fraction of equity, cut to what the instrument trades in and the capital pays for."""

# No `from __future__ import annotations`: the configs take their fields' types from here, see sma_crossover.

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Self

import msgspec

PositionPct = Annotated[float, msgspec.Meta(gt=0, le=1, description="fraction of equity put into a position")]
AllowShort = Annotated[bool, msgspec.Meta(description="also sell short; needs a margin account")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """What of an instrument decides a quantity.

    `increment` is the step of a quantity, `tick` that of a price, `taker_fee` a fraction of the notional (a rebate
    counts as nothing). An inverse contract is quoted in one currency and paid for in the other, `multiplier / price` of
    it a unit.
    """

    increment: Decimal
    tick: Decimal
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    multiplier: Decimal = Decimal(1)
    taker_fee: Decimal = Decimal(0)
    inverse: bool = False

    @classmethod
    def of(cls, instrument: Any) -> Self:
        """Read them from a NautilusTrader instrument."""
        low, high = instrument.min_quantity, instrument.max_quantity
        return cls(
            increment=instrument.size_increment.as_decimal(),
            tick=instrument.price_increment.as_decimal(),
            minimum=None if low is None else low.as_decimal(),
            maximum=None if high is None else high.as_decimal(),
            multiplier=instrument.multiplier.as_decimal(),
            taker_fee=max(instrument.taker_fee, Decimal(0)),
            inverse=instrument.is_inverse,
        )

    def cost(self, price: Decimal) -> Decimal:
        """Money for one unit at `price`, the fee included."""
        notional = self.multiplier / price if self.inverse else self.multiplier * price
        return notional * (1 + self.taker_fee)

    def worst(self, price: Decimal) -> Decimal:
        """The price one tick dearer: the most that NautilusTrader's fill model makes an order slip."""
        return price - self.tick if self.inverse else price + self.tick


def entry_quantity(lot: Lot, *, price: Decimal, equity: Decimal, free: Decimal, position_pct: float) -> Decimal:
    """Find the quantity that puts `position_pct` of `equity` into a position at `price`.

    Args:
        lot: what the instrument trades in.
        price: the price that the order is expected to fill at.
        equity: value of the account at this price, in the currency the instrument is paid in.
        free: what may be spent of it; even a fill one tick dearer costs no more.
        position_pct: fraction of equity, in (0, 1].

    Returns:
        A multiple of the increment, rounded down, at most the maximum. 0 if that is under the minimum, or if there is
        nothing to spend or no positive price: then there is no order to send.
    """
    if min(price, lot.worst(price), equity, free) <= 0:
        return Decimal(0)
    wanted = Decimal(str(position_pct)) * equity / lot.cost(price)
    affordable = free / lot.cost(lot.worst(price))
    most = min(wanted, affordable) if lot.maximum is None else min(wanted, affordable, lot.maximum)
    quantity = most // lot.increment * lot.increment
    return Decimal(0) if lot.minimum is not None and quantity < lot.minimum else quantity
