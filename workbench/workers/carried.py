"""What a run in another process needs of this session: the user's metrics, and what was typed in a notebook's cells."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from workbench.errors import WorkbenchError
from workbench.metrics import registered
from workbench.provenance import MAIN, take_cells
from workbench.provenance.notebook_cells import cell_source, executed


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """`cells` is Python source for the other process's ``__main__``, `modules` are to be imported there.

    `missing` names metrics that cannot go along: they use something that is neither in a module nor in a cell.
    """

    cells: str | None = None
    modules: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


def carried(classes: Sequence[type] = ()) -> Carried:
    """Look at the session: these classes, where they were typed in cells, and every metric of the user's own."""
    cells: list[Any] = [cls for cls in classes if cls.__module__ == MAIN]
    modules, missing = [], []
    for name, spec in registered().items():
        function = spec.function
        if spec.standard:
            continue
        if function.__module__ != MAIN:
            modules.append(function.__module__)
        elif _source([function]) is not None:
            cells.append(function)
        else:
            missing.append(name)
    return Carried(
        cells=_source(cells) if cells else None, modules=tuple(dict.fromkeys(modules)), missing=tuple(missing)
    )


def take(plain: Mapping[str, Any]) -> None:
    """Let what was carried here be as it was there. A module that cannot be imported is left out."""
    if plain["cells"] is not None:
        take_cells(plain["cells"])
    for module in plain["modules"]:
        try:
            importlib.import_module(module)
        except (ImportError, WorkbenchError) as error:
            print(f"the metrics of {module} are not measured: {error}", file=sys.stderr)  # noqa: T201 - for the parent


def _source(objects: Sequence[Any]) -> str | None:
    """The cells that these need; None for a script, or where something was not typed in a cell."""
    main = sys.modules[MAIN]
    if getattr(main, "__file__", None) is not None or any("<locals>" in carried.__qualname__ for carried in objects):
        return None
    return cell_source(objects, executed(), vars(main))
