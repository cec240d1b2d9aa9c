"""Interactive panels. A panel holds no data: a control calls the verb that a person would type.

Importing this package imports no widgets; showing a panel does.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from workbench.checks import methods_in_words

if TYPE_CHECKING:
    from workbench.panels.compare import Compare
    from workbench.panels.history import History
    from workbench.panels.launcher import Launcher
    from workbench.verbs.run import Run
    from workbench.verbs.workbench import Workbench


@methods_in_words
class Panels:
    """Panels of one workbench, for JupyterLab and Voilà. Several may be shown at once; runs do not block the kernel."""

    def __init__(self, workbench: Workbench) -> None:
        self._workbench = workbench

    def launcher(self, strategy: str | type | None = None) -> Launcher:
        """Choose a strategy, an instrument, a period and parameters; run, watch, cancel, see.

        The finished run is in the record, and in the panel's `run` for the next cell. Runs happen in a process of their
        own, which reads the strategy's module from its file.

        Args:
            strategy: what to choose first: a registered name, ``"package.module:Class"``, or a Strategy class.
        """
        from workbench.panels.launcher import Launcher

        return Launcher(self._workbench, strategy)

    def history(self) -> History:
        """The record as a table: filter, sort, page; open, compare, re-run or delete what is chosen."""
        from workbench.panels.history import History

        return History(self._workbench)

    def compare(self, ids: Iterable[str | Run] | None = None) -> Compare:
        """Runs side by side, with their curves; change the parameters of one, run it, and it joins them.

        Args:
            ids: ids, unique starts of ids, or runs; without them, they are chosen in the panel.
        """
        from workbench.panels.compare import Compare

        return Compare(self._workbench, ids)
