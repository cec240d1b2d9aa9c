"""Values of parameters by name: what the trader typed → what the strategy's own configuration class makes of it."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from functools import cache
from typing import Any, cast

import msgspec
import numpy as np

from workbench.config import canonical, hidden, masked, refuse_unstorable, without
from workbench.errors import InvalidInput, InvalidParameter, UnknownParameter

FILLED_IN = ("instrument_id", "bar_type")
# how orders are called and what is logged: a strategy does the same whatever these are
_NAMES = {"strategy_id", "order_id_tag", "use_uuid_client_order_ids", "use_hyphens_in_client_order_ids"}

_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
LONGEST = 1_000
"""Letters of a value that is recorded as its text."""


def resolve_params(
    config_class: type | None,
    given: Mapping[str, Any],
    *,
    instrument_id: str,
    bar_type: str,
    arguments: Iterable[str] = (),
) -> Any:
    """Build the strategy's configuration: defaults filled in, ``"10"`` and ``10.0`` read as 10 where an int is meant.

    The fields `instrument_id` and `bar_type` are filled in, their plural forms (``instrument_ids``) as well.
    `arguments` are other names that the trader may have meant.

    Raises:
        UnknownParameter: a name the class has no field for.
        InvalidParameter: a value of the wrong type, out of its range, or in conflict with another.
    """
    if config_class is None:
        if given:
            raise UnknownParameter(next(iter(given)), arguments)
        return None
    fields = _fields(cast("Hashable", config_class))
    for name in given:
        if name not in fields:
            raise UnknownParameter(str(name), [*_own(fields), *arguments])
    values = _filled_in(instrument_id, bar_type)
    merged = {name: value for name, value in values.items() if name in fields} | dict(given)
    for name, field in fields.items():
        if field.required and name not in merged:
            raise InvalidParameter(f"{config_class.__name__} needs {name}, which has no default. Pass {name}=….")
    return convert(config_class, merged)


def parameter_names(config_class: type | None) -> list[str]:
    """Every name that a value can be given for, NautilusTrader's own among them."""
    return [] if config_class is None else list(_fields(cast("Hashable", config_class)))


def _filled_in(instrument_id: str, bar_type: str) -> dict[str, Any]:
    one = {"instrument_id": instrument_id, "bar_type": bar_type}
    return one | {f"{name}s": [value] for name, value in one.items()}


def convert(config_class: type, values: Mapping[str, Any]) -> Any:
    """Run values through a configuration class's own types and checks."""
    from nautilus_trader.common.config import msgspec_decoding_hook

    try:
        # the way through builtins makes one form of what means the same: 10.0 → 10, a Decimal → its text
        return msgspec.convert(plain_params(values), config_class, strict=False, dec_hook=msgspec_decoding_hook)
    except (msgspec.ValidationError, ValueError, TypeError) as error:
        # from None: the cause says the same in the words of a library, and a notebook would print it first
        raise InvalidParameter(_readable(error, values)) from None


