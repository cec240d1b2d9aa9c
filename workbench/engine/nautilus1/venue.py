"""Our venue ↔ NautilusTrader's, in both of its forms: the values of a configuration, and the exchange of an engine.

A new term of a venue is translated here and nowhere else.
"""

from __future__ import annotations

import gc
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from workbench.config import Fees, FillChance, VenueUse
from workbench.errors import InvalidInput

MODELS = "nautilus_trader.backtest.models"
CONFIGS = "nautilus_trader.backtest.config"

_SAME_NAME = (
    "reject_stop_orders",
    "support_gtd_orders",
    "support_contingent_orders",
    "use_position_ids",
    "use_random_ids",
    "use_reduce_only",
    "use_market_order_acks",
    "bar_execution",
    "bar_adaptive_high_low_ordering",
    "trade_execution",
    "liquidity_consumption",
    "queue_position",
    "price_protection_points",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Something read of an engine as its configuration, and what of it nobody can know."""

    values: Mapping[str, Any]
    unknown: tuple[str, ...]


def to_values(venue: VenueUse) -> dict[str, Any]:
    """A venue as the values of a `BacktestVenueConfig`."""
    fixed = venue.fees.amount
    return {
        "name": venue.name,
        "oms_type": venue.oms.upper(),
        "account_type": venue.account.upper(),
        "base_currency": None if venue.account == "cash" else venue.currency,
        "starting_balances": [f"{Decimal(venue.capital):f} {venue.currency}"],
        "default_leverage": float(venue.leverage),
        "fill_model": {
            "fill_model_path": f"{MODELS}:FillModel",
            "config_path": f"{CONFIGS}:FillModelConfig",
            "config": {
                "prob_fill_on_limit": venue.fill.prob_fill_on_limit,
                "prob_slippage": venue.fill.prob_slippage,
                "random_seed": venue.fill.seed,
            },
        },
        "fee_model": None if fixed is None else _fixed_fee(f"{fixed} {venue.currency}"),
    }


def from_values(values: Mapping[str, Any]) -> VenueUse:
    """A venue from the values of a `BacktestVenueConfig`.

    Raises:
        InvalidInput: it has no starting balance.
    """
    balances = starting_balances(values)
    if not balances:
        raise InvalidInput(f"venue {values['name']} has no starting_balances. Type starting_balances=['10000 USD'].")
    currency = values["base_currency"] or balances[0][1]
    return VenueUse(
        name=values["name"],
        oms=values["oms_type"].lower(),
        account=values["account_type"].lower(),
        currency=currency,
        capital=str(next((amount for amount, code in balances if code == currency), Decimal(0))),
        leverage=str(Decimal(str(values["default_leverage"])).normalize()),
        fees=_fees(values["fee_model"]),
        fill=_fill(values["fill_model"]),
    )


def starting_balances(values: Mapping[str, Any]) -> list[tuple[Decimal, str]]:
    """What the account of a `BacktestVenueConfig` begins with: amounts and their currencies."""
    from nautilus_trader.model.objects import Money

    balances = [Money.from_str(text) for text in values["starting_balances"]]
    return [(balance.as_decimal(), balance.currency.code) for balance in balances]


def _fees(model: Mapping[str, Any] | None) -> Fees:
    if model is None or model["fee_model_path"].endswith(":MakerTakerFeeModel"):
        return Fees()
    name = model["fee_model_path"].rpartition(":")[2]
    amount = str(model["config"].get("commission", "")).partition(" ")[0]
    return Fees(model="fixed" if name == "FixedFeeModel" else name, amount=amount or None)


def _fill(model: Mapping[str, Any] | None) -> FillChance:
    if model is None:
        return FillChance()
    values = model["config"]
    return FillChance(
        prob_fill_on_limit=float(values.get("prob_fill_on_limit", 1.0)),
        prob_slippage=float(values.get("prob_slippage", 0.0)),
        seed=values.get("random_seed"),
    )


def add_venue(engine: Any, venue: VenueUse) -> None:
    """Add a venue to an engine that has not run."""
    from nautilus_trader.backtest.models import FillModel, FixedFeeModel, MakerTakerFeeModel
    from nautilus_trader.model.enums import AccountType, OmsType
    from nautilus_trader.model.identifiers import Venue
    from nautilus_trader.model.objects import Currency, Money

    currency = Currency.from_str(venue.currency)
    fees = MakerTakerFeeModel() if venue.fees.amount is None else FixedFeeModel(Money(venue.fees.amount, currency))
    engine.add_venue(
        venue=Venue(venue.name),
        oms_type=OmsType[venue.oms.upper()],
        account_type=AccountType[venue.account.upper()],
        # a cash account of one currency would refuse every currency pair
        base_currency=None if venue.account == "cash" else currency,
        starting_balances=[Money(venue.capital, currency)],
        default_leverage=Decimal(venue.leverage),
        fill_model=FillModel(
            prob_fill_on_limit=venue.fill.prob_fill_on_limit,
            prob_slippage=venue.fill.prob_slippage,
            random_seed=venue.fill.seed,
        ),
        fee_model=fees,
    )


def from_exchange(exchange: Any) -> VenueUse:
    """A venue as the record keeps it. Its capital is the starting balance in its own currency."""
    from nautilus_trader.model.enums import AccountType, OmsType

    balances = exchange.starting_balances
    currency = exchange.base_currency or balances[0].currency
    capital = next((balance.as_decimal() for balance in balances if balance.currency == currency), Decimal(0))
    fill = exchange.fill_model
    amount = _commission(exchange.fee_model)
    model = type(exchange.fee_model).__name__
    return VenueUse(
        name=exchange.id.value,
        oms=OmsType(exchange.oms_type).name.lower(),
        account=AccountType(exchange.account_type).name.lower(),
        currency=currency.code,
        capital=f"{capital.normalize():f}",
        leverage=f"{Decimal(exchange.default_leverage).normalize():f}",
        fees=Fees(
            model={"MakerTakerFeeModel": "instrument", "FixedFeeModel": "fixed"}.get(model, model),
            amount=None if amount is None else f"{amount.as_decimal().normalize():f}",
        ),
        fill=FillChance(prob_fill_on_limit=fill.prob_fill_on_limit, prob_slippage=fill.prob_slippage),
    )


def exchange_values(exchange: Any) -> Known:
    """An engine's own venue as the values of a `BacktestVenueConfig`."""
    from nautilus_trader.model.enums import AccountType, BookType, OmsType

    commission = _commission(exchange.fee_model)
    values = {
        "name": exchange.id.value,
        "oms_type": OmsType(exchange.oms_type).name,
        "account_type": AccountType(exchange.account_type).name,
        "starting_balances": [str(balance) for balance in exchange.starting_balances],
        "base_currency": None if exchange.base_currency is None else exchange.base_currency.code,
        "default_leverage": float(exchange.default_leverage),
        "leverages": {str(name): float(leverage) for name, leverage in exchange.leverages.items()} or None,
        "book_type": BookType(exchange.book_type).name,
        "oto_trigger_mode": "FULL" if exchange.oto_full_trigger else "PARTIAL",
        "frozen_account": exchange.is_frozen_account,
        "fee_model": None if commission is None else _fixed_fee(str(commission)),
        **{name: getattr(exchange, name) for name in _SAME_NAME},
    }
    account = exchange.get_account()
    if getattr(account, "allow_borrowing", False):
        values["allow_cash_borrowing"] = True
    return Known(values=values, unknown=tuple(_unknown_models(exchange)))


def _chance(exchange: Any) -> bool:
    """Whether fills were a matter of luck; the seed, if there was one, cannot be read."""
    fill = exchange.fill_model
    return any(0 < chance < 1 for chance in (fill.prob_fill_on_limit, fill.prob_slippage))


def _unknown_models(exchange: Any) -> list[str]:
    from nautilus_trader.accounting.margin_models import LeveragedMarginModel
    from nautilus_trader.backtest.models import FillModel

    name = exchange.id.value
    unknown = []
    if type(exchange.fill_model) is not FillModel:
        unknown.append(f"the settings of the {type(exchange.fill_model).__name__} of {name}")
    elif _chance(exchange):
        unknown.append(f"the seed of the fill model of {name}")
    elif (exchange.fill_model.prob_fill_on_limit, exchange.fill_model.prob_slippage) != (1.0, 0.0):
        unknown.append(f"the settings of the fill model of {name}")
    if type(exchange.fee_model).__name__ not in ("MakerTakerFeeModel", "FixedFeeModel"):
        unknown.append(f"the settings of the {type(exchange.fee_model).__name__} of {name}")
    if exchange.latency_model is not None:
        unknown.append(f"the settings of the latency model of {name}")
    if exchange.modules:
        unknown.append(f"the simulation modules of {name}")
    if not isinstance(exchange.margin_model, LeveragedMarginModel):
        unknown.append(f"the margin model of {name}")
    return unknown


def _fixed_fee(commission: str) -> dict[str, Any]:
    return {
        "fee_model_path": f"{MODELS}:FixedFeeModel",
        "config_path": f"{CONFIGS}:FixedFeeModelConfig",
        "config": {"commission": commission},
    }


def _commission(model: Any) -> Any:
    """The amount of a fixed fee model, which it shows to nobody; None for another model."""
    from nautilus_trader.model.objects import Money

    if type(model).__name__ != "FixedFeeModel":
        return None
    return max((referent for referent in gc.get_referents(model) if isinstance(referent, Money)), default=None)


def version() -> dict[str, str]:
    """The engine's name and version."""
    import nautilus_trader

    return {"name": "nautilus_trader", "version": str(nautilus_trader.__version__)}
