"""Which strategies there are: the built-in ones, a user's own, and any importable ``"package.module:Class"``.

Built-ins are the classes of this package's files with ``@register(...)`` above them. They are read from the source, so
that listing and finding them takes no import of NautilusTrader; a new file is a new strategy.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import sys
import typing
import unicodedata
import warnings
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from workbench.errors import Call, InvalidInput, StrategyNotFound
from workbench.strategies.parameters import Parameter, config_parameters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = [
    "Parameter",
    "StrategyInfo",
    "builtin_key",
    "config_class_of",
    "find",
    "import_class",
    "load",
    "parameters",
    "register",
    "registered",
    "registration_paused",
    "strategy_key",
    "where_now",
]

_GROUP = "workbench.strategies"
_PATH = re.compile(r"[\w.]+:[\w.]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyInfo:
    """One strategy that can be run. `key` is always ``strategy_key(name)``; the paths are ``"module:Class"``."""

    key: str
    name: str
    type: str
    path: str
    config_path: str | None
    help: str
    registered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Registration:
    cls: type
    name: str
    type: str


_own: dict[str, _Registration] = {}
_paused: ContextVar[bool] = ContextVar("registration_paused", default=False)


def strategy_key(name: str) -> str:
    """Turn a display name into its key: ``"SMA Crossover"`` is ``sma_crossover``. A key stays as it is.

    Case, spaces and punctuation do not count; letters, digits and marks of any script do.
    """
    text = unicodedata.normalize("NFKC", name).casefold()
    kept = (c if unicodedata.category(c)[0] in "LNM" else " " for c in text)
    key = "_".join("".join(kept).split())
    if not key:
        raise InvalidInput(f"a strategy's name needs a letter or a digit: got {name!r}")
    return key


@overload
def register[C: type](cls: C) -> C: ...
@overload
def register[C: type](cls: None = None, *, name: str | None = None, type: str = "custom") -> Callable[[C], C]: ...
def register(cls: Any = None, *, name: str | None = None, type: str = "custom") -> Any:
    """Register a Strategy class of your own, above its definition in a module or in a notebook cell.

    Args:
        cls: the class; None when called with arguments, ``@register(name="Night Owl", type="momentum")``.
        name: how it is shown; the class's name in words if not given.
        type: its category, by which the history can be filtered.

    Returns:
        The class, unchanged. Running the cell again replaces the registration.
    """
    if cls is None:
        return lambda decorated: register(decorated, name=name, type=type)
    _check_strategy(cls)
    chosen = _words(cls.__name__) if name is None else name
    if ":" in chosen:
        raise InvalidInput(f"a strategy's name has no colon, which stands for 'module:Class': got {chosen!r}")
    key, path = strategy_key(chosen), _path(cls)
    if _paused.get():
        return cls
    for info in _builtin():
        _refuse_same_key(key, path, info.key, info.path)
    for other in _own.values():
        _refuse_same_key(key, path, strategy_key(other.name), _path(other.cls))
    _own[path] = _Registration(cls=cls, name=chosen, type=type)
    return cls


@contextmanager
def registration_paused() -> Iterator[None]:
    """Let `register` return the class and do nothing else, while recorded source is executed for a re-run.

    Its class has another module than the one in the notebook, and would be refused as a second one of the same key.
    """
    token = _paused.set(True)
    try:
        yield
    finally:
        _paused.reset(token)


def registered() -> list[StrategyInfo]:
    """List the built-in strategies, the decorated ones and those of installed packages, sorted by key.

    A package offers one by an entry point of the group ``workbench.strategies`` with the value
    ``"package.module:Class"``. One that cannot be loaded is warned of and left out.
    """
    # first: importing a package may decorate more classes
    installed = _installed(entry_points(group=_GROUP))
    return sorted([*_decorated(), *installed], key=lambda info: info.key)


def find(strategy: str | type) -> StrategyInfo:
    """Find a strategy by key, by display name in any case, by ``"package.module:Class"``, or by its class."""
    if isinstance(strategy, type):
        return _of_class(strategy)
    if not isinstance(strategy, str):
        raise InvalidInput(
            f"strategy must be a name, 'package.module:Class' or a Strategy class: got {strategy!r} "
            f"of type {type(strategy).__name__}"
        )
    if _PATH.fullmatch(strategy.strip()):
        return _of_path(where_now(strategy.strip()))
    if not strategy.strip():
        raise InvalidInput("strategy is empty. ", Call("strategies"), " lists the names.")
    return _of_name(strategy)


def load(info: StrategyInfo) -> tuple[type, type | None]:
    """Import the Strategy class and its config class, None if it takes none."""
    cls = import_class(info.path)
    _check_strategy(cls)
    return cls, config_class_of(cls)


def parameters(info: StrategyInfo) -> list[Parameter]:
    """List the strategy's parameters, without those that the workbench or NautilusTrader fills in."""
    _, config = load(info)
    return [] if config is None else list(config_parameters(config))


