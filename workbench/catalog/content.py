"""What an object of anyone's own class holds, as text: equal content has equal text, in any process."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Hashable, Mapping
from functools import cache
from typing import Any, cast

import numpy as np

ADDRESS = re.compile(r" at 0x[0-9a-f]+")
PLAIN = (str, bytes, int, float, complex)
DEEPEST = 6
"""How far objects inside of objects are looked into."""


def content(value: Any) -> str | None:
    """The text; None where nobody can tell, because something in it says nothing of itself.

    That of NautilusTrader's own classes, and of dataclasses whose values are plain, is what they say of themselves. Any
    other may leave out of that what it likes, and so its attributes are read.
    """
    return _text(value, DEEPEST)


def _text(value: Any, deep: int) -> str | None:
    cls = type(value)
    if value is None or isinstance(value, PLAIN):
        return repr(value)
    if isinstance(value, np.ndarray | np.generic):
        array = np.asarray(value)
        return None if array.dtype.hasobject else f"{array.dtype}{array.shape}{array.tobytes().hex()}"
    if not deep:
        return None
    if cls is dict:
        return _all(cls, ((repr(name), one) for name, one in value.items()), deep)
    if cls in (list, tuple) or (isinstance(value, tuple) and hasattr(value, "_fields")):
        return _all(cls, ((str(number), one) for number, one in enumerate(value)), deep)
    if cls in (set, frozenset):
        parts = [_text(one, deep - 1) for one in value]
        return None if None in parts else f"{cls.__name__}({', '.join(sorted(str(part) for part in parts))})"
    if isinstance(value, Mapping | list | tuple | set | frozenset):
        return None
    held = _attributes(value)
    if _speaks(cls, held):
        said = repr(value)
        return None if ADDRESS.search(said) else said
    return _all(cls, sorted(held.items()), deep) if held else None


def _all(cls: type, parts: Any, deep: int) -> str | None:
    texts = []
    for name, one in parts:
        text = _text(one, deep - 1)
        if text is None:
            return None
        texts.append(f"{name}={text}")
    return f"{cls.__name__}({', '.join(texts)})"


def _speaks(cls: type, held: Mapping[str, Any]) -> bool:
    """Whether all that it holds is in its own words: a dataclass of plain values, or a class without attributes."""
    if not held:
        return True
    fields = _told(cast("Hashable", cls))
    return fields is not None and held.keys() <= fields and all(_is_plain(one) for one in held.values())


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, PLAIN) or type(value).__module__.startswith("nautilus_trader.")


@cache
def _told(cls: Any) -> frozenset[str] | None:
    """The names that a dataclass says by itself, those that NautilusTrader's own kind adds among them."""
    if not dataclasses.is_dataclass(cls) or not all(field.repr for field in dataclasses.fields(cls)):
        return None
    names = [field.name for field in dataclasses.fields(cls)]
    return frozenset([*names, *(f"_{name}" for name in names), "_ts_event", "_ts_init"])


@cache
def _slots(cls: Any) -> tuple[str, ...]:
    """The slots of a class and of those that it is made from."""
    found = []
    for each in cls.__mro__:
        names = each.__dict__.get("__slots__", ())
        found += [names] if isinstance(names, str) else list(names)
    return tuple(name for name in found if name not in ("__dict__", "__weakref__"))


def _attributes(value: Any) -> dict[str, Any]:
    """What an object of a Python class holds, by name."""
    held = dict(getattr(value, "__dict__", {}))
    for name in _slots(cast("Hashable", type(value))):
        if hasattr(value, name):
            held[name] = getattr(value, name)
    return held
