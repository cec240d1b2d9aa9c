"""What an engine has to offer; there may be several."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from workbench.catalog import Catalog
from workbench.engine.spec import Spec
from workbench.runs import Result

type Progress = Callable[[int, int], None]
"""Called now and then from another thread with bars done and bars in all."""


class Engine(Protocol):
    """Runs a `Spec`."""

    def load(self, spec: Spec, catalog: Catalog) -> Any:
        """Read the data of a run, in whatever form `run` takes them.

        Raises:
            InvalidInput: they are gone, or no longer those that the spec names.
        """
        ...

    def run(self, spec: Spec, data: Any, progress: Progress | None = None) -> Result:
        """Run to the end, or as far as it comes.

        Returns:
            The result, whose `status` says how it ended; what a strategy raises is never raised here.
        """
        ...
