"""The parameters of a strategy, read from its config class: what a form shows is what a check refuses."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

from workbench.errors import InvalidParameter

_BASIC_TYPES: dict[str, type | tuple[type, ...]] = {"int": int, "float": (int, float), "bool": bool, "str": str}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of a strategy. `default` is None when `required`; a bound of None is no bound.

    `choices` are the values of a ``Literal``, empty for any other type.
    """

    name: str
    type: str
    default: object = None
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    minimum_excluded: bool = False
    maximum_excluded: bool = False
    choices: tuple[object, ...] = ()
    help: str = ""

    def refusal(self, value: object) -> str | None:
        """Say what is wrong with `value`, by name and value; None if nothing is."""
        kind = _BASIC_TYPES.get(self.type)
        if kind is None:
            return None
        if not isinstance(value, kind) or (isinstance(value, bool) and self.type != "bool"):
            return f"{self.name} must be {_article(self.type)}: got {value!r}"
        if isinstance(value, float) and not math.isfinite(value):
            return f"{self.name} must be a finite number: got {value!r}"
        if isinstance(value, (int, float)):
            return self._out_of_bounds(value)
        return None

    def _out_of_bounds(self, value: float) -> str | None:
        low, high = self.minimum, self.maximum
        if low is not None and (value < low or (self.minimum_excluded and value == low)):
            return f"{self.name} must be {'>' if self.minimum_excluded else '>='} {low}: got {value!r}"
        if high is not None and (value > high or (self.maximum_excluded and value == high)):
            return f"{self.name} must be {'<' if self.maximum_excluded else '<='} {high}: got {value!r}"
        return None


def check_bounds(config: object) -> None:
    """Refuse a parameter of the wrong type, out of its bounds, NaN or infinite.

    msgspec checks a ``Meta`` when it converts or decodes, never when a config is constructed directly, which is
    what a notebook does. A config calls this first thing in its ``__post_init__``.
    """
    config_class: type = type(config)
    for parameter in config_parameters(config_class):
        refusal = parameter.refusal(getattr(config, parameter.name))
        if refusal is not None:
            raise InvalidParameter(refusal)


@cache
def config_parameters(config_class: type) -> tuple[Parameter, ...]:
    """Read the parameters of a ``StrategyConfig`` class, in the order they are written.

    Without ``instrument_id`` and ``bar_type``, which the workbench fills in, and without NautilusTrader's own fields.
    """
    import msgspec
    from nautilus_trader.trading.config import StrategyConfig

    theirs = {*StrategyConfig.__struct_fields__, "instrument_id", "bar_type"}
    fields = msgspec.inspect.type_info(config_class).fields  # type: ignore[attr-defined]
    return tuple(_parameter(field) for field in fields if field.name not in theirs)


def _parameter(field: Any) -> Parameter:
    import msgspec

    kind: Any = field.type
    text = ""
    if isinstance(kind, msgspec.inspect.Metadata):
        kind, text = kind.type, str((kind.extra_json_schema or {}).get("description", ""))
    default = None if field.default is msgspec.NODEFAULT else field.default
    if field.default_factory is not msgspec.NODEFAULT:
        default = field.default_factory()
    minimum, minimum_excluded = _bound(kind, "ge", "gt")
    maximum, maximum_excluded = _bound(kind, "le", "lt")
    return Parameter(
        name=field.name,
        type=_type_name(kind),
        default=default,
        required=field.required,
        minimum=minimum,
        maximum=maximum,
        minimum_excluded=minimum_excluded,
        maximum_excluded=maximum_excluded,
        choices=tuple(kind.values) if isinstance(kind, msgspec.inspect.LiteralType) else (),
        help=text,
    )


def _bound(kind: Any, included: str, excluded: str) -> tuple[float | None, bool]:
    for member in getattr(kind, "types", (kind,)):
        if getattr(member, excluded, None) is not None:
            return getattr(member, excluded), True
        if getattr(member, included, None) is not None:
            return getattr(member, included), False
    return None, False


def _type_name(kind: Any) -> str:
    if hasattr(kind, "types"):
        return " | ".join(_type_name(member) for member in kind.types)
    if hasattr(kind, "cls"):
        return str(kind.cls.__name__)
    if hasattr(kind, "values"):
        return " | ".join(repr(value) for value in kind.values)
    name = type(kind).__name__.removesuffix("Type")
    return name if name in {"Any", "Decimal", "None"} else name.lower()


def _article(type_name: str) -> str:
    return {"int": "a whole number", "float": "a number", "bool": "True or False", "str": "a text"}[type_name]
