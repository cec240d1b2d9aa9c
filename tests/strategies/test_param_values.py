"""Parameters through the strategy's own configuration class."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import numpy as np
import pytest
from nautilus_trader.model.data import BarType
from nautilus_trader.model.identifiers import InstrumentId
from nautilus_trader.trading.config import StrategyConfig

from workbench.errors import InvalidInput, InvalidParameter, UnknownParameter
from workbench.strategies import flat_params, resolve_params


class Inner(msgspec.Struct, frozen=True):
    """A nested parameter."""

    level: int = 1


class Config(StrategyConfig, kw_only=True, frozen=True):
    """One field of each kind."""

    instrument_id: InstrumentId
    bar_type: BarType
    instrument_ids: list[InstrumentId] = msgspec.field(default_factory=list)
    length: int = 10
    factor: float = 1
    size: Decimal = Decimal("0.5")
    name: str = "x"
    on: bool = False
    inner: Inner = Inner()
    other: InstrumentId | None = None


class Needy(StrategyConfig, kw_only=True, frozen=True):
    """A parameter without a default."""

    length: int


def resolved(config_class: type = Config, **given: Any) -> dict[str, Any]:
    config = resolve_params(
        config_class, given, instrument_id="A.B", bar_type="A.B-1-DAY-LAST-EXTERNAL", arguments=["capital"]
    )
    return flat_params(config, instrument_id="A.B", bar_type="A.B-1-DAY-LAST-EXTERNAL")


DEFAULTS = {
    "length": 10,
    "factor": 1.0,
    "size": "0.5",
    "name": "x",
    "on": False,
    "inner": {"level": 1},
    "other": None,
}


def test_defaults_are_filled_in_and_what_the_workbench_fills_in_is_left_out() -> None:
    assert resolved() == DEFAULTS
    config = resolve_params(Config, {}, instrument_id="A.B", bar_type="A.B-1-DAY-LAST-EXTERNAL")
    assert str(config.instrument_id) == "A.B"
    assert [str(one) for one in config.instrument_ids] == ["A.B"]
    assert str(config.bar_type) == "A.B-1-DAY-LAST-EXTERNAL"


@pytest.mark.parametrize("ten", [10, 10.0, "10", np.int64(10), np.float64(10), Decimal(10)])
def test_ten_is_ten_however_it_is_typed(ten: Any) -> None:
    assert resolved(length=ten) == DEFAULTS
    assert type(resolved(length=ten)["length"]) is int


@pytest.mark.parametrize("one", [1, 1.0, "1", "1.0", np.int32(1)])
def test_one_in_a_float_field_is_a_float(one: Any) -> None:
    assert type(resolved(factor=one)["factor"]) is float
    assert resolved(factor=one) == DEFAULTS


def test_nested_values_and_identifiers_are_plain() -> None:
    assert resolved(inner={"level": "7"}, other="X.Y")["inner"] == {"level": 7}
    assert resolved(other="X.Y")["other"] == "X.Y"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"length": "ten"}, "length='ten'"),
        ({"length": 10.5}, "length=10.5"),
        ({"length": None}, "length=None"),
        ({"length": True}, "length=True"),
        ({"on": "perhaps"}, "on='perhaps'"),
        ({"inner": {"level": "x"}}, "inner.level"),
        ({"other": "no dot"}, "no dot"),
        ({"size": "much"}, "size"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_by_name_and_value(given: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        resolved(**given)
    assert says in str(caught.value)


def test_an_unknown_name_gets_the_nearest_one_among_parameters_and_arguments() -> None:
    with pytest.raises(UnknownParameter, match=r"'lenght'.*Did you mean 'length'"):
        resolved(lenght=5)
    with pytest.raises(UnknownParameter, match="Did you mean 'capital'"):
        resolved(captial=5)


def test_a_required_parameter_is_asked_for() -> None:
    with pytest.raises(InvalidParameter, match="Needy needs length"):
        resolved(Needy)


def test_a_strategy_without_a_configuration_takes_no_parameters() -> None:
    assert resolve_params(None, {}, instrument_id="A.B", bar_type="x") is None
    with pytest.raises(UnknownParameter):
        resolve_params(None, {"length": 5}, instrument_id="A.B", bar_type="x")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_parameter_that_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(InvalidInput):
        resolved(factor=value)


def test_a_nul_character_is_refused_before_the_database_would() -> None:
    with pytest.raises(InvalidInput, match="NUL"):
        resolved(name="a\x00b")
