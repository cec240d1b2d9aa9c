"""Recorded source in place of today's files, so that a run can be reproduced after its code has changed or gone."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

from workbench.errors import InvalidInput
from workbench.provenance import MAIN, SourceFile
from workbench.strategies.registry import registration_paused

type FindClass = Callable[[str], type]
"""``"module:Class"`` → the class."""


@contextmanager
def recorded(files: Sequence[SourceFile]) -> Iterator[FindClass]:
    """Import these modules from their recorded source for as long as the block lasts, under the names they had.

    Today's modules of the same names come back after it. What was written in a notebook becomes a module of its own.
    Nothing is registered by it. Not for use in two threads at once.
    """
    shelf = _Shelf({file.module: file.text for file in files if file.module != MAIN})
    cells = next((file for file in files if file.module == MAIN), None)
    before = {name: sys.modules.pop(name) for name in shelf.texts if name in sys.modules}
    attributes = [(_parent(name), name.rpartition(".")[2], module) for name, module in before.items()]
    sys.meta_path.insert(0, shelf)
    try:
        with registration_paused():
            notebook = _executed(cells) if cells is not None else None
            yield lambda path: _class(path, notebook)
    finally:
        sys.meta_path.remove(shelf)
        for name in shelf.made:
            sys.modules.pop(name, None)
        sys.modules.update(before)
        for parent, attribute, module in attributes:
            if parent is not None:
                setattr(parent, attribute, module)


def forget(modules: Sequence[str]) -> None:
    """Let modules of the user's project be imported anew, with what their files say by now."""
    for name in modules:
        module = sys.modules.pop(name, None)
        if (cached := getattr(module, "__cached__", None)) is not None:
            # an edit within one second and to the same size would leave it in use
            with suppress(OSError):
                Path(cached).unlink()


def _class(path: str, notebook: ModuleType | None) -> type:
    module_name, _, qualname = path.partition(":")
    try:
        value: Any = notebook if module_name == MAIN and notebook else importlib.import_module(module_name)
        for part in qualname.split("."):
            value = getattr(value, part)
    except Exception as error:
        # whatever the recorded code raises while it is imported is the answer to give
        raise InvalidInput(f"the recorded source has no {path}: {type(error).__name__}: {error}") from error
    if not isinstance(value, type):
        raise InvalidInput(f"the recorded {path} is not a class: {value!r}")
    return value


def _executed(cells: SourceFile) -> ModuleType:
    """The cells as a module that is named by its content, and stays: a class finds its globals through it."""
    name = f"recorded_cells_{cells.sha256[:16]}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_loader(name, _FromText(cells.text))
        assert spec is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        try:
            _FromText(cells.text).exec_module(module)
        except BaseException as error:
            del sys.modules[name]
            if isinstance(error, Exception):
                raise InvalidInput(f"the recorded cells cannot be executed: {error!r}") from error
            raise
    return sys.modules[name]


def _parent(name: str) -> ModuleType | None:
    return sys.modules.get(name.rpartition(".")[0])


class _FromText(Loader):
    """Executes source that is in no file; tracebacks show its lines."""

    def __init__(self, text: str) -> None:
        self.text = text

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.text, f"<recorded {module.__name__}>", "exec", dont_inherit=True), module.__dict__)

    def get_source(self, _name: str) -> str:
        return self.text


class _Shelf(MetaPathFinder):
    """Finds recorded modules, and makes empty packages for those above them that are nowhere to be found."""

    def __init__(self, texts: dict[str, str]) -> None:
        self.texts = texts
        self.made: set[str] = set()

    def find_spec(self, fullname: str, _path: Any = None, _target: Any = None) -> ModuleSpec | None:
        has_children = any(name.startswith(f"{fullname}.") for name in self.texts)
        if fullname not in self.texts and not (has_children and _nowhere(fullname, self)):
            return None
        self.made.add(fullname)
        loader = _FromText(self.texts.get(fullname, ""))
        return importlib.util.spec_from_loader(fullname, loader, is_package=has_children)


def _nowhere(name: str, shelf: _Shelf) -> bool:
    """Whether no other finder knows the module."""
    finders = [finder for finder in sys.meta_path if finder is not shelf]
    if "." in name:
        return True
    return all(getattr(finder, "find_spec", lambda *_: None)(name, None) is None for finder in finders)