def _of_name(name: str) -> StrategyInfo:
    key = strategy_key(name)
    for listing in (_decorated, registered):  # packages are imported only for a name that nobody nearer has
        for info in listing():
            if info.key == key:
                return info
    raise StrategyNotFound(name, [info.key for info in registered()])


def _of_path(path: str) -> StrategyInfo:
    for info in _builtin():
        if info.path == path:
            return info
    return _of_class(import_class(path))


def builtin_key(path: str) -> str | None:
    """The key of the built-in strategy at a path, today's or an earlier one; None for any other path."""
    return next((info.key for info in _builtin() if info.path == where_now(path)), None)


def where_now(path: str) -> str:
    """Records from before the built-in strategies had a folder of their own name them without it."""
    package, _, module = path.rpartition(".")
    moved = f"{__package__}.builtin.{module}"
    return moved if package == __package__ and any(info.path == moved for info in _builtin()) else path


def _of_class(cls: type) -> StrategyInfo:
    _check_strategy(cls)
    path = _path(cls)
    package = path.partition(".")[0].partition(":")[0]
    siblings = [e for e in entry_points(group=_GROUP) if e.value.partition(":")[0].partition(".")[0] == package]
    known = [*_decorated(), *_installed(siblings)]
    for info in known:
        if info.path == path:
            return info
    name = cls.__name__
    if strategy_key(name) in {info.key for info in known}:
        # under the other's name, the history would mix the two
        name = f"{name} ({cls.__module__})"
    return _describe(cls, name=name, type="custom", registered=False)


def _decorated() -> list[StrategyInfo]:
    builtin = _builtin()
    paths = {info.path for info in builtin}
    own = [r for path, r in list(_own.items()) if path not in paths]
    return [*builtin, *(_describe(r.cls, name=r.name, type=r.type, registered=True) for r in own)]


def _installed(points: Any) -> list[StrategyInfo]:
    found: dict[str, StrategyInfo] = {}
    for point in points:
        try:
            info = _of_entry_point(point)
            others = [*_decorated(), *found.values()]
            if info.path in {other.path for other in others}:
                continue
            for other in others:
                _refuse_same_key(info.key, info.path, other.key, other.path)
        except InvalidInput as error:
            warnings.warn(f"the strategy {point.name!r} of an installed package is left out: {error}", stacklevel=3)
        else:
            found[info.path] = info
    return list(found.values())


def _of_entry_point(point: EntryPoint) -> StrategyInfo:
    cls = import_class(point.value)
    _check_strategy(cls)
    return _describe(cls, name=point.name, type="custom", registered=True)


def _describe(cls: type, *, name: str, type: str, registered: bool) -> StrategyInfo:
    config = config_class_of(cls)
    return StrategyInfo(
        key=strategy_key(name),
        name=name,
        type=type,
        path=_path(cls),
        config_path=None if config is None else _path(config),
        help=_first_line(cls.__doc__),
        registered=registered,
    )


@cache
def _builtin() -> tuple[StrategyInfo, ...]:
    strategies = []
    for file in sorted((Path(__file__).parent / "builtin").glob("*.py")):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and node.decorator_list:
                strategies.append(_of_source(f"{__package__}.builtin.{file.stem}", node))
    return tuple(info for info in strategies if info is not None)


