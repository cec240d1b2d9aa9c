"""Every public signature is typed: no Any, no container without its contents, nothing without an annotation."""

from __future__ import annotations

import ast
import collections.abc
import inspect
import sys
import typing
from collections.abc import Callable, Iterator
from dataclasses import is_dataclass
from functools import cache
from pathlib import Path
from types import FunctionType, ModuleType

import pytest
from plotly.graph_objects import Figure

import workbench as wb

BARE: tuple[object, ...] = (
    *(dict, list, tuple, set, frozenset),
    *(getattr(collections.abc, name) for name in ("Callable", "Iterable", "Iterator", "Mapping", "Sequence")),
)
OURS = ("workbench.storage", "workbench.verbs.session", "workbench.verbs.results", "workbench.catalog")
"""Rooms whose classes a trader is never given."""


@pytest.fixture(autouse=True, scope="module")
def names_of_type_checkers() -> Iterator[None]:
    """Import what the package imports for type checkers alone, as long as these tests take."""
    with pytest.MonkeyPatch.context() as patch:
        import_names(patch)
        yield


def import_names(patch: pytest.MonkeyPatch) -> None:
    done: set[str] = set()
    while waiting := {name for name in sys.modules if name.partition(".")[0] == "workbench"} - done:
        for name in sorted(waiting):
            done.add(name)
            for statement in imports_for_types(sys.modules[name]):
                imported: dict[str, object] = {}
                exec(statement, imported)
                for known in imported.keys() - {"__builtins__"}:
                    patch.setitem(vars(sys.modules[name]), known, imported[known])


def imports_for_types(module: ModuleType) -> Iterator[str]:
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            yield from (ast.unparse(each) for each in node.body if isinstance(each, ast.Import | ast.ImportFrom))


def pieces(hint: object, *inside: object) -> Iterator[object]:
    """A type and every type in it; an alias that names itself is followed once."""
    yield hint
    if isinstance(hint, typing.TypeAliasType) and hint not in inside:
        yield from pieces(hint.__value__, *inside, hint)
    for argument in typing.get_args(hint):
        for each in argument if isinstance(argument, list) else [argument]:
            yield from pieces(each, *inside)


def untyped(hint: object) -> bool:
    return any(piece is typing.Any or piece in BARE for piece in pieces(hint))


@cache
def signatures(function: Callable[..., object]) -> list[tuple[list[str], dict[str, object]]]:
    """The names of what each overload takes, and the types of what it takes and returns."""
    found = []
    owner = getattr(sys.modules[function.__module__], function.__qualname__.partition(".")[0], None)
    own = {parameter.__name__: parameter for parameter in getattr(owner, "__type_params__", ())}
    for each in typing.get_overloads(function) or [function]:
        code = inspect.unwrap(each).__code__
        flags = (inspect.CO_VARARGS, inspect.CO_VARKEYWORDS)
        count = code.co_argcount + code.co_kwonlyargcount + sum(bool(code.co_flags & flag) for flag in flags)
        found.append(
            ([*code.co_varnames[:count], "return"], typing.get_type_hints(inspect.unwrap(each), localns=own or None))
        )
    return found


def members(cls: type) -> Iterator[tuple[str, FunctionType]]:
    """The public methods and properties that a class defines, and how it is made where its fields do not say it."""
    special = {"__call__"} if is_dataclass(cls) or getattr(cls, "_is_protocol", False) else {"__call__", "__init__"}
    for name, member in vars(cls).items():
        function = getattr(member, "fget", None) or getattr(member, "__func__", member)
        if isinstance(function, FunctionType) and (not name.startswith("_") or name in special):
            yield f"{cls.__qualname__}.{name}", function


def fields(cls: type) -> dict[str, object]:
    """The attributes that a class declares itself: those of pandas and polars are theirs."""
    own = {parameter.__name__: parameter for parameter in cls.__type_params__}
    declared = inspect.get_annotations(cls, eval_str=not typing.is_typeddict(cls), locals=own)
    hints = typing.get_type_hints(cls) if typing.is_typeddict(cls) else declared
    return {name: hint for name, hint in hints.items() if not name.startswith("_")}


def wrong(where: str, function: Callable[..., object]) -> Iterator[str]:
    for names, hints in signatures(function):
        for name in names:
            if name not in hints and name not in ("self", "cls"):
                yield f"{where}: {name} has no type"
            elif name in hints and untyped(hints[name]):
                yield f"{where}: {name} is {hints[name]}"


def verbs() -> Iterator[tuple[str, Callable[..., object]]]:
    for name in wb.__all__:
        if inspect.isroutine(verb := getattr(wb, name)):
            yield name, getattr(verb, "__func__", verb)


@cache
def classes() -> list[type]:
    """Every class of the package that a trader meets: by name, as an error, or as what a verb takes or returns."""
    values = [getattr(wb, name) for name in wb.__all__]
    met = [value if inspect.isclass(value) else type(value) for value in values if not inspect.isroutine(value)]
    met += [error for error in vars(wb.errors).values() if inspect.isclass(error)]
    hints = [hint for _, verb in verbs() for _, hints in signatures(verb) for hint in hints.values()]
    known: dict[type, None] = {}
    while met or hints:
        origins = [typing.get_origin(piece) or piece for hint in hints for piece in pieces(hint)]
        met += [origin for origin in origins if inspect.isclass(origin)]
        hints = []
        for cls in met:
            module = cls.__module__
            if cls not in known and module.partition(".")[0] == "workbench" and not module.startswith(OURS):
                known[cls] = None
                hints += fields(cls).values()
                hints += [hint for _, each in members(cls) for _, types in signatures(each) for hint in types.values()]
        met = []
    return list(known)


def test_no_verb_takes_or_returns_any() -> None:
    assert {"run", "history", "compare", "diff", "register"} <= {name for name, _ in verbs()}
    assert [complaint for name, verb in verbs() for complaint in wrong(name, verb)] == []


def test_no_public_class_takes_returns_or_holds_any() -> None:
    found = {cls.__name__ for cls in classes()}
    assert {"Run", "Record", "Snapshot", "Verdict", "Changes", "RunFailed", "Plots", "Panels", "Metrics"} <= found
    assert [
        complaint for cls in classes() for name, function in members(cls) for complaint in wrong(name, function)
    ] == []
    assert [
        f"{cls.__qualname__}.{name}" for cls in classes() for name, hint in fields(cls).items() if untyped(hint)
    ] == []


def test_every_frame_is_of_pandas_unless_polars_is_asked_for() -> None:
    verbs_of_frames = {name: verb for name, verb in verbs() if "frame" in signatures(verb)[0][0]}
    assert {"history", "best", "details", "compare", "diff", "strategies", "instruments"} <= set(verbs_of_frames)
    for name, verb in verbs_of_frames.items():
        kinds = {hints["frame"] for _, hints in signatures(verb)}
        assert kinds == {typing.Literal["pandas"] | None, typing.Literal["polars"]}, name


def test_every_plot_is_a_figure() -> None:
    plots = dict(members(type(wb.plot)))
    returned = {name.removeprefix("Plots."): signatures(plot)[0][1]["return"] for name, plot in plots.items()}
    assert returned.pop("tearsheet") is Path
    assert {"equity", "drawdown", "compare", "scatter", "heatmap", "timeline", "trades"} == set(returned)
    assert set(returned.values()) == {Figure}


@pytest.mark.parametrize("hint", [typing.Any, list, dict[str, typing.Any], Callable, typing.Any | None])
def test_what_is_no_type_is_noticed(hint: object) -> None:
    assert untyped(hint)
    assert not untyped(dict[str, list[int]])
