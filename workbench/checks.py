"""What an argument must be, and a call that does not fit, said in one sentence as every other error."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from types import TracebackType
from typing import Any, cast

from workbench.errors import Argument, InvalidInput, UnknownArgument, WorkbenchError, described


def flag(name: str, value: Any) -> bool:
    """Raises InvalidInput for anything but True and False."""
    if not isinstance(value, bool):
        raise InvalidInput(Argument(name, repr(value)), " must be True or False.")
    return value


def word(name: str, value: Any) -> str:
    """Raises InvalidInput for anything but text."""
    if not isinstance(value, str):
        raise InvalidInput(Argument(name, repr(value)), " is not text.")
    return value


def real(name: str, value: Any) -> float:
    """Raises InvalidInput for anything but a finite number that a float can hold."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return float(value)
    except OverflowError:
        pass
    raise InvalidInput(Argument(name, repr(value)), " is not a finite number.")


def in_words[F: Callable[..., Any]](verb: F) -> F:
    """Let a call raise `InvalidInput` where Python would raise a TypeError, and where an argument itself raises.

    A call that succeeds is not looked at.
    """

    @wraps(verb, updated=())  # a signature that was set has `self`, which a bound method has not
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return verb(*args, **kwargs)
        except WorkbenchError:
            raise
        except Exception as error:
            refusal = _refusal(verb, args, kwargs, error)
            if refusal is None:
                raise
            raise refusal from (None if isinstance(error, TypeError) else error)

    return cast("F", call)


def methods_in_words[C: type](cls: C) -> C:
    """The same for every public method of a class."""
    for name, value in list(vars(cls).items()):
        if inspect.isfunction(value) and not name.startswith("_"):
            setattr(cls, name, in_words(value))
    return cls


def _refusal(
    verb: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], error: Exception
) -> InvalidInput | None:
    signature = inspect.signature(verb)
    try:
        bound = signature.bind(*args, **kwargs)
    except TypeError:
        return _misfit(verb.__name__, signature, args, kwargs)
    for name, value in _by_name(signature, bound.arguments):
        if any(_raised(error.__traceback__, part) for part in _parts(value)) or not _shows(value):
            return InvalidInput(f"{name} is a {type(value).__name__} that cannot be read: {described(error)}.")
    return None


def _misfit(verb: str, signature: inspect.Signature, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> InvalidInput:
    """What of the arguments does not fit: an unknown name, too many, one twice, or one that is missing."""
    parameters = [p for p in signature.parameters.values() if p.name != "self"]
    places = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    named = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
    given = args[len(args) and "self" in signature.parameters :]
    any_name = any(p.kind is p.VAR_KEYWORD for p in parameters)
    unknown = [] if any_name else [name for name in kwargs if name not in (*places, *named)]
    if unknown:
        return UnknownArgument(verb, unknown[0], [*places, *named])
    if len(given) > len(places):
        example = f" Type {named[0]}=…" if named else ""
        return InvalidInput(f"{verb} takes {_count(len(places))} by place and {len(given)} were given.{example}")
    if twice := [name for name in places[: len(given)] if name in kwargs]:
        return InvalidInput(f"{twice[0]} of {verb} is given twice: by place and by name.")
    needed = [p.name for p in parameters if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    missing = [name for name in needed if name not in kwargs and name not in places[: len(given)]]
    return InvalidInput(f"{verb} needs {', '.join(missing)}.")


def _count(places: int) -> str:
    return f"{places or 'no'} argument{'s' * (places != 1)}"


def _by_name(signature: inspect.Signature, arguments: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in arguments.items():
        if signature.parameters[name].kind is inspect.Parameter.VAR_KEYWORD:
            yield from value.items()
        elif name != "self":
            yield name, value


def _parts(value: Any) -> list[Any]:
    """A value, and what plain containers hold."""
    inner = list(value.values()) if type(value) is dict else list(value) if type(value) in (list, tuple, set) else []
    return [value, *inner]


def _raised(trace: TracebackType | None, value: Any) -> bool:
    """Whether an error came out of a method of this very value."""
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_argcount and trace.tb_frame.f_locals.get(code.co_varnames[0]) is value and _is_method(code, value):
            return True
        trace = trace.tb_next
    return False


def _is_method(code: Any, value: Any) -> bool:
    """Whether it is the class of the value that has this code, not whoever was handed the value."""
    return any(
        getattr(inspect.unwrap(member), "__code__", None) is code
        for cls in type(value).__mro__
        for member in vars(cls).values()
        if inspect.isfunction(member)
    )


def _shows(value: Any) -> bool:
    try:
        repr(value)
    except Exception:  # noqa: BLE001 - whatever it raises is the answer
        return False
    return True