def _of_source(module: str, node: ast.ClassDef) -> StrategyInfo | None:
    for call in node.decorator_list:
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "register":
            keywords = {k.arg: ast.literal_eval(k.value) for k in call.keywords}
            return StrategyInfo(
                key=strategy_key(keywords["name"]),
                name=keywords["name"],
                type=keywords["type"],
                path=f"{module}:{node.name}",
                config_path=f"{module}:{node.name}Config",
                help=_first_line(ast.get_docstring(node)),
                registered=True,
            )
    return None


def import_class(path: str) -> type:
    """The class at ``"package.module:Class"``.

    Raises:
        InvalidInput: there is none.
    """
    module_name, _, qualname = path.partition(":")
    if not module_name or not qualname:
        raise InvalidInput(f"a strategy's path is 'package.module:Class': got {path!r}")
    try:
        value: Any = importlib.import_module(module_name)
    except Exception as error:
        # whatever the user's module raises while it is imported is the answer to give
        raise InvalidInput(f"cannot import {module_name!r}: {type(error).__name__}: {error}") from error
    for part in qualname.split("."):
        try:
            value = getattr(value, part)
        except AttributeError as error:
            raise InvalidInput(f"module {module_name!r} has no class {qualname!r}") from error
    if not isinstance(value, type):
        raise InvalidInput(f"{path!r} is not a class: got {value!r}")
    return value


def _check_strategy(cls: type) -> None:
    from nautilus_trader.trading.strategy import Strategy

    name = getattr(cls, "__qualname__", repr(cls))
    if not (isinstance(cls, type) and issubclass(cls, Strategy)):
        raise InvalidInput(f"{name} is not a Strategy: it must be a subclass of nautilus_trader's Strategy")
    if "<locals>" in name:
        raise InvalidInput(f"{name} is defined inside a function, where no re-run can find it. Define it at the top.")
    extra = [
        parameter.name
        for parameter in _init_parameters(cls)
        if parameter.name != "config"
        and parameter.default is parameter.empty
        and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    ]
    if extra:
        raise InvalidInput(
            f"{name}.__init__ takes {', '.join(extra)} beside config. Move it into the config: what is not there "
            "could not be recorded with the run."
        )


def config_class_of(cls: type) -> type | None:
    """The configuration class that a strategy takes; None if it takes none."""
    from nautilus_trader.trading.config import StrategyConfig

    annotated = [c for c in _annotated_config(cls) if isinstance(c, type) and issubclass(c, StrategyConfig)]
    named = getattr(sys.modules.get(cls.__module__), f"{cls.__name__}Config", None)
    if annotated and annotated[0] is not StrategyConfig:
        return annotated[0]
    if isinstance(named, type) and issubclass(named, StrategyConfig):
        return named
    config = next((p for p in _init_parameters(cls) if p.name == "config"), None)
    if config is not None and config.default is config.empty and not annotated:
        raise InvalidInput(
            f"{cls.__qualname__} takes a config of no known class. Annotate it: "
            f"def __init__(self, config: {cls.__name__}Config)"
        )
    return annotated[0] if annotated else None


def _annotated_config(cls: type) -> tuple[Any, ...]:
    try:
        hint = typing.get_type_hints(cls.__init__).get("config")  # type: ignore[misc]
    except (NameError, AttributeError, TypeError):
        # a name that only a type checker sees, or a compiled __init__
        return ()
    return typing.get_args(hint) or (hint,)


def _init_parameters(cls: type) -> list[inspect.Parameter]:
    """The arguments of a Python `__init__`, without self; none for NautilusTrader's own, which takes any config."""
    init = cls.__init__  # type: ignore[misc]
    return list(inspect.signature(init).parameters.values())[1:] if inspect.isfunction(init) else []


def _refuse_same_key(key: str, path: str, other_key: str, other_path: str) -> None:
    if key == other_key and path != other_path:
        raise InvalidInput(f"two strategies have the key {key!r}: {path} and {other_path}. Give one another name.")


def _path(cls: type) -> str:
    return f"{cls.__module__}:{cls.__qualname__}"


def _words(class_name: str) -> str:
    """``EMACrossStrategy`` in words: ``EMA Cross Strategy``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", class_name)


def _first_line(docstring: str | None) -> str:
    return (docstring or "").strip().partition("\n")[0]
