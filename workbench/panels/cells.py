"""Which cell of the notebook is being executed: a cell that runs again replaces what it made before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from IPython.core.getipython import get_ipython


@dataclass(frozen=True, slots=True)
class Execution:
    """One execution of a cell."""

    cell: str
    number: str

    def replaces(self, earlier: Execution | None) -> bool:
        """Whether this is the same cell, run again."""
        return earlier is not None and earlier.cell == self.cell and earlier.number != self.number


def this_execution() -> Execution | None:
    """The one under way; None where no notebook says which cell it is."""
    message: dict[str, Any] = getattr(get_ipython(), "get_parent", dict)() or {}
    cell = message.get("metadata", {}).get("cellId")
    return Execution(cell, message["header"]["msg_id"]) if cell else None