def plain_params(values: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters as plain values, from which `resolve_params` makes the same as from those that were typed."""
    plain: dict[str, Any] = msgspec.to_builtins(dict(values), enc_hook=_plain)
    return plain


def parse_params(config_class: Any, values: Mapping[str, Any]) -> Any:
    """The configuration that NautilusTrader makes of an importable one.

    Raises:
        InvalidParameter: it does not take these values.
    """
    from nautilus_trader.common.config import msgspec_encoding_hook

    try:
        return config_class.parse(msgspec.json.encode(dict(values), enc_hook=msgspec_encoding_hook))
    except (AttributeError, TypeError, ValueError, msgspec.MsgspecError) as error:
        name = getattr(config_class, "__name__", repr(config_class))
        raise InvalidParameter(f"{name} does not take its config: {_readable(error, values)}") from None


def flat_params(
    config: Any,
    *,
    instrument_id: str | None = None,
    bar_type: str | None = None,
    lost: list[str] | None = None,
) -> dict[str, Any]:
    """The parameters as plain JSON values: the strategy's own, and those of NautilusTrader that are not as it has them.

    What the workbench fills in, where it does, is left out unless the trader gave another value. With `lost`, what JSON
    has no word for is recorded as its text, and its name is added to `lost`.

    Raises:
        InvalidInput: a value that JSON has no word for (a NaN, a function), or text with a NUL character.
    """
    if config is None:
        return {}
    fields = _fields(cast("Hashable", type(config)))
    filled = _filled_in(instrument_id or "", bar_type or "")
    usual = {name: field.default for name, field in fields.items()} | filled
    # a configuration of NautilusTrader's own says by itself what it is on
    unsaid = set(filled) if instrument_id is None else set()
    own = _own(fields)
    plain = {name: _recorded(name, getattr(config, name), lost) for name in own}
    for name in set(fields) - {*own, *unsaid, *_NAMES}:
        if not name.startswith("log_"):
            value = _recorded(name, getattr(config, name), lost)
            if value != msgspec.to_builtins(usual[name], enc_hook=_plain):
                plain[name] = value
    # a default written as 1 in a float field is 1.0, as it would be had the trader typed it
    types = _types(cast("Hashable", type(config)))
    for name in plain:
        if type(plain[name]) is int and isinstance(types[name], msgspec.inspect.FloatType):
            plain[name] = float(plain[name])
    return plain


def _recorded(name: str, value: Any, lost: list[str] | None) -> Any:
    try:
        return plain_value(value)
    except InvalidInput:
        if lost is None:
            raise
        lost.append(name)
        # the address of an object that says nothing else would be another one in every process
        return _UNSTORABLE.sub("?", _ADDRESS.sub("", _shown(value)))[:LONGEST]


def _shown(value: Any) -> str:
    try:
        return repr(value)
    except Exception:  # noqa: BLE001 - whatever an object of the user's own does
        return type(value).__name__


@cache
def _fields(config_class: Any) -> Mapping[str, msgspec.structs.FieldInfo]:
    return {field.name: field for field in msgspec.structs.fields(config_class)}


@cache
def _types(config_class: Any) -> Mapping[str, msgspec.inspect.Type]:
    """Field name → type, without the bounds and the help text around it."""
    info = msgspec.inspect.type_info(config_class)
    assert isinstance(info, msgspec.inspect.StructType)
    return {f.name: f.type.type if isinstance(f.type, msgspec.inspect.Metadata) else f.type for f in info.fields}


def _plain(value: Any) -> Any:
    """What msgspec has no word for: numpy's scalars and NautilusTrader's own types."""
    from nautilus_trader.common.config import msgspec_encoding_hook

    if isinstance(value, np.generic):
        return value.item()
    if hasattr(value, "__array__"):  # the hook compares it with things that it cannot be compared with
        raise TypeError(f"Encoding objects of type {type(value).__name__} is unsupported")
    return msgspec_encoding_hook(value)


def plain_value(value: Any) -> Any:
    """One parameter as it is recorded: plain JSON.

    Raises:
        InvalidInput: JSON has no word for it.
    """
    try:
        plain = msgspec.to_builtins(value, enc_hook=_plain)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInput(f"{_shown(value)} cannot be the value of a parameter: {error}") from error
    refuse_unstorable("a parameter", canonical(plain))
    return plain


def _own(fields: Mapping[str, Any]) -> list[str]:
    """Field names that are the strategy's own: neither filled in by the workbench nor NautilusTrader's."""
    from nautilus_trader.common.config import ActorConfig
    from nautilus_trader.trading.config import StrategyConfig

    theirs = (
        {*StrategyConfig.__struct_fields__, *ActorConfig.__struct_fields__}
        | set(FILLED_IN)
        | {f"{name}s" for name in FILLED_IN}
    )
    return [name for name in fields if name not in theirs]


def _readable(error: Exception, values: Mapping[str, Any]) -> str:
    """msgspec says ``Expected `int`, got `str` - at `$.fast_period```: say the name and the value first."""
    text = without(str(error), hidden(values))
    reason, marker, path = text.rpartition(" - at `$.")
    if not marker:
        return text
    name = path.rstrip("`")
    root = name.split(".")[0].split("[")[0]
    return f"{name}={masked(values).get(root)!r} is not valid: {reason[0].lower()}{reason[1:]}"
