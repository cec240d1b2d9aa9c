"""A strategy's source: its module and the project-local modules that it imports."""

from __future__ import annotations

import ast
import importlib.util
import site
import struct
import sys
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from weakref import WeakKeyDictionary

from workbench.config.secrets import without_literals
from workbench.config.snapshot import sha256
from workbench.provenance.notebook_cells import MAIN, cell_source, executed


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """One module of a strategy's code, as it was when the run started."""

    module: str
    text: str
    sha256: str


def sources(*classes: type) -> tuple[SourceFile, ...]:
    """The modules of these classes and all that they import from the same project, sorted by module name.

    Of a module that was imported it is the source as it was then, whatever its file says by now: that is what runs.
    Modules of the standard library and of installed packages are left out: their versions tell. Of a notebook's cells
    only what the classes use counts. Texts under names such as ``api_key`` are masked.
    """
    found: dict[str, SourceFile] = {}
    todo = [cls.__module__ for cls in classes]
    if (cells := _of_cells(classes)) is not None:
        found[MAIN] = cells
        todo += [name for name in _imported(cells, package="") if _counts(name, {MAIN})]
    home = {name.partition(".")[0] for name in todo}
    while todo:
        name = todo.pop()
        path = _file(name)
        if name in found or path is None:
            continue
        file = _loaded(name, path)
        found[name] = file
        todo += [parent for parent in _parents(name) if parent not in found and _counts(parent, home)]
        todo += [
            other
            for other in _imported(file, package=name if path.name == "__init__.py" else name.rpartition(".")[0])
            if other not in found and _counts(other, home)
        ]
    return tuple(found[name] for name in sorted(found))


def outdated(files: Sequence[SourceFile]) -> list[str]:
    """The modules of the user's project, if one of its files has changed since it was imported; else none.

    All of them: one that did not change holds on to what it imported from one that did.
    """
    own = [file for file in files if file.module != MAIN and not _is_workbench(file.module)]
    changed = any(_on_disk(file.module) not in (file, None) or _has_other_bytecode(file.module) for file in own)
    return [file.module for file in own] if changed else []


def _has_other_bytecode(module: str) -> bool:
    """Whether the bytecode of an imported module is not that of its file.

    It was edited after the import and before it was first seen here; or within one second and to the same size, which
    Python itself takes for no edit.
    """
    cached, path = getattr(sys.modules.get(module), "__cached__", None), _file(module)
    if cached is None or path is None:
        return False
    try:
        bytecode, file = Path(cached), path.stat()
        head, written = bytecode.read_bytes()[: _HEAD.size], bytecode.stat().st_mtime_ns
        _, flags, seconds, size = _HEAD.unpack(head)
    except (OSError, struct.error):  # none is kept
        return False
    same = (seconds, size) == (int(file.st_mtime) & 0xFFFFFFFF, file.st_size & 0xFFFFFFFF)
    return flags == 0 and not (same and written >= file.st_mtime_ns)


_HEAD = struct.Struct("<4sIII")
"""What bytecode begins with (PEP 552): its version, flags, and the file's time in seconds and size."""


def _on_disk(module: str) -> SourceFile | None:
    path = _file(module)
    return None if path is None else _read(module, path, path.stat().st_mtime_ns)


def project_folder(cls: type) -> Path | None:
    """A folder of the project that a class belongs to; where the user is, for one that is installed or of a cell."""
    path = _file(cls.__module__)
    known = path is not None and not _is_workbench(cls.__module__) and _is_local(cls.__module__)
    return path.parent if path is not None and known else _here()


def _here() -> Path | None:
    try:
        return Path.cwd()
    except OSError:  # it was deleted
        return None


def _of_cells(classes: Sequence[type]) -> SourceFile | None:
    """What was written in a notebook, as one module."""
    main = sys.modules[MAIN]
    written = [cls for cls in classes if cls.__module__ == MAIN]
    if not written or _file(MAIN) is not None:
        return None
    text = cell_source(written, executed(), vars(main))
    if text is None:
        return None
    text = without_literals(text)
    return SourceFile(module=MAIN, text=text, sha256=sha256(text))


def _counts(module: str, home: set[str]) -> bool:
    """Whether a module is part of what the strategy does. The workbench is not, but for its strategies."""
    top = module.partition(".")[0]
    if _is_workbench(module):
        return module.startswith(f"{top}.strategies.") and not module.startswith(f"{top}.strategies.registry")
    return top in home or _is_local(module)


def _is_workbench(module: str) -> bool:
    return module.partition(".")[0] == __name__.partition(".")[0]


def _parents(module: str) -> list[str]:
    """The packages that contain a module: Python imports them first."""
    parts = module.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]


def _file(module: str) -> Path | None:
    loaded: ModuleType | None = sys.modules.get(module)
    origin = getattr(loaded, "__file__", None) if loaded is not None else _origin(module)
    path = Path(origin) if origin else None
    return path if path is not None and path.suffix == ".py" and path.is_file() else None


def _origin(module: str) -> str | None:
    try:
        spec = importlib.util.find_spec(module)
    except (ImportError, ValueError, AttributeError):
        return None
    return spec.origin if spec is not None else None


_seen: WeakKeyDictionary[ModuleType, SourceFile] = WeakKeyDictionary()


def _loaded(name: str, path: Path) -> SourceFile:
    """The source that was imported; seen here for the first time, it is taken to be what the file says."""
    file = _read(name, path, path.stat().st_mtime_ns)
    module = sys.modules.get(name)
    return file if module is None else _seen.setdefault(module, file)


@lru_cache(maxsize=256)
def _read(module: str, path: Path, mtime_ns: int) -> SourceFile:  # noqa: ARG001 - the time is part of the key
    text = without_literals(path.read_text(encoding="utf-8", errors="backslashreplace"))
    return SourceFile(module=module, text=text, sha256=sha256(text))


@lru_cache(maxsize=256)
def _imported(file: SourceFile, package: str) -> tuple[str, ...]:
    """Names of modules that a source imports anywhere in it; ``from a import b`` may mean ``a.b`` as well."""
    try:
        tree = ast.parse(file.text)
    except SyntaxError:
        return ()
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parent = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1])
                base = f"{parent}.{base}" if base else parent
            names.add(base)
            names.update(f"{base}.{alias.name}" for alias in node.names)
    return tuple(sorted(name for name in names if name))


@lru_cache(maxsize=1024)
def _is_local(module: str) -> bool:
    top = module.partition(".")[0]
    if top in sys.stdlib_module_names or (top != module and _file(top) is not None and not _is_local(top)):
        return False
    path = _file(module)
    return path is not None and not any(path.is_relative_to(folder) for folder in _installed())


@lru_cache(maxsize=1)
def _installed() -> tuple[Path, ...]:
    of_python = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    paths = [*of_python, *site.getsitepackages(), site.getusersitepackages()]
    return tuple({Path(path).resolve() for path in paths} | {Path(path) for path in paths})
