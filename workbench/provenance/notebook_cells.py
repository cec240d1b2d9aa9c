"""The source of what was written in a notebook: a class, and those definitions of the cells that it uses.

Nothing of Python gives the source of a class that was typed in a cell. The cells that were executed do: of them the
statements are kept that define what the class needs, in the order of their execution.
"""

from __future__ import annotations

import ast
import builtins
import dis
import linecache
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any

MAIN = "__main__"
_LOADS = {"LOAD_NAME", "LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS", "LOAD_CLASSDEREF"}
_OF_PYTHON = set(vars(builtins)) | {"__name__", "__module__", "__qualname__", "__file__", "__annotations__"}


@dataclass(frozen=True, slots=True)
class CellStatement:
    """One statement of a cell: the names it gives, the names it takes from outside, its source."""

    order: int
    gives: frozenset[str]
    takes: frozenset[str]
    text: str
    code: CodeType

    @property
    def always(self) -> bool:
        """Whether it cannot be said what it gives, or all others depend on it: a star import, ``__future__``."""
        return self.text.endswith("import *") or self.text.startswith("from __future__")


_taken: list[str] = []


def take_cells(source: str) -> None:
    """Let classes of another session's cells be those of this one: its source becomes this process's ``__main__``."""
    main = sys.modules[MAIN]
    for name in ("__file__", "__spec__", "__cached__"):
        vars(main).pop(name, None)
    _taken[:] = [source]
    exec(compile(source, "<cells>", "exec", dont_inherit=True), vars(main))


def executed() -> list[str]:
    """The cells of this session, oldest first, magics translated; empty outside IPython, but for those taken over.

    Those that were executed without a place in the history, as nbval does, are known only by the order in which each
    was executed first; they come before all others.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None:
        return list(_taken)
    history = list(shell.history_manager.input_hist_parsed)
    known = {cell.strip() for cell in history}
    names = [name for name in list(linecache.cache) if shell.compile.format_code_name(name)]
    compiled = ["".join(linecache.getlines(name)) for name in names]
    return [cell for cell in compiled if cell.strip() not in known] + history


def cell_source(classes: Sequence[type], cells: Sequence[str], live: Mapping[str, Any]) -> str | None:
    """The source that these classes need, to be executed as a module of its own.

    Args:
        classes: defined in cells.
        cells: what was executed, oldest first; those with a syntax error were not.
        live: the session's names as they are now; tells which of several definitions is the one in use.

    Returns:
        Python source, or None where something they use was not defined in a cell.
    """
    statements = [statement for order, cell in enumerate(cells) for statement in _statements(order, cell)]
    needed = {statement.order: statement for statement in statements if statement.always}
    starred = any(statement.text.endswith("import *") for statement in needed.values())
    todo: list[tuple[str, int]] = [(cls.__qualname__.partition(".")[0], sys.maxsize) for cls in classes]
    seen = set()
    while todo:
        name, before = todo.pop()
        if (name, before) in seen or name in _OF_PYTHON:
            continue
        seen.add((name, before))
        definition = _definition(name, [statement for statement in statements if statement.order < before], live)
        if definition is not None:
            needed[definition.order] = definition
            # what adds to itself (x += 1) needs what was there before it
            todo += [(one, definition.order if one in definition.gives else sys.maxsize) for one in definition.takes]
        elif name in live and before == sys.maxsize and not starred:
            return None
    return "\n\n\n".join(needed[order].text for order in sorted(needed)) + "\n"


def _statements(number: int, cell: str) -> Iterator[CellStatement]:
    try:
        tree = ast.parse(cell)
    except (SyntaxError, ValueError):
        return
    for place, node in enumerate(tree.body):
        code = compile(ast.Module([node], []), "<cell>", "exec", dont_inherit=True)
        yield CellStatement(
            order=number * 10_000 + place,
            gives=frozenset(_names(code, {"STORE_NAME", "STORE_GLOBAL"}, inside=False)),
            takes=frozenset(_names(code, _LOADS, inside=True)) | frozenset(_annotated(node)),
            text=_text(cell, node),
            code=code,
        )


def _text(cell: str, node: ast.stmt) -> str:
    decorators = getattr(node, "decorator_list", None)
    if decorators:
        return "\n".join(cell.splitlines()[decorators[0].lineno - 1 : node.end_lineno])
    return ast.get_source_segment(cell, node) or ast.unparse(node)


def _names(code: CodeType, operations: set[str], *, inside: bool) -> Iterator[str]:
    """Names as the compiler sees them: a local variable is none, whatever it is called."""
    yield from (str(step.argval) for step in dis.get_instructions(code) if step.opname in operations)
    if inside:
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                yield from _names(constant, operations, inside=True)


def _annotated(node: ast.AST) -> Iterator[str]:
    """Names in annotations: with ``from __future__ import annotations`` the compiler sees none of them."""
    for part in ast.walk(node):
        for annotation in (getattr(part, "annotation", None), getattr(part, "returns", None)):
            if isinstance(annotation, ast.expr):
                yield from (name.id for name in ast.walk(annotation) if isinstance(name, ast.Name))


def _definition(name: str, statements: Iterable[CellStatement], live: Mapping[str, Any]) -> CellStatement | None:
    """The last statement that gives this name; of a class or function, the last one with the code that is in use."""
    matches = [statement for statement in statements if name in statement.gives]
    used = _code_of(live.get(name))
    if used:
        matches = [statement for statement in matches if used == _code_in(statement.code, name)] or matches
    return matches[-1] if matches else None


def _code_of(live: Any) -> dict[str, Any]:
    """The code of a function, or of every method of a class, without places in files."""
    if isinstance(live, FunctionType):
        return {live.__name__: _essence(live.__code__)}
    if not isinstance(live, type):
        return {}
    methods = {name: getattr(value, "__func__", value) for name, value in vars(live).items()}
    own = {
        name: method
        for name, method in methods.items()
        if isinstance(method, FunctionType) and method.__module__ == MAIN
    }
    return {name: _essence(method.__code__) for name, method in own.items()}


def _code_in(code: CodeType, name: str) -> dict[str, Any]:
    body = next(
        (constant for constant in code.co_consts if isinstance(constant, CodeType) and constant.co_name == name), None
    )
    if body is None:
        return {}
    if body.co_flags & 0x2:  # optimised: a function's own code, not the body of a class
        return {name: _essence(body)}
    inner = [
        constant
        for constant in body.co_consts
        if isinstance(constant, CodeType) and not constant.co_name.startswith("<")
    ]
    return {function.co_name: _essence(function) for function in inner if function.co_name != "__annotate__"}


def _essence(code: CodeType) -> tuple[Any, ...]:
    constants = tuple(
        _essence(constant) if isinstance(constant, CodeType) else repr(constant) for constant in code.co_consts
    )
    return code.co_code, code.co_names, code.co_varnames, constants
