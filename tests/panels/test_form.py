"""Any configuration class has a form, and what its controls say is what the class is given."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
import pytest
from ipywidgets import Checkbox, Dropdown, FloatText, IntText, Text
from nautilus_trader.trading.config import StrategyConfig

from workbench.panels.form import Form, hint
from workbench.strategies import resolve_params
from workbench.strategies.parameters import Parameter, config_parameters


class Odd(StrategyConfig, kw_only=True, frozen=True):
    """A field of every kind."""

    needed: int
    count: Annotated[int, msgspec.Meta(ge=1, le=9, description="how many")] = 3
    share: Annotated[float, msgspec.Meta(gt=0)] = 0.5
    on: bool = True
    name: str = "x"
    mode: Literal["fast", "slow"] = "slow"
    stop: float | None = None
    size: Decimal = Decimal("0.10")
    levels: list[int] = msgspec.field(default_factory=lambda: [1, 2])
    weights: dict[str, float] = msgspec.field(default_factory=dict)
    label: str | None = None


@pytest.fixture
def form() -> Form:
    made = Form(lambda: None)
    made.show(config_parameters(Odd))
    return made


def resolved(form: Form) -> Any:
    return resolve_params(Odd, form.values(), instrument_id="AAPL.NASDAQ", bar_type="AAPL.NASDAQ-1-DAY-LAST-EXTERNAL")


def test_every_kind_has_its_control(form: Form) -> None:
    kinds = {name: type(control) for name, control in form.controls.items()}
    assert kinds == {
        "needed": Text,
        "count": IntText,
        "share": FloatText,
        "on": Checkbox,
        "name": Text,
        "mode": Dropdown,
        "stop": Text,
        "size": Text,
        "levels": Text,
        "weights": Text,
        "label": Text,
    }


def test_a_form_left_alone_gives_the_defaults_and_leaves_out_what_is_needed(form: Form) -> None:
    assert "needed" not in form.values()
    form.controls["needed"].value = "7"
    assert resolved(form) == Odd(needed=7)


def test_what_is_typed_is_what_the_class_is_given(form: Form) -> None:
    typed = {"needed": "7", "stop": "1.5", "size": "0.25", "levels": "[3]", "weights": '{"a": 1}', "label": "12"}
    for name, text in typed.items():
        form.controls[name].value = text
    wanted = Odd(needed=7, stop=1.5, size=Decimal("0.25"), levels=[3], weights={"a": 1.0}, label="12")
    assert resolved(form) == wanted


def test_a_recorded_value_is_shown_again() -> None:
    form = Form(lambda: None)
    form.show(config_parameters(Odd), {"needed": 4, "mode": "fast", "levels": [5], "stop": None, "label": "12"})
    assert resolved(form) == Odd(needed=4, mode="fast", levels=[5], label="12")


@pytest.mark.parametrize(
    ("parameter", "says"),
    [
        (Parameter(name="x", type="int", minimum=1, maximum=9, help="how many"), "how many, 1 to 9"),
        (Parameter(name="x", type="float", minimum=0, minimum_excluded=True), "float, above 0"),
        (Parameter(name="x", type="float", maximum=1, maximum_excluded=True, help="share"), "share, below 1"),
        (Parameter(name="x", type="int", minimum=2), "int, at least 2"),
        (Parameter(name="x", type="bool"), "bool"),
    ],
)
def test_bounds_stand_in_words(parameter: Parameter, says: str) -> None:
    assert hint(parameter) == says


def test_names_and_help_are_escaped() -> None:
    form = Form(lambda: None)
    form.show([Parameter(name="<b>", type="int", default=1, help="<script>")])
    label = form.controls["<b>"].description
    assert label == "&lt;b&gt; <em>&lt;script&gt;</em>"
