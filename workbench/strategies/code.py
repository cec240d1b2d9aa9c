"""A strategy's classes ↔ the reference of them in a spec: a path and the digests of its source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from weakref import WeakValueDictionary

from workbench import provenance
from workbench.errors import InvalidInput
from workbench.provenance import MAIN, SourceFile
from workbench.strategies.registry import config_class_of, import_class, where_now
from workbench.strategies.replay import recorded

type Classes = tuple[type, type | None]
"""A strategy and its configuration, None if it takes none."""

type _Key = tuple[str, str | None, tuple[tuple[str, str], ...]]

_strategies: WeakValueDictionary[_Key, type] = WeakValueDictionary()
_configs: WeakValueDictionary[_Key, type] = WeakValueDictionary()


def remember(path: str, config_path: str | None, code: Mapping[str, str], classes: Classes) -> None:
    """Let `classes_of` give these very classes in this process, for as long as anyone holds them."""
    key = _key(path, config_path, code)
    _strategies[key] = classes[0]
    if classes[1] is not None:
        _configs[key] = classes[1]


@contextmanager
def classes_of(
    path: str, config_path: str | None, code: Mapping[str, str], sources: Sequence[SourceFile]
) -> Iterator[Classes]:
    """The classes of this code, to be used inside the block.

    Those of this process if it has them; else what the modules hold, if it is the same source; else the source itself,
    executed.

    Raises:
        InvalidInput: there is no such class, here or in the source.
    """
    key = _key(path, config_path, code)
    strategy = _strategies.get(key)
    if strategy is None:
        strategy = _imported(path, sources)
    if strategy is not None:
        yield strategy, _configs.get(key) or config_class_of(strategy)
        return
    if not sources:
        raise InvalidInput(f"{path} cannot be imported, and its source is not known.")
    with recorded(sources) as find:
        yield find(path), None if config_path is None else find(config_path)


def _key(path: str, config_path: str | None, code: Mapping[str, str]) -> _Key:
    return path, config_path, tuple(sorted(code.items()))


def _imported(path: str, sources: Sequence[SourceFile]) -> type | None:
    """The class as it can be imported, if its source is the same."""
    if path.startswith(f"{MAIN}:"):
        return None
    try:
        strategy = import_class(where_now(path))
        config_class = config_class_of(strategy)
    except InvalidInput:
        if not sources:
            raise
        return None
    recorded = provenance.sources(strategy, *([] if config_class is None else [config_class]))
    return strategy if not sources or recorded == tuple(sources) else None
